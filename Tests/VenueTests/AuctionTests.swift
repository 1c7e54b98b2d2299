import Primitives
import Testing
import Venue

@Suite("Auctions")
struct AuctionTests {
    /// Buys and sells as (quantity, price), and the price and quantity that the auction must give.
    struct Book: CustomTestStringConvertible {
        var reason: String
        var buys: [(Int64, Int64)]
        var sells: [(Int64, Int64)]
        var last: Int64 = 0
        var price: Int64
        var quantity: Int64

        var testDescription: String { reason }
    }

    static let books = [
        // At 100: demand 10, supply 4. At 102: demand 10, supply 9. At 103: demand 2, supply 9.
        Book(
            reason: "the price at which most trades",
            buys: [(8, 102), (2, 103)],
            sells: [(4, 100), (5, 102)],
            price: 102,
            quantity: 9
        ),
        // Five trade at 100 (surplus 5), at 101 (surplus 0) and at 102 (surplus 0 against 5).
        Book(
            reason: "then the price that leaves the smallest surplus",
            buys: [(5, 102), (5, 100)],
            sells: [(5, 100)],
            price: 102,
            quantity: 5
        ),
        // From 100 to 103 five trade and three buys are left over everywhere.
        Book(
            reason: "then, with buyers left over at each, the highest",
            buys: [(8, 103)],
            sells: [(5, 100)],
            price: 103,
            quantity: 5
        ),
        Book(
            reason: "then, with sellers left over at each, the lowest",
            buys: [(5, 103)],
            sells: [(8, 100)],
            price: 100,
            quantity: 5
        ),
        Book(
            reason: "then the nearest to the last price",
            buys: [(5, 110)],
            sells: [(5, 100)],
            last: 106,
            price: 110,
            quantity: 5
        ),
        Book(
            reason: "then, if both are as near, the lowest",
            buys: [(5, 110)],
            sells: [(5, 100)],
            last: 105,
            price: 100,
            quantity: 5
        ),
        Book(
            reason: "then, if it never traded, the lowest",
            buys: [(5, 110)],
            sells: [(5, 100)],
            price: 100,
            quantity: 5
        ),
    ]

    @Test("the auction price is", arguments: books)
    func price(book: Book) {
        let session = Session(book.last == 0 ? .openingAuction : .continuous)
        if book.last != 0 {
            session.apply(limit(dave, .sell, 1, at: book.last))
            session.apply(limit(carol, .buy, 1, at: book.last))
            session.apply(phase(.closingAuction))
        }
        for (quantity, price) in book.buys {
            session.apply(limit(alice, .buy, quantity, at: price))
        }
        for (quantity, price) in book.sells {
            session.apply(limit(bob, .sell, quantity, at: price))
        }
        let events = session.events(phase(.continuous))
        #expect(events.last == "uncrossed \(book.quantity)@\(book.price)")
    }

    @Test("orders gather without trading, and trade in their order at one price")
    func trades() {
        let session = Session(.openingAuction)
        session.check(limit(alice, .buy, 5, at: 103), "new 1; 1 open 5@103")
        session.check(limit(bob, .buy, 5, at: 101), "new 2; 2 open 5@101")
        session.check(limit(carol, .sell, 4, at: 100), "new 3; 3 open 4@100")
        session.check(limit(dave, .sell, 4, at: 101), "new 4; 4 open 4@101")
        session.check(
            phase(.continuous),
            """
            phase continuous
            trade 4@101 maker 1 taker 3; 1 partial 1@103; 3 filled
            trade 1@101 maker 1 taker 4; 1 filled; 4 partial 3@101
            trade 3@101 maker 2 taker 4; 2 partial 2@101; 4 filled
            uncrossed 8@101
            """
        )
        // Alice reserved 515 and paid 505; what she saved is hers at once.
        #expect(session.money(alice, dollar) == "999495+0")
        #expect(session.money(bob, dollar) == "\(1_000_000 - 303 - 202)+202")
    }

    @Test("the order that came first is the maker, on either side, and pays the maker's fee")
    func roles() {
        let session = Session(.openingAuction)
        session.apply(fees(maker: 10_000, taker: 50_000))
        session.apply(limit(alice, .sell, 1, at: 100))
        session.apply(limit(bob, .buy, 1, at: 100))
        session.check(
            phase(.continuous),
            """
            phase continuous
            trade 1@100 maker 1 taker 2 fees 5+1; 1 filled; 2 filled
            uncrossed 1@100
            """
        )
    }

    @Test("a book that is not crossed stays as it is")
    func uncrossed() {
        let session = Session(.openingAuction)
        session.apply(limit(alice, .buy, 5, at: 99))
        session.apply(limit(bob, .sell, 5, at: 100))
        session.check(phase(.continuous), "phase continuous")
    }

    @Test("market, immediate, fill-or-kill and post-only orders are not for auctions")
    func refusedTypes() {
        let session = Session(.closingAuction)
        for command in [
            market(alice, .buy, 1), limit(alice, .buy, 1, at: 100, .immediateOrCancel),
            limit(alice, .buy, 1, at: 100, .fillOrKill),
            limit(alice, .buy, 1, at: 100, postOnly: .reject),
            limit(alice, .buy, 1, at: 100, postOnly: .reprice),
        ] {
            session.check(command, "refused notInThisPhase")
        }
        session.check(limit(alice, .buy, 1, at: 100, .day), "new 1; 1 open 1@100")
    }

    @Test("an auction's last price triggers stops and is followed by trailing ones")
    func stops() {
        let session = Session()
        session.apply(limit(alice, .sell, 1, at: 100))
        session.apply(limit(bob, .buy, 1, at: 100))
        session.apply(trailing(carol, .sell, 1, by: 5))
        session.apply(stop(carol, .buy, 1, trigger: 108))
        session.apply(phase(.closingAuction))
        session.apply(limit(alice, .sell, 1, at: 109))
        session.apply(limit(bob, .buy, 1, at: 109))
        session.check(
            phase(.continuous),
            """
            phase continuous
            trade 1@109 maker 5 taker 6; 5 filled; 6 filled
            uncrossed 1@109
            3 pendingTrigger 1@104 trailed
            4 new 1 triggered; 4 cancelled 1 immediateRemainder
            """
        )
    }

    @Test("closing uncrosses, then day orders expire, and no stop triggers")
    func closing() {
        let session = Session(.closingAuction)
        session.apply(stop(carol, .buy, 1, trigger: 100))
        session.apply(limit(alice, .sell, 3, at: 100))
        session.apply(limit(bob, .buy, 5, at: 100, .day))
        session.check(
            phase(.closed),
            """
            phase closed
            trade 3@100 maker 2 taker 3; 2 filled; 3 partial 2@100
            uncrossed 3@100
            3 expired 2@100 expired
            """
        )
        session.check(
            phase(.continuous),
            "phase continuous; 1 new 1 triggered; 1 cancelled 1 immediateRemainder"
        )
    }
}
