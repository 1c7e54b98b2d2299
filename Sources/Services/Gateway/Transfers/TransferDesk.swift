internal import Cryptography
public import Database
internal import Follower
internal import Journal
public import Platform
internal import Primitives
internal import Synchronization
internal import Venue

/// Deposits and withdrawals with everything that the venue's commands do not say: who asked, who approved, what for.
///
/// A transfer is on the disk before its command is sent, so it is never lost; and never done twice: after a SIGKILL
/// what was being executed is looked for in the journal, from the command on that was last when it began. A withdrawal is
/// requested by its owner, approved by one operator and executed by another; the venue checks the funds when
/// it is executed.
public final class TransferDesk: Sendable {
    let database: Database
    private let clock: any Clock

    private static let migrations: [StaticString] = [
        """
        CREATE TABLE transfer (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL CHECK (kind IN ('deposit', 'withdrawal')),
            account INTEGER NOT NULL,
            asset INTEGER NOT NULL,
            amount TEXT NOT NULL,
            state TEXT NOT NULL,
            destination TEXT NOT NULL,
            requested_by TEXT NOT NULL,
            request_key BLOB UNIQUE,
            approved_by TEXT,
            executed_by TEXT,
            baseline BLOB,
            sequence BLOB,
            refusal INTEGER,
            requested_at INTEGER NOT NULL,
            changed_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX transfer_account ON transfer (account, id);
        CREATE INDEX transfer_state ON transfer (state, id);
        """
    ]

    /// Opens or makes the file.
    ///
    /// - Throws: `DatabaseError`.
    public init(path: String, clock: any Clock = LinuxClock()) throws(DatabaseError) {
        database = try Database(path: path, migrations: Self.migrations)
        self.clock = clock
    }

    // MARK: Changing

