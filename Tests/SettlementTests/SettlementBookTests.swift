import Cryptography
import Encoding
import Primitives
import Settlement
import Statements
import Testing
import Venue

/// What is decided about service contracts, from filed documents alone.
@Suite("Settlement on evidence") struct SettlementBookTests {
    private let venue: VenueName
    private let component = SHA256.hash(of: [1])
    private let trade = TradeID(7)

    init() throws { venue = try VenueName("test.parallax") }

    private var contract: WaitingContract {
        WaitingContract(
            trade: trade,
            instrument: InstrumentID(1),
            buyer: AccountID(20),
            seller: AccountID(21),
            windowStart: Timestamp(1_000),
            windowEnd: Timestamp(2_000)
        )
    }

    private func book() -> SettlementBook {
        var book = SettlementBook(
            venue: venue,
            policy: SettlementPolicy(
                components: [("downlink_completed", component)],
                graceNanoseconds: 500
            )
        )
        book.appoint(epoch: 3, hash: SHA256.hash(of: [2]))
        return book
    }

    private func report(_ revision: UInt8 = 0) -> ReportStatement {
        ReportStatement(
            venue: venue,
            trade: trade,
            revision: revision,
            claim: "downlink_completed",
            details: JSONObject(),
            time: Timestamp(1_100)
        )
    }

    private func claim(_ revision: UInt8 = 0) -> ClaimStatement {
        ClaimStatement(
            venue: venue,
            epoch: 3,
            trade: trade,
            revision: revision,
            claim: "downlink_completed",
            component: component,
            report: SHA256.hash(of: report(revision).encoded),
            time: Timestamp(1_200),
            rosterHash: SHA256.hash(of: [2])
        )
    }

    private func dissent(_ seat: UInt32, revision: UInt8 = 0) -> DissentStatement {
        DissentStatement(
            venue: venue,
            epoch: 3,
            index: seat,
            slot: .claim(trade, revision: revision),
            digest: claim(revision).digest,
            reason: "no pass",
            time: Timestamp(1_300),
            keyID: [UInt8](repeating: 1, count: StatementIssuer.keyIDSize),
            signature: [UInt8](repeating: 1, count: DissentStatement.signatureSize)
        )
    }

    @Test("a report in the window is put to the committee once, and its certificate settles once")
    func settles() {
        var book = book()
        #expect(book.advance([contract], at: Timestamp(900)).isEmpty)
        book.take(report(), report().encoded, at: Timestamp(1_200))
        // Before the window opens nobody is asked.
        #expect(book.advance([contract], at: Timestamp(999)).isEmpty)
        let asked = SettlementAction.request(claim(), report: report().encoded)
        #expect(book.advance([contract], at: Timestamp(1_300)) == [asked])
        #expect(book.advance([contract], at: Timestamp(1_400)).isEmpty)
        let certificate = SHA256.hash(of: [5])
        book.take(claim(), document: certificate)
        #expect(book.advance([contract], at: Timestamp(1_500)) == [.settle(trade, certificate)])
        #expect(book.advance([contract], at: Timestamp(1_600)).isEmpty)
        // The venue was too busy: again.
        book.forgetEnding(of: trade)
        #expect(book.advance([contract], at: Timestamp(1_700)) == [.settle(trade, certificate)])
        #expect(book.keepOnly([]).isEmpty == false)
        #expect(book.advance([], at: Timestamp(1_800)).isEmpty)
    }

    @Test("eight dissents fail a contract; a new report begins anew")
    func fails() {
        var book = book()
        book.take(report(), report().encoded, at: Timestamp(1_200))
        _ = book.advance([contract], at: Timestamp(1_300))
        for seat in UInt32(1)...7 { book.take(dissent(seat)) }
        #expect(book.advance([contract], at: Timestamp(1_300)).isEmpty)
        var other = book
        other.take(report(1), report(1).encoded, at: Timestamp(1_200))
        #expect(
            other.advance([contract], at: Timestamp(1_300)) == [
                .withdraw(claim().slot), .request(claim(1), report: report(1).encoded),
            ]
        )
        // A dissent from the old report says nothing about the new one.
        other.take(dissent(8))
        #expect(other.advance([contract], at: Timestamp(1_300)).isEmpty)
        book.take(dissent(8))
        #expect(
            book.advance([contract], at: Timestamp(1_300))
                == [.withdraw(claim().slot), .fail(trade)]
        )
    }

    @Test("without a report a contract expires with its window, with one after the grace")
    func expires() {
        var book = book()
        #expect(book.advance([contract], at: Timestamp(1_999)).isEmpty)
        #expect(book.advance([contract], at: Timestamp(2_000)) == [.expire(trade)])
        var reported = self.book()
        reported.take(report(), report().encoded, at: Timestamp(1_200))
        _ = reported.advance([contract], at: Timestamp(1_300))
        #expect(reported.advance([contract], at: Timestamp(2_499)).isEmpty)
        var waiting = reported
        #expect(
            reported.advance([contract], at: Timestamp(2_500))
                == [.withdraw(claim().slot), .expire(trade)]
        )
        waiting.take(decision(.wait), at: Timestamp(2_400))
        #expect(waiting.advance([contract], at: Timestamp(9_000)).isEmpty)
        waiting.take(decision(.fail), at: Timestamp(9_100))
        #expect(
            waiting.advance([contract], at: Timestamp(9_200))
                == [.withdraw(claim().slot), .fail(trade)]
        )
    }

    private func decision(_ decision: ContractDecision) -> DecisionStatement {
        DecisionStatement(
            venue: venue,
            trade: trade,
            decision: decision,
            decidedBy: "the operator",
            reason: "looked at it",
            time: Timestamp(2_400)
        )
    }

    @Test("killed after any step and built again from the journal, it comes to the same end")
    func restarts() {
        let certificate = SHA256.hash(of: [5])
        let steps: [(inout SettlementBook) -> Void] = [
            { $0.take(self.report(), self.report().encoded, at: Timestamp(1_200)) },
            { $0.take(self.dissent(1)) },
            { $0.take(self.report(1), self.report(1).encoded, at: Timestamp(1_200)) },
            { $0.take(self.dissent(2, revision: 1)) },
            { $0.take(self.claim(1), document: certificate) },
        ]
        for killed in 0...steps.count {
            var book = self.book()
            for step in steps[..<killed] {
                step(&book)
                _ = book.advance([contract], at: Timestamp(1_500))
            }
            // The next process knows only what was filed.
            book = self.book()
            for step in steps[..<killed] { step(&book) }
            let first = book.advance([contract], at: Timestamp(1_500))
            if killed == steps.count { #expect(first == [.settle(trade, certificate)]) }
            for step in steps[killed...] { step(&book) }
            let last = first + book.advance([contract], at: Timestamp(1_600))
            #expect(last.last == .settle(trade, certificate), "killed after \(killed)")
        }
    }
}
