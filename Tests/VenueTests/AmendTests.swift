import Primitives
import Testing
import Venue

@Suite("Amending")
struct AmendTests {
    @Test("a smaller quantity keeps the order's place")
    func smaller() {
        let session = Session()
        session.apply(limit(alice, .sell, 5, at: 100))
        session.apply(limit(bob, .sell, 5, at: 100))
        session.check(session.amend(1, 2), "1 open 2@100 amended")
        #expect(session.money(alice, coin) == "998+2")
        session.check(
            limit(carol, .buy, 3, at: 100),
            """
            new 3; trade 2@100 maker 1 taker 3; 1 filled
            trade 1@100 maker 2 taker 3; 2 partial 4@100; 3 filled
            """
        )
    }

    @Test("a larger quantity, or the same one, loses it", arguments: [Int64(5), 6])
    func larger(quantity: Int64) {
        let session = Session()
        session.apply(limit(alice, .sell, 5, at: 100))
        session.apply(limit(bob, .sell, 1, at: 100))
        session.check(
            session.amend(1, quantity),
            "1 open \(quantity)@100 amended; 1 open \(quantity)@100"
        )
        session.check(
            limit(carol, .buy, 2, at: 100),
            """
            new 3; trade 1@100 maker 2 taker 3; 2 filled
            trade 1@100 maker 1 taker 3; 1 partial \(quantity - 1)@100; 3 filled
            """
        )
    }

    @Test("the present price counts as none given")
    func samePrice() {
        let session = Session()
        session.apply(limit(alice, .sell, 5, at: 100))
        session.check(session.amend(1, 3, at: 100, keepsPriority: true), "1 open 3@100 amended")
    }

    @Test("an amendment that must keep its place is refused where it would not")
    func keepsPriority() {
        let session = Session()
        session.apply(limit(alice, .sell, 5, at: 100))
        session.check(session.amend(1, 5, keepsPriority: true), "refused wouldLosePriority")
        session.check(session.amend(1, 6, keepsPriority: true), "refused wouldLosePriority")
        session.check(
            session.amend(1, 4, at: 101, keepsPriority: true),
            "refused wouldLosePriority"
        )
        session.check(session.amend(1, 4, keepsPriority: true), "1 open 4@100 amended")
    }

    @Test("a new price that crosses trades like a new order")
    func crosses() {
        let session = Session()
        session.apply(limit(alice, .sell, 5, at: 101))
        session.apply(limit(bob, .buy, 7, at: 100))
        session.check(
            session.amend(2, 8, at: 101),
            """
            2 open 8@101 amended
            trade 5@101 maker 1 taker 2; 1 filled; 2 partial 3@101
            """
        )
        #expect(session.money(bob, dollar) == "\(1_000_000 - 505 - 303)+303")
    }

    @Test("what was filled stays filled; the quantity named is what is open afterwards")
    func partlyFilled() {
        let session = Session()
        session.apply(limit(alice, .sell, 5, at: 100))
        session.apply(limit(bob, .buy, 2, at: 100))
        session.check(session.amend(1, 9), "1 partial 9@100 amended; 1 partial 9@100")
        session.check(session.amend(1, 1), "1 partial 1@100 amended")
        session.check(session.amend(1, Limits.quantityMax - 1), "refused invalidQuantity")
    }

    @Test("funds must suffice for what the hold grows by")
    func funds() {
        let session = Session(dollars: 1_000)
        session.apply(limit(alice, .buy, 5, at: 100))
        session.check(session.amend(1, 11), "refused insufficientFunds")
        session.check(session.amend(1, 10), "1 open 10@100 amended; 1 open 10@100")
        session.check(session.amend(1, 10, at: 101), "refused insufficientFunds")
        session.check(session.amend(1, 9, at: 110), "1 open 9@110 amended; 1 open 9@110")
        #expect(session.money(alice, dollar) == "10+990")
    }

    @Test("an order keeps the fee rates it was accepted with")
    func feesStay() {
        let session = Session()
        session.apply(fees(maker: 10_000, taker: 20_000))
        session.apply(limit(alice, .buy, 5, at: 100))
        session.apply(fees(maker: 0, taker: 500_000))
        session.check(session.amend(1, 10), "1 open 10@100 amended; 1 open 10@100")
        #expect(session.money(alice, dollar) == "998980+1020")
    }

    @Test("in an auction it moves to the end of its new queue")
    func auction() {
        let session = Session(.openingAuction)
        session.apply(limit(alice, .buy, 5, at: 100))
        session.check(session.amend(1, 5, at: 105), "1 open 5@105 amended; 1 open 5@105")
        session.check(limit(bob, .sell, 5, at: 95), "new 2; 2 open 5@95")
        session.check(session.amend(2, 4), "2 open 4@95 amended")
    }

    @Test("a waiting stop's trigger and limit can be moved, and may be met at once")
    func stops() {
        let session = Session()
        session.apply(limit(alice, .sell, 1, at: 100))
        session.apply(limit(bob, .buy, 1, at: 100))
        session.apply(stop(carol, .buy, 5, trigger: 110))
        session.apply(stop(carol, .buy, 5, trigger: 110, at: 120))
        session.check(session.amend(3, 5, trigger: 105), "3 pendingTrigger 5@105 amended")
        session.check(session.amend(4, 6, at: 121), "4 pendingTrigger 6@110 amended")
        #expect(session.money(carol, dollar) == "\(1_000_000 - 726)+726")
        session.check(session.amend(4, 2), "4 pendingTrigger 2@110 amended")
        session.check(
            session.amend(4, 2, trigger: 99),
            "4 pendingTrigger 2@99 amended; 4 new 2@121 triggered; 4 open 2@121"
        )
        session.check(session.amend(4, 2, trigger: 98), "refused invalidOrder")
        session.check(session.amend(3, 5, at: 90), "refused invalidOrder")
    }

    @Test("a trailing stop's trigger is its own affair")
    func trailingStop() {
        let session = Session()
        session.apply(limit(alice, .sell, 1, at: 100))
        session.apply(limit(bob, .buy, 1, at: 100))
        session.apply(trailing(carol, .sell, 5, by: 3))
        session.check(session.amend(3, 5, trigger: 98), "refused invalidOrder")
        session.check(session.amend(3, 7), "3 pendingTrigger 7@97 amended")
    }

    @Test("an order amended while halted or closed is refused; cancelling still works")
    func phases() {
        let session = Session()
        session.apply(limit(alice, .buy, 5, at: 100))
        session.apply(phase(.halted))
        session.check(session.amend(1, 4), "refused instrumentHalted")
        session.apply(phase(.closed))
        session.check(session.amend(1, 4), "refused instrumentClosed")
        session.check(session.cancel(1), "1 cancelled 5@100 cancelled")
    }
}
