public import Primitives
public import Venue

/// An order as it is now, or as it ended.
public struct LedgerOrder: Equatable, BitwiseCopyable, Sendable {
    /// The owner.
    public var account: AccountID
    /// The venue's name for it.
    public var order: OrderID
    /// The client's name for it, or 0.
    public var clientID: UInt64
    /// What it trades.
    public var instrument: InstrumentID
    /// Its side.
    public var side: Side
    /// Its type.
    public var type: OrderType
    /// How long it may live.
    public var timeInForce: TimeInForce
    /// The state it is in.
    public var state: OrderState
    /// Why it came into that state.
    public var reason: ChangeReason
    /// Its limit price, or `.none`.
    public var price: Price
    /// The trigger price of a stop that waits or waited, or `.none`.
    public var trigger: Price
    /// How much it was placed or last amended for, in lots.
    public var quantity: Quantity
    /// What can still trade; what was left over if it ended.
    public var open: Quantity
    /// What has traded.
    public var filled: Quantity
    /// The command that placed it.
    public var placedSequence: UInt64
    /// When it was placed.
    public var placedTime: Timestamp
    /// The command that changed it last.
    public var changedSequence: UInt64
    /// When it changed last.
    public var changedTime: Timestamp

    /// Makes an order from what the venue says when it accepts it; its state is `new`.
    public init(_ placed: OrderPlaced, sequence: UInt64, time: Timestamp) {
        account = placed.account
        order = placed.order
        clientID = placed.clientID
        instrument = placed.instrument
        side = placed.side
        type = placed.type
        timeInForce = placed.timeInForce
        state = .new
        reason = .matching
        price = placed.price
        trigger = .none
        quantity = placed.quantity
        open = placed.quantity
        filled = .zero
        placedSequence = sequence
        placedTime = time
        changedSequence = sequence
        changedTime = time
    }

    /// Takes in what became of it.
    public mutating func apply(_ change: LedgerOrderChange) {
        state = change.state
        reason = change.reason
        if let limit = change.price { price = limit }
        if let waiting = change.trigger { trigger = waiting }
        if let amended = change.quantity { quantity = amended }
        open = change.open
        filled = change.filled
        changedSequence = change.sequence
        changedTime = change.time
    }
}

/// What became of an order that the store knows already.
public struct LedgerOrderChange: Equatable, BitwiseCopyable, Sendable {
    /// The owner.
    public var account: AccountID
    /// The order.
    public var order: OrderID
    /// The state it is in now.
    public var state: OrderState
    /// Why.
    public var reason: ChangeReason
    /// Its limit price, if that is known; none while it waits for its trigger.
    public var price: Price?
    /// Its trigger price, if it waits for it.
    public var trigger: Price?
    /// Its new quantity, if it was amended.
    public var quantity: Quantity?
    /// What can still trade; what was left over if it ended.
    public var open: Quantity
    /// What has traded.
    public var filled: Quantity
    /// The command that changed it.
    public var sequence: UInt64
    /// When.
    public var time: Timestamp

    /// Makes a change from what the venue says.
    public init(_ changed: OrderChanged, sequence: UInt64, time: Timestamp) {
        account = changed.account
        order = changed.order
        state = changed.state
        reason = changed.reason
        price = changed.state == .pendingTrigger ? nil : changed.price
        trigger = changed.state == .pendingTrigger ? changed.price : nil
        quantity =
            changed.reason == .amended
            ? Quantity(changed.open.lots + changed.filled.lots) : nil
        open = changed.open
        filled = changed.filled
        self.sequence = sequence
        self.time = time
    }

    /// Takes in a later change of the same order.
    public mutating func merge(_ later: LedgerOrderChange) {
        state = later.state
        reason = later.reason
        price = later.price ?? price
        trigger = later.trigger ?? trigger
        quantity = later.quantity ?? quantity
        open = later.open
        filled = later.filled
        sequence = later.sequence
        time = later.time
    }
}
