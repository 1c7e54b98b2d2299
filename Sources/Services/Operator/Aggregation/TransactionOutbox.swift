internal import Database
internal import Dispatcher
internal import Ethereum
internal import Platform

/// The transactions of one payer on one chain, durable, such that none can stall those behind it.
///
/// A transaction is on the disk before it is sent. Its number is the smallest that neither the chain nor another waiting
/// transaction has, so a gap is filled first. One that waits too long is sent again with higher fees under the same
/// number. One thread uses it.
struct TransactionOutbox {
    /// The bounds of what is paid and waited for.
    struct Limits: Equatable, Sendable {
        /// Units of gas of one transaction.
        var gasMax: UInt64 = 5_000_000
        /// Wei for a unit of gas.
        var feeMax: UInt128 = 500_000_000_000
        /// How long a transaction may wait before its fees are raised.
        var replaceMilliseconds: Int64 = 60_000
        /// Blocks, its own included, after which a transaction is final.
        var confirmationCount: UInt64 = 1

        init() {}
    }

    /// What became of a transaction.
    struct Settled {
        let queue: [UInt8]?
        let submission: [UInt8]?
        let outcome: Outcome
    }

    /// How a transaction ended.
    enum Outcome: Equatable {
        /// It did what it should.
        case succeeded(hash: [UInt8], block: UInt64)
        /// It was in a block and changed nothing.
        case reverted(hash: [UInt8])
        /// Another transaction has its number.
        case displaced
    }

    /// One that waits.
    private struct Waiting {
        let id: Int64
        let nonce: UInt64
        let target: EthereumAddress
        let data: [UInt8]
        let gasLimit: UInt64
        let priorityFee: UInt128
        let maxFee: UInt128
        let hashes: [[UInt8]]
        let sentAt: Int64
        let queue: [UInt8]?
        let submission: [UInt8]?
    }

    private static let waiting: Int64 = 0
    private static let over: Int64 = 1

    let chain: String
    let node: EthereumNode
    let payer: EthereumKey
    let database: Database
    let clock: any Clock
    let limits: Limits

    private var now: Int64 { Int64(clock.wallNanoseconds() / 1_000_000) }

    // MARK: Sending

    /// Whether a transaction of a queue waits.
    func hasWaiting(_ queue: [UInt8]) throws(OperatorError) -> Bool {
        try OperatorError.wrapping { () throws(DatabaseError) in
            try !database.rows(
                "SELECT id FROM transactions WHERE chain = ? AND state = ? AND queue = ? LIMIT 1",
                [.text(chain), .integer(Self.waiting), .blob(queue)]
            ).isEmpty
        }
    }

    /// How many transactions wait.
    func waitingCount() throws(OperatorError) -> Int { try waitingOnes().count }

    /// Keeps a transaction and sends it.
    ///
    /// A chain that cannot be reached after it was kept is no error: it is sent again later.
    ///
    /// - Returns: Its hash.
    func send(
        to target: EthereumAddress,
        _ data: [UInt8],
        priceMax: UInt128?,
        queue: [UInt8]?,
        submission: [UInt8]?
    ) throws(OperatorError) -> [UInt8] {
        let chainID = try asking { () throws(JSONRPCError) in try node.chainID() }
        let estimate = try asking { () throws(JSONRPCError) in
            try node.estimateGas(target, data, from: payer.address)
        }
        let gasLimit = estimate + estimate / 4
        guard gasLimit <= limits.gasMax else {
            throw .refusedSubmission(reason: "it needs \(gasLimit) units of gas, over the limit")
        }
        let fees = try fees(cap: min(priceMax ?? limits.feeMax, limits.feeMax))
        let count = try asking { () throws(JSONRPCError) in
            try node.transactionCount(of: payer.address)
        }
        let taken = Set(try waitingOnes().map(\.nonce))
        var nonce = count
        while taken.contains(nonce) { nonce += 1 }
        let signed = Ethereum.Transaction(
            chainID: chainID,
            nonce: nonce,
            priorityFee: fees.priority,
            maxFee: fees.max,
            gasLimit: gasLimit,
            target: target,
            data: data
        ).signed(by: payer)
        try keep(signed, nonce, target, data, gasLimit, fees, queue, submission)
        broadcast(signed)
        return signed.hash
    }

