import Primitives
import Testing
import Venue

@Suite("Prices and amounts at their limits")
struct PriceRangeTests {
    /// Prices next to each other and far apart, on both sides of the powers of 64.
    static let prices: [Int64] = [
        1, 2, 63, 64, 65, 4_095, 4_096, 4_097, 1 << 18 - 1, 1 << 18, 1 << 24, 1 << 30, 1 << 30 + 1,
        Limits.priceMax - 1, Limits.priceMax,
    ]

    private func richSession() -> Session {
        let session = Session()
        for account in [alice, bob] { session.apply(deposit(account, dollar, 1 << 60)) }
        return session
    }

    @Test("a market buy finds the next ask however far it is")
    func asks() {
        let session = richSession()
        for (index, price) in Self.prices.reversed().enumerated() {
            let number = index + 1
            session.check(
                limit(alice, .sell, 1, at: price),
                "new \(number); \(number) open 1@\(price)"
            )
        }
        for (index, price) in Self.prices.enumerated() {
            let maker = Self.prices.count - index
            let taker = Self.prices.count + index + 1
            session.check(
                market(bob, .buy, 1),
                """
                new \(taker); trade 1@\(price) maker \(maker) taker \(taker)
                \(maker) filled; \(taker) filled
                """
            )
        }
    }

    @Test("a market sell finds the next bid however far it is")
    func bids() {
        let session = richSession()
        for price in Self.prices { session.apply(limit(bob, .buy, 1, at: price)) }
        for (index, price) in Self.prices.reversed().enumerated() {
            let maker = Self.prices.count - index
            let taker = Self.prices.count + index + 1
            session.check(
                market(alice, .sell, 1),
                """
                new \(taker); trade 1@\(price) maker \(maker) taker \(taker)
                \(maker) filled; \(taker) filled
                """
            )
        }
    }

    @Test("stops wait and trigger at prices far apart")
    func stops() {
        let session = richSession()
        session.apply(limit(alice, .sell, 1, at: 1))
        session.apply(limit(bob, .buy, 1, at: 1))
        session.apply(stop(bob, .buy, 1, trigger: Limits.priceMax))
        session.apply(stop(bob, .buy, 1, trigger: 1 << 30))
        session.apply(limit(alice, .sell, 1, at: Limits.priceMax))
        session.check(
            limit(bob, .buy, 1, at: Limits.priceMax),
            """
            new 6; trade 1@\(Limits.priceMax) maker 5 taker 6; 5 filled; 6 filled
            4 new 1 triggered; 4 cancelled 1 immediateRemainder
            3 new 1 triggered; 3 cancelled 1 immediateRemainder
            """
        )
    }

    @Test("an auction over the whole range of prices")
    func auction() {
        let session = Session(.openingAuction)
        session.apply(deposit(bob, dollar, 1 << 60))
        session.apply(limit(alice, .sell, 2, at: 1))
        session.apply(limit(bob, .buy, 3, at: Limits.priceMax))
        session.check(
            phase(.continuous),
            """
            phase continuous
            trade 2@\(Limits.priceMax) maker 1 taker 2; 1 filled; 2 partial 1@\(Limits.priceMax)
            uncrossed 2@\(Limits.priceMax)
            """
        )
    }

    @Test(
        "prices, triggers and quantities outside their range are refused",
        arguments: [Int64.min, -1, Limits.priceMax + 1, .max]
    )
    func outside(number: Int64) {
        let session = Session()
        session.check(limit(alice, .buy, 1, at: number), "refused invalidPrice")
        session.check(stop(alice, .buy, 1, trigger: number), "refused invalidTrigger")
        session.check(trailing(alice, .buy, 1, by: number), "refused invalidTrail")
        if number < 0 || number > Limits.quantityMax {
            session.check(limit(alice, .buy, number, at: 100), "refused invalidQuantity")
        }
        session.check(limit(alice, .buy, 5, at: 100, display: number), "refused invalidDisplay")
    }

    @Test("the largest quantity at the highest price with the largest units and fees is exact")
    func largest() {
        let session = Session(.closed)
        let huge = InstrumentID(5)
        session.apply(
            .defineInstrument(
                InstrumentDefinition(
                    instrument: huge,
                    base: coin,
                    quote: dollar,
                    lotUnits: Limits.lotUnitsMax,
                    tickUnits: Limits.tickUnitsMax
                )
            )
        )
        session.apply(fees(maker: 999_999, taker: 1_000_000, of: huge))
        session.apply(phase(.continuous, of: huge))
        session.apply(deposit(alice, coin, Limits.amountMax - 4_000))
        session.apply(deposit(bob, dollar, Limits.amountMax - 4_000_000))
        session.check(deposit(bob, dollar, 1), "refused invalidAmount")

        let lots = Limits.quantityMax
        let price = Limits.priceMax
        let notional = Amount(lots) * Amount(price) * Amount(Limits.tickUnitsMax)
        // 999,999 millionths are the notional less a millionth of it, rounded up.
        let makerFee = notional - (notional + 999_999) / 1_000_000
        session.apply(limit(alice, .sell, lots, at: price, of: huge))
        session.check(
            limit(bob, .buy, lots, at: price, of: huge),
            """
            new 2; trade \(lots)@\(price) maker 1 taker 2 fees \(notional)+\(makerFee)
            1 filled; 2 filled
            """
        )
        let bobHad = 1_000_000 + Limits.amountMax - 4_000_000
        #expect(session.money(bob, dollar) == "\(bobHad - 2 * notional)+0")
        #expect(session.money(alice, dollar) == "\(1_000_000 + notional - makerFee)+0")
        #expect(session.money(.fees, dollar) == "\(notional + makerFee)+0")
        let delivery = Amount(lots) * Amount(Limits.lotUnitsMax)
        #expect(session.money(bob, coin) == "\(1_000 + delivery)+0")
    }

    @Test("a market buy with the largest budget takes what it can pay, to the lot")
    func largestBudget() {
        let session = Session(.closed)
        let dear = InstrumentID(5)
        session.apply(
            .defineInstrument(
                InstrumentDefinition(
                    instrument: dear,
                    base: coin,
                    quote: dollar,
                    tickUnits: Limits.tickUnitsMax
                )
            )
        )
        session.apply(phase(.continuous, of: dear))
        session.apply(deposit(alice, coin, Amount(Limits.quantityMax)))
        // Bob can pay for exactly 10 lots at the highest price but for one unit.
        let tenLots = 10 * Amount(Limits.priceMax) * Amount(Limits.tickUnitsMax)
        session.apply(deposit(bob, dollar, tenLots - 1 - 1_000_000))
        session.apply(limit(alice, .sell, Limits.quantityMax, at: Limits.priceMax, of: dear))
        session.check(
            market(bob, .buy, Limits.quantityMax, of: dear),
            """
            new 2; trade 9@\(Limits.priceMax) maker 1 taker 2
            1 partial \(Limits.quantityMax - 9)@\(Limits.priceMax)
            2 cancelled \(Limits.quantityMax - 9) insufficientFunds
            """
        )
    }
}
