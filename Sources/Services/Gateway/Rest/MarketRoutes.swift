internal import Encoding
internal import Follower
internal import HTTP
internal import MarketData
internal import Primitives
internal import Venue

extension Gateway {
    static let marketRoutes: [Route] = [
        Route("GET", "/api/v1/assets", nil, listAssets),
        Route("GET", "/api/v1/instruments", nil, listInstruments),
        Route("GET", "/api/orderbook/{instrument}", nil, showBook),
        Route("GET", "/market/book/{instrument}", nil, showBook),
        Route("GET", "/market/orders/{instrument}", nil, showBookOrders),
        Route("GET", "/market/ticker/{instrument}", nil, showTicker),
        Route("GET", "/market/candles/{instrument}", nil, showCandles),
        Route("GET", "/market/trades/{instrument}", nil, showTrades),
    ]

    // MARK: What is listed

    @Sendable private static func listAssets(_ gateway: Gateway, _ exchange: Exchange) {
        exchange.answer { writer in
            writer.add(
                "assets",
                array: { writer in
                    for asset in gateway.parts.listing.assets {
                        writer.object { writer in
                            writer.add("symbol", asset.symbol)
                            writer.add("name", asset.name)
                            writer.add("decimals", number: asset.decimals)
                        }
                    }
                }
            )
        }
    }

    @Sendable private static func listInstruments(_ gateway: Gateway, _ exchange: Exchange) {
        let market = gateway.parts.market
        exchange.answer { writer in
            writer.add(
                "instruments",
                array: { writer in
                    for instrument in gateway.parts.listing.instruments {
                        let phase = market.ticker(instrument.id)?.phase ?? .closed
                        writer.object { writer in instrument.write(phase, to: &writer) }
                    }
                }
            )
        }
    }

    // MARK: Market data

    /// The listed instrument that a path names.
    private func named(_ exchange: Exchange) throws(APIError) -> ListedInstrument {
        guard let instrument = parts.listing.instrument(exchange.parameter("instrument")) else {
            throw APIError(
                .unknownInstrument,
                "no instrument has that symbol",
                field: "instrument"
            )
        }
        return instrument
    }

    @Sendable private static func showBook(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let instrument = try gateway.named(exchange)
        var query = try exchange.query()
        let depth = try query.integer("depth", in: 1...1_000, standard: 100)
        try query.finish()
        guard let book = gateway.parts.market.book(instrument.id, depth: depth) else {
            throw Self.notReady
        }
        exchange.respond(.json(200, gateway.parts.market.json.book(book)))
    }

    @Sendable private static func showBookOrders(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let instrument = try gateway.named(exchange)
        var query = try exchange.query()
        let depth = try query.integer("depth", in: 1...1_000, standard: 100)
        try query.finish()
        guard let book = gateway.parts.market.bookOrders(instrument.id, depth: depth) else {
            throw Self.notReady
        }
        exchange.respond(.json(200, gateway.parts.market.json.orders(book)))
    }

    @Sendable private static func showTicker(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let instrument = try gateway.named(exchange)
        try exchange.query().finish()
        guard let ticker = gateway.parts.market.ticker(instrument.id) else { throw Self.notReady }
        exchange.respond(.json(200, gateway.parts.market.json.ticker(ticker)))
    }

    @Sendable private static func showCandles(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let instrument = try gateway.named(exchange)
        var query = try exchange.query()
        let limit = try query.integer("limit", in: 1...500, standard: 100)
        guard let interval = CandleInterval(name: query.text("interval") ?? "1m") else {
            let names = CandleInterval.allCases.map(\.name).joined(separator: ", ")
            throw RequestFields.wrong("interval", "must be one of \(names)")
        }
        var end: Timestamp?
        if let text = query.text("before") {
            guard let time = Timestamp(rfc3339: text) else {
                throw RequestFields.wrong("before", "must be a time such as 2026-12-01T00:00:00Z")
            }
            end = time
        }
        try query.finish()
        let market = gateway.parts.market
        let candles = market.candles(instrument.id, interval, limit: limit, before: end)
        exchange.respond(
            .json(200, market.json.candles(candles, of: instrument.id, interval, limit: limit))
        )
    }

    @Sendable private static func showTrades(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let instrument = try gateway.named(exchange)
        var query = try exchange.query()
        let limit = try query.integer("limit", in: 1...500, standard: 100)
        var before: TradeID?
        if let text = query.text("before") {
            guard let number = UInt64(text) else {
                throw RequestFields.wrong("before", "must be the number of a trade")
            }
            before = TradeID(number)
        }
        try query.finish()
        let market = gateway.parts.market
        let trades = market.trades(instrument.id, limit: limit, before: before)
        exchange.respond(.json(200, market.json.trades(trades, of: instrument.id)))
    }

    private static var notReady: APIError {
        APIError(.notReady, "the market's data is being read from the journal; try again")
    }
}

extension ListedInstrument {
    /// Writes the members of an instrument as it is listed.
    func write(_ phase: Phase, to writer: inout JSONWriter) {
        writer.add("symbol", symbol)
        writer.add("base", base.symbol)
        writer.add("quote", quote.symbol)
        writer.add("price_decimals", number: tick.places)
        writer.add("quantity_decimals", number: lot.places)
        writer.add("tick", text: { text in text.append(contentsOf: tick.text) })
        writer.add("lot", text: { text in text.append(contentsOf: lot.text) })
        writer.name("quantity_max")
        writer.quantity(Quantity(rules.quantityMax), self)
        writer.add("maker_fee_rate", number: rules.makerRate)
        writer.add("taker_fee_rate", number: rules.takerRate)
        writer.add("settlement", settlement.word)
        writer.name("window_start")
        if settlement == .spot { writer.null() } else { writer.time(window.start) }
        writer.name("window_end")
        if settlement == .spot { writer.null() } else { writer.time(window.end) }
        writer.name("price_low")
        writer.price(rules.band.map { band in Price(band.lowerBound) } ?? .none, self)
        writer.name("price_high")
        writer.price(rules.band.map { band in Price(band.upperBound) } ?? .none, self)
        writer.add("phase", phase.word)
    }
}
