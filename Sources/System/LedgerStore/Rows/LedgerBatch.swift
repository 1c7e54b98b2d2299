/// What some commands in a row did to the tables of a store.
///
/// An order or a contract that changes several times in one batch has one row in it.
public struct LedgerBatch: Equatable, Sendable {
    /// The first of the commands: the one behind the store's cursor.
    public var firstSequence: UInt64
    /// The last of them: the store's cursor afterwards.
    public var lastSequence: UInt64
    /// New entries.
    public var entries: [LedgerEntry] = []
    /// New trades.
    public var trades: [LedgerTrade] = []
    /// New orders.
    public var placed: [LedgerOrder] = []
    /// Changes of orders that the store has.
    public var changed: [LedgerOrderChange] = []
    /// New contracts.
    public var contracts: [LedgerContract] = []
    /// Ends of contracts that the store has.
    public var ended: [LedgerContractEnd] = []
    /// New values of balances, each account and asset once.
    public var balances: [LedgerBalance] = []
    /// New audit records.
    public var audit: [LedgerAuditRecord] = []

    /// Makes a batch of commands that changed nothing.
    public init(firstSequence: UInt64, lastSequence: UInt64) {
        self.firstSequence = firstSequence
        self.lastSequence = lastSequence
    }
}
