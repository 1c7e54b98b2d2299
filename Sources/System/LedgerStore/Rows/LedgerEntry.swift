public import Primitives

/// What an account has of one asset after the last command that a store has taken in.
public struct LedgerBalance: Equatable, BitwiseCopyable, Sendable {
    /// The account.
    public var account: AccountID
    /// The asset.
    public var asset: AssetID
    /// What can be withdrawn or reserved, in the asset's smallest units; never below 0.
    public var available: Amount
    /// What is reserved for orders, waiting contracts and bonds; never below 0.
    public var locked: Amount

    /// Makes a balance.
    public init(account: AccountID, asset: AssetID, available: Amount, locked: Amount) {
        self.account = account
        self.asset = asset
        self.available = available
        self.locked = locked
    }
}

/// What an entry is for.
///
/// The numbers are stable: they are in the tables. The kind also says in which part of the account the amount
/// is: its own funds, what its waiting contracts hold, its bond, or custody.
public enum LedgerEntryKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// The money of a trade: the buyer's is below 0, the seller's above.
    case payment = 1
    /// The goods of a trade: the seller's entry is below 0, the buyer's above.
    case delivery = 2
    /// What a side of a trade pays to the venue, and what the fee account receives.
    case fee = 3
    /// What entered the account from outside.
    case deposit = 4
    /// What left the account to the outside.
    case withdrawal = 5
    /// The other side of deposits and withdrawals, in the clearing house's name: what the venue keeps for its
    /// members, below 0.
    case custody = 6
    /// Own funds that go into a service contract, or come back from it.
    case contractFunding = 7
    /// What a waiting service contract holds.
    case contractHolding = 8
    /// Own funds that go into a bond, or come back from it.
    case bondFunding = 9
    /// What a bond holds.
    case bondHolding = 10
    /// What the insurance account receives from a penalised bond.
    case penalty = 11

    /// Whether the amount is the account's; what is in custody is the other side of all that accounts have.
    public var isOwned: Bool { self != .custody }
}

/// One line of the double-entry ledger; the lines of one command add up to zero for each asset.
public struct LedgerEntry: Equatable, BitwiseCopyable, Sendable {
    /// The command that caused it.
    public var sequence: UInt64
    /// Which of the command's entries it is, from 0.
    public var number: UInt32
    /// When the command was stamped.
    public var time: Timestamp
    /// The trade, or number 0 where there is none.
    public var trade: TradeID
    /// Whose line it is.
    public var account: AccountID
    /// What was moved.
    public var asset: AssetID
    /// What for.
    public var kind: LedgerEntryKind
    /// How much, in the asset's smallest units: above 0 what the account receives, below 0 what it gives.
    public var amount: Amount

    /// Makes an entry.
    public init(
        sequence: UInt64,
        number: UInt32,
        time: Timestamp,
        trade: TradeID,
        account: AccountID,
        asset: AssetID,
        kind: LedgerEntryKind,
        amount: Amount
    ) {
        self.sequence = sequence
        self.number = number
        self.time = time
        self.trade = trade
        self.account = account
        self.asset = asset
        self.kind = kind
        self.amount = amount
    }
}

/// What all entries of one kind of an account and an asset add up to.
public struct LedgerSum: Equatable, BitwiseCopyable, Sendable {
    /// The account.
    public var account: AccountID
    /// The asset.
    public var asset: AssetID
    /// The kind.
    public var kind: LedgerEntryKind
    /// The sum of the amounts.
    public var amount: Amount

    /// Makes a sum.
    public init(account: AccountID, asset: AssetID, kind: LedgerEntryKind, amount: Amount) {
        self.account = account
        self.asset = asset
        self.kind = kind
        self.amount = amount
    }
}
