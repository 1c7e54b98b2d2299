internal import Platform
internal import Primitives

/// A connection that appends batches; one thread uses it at a time.
///
/// A batch is a few statements, each with all rows of one table as arrays. They are sent one after the other
/// without waiting, so that the server works on one while the next is made.
final class PostgreSQLWriter: @unchecked Sendable {
    /// How often a batch is tried that meets another transaction.
    private static let attemptsMax = 8

    let connection: PostgreSQLConnection
    private let hasRowLevelSecurity: Bool
    private let parameters = PostgreSQLParameters()

    /// Prepares the statements on a connection whose schema is the newest.
    init(
        _ connection: PostgreSQLConnection,
        hasRowLevelSecurity: Bool
    ) throws(LedgerStoreError) {
        self.connection = connection
        self.hasRowLevelSecurity = hasRowLevelSecurity
        if hasRowLevelSecurity {
            // A plan that is made while a table is small is kept, so it must suit a large one: row by row by key.
            try connection.run(
                """
                SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off;
                SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off;
                """
            )
        }
        for statement in PostgreSQLInsert.allCases {
            try connection.prepare(statement.rawValue, statement.sql)
        }
    }

    /// The cursor in the database.
    func cursor() throws(LedgerStoreError) -> UInt64 {
        try Self.cursor(
            connection.run("SELECT sequence FROM ledger_cursor WHERE id = 1"),
            connection.store
        )
    }

    private static func cursor(
        _ result: PostgreSQLResult,
        _ store: String
    ) throws(LedgerStoreError) -> UInt64 {
        guard let number = result.integer(0, 0), let cursor = UInt64(exactly: number) else {
            throw .corrupt(store: store, message: "it has no cursor")
        }
        return cursor
    }

    /// Appends a batch in one transaction, again if it meets another one.
    ///
    /// - Returns: The cursor afterwards.
    func append(_ batch: LedgerBatch) throws(LedgerStoreError) -> UInt64 {
        try repeated { () throws(LedgerStoreError) in
            try connection.enterPipeline()
            let cursor = try write(batch)
            try connection.leavePipeline()
            return cursor
        }
    }

    /// Removes all rows in one transaction.
    func removeAll() throws(LedgerStoreError) {
        try repeated { () throws(LedgerStoreError) in
            try connection.run("BEGIN; \(permission)")
            for table in LedgerTable.allCases {
                // What is deleted row by row leaves its room behind; CockroachDB does not empty a table in a transaction.
                let isEmptied = hasRowLevelSecurity
                try connection.run("\(isEmptied ? "TRUNCATE" : "DELETE FROM") \(table.rawValue)")
            }
            try connection.run("UPDATE ledger_cursor SET sequence = 0 WHERE id = 1; COMMIT")
        }
    }

    /// What a transaction says before it may write.
    private var permission: String {
        hasRowLevelSecurity ? "SET LOCAL parallax.bookkeeping = 'on'" : ""
    }

    /// Does something again as long as it meets other transactions, after 1, 2, 4 … milliseconds.
    private func repeated<Result>(
        _ body: () throws(LedgerStoreError) -> Result
    ) throws(LedgerStoreError) -> Result {
        var attempt = 1
        while true {
            connection.forgetConflict()
            do throws(LedgerStoreError) {
                return try body()
            } catch {
                connection.recover()
                let isWorthwhile = connection.hadConflict && !connection.isBroken
                guard isWorthwhile, attempt < Self.attemptsMax else { throw error }
                PlatformThread.nap(nanoseconds: 1_000_000 << UInt64(attempt))
                attempt += 1
            }
        }
    }

