internal import Primitives
internal import Venue

/// The book of one instrument as it is given out.
struct InstrumentBook {
    /// How many prices of each side deltas are about.
    let depth: Int
    private(set) var bids = BookSide(.buy)
    private(set) var asks = BookSide(.sell)
    /// The number of the last delta.
    private(set) var sequence: UInt64 = 0

    init(depth: Int) {
        precondition(depth >= BookChecksum.depth, "deltas cover what the checksum covers")
        self.depth = depth
    }

    /// Whether a level may have changed since the last delta.
    var isTouched: Bool { bids.isTouched || asks.isTouched }

    /// Takes the book as it is for the one that the next delta changes.
    mutating func begin(at sequence: UInt64) {
        bids.begin(depth: depth)
        asks.begin(depth: depth)
        self.sequence = sequence
    }

    /// Puts an order at the end of the queue of its price.
    mutating func append(_ order: LiveOrder, _ table: inout OrderTable) {
        update(order) { level in
            table.append(slot: order.order.slot, shown: order.shown.lots, to: &level)
        }
    }

    /// Takes an order out of the queue of its price.
    mutating func remove(_ order: LiveOrder, _ table: inout OrderTable) {
        update(order) { level in
            table.remove(slot: order.order.slot, shown: order.shown.lots, from: &level)
        }
    }

    /// Changes what an order shows, in place.
    mutating func change(_ order: LiveOrder, to shown: Int64) {
        update(order) { level in level.quantity += shown - order.shown.lots }
    }

    private mutating func update(_ order: LiveOrder, _ change: (inout PriceLadder.Level) -> Void) {
        if order.side == .buy {
            bids.update(order.price, change)
        } else {
            asks.update(order.price, change)
        }
    }

    /// The levels that changed since the last delta, each side from the best on.
    ///
    /// - Parameter sequence: The number of the delta that they make.
    /// - Returns: Nil if none changed.
    mutating func changes(_ sequence: UInt64) -> (bids: [BookLevel], asks: [BookLevel])? {
        let changes = (bids: bids.changes(depth: depth), asks: asks.changes(depth: depth))
        if changes.bids.isEmpty && changes.asks.isEmpty { return nil }
        self.sequence = sequence
        return changes
    }
}
