public import Primitives
internal import Venue

// The bodies of the answers to requests.
extension MarketDataJSON {
    /// A book by its prices: `instrument`, `sequence`, `time`, `best_bid`, `best_ask`, `spread` (null without both),
    /// `bid_depth` and `ask_depth` (how many prices are given), `bids` and `asks` with `price`, `quantity` and
    /// `order_count` each, `checksum`.
    public func book(_ book: BookSnapshot) -> [UInt8] {
        let notation = notation(book.instrument)
        var json = JSONText(capacity: 256 + 64 * (book.bids.count + book.asks.count))
        json.open("{")
        json.name("instrument")
        json.text(notation.symbol)
        json.name("sequence")
        json.integer(book.sequence)
        json.name("time")
        json.time(book.time)
        json.name("best_bid")
        notation.write(book.bids.first?.price, to: &json)
        json.name("best_ask")
        notation.write(book.asks.first?.price, to: &json)
        json.name("spread")
        if let bid = book.bids.first, let ask = book.asks.first {
            notation.write(ticks: ask.price.ticks - bid.price.ticks, to: &json)
        } else {
            json.null()
        }
        json.name("bid_depth")
        json.integer(book.bids.count)
        json.name("ask_depth")
        json.integer(book.asks.count)
        for (isBid, levels) in [(true, book.bids), (false, book.asks)] {
            json.name(isBid ? "bids" : "asks")
            json.open("[")
            for level in levels {
                json.open("{")
                json.name("price")
                notation.write(level.price, to: &json)
                json.name("quantity")
                notation.write(level.quantity, to: &json)
                json.name("order_count")
                json.integer(level.orderCount)
                json.close("}")
            }
            json.close("]")
        }
        json.name("checksum")
        json.integer(book.checksum)
        json.close("}")
        return json.bytes
    }

    /// A book by its orders: `instrument`, `sequence`, `time`, `bids` and `asks` with `order_id`, `price` and
    /// `quantity` each.
    public func orders(_ book: BookOrdersSnapshot) -> [UInt8] {
        let notation = notation(book.instrument)
        var json = JSONText(capacity: 256 + 80 * (book.bids.count + book.asks.count))
        json.open("{")
        json.name("instrument")
        json.text(notation.symbol)
        json.name("sequence")
        json.integer(book.sequence)
        json.name("time")
        json.time(book.time)
        for (isBid, orders) in [(true, book.bids), (false, book.asks)] {
            json.name(isBid ? "bids" : "asks")
            json.open("[")
            for order in orders {
                json.open("{")
                json.name("order_id")
                json.decimal(Int128(order.order.rawValue), places: 0)
                json.name("price")
                notation.write(order.price, to: &json)
                json.name("quantity")
                notation.write(order.quantity, to: &json)
                json.close("}")
            }
            json.close("]")
        }
        json.close("}")
        return json.bytes
    }

    /// A ticker: `instrument`, `sequence`, `time`, `phase`, `last_price`, `last_qty`, `last_trade` (its time),
    /// `last_trade_id`, `best_bid`, `best_bid_qty`, `best_ask`, `best_ask_qty`, and of the last 24 hours `volume`,
    /// `trade_count`, `open`, `high`, `low`, `change`; what there is not is null.
    public func ticker(_ ticker: Ticker) -> [UInt8] {
        var json = JSONText(capacity: 640)
        json.open("{")
        write(ticker, to: &json)
        json.close("}")
        return json.bytes
    }

    /// Candles: `instrument`, `interval`, `limit`, `candles`, oldest first, with `instrument`, `bucket_start`, `open`,
    /// `high`, `low`, `close`, `volume`, `trades` and `last_update` each.
    public func candles(
        _ candles: [Candle],
        of instrument: InstrumentID,
        _ interval: CandleInterval,
        limit: Int
    ) -> [UInt8] {
        let notation = notation(instrument)
        var json = JSONText(capacity: 128 + 280 * candles.count)
        json.open("{")
        json.name("instrument")
        json.text(notation.symbol)
        json.name("interval")
        json.text(interval.name)
        json.name("limit")
        json.integer(limit)
        json.name("candles")
        json.open("[")
        for candle in candles { write(candle, notation, isNamed: true, to: &json) }
        json.close("]")
        json.close("}")
        return json.bytes
    }

