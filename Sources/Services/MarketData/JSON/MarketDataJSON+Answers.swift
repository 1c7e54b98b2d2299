internal import Encoding
internal import Follower
public import Primitives
internal import Venue

// The bodies of the answers to requests.
extension MarketDataJSON {
    /// A book by its prices: `instrument`, `sequence`, `time`, `best_bid`, `best_ask`, `spread` (null without both),
    /// `bid_depth` and `ask_depth` (how many prices are given), `bids` and `asks` with `price`, `quantity` and
    /// `order_count` each, `checksum`.
    public func book(_ book: BookSnapshot) -> [UInt8] {
        let notation = notation(book.instrument)
        var json = JSONWriter(capacity: 256 + 64 * (book.bids.count + book.asks.count))
        json.object { json in
            json.add("instrument", symbolOf: notation)
            json.add("sequence", number: book.sequence)
            json.add("time", book.time)
            json.add("best_bid", optional: book.bids.first?.price, notation)
            json.add("best_ask", optional: book.asks.first?.price, notation)
            if let bid = book.bids.first, let ask = book.asks.first {
                json.add("spread", ticks: ask.price.ticks - bid.price.ticks, notation)
            } else {
                json.add(null: "spread")
            }
            json.add("bid_depth", number: book.bids.count)
            json.add("ask_depth", number: book.asks.count)
            json.name("bids")
            write(book.bids, notation, to: &json)
            json.name("asks")
            write(book.asks, notation, to: &json)
            json.add("checksum", number: book.checksum)
        }
        return json.bytes
    }

    private func write(
        _ levels: [BookLevel],
        _ notation: InstrumentNotation,
        to json: inout JSONWriter
    ) {
        json.array { json in
            for level in levels {
                json.object { json in
                    json.add("price", level.price, notation)
                    json.add("quantity", level.quantity, notation)
                    json.add("order_count", number: level.orderCount)
                }
            }
        }
    }

    /// A book by its orders: `instrument`, `sequence`, `time`, `bids` and `asks` with `order_id`, `price` and
    /// `quantity` each.
    public func orders(_ book: BookOrdersSnapshot) -> [UInt8] {
        let notation = notation(book.instrument)
        var json = JSONWriter(capacity: 256 + 80 * (book.bids.count + book.asks.count))
        json.object { json in
            json.add("instrument", symbolOf: notation)
            json.add("sequence", number: book.sequence)
            json.add("time", book.time)
            json.name("bids")
            write(book.bids, notation, to: &json)
            json.name("asks")
            write(book.asks, notation, to: &json)
        }
        return json.bytes
    }

    private func write(
        _ orders: [BookOrder],
        _ notation: InstrumentNotation,
        to json: inout JSONWriter
    ) {
        json.array { json in
            for order in orders {
                json.object { json in
                    json.add("order_id", digits: order.order.rawValue)
                    json.add("price", order.price, notation)
                    json.add("quantity", order.quantity, notation)
                }
            }
        }
    }

    /// A ticker: `instrument`, `sequence`, `time`, `phase`, `last_price`, `last_qty`, `last_trade` (its time),
    /// `last_trade_id`, `best_bid`, `best_bid_qty`, `best_ask`, `best_ask_qty`, and of the last 24 hours `volume`,
    /// `trade_count`, `open`, `high`, `low`, `change`; what there is not is null.
    public func ticker(_ ticker: Ticker) -> [UInt8] {
        var json = JSONWriter(capacity: 640)
        json.object { json in write(ticker, to: &json) }
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
        var json = JSONWriter(capacity: 128 + 300 * candles.count)
        json.object { json in
            json.add("instrument", symbolOf: notation)
            json.add("interval", interval.name)
            json.add("limit", number: limit)
            json.name("candles")
            json.array { json in
                for candle in candles {
                    json.object { json in
                        json.add("instrument", symbolOf: notation)
                        write(candle, notation, to: &json)
                    }
                }
            }
        }
        return json.bytes
    }

    /// Trades: `instrument`, `trades` in the given order, with `trade_id`, `price`, `quantity`, `taker_side`,
    /// `sequence` and `time` each.
    public func trades(_ trades: [MarketTrade], of instrument: InstrumentID) -> [UInt8] {
        let notation = notation(instrument)
        var json = JSONWriter(capacity: 64 + 180 * trades.count)
        json.object { json in
            json.add("instrument", symbolOf: notation)
            write(trades, notation, to: &json)
        }
        return json.bytes
    }
}

// The parts that answers and messages share.
extension MarketDataJSON {
    func write(_ ticker: Ticker, to json: inout JSONWriter) {
        let notation = notation(ticker.instrument)
        json.add("instrument", symbolOf: notation)
        json.add("sequence", number: ticker.sequence)
        json.add("time", ticker.time)
        json.add("phase", ticker.phase.word)
        json.add("last_price", optional: ticker.lastTrade?.price, notation)
        json.add("last_qty", optional: ticker.lastTrade?.quantity, notation)
        if let trade = ticker.lastTrade {
            json.add("last_trade", trade.time)
            json.add("last_trade_id", digits: trade.trade.rawValue)
        } else {
            json.add(null: "last_trade")
            json.add(null: "last_trade_id")
        }
        json.add("best_bid", optional: ticker.bestBid?.price, notation)
        json.add("best_bid_qty", optional: ticker.bestBid?.quantity, notation)
        json.add("best_ask", optional: ticker.bestAsk?.price, notation)
        json.add("best_ask_qty", optional: ticker.bestAsk?.quantity, notation)
        json.add("volume", lots: ticker.volume, notation)
        json.add("trade_count", number: ticker.tradeCount)
        json.add("open", optional: ticker.open, notation)
        json.add("high", optional: ticker.high, notation)
        json.add("low", optional: ticker.low, notation)
        if ticker.open == .none {
            json.add(null: "change")
        } else {
            json.add("change", ticks: ticker.change, notation)
        }
    }

    func write(_ candle: Candle, _ notation: InstrumentNotation, to json: inout JSONWriter) {
        json.add("bucket_start", candle.start)
        json.add("open", candle.open, notation)
        json.add("high", candle.high, notation)
        json.add("low", candle.low, notation)
        json.add("close", candle.close, notation)
        json.add("volume", lots: candle.volume, notation)
        json.add("trades", number: candle.tradeCount)
        json.add("last_update", candle.lastUpdate)
    }

    func write(
        _ trades: [MarketTrade],
        _ notation: InstrumentNotation,
        to json: inout JSONWriter
    ) {
        json.name("trades")
        json.array { json in
            for trade in trades {
                json.object { json in
                    json.add("trade_id", digits: trade.trade.rawValue)
                    json.add("price", trade.price, notation)
                    json.add("quantity", trade.quantity, notation)
                    json.add("taker_side", trade.takerSide.word)
                    json.add("sequence", number: trade.sequence)
                    json.add("time", trade.time)
                }
            }
        }
    }
}
