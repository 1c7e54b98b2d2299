internal import CSQLite
internal import Glibc

/// One connection to a file of SQLite; one thread uses it at a time.
@safe final class SQLiteConnection: @unchecked Sendable {
    // It is handed from thread to thread under a lock, and never used by two: the library's own lock is off.
    let path: String
    private let handle: OpaquePointer

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - isReader: Whether it only reads.
    ///   - makes: Whether to make the file if there is none.
    /// - Throws: `LedgerStoreError`.
    init(path: String, isReader: Bool, makes: Bool) throws(LedgerStoreError) {
        if makes { try Self.create(path) }
        var opened: OpaquePointer?
        errno = 0
        let access = isReader ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE
        let flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
        guard let opened = unsafe opened else {
            throw .failed(store: path, code: "SQLite \(code)", message: "no memory")
        }
        self.path = path
        unsafe handle = opened
        // What is thrown from here on closes the handle, as all properties are set.
        guard code == SQLITE_OK else { throw error(code) }
        unsafe sqlite3_busy_timeout(handle, 5_000)
    }

    deinit { unsafe sqlite3_close_v2(handle) }

    /// Makes an empty file that only its owner may use; SQLite gives the files beside it the same mode.
    private static func create(_ path: String) throws(LedgerStoreError) {
        let flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC
        // A file that exists is not opened: closing it would drop the locks that this process has on it.
        let descriptor = unsafe open(path, flags, 0o600)
        if descriptor >= 0 { close(descriptor) }
        if descriptor < 0, errno != EEXIST {
            let message = unsafe String(cString: strerror(errno))
            throw .failed(store: path, code: "open", message: message)
        }
    }

    /// Runs any number of statements without values.
    func run(_ script: String) throws(LedgerStoreError) {
        errno = 0
        let code = unsafe sqlite3_exec(handle, script, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code) }
    }

    /// Undoes an open transaction, if there is one.
    func rollBack() {
        // After some errors SQLite has done it already; the error before it says what is wrong.
        if unsafe sqlite3_get_autocommit(handle) == 0 {
            _ = unsafe sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
        }
    }

    /// Prepares a statement that is used often.
    func prepare(_ sql: String) throws(LedgerStoreError) -> SQLiteStatement {
        var made: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        let code = unsafe sqlite3_prepare_v3(handle, sql, -1, flags, &made, nil)
        guard code == SQLITE_OK else { throw error(code) }
        guard let made = unsafe made else { preconditionFailure("a statement is not empty") }
        return unsafe SQLiteStatement(handle: made, connection: self)
    }

    /// The first number that a query gives.
    func number(_ sql: String) throws(LedgerStoreError) -> Int64 {
        let statement = try prepare(sql)
        guard try statement.step() else {
            throw .corrupt(store: path, message: "a query that must have an answer has none")
        }
        defer { statement.reset() }
        return statement.integer(0)
    }

    /// How many rows the last statement changed.
    var changedCount: Int { unsafe Int(sqlite3_changes64(handle)) }

    /// Sorts what SQLite says.
    fileprivate func error(_ code: Int32) -> LedgerStoreError {
        let system = errno
        let message = unsafe String(cString: sqlite3_errmsg(handle))
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED:
            return .unavailable(store: path, reason: "in use by another program")
        case SQLITE_FULL: return .diskFull(store: path, message: message)
        case SQLITE_IOERR where [ENOSPC, EDQUOT, EFBIG].contains(system):
            return .diskFull(store: path, message: message)
        case SQLITE_CANTOPEN where system == ENOENT:
            return .configuration("\(path): there is no ledger")
        case SQLITE_CORRUPT, SQLITE_NOTADB: return .corrupt(store: path, message: message)
        default: return .failed(store: path, code: "SQLite \(code)", message: message)
        }
    }
}

/// A prepared statement; it belongs to its connection's thread.
@safe final class SQLiteStatement {
    private let handle: OpaquePointer
    // It keeps the connection open as long as it lives.
    private let connection: SQLiteConnection

    fileprivate init(handle: OpaquePointer, connection: SQLiteConnection) {
        unsafe self.handle = handle
        self.connection = connection
    }

    deinit { unsafe sqlite3_finalize(handle) }

    /// Sets the value at `index`, from 1.
    @inline(__always) func bind(_ number: Int64, _ index: Int32) {
        let code = unsafe sqlite3_bind_int64(handle, index, number)
        precondition(code == SQLITE_OK, "a statement has the values that it names")
    }

    /// Sets 32 bytes, or nothing.
    func bind(blob bytes: [UInt8]?, _ index: Int32) {
        let code =
            if let bytes {
                unsafe csqlite_bind_blob(handle, index, bytes, UInt64(bytes.count))
            } else {
                unsafe sqlite3_bind_null(handle, index)
            }
        precondition(code == SQLITE_OK, "a statement has the values that it names")
    }

    /// Goes to the next row; false when there is none, and then the statement can run again.
    @inline(__always) func step() throws(LedgerStoreError) -> Bool {
        errno = 0
        let code = unsafe sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        if code == SQLITE_DONE {
            _ = unsafe sqlite3_reset(handle)
            return false
        }
        let error = connection.error(code)
        reset()
        throw error
    }

    /// Runs a statement that has no rows.
    @inline(__always) func run() throws(LedgerStoreError) {
        let hasRow = try step()
        precondition(!hasRow, "a statement that changes something has no rows")
    }

    /// Lets the statement run again.
    func reset() {
        // It repeats the error of the last step, which was reported.
        _ = unsafe sqlite3_reset(handle)
    }

    /// The number in a column of the row, from 0.
    func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }

    /// The row's values.
    func values(_ columns: [LedgerColumn]) throws(LedgerStoreError) -> [LedgerValue] {
        var values: [LedgerValue] = []
        values.reserveCapacity(columns.count)
        var column: Int32 = 0
        for kind in columns {
            switch kind {
            case .integer: values.append(.integer(integer(column)))
            case .amount:
                let (high, low) = (integer(column), integer(column + 1))
                guard let amount = SQLiteAmount(high: high, low: low) else {
                    throw .corrupt(store: connection.path, message: "an amount is none")
                }
                values.append(.amount(amount.amount))
                column += 1
            case .blob: values.append(blob(column))
            }
            column += 1
        }
        return values
    }

    private func blob(_ column: Int32) -> LedgerValue {
        guard unsafe sqlite3_column_type(handle, column) != SQLITE_NULL else { return .null }
        let start = unsafe sqlite3_column_blob(handle, column)
        let count = unsafe Int(sqlite3_column_bytes(handle, column))
        return unsafe .blob([UInt8](UnsafeRawBufferPointer(start: start, count: count)))
    }
}
