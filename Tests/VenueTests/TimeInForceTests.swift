import Primitives
import Testing
import Venue

@Suite("Time in force")
struct TimeInForceTests {
    @Test("what an immediate-or-cancel order leaves is cancelled and does not rest")
    func immediateOrCancel() {
        let session = Session()
        session.apply(limit(alice, .sell, 3, at: 100))
        session.check(
            limit(bob, .buy, 5, at: 100, .immediateOrCancel),
            """
            new 2; trade 3@100 maker 1 taker 2; 1 filled
            2 cancelled 2@100 immediateRemainder
            """
        )
        session.check(
            limit(bob, .buy, 5, at: 100, .immediateOrCancel),
            "new 3; 3 cancelled 5@100 immediateRemainder"
        )
        session.check(limit(carol, .sell, 1, at: 100), "new 4; 4 open 1@100")
        #expect(session.money(bob, dollar) == "999700+0")
    }

    @Test("a fill-or-kill order that can be filled is, over several prices")
    func fillOrKillFills() {
        let session = Session()
        session.apply(limit(alice, .sell, 3, at: 100))
        session.apply(limit(alice, .sell, 3, at: 101))
        session.check(
            limit(bob, .buy, 5, at: 101, .fillOrKill),
            """
            new 3
            trade 3@100 maker 1 taker 3; 1 filled
            trade 2@101 maker 2 taker 3; 2 partial 1@101
            3 filled
            """
        )
    }

    @Test("a fill-or-kill order that is one lot short, or one tick, trades nothing")
    func fillOrKillKills() {
        let session = Session()
        session.apply(limit(alice, .sell, 3, at: 100))
        session.apply(limit(alice, .sell, 3, at: 101))
        let killed = "new 3; 3 cancelled 7@101 fillOrKill"
        session.check(limit(bob, .buy, 7, at: 101, .fillOrKill), killed)
        session.check(
            limit(bob, .buy, 4, at: 100, .fillOrKill),
            "new 4; 4 cancelled 4@100 fillOrKill"
        )
        session.check(market(bob, .buy, 7, .fillOrKill), "new 5; 5 cancelled 7 fillOrKill")
        #expect(session.money(bob, dollar) == "1000000+0")
    }

    @Test("a fill-or-kill order counts the hidden parts of icebergs")
    func fillOrKillSeesIcebergs() {
        let session = Session()
        session.apply(limit(alice, .sell, 9, at: 100, display: 3))
        session.check(
            limit(bob, .buy, 7, at: 100, .fillOrKill),
            """
            new 2
            trade 3@100 maker 1 taker 2; 1 partial 6@100 replenished
            trade 3@100 maker 1 taker 2; 1 partial 3@100 replenished
            trade 1@100 maker 1 taker 2; 1 partial 2@100
            2 filled
            """
        )
    }

    @Test(
        "a fill-or-kill order stops counting at an order of its own account",
        arguments: [
            (SelfTradePrevention.cancelNewest, Int64(2), true),
            (.cancelNewest, 3, false),
            (.cancelBoth, 3, false),
            (.decrement, 3, false),
            (.decrement, 2, true),
        ]
    )
    func fillOrKillBeforeOwnOrder(mode: SelfTradePrevention, quantity: Int64, fills: Bool) {
        let session = Session()
        // Two lots of the iceberg are visible ahead of Bob's own order; the rest queues behind it.
        session.apply(limit(alice, .sell, 9, at: 100, display: 2))
        session.apply(limit(bob, .sell, 5, at: 100))
        let trade = "new 3; trade 2@100 maker 1 taker 3; 1 partial 7@100 replenished; 3 filled"
        let kill = "new 3; 3 cancelled \(quantity)@100 fillOrKill"
        session.check(
            limit(bob, .buy, quantity, at: 100, .fillOrKill, prevention: mode),
            fills ? trade : kill
        )
    }

    @Test("under cancel-oldest a fill-or-kill order counts all but its own, which it cancels")
    func fillOrKillCancelsOldest() {
        let session = Session()
        session.apply(limit(bob, .sell, 5, at: 100))
        session.apply(limit(alice, .sell, 4, at: 100))
        let mode = SelfTradePrevention.cancelOldest
        session.check(
            limit(bob, .buy, 5, at: 100, .fillOrKill, prevention: mode),
            "new 3; 3 cancelled 5@100 fillOrKill"
        )
        session.check(
            limit(bob, .buy, 4, at: 100, .fillOrKill, prevention: mode),
            """
            new 4; 1 cancelled 5@100 selfTrade
            trade 4@100 maker 2 taker 4; 2 filled; 4 filled
            """
        )
    }

