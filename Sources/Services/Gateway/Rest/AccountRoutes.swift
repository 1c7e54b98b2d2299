internal import Access
internal import Encoding
internal import Follower
internal import LedgerStore
internal import Platform
internal import Primitives
internal import Venue

extension Gateway {
    static let accountRoutes: [Route] = [
        Route("GET", "/api/balances", .readOwn, listBalances),
        Route("GET", "/api/v1/balances", .readOwn, listBalances),
        Route("GET", "/api/trades", .readOwn, listTrades),
        Route("GET", "/api/trades/{id}/bundle", .readOwn, giveBundle),
        Route("GET", "/api/contracts", .readOwn, listContracts),
        Route("GET", "/api/v1/ledger", .readOwn, listEntries),
        Route("GET", "/api/v1/trades", .readOwn, listTrades),
        Route("GET", "/api/v1/trades/{id}", .readOwn, showTrade),
        Route("GET", "/api/v1/trades/{id}/bundle", .readOwn, giveBundle),
        Route("GET", "/api/v1/contracts", .readOwn, listContracts),
        Route("GET", "/api/v1/contracts/{id}", .readOwn, showContract),
    ]

    /// How long a query waits at most for the projection to have what the account was told before.
    private static let patienceNanoseconds: UInt64 = 2_000_000_000

    /// Reads the caller's own rows: the one place where a query of a tenant begins.
    ///
    /// It waits until the projection has the account's last command that was answered here, so that everybody sees
    /// what they did.
    func read<Result>(
        _ exchange: Exchange,
        _ body: (any TenantLedger) throws(LedgerStoreError) -> Result
    ) throws(APIError) -> Result {
        try read(exchange.principal(), body)
    }

    /// Reads the rows of somebody whose identity was established.
    func read<Result>(
        _ principal: Principal,
        _ body: (any TenantLedger) throws(LedgerStoreError) -> Result
    ) throws(APIError) -> Result {
        let account = principal.account
        awaitProjection(desk.lastCommand(of: account))
        do throws(LedgerStoreError) {
            return try parts.store.withTenant(account, body)
        } catch {
            throw APIError(error)
        }
    }

    private func awaitProjection(_ sequence: UInt64) {
        let clock = LinuxClock()
        let end = clock.monotonicNanoseconds() + Self.patienceNanoseconds
        while parts.store.cursor < sequence, clock.monotonicNanoseconds() < end {
            PlatformThread.nap(nanoseconds: 2_000_000)
        }
    }

    // MARK: Lists

    @Sendable private static func listBalances(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        try exchange.query().finish()
        let (balances, sequence) = try gateway.read(exchange) { ledger throws(LedgerStoreError) in
            (try ledger.balances(), ledger.sequence)
        }
        let listing = gateway.parts.listing
        exchange.answer { writer in
            writer.add(
                "balances",
                array: { writer in
                    for balance in balances {
                        writer.object { writer in balance.write(listing, to: &writer) }
                    }
                }
            )
            writer.add("sequence", digits: sequence)
        }
    }

    @Sendable private static func listEntries(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        var query = try exchange.query()
        var asset: AssetID?
        if let symbol = query.text("asset") {
            guard let found = gateway.parts.listing.asset(symbol) else {
                throw APIError(.unknownAsset, "no asset has that symbol", field: "asset")
            }
            asset = found.id
        }
        let page = try gateway.page(&query)
        try query.finish()
        let entries = try gateway.read(exchange) { ledger throws(LedgerStoreError) in
            try ledger.entries(of: asset, page)
        }
        let listing = gateway.parts.listing
        exchange.answer { writer in
            writer.add(
                "entries",
                array: { writer in
                    for entry in entries.rows {
                        writer.object { writer in entry.write(listing, to: &writer) }
                    }
                }
            )
            writer.add("next_cursor", optional: entries.next)
        }
    }

    @Sendable private static func listTrades(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        try gateway.answerContracts(exchange, "trades")
    }

    @Sendable private static func listContracts(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        try gateway.answerContracts(exchange, "contracts")
    }

    private func answerContracts(
        _ exchange: Exchange,
        _ name: StaticString
    ) throws(APIError) {
        var query = try exchange.query()
        let filter = try contractFilter(&query)
        let page = try page(&query)
        try query.finish()
        let contracts = try read(exchange) { ledger throws(LedgerStoreError) in
            try ledger.contracts(filter, page)
        }
        exchange.answer { writer in
            writer.add(
                name,
                array: { writer in
                    for contract in contracts.rows {
                        writer.object { writer in contract.write(parts.listing, to: &writer) }
                    }
                }
            )
            writer.add("next_cursor", optional: contracts.next)
        }
    }

