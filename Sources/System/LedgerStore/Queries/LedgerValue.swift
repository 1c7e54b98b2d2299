internal import Cryptography
internal import Primitives

/// What a place of a row, or of a statement, holds.
enum LedgerValue: Equatable, Sendable {
    case integer(Int64)
    case amount(Amount)
    case blob([UInt8])
    case null
}

/// What a column of an answer holds; an amount takes two columns of SQLite.
enum LedgerColumn: Sendable {
    case integer
    case amount
    /// Bytes, or nothing.
    case blob
}

/// How two databases write the same statement.
package enum SQLDialect: Sendable {
    case sqlite
    case postgreSQL

    /// The column, or the columns, of an amount.
    func amount(_ name: String) -> String {
        switch self {
        case .sqlite: "\(name)_high, \(name)_low"
        case .postgreSQL: name
        }
    }
}

/// Reads the columns of a row one after the other.
struct LedgerRow {
    private let values: [LedgerValue]
    private let store: String
    private var index = 0

    init(_ values: [LedgerValue], store: String) {
        self.values = values
        self.store = store
    }

    private mutating func next() -> LedgerValue {
        precondition(index < values.count, "a row has as many columns as its statement says")
        defer { index += 1 }
        return values[index]
    }

    private func corrupt(_ what: String) -> LedgerStoreError {
        .corrupt(store: store, message: "column \(index) of a row holds no \(what)")
    }

    mutating func integer() throws(LedgerStoreError) -> Int64 {
        guard case .integer(let number) = next() else { throw corrupt("integer") }
        return number
    }

    mutating func number<Value: FixedWidthInteger>(
        _ type: Value.Type = Value.self
    ) throws(LedgerStoreError) -> Value {
        guard let number = Value(exactly: try integer()) else { throw corrupt("such number") }
        return number
    }

    /// A number of 64 bits without a sign that is stored by its bits.
    mutating func bits() throws(LedgerStoreError) -> UInt64 { UInt64(bitPattern: try integer()) }

    mutating func enumeration<Value: RawRepresentable>(
        _ type: Value.Type = Value.self
    ) throws(LedgerStoreError) -> Value where Value.RawValue == UInt8 {
        guard let value = Value(rawValue: try number()) else { throw corrupt("known number") }
        return value
    }

    mutating func amount() throws(LedgerStoreError) -> Amount {
        guard case .amount(let amount) = next() else { throw corrupt("amount") }
        return amount
    }

    mutating func digest() throws(LedgerStoreError) -> SHA256.Digest? {
        switch next() {
        case .null: return nil
        case .blob(let bytes) where bytes.count == SHA256.Digest.byteCount:
            return SHA256.Digest(bytes: bytes)
        default: throw corrupt("digest")
        }
    }
}
