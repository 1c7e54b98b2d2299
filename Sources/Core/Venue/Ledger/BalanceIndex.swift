import Primitives

/// Finds the record of an account's balance in an asset; 0 when there is none.
///
/// The first assets, which most orders are about, are found directly; the others by a hash.
struct BalanceIndex: ~Copyable {
    /// How many assets of each account are found directly.
    private static let directAssets: UInt32 = 8

    private var direct = Pool<UInt32>(capacity: 1 << 10)
    private var others = SlotIndex(capacity: 16)

    mutating func extend(toAccounts count: UInt32) {
        direct.extend(to: count * Self.directAssets, with: 0)
    }

    @inline(__always)
    func find(
        _ account: UInt32,
        _ asset: UInt32,
        in balances: borrowing Table<BalanceRecord>,
        seed: UInt64
    ) -> UInt32 {
        if asset < Self.directAssets {
            let place = UInt64(account) &* UInt64(Self.directAssets) | UInt64(asset)
            return place < UInt64(direct.count) ? direct[UInt32(truncatingIfNeeded: place)] : 0
        }
        var probe = others.probe(SlotIndex.hash(UInt64(account), UInt64(asset), seed: seed))
        while true {
            let index = others.next(&probe)
            if index == 0 { return 0 }
            if balances[index].account == account && balances[index].asset == asset { return index }
        }
    }

    mutating func insert(_ index: UInt32, _ account: UInt32, _ asset: UInt32, seed: UInt64) {
        if asset < Self.directAssets {
            direct[account * Self.directAssets | asset] = index
        } else {
            others.insert(SlotIndex.hash(UInt64(account), UInt64(asset), seed: seed), index)
        }
    }
}
