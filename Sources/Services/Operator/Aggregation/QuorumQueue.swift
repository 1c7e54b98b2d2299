internal import ComponentHost
internal import Cryptography
internal import Database
internal import Dispatcher
internal import Encoding
internal import Ethereum
internal import Platform

/// The submissions that wait for a quorum, durable: a queue for each event and action, a bucket in it for each
/// envelope.
///
/// A wrong envelope only fills a bucket of its own. A signer has one submission in a bucket, and a few buckets at most.
struct QuorumQueue {
    /// A queue that waits.
    struct Active: Equatable {
        let id: [UInt8]
        let eventID: EventID
        let service: String
        let action: SubmitAction
        let attemptCount: Int
        /// Why the last attempt submitted nothing.
        let reason: String
    }

    /// What the submissions to one envelope are.
    struct Bucket {
        let envelope: Envelope
        let entries: [(signer: EthereumAddress, submission: Submission)]
    }

    /// What came of appending.
    enum Appended: Equatable {
        case added
        case replaced
        case burned
        case refused(String)
    }

    /// Whether a queue waits or is over.
    enum State: Int64 {
        case active = 0
        case burned = 1
    }

    /// Buckets in which one signer may be.
    static let bucketCountMax: Int64 = 4
    /// How long a queue waits for a quorum, and is remembered once it is over.
    static let lifeMilliseconds: Int64 = 48 * 3_600_000
    /// How long it is remembered what this node signed.
    static let signedMilliseconds: Int64 = 30 * 86_400_000
    /// The pause after the first attempt, twice as long after each further one.
    static let retryMinMilliseconds: Int64 = 1_000
    static let retryMaxMilliseconds: Int64 = 60_000

    let database: Database
    let clock: any Clock

    var now: Int64 { Int64(clock.wallNanoseconds() / 1_000_000) }

    /// The key of a queue.
    static func id(_ eventID: EventID, _ action: SubmitAction) -> [UInt8] {
        SHA256.hash(of: eventID.bytes + ActionCodec.encode(action)).bytes
    }

    // MARK: Appending

    /// Puts a submission into its bucket and lets the queue be tried at once.
    func append(
        _ submission: Submission,
        by signer: EthereumAddress,
        _ action: SubmitAction
    ) throws(OperatorError) -> Appended {
        let id = Self.id(submission.eventID, action)
        return try OperatorError.wrapping { () throws(DatabaseError) in
            try database.transaction { transaction throws(DatabaseError) in
                try open(id, submission, action, transaction)
                let state = try transaction.rows(
                    "SELECT state FROM queues WHERE id = ?",
                    [.blob(id)]
                ).first?.integer(0)
                if state == State.burned.rawValue { return .burned }
                return try put(submission, signer, id, transaction)
            }
        }
    }

    private func open(
        _ id: [UInt8],
        _ submission: Submission,
        _ action: SubmitAction,
        _ transaction: borrowing DatabaseTransaction
    ) throws(DatabaseError) {
        let configuration = submission.action.configuration
        try transaction.execute(
            """
            INSERT INTO queues (id, event, service, workflow, chain, action, state, made,
                attempt_count, attempt_at, burned_at, reason)
            VALUES (?, ?, ?, ?, ?, ?, 0, ?, 0, ?, NULL, '') ON CONFLICT (id) DO NOTHING
            """,
            [
                .blob(id), .blob(submission.eventID.bytes), .text(configuration.serviceID),
                .text(configuration.workflowID), .text(action.chain),
                .blob(ActionCodec.encode(action)), .integer(now), .integer(now),
            ]
        )
    }

    private func put(
        _ submission: Submission,
        _ signer: EthereumAddress,
        _ id: [UInt8],
        _ transaction: borrowing DatabaseTransaction
    ) throws(DatabaseError) -> Appended {
        let bucket = submission.bucket
        let known = try transaction.rows(
            "SELECT bucket FROM queue_entries WHERE queue = ? AND signer = ?",
            [.blob(id), .blob(signer.bytes)]
        )
        var isReplaced = false
        for row in known where try row.blob(0) == bucket { isReplaced = true }
        if !isReplaced, Int64(known.count) >= Self.bucketCountMax {
            return .refused("its signer has signed \(known.count) other envelopes for the event")
        }
        try transaction.execute(
            """
            INSERT INTO queue_entries (queue, bucket, signer, submission, received)
            VALUES (?, ?, ?, ?, ?) ON CONFLICT (queue, bucket, signer)
            DO UPDATE SET submission = excluded.submission, received = excluded.received
            """,
            [
                .blob(id), .blob(bucket), .blob(signer.bytes), .blob(submission.encoded),
                .integer(now),
            ]
        )
        if !isReplaced {
            try transaction.execute(
                "UPDATE queues SET attempt_at = ? WHERE id = ?",
                [.integer(now), .blob(id)]
            )
        }
        return isReplaced ? .replaced : .added
    }

