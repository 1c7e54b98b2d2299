internal import Primitives
internal import Venue

/// One side of a book as it is given out: the best prices up to a depth, and what changed among them.
struct BookSide {
    /// A level that was touched since the last delta, as it was then.
    private struct Touched {
        var key: Int64
        var quantity: Int64
        var orderCount: UInt32
        /// Which touch it was: the first one of a level says how it was before.
        var ordinal: Int
    }

    private let side: Side
    private var ladder = PriceLadder()
    private var touched: [Touched] = []
    /// The key of the last level that was given out; `Int64.max` if all were.
    private var lastKey = Int64.max

    init(_ side: Side) { self.side = side }

    /// Whether a level may have changed since the last delta.
    var isTouched: Bool { !touched.isEmpty }

    /// The best level, if there is one.
    var best: BookLevel? { ladder.best.map(level) }

    /// The best levels.
    func levels(_ depth: Int) -> [BookLevel] { ladder.levels(depth).map(level) }

    /// The orders at the best levels, in the order in which they trade.
    func orders(_ depth: Int, _ table: borrowing OrderTable) -> [BookOrder] {
        var orders: [BookOrder] = []
        for level in ladder.levels(depth) {
            var slot = level.head
            while slot != 0 {
                if let order = table.order(inSlot: slot) {
                    orders.append(
                        BookOrder(order: order.order, price: order.price, quantity: order.shown)
                    )
                }
                slot = table.next(afterSlot: slot)
            }
        }
        return orders
    }

    /// Changes the queue of a price.
    mutating func update(_ price: Price, _ change: (inout PriceLadder.Level) -> Void) {
        let key = key(price.ticks)
        var before = Touched(key: key, quantity: 0, orderCount: 0, ordinal: touched.count)
        ladder.update(key) { level in
            before.quantity = level.quantity
            before.orderCount = level.orderCount
            change(&level)
        }
        touched.append(before)
    }

    /// Takes the best levels as they are for what was given out last.
    mutating func begin(depth: Int) {
        touched.removeAll(keepingCapacity: true)
        lastKey = endKey(depth)
    }

    /// The levels that changed among the best ones since the last call, from the best on.
    ///
    /// - Parameter depth: How many levels are given out. What was beyond them and is not any more counts as new, what
    ///   is beyond them now as gone.
    /// - Returns: Each with what is there now; quantity 0 where nothing is, or nothing that is given out.
    mutating func changes(depth: Int) -> [BookLevel] {
        guard isTouched else { return [] }
        touched.sort { left, right in (left.key, left.ordinal) < (right.key, right.ordinal) }
        let before = lastKey
        let now = endKey(depth)
        var changes: [PriceLadder.Level] = []
        for (index, first) in touched.enumerated() {
            if index > 0, touched[index - 1].key == first.key { continue }
            var level = PriceLadder.Level(key: first.key)
            if first.key <= now, let present = ladder.level(at: first.key) { level = present }
            let wasShown = first.key <= before
            let isSame =
                level.quantity == (wasShown ? first.quantity : 0)
                && level.orderCount == (wasShown ? first.orderCount : 0)
            if !isSame { changes.append(level) }
        }
        if now != before {
            appendMoved(to: &changes, before, now)
            changes.sort { left, right in left.key < right.key }
        }
        touched.removeAll(keepingCapacity: true)
        lastKey = now
        return changes.map(level)
    }

    /// Appends the levels that were not touched, but came into the depth or went out of it.
    private func appendMoved(to changes: inout [PriceLadder.Level], _ before: Int64, _ now: Int64) {
        for moved in ladder.levels(above: min(before, now), through: max(before, now))
        where !hasTouched(moved.key) {
            changes.append(now > before ? moved : PriceLadder.Level(key: moved.key))
        }
    }

    /// Whether a key is among the touched ones, which are sorted.
    private func hasTouched(_ key: Int64) -> Bool {
        var low = 0
        var high = touched.count
        while low < high {
            let middle = (low + high) / 2
            if touched[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low < touched.count && touched[low].key == key
    }

    /// The key of the last level within a depth; `Int64.max` if none is beyond it.
    private func endKey(_ depth: Int) -> Int64 {
        ladder.count > depth ? ladder.key(at: depth - 1) : .max
    }

    /// The key of a price, or the price of a key; the mapping is its own inverse.
    private func key(_ ticks: Int64) -> Int64 { side == .buy ? -ticks : ticks }

    private func level(_ level: PriceLadder.Level) -> BookLevel {
        BookLevel(
            price: Price(key(level.key)),
            quantity: Quantity(level.quantity),
            orderCount: level.orderCount
        )
    }
}
