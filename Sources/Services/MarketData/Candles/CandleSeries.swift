internal import Primitives

/// The candles of one instrument and interval in which something traded, oldest first.
struct CandleSeries {
    let interval: CandleInterval
    /// Whole candles in front that are forgotten, and only not yet removed.
    private var forgotten = 0
    private var stored: [Candle] = []
    /// How many candles were ever forgotten: numbers of candles never change.
    private(set) var firstNumber = 0

    init(_ interval: CandleInterval) { self.interval = interval }

    /// Makes a series of candles that were stored before.
    init(_ interval: CandleInterval, _ candles: [Candle]) {
        self.interval = interval
        stored = candles
    }

    /// How many candles there are.
    var count: Int { stored.count - forgotten }

    /// The candles, oldest first.
    var candles: ArraySlice<Candle> { stored[forgotten...] }

    /// The candle of a number, from `firstNumber` on.
    subscript(number number: Int) -> Candle { stored[forgotten + number - firstNumber] }

    /// One more than the number of the last candle.
    var endNumber: Int { firstNumber + count }

    /// Takes in a trade, which is not older than any before.
    mutating func take(_ price: Price, _ quantity: Quantity, at time: Timestamp) {
        let start = interval.start(of: time)
        if let last = stored.last, last.start == start {
            let index = stored.count - 1
            stored[index].high = max(last.high, price)
            stored[index].low = min(last.low, price)
            stored[index].close = price
            stored[index].volume += Int128(quantity.lots)
            stored[index].tradeCount += 1
            stored[index].lastUpdate = time
            return
        }
        forget(before: start)
        stored.append(
            Candle(
                start: start,
                open: price,
                high: price,
                low: price,
                close: price,
                volume: Int128(quantity.lots),
                tradeCount: 1,
                lastUpdate: time
            )
        )
    }

    /// Forgets what lies too far back; a year of days and a day of seconds are kept, and so on.
    private mutating func forget(before start: Timestamp) {
        let kept = interval.keptIntervals * interval.nanoseconds
        guard start.nanoseconds >= kept else { return }
        let oldest = start.nanoseconds - kept
        while forgotten < stored.count, stored[forgotten].start.nanoseconds <= oldest {
            forgotten += 1
            firstNumber += 1
        }
        // Moving the rest to the front costs as much as what was forgotten before, so little each.
        if forgotten > 64, forgotten > stored.count / 2 {
            stored.removeFirst(forgotten)
            forgotten = 0
        }
    }

    /// The newest intervals that begin before `end` and not after `now`, oldest first, at most `limit`.
    ///
    /// Those without a trade carry the last price before them. None lies before the first candle.
    ///
    /// - Complexity: O(`limit` + log n).
    func filled(limit: Int, before end: Timestamp?, now: Timestamp) -> [Candle] {
        guard count > 0, limit > 0 else { return [] }
        let length = interval.nanoseconds
        var stop = interval.start(of: now).nanoseconds / length + 1
        if let end {
            stop = min(stop, end == .zero ? 0 : (end.nanoseconds - 1) / length + 1)
        }
        let first = stored[forgotten].start.nanoseconds / length
        guard stop > first else { return [] }
        let start = stop - min(UInt64(limit), stop - first)
        var next = index(ofFirstNotBefore: start * length)
        var candles: [Candle] = []
        candles.reserveCapacity(Int(stop - start))
        for position in start..<stop {
            if next < stored.count, stored[next].start.nanoseconds == position * length {
                candles.append(stored[next])
                next += 1
            } else {
                candles.append(stored[next - 1].carried(to: Timestamp(position * length)))
            }
        }
        return candles
    }

    /// The index in `stored` of the first candle that begins at a time or later.
    private func index(ofFirstNotBefore nanoseconds: UInt64) -> Int {
        var low = forgotten
        var high = stored.count
        while low < high {
            let middle = (low + high) / 2
            if stored[middle].start.nanoseconds < nanoseconds {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}

extension Candle {
    /// The candle of a later interval in which nothing traded.
    fileprivate func carried(to start: Timestamp) -> Candle {
        Candle(
            start: start,
            open: close,
            high: close,
            low: close,
            close: close,
            volume: 0,
            tradeCount: 0,
            lastUpdate: lastUpdate
        )
    }
}

extension CandleInterval {
    /// How many intervals are kept, those without a trade counted, up to that of the last trade: from a day of
    /// seconds, which the ticker needs, to decades of days.
    public var keptIntervals: UInt64 {
        switch self {
        case .second: 86_400
        case .fiveSeconds: 17_280
        case .fifteenSeconds: 40_320
        case .minute: 43_200
        case .fiveMinutes: 25_920
        case .fifteenMinutes: 35_040
        case .hour: 43_800
        case .fourHours: 21_900
        case .day: 10_950
        }
    }
}
