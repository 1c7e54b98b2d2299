import Primitives
import Testing
import Venue

@Suite("Self-trade prevention")
struct SelfTradeTests {
    /// Each row: the arriving order's mode and quantity against own 5@100 before Bob's 5@100.
    static let rows: [(SelfTradePrevention, Int64, String)] = [
        (
            .none, 7,
            """
            new 3; trade 5@100 maker 1 taker 3; 1 filled
            trade 2@100 maker 2 taker 3; 2 partial 3@100; 3 filled
            """
        ),
        (.cancelNewest, 7, "new 3; 3 cancelled 7@100 selfTrade"),
        (
            .cancelOldest, 7,
            """
            new 3; 1 cancelled 5@100 selfTrade
            trade 5@100 maker 2 taker 3; 2 filled; 3 partial 2@100
            """
        ),
        (.cancelBoth, 7, "new 3; 1 cancelled 5@100 selfTrade; 3 cancelled 7@100 selfTrade"),
        (
            .decrement, 7,
            """
            new 3; 1 cancelled 0@100 selfTrade
            trade 2@100 maker 2 taker 3; 2 partial 3@100; 3 filled
            """
        ),
        (.decrement, 3, "new 3; 1 open 2@100 selfTrade; 3 cancelled 0@100 selfTrade"),
        (.decrement, 5, "new 3; 1 cancelled 0@100 selfTrade; 3 cancelled 0@100 selfTrade"),
    ]

    @Test("the arriving order's mode decides", arguments: rows)
    func modes(mode: SelfTradePrevention, quantity: Int64, expected: String) {
        let session = Session()
        session.apply(limit(alice, .sell, 5, at: 100, prevention: .cancelBoth))
        session.apply(limit(bob, .sell, 5, at: 100))
        session.check(limit(alice, .buy, quantity, at: 100, prevention: mode), expected)
    }

    @Test("orders of others that come first trade first")
    func afterTrades() {
        let session = Session()
        session.apply(limit(bob, .sell, 2, at: 99))
        session.apply(limit(alice, .sell, 5, at: 100))
        session.check(
            limit(alice, .buy, 4, at: 100, prevention: .cancelNewest),
            "new 3; trade 2@99 maker 1 taker 3; 1 filled; 3 cancelled 2@100 selfTrade"
        )
    }

    @Test("what is cancelled or shrinks gives back its hold")
    func holds() {
        let session = Session()
        session.apply(limit(alice, .buy, 5, at: 100))
        session.check(
            limit(alice, .sell, 2, at: 100, prevention: .decrement),
            "new 2; 1 open 3@100 selfTrade; 2 cancelled 0@100 selfTrade"
        )
        #expect(session.money(alice, dollar) == "999700+300")
        #expect(session.money(alice, coin) == "1000+0")
    }

    @Test("a shrinking iceberg keeps its place; its part shrinks only if nothing is hidden")
    func iceberg() {
        let session = Session()
        session.apply(limit(alice, .sell, 10, at: 100, display: 4))
        session.apply(limit(bob, .sell, 1, at: 100))
        session.check(
            limit(alice, .buy, 5, at: 100, prevention: .decrement),
            "new 3; 1 open 5@100 selfTrade; 3 cancelled 0@100 selfTrade"
        )
        session.check(
            limit(carol, .buy, 4, at: 100),
            "new 4; trade 4@100 maker 1 taker 4; 1 partial 1@100 replenished; 4 filled"
        )
        session.check(
            limit(carol, .buy, 1, at: 100),
            "new 5; trade 1@100 maker 2 taker 5; 2 filled; 5 filled"
        )
    }

    @Test("a market order is prevented as well")
    func market() {
        let session = Session()
        session.apply(limit(alice, .sell, 5, at: 100))
        session.check(
            VenueTests.market(alice, .buy, 5, prevention: .cancelNewest),
            "new 2; 2 cancelled 5 selfTrade"
        )
        session.check(
            VenueTests.market(alice, .buy, 6, prevention: .decrement),
            "new 3; 1 cancelled 0@100 selfTrade; 3 cancelled 1 immediateRemainder"
        )
        #expect(session.money(alice, dollar) == "1000000+0")
    }

    /// Each row: the mode of both auction orders and what follows; Alice buys 5@100, sells 3@99 later.
    static let auctions: [(SelfTradePrevention, String)] = [
        (.none, "trade 3@100 maker 1 taker 2; 1 partial 2@100; 2 filled; uncrossed 3@100"),
        (.cancelNewest, "2 cancelled 3@99 selfTrade"),
        (.cancelOldest, "1 cancelled 5@100 selfTrade"),
        (.cancelBoth, "1 cancelled 5@100 selfTrade; 2 cancelled 3@99 selfTrade"),
        (.decrement, "1 open 2@100 selfTrade; 2 cancelled 0@99 selfTrade"),
    ]

    @Test("in an auction the later order is the taker, and its mode decides", arguments: auctions)
    func auction(mode: SelfTradePrevention, expected: String) {
        let session = Session(.openingAuction)
        session.apply(limit(alice, .buy, 5, at: 100))
        session.apply(limit(alice, .sell, 3, at: 99, prevention: mode))

        session.check(
            phase(.continuous),
            "phase continuous; " + expected
        )
    }

    @Test("an auction in which an order shrinks as the taker says so, and repeats until uncrossed")
    func auctionRepeats() {
        let session = Session(.openingAuction)
        session.apply(limit(alice, .buy, 5, at: 100))
        session.apply(limit(alice, .sell, 8, at: 99, prevention: .decrement))
        session.apply(limit(bob, .buy, 2, at: 99))
        // At 100 five would trade, and five more would be offered; at 99 seven trade. Alice's own
        // buy order vanishes, then two trade with Bob.
        session.check(
            phase(.continuous),
            """
            phase continuous
            1 cancelled 0@100 selfTrade; 2 open 3@99 selfTrade
            trade 2@99 maker 2 taker 3; 2 partial 1@99; 3 filled
            uncrossed 2@99
            """
        )
    }

    @Test("where prevention leaves the book crossed, the auction goes on at another price")
    func auctionNeverLeavesCrossedBook() {
        let session = Session(.openingAuction)
        session.apply(limit(alice, .buy, 5, at: 100))
        session.apply(limit(alice, .sell, 5, at: 99, prevention: .cancelOldest))
        session.apply(limit(bob, .buy, 5, at: 99))
        session.check(
            phase(.continuous),
            """
            phase continuous
            1 cancelled 5@100 selfTrade
            trade 5@99 maker 2 taker 3; 2 filled; 3 filled
            uncrossed 5@99
            """
        )
    }
}
