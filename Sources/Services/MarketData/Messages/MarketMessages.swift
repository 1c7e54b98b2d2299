public import Primitives
public import Venue

/// A trade as everybody sees it.
public struct MarketTrade: Equatable, BitwiseCopyable, Sendable {
    /// Its number.
    public var trade: TradeID
    /// What was traded.
    public var instrument: InstrumentID
    /// The side that arrived and took.
    public var takerSide: Side
    /// The price.
    public var price: Price
    /// How much.
    public var quantity: Quantity
    /// The command that made it.
    public var sequence: UInt64
    /// The venue's time of that command.
    public var time: Timestamp
}

/// Where a market stands: the last trade, the best prices, and the last 24 hours.
///
/// The 24 hours are the 86,400 seconds of the venue's time that end with the current second, whole seconds since
/// its epoch; sums over them are exact.
public struct Ticker: Equatable, Sendable {
    /// What is traded.
    public var instrument: InstrumentID
    /// The last command in it.
    public var sequence: UInt64
    /// The venue's time of that command.
    public var time: Timestamp
    /// The phase of trading.
    public var phase: Phase
    /// The last trade; none before the first.
    public var lastTrade: MarketTrade?
    /// The best bid; none where there is none.
    public var bestBid: BookLevel?
    /// The best ask; none where there is none.
    public var bestAsk: BookLevel?
    /// What traded in the 24 hours, in lots.
    public var volume: Int128
    /// How many trades there were in the 24 hours.
    public var tradeCount: UInt64
    /// The price against which the change counts: the last one before the 24 hours, or else the first one in them;
    /// `.none` before the first trade.
    public var open: Price
    /// The highest price of the 24 hours; `.none` if nothing traded in them.
    public var high: Price
    /// The lowest price of the 24 hours; `.none` if nothing traded in them.
    public var low: Price

    /// How much the last price is above `open`, in ticks.
    public var change: Int64 { (lastTrade?.price.ticks ?? open.ticks) - open.ticks }

    /// Whether everything is the same but when it was looked at.
    func says(theSameAs other: Ticker) -> Bool {
        var moved = other
        moved.sequence = sequence
        moved.time = time
        return moved == self
    }
}

/// How long the intervals of a row of candles are.
public enum CandleInterval: UInt8, CaseIterable, BitwiseCopyable, Sendable {
    /// One second.
    case second = 0
    /// Five seconds.
    case fiveSeconds = 1
    /// Fifteen seconds.
    case fifteenSeconds = 2
    /// One minute.
    case minute = 3
    /// Five minutes.
    case fiveMinutes = 4
    /// Fifteen minutes.
    case fifteenMinutes = 5
    /// One hour.
    case hour = 6
    /// Four hours.
    case fourHours = 7
    /// One day.
    case day = 8

    /// What the interfaces call it: `1s`, `5s`, `15s`, `1m`, `5m`, `15m`, `1h`, `4h`, `1d`.
    public var name: String {
        switch self {
        case .second: "1s"
        case .fiveSeconds: "5s"
        case .fifteenSeconds: "15s"
        case .minute: "1m"
        case .fiveMinutes: "5m"
        case .fifteenMinutes: "15m"
        case .hour: "1h"
        case .fourHours: "4h"
        case .day: "1d"
        }
    }

    /// The interval of a name; nil if there is none of that name.
    public init?(name: String) {
        guard let interval = Self.allCases.first(where: { interval in interval.name == name })
        else { return nil }
        self = interval
    }

    /// How long it is.
    public var seconds: UInt64 {
        switch self {
        case .second: 1
        case .fiveSeconds: 5
        case .fifteenSeconds: 15
        case .minute: 60
        case .fiveMinutes: 300
        case .fifteenMinutes: 900
        case .hour: 3_600
        case .fourHours: 14_400
        case .day: 86_400
        }
    }

    /// How long it is, in nanoseconds.
    public var nanoseconds: UInt64 { seconds * 1_000_000_000 }

    /// When the interval that holds a time begins: intervals are counted from the epoch of the venue's time.
    public func start(of time: Timestamp) -> Timestamp {
        Timestamp(time.nanoseconds - time.nanoseconds % nanoseconds)
    }
}

/// What traded in one interval.
public struct Candle: Equatable, BitwiseCopyable, Sendable {
    /// When the interval begins; a trade at that time is in it, one at its end is not.
    public var start: Timestamp
    /// The first price; in an interval without a trade, as the three others, the last price before it.
    public var open: Price
    /// The highest price.
    public var high: Price
    /// The lowest price.
    public var low: Price
    /// The last price.
    public var close: Price
    /// What traded, in lots.
    public var volume: Int128
    /// How many trades there were.
    public var tradeCount: UInt64
    /// The time of the last trade in it or, in an interval without a trade, before it.
    public var lastUpdate: Timestamp
}

/// The candles of one instrument and interval that a flush changed, oldest first.
///
/// Intervals without a trade are not among them: between two candles the price stays where it was.
public struct CandleUpdate: Equatable, Sendable {
    /// What is traded.
    public var instrument: InstrumentID
    /// How long their intervals are.
    public var interval: CandleInterval
    /// The candles as they are now.
    public var candles: [Candle]
}
