public import Primitives
public import Venue

/// One row of an order flow: an order placed, amended or cancelled at some time.
public struct FlowCommand: Equatable, BitwiseCopyable, Sendable {
    /// What the row does.
    public enum Operation: UInt8, BitwiseCopyable, Sendable, CaseIterable {
        /// Places a limit order.
        case new = 0
        /// Reduces the open quantity of an order.
        case amend = 1
        /// Cancels an order.
        case cancel = 2
    }

    /// When it was sent.
    public var time: Timestamp
    /// The flow's own name for the order; at least 1.
    public var order: UInt64
    /// The quantity of a new order, or the smaller one that an amended order keeps open; otherwise zero.
    public var quantity: Quantity
    /// The price of a new order; otherwise none.
    public var price: Price
    /// What to do.
    public var operation: Operation
    /// The side of a new order; otherwise without meaning.
    public var side: Side
    /// How long a new order may live; otherwise without meaning.
    public var timeInForce: TimeInForce

    /// A new limit order.
    public static func new(
        _ order: UInt64,
        _ side: Side,
        _ timeInForce: TimeInForce,
        quantity: Quantity,
        price: Price,
        at time: Timestamp
    ) -> FlowCommand {
        FlowCommand(
            time: time,
            order: order,
            quantity: quantity,
            price: price,
            operation: .new,
            side: side,
            timeInForce: timeInForce
        )
    }

    /// A smaller open quantity for an order, which keeps its place in the queue.
    public static func amend(
        _ order: UInt64,
        quantity: Quantity,
        at time: Timestamp
    ) -> FlowCommand {
        FlowCommand(
            time: time,
            order: order,
            quantity: quantity,
            price: .none,
            operation: .amend,
            side: .buy,
            timeInForce: .goodTillCancel
        )
    }

    /// The end of an order.
    public static func cancel(_ order: UInt64, at time: Timestamp) -> FlowCommand {
        FlowCommand(
            time: time,
            order: order,
            quantity: .zero,
            price: .none,
            operation: .cancel,
            side: .buy,
            timeInForce: .goodTillCancel
        )
    }
}
