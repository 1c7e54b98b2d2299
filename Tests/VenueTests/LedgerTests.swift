import Primitives
import Testing
import Venue

@Suite("Ledger, fees and holds")
struct LedgerTests {
    @Test("a deposit is available at once, a withdrawal takes only what is available")
    func transfers() {
        let session = Session(dollars: 500)
        session.check(deposit(alice, dollar, 100), "deposited 100")
        #expect(session.money(alice, dollar) == "600+0")
        session.apply(limit(alice, .buy, 4, at: 100))
        session.check(withdraw(alice, dollar, 201), "refused insufficientFunds")
        session.check(withdraw(alice, dollar, 200), "withdrawn 200")
        #expect(session.money(alice, dollar) == "0+400")
    }

    @Test("a buy reserves notional and fee, a sell what it delivers")
    func holds() {
        let session = Session()
        session.apply(fees(maker: 1_000, taker: 2_500))
        session.apply(limit(alice, .buy, 5, at: 90))
        // 450 and the larger fee: 450 × 0.0025 = 1.125, rounded down.
        #expect(session.money(alice, dollar) == "\(1_000_000 - 451)+451")
        session.apply(limit(bob, .sell, 7, at: 110))
        #expect(session.money(bob, coin) == "993+7")
    }

    @Test("both sides pay the fee of their role, and the house receives both")
    func feesOfBothSides() {
        let session = Session()
        session.apply(fees(maker: 10_000, taker: 30_000))
        session.apply(limit(alice, .sell, 5, at: 100))
        session.check(
            limit(bob, .buy, 5, at: 110),
            "new 2; trade 5@100 maker 1 taker 2 fees 15+5; 1 filled; 2 filled"
        )
        #expect(session.money(alice, dollar) == "1000495+0")
        #expect(session.money(alice, coin) == "995+0")
        #expect(session.money(bob, dollar) == "\(1_000_000 - 515)+0")
        #expect(session.money(bob, coin) == "1005+0")
        #expect(session.money(.fees, dollar) == "20+0")
        #expect(session.money(.clearingHouse, dollar) == "0+0")
        session.check(withdraw(.fees, dollar, 20), "withdrawn 20")
    }

    @Test("a better price and a lower fee are given back at once")
    func improvement() {
        let session = Session()
        session.apply(fees(maker: 0, taker: 100_000))
        session.apply(limit(alice, .buy, 10, at: 100))
        #expect(session.money(alice, dollar) == "998900+1100")
        session.apply(limit(bob, .sell, 4, at: 90))
        // As the maker Alice pays no fee: 400, and 660 stay reserved for the other six.
        #expect(session.money(alice, dollar) == "998940+660")
        session.apply(limit(bob, .sell, 2, at: 120))
        session.apply(session.cancel(1))
        session.check(
            limit(alice, .buy, 2, at: 130),
            "new 4; trade 2@120 maker 3 taker 4 fees 24+0; 3 filled; 4 filled"
        )
        #expect(session.money(alice, dollar) == "\(1_000_000 - 400 - 264)+0")
    }

    @Test("fees are rounded down, to nothing if need be")
    func rounding() {
        let session = Session()
        session.apply(fees(maker: 9_999, taker: 10_000))
        session.apply(limit(alice, .sell, 1, at: 100))
        session.check(
            limit(bob, .buy, 1, at: 100),
            "new 2; trade 1@100 maker 1 taker 2 fees 1+0; 1 filled; 2 filled"
        )
    }

    @Test("a fee may be the whole notional")
    func wholeFee() {
        let session = Session()
        session.apply(fees(maker: 1_000_000, taker: 1_000_000))
        session.apply(limit(alice, .sell, 1, at: 100))
        session.apply(limit(bob, .buy, 1, at: 100))
        #expect(session.money(alice, dollar) == "1000000+0")
        #expect(session.money(bob, dollar) == "999800+0")
        #expect(session.money(.fees, dollar) == "200+0")
    }

    @Test("an order that cannot be paid is refused before it matches", arguments: Side.allCases)
    func unpayable(side: Side) {
        let session = Session(dollars: 499, coins: 4)
        session.apply(limit(alice, side.opposite, 1, at: 100))
        session.check(limit(bob, side, 5, at: 100), "refused insufficientFunds")
        session.check(
            limit(bob, side, 4, at: 100),
            "new 2; trade 1@100 maker 1 taker 2; 1 filled; 2 partial 3@100"
        )
    }

    @Test("nobody trades with funds that another order holds")
    func heldOnce() {
        let session = Session(dollars: 500, coins: 5)
        session.apply(limit(alice, .buy, 5, at: 60))
        session.check(limit(alice, .buy, 5, at: 41), "refused insufficientFunds")
        session.check(limit(alice, .buy, 5, at: 40), "new 2; 2 open 5@40")
        session.check(market(alice, .buy, 1), "refused insufficientFunds")
        session.apply(limit(alice, .sell, 5, at: 100))
        session.check(market(alice, .sell, 1), "refused insufficientFunds")
        session.check(stop(alice, .sell, 5, trigger: 10), "new 4; 4 pendingTrigger 5@10")
    }

    @Test("a trade with oneself moves nothing but the fees")
    func withOneself() {
        let session = Session()
        session.apply(fees(maker: 10_000, taker: 10_000))
        session.apply(limit(alice, .sell, 5, at: 100))
        session.check(
            limit(alice, .buy, 5, at: 100),
            "new 2; trade 5@100 maker 1 taker 2 fees 5+5; 1 filled; 2 filled"
        )
        #expect(session.money(alice, dollar) == "999990+0")
        #expect(session.money(alice, coin) == "1000+0")
    }
}