    /// Writes down what somebody asks for, once for each key.
    ///
    /// - Returns: The transfer, and whether it was there before.
    func request(
        _ draft: TransferDraft,
        state: TransferState
    ) throws(APIError) -> (transfer: TransferRecord, isRepeated: Bool) {
        let now = Int64(bitPattern: clock.wallNanoseconds())
        let key = draft.key.map { key in
            DatabaseValue.blob(SHA256.hash(of: Array("\(draft.requestedBy)\n\(key)".utf8)).bytes)
        }
        let found = try run { transaction throws(DatabaseError) in
            if let key {
                let rows = try transaction.rows(
                    "SELECT * FROM transfer WHERE request_key = ?",
                    [key]
                )
                if let row = rows.first { return (try TransferRecord(row), true) }
            }
            try transaction.execute(
                """
                INSERT INTO transfer (kind, account, asset, amount, state, destination, requested_by,
                request_key, requested_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .text(draft.kind.rawValue), .integer(Int64(draft.transfer.account.rawValue)),
                    .integer(Int64(draft.transfer.asset.rawValue)),
                    .text(String(draft.transfer.amount)), .text(state.rawValue),
                    .text(draft.destination), .text(draft.requestedBy), key ?? .null,
                    .integer(now), .integer(now),
                ]
            )
            let rows = try transaction.rows(
                "SELECT * FROM transfer WHERE id = last_insert_rowid()"
            )
            guard let row = rows.first else {
                throw .corrupt(path: "transfers", code: 0, message: "what was written is not there")
            }
            return (try TransferRecord(row), false)
        }
        guard found.0.transfer == draft.transfer, found.0.kind == draft.kind else {
            throw APIError(.keyReused, "another transfer was asked for with this key")
        }
        return found
    }

    /// Moves a transfer on, if it is in one of the states from which that is allowed.
    ///
    /// - Returns: The transfer afterwards.
    func move(
        _ id: Int64,
        from allowed: [TransferState],
        to state: TransferState,
        approvedBy: String? = nil,
        executedBy: String? = nil,
        baseline: UInt64? = nil,
        sequence: UInt64? = nil,
        refusal: Refusal? = nil,
        check: (TransferRecord) throws(APIError) -> Void = { _ in }
    ) throws(APIError) -> TransferRecord {
        let before = try record(id)
        guard allowed.contains(before.state) else {
            throw APIError(.conflict, "the transfer is \(before.state.rawValue)")
        }
        try check(before)
        let now = Int64(bitPattern: clock.wallNanoseconds())
        let moved = try run { transaction throws(DatabaseError) in
            try transaction.execute(
                """
                UPDATE transfer SET state = ?, approved_by = coalesce(?, approved_by),
                executed_by = coalesce(?, executed_by), baseline = coalesce(?, baseline),
                sequence = coalesce(?, sequence), refusal = coalesce(?, refusal), changed_at = ?
                WHERE id = ? AND state = ?
                """,
                [
                    .text(state.rawValue), Self.text(approvedBy), Self.text(executedBy),
                    Self.number(baseline), Self.number(sequence),
                    refusal.map { .integer(Int64($0.rawValue)) } ?? .null, .integer(now),
                    .integer(id), .text(before.state.rawValue),
                ]
            )
        }
        guard moved == 1 else {
            throw APIError(.conflict, "somebody else has just changed the transfer")
        }
        return try record(id)
    }

    private static func text(_ text: String?) -> DatabaseValue { text.map { .text($0) } ?? .null }

    private static func number(_ number: UInt64?) -> DatabaseValue {
        number.map { .unsigned($0) } ?? .null
    }

    // MARK: Reading

    /// One transfer.
    func record(_ id: Int64) throws(APIError) -> TransferRecord {
        let rows = try run { transaction throws(DatabaseError) in
            try transaction.rows("SELECT * FROM transfer WHERE id = ?", [.integer(id)])
                .map { row throws(DatabaseError) in try TransferRecord(row) }
        }
        guard let found = rows.first else {
            throw APIError(.notFound, "no transfer has that number")
        }
        return found
    }

    /// Transfers, newest first.
    ///
    /// - Parameters:
    ///   - account: Whose; everybody's if nil, which only operators may ask for.
    ///   - kind: Of which kind.
    ///   - state: In which state; any if nil.
    ///   - before: The number of the last one of the page before; none for the first page.
    ///   - limit: How many at most.
    /// - Returns: The transfers.
    /// - Throws: `unavailable` when the file cannot be read.
    func list(
        account: AccountID?,
        kind: TransferKind,
        state: TransferState?,
        before: Int64?,
        limit: Int
    ) throws(APIError) -> [TransferRecord] {
        try run { transaction throws(DatabaseError) in
            try transaction.rows(
                """
                SELECT * FROM transfer WHERE kind = ? AND (?2 IS NULL OR account = ?2)
                AND (?3 IS NULL OR state = ?3) AND id < ?4 ORDER BY id DESC LIMIT ?5
                """,
                [
                    .text(kind.rawValue), account.map { .integer(Int64($0.rawValue)) } ?? .null,
                    Self.text(state?.rawValue), .integer(before ?? .max),
                    .integer(Int64(limit)),
                ]
            ).map { row throws(DatabaseError) in try TransferRecord(row) }
        }
    }

    // MARK: After a restart

    /// Finds out what became of the transfers that were being executed when the process ended.
    ///
    /// To be called before the first request, with the venue as it was recovered.
    ///
    /// - Parameters:
    ///   - journal: The venue's journal.
    ///   - last: The last durable command.
    /// - Throws: `DatabaseError`, or `failed` when the journal cannot be read.
    public func reconcile(
        journal: any StorageDirectory,
        last: UInt64
    ) throws(DatabaseError) {
        var open = try database.rows(
            "SELECT * FROM transfer WHERE state = 'executing' ORDER BY id"
        ).map { row throws(DatabaseError) in try TransferRecord(row) }
        guard let first = open.compactMap(\.baseline).min() else { return }
        let known = try database.rows(
            "SELECT sequence FROM transfer WHERE sequence IS NOT NULL AND sequence > ?",
            [.unsigned(first)]
        ).map { row throws(DatabaseError) in try row.unsigned(0) }
        var accounted = Set(known)
        do throws(JournalError) {
            var replay = try JournalReplay(following: journal, after: first)
            try replay.advance(through: first)
            while !open.isEmpty, let record = try replay.next(upTo: last) {
                guard case .command(let command) = record.content,
                    let index = open.firstIndex(where: { item in
                        item.command == command && item.baseline ?? 0 < record.sequence
                    }), accounted.insert(record.sequence).inserted
                else { continue }
                let refusal = Self.refusal(in: replay.events)
                try conclude(open.remove(at: index), record.sequence, refusal)
            }
        } catch {
            throw .failed(path: database.path, code: 0, message: error.description)
        }
        // What is not in the journal did not happen: it goes back to where it can be done.
        for item in open {
            let state: TransferState = item.kind == .deposit ? .failed : .approved
            try database.execute(
                "UPDATE transfer SET state = ?, request_key = NULL, baseline = NULL WHERE id = ?",
                [.text(state.rawValue), .integer(item.id)]
            )
        }
    }

    private func conclude(
        _ record: TransferRecord,
        _ sequence: UInt64,
        _ refusal: Refusal?
    ) throws(JournalError) {
        let state: TransferState = refusal == nil ? .executed : .refused
        do throws(DatabaseError) {
            try database.execute(
                "UPDATE transfer SET state = ?, sequence = ?, refusal = ? WHERE id = ?",
                [
                    .text(state.rawValue), .unsigned(sequence),
                    refusal.map { .integer(Int64($0.rawValue)) } ?? .null, .integer(record.id),
                ]
            )
        } catch {
            throw .platform(.failed(.write, path: database.path, code: 0))
        }
    }

    private static func refusal(in events: borrowing EventBuffer) -> Refusal? {
        for index in 0..<events.count {
            if case .refused(let refused) = events[index] { return refused.refusal }
        }
        return nil
    }

    private func run<Result: Sendable>(
        _ body: (borrowing Transaction) throws(DatabaseError) -> Result
    ) throws(APIError) -> Result {
        do throws(DatabaseError) { return try database.transaction(body) } catch {
            throw APIError(.unavailable, "the record of transfers cannot be used now")
        }
    }
}
