internal import ComponentHost
internal import Dispatcher
internal import Ethereum

extension ChainAggregator {
    /// Tries to submit one of a queue's buckets.
    func attempt(_ active: QuorumQueue.Active) throws(OperatorError) {
        do throws(OperatorError) {
            guard try !outbox.hasWaiting(active.id) else {
                try queue.postpone(active, "the transaction waits for its block")
                return
            }
            guard case .evm(_, let address, let price) = active.action,
                let handler = EthereumAddress(bytes: address.bytes)
            else {
                try queue.postpone(active, "no client for the chain")
                return
            }
            let reason = try submit(active, handler, price)
            if let reason { try queue.postpone(active, reason) }
        } catch .database(let error) {
            throw .database(error)
        } catch {
            noteNew(active, "retrying", error.description)
            try queue.postpone(active, error.description)
        }
    }

    /// Notes a step of a queue, but not again and again.
    private func noteNew(_ active: QuorumQueue.Active, _ stage: String, _ reason: String) {
        if reason != active.reason { note(active.eventID, stage, reason) }
    }

    /// Submits the first bucket that has a quorum.
    ///
    /// - Returns: Why nothing was submitted; none if something was, or the chain has it already.
    private func submit(
        _ active: QuorumQueue.Active,
        _ handler: EthereumAddress,
        _ price: UInt128?
    ) throws(OperatorError) -> String? {
        let manager = try contracts.manager(of: handler)
        var reason = "nobody has signed yet"
        for bucket in try queue.buckets(active.id) {
            let height = try ask { () throws(JSONRPCError) in try contracts.node.blockNumber() }
            let signatures = SignatureSet(
                bucket.entries.map { ($0.signer, $0.submission.signature) },
                referenceBlock: UInt32(clamping: height > 0 ? height - 1 : 0)
            )
            switch try contracts.validate(manager, bucket.envelope, signatures) {
            case .valid:
                return try send(active, handler, bucket, signatures, price)
            case .insufficient(let signed, let needed, let total):
                let other = "weight \(signed) of \(needed) needed, \(total) in all"
                noteNew(active, "waiting", other)
                reason = other
            case .refused(let other):
                noteNew(active, "not valid", other)
                try dropStrangers(bucket, manager, active.id)
                reason = other
            }
        }
        return reason
    }

    /// Removes those from a queue who weigh nothing any more.
    private func dropStrangers(
        _ bucket: QuorumQueue.Bucket,
        _ manager: EthereumAddress,
        _ id: [UInt8]
    ) throws(OperatorError) {
        contracts.forgetWeights()
        for entry in bucket.entries
        where try contracts.weight(of: entry.signer, manager) == UInt256(low: 0) {
            try queue.drop(entry.signer, from: id)
            note(entry.submission.eventID, "dropped", "\(entry.signer) is no operator any more")
        }
    }

    private func send(
        _ active: QuorumQueue.Active,
        _ handler: EthereumAddress,
        _ bucket: QuorumQueue.Bucket,
        _ signatures: SignatureSet,
        _ price: UInt128?
    ) throws(OperatorError) -> String? {
        let data = ServiceContracts.handling(bucket.envelope, signatures)
        switch try contracts.simulate(handler, data, from: parts.keys.payer.address) {
        case .accepted: break
        case .done:
            try queue.burn(active.id, "the chain has it already")
            note(active.eventID, "burned", "the chain has the event already")
            return nil
        case .refused(let reason):
            let reason = "the handler says: \(reason)"
            noteNew(active, "not taken", reason)
            return reason
        }
        let hash = try outbox.send(
            to: handler,
            data,
            priceMax: price,
            queue: active.id,
            submission: bucket.entries.first?.submission.encoded
        )
        let count = bucket.entries.count
        note(
            active.eventID,
            "submitted",
            "\(count) signatures, transaction 0x\(HexDigits.text(hash))"
        )
        return "the transaction waits for its block"
    }

    /// Looks after transactions that wait.
    func settleTransactions() throws(OperatorError) {
        for settled in try outbox.settle() {
            guard let id = settled.queue, let bytes = settled.submission else { continue }
            let submission = try Submission(decoding: bytes)
            switch settled.outcome {
            case .succeeded(let hash, let block):
                try queue.burn(id, "in block \(block)")
                let text = "transaction 0x\(HexDigits.text(hash)) is in block \(block)"
                note(submission.eventID, "burned", text)
                _ = try ended(submission, .submitted(.accepted(.evm(hash))))
            case .reverted(let hash):
                let text = "transaction 0x\(HexDigits.text(hash)) changed nothing"
                note(submission.eventID, "reverted", text)
                _ = try ended(submission, .submitted(.failed(text)))
            case .displaced:
                note(submission.eventID, "displaced", "another transaction took its number")
            }
        }
    }

    private func ask<Value>(
        _ body: () throws(JSONRPCError) -> Value
    ) throws(OperatorError) -> Value {
        do throws(JSONRPCError) {
            return try body()
        } catch {
            throw .chain(error)
        }
    }
}
