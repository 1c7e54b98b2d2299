import Primitives

/// The queues of all orders that wait, for a price or for a trigger: price-time priority and nothing else.
///
/// It knows slots, keys and visible quantities, not money. Each instrument has four ladders; all share
/// the pools. A key orders a ladder so that the lowest key comes first: the price itself for asks and
/// buy stops, the mirrored price for bids and sell stops. Everything here follows from the orders and
/// their priorities, so it is rebuilt from a snapshot and is not part of the state hash.
struct OrderBook: ~Copyable {
    /// An order's place in its queue, at its slot.
    struct Node: BitwiseCopyable {
        var previous: UInt32
        var next: UInt32
        /// Visible quantity, in lots.
        var quantity: Int64
        /// The order's name.
        var order: UInt64
        /// The level that holds it; 0 when it is in no queue.
        var level: UInt32
        /// The owner, for self-trade prevention.
        var account: UInt32
    }

    /// The four ladders of an instrument.
    enum LadderKind: UInt32, CaseIterable {
        case bids = 0
        case asks = 1
        case buyStops = 2
        case sellStops = 3

        /// Whether the highest price comes first.
        @inline(__always) var isMirrored: Bool { self == .bids || self == .sellStops }
    }

    var nodes: Pool<Node>
    var index = PriceIndex()

    /// Makes an empty book; `ordersCapacity` orders fit before memory grows.
    init(ordersCapacity: UInt32) {
        nodes = Pool(capacity: ordersCapacity + 1)
        nodes.append(Self.unused)
    }

    private static var unused: Node {
        Node(previous: 0, next: 0, quantity: 0, order: 0, level: 0, account: 0)
    }

    /// Makes room for the ladders of instruments below `count`.
    mutating func extend(toInstruments count: UInt32) {
        index.ladders.extend(to: count * 4, with: .empty)
    }

    /// Makes room for orders in slots below `count`.
    @inline(__always)
    mutating func extend(toSlots count: UInt32) {
        if count > nodes.count { nodes.extend(to: count, with: Self.unused) }
    }

    @inline(__always)
    static func ladder(_ kind: LadderKind, of instrument: UInt32) -> UInt32 {
        instrument &<< 2 | kind.rawValue
    }

    /// The key of a price, or the price of a key, on a ladder; the mapping is its own inverse.
    @inline(__always)
    static func key(_ price: Int64, _ kind: LadderKind) -> Int64 {
        kind.isMirrored ? (1 << 36) &- price : price
    }

    /// Puts an order at the end of the queue of its key.
    @inline(__always)
    mutating func append(
        slot: UInt32,
        order: UInt64,
        account: UInt32,
        quantity: Int64,
        key: Int64,
        ladder: UInt32
    ) {
        let level = index.level(of: key, in: ladder)
        let tail = index.levels[level].tail
        nodes[slot] = Node(
            previous: tail,
            next: 0,
            quantity: quantity,
            order: order,
            level: level,
            account: account
        )
        index.levels[level].tail = slot
        index.levels[level].quantity &+= quantity
        if tail != 0 {
            nodes[tail].next = slot
        } else {
            index.levels[level].head = slot
            index.occupy(level, key: key, in: ladder)
        }
    }

    /// Takes an order out of its queue.
    @inline(__always)
    mutating func remove(slot: UInt32) {
        let node = nodes[slot]
        precondition(node.level != 0, "the order waits in a queue")
        nodes[slot].level = 0
        index.levels[node.level].quantity &-= node.quantity
        if node.previous != 0 {
            nodes[node.previous].next = node.next
        } else {
            index.levels[node.level].head = node.next
        }
        if node.next != 0 {
            nodes[node.next].previous = node.previous
        } else {
            index.levels[node.level].tail = node.previous
        }
        if node.previous == 0 && node.next == 0 { index.vacate(node.level) }
    }

    /// Shrinks the visible quantity of an order, which keeps its place; less than all of it.
    @inline(__always)
    mutating func reduce(slot: UInt32, by quantity: Int64) {
        precondition(quantity < nodes[slot].quantity)
        nodes[slot].quantity &-= quantity
        index.levels[nodes[slot].level].quantity &-= quantity
    }

    /// The best key of a ladder; `Int64.max` when it is empty.
    @inline(__always)
    func bestKey(_ ladder: UInt32) -> Int64 { index.ladders[ladder].bestKey }

    /// The first order at the best key of a ladder that is not empty.
    @inline(__always)
    func head(_ ladder: UInt32) -> UInt32 { index.levels[index.ladders[ladder].best].head }
}
