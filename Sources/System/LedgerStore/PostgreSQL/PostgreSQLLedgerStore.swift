internal import Platform
public import Primitives
internal import Synchronization

/// The ledger in a PostgreSQL server, or in CockroachDB.
///
/// One connection appends, others read, each as a role that sees only the rows of the tenant that its transaction
/// names (row-level security, in PostgreSQL). A server that goes away makes every call throw `unavailable`; the
/// store connects again by itself, after growing pauses, and a batch whose end it did not see may be appended again.
public final class PostgreSQLLedgerStore: LedgerStore {
    /// Most connections that read at a time; who would need another is told to come again.
    public static let readersMax = 8

    private struct Writing: ~Copyable {
        var writer: PostgreSQLWriter?
        var backOff = ConnectionBackOff()
    }

    private struct Reading: ~Copyable {
        var idle: [PostgreSQLSession] = []
        var count = 0
        var backOff = ConnectionBackOff()
    }

    /// What the database is called in errors.
    public var name: String { address.name }
    private let address: PostgreSQLAddress
    private let readerAddress: PostgreSQLAddress
    /// The role that reads; nil where there is no row-level security.
    private let role: String?
    private let clock = LinuxClock()
    private let storedCursor: Atomic<UInt64>
    private let writing: Mutex<Writing>
    private let reading = Mutex(Reading())

    /// Connects, and brings the tables to the newest version.
    ///
    /// - Parameters:
    ///   - address: The database, as a user that owns the tables or may make them.
    ///   - reader: The same database as a user that may only read: a member of the role that is called after
    ///     the schema, such as `parallax_reader`. If nil, `address` is used and that role is taken on.
    /// - Throws: `LedgerStoreError`.
    public init(
        _ address: PostgreSQLAddress,
        reader: PostgreSQLAddress? = nil
    ) throws(LedgerStoreError) {
        let connection = try PostgreSQLConnection(address, role: "writer")
        let version = try connection.run("SELECT version()").text(0, 0) ?? ""
        let role = version.contains("CockroachDB") ? nil : address.schema + "_reader"
        try PostgreSQLSchema.migrate(connection, role: role)
        let writer = try PostgreSQLWriter(connection, hasRowLevelSecurity: role != nil)
        let cursor = try writer.cursor()
        self.address = address
        readerAddress = reader ?? address
        self.role = role
        storedCursor = Atomic(cursor)
        writing = Mutex(Writing(writer: writer))
    }

    /// The last command that the database has durably.
    public var cursor: UInt64 { storedCursor.load(ordering: .acquiring) }

    /// Takes in a batch, in one transaction; see the protocol.
    public func append(_ batch: LedgerBatch) throws(LedgerStoreError) {
        try batch.checkRange()
        try write { writer throws(LedgerStoreError) in
            storedCursor.store(try writer.append(batch), ordering: .releasing)
        }
    }

    /// Empties the tables in one transaction.
    public func removeAll() throws(LedgerStoreError) {
        try write { writer throws(LedgerStoreError) in
            try writer.removeAll()
            storedCursor.store(0, ordering: .releasing)
        }
    }

