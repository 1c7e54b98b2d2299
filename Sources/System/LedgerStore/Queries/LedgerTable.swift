/// The tables that hold what commands did, with their columns in the order in which rows are read.
enum LedgerTable: String, CaseIterable, Sendable {
    case balances = "balances"
    case entries = "ledger_entries"
    case trades = "processed_trades"
    case orders = "orders"
    case contracts = "contracts"
    case audit = "audit"

    /// The columns by name, and what they hold.
    var layout: [(name: String, column: LedgerColumn)] {
        switch self {
        case .balances:
            Self.integers("account asset") + [("available", .amount), ("locked", .amount)]
        case .entries:
            Self.integers("sequence number time trade account asset kind") + [("amount", .amount)]
        case .trades:
            Self.integers(
                "trade sequence time instrument taker_side settlement price quantity"
            ) + [("notional", .amount)]
        case .orders:
            Self.integers(
                """
                account order_id client_id instrument side type time_in_force state reason price \
                trigger_price quantity open filled placed_sequence placed_time changed_sequence \
                changed_time
                """
            )
        case .contracts:
            Self.integers(
                """
                account contract instrument side is_taker order_id client_id settlement state \
                price quantity
                """
            ) + [("notional", .amount), ("fee", .amount), ("delivery", .amount)]
                + Self.integers("sequence time ended_sequence ended_time")
                + [("certificate", .blob)]
        case .audit:
            Self.integers("sequence number time account kind subject detail")
                + [("amount", .amount), ("digest", .blob)]
        }
    }

    /// The columns by which the rows are ordered, and found.
    var key: String {
        switch self {
        case .balances: "account, asset"
        case .entries, .audit: "account, sequence, number"
        case .trades: "trade"
        case .orders: "account, order_id"
        case .contracts: "account, contract"
        }
    }

    /// The names of the columns with commas between them.
    func columns(_ dialect: SQLDialect) -> String {
        layout.map { name, column in column == .amount ? dialect.amount(name) : name }
            .joined(separator: ", ")
    }

    private static func integers(_ names: String) -> [(name: String, column: LedgerColumn)] {
        names.split(separator: " ").map { name in (String(name), .integer) }
    }
}
