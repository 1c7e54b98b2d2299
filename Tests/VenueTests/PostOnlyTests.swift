import Primitives
import Testing
import Venue

@Suite("Post-only orders")
struct PostOnlyTests {
    @Test("an order that would not take rests unchanged", arguments: [PostOnly.reject, .reprice])
    func rests(postOnly: PostOnly) {
        let session = Session()
        session.apply(limit(alice, .sell, 5, at: 101))
        session.check(
            limit(bob, .buy, 5, at: 100, postOnly: postOnly),
            "new 2; 2 open 5@100"
        )
    }

    @Test("reject refuses an order that would take, at its limit too, even from its own account")
    func rejects() {
        let session = Session()
        session.apply(limit(alice, .sell, 5, at: 101))
        for (account, price) in [(bob, 101), (bob, 105), (alice, 101)] as [(AccountID, Int64)] {
            session.check(
                limit(account, .buy, 5, at: price, postOnly: .reject),
                "refused wouldTake"
            )
        }
        session.check(limit(bob, .sell, 5, at: 1, postOnly: .reject), "new 2; 2 open 5@1")
        session.check(limit(carol, .sell, 5, at: 2, postOnly: .reject), "new 3; 3 open 5@2")
    }

    @Test("reprice moves a buy order one increment below the best ask")
    func repricesBuy() {
        let session = Session()
        session.apply(limit(alice, .sell, 5, at: 101))
        session.check(
            limit(bob, .buy, 5, at: 105, postOnly: .reprice),
            "new 2; 2 new 5@100 repriced; 2 open 5@100"
        )
        // Its hold is that of the price it got.
        #expect(session.money(bob, dollar) == "999500+500")
    }

    @Test("reprice moves a sell order one increment above the best bid")
    func repricesSell() {
        let session = Session()
        session.apply(limit(alice, .buy, 5, at: 99))
        session.check(
            limit(bob, .sell, 5, at: 90, postOnly: .reprice),
            "new 2; 2 new 5@100 repriced; 2 open 5@100"
        )
    }

    @Test(
        "reprice keeps to the price increment",
        arguments: [
            (Side.buy, Int64(100), Int64(95)), (.buy, 102, 100), (.sell, 100, 105),
            (.sell, 102, 105),
        ]
    )
    func repricesOnIncrement(side: Side, best: Int64, moved: Int64) {
        let session = Session()
        session.apply(limit(alice, side.opposite, 5, at: best))
        session.apply(increments(price: 5))
        session.check(
            limit(bob, side, 5, at: side == .buy ? 200 : 5, postOnly: .reprice),
            "new 2; 2 new 5@\(moved) repriced; 2 open 5@\(moved)"
        )
    }

    @Test("where no price is left, reprice refuses")
    func repriceWithoutRoom() {
        let session = Session()
        session.apply(limit(alice, .sell, 5, at: 1))
        session.check(
            limit(bob, .buy, 5, at: 1, postOnly: .reprice),
            "refused wouldTake"
        )
        let other = Session()
        other.apply(deposit(alice, dollar, 1 << 40))
        other.apply(limit(alice, .buy, 1, at: Limits.priceMax))
        other.check(
            limit(bob, .sell, 5, at: Limits.priceMax, postOnly: .reprice),
            "refused wouldTake"
        )
        let banded = Session()
        banded.apply(band(100, 110))
        banded.apply(limit(alice, .sell, 5, at: 100))
        banded.check(limit(bob, .buy, 5, at: 105, postOnly: .reprice), "refused wouldTake")
    }

    @Test("funds are checked before rejecting, and at the new price when repricing")
    func funds() {
        let session = Session(dollars: 500)
        session.apply(limit(alice, .sell, 5, at: 101))
        session.check(
            limit(bob, .buy, 5, at: 105, postOnly: .reject),
            "refused insufficientFunds"
        )
        session.check(
            limit(bob, .buy, 5, at: 105, postOnly: .reprice),
            "new 2; 2 new 5@100 repriced; 2 open 5@100"
        )
        session.check(
            limit(bob, .buy, 1, at: 105, postOnly: .reprice),
            "refused insufficientFunds"
        )
    }

    @Test("an amendment that would take is refused or repriced, as at first")
    func amendments() {
        let session = Session()
        session.apply(limit(alice, .sell, 5, at: 101))
        session.apply(limit(bob, .buy, 5, at: 95, postOnly: .reject))
        session.apply(limit(carol, .buy, 5, at: 95, postOnly: .reprice))
        session.check(session.amend(2, 5, at: 101), "refused wouldTake")
        session.check(session.amend(3, 5, at: 103), "3 open 5@100 amended; 3 open 5@100")
        session.check(session.amend(2, 5, at: 99), "2 open 5@99 amended; 2 open 5@99")
    }

    @Test("once an auction is over a post-only order may have been its taker")
    func auctions() {
        let session = Session()
        session.apply(limit(alice, .buy, 5, at: 99, postOnly: .reject))
        session.apply(phase(.closingAuction))
        session.apply(limit(bob, .sell, 5, at: 99))
        session.check(session.amend(1, 6, at: 100), "1 open 6@100 amended; 1 open 6@100")
        session.check(
            phase(.continuous),
            """
            phase continuous
            trade 5@100 maker 2 taker 1; 2 filled; 1 partial 1@100
            uncrossed 5@100
            """
        )
    }
}
