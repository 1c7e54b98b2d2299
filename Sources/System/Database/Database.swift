internal import Platform
internal import Synchronization

/// A file of SQLite for what a node must remember.
///
/// - What `transaction` has returned survives the end of the process and a loss of power: the file is in
///   WAL mode with `synchronous=FULL`, so one commit that changes something waits for the device once.
/// - The file belongs to one `Database`: as long as it lives, every other opening is refused with `locked`.
///   No other code may open the file, as closing it would drop the locks of this process.
/// - Any thread may use it; they take turns. A thread that must not wait must not use it.
/// - After an error of the device or a damaged page it does nothing more: then only `stopped` comes.
///
/// Beside the file `name` lies `name-wal`; a copy needs both, taken while no process uses them.
///
/// ```swift
/// let database = try Database(
///     path: folder + "/votes.db",
///     migrations: ["CREATE TABLE vote (slot BLOB PRIMARY KEY, digest BLOB NOT NULL) STRICT"]
/// )
/// try database.transaction { transaction throws(DatabaseError) in
///     try transaction.execute("INSERT INTO vote VALUES (?, ?)", [.unsigned(slot), .blob(digest)])
/// }
/// ```
public final class Database: Sendable {
    /// How long opening waits for another process to give the file up, in milliseconds.
    public static let busyMillisecondsDefault: Int32 = 2_000

    private struct State: ~Copyable {
        let connection: Connection
        var isStopped = false
    }

    /// The file.
    public let path: String
    private let state: Mutex<State>

    /// Opens or makes a database, and brings it to the newest version.
    ///
    /// - Parameters:
    ///   - path: The file; it is made with the mode 0600. Its folder must exist.
    ///   - migrations: What brings a database from each version to the next, each one or several statements
    ///     without values; the version of a file (`user_version`) says how many of them it has behind it. A
    ///     program may add to them at the end, never change them. Tables should be `STRICT`.
    ///   - busyMilliseconds: How long to wait for another process to give the file up.
    /// - Throws: `locked`, `cannotOpen`, `diskFull`, `corrupt`, `newerVersion`, or `failed` for wrong SQL in
    ///   a migration. A migration that fails leaves the version before it.
    public init(
        path: String,
        migrations: [StaticString],
        busyMilliseconds: Int32 = busyMillisecondsDefault
    ) throws(DatabaseError) {
        let connection = try Connection(path: path, busyMilliseconds: busyMilliseconds)
        // Exclusive before the first look at the file: then the index of the WAL is not shared with others.
        try connection.run(
            """
            PRAGMA locking_mode = EXCLUSIVE;
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA foreign_keys = ON;
            PRAGMA trusted_schema = OFF;
            PRAGMA cell_size_check = ON;
            """
        )
        try Self.migrate(connection, migrations)
        try Self.syncFolder(of: path)
        self.path = path
        state = Mutex(State(connection: connection))
    }

    private static func migrate(
        _ connection: Connection,
        _ migrations: [StaticString]
    ) throws(DatabaseError) {
        // This also takes the lock, which nobody else gets until the connection is closed.
        try connection.run("BEGIN IMMEDIATE")
        let found = try connection.rows("PRAGMA user_version", [])
        try connection.run("COMMIT")
        guard let number = try found.first?.integer(0) else {
            throw .corrupt(path: connection.path, code: 0, message: "it has no version")
        }
        guard 0...migrations.count ~= Int(number) else {
            throw .newerVersion(
                path: connection.path,
                found: Int(number),
                known: migrations.count
            )
        }
        for version in Int(number)..<migrations.count {
            try connection.run("BEGIN IMMEDIATE")
            do throws(DatabaseError) {
                try connection.run("\(migrations[version])")
                try connection.run("PRAGMA user_version = \(version + 1)")
                try connection.run("COMMIT")
            } catch {
                throw rolledBack(connection, after: error)
            }
        }
    }

