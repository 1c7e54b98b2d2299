internal import Cryptography
internal import Primitives
internal import Venue

/// Inserts rows into a table, several with one statement: starting a statement costs as much as a row.
final class SQLiteInsert {
    /// How many rows the larger statement has.
    private static let rowsMax = 32

    private let many: SQLiteStatement
    private let one: SQLiteStatement

    /// Prepares the statements.
    ///
    /// - Parameters:
    ///   - connection: To the file.
    ///   - table: The table.
    ///   - conflict: What happens to rows whose keys are there already; they are refused by default.
    /// - Throws: `LedgerStoreError`.
    init(
        _ connection: SQLiteConnection,
        _ table: LedgerTable,
        _ conflict: String = ""
    ) throws(LedgerStoreError) {
        many = try connection.prepare(Self.sql(table, Self.rowsMax, conflict))
        one = try connection.prepare(Self.sql(table, 1, conflict))
    }

    private static func sql(_ table: LedgerTable, _ rows: Int, _ conflict: String) -> String {
        let columns = table.columns(.sqlite)
        let count = columns.split(separator: ",").count
        let row = "(" + repeatElement("?", count: count).joined(separator: ", ") + ")"
        let values = repeatElement(row, count: rows).joined(separator: ", ")
        return "INSERT INTO \(table.rawValue) (\(columns)) VALUES \(values) \(conflict)"
    }

    /// Inserts rows.
    @inline(__always)
    func run<Row: SQLiteRow>(_ rows: [Row]) throws(LedgerStoreError) {
        var index = 0
        while index < rows.count {
            let isWhole = rows.count - index >= Self.rowsMax
            let statement = isWhole ? many : one
            let end = index + (isWhole ? Self.rowsMax : 1)
            var values = SQLiteValues(statement)
            while index < end {
                rows[index].bind(to: &values)
                index += 1
            }
            try statement.run()
        }
    }
}

/// A row that a statement inserts.
protocol SQLiteRow {
    /// Sets the values, in the order of the table's columns.
    func bind(to values: inout SQLiteValues)
}

/// The values of a statement, set one after the other.
struct SQLiteValues {
    private let statement: SQLiteStatement
    private var index: Int32 = 1

    @inline(__always) init(_ statement: SQLiteStatement) { self.statement = statement }

    @inline(__always) mutating func append(_ number: Int64) {
        statement.bind(number, index)
        index += 1
    }

    /// Sets both columns of an amount.
    @inline(__always) mutating func append(amount: Amount) {
        let parts = SQLiteAmount(amount)
        append(parts.high)
        append(parts.low)
    }

    /// Sets 32 bytes, or nothing.
    @inline(__always) mutating func append(_ digest: SHA256.Digest?) {
        statement.bind(blob: digest?.bytes, index)
        index += 1
    }
}

extension LedgerEntry: SQLiteRow {
    @inline(__always) func bind(to values: inout SQLiteValues) {
        values.append(Int64(sequence))
        values.append(Int64(number))
        values.append(Int64(time.nanoseconds))
        values.append(Int64(trade.rawValue))
        values.append(Int64(account.rawValue))
        values.append(Int64(asset.rawValue))
        values.append(Int64(kind.rawValue))
        values.append(amount: amount)
    }
}

extension LedgerTrade: SQLiteRow {
    @inline(__always) func bind(to values: inout SQLiteValues) {
        values.append(Int64(trade.rawValue))
        values.append(Int64(sequence))
        values.append(Int64(time.nanoseconds))
        values.append(Int64(instrument.rawValue))
        values.append(Int64(takerSide.rawValue))
        values.append(Int64(settlement.rawValue))
        values.append(price.ticks)
        values.append(quantity.lots)
        values.append(amount: notional)
    }
}

extension LedgerOrder: SQLiteRow {
    @inline(__always) func bind(to values: inout SQLiteValues) {
        values.append(Int64(account.rawValue))
        values.append(Int64(order.rawValue))
        values.append(Int64(bitPattern: clientID))
        values.append(Int64(instrument.rawValue))
        values.append(Int64(side.rawValue))
        values.append(Int64(type.rawValue))
        values.append(Int64(timeInForce.rawValue))
        values.append(Int64(state.rawValue))
        values.append(Int64(reason.rawValue))
        values.append(price.ticks)
        values.append(trigger.ticks)
        values.append(quantity.lots)
        values.append(open.lots)
        values.append(filled.lots)
        values.append(Int64(placedSequence))
        values.append(Int64(placedTime.nanoseconds))
        values.append(Int64(changedSequence))
        values.append(Int64(changedTime.nanoseconds))
    }
}

extension LedgerContract: SQLiteRow {
    @inline(__always) func bind(to values: inout SQLiteValues) {
        values.append(Int64(account.rawValue))
        values.append(Int64(contract.rawValue))
        values.append(Int64(instrument.rawValue))
        values.append(Int64(side.rawValue))
        values.append(isTaker ? 1 : 0)
        values.append(Int64(order.rawValue))
        values.append(Int64(bitPattern: clientID))
        values.append(Int64(settlement.rawValue))
        values.append(Int64(state.rawValue))
        values.append(price.ticks)
        values.append(quantity.lots)
        values.append(amount: notional)
        values.append(amount: fee)
        values.append(amount: delivery)
        values.append(Int64(sequence))
        values.append(Int64(time.nanoseconds))
        values.append(Int64(endedSequence))
        values.append(Int64(endedTime.nanoseconds))
        values.append(certificate)
    }
}

extension LedgerBalance: SQLiteRow {
    @inline(__always) func bind(to values: inout SQLiteValues) {
        values.append(Int64(account.rawValue))
        values.append(Int64(asset.rawValue))
        values.append(amount: available)
        values.append(amount: locked)
    }
}

extension LedgerAuditRecord: SQLiteRow {
    @inline(__always) func bind(to values: inout SQLiteValues) {
        values.append(Int64(sequence))
        values.append(Int64(number))
        values.append(Int64(time.nanoseconds))
        values.append(Int64(account.rawValue))
        values.append(Int64(kind.rawValue))
        values.append(Int64(bitPattern: subject))
        values.append(Int64(bitPattern: detail))
        values.append(amount: amount)
        values.append(digest)
    }
}
