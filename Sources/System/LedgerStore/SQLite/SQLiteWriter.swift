internal import Cryptography
internal import Primitives
internal import Venue

/// The statements that append a batch, and the connection that runs them.
///
/// One thread uses it at a time.
final class SQLiteWriter {
    let connection: SQLiteConnection
    private let entry: SQLiteStatement
    private let trade: SQLiteStatement
    private let placed: SQLiteStatement
    private let changed: SQLiteStatement
    private let contract: SQLiteStatement
    private let ended: SQLiteStatement
    private let balance: SQLiteStatement
    private let audit: SQLiteStatement
    private let readCursor: SQLiteStatement
    private let writeCursor: SQLiteStatement
    private let begin: SQLiteStatement
    private let commit: SQLiteStatement

    init(_ connection: SQLiteConnection) throws(LedgerStoreError) {
        self.connection = connection
        entry = try connection.prepare(Self.insert(.entries))
        trade = try connection.prepare(Self.insert(.trades))
        placed = try connection.prepare(Self.insert(.orders))
        changed = try connection.prepare(
            """
            UPDATE orders SET state = ?3, reason = ?4, price = coalesce(?5, price), \
            trigger_price = coalesce(?6, trigger_price), quantity = coalesce(?7, quantity), \
            open = ?8, filled = ?9, changed_sequence = ?10, changed_time = ?11 \
            WHERE account = ?1 AND order_id = ?2
            """
        )
        contract = try connection.prepare(Self.insert(.contracts))
        ended = try connection.prepare(
            """
            UPDATE contracts SET state = ?3, ended_sequence = ?4, ended_time = ?5, \
            certificate = ?6 WHERE account = ?1 AND contract = ?2
            """
        )
        balance = try connection.prepare(
            Self.insert(.balances)
                + """
                 ON CONFLICT (account, asset) DO UPDATE SET \
                available_high = excluded.available_high, available_low = excluded.available_low, \
                locked_high = excluded.locked_high, locked_low = excluded.locked_low
                """
        )
        audit = try connection.prepare(Self.insert(.audit))
        readCursor = try connection.prepare("SELECT sequence FROM ledger_cursor WHERE id = 1")
        writeCursor = try connection.prepare("UPDATE ledger_cursor SET sequence = ?1 WHERE id = 1")
        begin = try connection.prepare("BEGIN IMMEDIATE")
        commit = try connection.prepare("COMMIT")
    }

    private static func insert(_ table: LedgerTable) -> String {
        let columns = table.columns(.sqlite)
        let count = columns.split(separator: ",").count
        let values = repeatElement("?", count: count).joined(separator: ", ")
        return "INSERT INTO \(table.rawValue) (\(columns)) VALUES (\(values))"
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
        for row in batch.entries { try write(row) }
        for row in batch.trades { try write(row) }
        for row in batch.placed { try write(row) }
        for row in batch.changed { try write(row) }
        for row in batch.contracts { try write(row) }
        for row in batch.ended { try write(row) }
        for row in batch.balances { try write(row) }
        for row in batch.audit { try write(row) }
        writeCursor.bind(Int64(batch.lastSequence), 1)
        try writeCursor.run()
    }

    /// Removes all rows, in an open transaction.
    func removeAll() throws(LedgerStoreError) {
        for table in LedgerTable.allCases { try connection.run("DELETE FROM \(table.rawValue)") }
        writeCursor.bind(0, 1)
        try writeCursor.run()
    }

    private func write(_ row: LedgerEntry) throws(LedgerStoreError) {
        entry.bind(Int64(row.sequence), 1)
        entry.bind(Int64(row.number), 2)
        entry.bind(Int64(row.time.nanoseconds), 3)
        entry.bind(Int64(row.trade.rawValue), 4)
        entry.bind(Int64(row.account.rawValue), 5)
        entry.bind(Int64(row.asset.rawValue), 6)
        entry.bind(Int64(row.kind.rawValue), 7)
        entry.bind(amount: row.amount, 8)
        try entry.run()
    }

    private func write(_ row: LedgerTrade) throws(LedgerStoreError) {
        trade.bind(Int64(row.trade.rawValue), 1)
        trade.bind(Int64(row.sequence), 2)
        trade.bind(Int64(row.time.nanoseconds), 3)
        trade.bind(Int64(row.instrument.rawValue), 4)
        trade.bind(Int64(row.takerSide.rawValue), 5)
        trade.bind(Int64(row.settlement.rawValue), 6)
        trade.bind(row.price.ticks, 7)
        trade.bind(row.quantity.lots, 8)
        trade.bind(amount: row.notional, 9)
        try trade.run()
    }

