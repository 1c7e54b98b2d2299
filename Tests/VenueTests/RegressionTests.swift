import Primitives
import Testing
import Venue

/// What random sessions found wrong once, each as the shortest session that showed it.
@Suite("Found by random sessions")
struct RegressionTests {
    @Test("an arriving iceberg that is decremented shows a part of what is left")
    func decrementedIceberg() {
        let session = Session()
        session.apply(limit(alice, .buy, 10, at: 98))
        session.check(
            limit(alice, .sell, 14, at: 92, prevention: .decrement, display: 7),
            "new 2; 1 cancelled 0@98 selfTrade; 2 open 4@92"
        )
        session.check(
            limit(bob, .buy, 4, at: 92),
            "new 3; trade 4@92 maker 2 taker 3; 2 filled; 3 filled"
        )
    }

    @Test("a triggered iceberg that takes from several orders rests with what is left")
    func triggeredIceberg() {
        let session = Session()
        session.apply(limit(alice, .sell, 9, at: 89))
        session.apply(stop(bob, .buy, 18, trigger: 72, at: 140, display: 9))
        session.apply(limit(carol, .sell, 14, at: 102))
        session.check(
            limit(bob, .buy, 7, at: 136, .fillOrKill),
            """
            new 4; trade 7@89 maker 1 taker 4; 1 partial 2@89; 4 filled
            2 new 18@140 triggered
            trade 2@89 maker 1 taker 2; 1 filled
            trade 14@102 maker 3 taker 2; 3 filled
            2 partial 2@140
            """
        )
    }

    @Test("an amendment beyond the largest quantity is refused for that before its increment")
    func amendedBeyondLargest() {
        let session = Session()
        session.apply(limit(alice, .sell, 10, at: 93))
        session.apply(limit(bob, .buy, 5, at: 93))
        session.apply(increments(quantity: 5))
        session.check(session.amend(1, Limits.quantityMax), "refused invalidQuantity")
    }

    @Test("a market buy whose quantity is off a newer increment is filled when funds suffice")
    func marketBuyOffIncrement() {
        let session = Session()
        session.apply(limit(alice, .sell, 1, at: 100))
        session.apply(limit(bob, .buy, 1, at: 100))
        session.apply(stop(carol, .buy, 8, trigger: 104))
        session.apply(increments(quantity: 5))
        session.apply(limit(alice, .sell, 20, at: 104))
        session.check(
            limit(bob, .buy, 5, at: 104),
            """
            new 5; trade 5@104 maker 4 taker 5; 4 partial 15@104; 5 filled
            3 new 8 triggered; trade 8@104 maker 4 taker 3; 4 partial 7@104; 3 filled
            """
        )
    }
}