    // MARK: Trying

    /// The queues of a chain whose time has come.
    func due(_ chain: String) throws(OperatorError) -> [Active] {
        let rows = try OperatorError.wrapping { () throws(DatabaseError) in
            try database.rows(
                """
                SELECT id, event, service, action, attempt_count, reason FROM queues
                WHERE chain = ? AND state = 0 AND attempt_at <= ? ORDER BY attempt_at LIMIT 64
                """,
                [.text(chain), .integer(now)]
            )
        }
        var queues: [Active] = []
        for row in rows {
            let queue = try OperatorError.wrapping { () throws(DatabaseError) in try active(row) }
            if let queue { queues.append(queue) }
        }
        return queues
    }

    /// How many queues of a chain wait.
    func activeCount(_ chain: String) throws(OperatorError) -> Int {
        try OperatorError.wrapping { () throws(DatabaseError) in
            let rows = try database.rows(
                "SELECT count(*) FROM queues WHERE chain = ? AND state = 0",
                [.text(chain)]
            )
            return Int(try rows.first?.integer(0) ?? 0)
        }
    }

    private func active(_ row: Row) throws(DatabaseError) -> Active? {
        guard let eventID = EventID(bytes: try row.blob(1)),
            let action = ActionCodec.decode(try row.blob(3))
        else { return nil }
        return Active(
            id: try row.blob(0),
            eventID: eventID,
            service: try row.text(2),
            action: action,
            attemptCount: Int(try row.integer(4)),
            reason: try row.text(5)
        )
    }

    /// A queue's buckets, those with most submissions first.
    func buckets(_ id: [UInt8]) throws(OperatorError) -> [Bucket] {
        let rows = try OperatorError.wrapping { () throws(DatabaseError) in
            try database.rows(
                "SELECT bucket, signer, submission FROM queue_entries WHERE queue = ? LIMIT 4096",
                [.blob(id)]
            )
        }
        var byHash: [[UInt8]: [(EthereumAddress, Submission)]] = [:]
        for row in rows {
            let (bucket, signer, bytes) = try OperatorError.wrapping { () throws(DatabaseError) in
                (try row.blob(0), try row.blob(1), try row.blob(2))
            }
            guard let address = EthereumAddress(bytes: signer) else { continue }
            byHash[bucket, default: []].append((address, try Submission(decoding: bytes)))
        }
        let hashes = byHash.keys.sorted { left, right in
            let (first, second) = (byHash[left]?.count ?? 0, byHash[right]?.count ?? 0)
            return first == second ? left.lexicographicallyPrecedes(right) : first > second
        }
        return hashes.compactMap { hash in
            guard let entries = byHash[hash], let first = entries.first else { return nil }
            return Bucket(
                envelope: first.1.envelope,
                entries: entries.map { (signer: $0.0, submission: $0.1) }
                    .sorted { $0.signer < $1.signer }
            )
        }
    }

    /// Lets a queue be tried again after a pause that grows.
    func postpone(_ queue: Active, _ reason: String) throws(OperatorError) {
        let shift = min(queue.attemptCount, 6)
        let pause = min(Self.retryMinMilliseconds << shift, Self.retryMaxMilliseconds)
        _ = try OperatorError.wrapping { () throws(DatabaseError) in
            try database.execute(
                """
                UPDATE queues SET attempt_count = attempt_count + 1, attempt_at = ?, reason = ?
                WHERE id = ? AND state = 0
                """,
                [.integer(now + pause), .text(reason), .blob(queue.id)]
            )
        }
    }

    /// Removes a signer that weighs nothing any more.
    func drop(_ signer: EthereumAddress, from id: [UInt8]) throws(OperatorError) {
        _ = try OperatorError.wrapping { () throws(DatabaseError) in
            try database.execute(
                "DELETE FROM queue_entries WHERE queue = ? AND signer = ?",
                [.blob(id), .blob(signer.bytes)]
            )
        }
    }

