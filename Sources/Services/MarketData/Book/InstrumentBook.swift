internal import Primitives
internal import Venue

/// The book of one instrument as it is given out.
struct InstrumentBook {
    /// A level that was touched since the last delta, as it was then.
    struct Touched {
        var side: Side
        var key: Int64
        var quantity: Int64
        var orderCount: UInt32
        /// Which touch it was: the first one of a level says how it was before.
        var ordinal: Int
    }

    private(set) var bids = PriceLadder()
    private(set) var asks = PriceLadder()
    /// The number of the last delta.
    private(set) var sequence: UInt64 = 0
    private var touched: [Touched] = []

    /// Whether a level may have changed since the last delta.
    var isTouched: Bool { !touched.isEmpty }

    /// Takes the book as it is for the one that the next delta changes.
    mutating func begin(at sequence: UInt64) {
        touched.removeAll(keepingCapacity: true)
        self.sequence = sequence
    }

    /// The key of a price on a side, or the price of a key; the mapping is its own inverse.
    static func key(_ ticks: Int64, _ side: Side) -> Int64 { side == .buy ? -ticks : ticks }

    /// Puts an order at the end of the queue of its price.
    mutating func append(_ order: LiveOrder, _ table: inout OrderTable) {
        update(order.price, order.side) { level in
            table.append(slot: order.order.slot, shown: order.shown.lots, to: &level)
        }
    }

    /// Takes an order out of the queue of its price.
    mutating func remove(_ order: LiveOrder, _ table: inout OrderTable) {
        update(order.price, order.side) { level in
            table.remove(slot: order.order.slot, shown: order.shown.lots, from: &level)
        }
    }

    /// Changes what an order shows, in place.
    mutating func change(_ order: LiveOrder, to shown: Int64) {
        update(order.price, order.side) { level in level.quantity += shown - order.shown.lots }
    }

    private mutating func update(
        _ price: Price,
        _ side: Side,
        _ change: (inout PriceLadder.Level) -> Void
    ) {
        let key = Self.key(price.ticks, side)
        var before = Touched(
            side: side,
            key: key,
            quantity: 0,
            orderCount: 0,
            ordinal: touched.count
        )
        let body = { (level: inout PriceLadder.Level) in
            before.quantity = level.quantity
            before.orderCount = level.orderCount
            change(&level)
        }
        if side == .buy { bids.update(key, body) } else { asks.update(key, body) }
        touched.append(before)
    }

    /// The levels that changed since the last delta, bids and asks, each from the best on.
    ///
    /// - Parameter sequence: The number of the delta that they make.
    /// - Returns: Nil if none changed.
    mutating func changes(_ sequence: UInt64) -> (bids: [BookLevel], asks: [BookLevel])? {
        guard isTouched else { return nil }
        touched.sort { left, right in
            if left.side != right.side { return left.side.rawValue < right.side.rawValue }
            if left.key != right.key { return left.key < right.key }
            return left.ordinal < right.ordinal
        }
        var changes = (bids: [BookLevel](), asks: [BookLevel]())
        for (index, first) in touched.enumerated() {
            let isLater =
                index > 0 && touched[index - 1].key == first.key
                && touched[index - 1].side == first.side
            if isLater { continue }
            let ladder = first.side == .buy ? bids : asks
            let level = ladder.level(at: first.key) ?? PriceLadder.Level(key: first.key)
            guard level.quantity != first.quantity || level.orderCount != first.orderCount
            else { continue }
            if first.side == .buy {
                changes.bids.append(Self.level(level, .buy))
            } else {
                changes.asks.append(Self.level(level, .sell))
            }
        }
        touched.removeAll(keepingCapacity: true)
        if changes.bids.isEmpty && changes.asks.isEmpty { return nil }
        self.sequence = sequence
        return changes
    }

    /// The best levels of a side.
    func levels(_ side: Side, depth: Int) -> [BookLevel] {
        (side == .buy ? bids : asks).levels(depth).map { level in Self.level(level, side) }
    }

    /// The best level of a side, if there is one.
    func best(_ side: Side) -> BookLevel? {
        (side == .buy ? bids : asks).best.map { level in Self.level(level, side) }
    }

    /// The orders at the best levels of a side, in the order in which they trade.
    func orders(_ side: Side, depth: Int, _ table: borrowing OrderTable) -> [BookOrder] {
        var orders: [BookOrder] = []
        for level in (side == .buy ? bids : asks).levels(depth) {
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

    private static func level(_ level: PriceLadder.Level, _ side: Side) -> BookLevel {
        BookLevel(
            price: Price(key(level.key, side)),
            quantity: Quantity(level.quantity),
            orderCount: level.orderCount
        )
    }
}
