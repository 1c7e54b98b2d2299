import MarketData
import Primitives
import Venue

/// A candle as it must be.
struct ExpectedCandle: Equatable {
    var start: Timestamp
    var open: Price
    var high: Price
    var low: Price
    var close: Price
    var volume: Int128
    var tradeCount: UInt64
    var lastUpdate: Timestamp
}

extension ExpectedCandle {
    init(_ candle: Candle) {
        start = candle.start
        open = candle.open
        high = candle.high
        low = candle.low
        close = candle.close
        volume = candle.volume
        tradeCount = candle.tradeCount
        lastUpdate = candle.lastUpdate
    }
}

/// What candles and tickers must be, computed anew from all trades each time.
struct MarketOracle {
    /// Every trade of one instrument, oldest first.
    var trades: [(trade: Trade, time: Timestamp)]
    /// The venue's time.
    var now: Timestamp

    private static let second: UInt64 = 1_000_000_000

    /// The candles that `MarketData.candles` must give.
    func candles(
        _ interval: CandleInterval,
        limit: Int,
        before end: Timestamp?
    ) -> [ExpectedCandle] {
        let length = interval.nanoseconds
        guard let last = trades.last?.time.nanoseconds else { return [] }
        let lastStart = last / length * length
        // Whole candles are forgotten when one is begun so much later.
        let kept = trades.filter { trade in
            trade.time.nanoseconds / length * length + interval.keptIntervals * length > lastStart
        }
        guard let first = kept.first?.time.nanoseconds else { return [] }
        var starts: [UInt64] = []
        var start = now.nanoseconds / length * length
        while start >= first / length * length, starts.count < limit {
            if start < end?.nanoseconds ?? .max { starts.append(start) }
            if start < length { break }
            start -= length
        }
        return starts.reversed().map { start in candle(kept, start, start + length) }
    }

    private func candle(
        _ kept: [(trade: Trade, time: Timestamp)],
        _ start: UInt64,
        _ end: UInt64
    ) -> ExpectedCandle {
        let inside = kept.filter { trade in start..<end ~= trade.time.nanoseconds }
        let before = kept.last { trade in trade.time.nanoseconds < start }
        let carried = before?.trade.price ?? .none
        let prices = inside.map(\.trade.price)
        return ExpectedCandle(
            start: Timestamp(start),
            open: prices.first ?? carried,
            high: prices.max() ?? carried,
            low: prices.min() ?? carried,
            close: prices.last ?? carried,
            volume: inside.reduce(0) { sum, trade in sum + Int128(trade.trade.quantity.lots) },
            tradeCount: UInt64(inside.count),
            lastUpdate: inside.last?.time ?? before?.time ?? .zero
        )
    }

    /// What differs between a ticker and the trades, if anything does.
    func difference(from ticker: Ticker?) -> String? {
        guard let ticker else { return trades.isEmpty ? nil : "there is no ticker" }
        let present = now.nanoseconds / Self.second
        let inside = trades.filter { trade in
            trade.time.nanoseconds / Self.second + 86_400 > present
        }
        let before = trades.last { trade in
            trade.time.nanoseconds / Self.second + 86_400 <= present
        }
        let prices = inside.map(\.trade.price)
        let volume = inside.reduce(Int128(0)) { sum, trade in
            sum + Int128(trade.trade.quantity.lots)
        }
        let open = before?.trade.price ?? prices.first ?? .none
        if ticker.volume != volume { return "volume \(ticker.volume), not \(volume)" }
        if ticker.tradeCount != UInt64(inside.count) { return "count \(ticker.tradeCount)" }
        if ticker.high != prices.max() ?? .none { return "high \(ticker.high)" }
        if ticker.low != prices.min() ?? .none { return "low \(ticker.low)" }
        if ticker.open != open { return "open \(ticker.open), not \(open)" }
        if ticker.lastTrade?.trade != trades.last?.trade.trade { return "another last trade" }
        if ticker.lastTrade?.time != trades.last?.time { return "another time of the last trade" }
        if ticker.change != (trades.last?.trade.price.ticks ?? 0) - open.ticks {
            return "change \(ticker.change)"
        }
        return nil
    }
}

/// Trades whose times lie where mistakes are likely.
struct TradePace {
    private static let second: UInt64 = 1_000_000_000
    private static let day = 86_400 * second

    /// How long after a time the next trade is: at once, on a border, just before or behind one, after a pause.
    static func pause(after time: UInt64, _ random: (Int) -> Int) -> UInt64 {
        let intervals = CandleInterval.allCases
        let length = intervals[random(intervals.count)].nanoseconds
        let border = (time / length + 1) * length - time
        switch random(12) {
        case 0, 1: return 0
        case 2: return 1
        case 3, 4: return border
        case 5: return border - 1
        case 6: return border + 1
        case 7: return UInt64(random(1_000_000_000))
        case 8: return UInt64(random(600)) * second
        case 9: return day - (random(2) == 0 ? time % second : 0)
        case 10: return random(4) == 0 ? day * UInt64(random(30)) : 1_000
        default: return UInt64(random(20_000)) * second
        }
    }
}
