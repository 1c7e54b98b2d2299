/// What a place of a row holds, with exactly its type.
public enum DatabaseValue: Equatable, Sendable {
    /// A number from −2⁶³ up to 2⁶³ − 1.
    case integer(Int64)
    /// A text.
    case text(String)
    /// Bytes.
    case blob([UInt8])
    /// A number with a fraction; not a number (NaN) is an error of the caller, as SQLite would make it null.
    case real(Double)
    /// Nothing.
    case null

    /// A number from 0 up to 2⁶⁴ − 1, as a blob of 8 bytes with the highest first.
    ///
    /// Blobs are ordered like the numbers, which integers of 64 bits with a sign would not be. `Row.unsigned`
    /// reads it.
    public static func unsigned(_ number: UInt64) -> DatabaseValue {
        .blob((0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) })
    }
}

/// One row of an answer; its columns are counted from 0, in the order in which the query names them.
public struct Row: Equatable, Sendable {
    /// What the columns hold.
    public let values: [DatabaseValue]
    let path: String

    /// Whether a column holds nothing; a column that the query does not have is an error of the caller.
    public func isNull(_ column: Int) -> Bool { values[column] == .null }

    /// The number in a column.
    ///
    /// - Throws: `unexpectedType` when it holds something else.
    public func integer(_ column: Int) throws(DatabaseError) -> Int64 {
        guard case .integer(let number) = values[column] else {
            throw unexpected(column, "integer")
        }
        return number
    }

    /// The number in a column into which `DatabaseValue.unsigned` was put.
    ///
    /// - Throws: `unexpectedType` when it holds something else.
    public func unsigned(_ column: Int) throws(DatabaseError) -> UInt64 {
        guard case .blob(let bytes) = values[column], bytes.count == 8 else {
            throw unexpected(column, "number of 8 bytes")
        }
        return bytes.reduce(0) { number, byte in number << 8 | UInt64(byte) }
    }

    /// The text in a column.
    ///
    /// - Throws: `unexpectedType` when it holds something else.
    public func text(_ column: Int) throws(DatabaseError) -> String {
        guard case .text(let text) = values[column] else { throw unexpected(column, "text") }
        return text
    }

    /// The bytes in a column.
    ///
    /// - Throws: `unexpectedType` when it holds something else.
    public func blob(_ column: Int) throws(DatabaseError) -> [UInt8] {
        guard case .blob(let bytes) = values[column] else { throw unexpected(column, "blob") }
        return bytes
    }

    /// The number with a fraction in a column.
    ///
    /// - Throws: `unexpectedType` when it holds something else.
    public func real(_ column: Int) throws(DatabaseError) -> Double {
        guard case .real(let number) = values[column] else { throw unexpected(column, "real") }
        return number
    }

    private func unexpected(_ column: Int, _ expected: String) -> DatabaseError {
        .unexpectedType(path: path, column: column, expected: expected)
    }
}
