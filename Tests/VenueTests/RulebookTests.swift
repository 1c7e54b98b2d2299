import Primitives
import Testing
import Venue

@Suite("Rulebook")
struct RulebookTests {
    @Test("each accepted rule raises the version; refused rules and phases do not")
    func versions() {
        let session = Session(.closed)
        session.check(.defineAsset(AssetID(9)), "version 6")
        session.check(.defineAsset(AssetID(9)), "refused assetExists")
        session.check(fees(maker: 1, taker: 2), "version 7")
        session.check(phase(.continuous), "phase continuous")
        session.check(increments(price: 5), "version 8")
        session.check(band(50, 60), "version 9")
        session.check(.setLimits(LimitRule(ordersPerAccountMax: 3)), "version 10")
    }

    @Test("new fees are for orders accepted from then on")
    func feesForNewOrders() {
        let session = Session()
        session.apply(limit(alice, .sell, 5, at: 100))
        session.apply(fees(maker: 10_000, taker: 20_000))
        session.check(
            limit(bob, .buy, 2, at: 100),
            "new 2; trade 2@100 maker 1 taker 2 fees 4+0; 1 partial 3@100; 2 filled"
        )
    }

    @Test("new increments are for orders and amendments from then on")
    func incrementsForNewOrders() {
        let session = Session()
        session.apply(limit(alice, .sell, 3, at: 101))
        session.apply(increments(price: 5, quantity: 2, most: 10))
        session.check(session.amend(1, 1), "refused quantityOffIncrement")
        session.check(session.amend(1, 2, at: 101), "refused priceOffIncrement")
        session.check(session.amend(1, 2), "1 open 2@101 amended")
        session.check(limit(bob, .buy, 2, at: 101), "refused priceOffIncrement")
        session.check(limit(bob, .buy, 3, at: 105), "refused quantityOffIncrement")
        session.check(limit(bob, .buy, 12, at: 105), "refused invalidQuantity")
        session.check(stop(bob, .buy, 2, trigger: 101), "refused invalidTrigger")
        session.check(
            limit(bob, .buy, 10, at: 105, display: 3),
            "refused invalidDisplay"
        )
        session.check(
            limit(bob, .buy, 10, at: 105, display: 4),
            "new 2; trade 2@101 maker 1 taker 2; 1 filled; 2 partial 8@105"
        )
    }

    @Test("a new limit of orders keeps those there are")
    func orderLimit() {
        let session = Session()
        for _ in 1...3 { session.apply(limit(alice, .buy, 1, at: 10)) }
        session.apply(.setLimits(LimitRule(ordersPerAccountMax: 2)))
        session.check(limit(alice, .buy, 1, at: 10), "refused tooManyOrders")
        session.check(limit(bob, .sell, 1, at: 11), "new 4; 4 open 1@11")
        session.apply(session.cancel(1))
        session.check(market(alice, .buy, 1), "refused tooManyOrders")
        session.apply(session.cancel(2))
        session.check(
            market(alice, .buy, 1),
            "new 5; trade 1@11 maker 4 taker 5; 4 filled; 5 filled"
        )
    }

    /// Rules whose numbers are just outside their ranges.
    static let invalid: [Command] = [
        .defineAsset(AssetID(Limits.assetsMax)),
        .defineInstrument(definition(instrument: Limits.instrumentsMax)),
        .defineInstrument(definition(quote: coin)),
        .defineInstrument(definition(lotUnits: 0)),
        .defineInstrument(definition(lotUnits: Limits.lotUnitsMax + 1)),
        .defineInstrument(definition(tickUnits: 0)),
        .defineInstrument(definition(tickUnits: Limits.tickUnitsMax + 1)),
        .defineInstrument(definition(end: 1)),
        .defineInstrument(definition(start: 1)),
        .defineInstrument(definition(.service)),
        .defineInstrument(definition(.service, start: 10, end: 10)),
        .defineInstrument(definition(.service, end: 1)),
        increments(price: 0),
        increments(price: Limits.priceMax + 1),
        increments(quantity: 0),
        increments(quantity: 6, most: 5),
        increments(most: 0),
        increments(most: Limits.quantityMax + 1),
        fees(maker: 1_000_001, taker: 0),
        fees(maker: 0, taker: 1_000_001),
        band(0, 5),
        band(5, 0),
        band(6, 5),
        band(-1, 5),
        band(5, Limits.priceMax + 1),
        .setLimits(LimitRule(ordersPerAccountMax: 0)),
        .setLimits(LimitRule(ordersPerAccountMax: Limits.ordersMax + 1)),
    ]

    @Test("a number outside its range is refused and changes nothing", arguments: invalid.indices)
    func outOfRange(row: Int) {
        let session = Session()
        session.check(Self.invalid[row], "refused invalidRule")
        session.check(fees(maker: 0, taker: 0), "version 6")
    }

    /// Rules whose numbers are just inside their ranges.
    static let valid: [Command] = [
        .defineAsset(AssetID(Limits.assetsMax - 1)),
        .defineInstrument(definition(instrument: Limits.instrumentsMax - 1)),
        .defineInstrument(
            definition(lotUnits: Limits.lotUnitsMax, tickUnits: Limits.tickUnitsMax)
        ),
        .defineInstrument(definition(.service, start: 0, end: 2)),
        increments(price: Limits.priceMax, quantity: 5, most: 5),
        fees(maker: 1_000_000, taker: 1_000_000),
        band(1, Limits.priceMax),
        band(7, 7),
        .setLimits(LimitRule(ordersPerAccountMax: Limits.ordersMax)),
    ]

    @Test("a number at the end of its range is accepted", arguments: valid.indices)
    func inRange(row: Int) { Session().check(Self.valid[row], "version 6") }

    private static func definition(
        _ settlement: SettlementKind = .spot,
        instrument: UInt32 = 7,
        quote: AssetID = dollar,
        lotUnits: Int64 = 1,
        tickUnits: Int64 = 1,
        start: UInt64 = 0,
        end: UInt64 = 0
    ) -> InstrumentDefinition {
        InstrumentDefinition(
            instrument: InstrumentID(instrument),
            base: coin,
            quote: quote,
            settlement: settlement,
            lotUnits: lotUnits,
            tickUnits: tickUnits,
            windowStart: Timestamp(start),
            windowEnd: Timestamp(end)
        )
    }
}
