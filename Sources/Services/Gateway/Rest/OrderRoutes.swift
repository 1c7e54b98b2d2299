internal import Access
internal import Encoding
internal import Follower
internal import HTTP
internal import LedgerStore
internal import Primitives
internal import Venue

extension Gateway {
    static let orderRoutes: [Route] = [
        Route("POST", "/api/orders", .placeOrder, placeOrder),
        Route("POST", "/api/v1/orders", .placeOrder, placeOrder),
        Route("DELETE", "/api/orders/{id}", .cancelOrder, cancelOrder),
        Route("DELETE", "/api/v1/orders/{id}", .cancelOrder, cancelOrder),
        Route("DELETE", "/api/orders", .cancelOrder, cancelOrders),
        Route("DELETE", "/api/v1/orders", .cancelOrder, cancelOrders),
        Route("PATCH", "/api/orders/{id}", .placeOrder, amendOrder),
        Route("PATCH", "/api/v1/orders/{id}", .placeOrder, amendOrder),
        Route("GET", "/api/orders", .readOwn, listOrders),
        Route("GET", "/api/v1/orders", .readOwn, listOrders),
        Route("GET", "/api/orders/{id}", .readOwn, showOrder),
        Route("GET", "/api/v1/orders/{id}", .readOwn, showOrder),
    ]

    // MARK: Placing

    @Sendable private static func placeOrder(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let principal = try exchange.principal()
        var fields = try exchange.fields()
        let request = OrderRequest(listing: gateway.parts.listing, account: principal.account)
        var order = try request.newOrder(&fields)
        try fields.finish()
        if let key = exchange.request.headers["Idempotency-Key"] {
            try name(&order, by: key)
        }
        let user = principal.user.description
        let listing = gateway.parts.listing
        try gateway.desk.place(order) { answer in
            switch answer {
            case .failure(let error): exchange.fail(error)
            case .success(let answer):
                if let refusal = answer.result.refusal { return exchange.fail(APIError(refusal)) }
                exchange.answer(
                    201,
                    answer.isRepeated ? ["Idempotency-Replayed": "true"] : [:]
                ) { writer in
                    answer.result.write(listing, user: user, to: &writer)
                }
            }
        }
    }

    /// Names an order after an idempotency key; with a client order id that already does it.
    static func name(_ order: inout NewOrder, by key: String) throws(APIError) {
        guard 1...255 ~= key.utf8.count else {
            throw RequestFields.wrong("Idempotency-Key", "must have 1 to 255 bytes")
        }
        if order.clientID == 0 { order.clientID = OrderKeys.clientID(ofKey: key) }
    }

    // MARK: Changing

    @Sendable private static func cancelOrder(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let principal = try exchange.principal()
        var query = try exchange.query()
        // FastEx's clients name the instrument too; the order's name is enough.
        _ = query.text("instrument")
        try query.finish()
        let reference = try reference(exchange.parameter("id"), principal.account)
        try gateway.desk.change(.cancelOrder(reference), reference) { answer in
            gateway.answer(exchange, answer, principal)
        }
    }

    @Sendable private static func amendOrder(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let principal = try exchange.principal()
        var fields = try exchange.fields()
        let reference = try reference(exchange.parameter("id"), principal.account)
        let request = OrderRequest(listing: gateway.parts.listing, account: principal.account)
        let amendment = try request.amendment(reference, &fields)
        try fields.finish()
        try gateway.desk.change(.amendOrder(amendment), reference) { answer in
            gateway.answer(exchange, answer, principal)
        }
    }

    @Sendable private static func cancelOrders(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let principal = try exchange.principal()
        var query = try exchange.query()
        let request = OrderRequest(listing: gateway.parts.listing, account: principal.account)
        let cancel = try request.massCancel(symbol: query.text("instrument"))
        try query.finish()
        try gateway.desk.cancelMany(cancel) { answer in
            switch answer {
            case .failure(let error): exchange.fail(error)
            case .success(let answer): exchange.answer { writer in answer.write(to: &writer) }
            }
        }
    }

