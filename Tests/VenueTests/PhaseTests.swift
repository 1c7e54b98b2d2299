import Primitives
import Testing
import Venue

@Suite("Phases")
struct PhaseTests {
    /// The changes that are legal; all others are refused.
    static let legal: [Phase: [Phase]] = [
        .closed: [.openingAuction, .continuous],
        .openingAuction: [.continuous, .halted, .closed],
        .continuous: [.openingAuction, .closingAuction, .halted, .closed],
        .closingAuction: [.continuous, .halted, .closed],
        .halted: [.openingAuction, .closingAuction, .continuous, .closed],
    ]

    /// How to reach a phase from the closed one.
    static let ways: [Phase: [Phase]] = [
        .closed: [],
        .openingAuction: [.openingAuction],
        .continuous: [.continuous],
        .closingAuction: [.continuous, .closingAuction],
        .halted: [.continuous, .halted],
    ]

    @Test("only some changes are legal", arguments: Phase.allCases, Phase.allCases)
    func changes(source: Phase, target: Phase) throws {
        let session = Session(.closed)
        for step in try #require(Self.ways[source]) { session.apply(phase(step)) }
        let isLegal = try #require(Self.legal[source]).contains(target)
        session.check(phase(target), isLegal ? "phase \(target)" : "refused illegalPhaseChange")
    }

    @Test("a closed or halted instrument takes no orders; others go on")
    func stopped() {
        let session = Session()
        session.apply(phase(.halted))
        session.check(limit(alice, .buy, 1, at: 100), "refused instrumentHalted")
        session.check(limit(alice, .buy, 1, at: 100, of: service), "new 1; 1 open 1@100")
        session.apply(phase(.closed))
        session.check(limit(alice, .buy, 1, at: 100), "refused instrumentClosed")
    }

    @Test("after a halt the book is as it was, with its order of arrival")
    func resumed() {
        let session = Session()
        session.apply(limit(alice, .sell, 1, at: 100))
        session.apply(limit(bob, .sell, 1, at: 100))
        session.apply(phase(.halted))
        session.check(phase(.continuous), "phase continuous")
        session.check(
            limit(carol, .buy, 1, at: 100),
            "new 3; trade 1@100 maker 1 taker 3; 1 filled; 3 filled"
        )
    }

    @Test("a service takes no orders once its window has ended")
    func serviceWindow() {
        let session = Session()
        session.apply(limit(alice, .buy, 1, at: 100, of: service))
        session.setTime(windowEnd.nanoseconds)
        session.check(limit(bob, .sell, 1, at: 100, of: service), "refused instrumentClosed")
        session.check(session.amend(1, 2), "refused instrumentClosed")
        session.check(session.cancel(1), "1 cancelled 1@100 cancelled")
    }
}

@Suite("Price bands")
struct BandTests {
    @Test("orders priced outside are refused, at the edges they are taken")
    func placing() {
        let session = Session()
        session.check(band(95, 105), "version 6")
        session.check(limit(alice, .buy, 1, at: 94), "refused priceOutsideBand")
        session.check(limit(alice, .sell, 1, at: 106), "refused priceOutsideBand")
        session.check(limit(alice, .buy, 1, at: 95), "new 1; 1 open 1@95")
        session.check(limit(alice, .sell, 1, at: 105), "new 2; 2 open 1@105")
        session.check(
            stop(alice, .buy, 1, trigger: 200, at: 106),
            "refused priceOutsideBand"
        )
        session.check(stop(alice, .buy, 1, trigger: 200), "new 3; 3 pendingTrigger 1@200")
        session.check(session.amend(1, 1, at: 94), "refused priceOutsideBand")
    }

    @Test("a new band cancels what it leaves outside, in instrument order; stops stay")
    func narrowing() {
        let session = Session()
        session.apply(limit(alice, .buy, 1, at: 90))
        session.apply(limit(bob, .buy, 2, at: 92))
        session.apply(limit(carol, .sell, 3, at: 110))
        session.apply(limit(carol, .sell, 4, at: 105))
        session.apply(stop(dave, .buy, 5, trigger: 120, at: 130))
        session.check(
            band(95, 105),
            """
            version 6
            2 cancelled 2@92 band; 1 cancelled 1@90 band
            3 cancelled 3@110 band
            """
        )
        session.check(band(), "version 7")
        session.check(limit(alice, .buy, 1, at: 1), "new 6; 6 open 1@1")
    }

    @Test("a market buy reserves no more than its quantity can cost inside the band")
    func marketBudget() {
        let session = Session()
        session.apply(band(90, 110))
        session.apply(limit(alice, .sell, 2, at: 100))
        session.check(
            market(bob, .buy, 3),
            "new 2; trade 2@100 maker 1 taker 2; 1 filled; 2 cancelled 1 immediateRemainder"
        )
        #expect(session.money(bob, dollar) == "999800+0")
    }
}
