import Primitives
import Testing
import Venue

@Suite("Stops")
struct StopTests {
    /// A session in which 1 coin has traded at 100, by orders 1 and 2.
    private func traded(dollars: Amount = 1_000_000) -> Session {
        let session = Session(dollars: dollars)
        session.apply(limit(alice, .sell, 1, at: 100))
        session.apply(limit(bob, .buy, 1, at: 100))
        return session
    }

    @Test("a buy stop waits below its trigger and buys at market when it trades")
    func buyStop() {
        let session = traded()
        session.check(stop(carol, .buy, 3, trigger: 102), "new 3; 3 pendingTrigger 3@102")
        session.apply(limit(alice, .sell, 1, at: 101))
        session.check(
            limit(bob, .buy, 1, at: 101),
            "new 5; trade 1@101 maker 4 taker 5; 4 filled; 5 filled"
        )
        session.apply(limit(alice, .sell, 9, at: 102))
        session.check(
            limit(bob, .buy, 1, at: 102),
            """
            new 7; trade 1@102 maker 6 taker 7; 6 partial 8@102; 7 filled
            3 new 3 triggered; trade 3@102 maker 6 taker 3; 6 partial 5@102; 3 filled
            """
        )
    }

    @Test("a sell stop triggers at its trigger or below, never above")
    func sellStop() {
        let session = traded()
        session.check(stop(carol, .sell, 3, trigger: 98), "new 3; 3 pendingTrigger 3@98")
        session.apply(limit(alice, .buy, 1, at: 99))
        session.check(
            limit(bob, .sell, 1, at: 99),
            "new 5; trade 1@99 maker 4 taker 5; 4 filled; 5 filled"
        )
        session.apply(limit(alice, .buy, 2, at: 97))
        session.check(
            limit(bob, .sell, 1, at: 97),
            """
            new 7; trade 1@97 maker 6 taker 7; 6 partial 1@97; 7 filled
            3 new 3 triggered; trade 1@97 maker 6 taker 3; 6 filled
            3 cancelled 2 immediateRemainder
            """
        )
    }

    @Test(
        "a stop whose trigger the market has reached already acts at once",
        arguments: Side.allCases
    )
    func triggersAtOnce(side: Side) {
        let session = traded()
        session.check(
            stop(carol, side, 2, trigger: 100),
            "new 3; 3 new 2 triggered; 3 cancelled 2 immediateRemainder"
        )
        session.check(
            stop(carol, side, 2, trigger: 100, at: 100),
            "new 4; 4 new 2@100 triggered; 4 open 2@100"
        )
    }

    @Test("before the first trade every stop waits")
    func neverTraded() {
        let session = Session()
        session.check(stop(carol, .buy, 2, trigger: 1), "new 1; 1 pendingTrigger 2@1")
        session.check(stop(carol, .sell, 2, trigger: 500), "new 2; 2 pendingTrigger 2@500")
    }

    @Test("a triggered stop-limit order trades within its limit and rests")
    func stopLimit() {
        let session = traded()
        session.check(
            stop(carol, .buy, 5, trigger: 101, at: 102),
            "new 3; 3 pendingTrigger 5@101"
        )
        // Its funds are held from the start.
        #expect(session.money(carol, dollar) == "999490+510")
        session.apply(limit(alice, .sell, 3, at: 101))
        session.apply(limit(alice, .sell, 3, at: 103))
        session.check(
            limit(bob, .buy, 1, at: 101),
            """
            new 6; trade 1@101 maker 4 taker 6; 4 partial 2@101; 6 filled
            3 new 5@102 triggered; trade 2@101 maker 4 taker 3; 4 filled; 3 partial 3@102
            """
        )
        #expect(session.money(carol, dollar) == "999492+306")
    }

    @Test("a waiting stop can be cancelled and shows its limit then")
    func cancelled() {
        let session = traded()
        session.apply(stop(carol, .buy, 5, trigger: 110))
        session.apply(stop(carol, .buy, 5, trigger: 110, at: 120))
        session.check(session.cancel(3), "3 cancelled 5 cancelled")
        session.check(session.cancel(4), "4 cancelled 5@120 cancelled")
        session.apply(limit(alice, .sell, 1, at: 110))
        session.check(
            limit(bob, .buy, 1, at: 110),
            "new 6; trade 1@110 maker 5 taker 6; 5 filled; 6 filled"
        )
    }

    @Test("buy stops trigger from the lowest trigger up, then sell stops, first come first")
    func order() {
        let session = traded()
        session.apply(limit(alice, .sell, 9, at: 105))
        session.apply(stop(carol, .buy, 1, trigger: 104))
        session.apply(stop(carol, .buy, 2, trigger: 103))
        session.apply(stop(dave, .buy, 3, trigger: 103))
        session.check(
            limit(bob, .buy, 1, at: 105),
            """
            new 7; trade 1@105 maker 3 taker 7; 3 partial 8@105; 7 filled
            5 new 2 triggered; trade 2@105 maker 3 taker 5; 3 partial 6@105; 5 filled
            6 new 3 triggered; trade 3@105 maker 3 taker 6; 3 partial 3@105; 6 filled
            4 new 1 triggered; trade 1@105 maker 3 taker 4; 3 partial 2@105; 4 filled
            """
        )
    }

