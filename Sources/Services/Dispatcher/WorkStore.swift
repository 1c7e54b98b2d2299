internal import ComponentHost
internal import Database
internal import Triggers

/// The file with the work that was accepted.
///
/// A row is written before a source may go on, changed when the component answered, and again when the answer was
/// handed on; only then the trigger's data and the answer are dropped. What stays, an id and a digest, lets
/// the same event be passed over when it comes again.
struct WorkStore: Sendable {
    /// A row to be added.
    struct Candidate {
        let eventID: EventID
        /// The digest of what happened and for which workflow.
        let identity: [UInt8]
        let service: String
        let action: [UInt8]
    }

    /// What a row is at.
    enum Stage: Int64 {
        /// It waits for the component.
        case waiting = 0
        /// The component answered; the answer waits to be handed on.
        case finished = 1
        /// The answer was handed on.
        case delivered = 2
        /// It is over without an answer.
        case failed = 3
    }

    static let migrations: [StaticString] = [
        """
        CREATE TABLE work (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            event BLOB NOT NULL UNIQUE,
            identity BLOB NOT NULL UNIQUE,
            service TEXT NOT NULL,
            stage INTEGER NOT NULL,
            accepted INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            ended INTEGER,
            action BLOB,
            responses BLOB,
            reason TEXT
        ) STRICT;
        CREATE INDEX work_unfinished ON work (stage, sequence) WHERE stage < 2;
        CREATE INDEX work_ended ON work (ended) WHERE stage >= 2;
        CREATE TABLE refusals (
            service TEXT PRIMARY KEY,
            count INTEGER NOT NULL,
            event BLOB NOT NULL,
            time INTEGER NOT NULL,
            reason TEXT NOT NULL
        ) STRICT;
        """
    ]

    private let database: Database
    let path: String

    init(path: String) throws(DispatcherError) {
        self.path = path
        do throws(DatabaseError) {
            database = try Database(path: path, migrations: Self.migrations)
        } catch {
            throw .database(error)
        }
    }

    private func transaction<Result: Sendable>(
        _ body: (borrowing Transaction) throws(DatabaseError) -> Result
    ) throws(DispatcherError) -> Result {
        do throws(DatabaseError) { return try database.transaction(body) } catch {
            throw .database(error)
        }
    }

    /// What is not ended, of one stage, in the order of acceptance.
    func unended(_ stage: Stage) throws(DispatcherError) -> [FairQueue.Entry] {
        let found = try transaction { transaction throws(DatabaseError) in
            var found: [FairQueue.Entry?] = []
            let rows = try transaction.rows(
                "SELECT event, service, attempts FROM work WHERE stage = ? ORDER BY sequence",
                [.integer(stage.rawValue)]
            )
            for row in rows {
                let service = try row.text(1)
                let failedAttempts = Int(clamping: try row.integer(2))
                found.append(
                    EventID(bytes: try row.blob(0)).map { eventID in
                        FairQueue.Entry(
                            eventID: eventID,
                            service: service,
                            failedAttempts: failedAttempts
                        )
                    }
                )
            }
            return found
        }
        let entries = found.compactMap(\.self)
        guard entries.count == found.count else { throw .damaged(path: path, event: "?") }
        return entries
    }

    /// What becomes of one candidate.
    enum Admission {
        case accept
        case duplicate
        case refuse(reason: String)
        case holdBack
    }

    /// Adds what is new and admitted, in one transaction.
    ///
    /// - Parameters:
    ///   - candidates: What came.
    ///   - time: Nanoseconds since 1970.
    ///   - admit: Says what becomes of one that is new.
    /// - Returns: What became of each candidate.
    /// - Throws: `DispatcherError.database`; nothing was added then.
    func add(
        _ candidates: [Candidate],
        time: UInt64,
        admit: (Candidate) -> Admission
    ) throws(DispatcherError) -> [Admission] {
        try transaction { transaction throws(DatabaseError) in
            var admissions: [Admission] = []
            for candidate in candidates {
                let known = try transaction.rows(
                    "SELECT 1 FROM work WHERE identity = ? OR event = ?",
                    [.blob(candidate.identity), .blob(candidate.eventID.bytes)]
                )
                let admission = known.isEmpty ? admit(candidate) : .duplicate
                switch admission {
                case .accept: try insert(candidate, time, transaction)
                case .refuse(let reason):
                    try refuse(candidate, time, reason, transaction)
                case .duplicate, .holdBack: break
                }
                admissions.append(admission)
            }
            return admissions
        }
    }

