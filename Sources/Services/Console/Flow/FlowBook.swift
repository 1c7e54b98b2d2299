import Primitives
import Venue

/// The orders that a generated flow has in the book, so that it knows which are left to cancel.
///
/// A fixed window of ticks; each has the line of its orders. The sides never meet: the lowest tick is for
/// bids only and the highest for asks only.
struct FlowBook: ~Copyable {
    /// How many ticks there are.
    static let tickCount = 1 << 14
    /// The price of tick 0.
    private static let lowestPrice: Int64 = 50_000

    // Neither is private: Swift 6.3 then fails to build them without optimisation, as elements of a pool
    // that is defined in another module.

    struct Node: BitwiseCopyable {
        var order: UInt64 = 0
        var quantity: UInt64 = 0
        /// Neighbours in the line of the tick; 0 for none.
        var next: UInt32 = 0
        var previous: UInt32 = 0
        /// The place in `live`.
        var place: UInt32 = 0
        var tick: Int32 = 0
    }

    struct Level: BitwiseCopyable {
        var head: UInt32 = 0
        var tail: UInt32 = 0
    }

    private var nodes = Pool<Node>(capacity: 8_192)
    private var levels = Pool<Level>(capacity: UInt32(FlowBook.tickCount))
    /// The slots of all orders, the newest at the end except where a removal moved one.
    private var live = Pool<UInt32>(capacity: 8_192)
    private var freeSlot: UInt32 = 0
    private(set) var count: UInt32 = 0
    /// The best bid, -1 for none, and the best ask, `tickCount` for none.
    private var bid = -1
    private var ask = FlowBook.tickCount

    init() {
        nodes.append(Node())
        levels.extend(to: UInt32(Self.tickCount), with: Level())
    }

    func price(_ tick: Int) -> Price { Price(Self.lowestPrice + Int64(tick)) }

    func order(_ slot: UInt32) -> UInt64 { nodes[slot].order }

    func quantity(_ slot: UInt32) -> UInt64 { nodes[slot].quantity }

    /// The order that came `age` orders ago, about; below `count`.
    func slot(age: UInt32) -> UInt32 { live[count - 1 - age] }

    /// The best tick of a side, if it has orders.
    func best(_ side: Side) -> Int? {
        switch side {
        case .buy: bid >= 0 ? bid : nil
        case .sell: ask < Self.tickCount ? ask : nil
        }
    }

    /// The quantity of the first order at the best tick of a side that has orders.
    func headQuantity(_ side: Side) -> UInt64 {
        nodes[levels[UInt32(side == .buy ? bid : ask)].head].quantity
    }

    /// A tick for a bid, some ticks below the best one; never at the best ask.
    func bidTick(distance: Int) -> Int {
        let best = bid >= 0 ? bid : min(ask, Self.tickCount / 2) - 1
        return max(0, min(best - distance, ask - 1, Self.tickCount - 2))
    }

    /// A tick for an ask, some ticks above the best one; never at the best bid.
    func askTick(distance: Int) -> Int {
        let best = ask < Self.tickCount ? ask : max(bid, Self.tickCount / 2) + 1
        return min(Self.tickCount - 1, max(best + distance, bid + 1, 1))
    }

    mutating func add(order: UInt64, quantity: UInt64, tick: Int, side: Side) {
        var slot = freeSlot
        if slot == 0 {
            slot = nodes.append(Node())
        } else {
            freeSlot = nodes[slot].next
        }
        let tail = levels[UInt32(tick)].tail
        nodes[slot] = Node(
            order: order,
            quantity: quantity,
            previous: tail,
            place: count,
            tick: Int32(tick)
        )
        if tail == 0 { levels[UInt32(tick)].head = slot } else { nodes[tail].next = slot }
        levels[UInt32(tick)].tail = slot
        if count == live.count { live.append(slot) } else { live[count] = slot }
        count += 1
        if side == .buy { bid = max(bid, tick) } else { ask = min(ask, tick) }
    }

    mutating func reduce(_ slot: UInt32, to quantity: UInt64) { nodes[slot].quantity = quantity }

    /// Takes a quantity from the orders at the best tick of a side; what is not there is not taken.
    mutating func take(_ quantity: UInt64, from side: Side, tick: Int) {
        var left = quantity
        while left > 0 {
            let head = levels[UInt32(tick)].head
            if head == 0 { break }
            let taken = min(left, nodes[head].quantity)
            left -= taken
            nodes[head].quantity -= taken
            if nodes[head].quantity == 0 { remove(head) }
        }
    }

    mutating func remove(_ slot: UInt32) {
        let node = nodes[slot]
        let tick = Int(node.tick)
        if node.previous == 0 {
            levels[UInt32(tick)].head = node.next
        } else {
            nodes[node.previous].next = node.next
        }
        if node.next == 0 {
            levels[UInt32(tick)].tail = node.previous
        } else {
            nodes[node.next].previous = node.previous
        }
        count -= 1
        let last = live[count]
        live[node.place] = last
        nodes[last].place = node.place
        nodes[slot].next = freeSlot
        freeSlot = slot
        // Orders gather near the best tick, so the next one is not far.
        while bid >= 0, levels[UInt32(bid)].head == 0 { bid -= 1 }
        while ask < Self.tickCount, levels[UInt32(ask)].head == 0 { ask += 1 }
    }
}
