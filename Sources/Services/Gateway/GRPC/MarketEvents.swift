internal import Encoding
internal import Follower
internal import HTTP
internal import MarketData
internal import Primitives
internal import Venue

/// Writes what happens in the market as the message `MarketEvent` of `proto/parallax/v1/market_data.proto`.
struct MarketEvents: Sendable {
    private let listing: Listing

    init(_ listing: Listing) { self.listing = listing }

    /// The message, framed for any number of callers.
    func message(_ message: MarketMessage) -> GRPCMessage {
        var writer = ProtobufWriter(capacity: 256)
        writer.add(Self.number(message), message: { writer in write(message, to: &writer) })
        return GRPCMessage(writer.bytes)
    }

    /// The field of `MarketEvent`.
    private static func number(_ message: MarketMessage) -> UInt32 {
        switch message {
        case .bookSnapshot: 1
        case .bookDelta: 2
        case .tradesSnapshot: 3
        case .trades: 4
        case .tickerSnapshot, .ticker: 5
        case .candlesSnapshot, .candles: 6
        case .ordersSnapshot: 7
        case .order: 8
        case .fill: 9
        case .resubscribe: 10
        }
    }

    private func write(_ message: MarketMessage, to writer: inout ProtobufWriter) {
        switch message {
        case .bookSnapshot(let book): write(book, to: &writer)
        case .bookDelta(let delta): write(delta, to: &writer)
        case .tradesSnapshot(let instrument, let trades), .trades(let instrument, let trades):
            write(trades, instrument, to: &writer)
        case .tickerSnapshot(let ticker), .ticker(let ticker): write(ticker, to: &writer)
        case .candlesSnapshot(let candles), .candles(let candles): write(candles, to: &writer)
        case .ordersSnapshot(_, let orders):
            for order in orders {
                writer.add(1, message: { writer in write(order, to: &writer) })
            }
        case .order(let order): write(order, to: &writer)
        case .fill(let fill): write(fill, to: &writer)
        case .resubscribe(let channel): write(channel, to: &writer)
        }
    }

    private func notation(_ instrument: InstrumentID) -> EventNotation {
        EventNotation(listed: listing.instrument(instrument), instrument: instrument)
    }

    // MARK: Books

    private func write(_ book: BookSnapshot, to writer: inout ProtobufWriter) {
        let notation = notation(book.instrument)
        writer.add(1, notation.symbol)
        writer.add(2, book.sequence)
        writer.add(3, bytes: book.time.rfc3339)
        write(book.bids, 4, notation, to: &writer)
        write(book.asks, 5, notation, to: &writer)
        writer.add(6, UInt64(book.checksum))
    }

    private func write(_ delta: BookDelta, to writer: inout ProtobufWriter) {
        let notation = notation(delta.instrument)
        writer.add(1, notation.symbol)
        writer.add(2, delta.sequence)
        writer.add(3, delta.previous)
        writer.add(4, bytes: delta.time.rfc3339)
        write(delta.bids, 5, notation, to: &writer)
        write(delta.asks, 6, notation, to: &writer)
        writer.add(7, UInt64(delta.checksum))
    }

    private func write(
        _ levels: [BookLevel],
        _ number: UInt32,
        _ notation: EventNotation,
        to writer: inout ProtobufWriter
    ) {
        for level in levels {
            writer.add(
                number,
                message: { writer in
                    notation.add(1, level.price, to: &writer)
                    notation.add(2, lots: Int128(level.quantity.lots), to: &writer)
                    writer.add(3, UInt64(level.orderCount))
                }
            )
        }
    }

    // MARK: Trades, tickers, candles

    private func write(
        _ trades: [MarketTrade],
        _ instrument: InstrumentID,
        to writer: inout ProtobufWriter
    ) {
        let notation = notation(instrument)
        writer.add(1, notation.symbol)
        for trade in trades {
            writer.add(
                2,
                message: { writer in
                    writer.add(1, trade.trade.rawValue)
                    notation.add(2, trade.price, to: &writer)
                    notation.add(3, lots: Int128(trade.quantity.lots), to: &writer)
                    writer.add(4, trade.takerSide.word)
                    writer.add(5, trade.sequence)
                    writer.add(6, bytes: trade.time.rfc3339)
                }
            )
        }
    }

    private func write(_ ticker: Ticker, to writer: inout ProtobufWriter) {
        let notation = notation(ticker.instrument)
        writer.add(1, notation.symbol)
        writer.add(2, ticker.sequence)
        writer.add(3, bytes: ticker.time.rfc3339)
        writer.add(4, ticker.phase.word)
        if let trade = ticker.lastTrade {
            notation.add(5, trade.price, to: &writer)
            notation.add(6, lots: Int128(trade.quantity.lots), to: &writer)
            writer.add(7, bytes: trade.time.rfc3339)
            writer.add(8, trade.trade.rawValue)
        }
        if let bid = ticker.bestBid {
            notation.add(9, bid.price, to: &writer)
            notation.add(10, lots: Int128(bid.quantity.lots), to: &writer)
        }
        if let ask = ticker.bestAsk {
            notation.add(11, ask.price, to: &writer)
            notation.add(12, lots: Int128(ask.quantity.lots), to: &writer)
        }
        notation.add(13, lots: ticker.volume, to: &writer)
        writer.add(14, ticker.tradeCount)
        notation.add(15, ticker.open, to: &writer)
        notation.add(16, ticker.high, to: &writer)
        notation.add(17, ticker.low, to: &writer)
        if ticker.open != .none { notation.add(18, ticks: ticker.change, to: &writer) }
    }