    @Test("a fill-or-kill market buy is killed when it cannot be paid, and filled when it just can")
    func fillOrKillFunds() {
        let session = Session(dollars: 1_009)
        session.apply(fees(maker: 0, taker: 10_000))
        session.apply(limit(alice, .sell, 10, at: 100))
        // Ten coins cost 1,000 and a fee of 10.
        session.check(market(bob, .buy, 10, .fillOrKill), "new 2; 2 cancelled 10 fillOrKill")
        session.apply(deposit(bob, dollar, 1))
        session.check(
            market(bob, .buy, 10, .fillOrKill),
            "new 3; trade 10@100 maker 1 taker 3 fees 10+0; 1 filled; 3 filled"
        )
        #expect(session.money(bob, dollar) == "0+0")
    }

    @Test("a fee below one unit does not make a fill-or-kill market buy fill in part")
    func fillOrKillTinyFee() {
        let session = Session(dollars: 1)
        session.apply(fees(maker: 0, taker: 1_000))
        session.apply(limit(alice, .sell, 1, at: 1))
        session.check(
            market(bob, .buy, 1, .fillOrKill),
            "new 2; trade 1@1 maker 1 taker 2; 1 filled; 2 filled"
        )
    }

    @Test("good-till-time orders expire on the first command at or after their time, oldest first")
    func goodTillTime() {
        let session = Session()
        session.apply(limit(alice, .buy, 1, at: 90, .goodTillTime, expires: 300))
        session.apply(limit(bob, .buy, 2, at: 91, .goodTillTime, expires: 200))
        session.apply(limit(carol, .sell, 3, at: 110, .goodTillTime, expires: 200))
        session.apply(stop(dave, .buy, 4, trigger: 120, .goodTillTime, expires: 301))
        session.setTime(199)
        session.check(.advanceTime, "")
        session.setTime(300)
        session.check(
            .advanceTime,
            "2 expired 2@91 expired; 3 expired 3@110 expired; 1 expired 1@90 expired"
        )
        #expect(session.money(alice, dollar) == "1000000+0")
        session.setTime(301)
        // Even a command that is refused lets time pass first.
        session.check(.openAccount(alice), "4 expired 4 expired; refused accountExists")
    }

    @Test("an expired order trades no more with the command that expires it")
    func expiryBeforeMatching() {
        let session = Session()
        session.apply(limit(alice, .sell, 1, at: 100, .goodTillTime, expires: 50))
        session.setTime(50)
        session.check(
            limit(bob, .buy, 1, at: 100),
            "1 expired 1@100 expired; new 2; 2 open 1@100"
        )
    }

    @Test("a good-till-time order stays one through an auction, a halt and an amendment")
    func goodTillTimeInAuction() {
        let session = Session(.openingAuction)
        session.check(
            limit(alice, .buy, 5, at: 90, .goodTillTime, expires: 100),
            "new 1; 1 open 5@90"
        )
        session.apply(phase(.continuous))
        session.check(session.amend(1, 6), "1 open 6@90 amended; 1 open 6@90")
        session.apply(phase(.halted))
        session.setTime(100)
        session.check(.advanceTime, "1 expired 6@90 expired")
    }

    @Test("time never runs backwards")
    func backwards() {
        let session = Session()
        session.setTime(100)
        session.apply(.advanceTime)
        session.setTime(50)
        session.check(
            limit(alice, .buy, 1, at: 90, .goodTillTime, expires: 100),
            "refused invalidExpiry"
        )
        session.check(
            limit(alice, .buy, 1, at: 90, .goodTillTime, expires: 101),
            "new 1; 1 open 1@90"
        )
    }

    @Test("day orders expire when their instrument closes, in instrument order; others stay")
    func day() {
        let session = Session()
        session.apply(limit(alice, .buy, 1, at: 90, .day))
        session.apply(limit(bob, .buy, 2, at: 91, .day))
        session.apply(limit(carol, .buy, 3, at: 91))
        session.apply(limit(dave, .sell, 4, at: 110, .day))
        session.apply(stop(dave, .sell, 5, trigger: 80, .day))
        session.apply(stop(dave, .buy, 6, trigger: 120, .day))
        session.apply(limit(alice, .buy, 7, at: 90, .day, of: service))
        session.check(
            phase(.closed),
            """
            phase closed
            2 expired 2@91 expired; 1 expired 1@90 expired
            4 expired 4@110 expired
            6 expired 6 expired; 5 expired 5 expired
            """
        )
        session.check(phase(.continuous), "phase continuous")
        session.check(
            limit(bob, .sell, 3, at: 90),
            "new 8; trade 3@91 maker 3 taker 8; 3 filled; 8 filled"
        )
    }
}
