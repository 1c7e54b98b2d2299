package import Primitives
package import Venue

/// A live order of the reference model.
package final class ReferenceOrder {
    /// Where a live order is.
    enum Place {
        /// It is being matched, or stands in the line of triggered orders.
        case arriving
        /// It rests in the book.
        case book
        /// It waits for its trigger price.
        case waiting
    }

    /// The venue's name for it.
    package let id: OrderID
    /// The command that placed it; price, trigger and quantity may have changed since.
    package let placed: NewOrder
    /// The rate that it pays as the maker, in millionths.
    let makerRate: UInt32
    /// The rate that it pays as the taker, in millionths.
    let takerRate: UInt32

    /// Limit price in ticks, or 0.
    package internal(set) var price: Int64
    /// Trigger price in ticks, or 0.
    package internal(set) var trigger: Int64
    /// What can still trade, in lots, hidden part included.
    package internal(set) var open: Int64
    /// What has traded, in lots.
    package internal(set) var filled: Int64 = 0
    /// What the book shows of it, in lots.
    package internal(set) var visible: Int64 = 0
    /// When it joined the queue it is in: the larger, the later.
    var joined: UInt64 = 0
    /// What is locked for it, in the asset it gives.
    var held: Amount = 0
    /// Where it is.
    var place = Place.arriving
    /// The state that its last event reported.
    package internal(set) var state = OrderState.new

    init(id: OrderID, placed: NewOrder, price: Int64, trigger: Int64, fees: FeeRule) {
        self.id = id
        self.placed = placed
        makerRate = fees.makerRate
        takerRate = fees.takerRate
        self.price = price
        self.trigger = trigger
        open = placed.quantity.lots
    }

    /// Whether it trades at any price: a market order, or a stop without a limit.
    var isPriceless: Bool { price == 0 }

    /// Whether it waits for its trigger.
    package var isWaiting: Bool { place == .waiting }

    /// Whether it ended; then it is no longer among the live orders.
    var hasEnded: Bool { state.isFinal }

    /// What it shows when it comes to rest: its display quantity, or all of it.
    var freshlyVisible: Int64 {
        placed.display.lots == 0 ? open : min(placed.display.lots, open)
    }
}

extension OrderState {
    /// Whether an order in this state has ended.
    package var isFinal: Bool {
        switch self {
        case .filled, .cancelled, .rejected, .expired: true
        case .new, .open, .partial, .pendingTrigger: false
        }
    }
}
