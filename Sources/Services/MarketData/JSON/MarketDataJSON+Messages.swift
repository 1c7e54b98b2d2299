internal import Encoding
internal import Follower
public import Primitives
internal import Venue

// The messages of the channels. Each is one object with `type`, `channel`, and `instrument` where it has one.
extension MarketDataJSON {
    /// A message of a channel.
    public func bytes(_ message: MarketMessage) -> [UInt8] {
        switch message {
        case .bookSnapshot(let book): snapshot(book)
        case .bookDelta(let change): delta(change)
        case .tradesSnapshot(let instrument, let trades): snapshot(trades, of: instrument)
        case .trades(let instrument, let trades): news(trades, of: instrument)
        case .tickerSnapshot(let ticker): self.message(ticker, isFirst: true)
        case .ticker(let ticker): self.message(ticker)
        case .candlesSnapshot(let candles): self.message(candles, isFirst: true)
        case .candles(let candles): self.message(candles)
        case .ordersSnapshot(_, let orders): snapshot(orders)
        case .order(let order): self.message(order)
        case .fill(let fill): self.message(fill)
        case .resubscribe(let channel): resubscribe(channel)
        }
    }

    /// The state of a book: type `snapshot`, channel `book`, `sequence`, `time`, `bids` and `asks`, each a list of
    /// `[price, quantity, order count]`, and `checksum`.
    public func snapshot(_ book: BookSnapshot) -> [UInt8] {
        let notation = notation(book.instrument)
        let capacity = 256 + 40 * (book.bids.count + book.asks.count)
        return message("snapshot", "book", capacity: capacity) { json in
            json.add("instrument", symbolOf: notation)
            json.add("sequence", number: book.sequence)
            json.add("time", book.time)
            write("bids", book.bids, notation, to: &json)
            write("asks", book.asks, notation, to: &json)
            json.add("checksum", number: book.checksum)
        }
    }

    /// A change of a book: type `delta`, otherwise as a snapshot, with `previous`, the `sequence` of what it changes;
    /// quantity 0 means that nothing is left at the price.
    public func delta(_ delta: BookDelta) -> [UInt8] {
        let notation = notation(delta.instrument)
        let capacity = 256 + 40 * (delta.bids.count + delta.asks.count)
        return message("delta", "book", capacity: capacity) { json in
            json.add("instrument", symbolOf: notation)
            json.add("sequence", number: delta.sequence)
            json.add("previous", number: delta.previous)
            json.add("time", delta.time)
            write("bids", delta.bids, notation, to: &json)
            write("asks", delta.asks, notation, to: &json)
            json.add("checksum", number: delta.checksum)
        }
    }

    /// The last trades, newest first: type `snapshot`, channel `trades`, `trades` as in `trades(_:of:)`.
    public func snapshot(_ trades: [MarketTrade], of instrument: InstrumentID) -> [UInt8] {
        message("snapshot", trades, of: instrument)
    }

    /// New trades of one instrument, oldest first: type `trade`, channel `trades`, `trades`.
    public func news(_ trades: [MarketTrade], of instrument: InstrumentID) -> [UInt8] {
        message("trade", trades, of: instrument)
    }

    /// A ticker: type `ticker`, or `snapshot` for the first one, channel `ticker`, and the members of `ticker(_:)`.
    public func message(_ ticker: Ticker, isFirst: Bool = false) -> [UInt8] {
        message(isFirst ? "snapshot" : "ticker", "ticker", capacity: 700) { json in
            write(ticker, to: &json)
        }
    }

    /// Candles that changed, oldest first: type `candle`, or `snapshot` for the first ones, channel `candles`,
    /// `interval`, `candles` as in `candles(_:of:_:limit:)`.
    public func message(_ update: CandleUpdate, isFirst: Bool = false) -> [UInt8] {
        let notation = notation(update.instrument)
        let capacity = 128 + 280 * update.candles.count
        return message(isFirst ? "snapshot" : "candle", "candles", capacity: capacity) { json in
            json.add("instrument", symbolOf: notation)
            json.add("interval", update.interval.name)
            json.name("candles")
            json.array { json in
                for candle in update.candles {
                    json.object { json in write(candle, notation, to: &json) }
                }
            }
        }
    }

    /// The live orders of an account: type `snapshot`, channel `orders`, `orders` as in `message(_ order:)`.
    public func snapshot(_ orders: [OwnOrder]) -> [UInt8] {
        message("snapshot", "orders", capacity: 64 + 480 * orders.count) { json in
            json.name("orders")
            json.array { json in
                for order in orders { json.object { json in write(order, to: &json) } }
            }
        }
    }

