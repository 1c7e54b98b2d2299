internal import Primitives

/// How many trades the first message of a channel has at most.
private let tradesCount = 50
/// How many candles the first message of a channel has at most.
private let candlesCount = 300

extension MarketState {
    /// Whether there is such a channel: whether the rulebook has the instrument.
    func has(_ channel: MarketChannel) -> Bool {
        switch channel {
        case .book(let instrument), .trades(let instrument), .ticker(let instrument),
            .candles(let instrument, _):
            has(instrument)
        case .orders: true
        }
    }

    /// The state of a channel; nil if there is no such channel.
    func firstMessage(_ channel: MarketChannel) -> MarketMessage? {
        guard has(channel) else { return nil }
        switch channel {
        case .book(let instrument):
            return book(instrument, depth: bounds.bookDepth).map { book in .bookSnapshot(book) }
        case .trades(let instrument):
            return .tradesSnapshot(instrument, trades(instrument, limit: tradesCount))
        case .ticker(let instrument):
            return ticker(instrument).map { ticker in .tickerSnapshot(ticker) }
        case .candles(let instrument, let interval):
            let candles = candles(instrument, interval, limit: candlesCount)
            return .candlesSnapshot(
                CandleUpdate(instrument: instrument, interval: interval, candles: candles)
            )
        case .orders(let account):
            return .ordersSnapshot(account, orders(of: account))
        }
    }
}
