internal import Primitives

/// A connection that reads, with its prepared queries.
///
/// A store lends it to one thread at a time, which the compiler cannot see.
final class SQLiteSession: LedgerBooksSession, @unchecked Sendable {
    let store: String
    private let connection: SQLiteConnection
    private var statements: [SQLiteStatement?]

    /// Opens a connection that only reads.
    init(path: String) throws(LedgerStoreError) {
        store = path
        connection = try SQLiteConnection(path: path, isReader: true, makes: false)
        try connection.run("PRAGMA trusted_schema = OFF; PRAGMA query_only = ON;")
        statements = .init(repeating: nil, count: LedgerStatement.allCases.count)
    }

    /// Reads at one moment.
    func transaction<Result>(
        _ body: (SQLiteSession) throws(LedgerStoreError) -> Result
    ) throws(LedgerStoreError) -> Result {
        try connection.run("BEGIN")
        // A transaction that only read has nothing to commit.
        defer { connection.rollBack() }
        return try body(self)
    }

    func rows(
        _ statement: LedgerStatement,
        _ values: [LedgerValue]
    ) throws(LedgerStoreError) -> [[LedgerValue]] {
        let prepared = try self.prepared(statement)
        for (index, value) in values.enumerated() {
            guard case .integer(let number) = value else {
                preconditionFailure("queries are asked with numbers only")
            }
            prepared.bind(number, Int32(index + 1))
        }
        var rows: [[LedgerValue]] = []
        defer { prepared.reset() }
        while try prepared.step() { rows.append(try prepared.values(statement.columns)) }
        return rows
    }

    private func prepared(_ statement: LedgerStatement) throws(LedgerStoreError) -> SQLiteStatement
    {
        if let prepared = statements[statement.rawValue] { return prepared }
        let prepared = try connection.prepare(statement.sql(.sqlite))
        statements[statement.rawValue] = prepared
        return prepared
    }

    func scan(
        _ table: LedgerTable,
        _ body: ([LedgerValue]) throws(LedgerStoreError) -> Void
    ) throws(LedgerStoreError) {
        let columns = table.columns(.sqlite)
        let statement = try connection.prepare(
            "SELECT \(columns) FROM \(table.rawValue) ORDER BY \(table.key)"
        )
        let kinds = table.layout.map { _, column in column }
        while try statement.step() { try body(statement.values(kinds)) }
    }

    func sums() throws(LedgerStoreError) -> [LedgerSum] {
        let statement = try connection.prepare(
            """
            SELECT account, asset, kind, \(SQLiteAmount.sumColumns) FROM ledger_entries \
            GROUP BY account, asset, kind ORDER BY account, asset, kind
            """
        )
        var sums: [LedgerSum] = []
        while try statement.step() {
            let values = (0..<3).map { column in LedgerValue.integer(statement.integer(column)) }
            var row = LedgerRow(values, store: store)
            sums.append(
                LedgerSum(
                    account: AccountID(try row.number()),
                    asset: AssetID(try row.number()),
                    kind: try row.enumeration(),
                    amount: SQLiteAmount.sum(
                        statement.integer(3),
                        statement.integer(4),
                        statement.integer(5)
                    )
                )
            )
        }
        return sums
    }

    func unbalanced(limit: Int) throws(LedgerStoreError) -> [UInt64] {
        // The parts of a sum can cancel each other out, so what SQL selects is looked at exactly.
        let statement = try connection.prepare(
            """
            SELECT sequence, SUM(amount_high) AS high, SUM(amount_low / 1000000000) AS middle, \
            SUM(amount_low % 1000000000) AS low FROM ledger_entries \
            GROUP BY sequence, asset HAVING high <> 0 OR middle <> 0 OR low <> 0 ORDER BY sequence
            """
        )
        defer { statement.reset() }
        var sequences: [UInt64] = []
        while sequences.count < limit, try statement.step() {
            let sum = SQLiteAmount.sum(
                statement.integer(1),
                statement.integer(2),
                statement.integer(3)
            )
            let sequence = UInt64(bitPattern: statement.integer(0))
            if sum != 0, sequences.last != sequence { sequences.append(sequence) }
        }
        return sequences
    }
}
