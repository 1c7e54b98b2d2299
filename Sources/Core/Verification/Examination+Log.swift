import Attestation
import Cryptography
import Encoding
import MerkleLog
import Statements

// That the statement is in the log, and that the log is the one that others see.

extension Examination {
    /// Most receipts of consistency in a bundle: to the quorum's log, and to the one seen before.
    static var consistencyReceiptsMax: Int { 2 }

    mutating func checkInclusion(_ envelope: TransparentStatement) throws(Finding) -> String {
        guard let bytes = envelope.logProof else { throw .failed("the bundle has no tlog-proof") }
        let proof: TlogProof
        do throws(NoteError) {
            proof = try TlogProof(parsing: bytes)
        } catch {
            throw .failed("the tlog-proof is malformed: \(error.description)")
        }
        guard proof.extra == nil else {
            throw .failed("the tlog-proof has extra data, which nothing vouches for")
        }
        logProof = proof
        let checkpoint = proof.checkpoint.checkpoint
        let inclusion = InclusionProof(
            index: proof.index,
            size: checkpoint.size,
            path: proof.path
        )
        let leafHash = MerkleTree.leafHash(envelope.statement.encoded)
        guard inclusion.verifies(leafHash: leafHash, root: checkpoint.root) else {
            throw .failed("the tlog-proof does not lead from the statement to the checkpoint")
        }
        let receipts = envelope.receipts.filter { receipt in receipt.isInclusion }
        guard let receipt = receipts.first, receipts.count == 1,
            envelope.receipts.count <= 1 + Self.consistencyReceiptsMax
        else { throw .failed("there is not one receipt of inclusion and at most two others") }
        guard case .inclusion(let proofs) = receipt.proofs, let claimed = proofs.first,
            proofs.count == 1, claimed.treeSize == checkpoint.size,
            claimed.leafIndex == proof.index,
            claimed.path == proof.path.map({ digest in digest.bytes })
        else { throw .failed("the receipt proves something else than the tlog-proof") }
        try checkReceipt(receipt, root: checkpoint.root, subject: envelope.statement.subject)
        return "leaf \(proof.index) of \(checkpoint.size)"
    }

    /// Checks the header and the signature of a receipt.
    private func checkReceipt(
        _ receipt: COSEReceipt,
        root: SHA256.Digest,
        subject: Text
    ) throws(Finding) {
        guard let origin = logProof?.checkpoint.checkpoint.origin else {
            throw .notChecked("there is no checkpoint")
        }
        let header = receipt.message.protected
        guard header.map.entries.count == 4, receipt.message.unprotected.map.entries.count == 1,
            receipt.message.payload == nil, receipt.algorithm.isEdDSA,
            let claims = header.claims, claims.map.entries.count == 2
        else { throw .failed("the receipt's header is not the one of a receipt of this log") }
        guard claims.issuer == origin else {
            throw .failed("the receipt is by another log than the checkpoint")
        }
        guard claims.subject == subject else {
            throw .failed("the receipt is about \(claims.subject?.string ?? "nothing")")
        }
        let key = trust.policy.logs.first { log in
            log.key.name == origin
                && header.keyID == StatementIssuer.keyID(of: log.key.publicKey)
        }
        guard let key = key?.key.ed25519 else {
            throw .failed("the receipt names no known key of the log \(origin.string)")
        }
        let verifier = verifier
        let isSigned = receipt.isValid(root: root.bytes) { message, signature in
            verifier(signature, message, key)
        }
        guard isSigned else { throw .failed("the log's key did not sign the receipt for the root") }
    }

    func checkCheckpoint() throws(Finding) -> String {
        guard let signed = logProof?.checkpoint else {
            throw .notChecked("the tlog-proof has no readable checkpoint")
        }
        let origin = signed.checkpoint.origin
        guard trust.policy.logs.contains(where: { log in log.key.name == origin }) else {
            throw .failed("the log \(origin.string) is unknown")
        }
        let verdict = trust.policy.evaluate(signed, verifier: verifier)
        for shortfall in verdict.shortfalls {
            switch shortfall {
            case .log, .invalidSignature: throw .failed(shortfall.description)
            case .witness, .group: break
            }
        }
        if let line = verdict.unverified.first, !trust.ignoresUnknownSignatures {
            let name = signed.note.signatures[line].name.string
            throw .failed("signature \(line) by \(name) is by no known key")
        }
        let ignored =
            verdict.unverified.isEmpty ? "" : ", \(verdict.unverified.count) unknown ignored"
        return "size \(signed.checkpoint.size), signed by \(origin.string)\(ignored)"
    }

