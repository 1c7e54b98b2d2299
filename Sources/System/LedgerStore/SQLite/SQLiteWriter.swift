internal import Cryptography
internal import Primitives
internal import Venue

/// The statements that append a batch, and the connection that runs them.
///
/// One thread uses it at a time.
final class SQLiteWriter {
    let connection: SQLiteConnection
    private let entries: SQLiteInsert
    private let trades: SQLiteInsert
    private let placed: SQLiteInsert
    private let changed: SQLiteStatement
    private let contracts: SQLiteInsert
    private let ended: SQLiteStatement
    private let balances: SQLiteInsert
    private let audit: SQLiteInsert
    private let readCursor: SQLiteStatement
    private let writeCursor: SQLiteStatement
    private let begin: SQLiteStatement
    private let commit: SQLiteStatement

    init(_ connection: SQLiteConnection) throws(LedgerStoreError) {
        self.connection = connection
        entries = try SQLiteInsert(connection, .entries)
        trades = try SQLiteInsert(connection, .trades)
        placed = try SQLiteInsert(connection, .orders)
        changed = try connection.prepare(
            """
            UPDATE orders SET state = ?3, reason = ?4, price = coalesce(?5, price), \
            trigger_price = coalesce(?6, trigger_price), quantity = coalesce(?7, quantity), \
            open = ?8, filled = ?9, changed_sequence = ?10, changed_time = ?11 \
            WHERE account = ?1 AND order_id = ?2
            """
        )
        contracts = try SQLiteInsert(connection, .contracts)
        ended = try connection.prepare(
            """
            UPDATE contracts SET state = ?3, ended_sequence = ?4, ended_time = ?5, \
            certificate = ?6 WHERE account = ?1 AND contract = ?2
            """
        )
        balances = try SQLiteInsert(
            connection,
            .balances,
            """
            ON CONFLICT (account, asset) DO UPDATE SET \
            available_high = excluded.available_high, available_low = excluded.available_low, \
            locked_high = excluded.locked_high, locked_low = excluded.locked_low
            """
        )
        audit = try SQLiteInsert(connection, .audit)
        readCursor = try connection.prepare("SELECT sequence FROM ledger_cursor WHERE id = 1")
        writeCursor = try connection.prepare("UPDATE ledger_cursor SET sequence = ?1 WHERE id = 1")
        begin = try connection.prepare("BEGIN IMMEDIATE")
        commit = try connection.prepare("COMMIT")
    }

    /// The cursor in the file.
    func cursor() throws(LedgerStoreError) -> UInt64 {
        guard try readCursor.step() else {
            throw .corrupt(store: connection.path, message: "it has no cursor")
        }
        defer { readCursor.reset() }
        guard let sequence = UInt64(exactly: readCursor.integer(0)) else {
            throw .corrupt(store: connection.path, message: "its cursor is below 0")
        }
        return sequence
    }

    /// Does something in a transaction.
    func transaction(
        _ body: () throws(LedgerStoreError) -> Void
    ) throws(LedgerStoreError) {
        do throws(LedgerStoreError) {
            try begin.run()
            try body()
            try commit.run()
        } catch {
            connection.rollBack()
            throw error
        }
    }

    /// Appends all rows of a batch, in an open transaction.
    func write(_ batch: LedgerBatch) throws(LedgerStoreError) {
        try entries.run(batch.entries)
        try trades.run(batch.trades)
        try placed.run(batch.placed)
        for row in batch.changed { try write(row) }
        try contracts.run(batch.contracts)
        for row in batch.ended { try write(row) }
        try balances.run(batch.balances)
        try audit.run(batch.audit)
        writeCursor.bind(Int64(batch.lastSequence), 1)
        try writeCursor.run()
    }

    /// Removes all rows, in an open transaction.
    func removeAll() throws(LedgerStoreError) {
        for table in LedgerTable.allCases { try connection.run("DELETE FROM \(table.rawValue)") }
        writeCursor.bind(0, 1)
        try writeCursor.run()
    }

    private func write(_ row: LedgerOrderChange) throws(LedgerStoreError) {
        changed.bind(Int64(row.account.rawValue), 1)
        changed.bind(Int64(row.order.rawValue), 2)
        changed.bind(Int64(row.state.rawValue), 3)
        changed.bind(Int64(row.reason.rawValue), 4)
        changed.bind(optional: row.price?.ticks, 5)
        changed.bind(optional: row.trigger?.ticks, 6)
        changed.bind(optional: row.quantity?.lots, 7)
        changed.bind(row.open.lots, 8)
        changed.bind(row.filled.lots, 9)
        changed.bind(Int64(row.sequence), 10)
        changed.bind(Int64(row.time.nanoseconds), 11)
        try changed.run()
        try requireChange("order \(row.order.rawValue)")
    }

    private func write(_ row: LedgerContractEnd) throws(LedgerStoreError) {
        ended.bind(Int64(row.account.rawValue), 1)
        ended.bind(Int64(row.contract.rawValue), 2)
        ended.bind(Int64(row.state.rawValue), 3)
        ended.bind(Int64(row.sequence), 4)
        ended.bind(Int64(row.time.nanoseconds), 5)
        ended.bind(blob: row.certificate?.bytes, 6)
        try ended.run()
        try requireChange("contract \(row.contract.rawValue)")
    }

    /// Checks that an update found its row.
    private func requireChange(_ what: String) throws(LedgerStoreError) {
        guard connection.changedCount == 1 else {
            throw .corrupt(store: connection.path, message: "\(what) is missing")
        }
    }
}

extension SQLiteStatement {
    /// Sets a number, or nothing.
    fileprivate func bind(optional number: Int64?, _ index: Int32) {
        if let number { bind(number, index) } else { bind(blob: nil, index) }
    }
}
