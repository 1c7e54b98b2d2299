internal import Primitives

/// The sums over the last 24 hours, kept up to date over the candles of one second.
struct TickerWindow {
    /// How many seconds it has, the current one included.
    static let seconds: UInt64 = 86_400

    /// The number of the first candle that is in it.
    private var firstNumber = 0
    private(set) var volume: Int128 = 0
    private(set) var tradeCount: UInt64 = 0
    private(set) var high = Price.none
    private(set) var low = Price.none
    /// The last price before it, or `.none`.
    private(set) var priceBefore = Price.none

    init() {}

    /// Makes the window of candles that were stored, of which the first ones may lie before it.
    init(over series: CandleSeries, priceBefore: Price) {
        self.priceBefore = priceBefore
        firstNumber = series.firstNumber
        for number in series.firstNumber..<series.endNumber {
            volume += series[number: number].volume
            tradeCount += series[number: number].tradeCount
        }
        findExtremes(series)
    }

    /// The price against which the change counts; `.none` before the first trade.
    func open(_ series: CandleSeries) -> Price {
        if priceBefore != .none || firstNumber == series.endNumber { return priceBefore }
        return series[number: firstNumber].open
    }

    /// The candles that are in it.
    func candles(_ series: CandleSeries) -> ArraySlice<Candle> {
        series.candles.dropFirst(firstNumber - series.firstNumber)
    }

    /// Takes in a trade that the series has taken in.
    mutating func take(_ price: Price, _ quantity: Quantity) {
        volume += Int128(quantity.lots)
        tradeCount += 1
        high = max(high, price)
        low = low == .none ? price : min(low, price)
    }

    /// Lets time pass.
    ///
    /// - Returns: Whether anything left the window.
    mutating func advance(to now: Timestamp, _ series: CandleSeries) -> Bool {
        let second = now.nanoseconds / CandleInterval.second.nanoseconds
        guard second >= Self.seconds else { return false }
        let last = (second - Self.seconds) * CandleInterval.second.nanoseconds
        var losesExtreme = false
        let before = firstNumber
        while firstNumber < series.endNumber {
            let candle = series[number: firstNumber]
            if candle.start.nanoseconds > last { break }
            volume -= candle.volume
            tradeCount -= candle.tradeCount
            priceBefore = candle.close
            if candle.high == high || candle.low == low { losesExtreme = true }
            firstNumber += 1
        }
        if losesExtreme { findExtremes(series) }
        return firstNumber > before
    }

    private mutating func findExtremes(_ series: CandleSeries) {
        high = .none
        low = .none
        for candle in candles(series) {
            high = max(high, candle.high)
            low = low == .none ? candle.low : min(low, candle.low)
        }
    }
}
