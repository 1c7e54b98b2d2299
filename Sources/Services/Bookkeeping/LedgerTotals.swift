internal import LedgerStore
internal import Primitives
internal import Venue

/// What every account has of every asset, as the entries say.
struct LedgerTotals: ~Copyable {
    /// One account's total of one asset.
    struct Total {
        let account: AccountID
        let asset: AssetID
        /// What the entries add up to.
        var amount: Amount
        /// Whether something of it changed since the last batch.
        var isTouched = false
    }

    private(set) var totals: [Total] = []
    /// The places of those that changed since the last batch.
    private(set) var touched: [Int] = []
    private var places: [UInt64: Int] = [:]

    /// Takes over what a store has.
    init(_ balances: [LedgerBalance]) {
        totals.reserveCapacity(balances.count)
        places.reserveCapacity(balances.count)
        for balance in balances {
            let place = place(balance.account, balance.asset)
            totals[place].amount = balance.available + balance.locked
        }
    }

    private mutating func place(_ account: AccountID, _ asset: AssetID) -> Int {
        let key = UInt64(account.rawValue) << 32 | UInt64(asset.rawValue)
        if let place = places[key] { return place }
        let place = totals.count
        totals.append(Total(account: account, asset: asset, amount: 0))
        places[key] = place
        return place
    }

    /// Notes that a balance changed, and by how much the entries change it.
    mutating func touch(_ account: AccountID, _ asset: AssetID, adding amount: Amount = 0) {
        let place = place(account, asset)
        totals[place].amount += amount
        if totals[place].isTouched { return }
        totals[place].isTouched = true
        touched.append(place)
    }

    /// Forgets which ones changed.
    mutating func settle() {
        for place in touched { totals[place].isTouched = false }
        touched.removeAll(keepingCapacity: true)
    }

    /// The touched ones as balances, which the venue splits into what is available and what is locked.
    ///
    /// They go by account and asset, the order in which a database keeps them.
    func balances(_ venue: borrowing Venue) -> [LedgerBalance] {
        var balances: [LedgerBalance] = []
        balances.reserveCapacity(touched.count)
        for place in touched {
            let total = totals[place]
            let balance = venue.balance(of: total.account, in: total.asset)
            balances.append(
                LedgerBalance(
                    account: total.account,
                    asset: total.asset,
                    available: balance.available,
                    locked: balance.locked
                )
            )
        }
        balances.sort { left, right in
            (left.account.rawValue, left.asset.rawValue)
                < (right.account.rawValue, right.asset.rawValue)
        }
        return balances
    }
}