    private func answer(
        _ exchange: Exchange,
        _ answer: OrderDesk.Answer,
        _ principal: Principal
    ) {
        switch answer {
        case .failure(let error): exchange.fail(error)
        case .success(let answer):
            if let refusal = answer.result.refusal { return exchange.fail(APIError(refusal)) }
            exchange.answer { writer in
                answer.result.write(
                    parts.listing,
                    user: principal.user.description,
                    to: &writer
                )
            }
        }
    }

    /// Which order a path names: the venue's number, or the client's behind `client:`.
    private static func reference(
        _ text: String,
        _ account: AccountID
    ) throws(APIError) -> OrderReference {
        if text.hasPrefix("client:") {
            guard let number = UInt64(text.dropFirst(7)), 1...OrderRequest.clientIDMax ~= number
            else { throw APIError(.notFound, "no order has that name") }
            return OrderReference(account: account, clientID: number)
        }
        guard let number = UInt64(text), number > 0 else {
            throw APIError(.notFound, "no order has that name")
        }
        return OrderReference(account: account, order: OrderID(number))
    }

    // MARK: Reading

    @Sendable private static func listOrders(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        var query = try exchange.query()
        let filter = try gateway.orderFilter(&query)
        let page = try gateway.page(&query)
        try query.finish()
        let orders = try gateway.read(exchange) { ledger throws(LedgerStoreError) in
            try ledger.orders(filter, page)
        }
        let listing = gateway.parts.listing
        exchange.answer { writer in
            writer.add(
                "orders",
                array: { writer in
                    for order in orders.rows {
                        writer.object { writer in order.write(listing, to: &writer) }
                    }
                }
            )
            writer.add("next_cursor", optional: orders.next)
        }
    }

    @Sendable private static func showOrder(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        guard let number = UInt64(exchange.parameter("id")) else {
            throw APIError(.notFound, "no order has that name")
        }
        let order = try gateway.read(exchange) { ledger throws(LedgerStoreError) in
            try ledger.order(OrderID(number))
        }
        guard let order else { throw APIError(.notFound, "no order of yours has that name") }
        let listing = gateway.parts.listing
        exchange.answer { writer in order.write(listing, to: &writer) }
    }

    private func orderFilter(
        _ query: inout QueryParameters
    ) throws(APIError) -> LedgerOrderFilter {
        var filter = LedgerOrderFilter()
        switch query.text("status") {
        case nil, "all": filter.states = .all
        case "open", "live": filter.states = .live
        case "ended": filter.states = .ended
        case let word?:
            guard let found = OrderState.allCases.first(where: { state in state.word == word })
            else {
                throw RequestFields.wrong("status", "must be all, open, ended or a state's name")
            }
            filter.states = .only(found)
        }
        filter.instrument = try instrument(&query)
        return filter
    }

    /// The instrument that a query names, if it names one.
    func instrument(_ query: inout QueryParameters) throws(APIError) -> InstrumentID? {
        guard let symbol = query.text("instrument") else { return nil }
        guard let instrument = parts.listing.instrument(symbol) else {
            throw APIError(
                .unknownInstrument,
                "no instrument has that symbol",
                field: "instrument"
            )
        }
        return instrument.id
    }

    /// The part of a list that a query asks for.
    func page(_ query: inout QueryParameters) throws(APIError) -> LedgerPageRequest {
        let limit = try query.integer("limit", in: 1...LedgerPageRequest.limitMax, standard: 100)
        return LedgerPageRequest(limit: limit, cursor: query.text("cursor"))
    }
}

extension MassCancelAnswer {
    func write(to writer: inout JSONWriter) {
        writer.add("cancelled", number: orders.count)
        writer.add(
            "order_ids",
            array: { writer in for order in orders { writer.digits(order.rawValue) } }
        )
        writer.add("sequence", digits: sequence)
    }
}
