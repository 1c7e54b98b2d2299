public import Primitives

/// A live order as those see it who follow the venue: a copy of its record.
public struct LiveOrder: Equatable, BitwiseCopyable, Sendable {
    /// The venue's name for it.
    public var order: OrderID
    /// The client's name for it, or 0.
    public var clientID: UInt64
    /// The owner.
    public var account: AccountID
    /// What it trades.
    public var instrument: InstrumentID
    /// Its side.
    public var side: Side
    /// Its type.
    public var type: OrderType
    /// How long it may live.
    public var timeInForce: TimeInForce
    /// The state in which it waits: `open`, `partial` or `pendingTrigger`.
    public var state: OrderState
    /// Its limit price, or `.none`.
    public var price: Price
    /// The price that triggers it while it waits for that, else `.none`.
    public var trigger: Price
    /// What can still trade, hidden part included.
    public var open: Quantity
    /// What has traded.
    public var filled: Quantity
    /// How much of an iceberg is shown at a time; `.zero` for any other order.
    public var display: Quantity
    /// What the book shows of it; all of a stop that waits, which the book does not show.
    public var shown: Quantity
    /// When a good-till-time order ends, else `.zero`.
    public var expiresAt: Timestamp
    /// Grows each time an order joins a queue: within a price the lower comes first.
    public var priority: UInt64

    /// Whether it waits in the book, and not for a trigger price.
    @inlinable public var isInBook: Bool { state != .pendingTrigger }
}

extension Venue {
    /// One more than the highest slot that ever held an order; slots begin with 1.
    public var orderSlots: UInt32 { orders.count }

    /// The order in a slot, between commands; nil if the slot is free.
    public func liveOrder(inSlot slot: UInt32) -> LiveOrder? {
        guard slot < orders.count, orders[slot].id != 0 else { return nil }
        let order = orders[slot]
        return LiveOrder(
            order: OrderID(order.id),
            clientID: order.clientID,
            account: AccountID(order.account),
            instrument: InstrumentID(order.instrument &- 1),
            side: order.side,
            type: order.type,
            timeInForce: order.timeInForce,
            state: order.state,
            price: Price(order.price),
            trigger: Price(order.trigger),
            open: Quantity(order.open),
            filled: Quantity(order.filled),
            display: Quantity(order.display),
            shown: Quantity(order.shown),
            expiresAt: Timestamp(order.expiresAt),
            priority: order.priority
        )
    }
}
