public import Primitives

// What `MarketData` answers, all of it at the same command.
extension MarketState {
    /// The best prices of a book; nil if the rulebook has no such instrument.
    public func book(_ instrument: InstrumentID, depth: Int = .max) -> BookSnapshot? {
        guard let market = market(instrument) else { return nil }
        let depth = max(depth, 0)
        return BookSnapshot(
            instrument: instrument,
            sequence: market.book.sequence,
            time: time,
            bids: market.book.bids.levels(depth),
            asks: market.book.asks.levels(depth),
            checksum: checksum(market)
        )
    }

    /// The orders at the best prices of a book; nil if the rulebook has no such instrument.
    public func bookOrders(_ instrument: InstrumentID, depth: Int = .max) -> BookOrdersSnapshot? {
        guard let market = market(instrument) else { return nil }
        let depth = max(depth, 0)
        return BookOrdersSnapshot(
            instrument: instrument,
            sequence: market.book.sequence,
            time: time,
            bids: market.book.bids.orders(depth, table),
            asks: market.book.asks.orders(depth, table)
        )
    }

    /// The ticker; nil if the rulebook has no such instrument.
    public func ticker(_ instrument: InstrumentID) -> Ticker? { market(instrument)?.ticker }

    /// The candles of the newest intervals, see `MarketData.candles(_:_:limit:before:)`.
    public func candles(
        _ instrument: InstrumentID,
        _ interval: CandleInterval,
        limit: Int,
        before end: Timestamp? = nil
    ) -> [Candle] {
        let limit = min(limit, MarketData.candlesMax)
        return market(instrument)?[interval].filled(limit: limit, before: end, now: time) ?? []
    }

    /// The newest trades, see `MarketData.trades(_:limit:before:)`.
    public func trades(
        _ instrument: InstrumentID,
        limit: Int,
        before trade: TradeID? = nil
    ) -> [MarketTrade] {
        let limit = min(limit, MarketData.tradesPageMax)
        return market(instrument)?.trades.newest(limit, before: trade) ?? []
    }

    /// The live orders of an account, by their names.
    public func orders(of account: AccountID) -> [OwnOrder] {
        table.orders(of: account).map { live in OwnOrder(live, sequence: sequence, time: time) }
    }
}