    /// Writes a batch in a pipeline, and commits it.
    private func write(_ batch: LedgerBatch) throws(LedgerStoreError) -> UInt64 {
        try connection.send("BEGIN")
        if hasRowLevelSecurity { try connection.send(permission) }
        // Whoever else appends waits here until this transaction has ended.
        try connection.send("SELECT sequence FROM ledger_cursor WHERE id = 1 FOR UPDATE")
        try connection.flush()
        _ = try connection.answer()
        if hasRowLevelSecurity { _ = try connection.answer() }
        let cursor = try Self.cursor(connection.answer(), connection.store)
        guard try batch.isNew(behind: cursor, store: connection.store) else {
            try end("ROLLBACK")
            return cursor
        }
        var sent: [(PostgreSQLInsert, Int)] = []
        for statement in PostgreSQLInsert.allCases {
            parameters.removeAll()
            let count = batch.encode(statement, into: parameters)
            if count == 0 { continue }
            try connection.send(statement.rawValue, parameters)
            sent.append((statement, count))
        }
        try connection.send(
            "UPDATE ledger_cursor SET sequence = \(batch.lastSequence) WHERE id = 1"
        )
        try connection.flush()
        for (statement, count) in sent {
            let answer = try connection.answer()
            let missing = count - answer.changedCount
            guard missing == 0 else {
                throw .corrupt(
                    store: connection.store,
                    message: "\(missing) rows of \(statement.rawValue) are missing"
                )
            }
        }
        _ = try connection.answer()
        try end("COMMIT")
        return batch.lastSequence
    }

    private func end(_ statement: String) throws(LedgerStoreError) {
        try connection.send(statement)
        try connection.sync()
        _ = try connection.answer()
        try connection.awaitSync()
    }
}

/// The statements of a batch, each for all rows of one kind.
enum PostgreSQLInsert: String, CaseIterable {
    case entries
    case trades
    case placed
    case changed
    case contracts
    case ended
    case balances
    case audit

    /// The statement, prepared once a connection.
    var sql: String {
        switch self {
        case .entries: Self.insert(.entries, "int8 int4 int8 int8 int4 int4 int2 numeric")
        case .trades: Self.insert(.trades, "int8 int8 int8 int4 int2 int2 int8 int8 numeric")
        case .placed:
            Self.insert(
                .orders,
                """
                int4 int8 int8 int4 int2 int2 int2 int2 int2 int8 int8 int8 int8 int8 int8 int8 \
                int8 int8
                """
            )
        case .contracts:
            Self.insert(
                .contracts,
                """
                int4 int8 int4 int2 int2 int8 int8 int2 int2 int8 int8 numeric numeric numeric \
                int8 int8 int8 int8 bytea
                """
            )
        case .balances:
            Self.insert(.balances, "int4 int4 numeric numeric")
                + " ON CONFLICT (account, asset) DO UPDATE SET available = excluded.available, "
                + "locked = excluded.locked"
        case .audit: Self.insert(.audit, "int8 int4 int8 int4 int2 int8 int8 numeric bytea")
        case .changed:
            """
            UPDATE orders SET state = c.state, reason = c.reason, \
            price = coalesce(c.price, orders.price), \
            trigger_price = coalesce(c.trigger_price, orders.trigger_price), \
            quantity = coalesce(c.quantity, orders.quantity), open = c.open, filled = c.filled, \
            changed_sequence = c.changed_sequence, changed_time = c.changed_time \
            FROM (SELECT unnest($1::int4[]) AS account, unnest($2::int8[]) AS order_id, \
            unnest($3::int2[]) AS state, unnest($4::int2[]) AS reason, \
            unnest($5::int8[]) AS price, unnest($6::int8[]) AS trigger_price, \
            unnest($7::int8[]) AS quantity, unnest($8::int8[]) AS open, \
            unnest($9::int8[]) AS filled, unnest($10::int8[]) AS changed_sequence, \
            unnest($11::int8[]) AS changed_time) AS c \
            WHERE orders.account = c.account AND orders.order_id = c.order_id
            """
        case .ended:
            """
            UPDATE contracts SET state = c.state, ended_sequence = c.ended_sequence, \
            ended_time = c.ended_time, certificate = c.certificate \
            FROM (SELECT unnest($1::int4[]) AS account, unnest($2::int8[]) AS contract, \
            unnest($3::int2[]) AS state, unnest($4::int8[]) AS ended_sequence, \
            unnest($5::int8[]) AS ended_time, unnest($6::bytea[]) AS certificate) AS c \
            WHERE contracts.account = c.account AND contracts.contract = c.contract
            """
        }
    }

    /// Several `unnest` in one list of results go through their arrays in step.
    private static func insert(_ table: LedgerTable, _ types: String) -> String {
        let values = types.split(separator: " ").enumerated().map { index, type in
            "unnest($\(index + 1)::\(type)[])"
        }
        return "INSERT INTO \(table.rawValue) (\(table.columns(.postgreSQL))) "
            + "SELECT \(values.joined(separator: ", "))"
    }
}
