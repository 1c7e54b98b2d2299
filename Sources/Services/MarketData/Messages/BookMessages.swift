public import Primitives

/// One price of a book and what is shown there.
public struct BookLevel: Equatable, Sendable {
    /// The price.
    public var price: Price
    /// The sum of what its orders show, in lots.
    public var quantity: Quantity
    /// How many orders wait there.
    public var orderCount: UInt32

    package init(price: Price, quantity: Quantity, orderCount: UInt32) {
        self.price = price
        self.quantity = quantity
        self.orderCount = orderCount
    }
}

/// One order of a book, without its owner: of an iceberg only what it shows.
public struct BookOrder: Equatable, Sendable {
    /// The venue's name for it.
    public var order: OrderID
    /// The price.
    public var price: Price
    /// What it shows, in lots.
    public var quantity: Quantity
}

/// A book by its prices, best first, as it stood behind a delta.
public struct BookSnapshot: Equatable, Sendable {
    /// What is traded.
    public var instrument: InstrumentID
    /// The number of the last delta in it: the next one's `previous`.
    public var sequence: UInt64
    /// The venue's time when it was looked at.
    public var time: Timestamp
    /// What is bid for, highest price first.
    public var bids: [BookLevel]
    /// What is offered, lowest price first.
    public var asks: [BookLevel]
    /// The checksum of the ten best prices of each side, see `BookChecksum`.
    public var checksum: UInt32
}

/// A book by its orders: best price first, and within a price in the order in which they trade.
public struct BookOrdersSnapshot: Equatable, Sendable {
    /// What is traded.
    public var instrument: InstrumentID
    /// The number of the last delta in it.
    public var sequence: UInt64
    /// The venue's time when it was looked at.
    public var time: Timestamp
    /// The orders that bid.
    public var bids: [BookOrder]
    /// The orders that offer.
    public var asks: [BookOrder]
}

/// What one flush changed in a book, among the best prices of each side up to a depth.
///
/// A price that comes into that depth is among the changes, and one that goes out of it too, with quantity 0.
public struct BookDelta: Equatable, Sendable {
    /// What is traded.
    public var instrument: InstrumentID
    /// Its number: that of the last command in it, so it grows from delta to delta.
    public var sequence: UInt64
    /// The number of the delta before: whoever has another one has missed something.
    public var previous: UInt64
    /// The venue's time of the last command.
    public var time: Timestamp
    /// The bids that changed, highest price first, with what is there now; quantity 0 for none.
    public var bids: [BookLevel]
    /// The asks that changed, lowest price first, with what is there now; quantity 0 for none.
    public var asks: [BookLevel]
    /// The checksum of the ten best prices of each side afterwards, see `BookChecksum`.
    public var checksum: UInt32
}
