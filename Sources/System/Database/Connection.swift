internal import CSQLite
internal import Glibc

/// One connection of SQLite with its prepared statements; only one thread uses it at a time.
@safe final class Connection: @unchecked Sendable {
    // Only whoever holds the lock of `Database` calls it. The compiler cannot see that through the closure of
    // a transaction, which belongs to the caller.
    let path: String
    private let handle: OpaquePointer
    private var statements: [String: Statement] = [:]
    /// SQL is written in the program, so there are far fewer; the bound keeps a mistake from filling memory.
    private static let statementCountMax = 256

    /// Opens or makes the file, which nobody else has open then.
    init(path: String, busyMilliseconds: Int32) throws(DatabaseError) {
        try Self.create(path)
        var opened: OpaquePointer?
        // The lock of `Database` does what the library's own would do again.
        let flags =
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
            | SQLITE_OPEN_EXRESCODE
        let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
        guard let opened = unsafe opened else {
            throw .cannotOpen(path: path, code: code, message: "no memory")
        }
        self.path = path
        unsafe handle = opened
        // What is thrown from here on closes the handle, as all properties are set.
        guard code == SQLITE_OK else { throw error(code) }
        unsafe sqlite3_busy_timeout(handle, busyMilliseconds)
    }

    deinit {
        statements = [:]
        unsafe sqlite3_close_v2(handle)
    }

    /// Makes an empty file that only its owner may use; SQLite gives the files beside it the same mode.
    private static func create(_ path: String) throws(DatabaseError) {
        let flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC
        // A file that exists is not opened: closing it would drop the locks that this process has on it.
        let descriptor = unsafe open(path, flags, 0o600)
        if descriptor >= 0 { close(descriptor) }
        if descriptor < 0, errno != EEXIST {
            let message = unsafe String(cString: strerror(errno))
            throw .cannotOpen(path: path, code: SQLITE_CANTOPEN, message: message)
        }
    }

    /// Whether a transaction is open.
    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

    /// How many rows the last statement that changes rows has changed.
    var changedRowCount: Int { unsafe Int(sqlite3_changes64(handle)) }

    /// Runs any number of statements without values.
    func run(_ script: String) throws(DatabaseError) {
        errno = 0
        let code = unsafe sqlite3_exec(handle, script, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code) }
    }

    /// Runs one statement, and returns its rows.
    func rows(_ sql: String, _ values: [DatabaseValue]) throws(DatabaseError) -> [Row] {
        errno = 0
        let statement = try prepared(sql)
        defer { statement.reset() }
        precondition(
            statement.parameterCount == values.count,
            "a statement gets as many values as it has question marks"
        )
        for (position, value) in values.enumerated() {
            let code = statement.bind(value, at: Int32(position + 1))
            guard code == SQLITE_OK else { throw error(code) }
        }
        var rows: [Row] = []
        while true {
            let code = statement.step()
            if code == SQLITE_DONE { return rows }
            guard code == SQLITE_ROW else { throw error(code) }
            guard let values = statement.row() else {
                throw .corrupt(path: path, code: code, message: "a text is not UTF-8")
            }
            rows.append(Row(values: values, path: path))
        }
    }

    private func prepared(_ sql: String) throws(DatabaseError) -> Statement {
        if let statement = statements[sql] { return statement }
        var sql = sql
        var made: OpaquePointer?
        var isWhole = true
        let code = sql.withUTF8 { bytes in
            let start = unsafe UnsafeRawPointer(bytes.baseAddress)?
                .assumingMemoryBound(to: CChar.self)
            var rest: UnsafePointer<CChar>?
            let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
            let code = unsafe sqlite3_prepare_v3(
                handle,
                start,
                Int32(bytes.count),
                flags,
                &made,
                &rest
            )
            if let start = unsafe start, let rest = unsafe rest {
                let read = unsafe rest - start
                isWhole = unsafe bytes[read...].allSatisfy { byte in byte == 0x20 || byte == 0x0A }
            }
            return code
        }
        guard code == SQLITE_OK else { throw error(code) }
        guard let made = unsafe made else { preconditionFailure("a statement is not empty") }
        let statement = unsafe Statement(handle: made)
        precondition(isWhole, "only migrations have several statements")
        if statements.count >= Self.statementCountMax { statements = [:] }
        statements[sql] = statement
        return statement
    }

    private func error(_ code: Int32) -> DatabaseError {
        // A commit that fails does not tell the library's own record of the system's errors.
        unsafe DatabaseError(
            path: path,
            code: code,
            systemCode: errno,
            message: String(cString: sqlite3_errmsg(handle))
        )
    }
}

/// A prepared statement of a connection.
@safe private final class Statement {
    private let handle: OpaquePointer

    init(handle: OpaquePointer) { unsafe self.handle = handle }

    deinit { unsafe sqlite3_finalize(handle) }

    var parameterCount: Int { unsafe Int(sqlite3_bind_parameter_count(handle)) }

    func step() -> Int32 { unsafe sqlite3_step(handle) }

    func reset() {
        // It repeats the error of the last step, which was reported.
        _ = unsafe sqlite3_reset(handle)
        unsafe sqlite3_clear_bindings(handle)
    }

    func bind(_ value: DatabaseValue, at index: Int32) -> Int32 {
        switch value {
        case .integer(let number): return unsafe sqlite3_bind_int64(handle, index, number)
        case .real(let number):
            precondition(!number.isNaN, "SQLite would make it null")
            return unsafe sqlite3_bind_double(handle, index, number)
        case .null: return unsafe sqlite3_bind_null(handle, index)
        case .text(var text):
            return text.withUTF8 { bytes in
                unsafe bytes.withMemoryRebound(to: CChar.self) { bytes in
                    // An empty text must not be null, which a missing address would make it.
                    guard let start = bytes.baseAddress else {
                        return unsafe csqlite_bind_text(handle, index, "", 0)
                    }
                    return unsafe csqlite_bind_text(handle, index, start, UInt64(bytes.count))
                }
            }
        case .blob(let blob):
            if blob.isEmpty { return unsafe sqlite3_bind_zeroblob(handle, index, 0) }
            return unsafe csqlite_bind_blob(handle, index, blob, UInt64(blob.count))
        }
    }

    /// What the row holds to which the last step came; none if a text is not UTF-8.
    func row() -> [DatabaseValue]? {
        var values: [DatabaseValue] = []
        let count = unsafe sqlite3_column_count(handle)
        for column in 0..<count {
            switch unsafe sqlite3_column_type(handle, column) {
            case SQLITE_INTEGER:
                unsafe values.append(.integer(sqlite3_column_int64(handle, column)))
            case SQLITE_FLOAT: unsafe values.append(.real(sqlite3_column_double(handle, column)))
            case SQLITE_NULL: values.append(.null)
            case SQLITE_TEXT:
                guard let text = String(validating: bytes(column), as: UTF8.self) else {
                    return nil
                }
                values.append(.text(text))
            default: values.append(.blob(bytes(column)))
            }
        }
        return values
    }

    private func bytes(_ column: Int32) -> [UInt8] {
        let start = unsafe sqlite3_column_blob(handle, column)
        let count = unsafe Int(sqlite3_column_bytes(handle, column))
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    }
}
