import Primitives
import Testing
import Venue

@Suite("Icebergs")
struct IcebergTests {
    @Test("each part that is used up is followed by the next, at the end of the queue")
    func replenishes() {
        let session = Session()
        session.check(limit(alice, .sell, 10, at: 100, display: 4), "new 1; 1 open 10@100")
        session.check(limit(bob, .sell, 5, at: 100), "new 2; 2 open 5@100")
        session.check(
            limit(carol, .buy, 4, at: 100),
            "new 3; trade 4@100 maker 1 taker 3; 1 partial 6@100 replenished; 3 filled"
        )
        // Bob's order now stands before the second part.
        session.check(
            limit(carol, .buy, 6, at: 100),
            """
            new 4
            trade 5@100 maker 2 taker 4; 2 filled
            trade 1@100 maker 1 taker 4; 1 partial 5@100
            4 filled
            """
        )
        session.check(
            limit(carol, .buy, 5, at: 100),
            """
            new 5
            trade 3@100 maker 1 taker 5; 1 partial 2@100 replenished
            trade 2@100 maker 1 taker 5; 1 filled
            5 filled
            """
        )
    }

    @Test("an iceberg takes with all of it and shows a part of what is left")
    func takesWhole() {
        let session = Session()
        session.apply(limit(alice, .sell, 8, at: 100))
        session.check(
            limit(bob, .buy, 15, at: 100, display: 5),
            "new 2; trade 8@100 maker 1 taker 2; 1 filled; 2 partial 7@100"
        )
        session.check(
            limit(carol, .sell, 6, at: 100),
            """
            new 3
            trade 5@100 maker 2 taker 3; 2 partial 2@100 replenished
            trade 1@100 maker 2 taker 3; 2 partial 1@100
            3 filled
            """
        )
    }

    @Test("a taker smaller than the part leaves the part its place")
    func partKeepsPlace() {
        let session = Session()
        session.apply(limit(alice, .sell, 10, at: 100, display: 4))
        session.apply(limit(bob, .sell, 5, at: 100))
        session.check(
            limit(carol, .buy, 3, at: 100),
            "new 3; trade 3@100 maker 1 taker 3; 1 partial 7@100; 3 filled"
        )
        session.check(
            limit(carol, .buy, 2, at: 100),
            """
            new 4
            trade 1@100 maker 1 taker 4; 1 partial 6@100 replenished
            trade 1@100 maker 2 taker 4; 2 partial 4@100
            4 filled
            """
        )
    }

    @Test("making it smaller than its part shrinks the part and keeps its place")
    func reduced() {
        let session = Session()
        session.apply(limit(alice, .sell, 10, at: 100, display: 4))
        session.apply(limit(bob, .sell, 5, at: 100))
        session.check(session.amend(1, 6), "1 open 6@100 amended")
        session.check(session.amend(1, 3), "1 open 3@100 amended")
        session.check(
            limit(carol, .buy, 4, at: 100),
            """
            new 3
            trade 3@100 maker 1 taker 3; 1 filled
            trade 1@100 maker 2 taker 3; 2 partial 4@100
            3 filled
            """
        )
    }

    @Test("making it larger loses its place and shows a fresh part")
    func enlarged() {
        let session = Session()
        session.apply(limit(alice, .sell, 10, at: 100, display: 4))
        session.apply(limit(bob, .sell, 1, at: 100))
        session.apply(limit(carol, .buy, 1, at: 100))
        session.check(session.amend(1, 20), "1 partial 20@100 amended; 1 partial 20@100")
        session.check(
            limit(carol, .buy, 6, at: 100),
            """
            new 4
            trade 1@100 maker 2 taker 4; 2 filled
            trade 4@100 maker 1 taker 4; 1 partial 16@100 replenished
            trade 1@100 maker 1 taker 4; 1 partial 15@100
            4 filled
            """
        )
    }

    @Test("a stop-limit order may be an iceberg")
    func stopLimit() {
        let session = Session()
        session.apply(limit(alice, .sell, 1, at: 100))
        session.apply(stop(bob, .buy, 9, trigger: 100, at: 105, display: 4))
        session.check(
            limit(carol, .buy, 1, at: 100),
            """
            new 3; trade 1@100 maker 1 taker 3; 1 filled; 3 filled
            2 new 9@105 triggered; 2 open 9@105
            """
        )
        session.check(
            limit(dave, .sell, 4, at: 105),
            "new 4; trade 4@105 maker 2 taker 4; 2 partial 5@105 replenished; 4 filled"
        )
    }

    @Test("two icebergs meet in an auction part by part")
    func auction() {
        let session = Session(.openingAuction)
        session.apply(limit(alice, .buy, 5, at: 100, display: 2))
        session.apply(limit(bob, .sell, 4, at: 100, display: 3))
        session.check(
            phase(.continuous),
            """
            phase continuous
            trade 2@100 maker 1 taker 2; 1 partial 3@100 replenished; 2 partial 2@100
            trade 1@100 maker 2 taker 1; 2 partial 1@100 replenished; 1 partial 2@100
            trade 1@100 maker 1 taker 2; 1 partial 1@100 replenished; 2 filled
            uncrossed 4@100
            """
        )
    }

    @Test("the number of its parts is bounded")
    func parts() {
        let session = Session(coins: 3_000)
        session.check(limit(alice, .sell, 1_001, at: 100, display: 1), "refused invalidDisplay")
        session.check(limit(alice, .sell, 1_000, at: 100, display: 1), "new 1; 1 open 1000@100")
        session.check(session.amend(1, 1_001), "refused invalidDisplay")
        session.check(session.amend(1, 999), "1 open 999@100 amended")
    }
}