    /// An order that changed: type `order`, channel `orders`, and of the order `order_id`, `client_order_id` (null
    /// without one), `instrument`, `side`, `order_type`, `time_in_force`, `status`, `reason`, `price`,
    /// `trigger_price`, `display_quantity`, `quantity`, `filled_qty`, `remaining_qty`, `expires_at`, `sequence`,
    /// `time`; what there is not is null.
    public func message(_ order: OwnOrder) -> [UInt8] {
        message("order", "orders", capacity: 512) { json in write(order, to: &json) }
    }

    /// An own side of a trade: type `fill`, channel `orders`, `trade_id`, `contract_id`, `order_id`,
    /// `client_order_id`, `instrument`, `side`, `liquidity` (`maker` or `taker`), `price`, `quantity`, `notional`,
    /// `fee`, `settlement`, `sequence`, `time`.
    public func message(_ fill: OwnFill) -> [UInt8] {
        let notation = notation(fill.instrument)
        return message("fill", "orders", capacity: 480) { json in
            json.add("instrument", symbolOf: notation)
            json.add("trade_id", digits: fill.trade.rawValue)
            json.add("contract_id", digits: fill.contract.rawValue)
            json.add("order_id", digits: fill.order.rawValue)
            json.add("client_order_id", clientID: fill.clientID)
            json.add("side", fill.side.word)
            json.add("liquidity", fill.isMaker ? "maker" : "taker")
            json.add("price", fill.price, notation)
            json.add("quantity", fill.quantity, notation)
            json.add("notional", amount: fill.notional, notation)
            json.add("fee", amount: fill.fee, notation)
            json.add("settlement", fill.settlement.word)
            json.add("sequence", number: fill.sequence)
            json.add("time", fill.time)
        }
    }

    /// The request to subscribe again: type `resubscribe`, `channel`, `instrument` and `interval` where it has them.
    private func resubscribe(_ channel: MarketChannel) -> [UInt8] {
        let name =
            switch channel {
            case .book: "book"
            case .trades: "trades"
            case .ticker: "ticker"
            case .candles: "candles"
            case .orders: "orders"
            }
        return message("resubscribe", name, capacity: 128) { json in
            switch channel {
            case .book(let instrument), .trades(let instrument), .ticker(let instrument):
                json.add("instrument", symbolOf: notation(instrument))
            case .candles(let instrument, let interval):
                json.add("instrument", symbolOf: notation(instrument))
                json.add("interval", interval.name)
            case .orders: break
            }
        }
    }

    /// Writes the members of an order.
    private func write(_ order: OwnOrder, to json: inout JSONWriter) {
        let notation = notation(order.instrument)
        json.add("order_id", digits: order.order.rawValue)
        json.add("client_order_id", clientID: order.clientID)
        json.add("instrument", symbolOf: notation)
        json.add("side", order.side.word)
        json.add("order_type", order.type.word)
        json.add("time_in_force", order.timeInForce.word)
        json.add("status", order.state.word)
        json.add("reason", order.reason.word)
        json.add("price", optional: order.price, notation)
        json.add("trigger_price", optional: order.trigger, notation)
        let display = order.display == .zero ? nil : order.display
        json.add("display_quantity", optional: display, notation)
        let quantity = Int128(order.open.lots) + Int128(order.filled.lots)
        json.add("quantity", lots: quantity, notation)
        json.add("filled_qty", order.filled, notation)
        json.add("remaining_qty", order.open, notation)
        if order.expiresAt == .zero {
            json.add(null: "expires_at")
        } else {
            json.add("expires_at", order.expiresAt)
        }
        json.add("sequence", number: order.sequence)
        json.add("time", order.time)
    }

    private func message(
        _ type: String,
        _ trades: [MarketTrade],
        of instrument: InstrumentID
    ) -> [UInt8] {
        let notation = notation(instrument)
        return message(type, "trades", capacity: 96 + 180 * trades.count) { json in
            json.add("instrument", symbolOf: notation)
            write(trades, notation, to: &json)
        }
    }

    private func message(
        _ type: String,
        _ channel: String,
        capacity: Int,
        _ body: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        var json = JSONWriter(capacity: capacity)
        json.object { json in
            json.add("type", type)
            json.add("channel", channel)
            body(&json)
        }
        return json.bytes
    }

    private func write(
        _ name: StaticString,
        _ levels: [BookLevel],
        _ notation: InstrumentNotation,
        to json: inout JSONWriter
    ) {
        json.name(name)
        json.array { json in
            for level in levels {
                json.array { json in
                    json.text { bytes in notation.append(level.price, to: &bytes) }
                    json.text { bytes in notation.append(level.quantity, to: &bytes) }
                    json.number(level.orderCount)
                }
            }
        }
    }
}

extension JSONWriter {
    /// The client's name of an order, or null.
    fileprivate mutating func add(_ name: StaticString, clientID: UInt64) {
        if clientID == 0 { add(null: name) } else { add(name, digits: clientID) }
    }
}
