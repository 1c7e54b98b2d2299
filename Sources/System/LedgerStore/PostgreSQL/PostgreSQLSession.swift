internal import Primitives

/// A connection that reads, with its prepared queries.
final class PostgreSQLSession: LedgerBooksSession, @unchecked Sendable {
    // A store lends it to one thread at a time, which the compiler cannot see.

    /// What a transaction may see.
    enum Scope {
        /// The rows of one tenant.
        case tenant(TenantScope)
        /// All rows.
        case everything
    }

    let connection: PostgreSQLConnection
    private let hasRowLevelSecurity: Bool
    private var prepared: Set<Int> = []

    var store: String { connection.store }

    /// Opens a connection that only reads.
    ///
    /// - Parameters:
    ///   - address: Where to.
    ///   - role: The role that sees rows only as the transaction says; nil where there is none.
    /// - Throws: `LedgerStoreError`.
    init(_ address: PostgreSQLAddress, role: String?) throws(LedgerStoreError) {
        connection = try PostgreSQLConnection(address, role: "reader")
        hasRowLevelSecurity = role != nil
        if let role { try connection.run("SET ROLE \(role)") }
        try connection.run("SET default_transaction_read_only = on")
    }

    /// Begins to read at one moment, with the rights of a scope.
    func begin(_ scope: Scope) throws(LedgerStoreError) {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        do throws(LedgerStoreError) {
            try connection.run("\(begin); \(Self.setting(scope, hasRowLevelSecurity))")
        } catch {
            connection.rollBack()
            throw error
        }
    }

    /// Reads, and ends what `begin` began.
    func transaction<Result>(
        _ body: (PostgreSQLSession) throws(LedgerStoreError) -> Result
    ) throws(LedgerStoreError) -> Result {
        do throws(LedgerStoreError) {
            let result = try body(self)
            try connection.run("COMMIT")
            return result
        } catch {
            connection.rollBack()
            throw error
        }
    }

    /// What a transaction says before it reads; it ends with the transaction.
    private static func setting(_ scope: Scope, _ hasRowLevelSecurity: Bool) -> String {
        guard hasRowLevelSecurity else { return "" }
        return switch scope {
        case .tenant(let scope): "SET LOCAL parallax.tenant = '\(scope.account.rawValue)'"
        case .everything: "SET LOCAL parallax.cross_tenant = 'on'"
        }
    }

    func rows(
        _ statement: LedgerStatement,
        _ values: [LedgerValue]
    ) throws(LedgerStoreError) -> [[LedgerValue]] {
        let numbers = values.map { value in
            guard case .integer(let number) = value else {
                preconditionFailure("queries are asked with numbers only")
            }
            return number
        }
        let name = "q\(statement.rawValue)"
        if prepared.insert(statement.rawValue).inserted {
            do throws(LedgerStoreError) {
                let sql = statement.sql(.postgreSQL)
                try connection.prepare(name, sql, integers: numbers.count)
            } catch {
                prepared.remove(statement.rawValue)
                throw error
            }
        }
        let result = try connection.run(name, numbers)
        var rows: [[LedgerValue]] = []
        for row in 0..<result.rowCount {
            rows.append(try read(result, row, statement.columns))
        }
        return rows
    }

    private func read(
        _ result: PostgreSQLResult,
        _ row: Int,
        _ columns: [LedgerColumn]
    ) throws(LedgerStoreError) -> [LedgerValue] {
        guard let values = result.values(row, columns) else {
            throw .corrupt(store: store, message: "a value is not of its column's kind")
        }
        return values
    }

    func scan(
        _ table: LedgerTable,
        _ body: ([LedgerValue]) throws(LedgerStoreError) -> Void
    ) throws(LedgerStoreError) {
        let columns = table.layout.map { _, column in column }
        let names = table.columns(.postgreSQL)
        try connection.scan("SELECT \(names) FROM \(table.rawValue) ORDER BY \(table.key)") {
            result throws(LedgerStoreError) in
            for row in 0..<result.rowCount { try body(read(result, row, columns)) }
        }
    }

    func sums() throws(LedgerStoreError) -> [LedgerSum] {
        let result = try connection.run(
            """
            SELECT account, asset, kind, SUM(amount) FROM ledger_entries \
            GROUP BY account, asset, kind ORDER BY account, asset, kind
            """
        )
        var sums: [LedgerSum] = []
        for index in 0..<result.rowCount {
            let values = try read(result, index, [.integer, .integer, .integer, .amount])
            var row = LedgerRow(values, store: store)
            sums.append(
                LedgerSum(
                    account: AccountID(try row.number()),
                    asset: AssetID(try row.number()),
                    kind: try row.enumeration(),
                    amount: try row.amount()
                )
            )
        }
        return sums
    }

    func unbalanced(limit: Int) throws(LedgerStoreError) -> [UInt64] {
        let result = try connection.run(
            """
            SELECT sequence FROM (SELECT sequence FROM ledger_entries GROUP BY sequence, asset \
            HAVING SUM(amount) <> 0) AS wrong GROUP BY sequence ORDER BY sequence LIMIT \(limit)
            """
        )
        return (0..<result.rowCount).compactMap { row in
            result.integer(row, 0).map { number in UInt64(bitPattern: number) }
        }
    }
}
