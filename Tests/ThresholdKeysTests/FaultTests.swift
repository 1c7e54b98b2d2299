import SimulatedCommittee
import Testing
import ThresholdKeys

@Suite("Threshold keys: who is blamed for what") struct FaultTests {
    /// One fault of the member with seat 2, and what follows.
    struct Row: Sendable, CustomTestStringConvertible {
        var misbehaviours: [Misbehaviour]
        var kind: Fault.Kind?
        var isFresh = true
        var disclosesPoints = true
        /// Whether its deal still counts.
        var isQualified: Bool
        /// Whether its confirmation still may count.
        var isConfirmed = true

        var testDescription: String {
            "\(misbehaviours) \(isFresh ? "making" : "resharing") keys"
        }

        static func dealer(
            _ misbehaviours: Misbehaviour...,
            kind: Fault.Kind?,
            isFresh: Bool = true,
            disclosesPoints: Bool = true
        ) -> Row {
            Row(
                misbehaviours: misbehaviours,
                kind: kind,
                isFresh: isFresh,
                disclosesPoints: disclosesPoints,
                isQualified: false
            )
        }

        static func receiver(_ misbehaviour: Misbehaviour, kind: Fault.Kind?) -> Row {
            Row(
                misbehaviours: [misbehaviour],
                kind: kind,
                isQualified: true,
                isConfirmed: kind == nil
            )
        }
    }

    static let dealers: [Row] = [
        .dealer(.equivocate(.commit), kind: .equivocation),
        .dealer(.equivocate(.deal), kind: .equivocation),
        .dealer(.equivocate(.deal), kind: .equivocation, isFresh: false),
        .dealer(
            .damagedShares,
            .equivocate(.justification),
            kind: .equivocation,
            disclosesPoints: false
        ),
        .dealer(.wrongShares, kind: .wrongShare),
        .dealer(.wrongShares, kind: .wrongShare, isFresh: false),
        .dealer(.damagedShares, kind: .wrongShare),
        .dealer(.commitmentCount, kind: .flawedBundle(.commitmentCount)),
        .dealer(.commitmentCount, kind: .flawedBundle(.commitmentCount), isFresh: false),
        .dealer(.receivers, kind: .flawedBundle(.receivers)),
        .dealer(.otherCommit, kind: .unmatchedCommit),
        .dealer(.otherConstant, kind: .flawedBundle(.constantTermProof)),
        .dealer(.otherConstant, kind: .flawedBundle(.otherShareThanHeld), isFresh: false),
        .dealer(.stolenShares, kind: .flawedBundle(.ephemeralKeyProof)),
        .dealer(.stolenShares, kind: .flawedBundle(.ephemeralKeyProof), isFresh: false),
        .dealer(
            .damagedShares,
            .wrongJustification,
            kind: .wrongJustification,
            disclosesPoints: false
        ),
        .dealer(
            .damagedShares,
            .silent(.justification),
            kind: .missingJustification,
            disclosesPoints: false
        ),
        .dealer(.silent(.commit), kind: nil),
        .dealer(.silent(.deal), kind: nil),
        .dealer(.silent(.deal), kind: nil, isFresh: false),
        .dealer(.late(.commit), kind: nil),
        .dealer(.late(.deal), kind: nil),
    ]

    static let receivers: [Row] = [
        .receiver(.equivocate(.complaint), kind: .equivocation),
        .receiver(.equivocate(.confirmation), kind: .equivocation),
        .receiver(.falseComplaint, kind: .falseComplaint),
        .receiver(.forgedComplaint, kind: .falseComplaint),
        .receiver(.unprovenComplaint, kind: nil),
        .receiver(.manyUnprovenComplaints, kind: .flawedBundle(.unprovenComplaints)),
        .receiver(.wrongPartial, kind: .wrongPartial),
        .receiver(.otherResult, kind: .otherResult),
        .receiver(.garbage, kind: nil),
        .receiver(.damagedCopies, kind: nil),
        .receiver(.replay, kind: nil),
        .receiver(.impersonation, kind: nil),
    ]

    @Test("a fault evicts a dealer or voids a confirmation, and touches nobody else")
    func everyFault() throws {
        // One test for all rows: a suite in parallel would start more of them than there are processors.
        for (number, row) in (Self.dealers + Self.receivers).enumerated() {
            try check(row, seed: UInt64(number))
        }
    }

