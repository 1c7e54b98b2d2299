internal import Access
internal import Encoding
internal import Follower
internal import LedgerStore
internal import Primitives
internal import Sequencer
internal import Venue

extension Gateway {
    static let operatorRoutes: [Route] = [
        Route(
            "POST",
            "/api/v1/operator/instruments/{instrument}/phase",
            .operateVenue,
            changePhase
        ),
        Route("GET", "/api/v1/regulator/balances", .readCrossTenant, readBalances),
        Route("GET", "/api/v1/regulator/users/{username}/orders", .readCrossTenant, readOrders),
        Route("GET", "/api/v1/regulator/users/{username}/trades", .readCrossTenant, readTrades),
    ]

    // MARK: The venue

    @Sendable private static func changePhase(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let symbol = exchange.parameter("instrument")
        guard let instrument = gateway.parts.listing.instrument(symbol) else {
            throw APIError(.unknownInstrument, "no instrument has that symbol")
        }
        var fields = try exchange.fields()
        guard
            let phase = try fields.word(
                "phase",
                [
                    "CLOSED": Phase.closed, "OPENING_AUCTION": .openingAuction,
                    "CONTINUOUS": .continuous, "HALTED": .halted,
                    "CLOSING_AUCTION": .closingAuction,
                ]
            )
        else { throw RequestFields.wrong("phase", "is missing") }
        try fields.finish()
        let change = PhaseChange(instrument: instrument.id, phase: phase)
        let account = try exchange.principal().account
        try gateway.desk.send(.setPhase(change), account) { ended in
            switch ended {
            case .failure(let error): exchange.fail(error)
            case .success(let outcome):
                if let refusal = outcome.reply.refusal { return exchange.fail(APIError(refusal)) }
                exchange.answer { writer in
                    writer.add("instrument", instrument.symbol)
                    writer.add("phase", phase.word)
                    writer.add("sequence", digits: outcome.reply.sequence)
                }
            }
        }
    }

    // MARK: Reading across tenants

    /// Reads what is of others, after a record of it is durable.
    private func readAcross<Result>(
        _ exchange: Exchange,
        reason: String?,
        _ body: (any CrossTenantLedger) throws(LedgerStoreError) -> Result
    ) throws(APIError) -> Result {
        let principal = try exchange.principal()
        guard let reason else {
            throw RequestFields.wrong("reason", "is missing: say why you read what is of others")
        }
        do throws(LedgerStoreError) {
            return try parts.store.withCrossTenant(
                reason: reason,
                requestor: principal.user.description,
                audit: { read throws(LedgerStoreError) in try parts.recordCrossTenant(read) },
                body
            )
        } catch {
            throw APIError(error)
        }
    }

    @Sendable private static func readBalances(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        var query = try exchange.query()
        let reason = query.text("reason")
        let limit = try query.integer("limit", in: 1...500, standard: 100)
        let after = try balanceCursor(query.text("cursor"))
        try query.finish()
        let balances = try gateway.readAcross(exchange, reason: reason) {
            ledger throws(LedgerStoreError) in
            try ledger.balances(after: after, limit: limit)
        }
        let listing = gateway.parts.listing
        exchange.answer { writer in
            writer.add(
                "balances",
                array: { writer in
                    for balance in balances {
                        writer.object { writer in
                            writer.add("account", digits: balance.account.rawValue)
                            balance.write(listing, to: &writer)
                        }
                    }
                }
            )
            let last = balances.count == limit ? balances.last : nil
            writer.add(
                "next_cursor",
                optional: last.map { "\($0.account.rawValue).\($0.asset.rawValue)" }
            )
        }
    }

    private static func balanceCursor(_ text: String?) throws(APIError) -> LedgerBalance? {
        guard let text else { return nil }
        let parts = text.split(separator: ".").compactMap { part in UInt32(part) }
        guard parts.count == 2 else {
            throw APIError(.invalidCursor, "the cursor is not one that this list gave out")
        }
        return LedgerBalance(
            account: AccountID(parts[0]),
            asset: AssetID(parts[1]),
            available: 0,
            locked: 0
        )
    }

    @Sendable private static func readOrders(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let (account, page, reason) = try gateway.someone(exchange)
        let orders = try gateway.readAcross(exchange, reason: reason) {
            ledger throws(LedgerStoreError) in
            try ledger.tenant(account).orders(LedgerOrderFilter(), page)
        }
        exchange.answer { writer in
            writer.add(
                "orders",
                array: { writer in
                    for order in orders.rows {
                        writer.object { writer in
                            order.write(gateway.parts.listing, to: &writer)
                        }
                    }
                }
            )
            writer.add("next_cursor", optional: orders.next)
        }
    }

    @Sendable private static func readTrades(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let (account, page, reason) = try gateway.someone(exchange)
        let trades = try gateway.readAcross(exchange, reason: reason) {
            ledger throws(LedgerStoreError) in
            try ledger.tenant(account).trades(nil, page)
        }
        exchange.answer { writer in
            writer.add(
                "trades",
                array: { writer in
                    for trade in trades.rows {
                        writer.object { writer in
                            trade.write(gateway.parts.listing, to: &writer)
                        }
                    }
                }
            )
            writer.add("next_cursor", optional: trades.next)
        }
    }

    /// Whose rows a path names, which part of them, and why they are read.
    private func someone(
        _ exchange: Exchange
    ) throws(APIError) -> (AccountID, LedgerPageRequest, String?) {
        var query = try exchange.query()
        let reason = query.text("reason")
        let page = try page(&query)
        try query.finish()
        let found = try Self.perform { () throws(AccessError) in
            try parts.access.user(named: exchange.parameter("username"))
        }
        guard let user = found else { throw APIError(.notFound, "there is no such user") }
        return (user.account, page, reason)
    }
}
