public import Primitives
internal import Synchronization

/// The ledger in a file of SQLite.
///
/// The file is in WAL mode: one connection appends, others read meanwhile, in this process and in others. What
/// `append` has returned from survives the end of the process and a loss of power (`synchronous=FULL`).
public final class SQLiteLedgerStore: LedgerStore {
    /// Most connections that read at a time; who would need another is told to come again.
    public static let readersMax = 16

    private struct State: ~Copyable {
        let writer: SQLiteWriter
    }

    private struct Readers: ~Copyable {
        var idle: [SQLiteSession] = []
        var count = 0
    }

    /// The file.
    public let path: String
    private let storedCursor: Atomic<UInt64>
    private let state: Mutex<State>
    private let readers = Mutex(Readers())

    /// Opens or makes a file, and brings it to the newest version.
    ///
    /// - Parameters:
    ///   - path: The file; it is made with the mode 0600. Its folder must exist.
    ///   - makes: Whether to make the file if there is none.
    ///   - pagesMax: How many pages of 4,096 bytes it may have; as many as SQLite can count if nil.
    /// - Throws: `LedgerStoreError`.
    public init(
        path: String,
        makes: Bool = true,
        pagesMax: Int? = nil
    ) throws(LedgerStoreError) {
        let connection = try SQLiteConnection(path: path, isReader: false, makes: makes)
        try connection.run(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA wal_autocheckpoint = 32000;
            PRAGMA cache_size = -131072;
            PRAGMA temp_store = MEMORY;
            PRAGMA trusted_schema = OFF;
            """
        )
        try SQLiteSchema.migrate(connection)
        if let pagesMax { try connection.run("PRAGMA max_page_count = \(pagesMax)") }
        let writer = try SQLiteWriter(connection)
        let cursor = try writer.cursor()
        self.path = path
        storedCursor = Atomic(cursor)
        state = Mutex(State(writer: writer))
    }

    /// The last command that the file has durably.
    public var cursor: UInt64 { storedCursor.load(ordering: .acquiring) }

    /// Changes how many pages of 4,096 bytes the file may have.
    ///
    /// - Parameter pagesMax: How many; never fewer than it has.
    /// - Throws: `LedgerStoreError`.
    public func limit(pagesMax: Int) throws(LedgerStoreError) {
        try state.withLock { state throws(LedgerStoreError) in
            try state.writer.connection.run("PRAGMA max_page_count = \(pagesMax)")
        }
    }

    /// Takes in a batch, in one transaction; see the protocol.
    public func append(_ batch: LedgerBatch) throws(LedgerStoreError) {
        try batch.checkRange()
        try state.withLock { state throws(LedgerStoreError) in
            let writer = state.writer
            var found: UInt64 = 0
            try writer.transaction { () throws(LedgerStoreError) in
                // It is read again, so that two programs can never both append to one file.
                found = try writer.cursor()
                guard try batch.isNew(behind: found, store: writer.connection.path) else { return }
                try writer.write(batch)
                found = batch.lastSequence
            }
            storedCursor.store(found, ordering: .releasing)
        }
    }

    /// Empties the tables in one transaction.
    public func removeAll() throws(LedgerStoreError) {
        try state.withLock { state throws(LedgerStoreError) in
            let writer = state.writer
            try writer.transaction { () throws(LedgerStoreError) in try writer.removeAll() }
            storedCursor.store(0, ordering: .releasing)
        }
    }

    /// Reads the rows of one account and of nobody else.
    public func withTenant<Result>(
        _ account: AccountID,
        _ body: (any TenantLedger) throws(LedgerStoreError) -> Result
    ) throws(LedgerStoreError) -> Result {
        try read { session throws(LedgerStoreError) in
            let reader = TenantReader(
                TenantScope(account: account),
                session,
                sequence: try session.sequence()
            )
            defer { reader.end() }
            return try body(reader)
        }
    }

    /// Reads rows of several accounts, after an audit record says who did so and why.
    public func withCrossTenant<Result>(
        reason: String,
        requestor: String,
        audit: (CrossTenantRead) throws(LedgerStoreError) -> Void,
        _ body: (any CrossTenantLedger) throws(LedgerStoreError) -> Result
    ) throws(LedgerStoreError) -> Result {
        try CrossTenantRead.record(reason: reason, requestor: requestor, audit)
        return try read { session throws(LedgerStoreError) in
            let reader = CrossTenantReader(session, sequence: try session.sequence())
            defer { reader.end() }
            return try body(reader)
        }
    }

    /// Reads everything to check it against the journal.
    public func withBooks<Result>(
        _ body: (any LedgerBooks) throws(LedgerStoreError) -> Result
    ) throws(LedgerStoreError) -> Result {
        try read { session throws(LedgerStoreError) in
            let reader = LedgerBooksReader(session, sequence: try session.sequence())
            defer { reader.end() }
            return try body(reader)
        }
    }

    /// Lends a connection that reads, in a transaction.
    private func read<Result>(
        _ body: (SQLiteSession) throws(LedgerStoreError) -> Result
    ) throws(LedgerStoreError) -> Result {
        let session = try takeReader()
        defer { readers.withLock { readers in readers.idle.append(session) } }
        return try session.transaction(body)
    }

    private func takeReader() throws(LedgerStoreError) -> SQLiteSession {
        try readers.withLock { readers throws(LedgerStoreError) in
            if let session = readers.idle.popLast() { return session }
            guard readers.count < Self.readersMax else {
                throw .unavailable(
                    store: path,
                    reason: "\(Self.readersMax) others are reading; try again"
                )
            }
            let session = try SQLiteSession(path: path)
            readers.count += 1
            return session
        }
    }
}
