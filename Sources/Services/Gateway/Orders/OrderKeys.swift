internal import Cryptography
public import Database
public import Follower
public import Journal
public import Platform
internal import Primitives
internal import Synchronization
public import Venue

/// Remembers for 24 hours what became of each named order, so that a request that is repeated is answered and not
/// carried out again.
///
/// An order is named by its client order id, or by an idempotency key whose hash becomes the client order id: so
/// the name travels inside the command, and the journal binds it to the order in the very write that makes the order
/// durable. What is kept here is a projection of the journal. After a SIGKILL the projection
/// catches up before the first named order is taken: what was durable is answered again, what was not
/// is carried out for the first time, and nothing twice.
///
/// Names count for 24 hours of the venue's time, for orders that were refused too.
public final class OrderKeys: Projection {
    /// What a request to place a named order comes to.
    enum Claim: Equatable {
        /// Nobody used the name: the caller places the order, and then calls `settle` or `abandon`.
        case fresh
        /// The same order was placed before, and this became of it.
        case done(OrderResult)
        /// The same order is being placed.
        case inProgress
        /// Another order has that name.
        case reused
    }

    private struct Entry {
        var payload: [UInt8]
        /// Nil while the order is being placed.
        var result: OrderResult?
    }

    private struct State {
        var entries: [OrderKey: Entry] = [:]
        var filter = KeyFilter()
        /// What the follower has taken in and the file does not have yet.
        var batch: [(key: OrderKey, time: Timestamp)] = []
        var takenSequence: UInt64 = 0
        var committedSequence: UInt64 = 0
        var committedAt: UInt64 = 0
        var isReady = false
    }

    private static let dayNanoseconds: UInt64 = 86_400_000_000_000
    /// Orders in memory, at most: those in flight and those that the file does not have yet.
    private static let entriesMax = 1 << 18
    /// The file is written when so many orders wait, or the oldest has waited so long.
    private static let batchMax = 4_096
    private static let commitNanoseconds: UInt64 = 1_000_000_000
    /// Without named orders the cursor is written so often.
    private static let idleCommands: UInt64 = 1 << 18

    private let database: Database
    private let clock: any Clock
    private let state = Mutex(State())

    /// Opens or makes the file.
    ///
    /// - Parameters:
    ///   - path: The file; deleted, it is made again from the journal.
    ///   - clock: Tells when to write.
    /// - Throws: `DatabaseError`.
    public init(path: String, clock: any Clock = LinuxClock()) throws(DatabaseError) {
        database = try Database(
            path: path,
            migrations: [
                """
                CREATE TABLE progress (one INTEGER PRIMARY KEY CHECK (one = 1), sequence BLOB NOT NULL)
                    STRICT;
                CREATE TABLE named (
                    account INTEGER NOT NULL, client_id BLOB NOT NULL, time INTEGER NOT NULL,
                    payload BLOB NOT NULL, result BLOB NOT NULL, PRIMARY KEY (account, client_id)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX named_time ON named (time);
                """
            ]
        )
        self.clock = clock
        var loaded = State()
        if let row = try database.rows("SELECT sequence FROM progress").first {
            loaded.committedSequence = try row.unsigned(0)
            loaded.takenSequence = loaded.committedSequence
        }
        try Self.load(database, &loaded.filter)
        loaded.committedAt = clock.monotonicNanoseconds()
        let start = loaded
        state.withLock { state in state = start }
    }

    private static func load(
        _ database: Database,
        _ filter: inout KeyFilter
    ) throws(DatabaseError) {
        var last: (Int64, DatabaseValue) = (-1, .blob([]))
        while true {
            let rows = try database.rows(
                """
                SELECT account, client_id FROM named WHERE (account, client_id) > (?, ?)
                ORDER BY account, client_id LIMIT 4096
                """,
                [.integer(last.0), last.1]
            )
            for row in rows {
                let account = try row.integer(0)
                let client = try row.unsigned(1)
                filter.insert(
                    OrderKey(
                        account: AccountID(UInt32(truncatingIfNeeded: account)),
                        clientID: client
                    )
                )
                last = (account, .unsigned(client))
            }
            if rows.isEmpty { return }
        }
    }

    /// The client order id that an idempotency key stands for: above all those that clients may give.
    static func clientID(ofKey key: String) -> UInt64 {
        let digest = SHA256.hash(of: Array(key.utf8))
        var number: UInt64 = 0
        unsafe digest.withUnsafeBytes { bytes in
            for index in 0..<8 { unsafe number = number << 8 | UInt64(bytes[index]) }
        }
        return number | 1 << 63
    }

    /// Says that everything that was durable at the start is taken in: from now on names can be claimed.
    public func becomeReady() { state.withLock { state in state.isReady = true } }

    /// Whether names can be claimed.
    var isReady: Bool { state.withLock { state in state.isReady } }

    // MARK: Claims

    /// Claims the name of an order.
    ///
    /// - Throws: `notReady` before the projection has caught up, `busy` when too many are in flight, `unavailable` when the
    ///   file cannot be read.
    func claim(_ order: NewOrder) throws(APIError) -> Claim {
        let key = OrderKey(account: order.account, clientID: order.clientID)
        let payload = Self.payload(order)
        let (known, mustLook) = try state.withLock {
            state throws(APIError) -> (Claim?, Bool) in
            guard state.isReady else {
                throw APIError(.notReady, "the venue is reading its journal; try again")
            }
            if let entry = state.entries[key] { return (Self.claim(entry, payload), false) }
            guard state.entries.count < Self.entriesMax else {
                throw APIError(.busy, "too many named orders wait; try again in a second")
            }
            state.entries[key] = Entry(payload: payload, result: nil)
            return (nil, state.filter.mayContain(key))
        }
        if let known { return known }
        guard mustLook else { return .fresh }
        do throws(DatabaseError) {
            guard let found = try look(for: key) else { return .fresh }
            abandon(order)
            return Self.claim(found, payload)
        } catch {
            abandon(order)
            throw APIError(.unavailable, "the record of named orders cannot be read")
        }
    }

