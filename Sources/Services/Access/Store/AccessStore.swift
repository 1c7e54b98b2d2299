internal import Database
internal import Synchronization

/// What a change did, as its transaction decided.
enum Decision<Result: Sendable>: Sendable {
    /// It was made; `subject` and `outcome` are for its record.
    case done(Result, subject: String, outcome: String = "done")
    /// Nothing was changed, and there is nothing to record.
    case unchanged(Result)
    /// Nothing was changed.
    case refused(AccessRefusal, subject: String)
}

/// Who asks for a change, and for which one.
struct ChangeRequest: Sendable {
    var actor: String
    var action: AuditRecord.Action
    var address: NetworkAddress?

    static let system = "system"
    static let anonymous = "anonymous"
}

/// The database, and the trail of what was changed in it.
///
/// A change and its record are one transaction. Then the sink gets the record, and only then the change is
/// reported as done. What the sink has not got when the process ends, it gets when the next one begins.
final class AccessStore: Sendable {
    private struct Trail: ~Copyable {
        /// Records in the database that the sink does not have, in the order of their numbers.
        var waiting: [AuditRecord]
        /// Numbers of records that the sink has and that the next transaction removes.
        var delivered: [UInt64] = []
    }

    private let database: Database
    private let trail: Mutex<Trail>
    private let sink: AuditSink

    init(path: String, sink: @escaping AuditSink) throws(AccessError) {
        self.sink = sink
        do throws(DatabaseError) {
            database = try Database(path: path, migrations: AccessSchema.migrations)
            trail = Mutex(Trail(waiting: try Self.waiting(database)))
        } catch {
            throw .storage("\(error)")
        }
    }

    private static func waiting(_ database: Database) throws(DatabaseError) -> [AuditRecord] {
        let rows = try database.rows("SELECT * FROM audit ORDER BY number")
        var records: [AuditRecord] = []
        for row in rows {
            guard let action = AuditRecord.Action(rawValue: try row.text(3)) else {
                throw .corrupt(path: database.path, code: 0, message: "an unknown audit action")
            }
            records.append(
                AuditRecord(
                    number: UInt64(clamping: try row.integer(0)),
                    wallNanoseconds: UInt64(clamping: try row.integer(1)),
                    actor: try row.text(2),
                    action: action,
                    subject: try row.text(4),
                    address: try row.text(5),
                    outcome: try row.text(6)
                )
            )
        }
        return records
    }

    /// The latest wall time that is remembered.
    func latestTime() throws(AccessError) -> UInt64 {
        try read { transaction throws(DatabaseError) in
            UInt64(clamping: try transaction.rows("SELECT time FROM latest").first?.integer(0) ?? 0)
        }
    }

    /// Forgets the latest wall time, and ends the sessions that began later than now.
    func startClockAnew(wall: UInt64) throws(AccessError) {
        try read { transaction throws(DatabaseError) in
            try transaction.execute("UPDATE latest SET time = 0")
            try transaction.execute(
                "UPDATE session SET revoked = ? WHERE created > ? AND revoked IS NULL",
                [.time(wall), .time(wall)]
            )
            try transaction.execute(
                "UPDATE token_key SET created = ? WHERE created > ?",
                [.time(wall), .time(wall)]
            )
        }
    }

    /// Reads or writes in one transaction.
    func read<Result: Sendable>(
        _ body: (borrowing Transaction) throws(DatabaseError) -> Result
    ) throws(AccessError) -> Result {
        do throws(DatabaseError) {
            return try database.transaction(body)
        } catch {
            throw .storage("\(error)")
        }
    }

    /// Gives the sink what it has not got.
    func deliver() throws(AccessError) {
        try trail.withLock { trail throws(AccessError) in try deliver(&trail) }
    }

    private func deliver(_ trail: inout Trail) throws(AccessError) {
        while let record = trail.waiting.first {
            do {
                try sink(record)
            } catch {
                throw .audit("\(error)")
            }
            trail.waiting.removeFirst()
            if let number = record.number { trail.delivered.append(number) }
        }
    }

    /// Tells the sink of something that was refused before anything was looked at for a change.
    func refuse(
        _ request: ChangeRequest,
        _ code: String,
        subject: String,
        clock: AccessClock
    ) throws(AccessError) {
        try trail.withLock { trail throws(AccessError) in
            try deliver(&trail)
            trail.waiting.append(record(request, nil, subject, code, clock.wall))
            // A refusal is not in the database: it is told now or never.
            defer { trail.waiting.removeAll { record in record.number == nil } }
            try deliver(&trail)
        }
    }