    // MARK: The end

    /// Ends a queue: nothing is sent for it again, and further submissions are passed over.
    func burn(_ id: [UInt8], _ reason: String) throws(OperatorError) {
        try OperatorError.wrapping { () throws(DatabaseError) in
            try database.transaction { transaction throws(DatabaseError) in
                try transaction.execute(
                    "UPDATE queues SET state = 1, burned_at = ?, reason = ? WHERE id = ?",
                    [.integer(now), .text(reason), .blob(id)]
                )
                try transaction.execute("DELETE FROM queue_entries WHERE queue = ?", [.blob(id)])
            }
        }
    }

    /// Ends queues that have waited too long, and forgets those that have been over for as long.
    ///
    /// - Returns: The events whose queues were ended.
    func expire(_ chain: String) throws(OperatorError) -> [EventID] {
        let limit = now - Self.lifeMilliseconds
        return try OperatorError.wrapping { () throws(DatabaseError) in
            try database.transaction { transaction throws(DatabaseError) in
                var ended: [EventID] = []
                let old = try transaction.rows(
                    "SELECT id, event FROM queues WHERE chain = ? AND state = 0 AND made < ? LIMIT 256",
                    [.text(chain), .integer(limit)]
                )
                for row in old {
                    try transaction.execute(
                        "UPDATE queues SET state = 1, burned_at = ?, reason = ? WHERE id = ?",
                        [.integer(now), .text("no quorum in 48 hours"), .blob(try row.blob(0))]
                    )
                    try transaction.execute(
                        "DELETE FROM queue_entries WHERE queue = ?",
                        [.blob(try row.blob(0))]
                    )
                    if let id = EventID(bytes: try row.blob(1)) { ended.append(id) }
                }
                try transaction.execute(
                    "DELETE FROM queues WHERE chain = ? AND state = 1 AND burned_at < ?",
                    [.text(chain), .integer(limit)]
                )
                // The dispatcher remembers events for half as long, so no event is signed twice.
                try transaction.execute(
                    "DELETE FROM own_submissions WHERE chain = ? AND is_queued = 1 AND made < ?",
                    [.text(chain), .integer(now - Self.signedMilliseconds)]
                )
                return ended
            }
        }
    }
}

/// Where results go, as bytes that are the same on every node.
enum ActionCodec {
    static func encode(_ action: SubmitAction) -> [UInt8] {
        switch action {
        case .evm(let chain, let address, let gasPrice):
            WideJSON.encode(
                TriggerCodec.tagged(
                    "evm",
                    [
                        "chain": JSONForm.text(chain),
                        "address": JSONForm.hexadecimal(address.bytes),
                        "gas_price": JSONForm.text(gasPrice.map { "\($0)" }),
                    ]
                )
            )
        case .cosmos(let chain, let bech32, let prefixCount, let gasPrice):
            WideJSON.encode(
                TriggerCodec.tagged(
                    "cosmos",
                    [
                        "chain": JSONForm.text(chain), "address": JSONForm.text(bech32),
                        "prefix": JSONForm.number(Int(prefixCount)),
                        "gas_price": JSONForm.text(gasPrice.map { "\($0)" }),
                    ]
                )
            )
        }
    }

    static func decode(_ bytes: [UInt8]) -> SubmitAction? {
        do throws(OperatorError) {
            let reader = FieldReader(value: try ServiceCodec.value(bytes), path: "action")
            let (name, content) = try reader.variant()
            guard let content else { return nil }
            let chain = try content.field("chain").text()
            let price = try ServiceCodec.optionalText(content, "gas_price").flatMap { UInt128($0) }
            if name == "evm" {
                let address = try ServiceCodec.evmAddress(try content.field("address"))
                return .evm(chain: chain, address: address, gasPrice: price)
            }
            return .cosmos(
                chain: chain,
                bech32: try content.field("address").text(),
                prefixCount: UInt32(clamping: try content.field("prefix").unsigned()),
                gasPrice: price
            )
        } catch {
            return nil
        }
    }
}

extension SubmitAction {
    /// The key of the chain that results go to.
    var chain: String {
        switch self {
        case .evm(let chain, _, _), .cosmos(let chain, _, _, _): chain
        }
    }
}