    /// Makes the name of a new file durable.
    private static func syncFolder(of path: String) throws(DatabaseError) {
        let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) }
        do throws(PlatformError) {
            try LinuxDirectory.open(folder ?? ".").sync()
        } catch {
            throw .failed(path: path, code: 0, message: error.description)
        }
    }

    /// Runs statements that take effect together or not at all.
    ///
    /// One that only reads costs no wait for the device. Calling it within another transaction of the same
    /// database is an error of the caller.
    ///
    /// - Parameter body: What to do; it must not keep other threads waiting.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, after undoing everything; `diskFull`, `corrupt` or `failed` when the
    ///   commit itself fails, and then only opening the file again tells whether it took effect.
    @_semantics("optimize.sil.specialize.generic.never")
    public func transaction<Result: Sendable>(
        _ body: (borrowing Transaction) throws(DatabaseError) -> Result
    ) throws(DatabaseError) -> Result {
        // The optimiser of Swift 6.3 crashes when it specialises this function, hence the attribute.
        try state.withLock { state throws(DatabaseError) in
            if state.isStopped { throw .stopped(path: path) }
            do throws(DatabaseError) {
                return try Self.perform(state.connection, body)
            } catch {
                state.isStopped = error.isFatal
                throw error
            }
        }
    }

    private static func perform<Result: Sendable>(
        _ connection: Connection,
        _ body: (borrowing Transaction) throws(DatabaseError) -> Result
    ) throws(DatabaseError) -> Result {
        try connection.run("BEGIN IMMEDIATE")
        do throws(DatabaseError) {
            let result = try body(Transaction(connection: connection))
            try connection.run("COMMIT")
            return result
        } catch {
            throw rolledBack(connection, after: error)
        }
    }

    /// Undoes an open transaction; the error that says most about what is wrong.
    private static func rolledBack(
        _ connection: Connection,
        after error: DatabaseError
    ) -> DatabaseError {
        // After some errors SQLite has done it already.
        guard connection.isInTransaction else { return error }
        do throws(DatabaseError) {
            try connection.run("ROLLBACK")
            return error
        } catch let second {
            return second.isFatal ? second : error
        }
    }

    /// Runs one statement in a transaction of its own; see `Transaction.execute`.
    ///
    /// - Returns: How many rows it inserted, changed or deleted.
    /// - Throws: As `transaction`.
    @discardableResult
    public func execute(
        _ sql: StaticString,
        _ values: [DatabaseValue] = []
    ) throws(DatabaseError) -> Int {
        try transaction { transaction throws(DatabaseError) in
            try transaction.execute(sql, values)
        }
    }

    /// Runs one query in a transaction of its own; see `Transaction.rows`.
    ///
    /// - Returns: The rows.
    /// - Throws: As `transaction`.
    public func rows(
        _ sql: StaticString,
        _ values: [DatabaseValue] = []
    ) throws(DatabaseError) -> [Row] {
        try transaction { transaction throws(DatabaseError) in try transaction.rows(sql, values) }
    }

    /// Reads the whole file and compares its parts.
    ///
    /// - Throws: `corrupt` with what is wrong.
    /// - Complexity: O(n) in the size of the file.
    public func checkIntegrity() throws(DatabaseError) {
        let answer = try transaction { transaction throws(DatabaseError) in
            try transaction.rows("PRAGMA integrity_check(1)").first?.text(0)
        }
        guard answer == "ok" else {
            state.withLock { $0.isStopped = true }
            throw .corrupt(path: path, code: 0, message: answer ?? "no answer")
        }
    }
}

/// Statements that take effect together; it lives as long as the closure that gets it.
///
/// SQL is written in the program as literals, with a question mark for each value, so that no value can be
/// read as SQL. Statements are prepared once.
public struct Transaction: ~Copyable {
    let connection: Connection

    /// Runs one statement that changes something.
    ///
    /// - Parameters:
    ///   - sql: The statement.
    ///   - values: One for each question mark, in their order.
    /// - Returns: How many rows it inserted, changed or deleted, if it is a statement that does so.
    /// - Throws: `constraint`, `diskFull`, `corrupt` or `failed`.
    @discardableResult
    public func execute(
        _ sql: StaticString,
        _ values: [DatabaseValue] = []
    ) throws(DatabaseError) -> Int {
        _ = try connection.rows("\(sql)", values)
        return connection.changedRowCount
    }

    /// Runs one query; all its rows are read into memory, so it should have a `LIMIT` where there may be many.
    ///
    /// - Parameters:
    ///   - sql: The query.
    ///   - values: One for each question mark, in their order.
    /// - Returns: The rows.
    /// - Throws: `corrupt` or `failed`.
    public func rows(
        _ sql: StaticString,
        _ values: [DatabaseValue] = []
    ) throws(DatabaseError) -> [Row] {
        try connection.rows("\(sql)", values)
    }
}