    private func record(
        _ request: ChangeRequest,
        _ number: UInt64?,
        _ subject: String,
        _ outcome: String,
        _ time: UInt64
    ) -> AuditRecord {
        AuditRecord(
            number: number,
            wallNanoseconds: time,
            actor: request.actor,
            action: request.action,
            subject: subject,
            address: request.address.map(\.description) ?? "",
            outcome: outcome
        )
    }

    /// Makes a change and its record durable, and tells the sink.
    ///
    /// - Parameters:
    ///   - request: Who asks for what.
    ///   - clock: The time.
    ///   - body: Makes the change, or changes nothing and refuses.
    ///   - committed: What follows in memory from the change; it is called once it is durable, also when the
    ///     sink then fails.
    /// - Returns: What `body` made.
    /// - Throws: `refused` as `body` decided; `storage`; `audit` before anything is changed, or after.
    func change<Result: Sendable>(
        _ request: ChangeRequest,
        clock: AccessClock,
        _ body: (borrowing Transaction) throws(DatabaseError) -> Decision<Result>,
        committed: (Result) -> Void = { _ in }
    ) throws(AccessError) -> Result {
        try trail.withLock { trail throws(AccessError) in
            try deliver(&trail)
            let time = clock.wall
            let decided = try commit(request, &trail, clock, time, body)
            switch decided.decision {
            case .done(let result, let subject, let outcome):
                committed(result)
                trail.waiting.append(record(request, decided.number, subject, outcome, time))
                try deliver(&trail)
                return result
            case .unchanged(let result): return result
            case .refused(let refusal, let subject):
                trail.waiting.append(record(request, nil, subject, refusal.rawValue, time))
                defer { trail.waiting.removeAll { record in record.number == nil } }
                try deliver(&trail)
                throw .refused(refusal)
            }
        }
    }

    private struct Decided<Result: Sendable>: Sendable {
        var decision: Decision<Result>
        var number: UInt64?
    }

    private func commit<Result: Sendable>(
        _ request: ChangeRequest,
        _ trail: inout Trail,
        _ clock: AccessClock,
        _ time: UInt64,
        _ body: (borrowing Transaction) throws(DatabaseError) -> Decision<Result>
    ) throws(AccessError) -> Decided<Result> {
        let delivered = trail.delivered
        do throws(DatabaseError) {
            let decided = try database.transaction { transaction throws(DatabaseError) in
                var decided = Decided(decision: try body(transaction))
                guard case .done(_, let subject, let outcome) = decided.decision else {
                    return decided
                }
                for number in delivered {
                    try transaction.execute(
                        "DELETE FROM audit WHERE number = ?",
                        [.integer(Int64(number))]
                    )
                }
                let record = record(request, nil, subject, outcome, time)
                try transaction.execute(
                    """
                    INSERT INTO audit (time, actor, action, subject, address, outcome)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                    [
                        .time(time), .text(record.actor), .text(record.action.rawValue),
                        .text(record.subject), .text(record.address), .text(record.outcome),
                    ]
                )
                let rows = try transaction.rows("SELECT last_insert_rowid()")
                decided.number = UInt64(clamping: try rows.first?.integer(0) ?? 0)
                try transaction.execute(
                    "UPDATE latest SET time = max(time, ?)",
                    [.time(clock.worthRemembering)]
                )
                return decided
            }
            if decided.number != nil { trail.delivered.removeFirst(delivered.count) }
            return decided
        } catch {
            throw .storage("\(error)")
        }
    }
}

extension DatabaseValue {
    /// A time in nanoseconds, up to the year 2262.
    static func time(_ nanoseconds: UInt64) -> DatabaseValue {
        .integer(Int64(clamping: nanoseconds))
    }
}

extension Row {
    /// A time that `DatabaseValue.time` wrote.
    func time(_ column: Int) throws(DatabaseError) -> UInt64 {
        UInt64(clamping: try integer(column))
    }

    /// Such a time, or none.
    func optionalTime(_ column: Int) throws(DatabaseError) -> UInt64? {
        isNull(column) ? nil : try time(column)
    }
}
