public import Primitives

/// What a message asks of a bare book.
public struct BookMessage: BitwiseCopyable, Sendable {
    /// The kinds of message.
    public enum Kind: UInt8, BitwiseCopyable, Sendable {
        /// A new limit order that may rest.
        case add = 0
        /// A new limit order whose rest is cancelled.
        case immediate = 1
        /// The end of a resting order.
        case cancel = 2
        /// A smaller quantity for a resting order, which keeps its place.
        case reduce = 3
    }

    /// What to do.
    public var kind: Kind
    /// The side of a new order.
    public var side: Side
    /// The resting order to cancel or reduce, as `BareBook` named it.
    public var order: OrderID
    /// Limit price of a new order, 1 … `Limits.priceMax`.
    public var price: Price
    /// Quantity of a new order, or what a reduced order has left; above 0.
    public var quantity: Quantity

    /// Makes a message.
    public init(kind: Kind, side: Side, order: OrderID, price: Price, quantity: Quantity) {
        self.kind = kind
        self.side = side
        self.order = order
        self.price = price
        self.quantity = quantity
    }
}

/// What a bare book says about a message.
public struct BookReport: BitwiseCopyable, Sendable {
    /// The kinds of report.
    public enum Kind: UInt8, BitwiseCopyable, Sendable {
        /// A new order was accepted.
        case accepted = 0
        /// Two orders traded: `order` took from `maker`.
        case traded = 1
        /// An order or the rest of it ended.
        case cancelled = 2
        /// An order was reduced.
        case reduced = 3
        /// No such order rests.
        case refused = 4
    }

    /// What happened.
    public var kind: Kind
    /// The side of `order`.
    public var side: Side
    /// The order that the message made or named.
    public var order: OrderID
    /// The order that rested, in a trade.
    public var maker: OrderID
    /// The order's price, or the trade's.
    public var price: Price
    /// The quantity accepted, traded, cancelled or left.
    public var quantity: Quantity
}

/// The venue's order book alone: matching without accounts, money or rules.
///
/// It measures what matching costs, against books that do no more. It trusts its messages' prices and
/// quantities, and reports into a ring that keeps the newest `ringSize` reports.
public struct BareBook: ~Copyable {
    /// How many reports the ring keeps.
    public static var ringSize: UInt32 { 1024 }

    private var book: OrderBook
    private var reports: Pool<BookReport>
    private var freeSlot: UInt32 = 0
    private var orderCount: UInt64 = 0
    /// How many reports there were.
    public private(set) var reportCount: UInt64 = 0
    /// How many trades there were.
    public private(set) var tradeCount: UInt64 = 0

    /// Makes an empty book; `ordersCapacity` orders fit before memory grows.
    public init(ordersCapacity: UInt32) {
        book = OrderBook(ordersCapacity: ordersCapacity)
        book.extend(toInstruments: 1)
        reports = Pool(capacity: Self.ringSize)
        reports.extend(
            to: Self.ringSize,
            with: BookReport(
                kind: .refused,
                side: .buy,
                order: .none,
                maker: .none,
                price: .none,
                quantity: .zero
            )
        )
    }

    /// The report number `index`, counted from 0; one of the newest `ringSize`.
    public func report(_ index: UInt64) -> BookReport {
        precondition(index < reportCount)
        precondition(index + UInt64(Self.ringSize) >= reportCount)
        return reports[UInt32(truncatingIfNeeded: index) & (Self.ringSize - 1)]
    }

    /// Works off messages in order.
    public mutating func run(_ messages: borrowing Pool<BookMessage>) {
        for index in 0..<messages.count { apply(messages[index]) }
    }

    /// Works off one message.
    @inline(__always)
    public mutating func apply(_ message: BookMessage) {
        switch message.kind {
        case .add, .immediate: add(message)
        case .cancel: cancel(message)
        case .reduce: reduce(message)
        }
    }

    @inline(__always)
    private mutating func add(_ message: BookMessage) {
        let slot = takeSlot()
        let id = OrderID(counter: orderCount, slot: slot)
        note(.accepted, message.side, id, .none, message.price.ticks, message.quantity.lots)
        let opposite: OrderBook.LadderKind = message.side == .buy ? .asks : .bids
        let limit = OrderBook.key(message.price.ticks, opposite)
        var open = message.quantity.lots
        while open > 0 {
            let key = book.bestKey(opposite.rawValue)
            if key > limit { break }
            let maker = book.head(opposite.rawValue)
            let quantity = Swift.min(open, book.nodes[maker].quantity)
            open &-= quantity
            note(
                .traded,
                message.side,
                id,
                OrderID(book.nodes[maker].order),
                OrderBook.key(key, opposite),
                quantity
            )
            tradeCount &+= 1
            if quantity < book.nodes[maker].quantity {
                book.reduce(slot: maker, by: quantity)
            } else {
                book.remove(slot: maker)
                free(maker)
            }
        }
        if open > 0 && message.kind == .add {
            let own: OrderBook.LadderKind = message.side == .buy ? .bids : .asks
            book.append(
                slot: slot,
                order: id.rawValue,
                account: 0,
                quantity: open,
                key: OrderBook.key(message.price.ticks, own),
                ladder: own.rawValue
            )
            return
        }
        if open > 0 { note(.cancelled, message.side, id, .none, message.price.ticks, open) }
        free(slot)
    }

    @inline(__always)
    private mutating func cancel(_ message: BookMessage) {
        let slot = find(message.order)
        if slot == 0 { return note(.refused, message.side, message.order, .none, 0, 0) }
        note(
            .cancelled,
            message.side,
            message.order,
            .none,
            message.price.ticks,
            book.nodes[slot].quantity
        )
        book.remove(slot: slot)
        free(slot)
    }

    @inline(__always)
    private mutating func reduce(_ message: BookMessage) {
        let slot = find(message.order)
        if slot == 0 || message.quantity.lots >= book.nodes[slot].quantity {
            return note(.refused, message.side, message.order, .none, 0, 0)
        }
        book.reduce(slot: slot, by: book.nodes[slot].quantity &- message.quantity.lots)
        note(
            .reduced,
            message.side,
            message.order,
            .none,
            message.price.ticks,
            message.quantity.lots
        )
    }

    /// The slot of a resting order; 0 when it does not rest.
    @inline(__always)
    private func find(_ order: OrderID) -> UInt32 {
        let slot = order.slot
        guard slot < book.nodes.count, book.nodes[slot].order == order.rawValue else { return 0 }
        return slot
    }

    @inline(__always)
    private mutating func takeSlot() -> UInt32 {
        orderCount &+= 1
        let slot = freeSlot
        if slot != 0 {
            freeSlot = book.nodes[slot].next
            return slot
        }
        let next = book.nodes.count
        book.extend(toSlots: next &+ 1)
        return next
    }

    @inline(__always)
    private mutating func free(_ slot: UInt32) {
        book.nodes[slot].order = 0
        book.nodes[slot].next = freeSlot
        freeSlot = slot
    }

    @inline(__always)
    private mutating func note(
        _ kind: BookReport.Kind,
        _ side: Side,
        _ order: OrderID,
        _ maker: OrderID,
        _ price: Int64,
        _ quantity: Int64
    ) {
        reports[UInt32(truncatingIfNeeded: reportCount) & (Self.ringSize &- 1)] = BookReport(
            kind: kind,
            side: side,
            order: order,
            maker: maker,
            price: Price(price),
            quantity: Quantity(quantity)
        )
        reportCount &+= 1
    }
}
