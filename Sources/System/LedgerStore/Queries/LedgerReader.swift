internal import Primitives
internal import Venue

/// One transaction that reads, with the rights that were asked for; it belongs to one thread.
protocol LedgerSession: AnyObject {
    /// What the database is called in errors.
    var store: String { get }
    /// Runs a query; `values` are its `$1`, `$2` and so on.
    func rows(
        _ statement: LedgerStatement,
        _ values: [LedgerValue]
    ) throws(LedgerStoreError) -> [[LedgerValue]]
}

extension LedgerSession {
    /// Runs a query, and reads its rows.
    func rows<Row>(
        _ statement: LedgerStatement,
        _ values: [LedgerValue],
        _ read: (inout LedgerRow) throws(LedgerStoreError) -> Row
    ) throws(LedgerStoreError) -> [Row] {
        var rows: [Row] = []
        for values in try self.rows(statement, values) {
            var row = LedgerRow(values, store: store)
            rows.append(try read(&row))
        }
        return rows
    }

    /// The last command that is in what the session sees.
    func sequence() throws(LedgerStoreError) -> UInt64 {
        let found = try rows(.cursor, []) { row throws(LedgerStoreError) in
            try row.number(UInt64.self)
        }
        guard let sequence = found.first else {
            throw .corrupt(store: store, message: "it has no cursor")
        }
        return sequence
    }
}

/// A part of a list, from its rows and where each is.
private func page<Row: Sendable>(
    _ rows: [Row],
    _ list: LedgerPosition.List,
    _ request: LedgerPageRequest,
    _ position: (Row) -> LedgerPosition
) -> LedgerPage<Row> {
    // Whether there is more is not known before it is asked for, so a full page may have an empty one behind it.
    guard rows.count == request.limit, let last = rows.last else {
        return LedgerPage(rows: rows, next: nil)
    }
    return LedgerPage(rows: rows, next: position(last).text(list))
}

extension LedgerPageRequest {
    /// The limit as a value.
    ///
    /// - Throws: `invalidLimit`.
    fileprivate func limitValue() throws(LedgerStoreError) -> LedgerValue {
        guard 1...Self.limitMax ~= limit else { throw .invalidLimit(limit) }
        return .integer(Int64(limit))
    }
}

/// The optional number of a filter as a value: below 0 for any.
private func filter(_ number: (some FixedWidthInteger)?) -> LedgerValue {
    guard let number else { return .integer(-1) }
    // A number that no row can have finds none.
    return .integer(Int64(exactly: number) ?? .max)
}

/// Reads one tenant's rows in a session.
final class TenantReader: TenantLedger {
    let scope: TenantScope
    let sequence: UInt64
    private var session: (any LedgerSession)?

    init(
        _ scope: TenantScope,
        _ session: any LedgerSession,
        sequence: UInt64
    ) {
        self.scope = scope
        self.session = session
        self.sequence = sequence
    }

    /// Lets go of the session: what keeps the ledger beyond its closure reads nothing.
    func end() { session = nil }

    private func rows<Row>(
        _ statement: LedgerStatement,
        _ values: [LedgerValue],
        _ read: (inout LedgerRow) throws(LedgerStoreError) -> Row
    ) throws(LedgerStoreError) -> [Row] {
        guard let session else { throw .scopeEnded }
        precondition(statement.isOfTenant, "a tenant runs no other query")
        return try session.rows(
            statement,
            [.integer(Int64(scope.account.rawValue))] + values,
            read
        )
    }

    func balances() throws(LedgerStoreError) -> [LedgerBalance] {
        try rows(.tenantBalances, []) { row throws(LedgerStoreError) in
            try LedgerBalance(from: &row)
        }
    }

    func entries(
        of asset: AssetID?,
        _ request: LedgerPageRequest
    ) throws(LedgerStoreError) -> LedgerPage<LedgerEntry> {
        let position = try LedgerPosition(request.cursor, .entries)
        let rows = try rows(
            .tenantEntries,
            [
                .integer(position.major), .integer(position.minor), filter(asset?.rawValue),
                try request.limitValue(),
            ]
        ) { row throws(LedgerStoreError) in try LedgerEntry(from: &row) }
        return page(rows, .entries, request) { entry in
            LedgerPosition(major: Int64(entry.sequence), minor: Int64(entry.number))
        }
    }