    private func write(_ update: CandleUpdate, to writer: inout ProtobufWriter) {
        let notation = notation(update.instrument)
        writer.add(1, notation.symbol)
        writer.add(2, update.interval.name)
        for candle in update.candles {
            writer.add(
                3,
                message: { writer in
                    writer.add(1, bytes: candle.start.rfc3339)
                    notation.add(2, candle.open, to: &writer)
                    notation.add(3, candle.high, to: &writer)
                    notation.add(4, candle.low, to: &writer)
                    notation.add(5, candle.close, to: &writer)
                    notation.add(6, lots: candle.volume, to: &writer)
                    writer.add(7, candle.tradeCount)
                    writer.add(8, bytes: candle.lastUpdate.rfc3339)
                }
            )
        }
    }

    // MARK: Own orders

    private func write(_ order: OwnOrder, to writer: inout ProtobufWriter) {
        let notation = notation(order.instrument)
        writer.add(1, order.order.rawValue)
        writer.add(2, order.clientID > OrderRequest.clientIDMax ? 0 : order.clientID)
        writer.add(3, notation.symbol)
        writer.add(4, order.side.word)
        writer.add(5, order.type.word)
        writer.add(6, order.timeInForce.word)
        writer.add(7, order.state.word)
        writer.add(8, order.reason.word)
        notation.add(9, order.price, to: &writer)
        notation.add(10, order.trigger, to: &writer)
        let whole = Int128(order.open.lots) + Int128(order.filled.lots)
        notation.add(11, lots: whole, to: &writer)
        notation.add(12, lots: Int128(order.filled.lots), to: &writer)
        notation.add(13, lots: Int128(order.open.lots), to: &writer)
        writer.add(15, bytes: order.time.rfc3339)
        writer.add(16, order.sequence)
        if order.display != .zero {
            notation.add(17, lots: Int128(order.display.lots), to: &writer)
        }
        if order.expiresAt != .zero { writer.add(18, bytes: order.expiresAt.rfc3339) }
    }

    private func write(_ fill: OwnFill, to writer: inout ProtobufWriter) {
        let notation = notation(fill.instrument)
        writer.add(1, notation.symbol)
        writer.add(2, fill.trade.rawValue)
        writer.add(3, fill.contract.rawValue)
        writer.add(4, fill.order.rawValue)
        writer.add(5, fill.clientID > OrderRequest.clientIDMax ? 0 : fill.clientID)
        writer.add(6, fill.side.word)
        writer.add(7, fill.isMaker ? "maker" : "taker")
        notation.add(8, fill.price, to: &writer)
        notation.add(9, lots: Int128(fill.quantity.lots), to: &writer)
        notation.add(10, amount: fill.notional, to: &writer)
        notation.add(11, amount: fill.fee, to: &writer)
        writer.add(12, fill.settlement.word)
        writer.add(13, fill.sequence)
        writer.add(14, bytes: fill.time.rfc3339)
    }

    // MARK: Resubscription

    private func write(_ channel: MarketChannel, to writer: inout ProtobufWriter) {
        switch channel {
        case .book(let instrument): write("book", instrument, to: &writer)
        case .trades(let instrument): write("trades", instrument, to: &writer)
        case .ticker(let instrument): write("ticker", instrument, to: &writer)
        case .candles(let instrument, let interval):
            write("candles", instrument, to: &writer)
            writer.add(3, interval.name)
        case .orders: writer.add(1, "orders")
        }
    }

    private func write(
        _ name: String,
        _ instrument: InstrumentID,
        to writer: inout ProtobufWriter
    ) {
        writer.add(1, name)
        writer.add(2, notation(instrument).symbol)
    }
}

/// How the numbers of an instrument are written; in ticks, lots and smallest units where it is not listed.
private struct EventNotation {
    let listed: ListedInstrument?
    let instrument: InstrumentID

    var symbol: String { listed?.symbol ?? String(instrument.rawValue) }

    /// Adds a price, unless there is none.
    func add(_ number: UInt32, _ price: Price, to writer: inout ProtobufWriter) {
        if price != .none { add(number, ticks: price.ticks, to: &writer) }
    }

    /// Adds a price or a difference of prices.
    func add(_ number: UInt32, ticks: Int64, to writer: inout ProtobufWriter) {
        let tick = listed?.tick
        add(number, Int128(ticks) * (tick?.coefficient ?? 1), tick?.places ?? 0, to: &writer)
    }

    /// Adds a quantity or a sum of quantities.
    func add(_ number: UInt32, lots: Int128, to writer: inout ProtobufWriter) {
        let lot = listed?.lot
        add(number, lots * (lot?.coefficient ?? 1), lot?.places ?? 0, to: &writer)
    }

    /// Adds an amount of the quote asset.
    func add(_ number: UInt32, amount: Amount, to writer: inout ProtobufWriter) {
        add(number, amount, listed?.quote.decimals ?? 0, to: &writer)
    }

    private func add(
        _ number: UInt32,
        _ value: Int128,
        _ places: Int,
        to writer: inout ProtobufWriter
    ) {
        writer.add(number, text: { text in ExactDecimal.append(value, places: places, to: &text) })
    }
}
