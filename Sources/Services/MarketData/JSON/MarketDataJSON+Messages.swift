internal import Encoding
public import Primitives
internal import Venue

// The messages of the channels. Each is one object with `type`, `channel`, and `instrument` where it has one.
extension MarketDataJSON {
    /// The state of a book: type `snapshot`, channel `book`, `sequence`, `time`, `bids` and `asks`, each a list of
    /// `[price, quantity, order count]`, and `checksum`.
    public func snapshot(_ book: BookSnapshot) -> [UInt8] {
        var json = JSONText(capacity: 256 + 40 * (book.bids.count + book.asks.count))
        let notation = open("snapshot", "book", book.instrument, &json)
        json.name("sequence")
        json.integer(book.sequence)
        write(book.time, book.bids, book.asks, book.checksum, notation, to: &json)
        json.close("}")
        return json.bytes
    }

    /// A change of a book: type `delta`, otherwise as a snapshot, with `previous`, the `sequence` of what it changes;
    /// quantity 0 means that nothing is left at the price.
    public func delta(_ delta: BookDelta) -> [UInt8] {
        var json = JSONText(capacity: 256 + 40 * (delta.bids.count + delta.asks.count))
        let notation = open("delta", "book", delta.instrument, &json)
        json.name("sequence")
        json.integer(delta.sequence)
        json.name("previous")
        json.integer(delta.previous)
        write(delta.time, delta.bids, delta.asks, delta.checksum, notation, to: &json)
        json.close("}")
        return json.bytes
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
        var json = JSONText(capacity: 700)
        json.open("{")
        json.name("type")
        json.text(isFirst ? "snapshot" : "ticker")
        json.name("channel")
        json.text("ticker")
        write(ticker, to: &json)
        json.close("}")
        return json.bytes
    }

    /// Candles that changed, oldest first: type `candle`, or `snapshot` for the first ones, channel `candles`,
    /// `interval`, `candles` as in `candles(_:of:_:limit:)`.
    public func message(_ update: CandleUpdate, isFirst: Bool = false) -> [UInt8] {
        var json = JSONText(capacity: 128 + 280 * update.candles.count)
        let type: StaticString = isFirst ? "snapshot" : "candle"
        let notation = open(type, "candles", update.instrument, &json)
        json.name("interval")
        json.text(update.interval.name)
        json.name("candles")
        json.open("[")
        for candle in update.candles { write(candle, notation, isNamed: false, to: &json) }
        json.close("]")
        json.close("}")
        return json.bytes
    }

    /// The live orders of an account: type `snapshot`, channel `orders`, `orders` as in `message(_ order:)`.
    public func snapshot(_ orders: [OwnOrder]) -> [UInt8] {
        var json = JSONText(capacity: 64 + 480 * orders.count)
        json.open("{")
        json.name("type")
        json.text("snapshot")
        json.name("channel")
        json.text("orders")
        json.name("orders")
        json.open("[")
        for order in orders {
            json.open("{")
            write(order, to: &json)
            json.close("}")
        }
        json.close("]")
        json.close("}")
        return json.bytes
    }

    /// An order that changed: type `order`, channel `orders`, and of the order `order_id`, `client_order_id` (null
    /// without one), `instrument`, `side`, `order_type`, `time_in_force`, `status`, `reason`, `price`,
    /// `trigger_price`, `display_quantity`, `quantity`, `filled_qty`, `remaining_qty`, `expires_at`, `sequence`,
    /// `time`; what there is not is null.
    public func message(_ order: OwnOrder) -> [UInt8] {
        var json = JSONText(capacity: 512)
        json.open("{")
        json.name("type")
        json.text("order")
        json.name("channel")
        json.text("orders")
        write(order, to: &json)
        json.close("}")
        return json.bytes
    }

    /// An own side of a trade: type `fill`, channel `orders`, `trade_id`, `contract_id`, `order_id`,
    /// `client_order_id`, `instrument`, `side`, `liquidity` (`maker` or `taker`), `price`, `quantity`, `notional`,
    /// `fee`, `settlement`, `sequence`, `time`.
    public func message(_ fill: OwnFill) -> [UInt8] {
        var json = JSONText(capacity: 480)
        let notation = open("fill", "orders", fill.instrument, &json)
        json.name("trade_id")
        write(fill.trade, to: &json)
        json.name("contract_id")
        json.decimal(Int128(fill.contract.rawValue), places: 0)
        json.name("order_id")
        json.decimal(Int128(fill.order.rawValue), places: 0)
        json.name("client_order_id")
        write(clientID: fill.clientID, to: &json)
        json.name("side")
        json.text(fill.side.text)
        json.name("liquidity")
        json.text(fill.isMaker ? "maker" : "taker")
        json.name("price")
        notation.write(fill.price, to: &json)
        json.name("quantity")
        notation.write(fill.quantity, to: &json)
        json.name("notional")
        notation.write(fill.notional, to: &json)
        json.name("fee")
        notation.write(fill.fee, to: &json)
        json.name("settlement")
        json.text(fill.settlement == .spot ? "spot" : "service")
        json.name("sequence")
        json.integer(fill.sequence)
        json.name("time")
        json.time(fill.time)
        json.close("}")
        return json.bytes
    }

