public import Primitives

/// Everything that one flush changed.
public struct MarketUpdate: Sendable {
    /// The last command in it: who looked at the market at this command or later has all of it already.
    public var sequence: UInt64
    /// The venue's time of that command.
    public var time: Timestamp
    /// The books that changed, one delta each, by the number of the instrument.
    public var books: [BookDelta] = []
    /// All trades, oldest first.
    public var trades: [MarketTrade] = []
    /// The tickers that say something new, by the number of the instrument.
    public var tickers: [Ticker] = []
    /// The candles that changed, by the number of the instrument and the length of the interval.
    public var candles: [CandleUpdate] = []
    /// The orders that changed, each once with its last state, in the order of their first change.
    public var orders: [OwnOrder] = []
    /// Both sides of all trades, the maker's first, oldest first.
    public var fills: [OwnFill] = []

    /// Whether nothing changed.
    public var isEmpty: Bool {
        books.isEmpty && trades.isEmpty && tickers.isEmpty && candles.isEmpty && orders.isEmpty
            && fills.isEmpty
    }
}

/// Receives what changes in the market.
public protocol MarketSink: AnyObject, Sendable {
    /// Receives what one flush changed.
    ///
    /// It is called on the follower's thread, once a flush that changed anything, in order; it must not block.
    func receive(_ update: MarketUpdate)
}