    /// Trades: `instrument`, `trades` in the given order, with `trade_id`, `price`, `quantity`, `taker_side`,
    /// `sequence` and `time` each.
    public func trades(_ trades: [MarketTrade], of instrument: InstrumentID) -> [UInt8] {
        let notation = notation(instrument)
        var json = JSONText(capacity: 64 + 180 * trades.count)
        json.open("{")
        json.name("instrument")
        json.text(notation.symbol)
        json.name("trades")
        json.open("[")
        for trade in trades { write(trade, notation, to: &json) }
        json.close("]")
        json.close("}")
        return json.bytes
    }
}

// The parts that answers and messages share.
extension MarketDataJSON {
    func write(_ ticker: Ticker, to json: inout JSONText) {
        let notation = notation(ticker.instrument)
        json.name("instrument")
        json.text(notation.symbol)
        json.name("sequence")
        json.integer(ticker.sequence)
        json.name("time")
        json.time(ticker.time)
        json.name("phase")
        json.text(ticker.phase.text)
        json.name("last_price")
        notation.write(ticker.lastTrade?.price, to: &json)
        json.name("last_qty")
        write(ticker.lastTrade?.quantity, notation, to: &json)
        json.name("last_trade")
        if let trade = ticker.lastTrade { json.time(trade.time) } else { json.null() }
        json.name("last_trade_id")
        if let trade = ticker.lastTrade { write(trade.trade, to: &json) } else { json.null() }
        json.name("best_bid")
        notation.write(ticker.bestBid?.price, to: &json)
        json.name("best_bid_qty")
        write(ticker.bestBid?.quantity, notation, to: &json)
        json.name("best_ask")
        notation.write(ticker.bestAsk?.price, to: &json)
        json.name("best_ask_qty")
        write(ticker.bestAsk?.quantity, notation, to: &json)
        json.name("volume")
        notation.write(lots: ticker.volume, to: &json)
        json.name("trade_count")
        json.integer(ticker.tradeCount)
        json.name("open")
        notation.write(Optional(ticker.open), to: &json)
        json.name("high")
        notation.write(Optional(ticker.high), to: &json)
        json.name("low")
        notation.write(Optional(ticker.low), to: &json)
        json.name("change")
        if ticker.open == .none {
            json.null()
        } else {
            notation.write(ticks: ticker.change, to: &json)
        }
    }

    private func write(
        _ quantity: Quantity?,
        _ notation: InstrumentNotation,
        to json: inout JSONText
    ) {
        if let quantity { notation.write(quantity, to: &json) } else { json.null() }
    }

    func write(_ trade: TradeID, to json: inout JSONText) {
        json.decimal(Int128(trade.rawValue), places: 0)
    }

    func write(
        _ candle: Candle,
        _ notation: InstrumentNotation,
        isNamed: Bool,
        to json: inout JSONText
    ) {
        json.open("{")
        if isNamed {
            json.name("instrument")
            json.text(notation.symbol)
        }
        json.name("bucket_start")
        json.time(candle.start)
        json.name("open")
        notation.write(candle.open, to: &json)
        json.name("high")
        notation.write(candle.high, to: &json)
        json.name("low")
        notation.write(candle.low, to: &json)
        json.name("close")
        notation.write(candle.close, to: &json)
        json.name("volume")
        notation.write(lots: candle.volume, to: &json)
        json.name("trades")
        json.integer(candle.tradeCount)
        json.name("last_update")
        json.time(candle.lastUpdate)
        json.close("}")
    }

    func write(_ trade: MarketTrade, _ notation: InstrumentNotation, to json: inout JSONText) {
        json.open("{")
        json.name("trade_id")
        write(trade.trade, to: &json)
        json.name("price")
        notation.write(trade.price, to: &json)
        json.name("quantity")
        notation.write(trade.quantity, to: &json)
        json.name("taker_side")
        json.text(trade.takerSide.text)
        json.name("sequence")
        json.integer(trade.sequence)
        json.name("time")
        json.time(trade.time)
        json.close("}")
    }
}