    /// The members of an order.
    func write(_ order: OwnOrder, to json: inout JSONText) {
        let notation = notation(order.instrument)
        json.name("order_id")
        json.decimal(Int128(order.order.rawValue), places: 0)
        json.name("client_order_id")
        write(clientID: order.clientID, to: &json)
        json.name("instrument")
        json.text(notation.symbol)
        json.name("side")
        json.text(order.side.text)
        json.name("order_type")
        json.text(order.type.text)
        json.name("time_in_force")
        json.text(order.timeInForce.text)
        json.name("status")
        json.text(order.state.text)
        json.name("reason")
        json.text(order.reason.text)
        json.name("price")
        notation.write(Optional(order.price), to: &json)
        json.name("trigger_price")
        notation.write(Optional(order.trigger), to: &json)
        json.name("display_quantity")
        if order.display == .zero {
            json.null()
        } else {
            notation.write(order.display, to: &json)
        }
        json.name("quantity")
        notation.write(lots: Int128(order.open.lots) + Int128(order.filled.lots), to: &json)
        json.name("filled_qty")
        notation.write(order.filled, to: &json)
        json.name("remaining_qty")
        notation.write(order.open, to: &json)
        json.name("expires_at")
        if order.expiresAt == .zero { json.null() } else { json.time(order.expiresAt) }
        json.name("sequence")
        json.integer(order.sequence)
        json.name("time")
        json.time(order.time)
    }

    private func write(clientID: UInt64, to json: inout JSONText) {
        if clientID == 0 { json.null() } else { json.decimal(Int128(clientID), places: 0) }
    }

    private func message(
        _ type: StaticString,
        _ trades: [MarketTrade],
        of instrument: InstrumentID
    ) -> [UInt8] {
        var json = JSONText(capacity: 96 + 180 * trades.count)
        let notation = open(type, "trades", instrument, &json)
        json.name("trades")
        json.open("[")
        for trade in trades { write(trade, notation, to: &json) }
        json.close("]")
        json.close("}")
        return json.bytes
    }

    /// Begins a message.
    private func open(
        _ type: StaticString,
        _ channel: StaticString,
        _ instrument: InstrumentID,
        _ json: inout JSONText
    ) -> InstrumentNotation {
        let notation = notation(instrument)
        json.open("{")
        json.name("type")
        json.word(type)
        json.name("channel")
        json.word(channel)
        json.name("instrument")
        json.text(notation.symbol)
        return notation
    }

    private func write(
        _ time: Timestamp,
        _ bids: [BookLevel],
        _ asks: [BookLevel],
        _ checksum: UInt32,
        _ notation: InstrumentNotation,
        to json: inout JSONText
    ) {
        json.name("time")
        json.time(time)
        json.name("bids")
        write(bids, notation, to: &json)
        json.name("asks")
        write(asks, notation, to: &json)
        json.name("checksum")
        json.integer(checksum)
    }

    private func write(
        _ levels: [BookLevel],
        _ notation: InstrumentNotation,
        to json: inout JSONText
    ) {
        json.open("[")
        for level in levels {
            json.open("[")
            notation.write(level.price, to: &json)
            notation.write(level.quantity, to: &json)
            json.integer(level.orderCount)
            json.close("]")
        }
        json.close("]")
    }
}

// What the channels send.
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

    /// The request to subscribe again: type `resubscribe`, `channel`, `instrument` and `interval` where it has them.
    private func resubscribe(_ channel: MarketChannel) -> [UInt8] {
        var json = JSONText(capacity: 128)
        switch channel {
        case .book(let instrument): _ = open("resubscribe", "book", instrument, &json)
        case .trades(let instrument): _ = open("resubscribe", "trades", instrument, &json)
        case .ticker(let instrument): _ = open("resubscribe", "ticker", instrument, &json)
        case .candles(let instrument, let interval):
            _ = open("resubscribe", "candles", instrument, &json)
            json.name("interval")
            json.text(interval.name)
        case .orders:
            json.open("{")
            json.name("type")
            json.word("resubscribe")
            json.name("channel")
            json.word("orders")
        }
        json.close("}")
        return json.bytes
    }
}
