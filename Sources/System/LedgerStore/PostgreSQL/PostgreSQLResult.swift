internal import CPostgreSQL
internal import Primitives

/// What the server says is wrong.
struct PostgreSQLFailure {
    /// Five characters (SQLSTATE); empty when the connection is gone.
    let code: String
    let message: String

    /// Whether the transaction met another one, and is to be tried again from its beginning.
    static func isConflict(_ code: String) -> Bool { code == "40001" || code == "40P01" }

    /// Whether the server has ended the session, or is not there to say anything.
    var endsConnection: Bool {
        code.isEmpty || code.hasPrefix("08") || ["57P01", "57P02", "57P03"].contains(code)
    }

    /// The error of the store.
    func storeError(_ store: String, isConnected: Bool) -> LedgerStoreError {
        if code == "53100" { return .diskFull(store: store, message: message) }
        // Connections and their number, a server that starts or ends or is a standby, a cancelled statement.
        let isTemporary =
            !isConnected || code.isEmpty
            || ["08", "57"].contains(String(code.prefix(2)))
            || ["53300", "25006", "55P03", "53200"].contains(code) || Self.isConflict(code)
        return isTemporary
            ? .unavailable(store: store, reason: code.isEmpty ? message : "\(message) (\(code))")
            : .failed(store: store, code: code, message: message)
    }
}

/// The server's answer to one statement.
@safe final class PostgreSQLResult {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) { unsafe self.handle = handle }

    deinit { unsafe PQclear(handle) }

    /// What is wrong; nil if it is an answer.
    func error(_ address: PostgreSQLAddress) -> PostgreSQLFailure? {
        switch unsafe PQresultStatus(handle) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE: return nil
        case PGRES_PIPELINE_ABORTED:
            return PostgreSQLFailure(code: "25P02", message: "an earlier statement failed")
        default: break
        }
        let whole = unsafe String(cString: PQresultErrorMessage(handle))
        let message = field(cpostgresql_message) ?? whole
        return PostgreSQLFailure(
            code: field(cpostgresql_sqlstate) ?? "",
            message: address.redacted(message)
        )
    }

    private func field(_ code: Int32) -> String? {
        guard let text = unsafe PQresultErrorField(handle, code) else { return nil }
        return unsafe String(cString: text)
    }

    /// How many rows it has.
    var rowCount: Int { unsafe Int(PQntuples(handle)) }

    /// How many rows the statement changed.
    var changedCount: Int { unsafe Int(String(cString: PQcmdTuples(handle))) ?? 0 }

    /// The text in a place; nil where there is nothing.
    func text(_ row: Int, _ column: Int) -> String? {
        guard unsafe PQgetisnull(handle, Int32(row), Int32(column)) == 0,
            let value = unsafe PQgetvalue(handle, Int32(row), Int32(column))
        else { return nil }
        return unsafe String(cString: value)
    }

    /// The number in a place.
    func integer(_ row: Int, _ column: Int) -> Int64? { text(row, column).flatMap { Int64($0) } }

    /// The amount in a place.
    func amount(_ row: Int, _ column: Int) -> Amount? { text(row, column).flatMap { Amount($0) } }

    /// A row's values; nil if one is not of its kind.
    func values(_ row: Int, _ columns: [LedgerColumn]) -> [LedgerValue]? {
        var values: [LedgerValue] = []
        values.reserveCapacity(columns.count)
        for (column, kind) in columns.enumerated() {
            switch kind {
            case .integer:
                guard let number = integer(row, column) else { return nil }
                values.append(.integer(number))
            case .amount:
                guard let amount = amount(row, column) else { return nil }
                values.append(.amount(amount))
            case .blob:
                guard let text = text(row, column) else {
                    values.append(.null)
                    continue
                }
                guard let bytes = Self.bytes(text) else { return nil }
                values.append(.blob(bytes))
            }
        }
        return values
    }

    /// The bytes of a text such as `\x00ff`.
    private static func bytes(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count >= 2, digits.count.isMultiple(of: 2), digits[0] == UInt8(ascii: "\\"),
            digits[1] == UInt8(ascii: "x")
        else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 2, to: digits.count, by: 2) {
            let pair = String(decoding: digits[index...index + 1], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
