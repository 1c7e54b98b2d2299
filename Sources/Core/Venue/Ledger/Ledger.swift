public import Primitives

/// What an account has of one asset, in its smallest units; both parts are never negative.
public struct Balance: Equatable, BitwiseCopyable, Sendable {
    /// What can be withdrawn or reserved.
    public var available: Amount
    /// What is reserved for orders and waiting contracts.
    public var locked: Amount
}

/// The fee on a notional at a rate in millionths, rounded down.
@inline(__always)
func fee(on notional: Amount, rate: UInt32) -> Amount {
    if rate == 0 { return 0 }
    // Below 2^43, times a rate below 2^20, it fits one word.
    if notional < 1 << 43 {
        return Amount(UInt64(truncatingIfNeeded: notional) &* UInt64(rate) / 1_000_000)
    }
    // Split so that nothing overflows: with n = 10⁶q + r, ⌊n·rate/10⁶⌋ = q·rate + ⌊r·rate/10⁶⌋.
    let (quotient, remainder) = notional.quotientAndRemainder(dividingBy: 1_000_000)
    return quotient &* Amount(rate) &+ remainder &* Amount(rate) / 1_000_000
}

/// The product of two numbers below 2^63, exact.
@inline(__always)
func product(_ first: Int64, _ second: Int64) -> Amount {
    let full = UInt64(bitPattern: first).multipliedFullWidth(by: UInt64(bitPattern: second))
    return Amount(truncatingIfNeeded: full.high) &<< 64 | Amount(full.low)
}

extension Venue {
    /// What an account has of an asset; zero where it never had any.
    public func balance(of account: AccountID, in asset: AssetID) -> Balance {
        let index = balanceIndex(account.rawValue, asset.rawValue)
        return Balance(available: balances[index].available, locked: balances[index].locked)
    }

    /// What the venue holds of an asset for its members; zero for one that is not defined.
    public func custody(of asset: AssetID) -> Amount {
        guard asset.rawValue < assets.count &- 1 else { return 0 }
        return assets[asset.rawValue + 1].custody
    }

    /// Whether every asset's balances add up to what is in custody.
    ///
    /// - Complexity: O(balances).
    public var isTrialBalanceZero: Bool {
        for asset in 1..<max(assets.count, 1) {
            var sum = assets[asset].custody
            for index in 1..<max(balances.count, 1) where balances[index].asset == asset - 1 {
                sum -= balances[index].available + balances[index].locked
            }
            if sum != 0 { return false }
        }
        return true
    }

    /// The record of an account's balance; 0, where nothing is ever kept, when there is none.
    @inline(__always)
    func balanceIndex(_ account: UInt32, _ asset: UInt32) -> UInt32 {
        balanceRecords.find(account, asset, in: balances, seed: hashSeed)
    }

    /// The record of an account's balance, made if need be.
    @inline(__always)
    mutating func openBalance(_ account: UInt32, _ asset: UInt32) -> UInt32 {
        let index = balanceIndex(account, asset)
        return index != 0 ? index : makeBalance(account, asset)
    }

    @inline(never)
    private mutating func makeBalance(_ account: UInt32, _ asset: UInt32) -> UInt32 {
        let index = balances.append(BalanceRecord(account: account, asset: asset))
        balanceRecords.insert(index, account, asset, seed: hashSeed)
        return index
    }

    /// Whether `count` more balances fit.
    @inline(__always)
    func hasRoom(forBalances count: UInt32) -> Bool {
        balances.count &+ count <= Limits.balancesMax
    }

    @inline(__always)
    mutating func lock(_ amount: Amount, in balance: UInt32) {
        precondition(amount >= 0)
        precondition(amount <= balances[balance].available)
        balances[balance].available &-= amount
        balances[balance].locked &+= amount
    }

    @inline(__always)
    mutating func unlock(_ amount: Amount, in balance: UInt32) {
        if amount == 0 { return }
        precondition(amount > 0)
        precondition(amount <= balances[balance].locked)
        balances[balance].locked &-= amount
        balances[balance].available &+= amount
    }

    @inline(__always)
    mutating func credit(_ amount: Amount, to balance: UInt32) {
        precondition(amount >= 0)
        balances[balance].available &+= amount
    }

    @inline(__always)
    mutating func debitLocked(_ amount: Amount, in balance: UInt32) {
        precondition(amount >= 0)
        precondition(amount <= balances[balance].locked)
        balances[balance].locked &-= amount
    }

    mutating func openAccount(
        _ account: AccountID,
        _ events: inout EventBuffer
    ) throws(Refusal) {
        let number = account.rawValue
        guard !account.isReserved else { throw .reservedAccount }
        if number < accounts.count - 1 && accounts[number + 1].isOpen == 1 { throw .accountExists }
        guard number < Limits.accountsMax else { throw .invalidRule }
        accounts.extend(to: number + 2, with: AccountRecord())
        extendIndices(toAccounts: number + 2)
        accounts[number + 1].isOpen = 1
        events.append(.accountOpened(account))
    }

    /// Makes room for the accounts below `count` in what finds their orders and balances.
    mutating func extendIndices(toAccounts count: UInt32) {
        ordersOfAccount.extend(toAccounts: count)
        balanceRecords.extend(toAccounts: count)
    }

    mutating func deposit(_ transfer: Transfer, _ events: inout EventBuffer) throws(Refusal) {
        try checkOpen(transfer.account)
        guard !transfer.account.isReserved else { throw .reservedAccount }
        try checkDefined(transfer.asset)
        let asset = transfer.asset.rawValue + 1
        guard transfer.amount > 0, transfer.amount <= Limits.amountMax - assets[asset].custody
        else { throw .invalidAmount }
        guard hasRoom(forBalances: 1) else { throw .venueFull }
        let balance = openBalance(transfer.account.rawValue, transfer.asset.rawValue)
        credit(transfer.amount, to: balance)
        assets[asset].custody += transfer.amount
        events.append(.deposited(transfer))
    }

    mutating func withdraw(_ transfer: Transfer, _ events: inout EventBuffer) throws(Refusal) {
        try checkOpen(transfer.account)
        guard
            !transfer.account.isReserved || transfer.account == .fees
                || transfer.account == .insurance
        else { throw .reservedAccount }
        try checkDefined(transfer.asset)
        guard transfer.amount > 0, transfer.amount <= Limits.amountMax
        else { throw .invalidAmount }
        let balance = balanceIndex(transfer.account.rawValue, transfer.asset.rawValue)
        guard transfer.amount <= balances[balance].available else { throw .insufficientFunds }
        balances[balance].available -= transfer.amount
        assets[transfer.asset.rawValue + 1].custody -= transfer.amount
        events.append(.withdrawn(transfer))
    }

    @inline(__always)
    func checkOpen(_ account: AccountID) throws(Refusal) {
        guard account.rawValue < accounts.count &- 1, accounts[account.rawValue &+ 1].isOpen == 1
        else { throw .unknownAccount }
    }

    @inline(__always)
    func checkDefined(_ asset: AssetID) throws(Refusal) {
        guard asset.rawValue < assets.count &- 1, assets[asset.rawValue &+ 1].isDefined == 1
        else { throw .unknownAsset }
    }
}