    private func keep(
        _ signed: SignedTransaction,
        _ nonce: UInt64,
        _ target: EthereumAddress,
        _ data: [UInt8],
        _ gasLimit: UInt64,
        _ fees: (priority: UInt128, max: UInt128),
        _ queue: [UInt8]?,
        _ submission: [UInt8]?
    ) throws(OperatorError) {
        _ = try OperatorError.wrapping { () throws(DatabaseError) in
            try database.execute(
                """
                INSERT INTO transactions (chain, sender, nonce, target, data, gas_limit, priority_fee,
                    max_fee, hashes, sent_at, state, queue, submission)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .text(chain), .blob(payer.address.bytes), .integer(Int64(nonce)),
                    .blob(target.bytes), .blob(data), .integer(Int64(gasLimit)),
                    .text("\(fees.priority)"), .text("\(fees.max)"), .blob(signed.hash),
                    .integer(now), .integer(Self.waiting),
                    queue.map(DatabaseValue.blob) ?? .null,
                    submission.map(DatabaseValue.blob) ?? .null,
                ]
            )
        }
    }

    /// Fees that carry a transaction through six full blocks, under a cap.
    private func fees(cap: UInt128) throws(OperatorError) -> (priority: UInt128, max: UInt128) {
        let header = try asking { () throws(JSONRPCError) in try node.header(.latest) }
        let base = header?.baseFee ?? 0
        guard base <= cap else {
            throw .refusedSubmission(reason: "a unit of gas costs \(base) wei, over the limit")
        }
        let asked = try asking { () throws(JSONRPCError) in try node.priorityFee() }
        let max = min(base * 2 + asked, cap)
        return (min(asked, max), max)
    }

    /// Sends; what goes wrong shows when the receipt does not come.
    private func broadcast(_ signed: SignedTransaction) {
        do throws(JSONRPCError) {
            _ = try node.send(signed)
        } catch {
            // The transaction is on the disk: it is sent again when it has waited long enough.
        }
    }

    // MARK: Following

    /// Looks after all that wait: which are over, which need higher fees, and whether there is a gap before them.
    func settle() throws(OperatorError) -> [Settled] {
        let all = try waitingOnes()
        guard !all.isEmpty else { return [] }
        let count = try asking { () throws(JSONRPCError) in
            try node.transactionCount(of: payer.address)
        }
        let head = try asking { () throws(JSONRPCError) in try node.blockNumber() }
        var settled: [Settled] = []
        for one in all {
            if let outcome = try outcome(of: one, count, head) {
                try finish(one)
                settled.append(
                    Settled(queue: one.queue, submission: one.submission, outcome: outcome)
                )
            } else if one.nonce >= count, now - one.sentAt >= limits.replaceMilliseconds {
                try replace(one)
            }
        }
        if let first = all.map(\.nonce).min(), first > count {
            try fillGap(count)
        }
        return settled
    }

    private func outcome(
        of one: Waiting,
        _ count: UInt64,
        _ head: UInt64
    ) throws(OperatorError) -> Outcome? {
        for hash in one.hashes.reversed() {
            let receipt = try asking { () throws(JSONRPCError) in try node.receipt(of: hash) }
            guard let receipt else { continue }
            guard head + 1 >= receipt.blockNumber + limits.confirmationCount else { return nil }
            return receipt.isSuccess
                ? .succeeded(hash: hash, block: receipt.blockNumber) : .reverted(hash: hash)
        }
        return one.nonce < count ? .displaced : nil
    }

    /// Sends a waiting transaction again, with fees raised by an eighth as nodes ask for, under the cap.
    private func replace(_ one: Waiting) throws(OperatorError) {
        let current = try fees(cap: limits.feeMax)
        let raised = { (fee: UInt128) in fee + fee / 8 + 1 }
        let max = min(Swift.max(raised(one.maxFee), current.max), limits.feeMax)
        let priority = min(Swift.max(raised(one.priorityFee), current.priority), max)
        let chainID = try asking { () throws(JSONRPCError) in try node.chainID() }
        let signed = Ethereum.Transaction(
            chainID: chainID,
            nonce: one.nonce,
            priorityFee: priority,
            maxFee: max,
            gasLimit: one.gasLimit,
            target: one.target,
            data: one.data
        ).signed(by: payer)
        let hashes = (one.hashes.filter { $0 != signed.hash } + [signed.hash]).suffix(16)
        _ = try OperatorError.wrapping { () throws(DatabaseError) in
            try database.execute(
                """
                UPDATE transactions SET priority_fee = ?, max_fee = ?, hashes = ?, sent_at = ?
                WHERE id = ?
                """,
                [
                    .text("\(priority)"), .text("\(max)"), .blob(hashes.flatMap { $0 }),
                    .integer(now), .integer(one.id),
                ]
            )
        }
        broadcast(signed)
    }

    /// Sends a transaction that moves nothing with a number that is missing.
    private func fillGap(_ nonce: UInt64) throws(OperatorError) {
        let chainID = try asking { () throws(JSONRPCError) in try node.chainID() }
        let fees = try fees(cap: limits.feeMax)
        let signed = Ethereum.Transaction(
            chainID: chainID,
            nonce: nonce,
            priorityFee: fees.priority,
            maxFee: fees.max,
            gasLimit: 21_000,
            target: payer.address
        ).signed(by: payer)
        try keep(signed, nonce, payer.address, [], 21_000, fees, nil, nil)
        broadcast(signed)
    }

    private func finish(_ one: Waiting) throws(OperatorError) {
        _ = try OperatorError.wrapping { () throws(DatabaseError) in
            try database.execute(
                "UPDATE transactions SET state = ? WHERE id = ?",
                [.integer(Self.over), .integer(one.id)]
            )
        }
    }

    private func waitingOnes() throws(OperatorError) -> [Waiting] {
        try OperatorError.wrapping { () throws(DatabaseError) in
            var waiting: [Waiting] = []
            let rows = try database.rows(
                """
                SELECT id, nonce, target, data, gas_limit, priority_fee, max_fee, hashes, sent_at, queue,
                    submission
                FROM transactions WHERE chain = ? AND state = ? AND sender = ? ORDER BY nonce LIMIT 1000
                """,
                [.text(chain), .integer(Self.waiting), .blob(payer.address.bytes)]
            )
            for row in rows {
                let hashes = try row.blob(7)
                waiting.append(
                    Waiting(
                        id: try row.integer(0),
                        nonce: UInt64(try row.integer(1)),
                        target: EthereumAddress(bytes: try row.blob(2)) ?? .zero,
                        data: try row.blob(3),
                        gasLimit: UInt64(try row.integer(4)),
                        priorityFee: UInt128(try row.text(5)) ?? 0,
                        maxFee: UInt128(try row.text(6)) ?? 0,
                        hashes: stride(from: 0, to: hashes.count, by: 32).map { start in
                            Array(hashes[start..<min(start + 32, hashes.count)])
                        },
                        sentAt: try row.integer(8),
                        queue: row.isNull(9) ? nil : try row.blob(9),
                        submission: row.isNull(10) ? nil : try row.blob(10)
                    )
                )
            }
            return waiting
        }
    }

    private func asking<Value>(
        _ body: () throws(JSONRPCError) -> Value
    ) throws(OperatorError) -> Value {
        do throws(JSONRPCError) {
            return try body()
        } catch {
            throw .chain(error)
        }
    }
}
