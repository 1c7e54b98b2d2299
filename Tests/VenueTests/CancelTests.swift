import Primitives
import Testing
import Venue

@Suite("Cancelling")
struct CancelTests {
    @Test("a cancelled order gives back its hold and trades no more")
    func cancel() {
        let session = Session()
        session.apply(limit(alice, .buy, 5, at: 100))
        session.apply(limit(bob, .sell, 2, at: 100))
        session.check(session.cancel(1), "1 cancelled 3@100 cancelled")
        #expect(session.money(alice, dollar) == "999800+0")
        session.check(limit(bob, .sell, 1, at: 100), "new 3; 3 open 1@100")
    }

    @Test("nobody can cancel or amend another's order, by either name")
    func strangers() {
        let session = Session()
        session.apply(limit(alice, .buy, 5, at: 100, client: 77))
        let order = session.id(1)
        for reference in [
            OrderReference(account: bob, order: order), OrderReference(account: bob, clientID: 77),
            OrderReference(account: alice, clientID: 78),
            OrderReference(account: .fees, order: order),
        ] {
            session.check(.cancelOrder(reference), "refused unknownOrder")
            session.check(
                .amendOrder(OrderAmendment(reference: reference, quantity: Quantity(1))),
                "refused unknownOrder"
            )
        }
    }

    @Test("an order is found by its client's name; the name is free again when it ended")
    func clientNames() {
        let session = Session()
        session.apply(limit(alice, .buy, 5, at: 100, client: 7))
        session.check(limit(alice, .sell, 1, at: 200, client: 7), "refused duplicateClientID")
        session.check(limit(bob, .buy, 1, at: 90, client: 7), "new 2; 2 open 1@90")
        let reference = OrderReference(account: alice, clientID: 7)
        session.check(.cancelOrder(reference), "1 cancelled 5@100 cancelled")
        session.check(.cancelOrder(reference), "refused unknownOrder")
        session.check(limit(alice, .buy, 5, at: 100, client: 7), "new 3; 3 open 5@100")
    }

    @Test("an old name never finds the order that lives in its slot now")
    func oldNames() {
        let session = Session()
        session.apply(limit(alice, .buy, 5, at: 100))
        let old = OrderReference(account: alice, order: session.id(1))
        session.apply(.cancelOrder(old))
        session.apply(limit(alice, .buy, 5, at: 100))
        #expect(session.id(2).slot == old.order.slot)
        session.check(.cancelOrder(old), "refused unknownOrder")
    }

    /// A session with orders of two members on two instruments.
    private func crowd() -> Session {
        let session = Session()
        session.apply(limit(alice, .sell, 1, at: 110))
        session.apply(limit(alice, .buy, 2, at: 90))
        session.apply(limit(bob, .buy, 3, at: 91))
        session.apply(limit(alice, .buy, 4, at: 91))
        session.apply(stop(alice, .buy, 5, trigger: 120))
        session.apply(stop(alice, .sell, 6, trigger: 80))
        session.apply(stop(bob, .sell, 7, trigger: 85))
        session.apply(limit(alice, .buy, 8, at: 50, of: service))
        return session
    }

    @Test("a mass cancel by account ends its orders everywhere, by their ids")
    func massByAccount() {
        crowd().check(
            .massCancel(MassCancel(account: alice)),
            """
            1 cancelled 1@110 massCancelled; 2 cancelled 2@90 massCancelled
            4 cancelled 4@91 massCancelled; 5 cancelled 5 massCancelled
            6 cancelled 6 massCancelled; 8 cancelled 8@50 massCancelled
            """
        )
    }

    @Test("a mass cancel by instrument ends its orders in instrument order")
    func massByInstrument() {
        crowd().check(
            .massCancel(MassCancel(instrument: spot)),
            """
            3 cancelled 3@91 massCancelled; 4 cancelled 4@91 massCancelled
            2 cancelled 2@90 massCancelled; 1 cancelled 1@110 massCancelled
            5 cancelled 5 massCancelled
            7 cancelled 7 massCancelled; 6 cancelled 6 massCancelled
            """
        )
    }

    @Test("a mass cancel by both ends the account's orders there, by their ids")
    func massByBoth() {
        let session = crowd()
        session.check(
            .massCancel(MassCancel(account: bob, instrument: spot)),
            "3 cancelled 3@91 massCancelled; 7 cancelled 7 massCancelled"
        )
        session.check(.massCancel(MassCancel(account: bob, instrument: spot)), "")
        session.check(.massCancel(MassCancel(account: carol)), "")
    }

    @Test("a mass cancel works while halted and closed", arguments: [Phase.halted, .closed])
    func massWhileStopped(phase: Phase) {
        let session = Session()
        session.apply(limit(alice, .buy, 5, at: 100))
        session.apply(VenueTests.phase(phase))
        session.check(
            .massCancel(MassCancel(instrument: spot)),
            "1 cancelled 5@100 massCancelled"
        )
    }
}