    /// Notes what became of a claimed order.
    func settle(_ order: NewOrder, _ result: OrderResult) {
        let key = OrderKey(account: order.account, clientID: order.clientID)
        state.withLock { state in
            // When the file has it already, memory need not.
            if result.sequence <= state.committedSequence {
                state.entries[key] = nil
            } else {
                state.entries[key]?.result = result
            }
        }
    }

    /// Gives a claim back: the order was not placed.
    func abandon(_ order: NewOrder) {
        let key = OrderKey(account: order.account, clientID: order.clientID)
        state.withLock { state in state.entries[key] = nil }
    }

    private static func claim(_ entry: Entry, _ payload: [UInt8]) -> Claim {
        guard entry.payload == payload else { return .reused }
        return entry.result.map(Claim.done) ?? .inProgress
    }

    private func look(for key: OrderKey) throws(DatabaseError) -> Entry? {
        let rows = try database.rows(
            "SELECT payload, result FROM named WHERE account = ? AND client_id = ?",
            [.integer(Int64(key.account.rawValue)), .unsigned(key.clientID)]
        )
        guard let row = rows.first else { return nil }
        let bytes = try row.blob(1)
        guard let result = OrderResult(encoded: bytes) else {
            throw .corrupt(path: database.path, code: 0, message: "a result cannot be read")
        }
        return Entry(payload: try row.blob(0), result: result)
    }

    /// What must be the same in a repeated request: the whole command.
    private static func payload(_ order: NewOrder) -> [UInt8] {
        var writer = ByteWriter(capacity: Command.payloadBytesMax)
        Command.placeOrder(order).encode(to: &writer)
        return writer.bytes
    }

    // MARK: Projection

    /// The last command that the file has.
    public var cursor: UInt64 { state.withLock { state in state.committedSequence } }

    /// Takes in a record; only named orders matter.
    public func take(
        _ record: JournalRecord,
        _ events: borrowing EventBuffer,
        _ venue: inout Venue
    ) {
        let sequence = record.sequence
        guard case .command(let command) = record.content, case .placeOrder(let order) = command,
            order.clientID != 0
        else {
            state.withLock { state in state.takenSequence = sequence }
            return
        }
        var own: [Event] = []
        for index in 0..<events.count { own.append(events[index]) }
        let result = OrderResult(
            sequence: sequence,
            time: record.time,
            order: nil,
            events: own
        )
        let key = OrderKey(account: order.account, clientID: order.clientID)
        let entry = Entry(payload: Self.payload(order), result: result)
        state.withLock { state in
            state.takenSequence = sequence
            // A later order of the same name can only have come by another way; the first one counts.
            if state.entries[key]?.result == nil || state.entries[key]?.result == result {
                state.entries[key] = entry
            }
            state.filter.insert(key)
            state.batch.append((key, record.time))
        }
    }

    /// Writes what waits, if it is much or has waited long.
    public func flush(_ venue: inout Venue) throws(FollowerError) {
        let now = clock.monotonicNanoseconds()
        let work = state.withLock { state -> (rows: [(OrderKey, Timestamp, Entry)], UInt64)? in
            let isDue =
                !state.batch.isEmpty
                && (state.batch.count >= Self.batchMax
                    || now - state.committedAt >= Self.commitNanoseconds)
            guard isDue || state.takenSequence - state.committedSequence >= Self.idleCommands
            else { return nil }
            let rows = state.batch.compactMap { item -> (OrderKey, Timestamp, Entry)? in
                state.entries[item.key].map { entry in (item.key, item.time, entry) }
            }
            return (rows, state.takenSequence)
        }
        guard let (rows, sequence) = work else { return }
        do throws(DatabaseError) {
            try commit(rows, sequence, venue.time)
        } catch {
            throw .unavailable("\(error)")
        }
        state.withLock { state in
            for (key, _, entry) in rows where state.entries[key]?.result == entry.result {
                state.entries[key] = nil
            }
            state.batch = []
            state.committedSequence = sequence
            state.committedAt = now
        }
    }

    private func commit(
        _ rows: [(OrderKey, Timestamp, Entry)],
        _ sequence: UInt64,
        _ time: Timestamp
    ) throws(DatabaseError) {
        let oldest =
            time.nanoseconds > Self.dayNanoseconds ? time.nanoseconds - Self.dayNanoseconds : 0
        try database.transaction { transaction throws(DatabaseError) in
            for (key, time, entry) in rows {
                guard let result = entry.result else { continue }
                try transaction.execute(
                    "INSERT INTO named VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    [
                        .integer(Int64(key.account.rawValue)), .unsigned(key.clientID),
                        .integer(Int64(bitPattern: time.nanoseconds)), .blob(entry.payload),
                        .blob(result.encoded),
                    ]
                )
            }
            try transaction.execute(
                """
                DELETE FROM named WHERE (account, client_id) IN
                (SELECT account, client_id FROM named WHERE time < ? ORDER BY time LIMIT 8192)
                """,
                [.integer(Int64(bitPattern: oldest))]
            )
            try transaction.execute(
                "INSERT OR REPLACE INTO progress VALUES (1, ?)",
                [.unsigned(sequence)]
            )
        }
    }
}