    private func check(_ row: Row, seed: UInt64) throws {
        var script = ScriptedCeremony(seed: seed, count: 6, threshold: 4)
        if !row.isFresh { _ = try script.play() }
        let ceremony = try script.play(
            // Without the confirmation of one more the phase goes on to its end.
            [2: row.misbehaviours, 5: [.silent(.confirmation)]],
            disclosesPoints: row.disclosesPoints
        )
        let comment = Comment(rawValue: row.testDescription)
        if let kind = row.kind {
            #expect(ceremony.faults.contains { $0.kind == kind }, comment)
        } else {
            #expect(ceremony.faults.isEmpty, comment)
        }
        #expect(ceremony.faults.allSatisfy { $0.index == 2 }, comment)
        guard case .activated(let keySet, let confirmed) = ceremony.outcome else {
            Issue.record("\(row.testDescription): \(String(describing: ceremony.outcome))")
            return
        }
        let others: [UInt32] = [1, 3, 4, 5, 6]
        #expect(keySet.qualified == (row.isQualified ? [1, 2, 3, 4, 5, 6] : others), comment)
        #expect(confirmed.filter { $0 != 2 } == [1, 3, 4, 6], comment)
        #expect(confirmed.contains(2) == row.isConfirmed, comment)
        #expect(others.allSatisfy(script.holders(of: keySet.epoch).contains), comment)
    }

    @Test("a dealer that answers a complaint without proof stays, and all get their share")
    func justification() throws {
        var script = ScriptedCeremony(seed: 5, count: 6, threshold: 4)
        let ceremony = try script.play([2: [.damagedShares]], disclosesPoints: false)
        #expect(ceremony.faults.isEmpty)
        #expect(ceremony.qualified == [1, 2, 3, 4, 5, 6])
        #expect(script.holders(of: 1) == [1, 2, 3, 4, 5, 6])
    }

    @Test(
        "members that crash in any phase do not stop the others, and come back with a share",
        arguments: [Phase.commit, .deal, .complaint, .justification, .confirmation]
    )
    func crashes(phase: Phase) throws {
        var script = ScriptedCeremony(seed: UInt64(phase.rawValue), count: 6, threshold: 4)
        for epoch in 1...2 as ClosedRange<UInt64> {
            let ceremony = try script.play([3: [.crashIn(phase)], 5: [.restartIn(phase)]])
            guard case .activated = ceremony.outcome else {
                Issue.record("\(String(describing: ceremony.outcome))")
                return
            }
            #expect(script.holders(of: epoch) == [1, 2, 3, 4, 5, 6])
        }
    }

    @Test("a member that loses its storage has no share, until keys are reshared")
    func loss() throws {
        var script = ScriptedCeremony(seed: 8, count: 6, threshold: 4)
        _ = try script.play([6: [.vanish]])
        #expect(script.holders(of: 1) == [1, 2, 3, 4, 5])
        _ = try script.play()
        #expect(script.holders(of: 2) == [1, 2, 3, 4, 5, 6])
    }

    @Test("with too many members away there are no new keys, and the old shares stay")
    func failures() throws {
        var script = ScriptedCeremony(seed: 9, count: 6, threshold: 4)
        _ = try script.play()
        let away: [UInt32] = [1, 4, 6]
        let early = try script.play(
            Dictionary(uniqueKeysWithValues: away.map { ($0, [.crashIn(.deal)]) })
        )
        #expect(early.outcome == .failed(.tooFewDealers(qualified: 3, needed: 4)))
        let late = try script.play(
            Dictionary(uniqueKeysWithValues: away.map { ($0, [.crashIn(.confirmation)]) })
        )
        #expect(late.outcome == .failed(.tooFewConfirmations(confirmed: 3, needed: 4)))
        #expect(script.holders(of: 1) == [1, 2, 3, 4, 5, 6])
        guard case .activated = try script.play().outcome else {
            Issue.record("the next attempt should do")
            return
        }
        #expect(script.holders(of: 1) == [])
        #expect(script.holders(of: 2) == [1, 2, 3, 4, 5, 6])
    }

    @Test("four of twelve members at fault in several ways do not stop the other eight")
    func fourOfTwelve() throws {
        var script = ScriptedCeremony(seed: 12, count: 12, threshold: 8)
        let fresh = try script.play([
            1: [.wrongShares, .falseComplaint], 4: [.equivocate(.deal), .otherResult],
            7: [.crashIn(.deal)], 12: [.commitmentCount, .replay, .wrongPartial],
        ])
        guard case .activated(let first, let confirmed) = fresh.outcome else {
            Issue.record("\(String(describing: fresh.outcome))")
            return
        }
        #expect(first.qualified == [2, 3, 5, 6, 8, 9, 10, 11])
        #expect(confirmed == first.qualified)
        let again = try script.play([
            2: [.damagedShares], 3: [.otherConstant, .forgedComplaint], 8: [.stolenShares],
        ])
        guard case .activated(let second, _) = again.outcome else {
            Issue.record("\(String(describing: again.outcome))")
            return
        }
        #expect(second.groupKey == first.groupKey)
        #expect(second.shareKeys != first.shareKeys)
    }
}
