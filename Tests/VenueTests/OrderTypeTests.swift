import Primitives
import Testing
import Venue

@Suite("Limit and market orders")
struct OrderTypeTests {
    @Test("a limit order that meets nothing rests")
    func limitRests() {
        let session = Session()
        session.check(limit(alice, .buy, 10, at: 100), "new 1; 1 open 10@100")
        session.check(limit(bob, .sell, 10, at: 101), "new 2; 2 open 10@101")
    }

    @Test("the best price trades first, then the oldest order, each at the maker's price")
    func priority() {
        let session = Session()
        session.check(limit(alice, .sell, 5, at: 102), "new 1; 1 open 5@102")
        session.check(limit(bob, .sell, 5, at: 101), "new 2; 2 open 5@101")
        session.check(limit(carol, .sell, 5, at: 101), "new 3; 3 open 5@101")
        session.check(
            limit(dave, .buy, 12, at: 103),
            """
            new 4
            trade 5@101 maker 2 taker 4; 2 filled
            trade 5@101 maker 3 taker 4; 3 filled
            trade 2@102 maker 1 taker 4; 1 partial 3@102
            4 filled
            """
        )
    }

    @Test("buy orders rank from the highest price down")
    func buyPriority() {
        let session = Session()
        session.apply(limit(alice, .buy, 5, at: 98))
        session.apply(limit(bob, .buy, 5, at: 99))
        session.check(
            limit(carol, .sell, 7, at: 98),
            """
            new 3
            trade 5@99 maker 2 taker 3; 2 filled
            trade 2@98 maker 1 taker 3; 1 partial 3@98
            3 filled
            """
        )
    }

    @Test("what a limit order cannot trade at its price rests behind those already there")
    func remainderRests() {
        let session = Session()
        session.apply(limit(alice, .sell, 4, at: 100))
        session.check(
            limit(bob, .buy, 10, at: 100),
            "new 2; trade 4@100 maker 1 taker 2; 1 filled; 2 partial 6@100"
        )
        session.check(limit(carol, .buy, 5, at: 100), "new 3; 3 open 5@100")
        session.check(
            limit(dave, .sell, 7, at: 100),
            """
            new 4
            trade 6@100 maker 2 taker 4; 2 filled
            trade 1@100 maker 3 taker 4; 3 partial 4@100
            4 filled
            """
        )
    }

    @Test("a limit order does not trade beyond its price")
    func limitHolds() {
        let session = Session()
        session.apply(limit(alice, .sell, 5, at: 101))
        session.check(limit(bob, .buy, 5, at: 100), "new 2; 2 open 5@100")
        session.check(limit(carol, .sell, 5, at: 102), "new 3; 3 open 5@102")
    }

    @Test("a market order takes what there is and never rests")
    func marketNeverRests() {
        let session = Session()
        session.check(market(alice, .buy, 5), "new 1; 1 cancelled 5 immediateRemainder")
        session.check(market(alice, .sell, 5), "new 2; 2 cancelled 5 immediateRemainder")
        session.apply(limit(bob, .sell, 3, at: 100))
        session.check(
            market(alice, .buy, 5),
            "new 4; trade 3@100 maker 3 taker 4; 3 filled; 4 cancelled 2 immediateRemainder"
        )
        session.check(limit(bob, .sell, 1, at: 1), "new 5; 5 open 1@1")
    }

    @Test("a market order walks through prices without a limit")
    func marketWalks() {
        let session = Session()
        session.apply(limit(alice, .buy, 1, at: 100))
        session.apply(limit(bob, .buy, 1, at: 1))
        session.check(
            market(carol, .sell, 2),
            """
            new 3
            trade 1@100 maker 1 taker 3; 1 filled
            trade 1@1 maker 2 taker 3; 2 filled
            3 filled
            """
        )
    }

    @Test("a market buy stops where its funds end, and pays no more")
    func marketBuyWithinFunds() {
        let session = Session(dollars: 250)
        session.apply(limit(alice, .sell, 10, at: 100))
        // 250 dollars pay for two coins at 100.
        session.check(
            market(bob, .buy, 10),
            "new 2; trade 2@100 maker 1 taker 2; 1 partial 8@100; 2 cancelled 8 insufficientFunds"
        )
        #expect(session.money(bob, dollar) == "50+0")
        #expect(session.money(bob, coin) == "1002+0")
    }

    @Test("a market buy counts its fee among its costs")
    func marketBuyWithFee() {
        let session = Session(dollars: 220)
        session.apply(fees(maker: 0, taker: 100_000))
        session.apply(limit(alice, .sell, 10, at: 100))
        // Two coins cost 200 and a tenth of it: exactly what there is.
        session.check(
            market(bob, .buy, 10),
            """
            new 2; trade 2@100 maker 1 taker 2 fees 20+0; 1 partial 8@100
            2 cancelled 8 insufficientFunds
            """
        )
        #expect(session.money(bob, dollar) == "0+0")
    }

    @Test("a market buy takes whole increments only")
    func marketBuyOnIncrement() {
        let session = Session(dollars: 790)
        session.apply(increments(quantity: 5))
        session.apply(limit(alice, .sell, 10, at: 100))
        // 790 dollars pay for seven coins, which is one increment of five.
        session.check(
            market(bob, .buy, 10),
            "new 2; trade 5@100 maker 1 taker 2; 1 partial 5@100; 2 cancelled 5 insufficientFunds"
        )
        #expect(session.money(bob, dollar) == "290+0")
    }

    @Test("an order's id names its slot; a freed slot is used again, the last freed first")
    func slots() {
        let session = Session()
        for _ in 1...3 { session.apply(limit(alice, .buy, 1, at: 10)) }
        #expect([1, 2, 3].map { session.id($0).slot } == [1, 2, 3])
        session.apply(session.cancel(1))
        session.apply(session.cancel(3))
        for _ in 4...6 { session.apply(limit(alice, .buy, 1, at: 10)) }
        #expect([4, 5, 6].map { session.id($0).slot } == [3, 1, 4])
    }
}