    private func insert(
        _ candidate: Candidate,
        _ time: UInt64,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO work (event, identity, service, stage, accepted, attempts, action)
            VALUES (?, ?, ?, 0, ?, 0, ?)
            """,
            [
                .blob(candidate.eventID.bytes), .blob(candidate.identity),
                .text(candidate.service), .integer(Int64(clamping: time)),
                .blob(candidate.action),
            ]
        )
    }

    private func refuse(
        _ candidate: Candidate,
        _ time: UInt64,
        _ reason: String,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO refusals (service, count, event, time, reason) VALUES (?, 1, ?, ?, ?)
            ON CONFLICT (service) DO UPDATE SET count = count + 1, event = excluded.event,
                time = excluded.time, reason = excluded.reason
            """,
            [
                .text(candidate.service), .blob(candidate.eventID.bytes),
                .integer(Int64(clamping: time)), .text(reason),
            ]
        )
    }

    /// Events refused so far, by service.
    func refusals() throws(DispatcherError) -> [(service: String, count: Int)] {
        try transaction { transaction throws(DatabaseError) in
            var refusals: [(service: String, count: Int)] = []
            let sql: StaticString = "SELECT service, count FROM refusals ORDER BY service"
            for row in try transaction.rows(sql) {
                refusals.append((try row.text(0), Int(clamping: try row.integer(1))))
            }
            return refusals
        }
    }

    /// The work of an event that waits, with its responses if it was finished; none if it is not there.
    func load(
        _ eventID: EventID
    ) throws(DispatcherError) -> (item: WorkItem, responses: [WasmResponse])? {
        struct Found {
            let action: [UInt8]
            let accepted: Int64
            let attempts: Int64
            let responses: [UInt8]?
        }
        let found = try transaction { transaction throws(DatabaseError) in
            let rows = try transaction.rows(
                "SELECT action, accepted, attempts, responses FROM work WHERE event = ? AND stage < 2",
                [.blob(eventID.bytes)]
            )
            guard let row = rows.first else { return Found?.none }
            return Found(
                action: try row.blob(0),
                accepted: try row.integer(1),
                attempts: try row.integer(2),
                responses: row.isNull(3) ? nil : try row.blob(3)
            )
        }
        guard let found else { return nil }
        do throws(TriggerCoding.Fault) {
            let item = WorkItem(
                eventID: eventID,
                action: try TriggerCoding.action(found.action),
                acceptedNanoseconds: UInt64(clamping: found.accepted),
                attempt: Int(clamping: found.attempts) + 1
            )
            guard let responses = found.responses else { return (item, []) }
            return (item, try TriggerCoding.responses(responses))
        } catch {
            throw .damaged(path: path, event: eventID.description)
        }
    }

    /// The component answered.
    func finish(_ eventID: EventID, _ responses: [WasmResponse]) throws(DispatcherError) {
        try change(
            "UPDATE work SET stage = 1, responses = ? WHERE event = ? AND stage = 0",
            [.blob(TriggerCoding.encode(responses)), .blob(eventID.bytes)]
        )
    }

    /// An attempt could not be made.
    func countAttempt(_ eventID: EventID) throws(DispatcherError) {
        try change(
            "UPDATE work SET attempts = attempts + 1 WHERE event = ? AND stage = 0",
            [.blob(eventID.bytes)]
        )
    }

    /// The answer was handed on.
    func deliver(_ eventID: EventID, time: UInt64) throws(DispatcherError) {
        try change(
            """
            UPDATE work SET stage = 2, ended = ?, action = NULL, responses = NULL
            WHERE event = ? AND stage = 1
            """,
            [.integer(Int64(clamping: time)), .blob(eventID.bytes)]
        )
    }

    /// It is over without an answer.
    func fail(_ events: [EventID], reason: String, time: UInt64) throws(DispatcherError) {
        try transaction { transaction throws(DatabaseError) in
            for eventID in events {
                try transaction.execute(
                    """
                    UPDATE work SET stage = 3, ended = ?, reason = ?, action = NULL, responses = NULL
                    WHERE event = ? AND stage < 2
                    """,
                    [.integer(Int64(clamping: time)), .text(reason), .blob(eventID.bytes)]
                )
            }
        }
    }

    /// Forgets what ended before a moment, and the oldest of what ended beyond a number.
    func forget(endedBefore time: UInt64, keeping countMax: Int) throws(DispatcherError) {
        try transaction { transaction throws(DatabaseError) in
            try transaction.execute(
                "DELETE FROM work WHERE stage >= 2 AND ended < ?",
                [.integer(Int64(clamping: time))]
            )
            try transaction.execute(
                """
                DELETE FROM work WHERE stage >= 2 AND ended < (
                    SELECT ended FROM work WHERE stage >= 2 ORDER BY ended DESC LIMIT 1 OFFSET ?)
                """,
                [.integer(Int64(countMax))]
            )
        }
    }

    /// Where an event's work stands; none if it was never accepted, or was forgotten.
    func state(of eventID: EventID) throws(DispatcherError) -> WorkState? {
        let found = try transaction { transaction throws(DatabaseError) in
            let rows = try transaction.rows(
                "SELECT stage, attempts, reason FROM work WHERE event = ?",
                [.blob(eventID.bytes)]
            )
            guard let row = rows.first else { return (Int64, Int64, String)?.none }
            let reason = row.isNull(2) ? "" : try row.text(2)
            return (try row.integer(0), try row.integer(1), reason)
        }
        guard let (stage, attempts, reason) = found else { return nil }
        switch Stage(rawValue: stage) {
        case .waiting: return .waiting(failedAttempts: Int(clamping: attempts))
        case .finished: return .finished
        case .delivered: return .delivered
        case .failed: return .failed(reason: reason)
        case nil: throw .damaged(path: path, event: eventID.description)
        }
    }

    private func change(
        _ sql: StaticString,
        _ values: [DatabaseValue]
    ) throws(DispatcherError) {
        _ = try transaction { transaction throws(DatabaseError) in
            try transaction.execute(sql, values)
        }
    }
}