    private func write(_ row: LedgerOrder) throws(LedgerStoreError) {
        placed.bind(Int64(row.account.rawValue), 1)
        placed.bind(Int64(row.order.rawValue), 2)
        placed.bind(Int64(bitPattern: row.clientID), 3)
        placed.bind(Int64(row.instrument.rawValue), 4)
        placed.bind(Int64(row.side.rawValue), 5)
        placed.bind(Int64(row.type.rawValue), 6)
        placed.bind(Int64(row.timeInForce.rawValue), 7)
        placed.bind(Int64(row.state.rawValue), 8)
        placed.bind(Int64(row.reason.rawValue), 9)
        placed.bind(row.price.ticks, 10)
        placed.bind(row.trigger.ticks, 11)
        placed.bind(row.quantity.lots, 12)
        placed.bind(row.open.lots, 13)
        placed.bind(row.filled.lots, 14)
        placed.bind(Int64(row.placedSequence), 15)
        placed.bind(Int64(row.placedTime.nanoseconds), 16)
        placed.bind(Int64(row.changedSequence), 17)
        placed.bind(Int64(row.changedTime.nanoseconds), 18)
        try placed.run()
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

    private func write(_ row: LedgerContract) throws(LedgerStoreError) {
        contract.bind(Int64(row.account.rawValue), 1)
        contract.bind(Int64(row.contract.rawValue), 2)
        contract.bind(Int64(row.instrument.rawValue), 3)
        contract.bind(Int64(row.side.rawValue), 4)
        contract.bind(row.isTaker ? 1 : 0, 5)
        contract.bind(Int64(row.order.rawValue), 6)
        contract.bind(Int64(bitPattern: row.clientID), 7)
        contract.bind(Int64(row.settlement.rawValue), 8)
        contract.bind(Int64(row.state.rawValue), 9)
        contract.bind(row.price.ticks, 10)
        contract.bind(row.quantity.lots, 11)
        contract.bind(amount: row.notional, 12)
        contract.bind(amount: row.fee, 14)
        contract.bind(amount: row.delivery, 16)
        contract.bind(Int64(row.sequence), 18)
        contract.bind(Int64(row.time.nanoseconds), 19)
        contract.bind(Int64(row.endedSequence), 20)
        contract.bind(Int64(row.endedTime.nanoseconds), 21)
        contract.bind(blob: row.certificate?.bytes, 22)
        try contract.run()
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

    private func write(_ row: LedgerBalance) throws(LedgerStoreError) {
        balance.bind(Int64(row.account.rawValue), 1)
        balance.bind(Int64(row.asset.rawValue), 2)
        balance.bind(amount: row.available, 3)
        balance.bind(amount: row.locked, 5)
        try balance.run()
    }

    private func write(_ row: LedgerAuditRecord) throws(LedgerStoreError) {
        audit.bind(Int64(row.sequence), 1)
        audit.bind(Int64(row.number), 2)
        audit.bind(Int64(row.time.nanoseconds), 3)
        audit.bind(Int64(row.account.rawValue), 4)
        audit.bind(Int64(row.kind.rawValue), 5)
        audit.bind(Int64(bitPattern: row.subject), 6)
        audit.bind(Int64(bitPattern: row.detail), 7)
        audit.bind(amount: row.amount, 8)
        audit.bind(blob: row.digest?.bytes, 10)
        try audit.run()
    }

    /// Checks that an update found its row.
    private func requireChange(_ what: String) throws(LedgerStoreError) {
        guard connection.changedCount == 1 else {
            throw .corrupt(store: connection.path, message: "\(what) is missing")
        }
    }
}

extension SQLiteStatement {
    /// Sets both columns of an amount, the first at `index`.
    @inline(__always) fileprivate func bind(amount: Amount, _ index: Int32) {
        let parts = SQLiteAmount(amount)
        bind(parts.high, index)
        bind(parts.low, index + 1)
    }

    /// Sets a number, or nothing.
    fileprivate func bind(optional number: Int64?, _ index: Int32) {
        if let number { bind(number, index) } else { bind(blob: nil, index) }
    }
}