    func checkWitnesses() throws(Finding) -> String {
        guard let signed = logProof?.checkpoint else {
            throw .notChecked("the tlog-proof has no readable checkpoint")
        }
        let verdict = trust.policy.evaluate(signed, verifier: verifier)
        for shortfall in verdict.shortfalls {
            switch shortfall {
            case .witness, .group: throw .failed(shortfall.description)
            case .log, .invalidSignature: break
            }
        }
        if trust.policy.quorum == nil { return "the policy asks for no witness" }
        return "\(verdict.cosigned.count) cosigned"
    }

    // MARK: - Consistency

    func checkConsistency(_ envelope: TransparentStatement) throws(Finding) -> String {
        guard let current = logProof?.checkpoint.checkpoint else {
            throw .notChecked("the tlog-proof has no readable checkpoint")
        }
        let head = LogHead(origin: current.origin, size: current.size, root: current.root)
        try checkPurpose(of: envelope.receipts, current: head)
        guard let earlier = trust.checkpoint else {
            throw .notChecked("no earlier checkpoint is given")
        }
        let seen = LogHead(
            origin: earlier.checkpoint.origin,
            size: earlier.checkpoint.size,
            root: earlier.checkpoint.root
        )
        guard seen.origin == head.origin else {
            throw .failed("the earlier checkpoint is of the log \(seen.origin.string)")
        }
        let verdict = trust.policy.evaluate(earlier, verifier: verifier)
        guard !verdict.logs.isEmpty else {
            throw .failed("the earlier checkpoint is not signed by a known key of the log")
        }
        let (old, new) = seen.size <= head.size ? (seen, head) : (head, seen)
        try checkContinuation(from: old, to: new, envelope.receipts, name: "the earlier checkpoint")
        return seen.size <= head.size
            ? "continues the checkpoint of size \(seen.size)"
            : "is continued by the checkpoint of size \(seen.size)"
    }

    /// Refuses receipts of consistency that connect nothing: nothing would show whether they are right.
    private func checkPurpose(
        of receipts: [COSEReceipt],
        current: LogHead
    ) throws(Finding) {
        let attested = certificate?.interval?.log.size
        let seen = trust.checkpoint?.checkpoint.size
        for receipt in receipts {
            guard case .consistency(let proofs) = receipt.proofs else { continue }
            guard let proof = proofs.first, proofs.count == 1 else {
                throw .failed("a receipt of consistency has more than one proof")
            }
            let isForQuorum = proof.oldSize == attested && proof.newSize == current.size
            let isForward = proof.oldSize == seen && proof.newSize == current.size
            let isBackward = proof.oldSize == current.size && proof.newSize == seen
            guard isForQuorum || isForward || isBackward else {
                throw .failed(
                    "the receipt from size \(proof.oldSize) to \(proof.newSize) connects nothing"
                        + " that is known"
                )
            }
        }
    }

    /// Checks that one head of the log continues another one.
    func checkContinuation(
        from old: LogHead,
        to new: LogHead,
        _ receipts: [COSEReceipt],
        name: String
    ) throws(Finding) {
        if old.size == new.size {
            guard old.root == new.root else {
                throw .failed(
                    "fork: at size \(old.size) \(name) has another root than the checkpoint"
                )
            }
            return
        }
        if old.size == 0 {
            guard old.root == MerkleTree.emptyRoot else {
                throw .failed("fork: \(name) is of an empty log and has another root")
            }
            return
        }
        var isConnected = false
        for receipt in receipts {
            guard case .consistency(let proofs) = receipt.proofs, let claimed = proofs.first,
                claimed.oldSize == old.size, claimed.newSize == new.size
            else { continue }
            let proof = ConsistencyProof(
                oldSize: old.size,
                newSize: new.size,
                path: claimed.path.map { hash in SHA256.Digest(bytes: hash) }
            )
            guard proof.verifies(oldRoot: old.root, newRoot: new.root) else {
                throw .failed(
                    "fork, or a wrong receipt: size \(new.size) is not shown to continue \(name)"
                        + " of size \(old.size)"
                )
            }
            try checkReceipt(receipt, root: new.root, subject: new.origin)
            isConnected = true
        }
        guard isConnected else {
            throw .failed(
                "no receipt of consistency from size \(old.size) to \(new.size) for \(name)"
            )
        }
    }
}

extension COSEReceipt {
    /// Whether it proves that leaves are in the tree.
    fileprivate var isInclusion: Bool {
        switch proofs {
        case .inclusion: true
        case .consistency: false
        }
    }
}
