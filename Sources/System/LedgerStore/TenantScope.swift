public import Primitives
public import Venue

/// What a session may see: the rows of one account.
///
/// Only a store makes it, at the one place where a session begins (`LedgerStore.withTenant`), and every
/// query of a tenant asks for one. So no query of a tenant without its account compiles.
public struct TenantScope: Hashable, Sendable {
    /// The account.
    public let account: AccountID

    init(account: AccountID) { self.account = account }
}

/// Which orders a list has.
public struct LedgerOrderFilter: Equatable, Sendable {
    /// The states of a list.
    public enum States: Equatable, Sendable {
        /// All orders.
        case all
        /// Those that can still trade.
        case live
        /// Those that ended.
        case ended
        /// Those in exactly this state.
        case only(OrderState)
    }

    /// Their states.
    public var states: States
    /// Their instrument; any if nil.
    public var instrument: InstrumentID?

    /// Makes a filter; all orders by default.
    public init(states: States = .all, instrument: InstrumentID? = nil) {
        self.states = states
        self.instrument = instrument
    }
}

/// Which contracts a list has.
public struct LedgerContractFilter: Equatable, Sendable {
    /// Their instrument; any if nil.
    public var instrument: InstrumentID?
    /// What became of them; anything if nil.
    public var state: LedgerContractState?
    /// The order that made them; any if nil.
    public var order: OrderID?
    /// How they settle; any way if nil.
    public var settlement: SettlementKind?

    /// Makes a filter; all contracts by default.
    public init(
        instrument: InstrumentID? = nil,
        state: LedgerContractState? = nil,
        order: OrderID? = nil,
        settlement: SettlementKind? = nil
    ) {
        self.instrument = instrument
        self.state = state
        self.order = order
        self.settlement = settlement
    }
}

/// One tenant's part of the ledger at one moment; it lives as long as the closure that gets it.
///
/// All lists are newest first.
public protocol TenantLedger: AnyObject {
    /// Whose rows these are.
    var scope: TenantScope { get }
    /// The last command that is in what is read here.
    var sequence: UInt64 { get }
    /// The account's balances, by asset.
    func balances() throws(LedgerStoreError) -> [LedgerBalance]
    /// The account's entries, of one asset if one is named.
    func entries(
        of asset: AssetID?,
        _ page: LedgerPageRequest
    ) throws(LedgerStoreError) -> LedgerPage<LedgerEntry>
    /// The account's orders.
    func orders(
        _ filter: LedgerOrderFilter,
        _ page: LedgerPageRequest
    ) throws(LedgerStoreError) -> LedgerPage<LedgerOrder>
    /// One order of the account; nil if it has none of that name.
    func order(_ order: OrderID) throws(LedgerStoreError) -> LedgerOrder?
    /// The account's contracts, which are its trades too: one each.
    func contracts(
        _ filter: LedgerContractFilter,
        _ page: LedgerPageRequest
    ) throws(LedgerStoreError) -> LedgerPage<LedgerContract>
    /// The account's contract from a trade; nil if it had no part in it.
    func contract(_ contract: ContractID) throws(LedgerStoreError) -> LedgerContract?
    /// What else happened to the account.
    func audit(_ page: LedgerPageRequest) throws(LedgerStoreError) -> LedgerPage<LedgerAuditRecord>
}

extension TenantLedger {
    /// The account's trades: the contracts of all instruments or one.
    ///
    /// - Throws: As `contracts`.
    public func trades(
        _ instrument: InstrumentID?,
        _ page: LedgerPageRequest
    ) throws(LedgerStoreError) -> LedgerPage<LedgerContract> {
        try contracts(LedgerContractFilter(instrument: instrument), page)
    }
}

/// A read across tenants, as its audit record and its event tell it.
public struct CrossTenantRead: Equatable, Sendable {
    /// The name of the event that goes out with it.
    public static let eventName = "audit.cross_tenant.read"

    /// Why.
    public let reason: String
    /// Who asks for it.
    public let requestor: String
}

/// The whole ledger at one moment; it lives as long as the closure that gets it.
public protocol CrossTenantLedger: AnyObject {
    /// The last command that is in what is read here.
    var sequence: UInt64 { get }
    /// One account's part.
    func tenant(_ account: AccountID) throws(LedgerStoreError) -> any TenantLedger
    /// The balances behind those of an account and an asset, ordered by account and asset.
    ///
    /// - Parameters:
    ///   - after: The last balance of the page before; nil for the first page.
    ///   - limit: 1 … 500.
    /// - Returns: The balances; fewer than `limit` at the end.
    /// - Throws: `invalidLimit`, or another `LedgerStoreError`.
    func balances(
        after: LedgerBalance?,
        limit: Int
    ) throws(LedgerStoreError) -> [LedgerBalance]
    /// All trades, newest first, of one instrument if one is named.
    func trades(
        of instrument: InstrumentID?,
        _ page: LedgerPageRequest
    ) throws(LedgerStoreError) -> LedgerPage<LedgerTrade>
}
