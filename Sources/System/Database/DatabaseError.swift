internal import CSQLite
internal import Glibc

/// Why a database did not do what it was asked.
///
/// `code` is SQLite's extended result code and `message` its own words; neither holds values of rows.
public enum DatabaseError: Error, Equatable, Sendable {
    /// Another process, or another `Database` of this one, has the file.
    case locked(path: String)
    /// The file cannot be opened or made.
    case cannotOpen(path: String, code: Int32, message: String)
    /// The device or the quota is full, or the file would become larger than it may.
    case diskFull(path: String, code: Int32, message: String)
    /// The file is no database, or its contents contradict each other.
    case corrupt(path: String, code: Int32, message: String)
    /// The file has more migrations behind it than this program knows.
    case newerVersion(path: String, found: Int, known: Int)
    /// A rule of a table refuses the values (`UNIQUE`, `NOT NULL`, `CHECK`, a foreign key, a type).
    case constraint(path: String, code: Int32, message: String)
    /// Anything else that SQLite refuses, such as a failing device or wrong SQL.
    case failed(path: String, code: Int32, message: String)
    /// A column of a row does not hold the type that was asked for.
    case unexpectedType(path: String, column: Int, expected: String)
    /// The device failed or the file was found corrupt before, and nothing is done since.
    case stopped(path: String)
}

extension DatabaseError: CustomStringConvertible {
    /// One line: where, what is wrong, and what to do.
    public var description: String {
        switch self {
        case .locked(let path):
            "\(path): in use by another process; stop that one first"
        case .cannotOpen(let path, let code, let message):
            "\(path): cannot be opened: \(message) (SQLite \(code)); "
                + "check that its folder exists and that this user may write there"
        case .diskFull(let path, let code, let message):
            "\(path): \(message) (SQLite \(code)): no room; free some and start again, "
                + "nothing that was committed is lost"
        case .corrupt(let path, let code, let message):
            "\(path): \(message) (SQLite \(code)): the file is damaged or no database; "
                + "keep it, and restore a copy"
        case .newerVersion(let path, let found, let known):
            "\(path): has version \(found), and this program knows only \(known); "
                + "use the newer program"
        case .constraint(let path, let code, let message):
            "\(path): \(message) (SQLite \(code)): the values break a rule of the table"
        case .failed(let path, let code, let message):
            "\(path): \(message) (SQLite \(code)); look at the device and the system's log"
        case .unexpectedType(let path, let column, let expected):
            "\(path): column \(column) holds no \(expected): another program wrote to the file; "
                + "keep it, and restore a copy"
        case .stopped(let path):
            "\(path): stopped after an earlier error of the device or the file; start again"
        }
    }

    /// Whether the file or its device can no longer be relied on, so that nothing more may be done.
    var isFatal: Bool {
        switch self {
        case .corrupt: true
        case .failed(_, let code, _): code & 0xFF == SQLITE_IOERR
        default: false
        }
    }

    /// Sorts what SQLite says.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - code: The extended result code.
    ///   - systemCode: The error number of the system call that failed, if one did.
    ///   - message: SQLite's words.
    init(path: String, code: Int32, systemCode: Int32, message: String) {
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED: self = .locked(path: path)
        case SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH:
            self = .cannotOpen(path: path, code: code, message: message)
        case SQLITE_FULL: self = .diskFull(path: path, code: code, message: message)
        case SQLITE_IOERR where [ENOSPC, EDQUOT, EFBIG].contains(systemCode):
            self = .diskFull(path: path, code: code, message: message)
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            self = .corrupt(path: path, code: code, message: message)
        case SQLITE_CONSTRAINT, SQLITE_MISMATCH:
            self = .constraint(path: path, code: code, message: message)
        default: self = .failed(path: path, code: code, message: message)
        }
    }
}