    func orders(
        _ filters: LedgerOrderFilter,
        _ request: LedgerPageRequest
    ) throws(LedgerStoreError) -> LedgerPage<LedgerOrder> {
        let position = try LedgerPosition(request.cursor, .orders)
        var state: OrderState?
        let statement: LedgerStatement
        switch filters.states {
        case .all: statement = .tenantOrders
        case .live: statement = .tenantLiveOrders
        case .ended: statement = .tenantEndedOrders
        case .only(let wanted):
            statement = .tenantOrders
            state = wanted
        }
        let rows = try rows(
            statement,
            [
                .integer(position.major), filter(filters.instrument?.rawValue),
                filter(state?.rawValue), try request.limitValue(),
            ]
        ) { row throws(LedgerStoreError) in try LedgerOrder(from: &row) }
        return page(rows, .orders, request) { order in
            LedgerPosition(major: Int64(order.order.rawValue), minor: 0)
        }
    }

    func order(_ order: OrderID) throws(LedgerStoreError) -> LedgerOrder? {
        try rows(.tenantOrder, [filter(order.rawValue)]) { row throws(LedgerStoreError) in
            try LedgerOrder(from: &row)
        }.first
    }

    func contracts(
        _ filters: LedgerContractFilter,
        _ request: LedgerPageRequest
    ) throws(LedgerStoreError) -> LedgerPage<LedgerContract> {
        let position = try LedgerPosition(request.cursor, .contracts)
        let rows = try rows(
            .tenantContracts,
            [
                .integer(position.major), filter(filters.instrument?.rawValue),
                filter(filters.state?.rawValue), filter(filters.order?.rawValue),
                filter(filters.settlement?.rawValue), try request.limitValue(),
            ]
        ) { row throws(LedgerStoreError) in try LedgerContract(from: &row) }
        return page(rows, .contracts, request) { contract in
            LedgerPosition(major: Int64(contract.contract.rawValue), minor: 0)
        }
    }

    func contract(_ contract: ContractID) throws(LedgerStoreError) -> LedgerContract? {
        try rows(.tenantContract, [filter(contract.rawValue)]) { row throws(LedgerStoreError) in
            try LedgerContract(from: &row)
        }.first
    }

    func audit(
        _ request: LedgerPageRequest
    ) throws(LedgerStoreError) -> LedgerPage<LedgerAuditRecord> {
        let position = try LedgerPosition(request.cursor, .audit)
        let rows = try rows(
            .tenantAudit,
            [.integer(position.major), .integer(position.minor), try request.limitValue()]
        ) { row throws(LedgerStoreError) in try LedgerAuditRecord(from: &row) }
        return page(rows, .audit, request) { record in
            LedgerPosition(major: Int64(record.sequence), minor: Int64(record.number))
        }
    }
}

/// Reads all tenants' rows in a session.
final class CrossTenantReader: CrossTenantLedger {
    let sequence: UInt64
    private var session: (any LedgerSession)?
    private var tenants: [TenantReader] = []

    init(_ session: any LedgerSession, sequence: UInt64) {
        self.session = session
        self.sequence = sequence
    }

    /// Lets go of the session, and so do the tenants' ledgers that it gave out.
    func end() {
        session = nil
        for tenant in tenants { tenant.end() }
    }

    private func live() throws(LedgerStoreError) -> any LedgerSession {
        guard let session else { throw .scopeEnded }
        return session
    }

    func tenant(_ account: AccountID) throws(LedgerStoreError) -> any TenantLedger {
        let reader = TenantReader(
            TenantScope(account: account),
            try live(),
            sequence: sequence
        )
        tenants.append(reader)
        return reader
    }

    func balances(
        after: LedgerBalance?,
        limit: Int
    ) throws(LedgerStoreError) -> [LedgerBalance] {
        let account = after.map { balance in Int64(balance.account.rawValue) } ?? -1
        let asset = after.map { balance in Int64(balance.asset.rawValue) } ?? -1
        let limit = try LedgerPageRequest(limit: limit).limitValue()
        return try live().rows(.allBalances, [.integer(account), .integer(asset), limit]) {
            row throws(LedgerStoreError) in try LedgerBalance(from: &row)
        }
    }

    func trades(
        of instrument: InstrumentID?,
        _ request: LedgerPageRequest
    ) throws(LedgerStoreError) -> LedgerPage<LedgerTrade> {
        let position = try LedgerPosition(request.cursor, .trades)
        let rows = try live().rows(
            .allTrades,
            [
                .integer(position.major), filter(instrument?.rawValue),
                try request.limitValue(),
            ]
        ) { row throws(LedgerStoreError) in try LedgerTrade(from: &row) }
        return page(rows, .trades, request) { trade in
            LedgerPosition(major: Int64(trade.trade.rawValue), minor: 0)
        }
    }
}
