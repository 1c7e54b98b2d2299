import Primitives

/// A live order: 112 bytes without padding, hashed and written to snapshots as they are.
struct Order: BitwiseCopyable {
    /// The venue's name; 0 marks a free slot.
    var id: UInt64 = 0
    /// The client's name, or 0.
    var clientID: UInt64 = 0
    /// Limit price in ticks, or 0.
    ///
    /// In a free slot, the next free slot.
    var price: Int64 = 0
    /// What can still trade, hidden part included, in lots.
    var open: Int64 = 0
    /// What has traded, in lots.
    var filled: Int64 = 0
    /// An iceberg's display in lots, or a trailing stop's distance in ticks, else 0; no order is both.
    var displayOrTrail: Int64 = 0
    /// What an iceberg in the book shows now, in lots.
    var visible: Int64 = 0
    /// Trigger price in ticks while it waits for it, or 0.
    ///
    ///
    var trigger: Int64 = 0
    /// When a good-till-time order ends, in nanoseconds, or 0.
    var expiresAt: UInt64 = 0
    /// Grows each time an order joins a queue: the lower comes first.
    var priority: UInt64 = 0
    var account: UInt32 = 0
    /// Number of the instrument's record: its identifier plus one.
    var instrument: UInt32 = 0
    /// Fee rates in force when it was accepted, in millionths.
    var makerRate: UInt32 = 0
    var takerRate: UInt32 = 0
    var side = Side.buy
    var type = OrderType.limit
    var timeInForce = TimeInForce.goodTillCancel
    var postOnly = PostOnly.off
    var selfTradePrevention = SelfTradePrevention.none
    var state = OrderState.new
    var reserved: UInt16 = 0

    @inline(__always) var isTrailing: Bool { type == .trailingStop }
    @inline(__always) var display: Int64 { isTrailing ? 0 : displayOrTrail }
    @inline(__always) var isIceberg: Bool { displayOrTrail != 0 && !isTrailing }
    @inline(__always) var holdRate: UInt32 { Swift.max(makerRate, takerRate) }

    /// Whether it waits for a trigger price.
    @inline(__always) var isPending: Bool { state == .pendingTrigger }

    /// What its queue counts of it: what the book shows, or all of a stop that waits.
    @inline(__always) var shown: Int64 { isIceberg && !isPending ? visible : open }

    /// The ladder on which it waits.
    @inline(__always) var ladderKind: OrderBook.LadderKind {
        if isPending { return side == .buy ? .buyStops : .sellStops }
        return side == .buy ? .bids : .asks
    }

    /// The price by which it waits: its trigger, or its limit.
    @inline(__always) var queuePrice: Int64 { isPending ? trigger : price }
}
