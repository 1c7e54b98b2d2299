// What is read from the tables, in the one form for both databases: SQLite reads `$1` as the name of its first
// value, and numbers the names in the order in which they appear.

/// A query.
///
/// Those of a tenant have the account as their first value, always, and compare it in the same words;
/// a test goes through all of them.
package enum LedgerStatement: Int, CaseIterable, Sendable {
    case tenantBalances
    case tenantEntries
    case tenantOrders
    case tenantLiveOrders
    case tenantEndedOrders
    case tenantOrder
    case tenantContracts
    case tenantContract
    case tenantAudit
    case allBalances
    case allTrades
    case cursor
    case counts

    /// The words that every query of a tenant has right behind the table's name.
    package static let tenantCondition = "WHERE account = $1"

    /// Whether it reads the rows of one tenant.
    package var isOfTenant: Bool {
        switch self {
        case .allBalances, .allTrades, .cursor, .counts: false
        default: true
        }
    }

    /// What the columns of the answer hold.
    var columns: [LedgerColumn] {
        guard let table else {
            return [LedgerColumn](repeating: .integer, count: self == .counts ? 4 : 1)
        }
        return table.layout.map { _, column in column }
    }

    /// The table whose columns it gives; none if it gives numbers.
    private var table: LedgerTable? {
        switch self {
        case .tenantBalances, .allBalances: .balances
        case .tenantEntries: .entries
        case .tenantOrders, .tenantLiveOrders, .tenantEndedOrders, .tenantOrder: .orders
        case .tenantContracts, .tenantContract: .contracts
        case .tenantAudit: .audit
        case .allTrades: .trades
        case .cursor, .counts: nil
        }
    }

    /// The statement.
    package func sql(_ dialect: SQLDialect) -> String {
        let condition = Self.tenantCondition
        switch self {
        case .tenantBalances:
            return "SELECT \(LedgerTable.balances.columns(dialect)) FROM balances \(condition) "
                + "ORDER BY asset"
        case .tenantEntries:
            return "SELECT \(LedgerTable.entries.columns(dialect)) FROM ledger_entries "
                + "\(condition) AND (sequence, number) < ($2, $3) AND ($4 < 0 OR asset = $4) "
                + "ORDER BY sequence DESC, number DESC LIMIT $5"
        case .tenantOrders: return orders(dialect, "($4 < 0 OR state = $4)")
        case .tenantLiveOrders: return orders(dialect, "state IN (0, 1, 2, 7) AND $4 < 0")
        case .tenantEndedOrders: return orders(dialect, "state IN (3, 4, 6) AND $4 < 0")
        case .tenantOrder:
            return "SELECT \(LedgerTable.orders.columns(dialect)) FROM orders \(condition) "
                + "AND order_id = $2"
        case .tenantContracts:
            return "SELECT \(LedgerTable.contracts.columns(dialect)) FROM contracts \(condition) "
                + "AND contract < $2 AND ($3 < 0 OR instrument = $3) AND ($4 < 0 OR state = $4) "
                + "AND ($5 < 0 OR order_id = $5) AND ($6 < 0 OR settlement = $6) "
                + "ORDER BY contract DESC LIMIT $7"
        case .tenantContract:
            return "SELECT \(LedgerTable.contracts.columns(dialect)) FROM contracts \(condition) "
                + "AND contract = $2"
        case .tenantAudit:
            return "SELECT \(LedgerTable.audit.columns(dialect)) FROM audit \(condition) "
                + "AND (sequence, number) < ($2, $3) ORDER BY sequence DESC, number DESC LIMIT $4"
        case .allBalances:
            return "SELECT \(LedgerTable.balances.columns(dialect)) FROM balances "
                + "WHERE (account, asset) > ($1, $2) ORDER BY account, asset LIMIT $3"
        case .allTrades:
            return "SELECT \(LedgerTable.trades.columns(dialect)) FROM processed_trades "
                + "WHERE trade < $1 AND ($2 < 0 OR instrument = $2) ORDER BY trade DESC LIMIT $3"
        case .cursor: return "SELECT sequence FROM ledger_cursor"
        case .counts:
            return "SELECT (SELECT count(*) FROM orders WHERE state IN (0, 1, 2, 7)), "
                + "(SELECT count(*) FROM contracts WHERE state = 0), "
                + "(SELECT count(*) FROM contracts), (SELECT count(*) FROM processed_trades)"
        }
    }

    private func orders(_ dialect: SQLDialect, _ states: String) -> String {
        "SELECT \(LedgerTable.orders.columns(dialect)) FROM orders \(Self.tenantCondition) "
            + "AND order_id < $2 AND ($3 < 0 OR instrument = $3) AND \(states) "
            + "ORDER BY order_id DESC LIMIT $5"
    }
}