    @Test("a triggered stop may trigger the next: a cascade, each in its turn")
    func cascade() {
        let session = traded()
        session.apply(limit(alice, .buy, 2, at: 99))
        session.apply(limit(alice, .buy, 1, at: 95))
        session.apply(limit(alice, .buy, 5, at: 90))
        session.apply(stop(carol, .sell, 2, trigger: 99))
        session.apply(stop(dave, .sell, 2, trigger: 95))
        session.check(
            limit(bob, .sell, 1, at: 99),
            """
            new 8; trade 1@99 maker 3 taker 8; 3 partial 1@99; 8 filled
            6 new 2 triggered
            trade 1@99 maker 3 taker 6; 3 filled; trade 1@95 maker 4 taker 6; 4 filled; 6 filled
            7 new 2 triggered; trade 2@90 maker 5 taker 7; 5 partial 3@90; 7 filled
            """
        )
    }

    @Test("one taker whose trades span both triggers wakes stops of both sides")
    func bothSides() {
        let session = traded()
        session.apply(limit(alice, .sell, 1, at: 97))
        session.apply(limit(alice, .sell, 1, at: 103))
        session.apply(stop(carol, .sell, 1, trigger: 98))
        session.apply(stop(carol, .buy, 1, trigger: 102))
        session.check(
            market(bob, .buy, 2),
            """
            new 7; trade 1@97 maker 3 taker 7; 3 filled; trade 1@103 maker 4 taker 7; 4 filled
            7 filled
            5 new 1 triggered; 5 cancelled 1 immediateRemainder
            6 new 1 triggered; 6 cancelled 1 immediateRemainder
            """
        )
    }

    @Test("a stop takes its hold when it triggers, and is cancelled if there is nothing")
    func funds() {
        let session = traded(dollars: 500)
        session.apply(stop(carol, .buy, 9, trigger: 102))
        session.apply(stop(dave, .sell, 999, trigger: 98))
        #expect(session.money(carol, dollar) == "500+0")
        session.apply(withdraw(carol, dollar, 500))
        session.apply(withdraw(dave, coin, 2))
        session.apply(limit(alice, .sell, 1, at: 102))
        session.check(
            limit(bob, .buy, 1, at: 102),
            """
            new 6; trade 1@102 maker 5 taker 6; 5 filled; 6 filled
            3 new 9 triggered; 3 cancelled 9 insufficientFunds
            """
        )
        session.apply(limit(alice, .sell, 1, at: 98))
        session.check(
            limit(bob, .buy, 1, at: 98),
            """
            new 8; trade 1@98 maker 7 taker 8; 7 filled; 8 filled
            4 new 999 triggered; 4 cancelled 999 insufficientFunds
            """
        )
    }

    @Test("a stop-limit order that the band has left outside is cancelled when it triggers")
    func band() {
        let session = traded()
        session.apply(stop(carol, .buy, 1, trigger: 101, at: 120))
        session.check(VenueTests.band(90, 110), "version 6")
        session.apply(limit(alice, .sell, 1, at: 101))
        session.check(
            limit(bob, .buy, 1, at: 101),
            """
            new 5; trade 1@101 maker 4 taker 5; 4 filled; 5 filled
            3 new 1@120 triggered; 3 cancelled 1@120 band
            """
        )
    }

    @Test("stops do not trigger in an auction, but when it ends")
    func auction() {
        let session = traded()
        session.apply(phase(.closingAuction))
        session.check(stop(carol, .sell, 1, trigger: 100), "new 3; 3 pendingTrigger 1@100")
        session.check(
            phase(.continuous),
            "phase continuous; 3 new 1 triggered; 3 cancelled 1 immediateRemainder"
        )
    }
}

@Suite("Trailing stops")
struct TrailingStopTests {
    /// A session in which 1 coin has traded at 100, by orders 1 and 2.
    private func traded() -> Session {
        let session = Session()
        session.apply(limit(alice, .sell, 1, at: 100))
        session.apply(limit(bob, .buy, 1, at: 100))
        return session
    }

    private func trade(_ session: Session, at price: Int64) {
        session.apply(limit(alice, .sell, 1, at: price))
        session.apply(limit(bob, .buy, 1, at: price))
    }

