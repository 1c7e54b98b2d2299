public import Primitives

/// What one can subscribe to.
public enum MarketChannel: Hashable, Sendable {
    /// The book of an instrument: a snapshot, then every delta behind it.
    case book(InstrumentID)
    /// The trades of an instrument: the last ones, then every new one.
    case trades(InstrumentID)
    /// The ticker of an instrument, whenever it says something new.
    case ticker(InstrumentID)
    /// The candles of an instrument and interval: the last ones, then every one that changes.
    case candles(InstrumentID, CandleInterval)
    /// The orders and fills of an account: its live orders, then every change.
    case orders(AccountID)
}

/// What subscribers receive.
public enum MarketMessage: Sendable {
    /// A book as it is: what follows are the deltas behind it.
    case bookSnapshot(BookSnapshot)
    /// A change of a book.
    case bookDelta(BookDelta)
    /// The last trades of an instrument, newest first.
    case tradesSnapshot(InstrumentID, [MarketTrade])
    /// New trades of an instrument, oldest first.
    case trades(InstrumentID, [MarketTrade])
    /// A ticker as it is.
    case tickerSnapshot(Ticker)
    /// A ticker that says something new.
    case ticker(Ticker)
    /// The last candles, oldest first, those of intervals without a trade among them.
    case candlesSnapshot(CandleUpdate)
    /// The candles that changed.
    case candles(CandleUpdate)
    /// The live orders of an account.
    case ordersSnapshot(AccountID, [OwnOrder])
    /// An own order that changed.
    case order(OwnOrder)
    /// An own side of a trade.
    case fill(OwnFill)
    /// The subscriber took too slowly what came, and gets nothing more of a channel until it subscribes to it again.
    case resubscribe(MarketChannel)
}

/// Somebody who receives messages, such as a WebSocket connection.
///
/// The messages come from any thread, one at a time, and while locks are held: nothing here may block, or call the
/// channels.
public protocol MarketSubscriber<Frame>: AnyObject, Sendable {
    /// An encoded message, which is made once and shared.
    associatedtype Frame: Sendable

    /// Whether so much waits to be sent that it should not get more.
    var isBehind: Bool { get }

    /// Sends a message.
    func send(_ frame: Frame)
}