    private func contractFilter(
        _ query: inout QueryParameters
    ) throws(APIError) -> LedgerContractFilter {
        var filter = LedgerContractFilter()
        filter.instrument = try instrument(&query)
        if let text = query.text("order_id") {
            guard let number = UInt64(text) else {
                throw RequestFields.wrong("order_id", "must be the number of an order")
            }
            filter.order = OrderID(number)
        }
        switch query.text("settlement") {
        case nil: break
        case "spot": filter.settlement = .spot
        case "service": filter.settlement = .service
        default: throw RequestFields.wrong("settlement", "must be spot or service")
        }
        if let text = query.text("state") {
            let states = LedgerContractState.allCases
            guard let state = states.first(where: { state in state.word == text }) else {
                throw RequestFields.wrong("state", "must be waiting, settled, failed or expired")
            }
            filter.state = state
        }
        return filter
    }

    // MARK: One

    @Sendable private static func showTrade(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        let contracts = try gateway.sides(of: exchange.parameter("id"), exchange)
        guard let contract = contracts.first else {
            throw APIError(.notFound, "no trade of yours has that number")
        }
        exchange.answer { writer in contract.write(gateway.parts.listing, to: &writer) }
    }

    @Sendable private static func showContract(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        guard let number = UInt64(exchange.parameter("id")) else {
            throw APIError(.notFound, "no contract has that number")
        }
        let contract = try gateway.read(exchange) { ledger throws(LedgerStoreError) in
            try ledger.contract(ContractID(number))
        }
        guard let contract else {
            throw APIError(.notFound, "no contract of yours has that number")
        }
        exchange.answer { writer in contract.write(gateway.parts.listing, to: &writer) }
    }

    /// The caller's own sides of a trade: one, or both when an account traded with itself.
    private func sides(
        of text: String,
        _ exchange: Exchange
    ) throws(APIError) -> [LedgerContract] {
        guard let number = UInt64(text), 1...(UInt64.max / 2) ~= number else {
            throw APIError(.notFound, "no trade has that number")
        }
        let trade = TradeID(number)
        return try read(exchange) { ledger throws(LedgerStoreError) in
            var found: [LedgerContract] = []
            for contract in [trade.buyerContract, trade.sellerContract] {
                if let own = try ledger.contract(contract) { found.append(own) }
            }
            return found
        }
    }

    @Sendable private static func giveBundle(
        _ gateway: Gateway,
        _ exchange: Exchange
    ) throws(APIError) {
        var query = try exchange.query()
        let wanted = query.text("side")
        try query.finish()
        let sides = try gateway.sides(of: exchange.parameter("id"), exchange)
        let chosen = sides.first { contract in
            wanted == nil || contract.side.word == wanted?.uppercased()
        }
        guard let contract = chosen else {
            throw APIError(.notFound, "no trade of yours has that number")
        }
        guard let log = gateway.parts.log else {
            throw APIError(.disabled, "this venue keeps no transparency log")
        }
        let bundle = try log.bundle(
            trade: contract.contract.trade,
            side: contract.side,
            account: contract.account
        )
        let name = "trade-\(contract.contract.trade.rawValue).bundle"
        exchange.respond(
            .bytes(
                200,
                bundle,
                [
                    "Content-Type": "application/cose; cose-type=\"cose-sign1\"",
                    "Content-Disposition": "attachment; filename=\"\(name)\"",
                    "Cache-Control": "no-store",
                ]
            )
        )
    }
}

extension APIError {
    /// The error of the ledger's projection.
    init(_ error: LedgerStoreError) {
        switch error {
        case .invalidCursor:
            self.init(.invalidCursor, "the cursor is not one that this list gave out")
        case .invalidLimit: self.init(.invalidRequest, "the limit is 1 to 500", field: "limit")
        case .reasonMissing:
            self.init(.invalidRequest, "say why, as the parameter reason", field: "reason")
        case .unavailable, .diskFull, .auditFailed:
            self.init(.unavailable, "the ledger cannot be read now; try again")
        default: self.init(.internalError, "the ledger cannot be read")
        }
    }
}