    @Test("the trigger of a sell follows the market up, never down, and then fires")
    func sell() {
        let session = traded()
        session.check(trailing(carol, .sell, 2, by: 5), "new 3; 3 pendingTrigger 2@95")
        session.apply(limit(alice, .sell, 1, at: 104))
        session.check(
            limit(bob, .buy, 1, at: 104),
            """
            new 5; trade 1@104 maker 4 taker 5; 4 filled; 5 filled
            3 pendingTrigger 2@99 trailed
            """
        )
        session.apply(limit(alice, .sell, 1, at: 101))
        session.check(
            limit(bob, .buy, 1, at: 101),
            "new 7; trade 1@101 maker 6 taker 7; 6 filled; 7 filled"
        )
        session.apply(limit(alice, .sell, 1, at: 99))
        session.check(
            limit(bob, .buy, 1, at: 99),
            """
            new 9; trade 1@99 maker 8 taker 9; 8 filled; 9 filled
            3 new 2 triggered; 3 cancelled 2 immediateRemainder
            """
        )
    }

    @Test("the trigger of a buy follows the market down, never up, and then fires")
    func buy() {
        let session = traded()
        session.check(trailing(carol, .buy, 2, by: 5), "new 3; 3 pendingTrigger 2@105")
        session.apply(limit(alice, .sell, 1, at: 97))
        session.check(
            limit(bob, .buy, 1, at: 97),
            """
            new 5; trade 1@97 maker 4 taker 5; 4 filled; 5 filled
            3 pendingTrigger 2@102 trailed
            """
        )
        trade(session, at: 101)
        session.apply(limit(alice, .sell, 1, at: 102))
        session.check(
            limit(bob, .buy, 1, at: 102),
            """
            new 9; trade 1@102 maker 8 taker 9; 8 filled; 9 filled
            3 new 2 triggered; 3 cancelled 2 immediateRemainder
            """
        )
    }

    @Test("several follow in the order of their ids, each to the end of its new queue")
    func several() {
        let session = traded()
        session.apply(trailing(carol, .sell, 1, by: 4))
        session.apply(trailing(dave, .sell, 2, by: 2))
        session.apply(stop(carol, .sell, 3, trigger: 98))
        session.apply(limit(alice, .sell, 1, at: 102))
        session.check(
            limit(bob, .buy, 1, at: 102),
            """
            new 7; trade 1@102 maker 6 taker 7; 6 filled; 7 filled
            3 pendingTrigger 1@98 trailed; 4 pendingTrigger 2@100 trailed
            """
        )
        session.apply(limit(alice, .sell, 1, at: 98))
        // At trigger 98 the plain stop was there before the trailing one arrived.
        session.check(
            limit(bob, .buy, 1, at: 98),
            """
            new 9; trade 1@98 maker 8 taker 9; 8 filled; 9 filled
            4 new 2 triggered; 4 cancelled 2 immediateRemainder
            5 new 3 triggered; 5 cancelled 3 immediateRemainder
            3 new 1 triggered; 3 cancelled 1 immediateRemainder
            """
        )
    }

    @Test("the first and the last price of one taker's trades count, whichever is higher")
    func firstAndLast() {
        let session = traded()
        session.apply(trailing(carol, .sell, 1, by: 3))
        session.apply(limit(alice, .buy, 1, at: 104))
        session.apply(limit(alice, .buy, 1, at: 101))
        // 104 lifts the trigger to 101, and 101 then meets it.
        session.check(
            market(bob, .sell, 2),
            """
            new 6; trade 1@104 maker 4 taker 6; 4 filled; trade 1@101 maker 5 taker 6; 5 filled
            6 filled
            3 pendingTrigger 1@101 trailed
            3 new 1 triggered; 3 cancelled 1 immediateRemainder
            """
        )
    }

    @Test("a trail needs a trade, and a trigger that is a price")
    func refusals() {
        let session = Session()
        session.check(trailing(carol, .sell, 1, by: 5), "refused invalidTrail")
        trade(session, at: 100)
        session.check(trailing(carol, .sell, 1, by: 100), "refused invalidTrail")
        session.check(trailing(carol, .sell, 1, by: 99), "new 3; 3 pendingTrigger 1@1")
        session.check(
            trailing(carol, .buy, 1, by: Limits.priceMax - 99),
            "refused invalidTrail"
        )
        session.check(
            trailing(carol, .buy, 1, by: Limits.priceMax - 100),
            "new 4; 4 pendingTrigger 1@\(Limits.priceMax)"
        )
    }

    @Test("only so many may wait on an instrument")
    func tooMany() {
        let session = traded()
        for _ in 0..<Int(Limits.trailingStopsMax) {
            session.apply(trailing(carol, .sell, 1, by: 5))
        }
        session.check(trailing(dave, .sell, 1, by: 5), "refused tooManyTrailingStops")
        session.apply(session.cancel(3))
        session.check(
            trailing(dave, .sell, 1, by: 5),
            "new \(Limits.trailingStopsMax + 3); "
                + "\(Limits.trailingStopsMax + 3) pendingTrigger 1@95"
        )
    }
}