    /// Reads the rows of one account and of nobody else.
    public func withTenant<Result>(
        _ account: AccountID,
        _ body: (any TenantLedger) throws(LedgerStoreError) -> Result
    ) throws(LedgerStoreError) -> Result {
        let scope = TenantScope(account: account)
        return try read(.tenant(scope)) { session throws(LedgerStoreError) in
            let reader = TenantReader(scope, session, sequence: try session.sequence())
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
        return try read(.everything) { session throws(LedgerStoreError) in
            let reader = CrossTenantReader(session, sequence: try session.sequence())
            defer { reader.end() }
            return try body(reader)
        }
    }

    /// Reads everything to check it against the journal.
    public func withBooks<Result>(
        _ body: (any LedgerBooks) throws(LedgerStoreError) -> Result
    ) throws(LedgerStoreError) -> Result {
        try read(.everything) { session throws(LedgerStoreError) in
            let reader = LedgerBooksReader(session, sequence: try session.sequence())
            defer { reader.end() }
            return try body(reader)
        }
    }

    // MARK: Connections

    /// Lends the connection that writes, which is made again if need be.
    private func write(
        _ body: (PostgreSQLWriter) throws(LedgerStoreError) -> Void
    ) throws(LedgerStoreError) {
        try writing.withLock { writing throws(LedgerStoreError) in
            let writer: PostgreSQLWriter
            if let open = writing.writer {
                writer = open
            } else {
                writer = try connectWriter(&writing.backOff)
                writing.writer = writer
            }
            defer { if writer.connection.isBroken { writing.writer = nil } }
            try body(writer)
        }
    }

    /// Lends a connection that reads, in a transaction.
    private func read<Result>(
        _ scope: PostgreSQLSession.Scope,
        _ body: (PostgreSQLSession) throws(LedgerStoreError) -> Result
    ) throws(LedgerStoreError) -> Result {
        let session = try begin(scope)
        defer { giveBack(session) }
        return try session.transaction(body)
    }

    /// Takes a connection and begins a transaction; again with a new connection if the server was restarted since
    /// the first one was used.
    private func begin(
        _ scope: PostgreSQLSession.Scope
    ) throws(LedgerStoreError) -> PostgreSQLSession {
        while true {
            let (session, wasIdle) = try takeReader()
            do throws(LedgerStoreError) {
                try session.begin(scope)
                return session
            } catch {
                let isStale = wasIdle && session.connection.isBroken
                giveBack(session)
                if !isStale { throw error }
            }
        }
    }

    private func giveBack(_ session: PostgreSQLSession) {
        reading.withLock { reading in
            if session.connection.isBroken {
                // The others of before the server went away are gone as well.
                reading.count -= 1 + reading.idle.count
                reading.idle.removeAll()
            } else {
                reading.idle.append(session)
            }
        }
    }

    /// A connection that nobody uses, and whether it was used before.
    private func takeReader() throws(LedgerStoreError) -> (PostgreSQLSession, wasIdle: Bool) {
        let now = clock.monotonicNanoseconds()
        let idle = try reading.withLock { reading throws(LedgerStoreError) in
            if let session = reading.idle.popLast() { return session as PostgreSQLSession? }
            guard reading.count < Self.readersMax else {
                throw .unavailable(
                    store: name,
                    reason: "\(Self.readersMax) others are reading; try again"
                )
            }
            try checkBackOff(reading.backOff, now)
            reading.count += 1
            return nil
        }
        if let idle { return (idle, true) }
        // Others read meanwhile.
        do throws(LedgerStoreError) {
            let session = try PostgreSQLSession(readerAddress, role: role)
            reading.withLock { reading in reading.backOff.succeeded() }
            return (session, false)
        } catch {
            let failed = clock.monotonicNanoseconds()
            reading.withLock { reading in
                reading.count -= 1
                reading.backOff.failed(now: failed)
            }
            throw error
        }
    }

    /// The connection that writes, made again.
    private func connectWriter(
        _ backOff: inout ConnectionBackOff
    ) throws(LedgerStoreError) -> PostgreSQLWriter {
        try checkBackOff(backOff, clock.monotonicNanoseconds())
        do throws(LedgerStoreError) {
            let connection = try PostgreSQLConnection(address, role: "writer")
            let writer = try PostgreSQLWriter(connection, hasRowLevelSecurity: role != nil)
            backOff.succeeded()
            return writer
        } catch {
            backOff.failed(now: clock.monotonicNanoseconds())
            throw error
        }
    }

    private func checkBackOff(
        _ backOff: ConnectionBackOff,
        _ now: UInt64
    ) throws(LedgerStoreError) {
        let remaining = backOff.remaining(now: now)
        if remaining == 0 { return }
        throw .unavailable(
            store: name,
            reason: "it was not there; the next attempt is in \(remaining / 1_000_000) ms"
        )
    }
}
