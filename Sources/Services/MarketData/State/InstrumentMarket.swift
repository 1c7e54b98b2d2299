internal import Primitives
internal import Venue

/// How much of a market is kept in memory, and how much of it is given out.
struct MarketBounds: Sendable {
    /// How many trades of an instrument are kept.
    var trades: Int
    /// How many prices of each side of a book deltas are about.
    var bookDepth: Int
}

/// Everything that is known of the market of one instrument.
struct InstrumentMarket {
    let instrument: InstrumentID
    /// Whether the rulebook has the instrument.
    var isDefined = false
    var phase = Phase.closed
    var book: InstrumentBook
    private(set) var trades: TradeHistory
    /// How many trades there were.
    private(set) var tradeCount: UInt64 = 0
    /// The row of every interval, in the order of the intervals.
    private(set) var series = CandleInterval.allCases.map { interval in CandleSeries(interval) }
    private(set) var window = TickerWindow()
    /// The ticker as it was given out last.
    private(set) var ticker: Ticker
    /// Of every interval, the number of the first candle that changed since the last update.
    private var changedFrom: [Int?] = CandleInterval.allCases.map { _ in nil }
    /// Whether the ticker may have changed.
    var isTickerStale = false
    /// Whether anything may have changed since the last update.
    var isStale = false

    init(_ instrument: InstrumentID, _ bounds: MarketBounds) {
        self.instrument = instrument
        book = InstrumentBook(depth: bounds.bookDepth)
        trades = TradeHistory(capacity: bounds.trades)
        ticker = Ticker(
            instrument: instrument,
            sequence: 0,
            time: .zero,
            phase: .closed,
            volume: 0,
            tradeCount: 0,
            open: .none,
            high: .none,
            low: .none
        )
    }

    /// Makes the market that was stored.
    ///
    /// - Parameters:
    ///   - instrument: What is traded.
    ///   - tradeCount: How many trades there were.
    ///   - trades: The last ones.
    ///   - rows: The row of every interval, in the order of the intervals.
    ///   - priceBefore: The last price before the window of the ticker, or `.none`.
    ///   - time: The venue's time when it was stored.
    ///   - bounds: How much is kept and given out.
    init(
        _ instrument: InstrumentID,
        tradeCount: UInt64,
        trades: [MarketTrade],
        rows: [CandleSeries],
        priceBefore: Price,
        time: Timestamp,
        _ bounds: MarketBounds
    ) {
        self.init(instrument, bounds)
        self.tradeCount = tradeCount
        for trade in trades { self.trades.append(trade) }
        series = rows
        window = TickerWindow(over: self[.second], priceBefore: priceBefore)
        _ = window.advance(to: time, self[.second])
    }

    /// The row of an interval.
    subscript(interval: CandleInterval) -> CandleSeries { series[Int(interval.rawValue)] }

    /// Takes in a trade.
    mutating func take(_ trade: MarketTrade) {
        // What leaves the window is read from the row of seconds before that forgets it.
        _ = window.advance(to: trade.time, self[.second])
        for index in series.indices {
            series[index].take(trade.price, trade.quantity, at: trade.time)
            if changedFrom[index] == nil { changedFrom[index] = series[index].endNumber - 1 }
        }
        window.take(trade.price, trade.quantity)
        trades.append(trade)
        tradeCount += 1
        isTickerStale = true
    }

    /// Lets time pass.
    mutating func advance(to now: Timestamp) {
        if window.advance(to: now, self[.second]) { isTickerStale = true }
    }

    /// The candles that changed since the last call.
    mutating func candleChanges(into updates: inout [CandleUpdate]) {
        for (index, interval) in CandleInterval.allCases.enumerated() {
            guard let changed = changedFrom[index] else { continue }
            changedFrom[index] = nil
            let row = series[index]
            let candles = (max(changed, row.firstNumber)..<row.endNumber).map { number in
                row[number: number]
            }
            updates.append(
                CandleUpdate(instrument: instrument, interval: interval, candles: candles)
            )
        }
    }

    /// The ticker, if it says something new since it was given out.
    mutating func tickerChange(_ sequence: UInt64, _ time: Timestamp) -> Ticker? {
        guard isTickerStale else { return nil }
        isTickerStale = false
        var changed = ticker
        changed.sequence = sequence
        changed.time = time
        changed.phase = phase
        changed.lastTrade = trades.last
        changed.bestBid = book.bids.best
        changed.bestAsk = book.asks.best
        changed.volume = window.volume
        changed.tradeCount = window.tradeCount
        changed.open = window.open(self[.second])
        changed.high = window.high
        changed.low = window.low
        if changed.says(theSameAs: ticker) { return nil }
        ticker = changed
        return changed
    }
}
