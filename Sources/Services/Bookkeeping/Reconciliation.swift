public import LedgerStore
internal import Primitives
public import Venue

/// The comparison of a whole ledger with the venue at the same command.
public struct Reconciliation: Equatable, Sendable {
    /// The command after which both were compared.
    public let sequence: UInt64
    /// How many balances were compared.
    public let balanceCount: Int
    /// How many sums of entries were compared.
    public let sumCount: Int
    /// What differs; nothing if all is well.
    public let differences: [LedgerDifference]

    /// Compares every balance, every sum of entries, custody, bonds, and the number of orders, contracts and
    /// trades; and checks that the entries of every command add up to zero.
    ///
    /// - Parameters:
    ///   - books: All rows of the store.
    ///   - venue: The venue after the last command that is in them.
    /// - Throws: `LedgerStoreError` when the store cannot be read.
    /// - Complexity: O(n log n) in the number of entries.
    public init(
        _ books: any LedgerBooks,
        _ venue: borrowing Venue
    ) throws(LedgerStoreError) {
        precondition(books.sequence == venue.sequence, "both are compared at the same command")
        let balances = try books.balances()
        let sums = try books.sums()
        sequence = books.sequence
        balanceCount = balances.count
        sumCount = sums.count
        var differences = Self.compare(balances, venue)
        differences += Self.compare(sums, balances, venue)
        differences += try books.unbalanced().map { sequence in .unbalanced(sequence: sequence) }
        differences += Self.compare(try books.counts(), venue)
        self.differences = differences
    }

    /// Every balance with the venue's, and their sums with custody.
    private static func compare(
        _ balances: [LedgerBalance],
        _ venue: borrowing Venue
    ) -> [LedgerDifference] {
        var differences: [LedgerDifference] = []
        var held = [Amount](repeating: 0, count: Int(Limits.assetsMax))
        for stored in balances {
            let balance = venue.balance(of: stored.account, in: stored.asset)
            if (balance.available, balance.locked) != (stored.available, stored.locked) {
                differences.append(
                    .balance(
                        stored: stored,
                        available: balance.available,
                        locked: balance.locked
                    )
                )
            }
            if stored.asset.rawValue < Limits.assetsMax {
                held[Int(stored.asset.rawValue)] += stored.available + stored.locked
            }
        }
        // The venue's balances are never below zero and add up to custody: so none is missing if ours do too.
        for asset in 0..<Limits.assetsMax {
            let custody = venue.custody(of: AssetID(asset))
            if held[Int(asset)] == custody { continue }
            differences.append(
                .custody(asset: AssetID(asset), stored: held[Int(asset)], custody: custody)
            )
        }
        return differences
    }

    /// The sums of entries with balances, bonds and custody.
    private static func compare(
        _ sums: [LedgerSum],
        _ balances: [LedgerBalance],
        _ venue: borrowing Venue
    ) -> [LedgerDifference] {
        var differences: [LedgerDifference] = []
        var owned: [LedgerSum] = []
        for sum in sums {
            if sum.kind == .custody {
                let custody = venue.custody(of: sum.asset)
                if sum.amount != -custody {
                    differences.append(
                        .custodyEntries(asset: sum.asset, sum: sum.amount, custody: custody)
                    )
                }
                continue
            }
            if sum.kind == .bondHolding {
                let bond = venue.bond(of: sum.account, in: sum.asset)
                if sum.amount != bond {
                    differences.append(
                        .bond(
                            account: sum.account,
                            asset: sum.asset,
                            sum: sum.amount,
                            held: bond
                        )
                    )
                }
            }
            // They come by account and asset.
            if let last = owned.last, (last.account, last.asset) == (sum.account, sum.asset) {
                owned[owned.count - 1].amount += sum.amount
            } else {
                owned.append(sum)
            }
        }
        for sum in owned {
            let balance = venue.balance(of: sum.account, in: sum.asset)
            let held = balance.available + balance.locked
            if sum.amount == held { continue }
            differences.append(
                .entries(account: sum.account, asset: sum.asset, sum: sum.amount, held: held)
            )
        }
        return differences + missing(owned, balances)
    }

    /// The balances above zero of accounts that have no entries.
    private static func missing(
        _ sums: [LedgerSum],
        _ balances: [LedgerBalance]
    ) -> [LedgerDifference] {
        var next = 0
        var differences: [LedgerDifference] = []
        for balance in balances where balance.available + balance.locked != 0 {
            let key = (balance.account.rawValue, balance.asset.rawValue)
            while next < sums.count,
                (sums[next].account.rawValue, sums[next].asset.rawValue) < key
            {
                next += 1
            }
            if next < sums.count,
                (sums[next].account, sums[next].asset) == (balance.account, balance.asset)
            {
                continue
            }
            differences.append(
                .entries(
                    account: balance.account,
                    asset: balance.asset,
                    sum: 0,
                    held: balance.available + balance.locked
                )
            )
        }
        return differences
    }

    private static func compare(
        _ counts: LedgerCounts,
        _ venue: borrowing Venue
    ) -> [LedgerDifference] {
        let pairs: [(String, UInt64, UInt64)] = [
            ("live orders", counts.liveOrders, UInt64(venue.liveOrderCount)),
            ("waiting contracts", counts.waitingContracts, 2 * UInt64(venue.waitingContractCount)),
            ("contracts", counts.contracts, 2 * venue.tradeCount),
            ("trades", counts.trades, venue.tradeCount),
        ]
        return pairs.filter { _, stored, held in stored != held }
            .map { what, stored, held in .count(what: what, stored: stored, held: held) }
    }
}

extension LedgerGathering {
    /// Where the totals that changed differ from the venue's balances.
    func differences(_ venue: borrowing Venue) -> [LedgerDifference] {
        var differences: [LedgerDifference] = []
        for place in totals.touched {
            if let difference = Self.difference(totals.totals[place], venue) {
                differences.append(difference)
            }
        }
        return differences
    }

    /// Where any total differs from the venue's balances, and where they do not add up to custody.
    func allDifferences(_ venue: borrowing Venue) -> [LedgerDifference] {
        var differences: [LedgerDifference] = []
        var held = [Amount](repeating: 0, count: Int(Limits.assetsMax))
        for total in totals.totals {
            if let difference = Self.difference(total, venue) { differences.append(difference) }
            if total.asset.rawValue < Limits.assetsMax {
                held[Int(total.asset.rawValue)] += total.amount
            }
        }
        for asset in 0..<Limits.assetsMax {
            let custody = venue.custody(of: AssetID(asset))
            if held[Int(asset)] == custody { continue }
            differences.append(
                .custody(asset: AssetID(asset), stored: held[Int(asset)], custody: custody)
            )
        }
        return differences
    }

    private static func difference(
        _ total: LedgerTotals.Total,
        _ venue: borrowing Venue
    ) -> LedgerDifference? {
        let balance = venue.balance(of: total.account, in: total.asset)
        let held = balance.available + balance.locked
        if held == total.amount { return nil }
        return .entries(account: total.account, asset: total.asset, sum: total.amount, held: held)
    }
}
