import Attestation
import Cryptography
import Encoding
import Primitives
import SimulatedBundles
import Statements
import Testing
import Venue

@Suite("seats, rosters and penalties") struct AccountabilityTests {
    private static let day: UInt64 = 86_400 * 1_000_000_000
    /// The first of October 2026.
    private static let october = Timestamp(1_790_812_800_000_000_000)
    private let first: EpochStatement

    init() throws {
        first = try SimulatedCertifiers(
            venue: VenueName("orbit-1.example"),
            validFrom: Self.october
        ).roster
    }

    private func later(_ days: UInt64, _ nanoseconds: UInt64 = 0) -> Timestamp {
        Timestamp(Self.october.nanoseconds + days * Self.day + nanoseconds)
    }

    /// A later roster, some of whose seats went to new observers.
    private func roster(
        _ epoch: UInt64,
        from time: Timestamp,
        renewing seats: [Int] = []
    ) throws -> EpochStatement {
        var roster = first
        roster.epoch = epoch
        roster.validFrom = time
        for seat in seats {
            let name = Text("e\(epoch)-\(seat)")
            roster.seats[seat].did = try OrbitDID(kind: .observer, registrar: first.venue, id: name)
            roster.seats[seat].operator = name
            roster.seats[seat].identityKey = SHA256.hash(of: name.utf8).bytes
        }
        return roster
    }

    private func fault(
        _ fault: SeatFault,
        _ evidence: UInt8,
        seat: Int = 0,
        epoch: UInt64 = 1,
        from: Timestamp = .zero,
        order: ProvenFault.Order? = nil
    ) -> ProvenFault {
        ProvenFault(
            venue: first.venue,
            epoch: epoch,
            index: first.seats[seat].index,
            did: first.seats[seat].did,
            fault: fault,
            evidence: SHA256.hash(of: [evidence]),
            from: from,
            order: order
        )
    }

    /// A record of the first roster.
    private func record() throws -> CommitteeRecord {
        var record = CommitteeRecord()
        try record.take(first)
        return record
    }

    private func penalise(
        _ record: inout CommitteeRecord,
        _ fault: ProvenFault,
        at time: Timestamp
    ) throws -> PenaltyStatement {
        let penalty = try record.penalty(for: fault, at: time)
        // What is filed is read from a leaf by everybody else.
        try record.take(PenaltyStatement(decoding: penalty.encoded))
        return penalty
    }

    // MARK: Quarters

    static let quarters: [(UInt64, String)] = [
        (0, "1970 Q1"), (7_775_999, "1970 Q1"), (7_776_000, "1970 Q2"),
        (951_782_400, "2000 Q1"), (951_868_800, "2000 Q1"), (954_547_199, "2000 Q1"),
        (954_547_200, "2000 Q2"), (1_790_812_799, "2026 Q3"), (1_790_812_800, "2026 Q4"),
        (1_798_761_599, "2026 Q4"), (1_798_761_600, "2027 Q1"), (4_110_220_799, "2100 Q1"),
        (4_110_220_800, "2100 Q2"),
    ]

    @Test("a time lies in its quarter", arguments: quarters)
    func quarter(_ row: (seconds: UInt64, name: String)) {
        let quarter = Quarter(containing: Timestamp(row.seconds * 1_000_000_000))
        #expect("\(quarter)" == row.name)
        #expect(quarter.start.nanoseconds <= row.seconds * 1_000_000_000)
        #expect(quarter.next.start.nanoseconds > row.seconds * 1_000_000_000)
        #expect(quarter < quarter.next)
    }

    @Test("quarters follow each other without a gap for five hundred years") func allQuarters() {
        var quarter = Quarter(containing: .zero)
        for _ in 0..<2_000 {
            let next = quarter.next
            #expect(Quarter(containing: next.start) == next)
            #expect(Quarter(containing: Timestamp(next.start.nanoseconds - 1)) == quarter)
            quarter = next
        }
    }

    // MARK: Rosters

    @Test("a roster that is not diverse as a whole does not come into force") func onboarding()
        throws
    {
        var history = RosterHistory()
        #expect(DiversityRules.onboarding(first).isEmpty)
        var crowded = first
        crowded.seats[2].group = crowded.seats[0].group
        let violation = try #require(DiversityRules.onboarding(crowded).first)
        #expect(throws: RosterFault.notDiverse(violation)) { try history.append(crowded) }
        try history.append(first)
        #expect(history.roster(at: Timestamp(Self.october.nanoseconds - 1)) == nil)
        #expect(history.roster(at: Self.october) == first)
    }

    @Test("rosters continue each other: venue, epoch, time and group key") func continuation()
        throws
    {
        var history = RosterHistory()
        try history.append(first)
        let good = try roster(2, from: later(1))
        let changes: [(RosterFault, (inout EpochStatement) throws -> Void)] = [
            (.otherVenue, { roster in roster.venue = try VenueName("other.example") }),
            (.epochNotLater(found: 1, last: 1), { roster in roster.epoch = 1 }),
            (.timeNotLater, { roster in roster.validFrom = Self.october }),
            (.otherGroupKey, { roster in roster.groupKey[0] ^= 1 }),
        ]
        for (fault, change) in changes {
            var roster = good
            try change(&roster)
            #expect(throws: fault) { try history.append(roster) }
        }
        try history.append(good)
        #expect(history.rosters.count == 2)
    }

    @Test("a tenth of the seats, rounded up, rotates each quarter") func rotation() throws {
        #expect(DiversityRules.rotationMin(of: 12) == 2)
        #expect(DiversityRules.rotationMin(of: 10) == 1)
        let two = try roster(2, from: later(100), renewing: [3, 7])
        #expect(DiversityRules.rotation(from: first, to: two).isEnough)
        #expect(DiversityRules.rotation(from: first, to: two).renewed == [4, 8])
        let one = try roster(2, from: later(100), renewing: [3])
        #expect(!DiversityRules.rotation(from: first, to: one).isEnough)
        // Indices that swap, and the same operator under a new name, are no rotation.
        var swapped = first
        swapped.seats.swapAt(0, 1)
        #expect(DiversityRules.rotation(from: first, to: swapped).renewed.isEmpty)
        var renamed = two
        for seat in renamed.seats.indices {
            renamed.seats[seat].operator = first.seats[seat].operator
        }
        #expect(DiversityRules.rotation(from: first, to: renamed).renewed.isEmpty)
    }

    @Test("the quarters without enough rotation are named") func shortfalls() throws {
        var history = RosterHistory()
        try history.append(first)
        // The first quarter of 2027 begins after 92 days, the second after 182, the third after 273.
        try history.append(roster(2, from: later(100), renewing: [3, 7]))
        #expect(history.shortfalls(endedBy: later(181)).isEmpty)
        #expect(history.shortfalls(endedBy: later(182)).isEmpty)
        let found = history.shortfalls(endedBy: later(274))
        #expect(found.map { "\($0.quarter)" } == ["2027 Q2"])
        #expect(found.first?.rotation.renewed == [])
        #expect(RosterHistory().shortfalls(endedBy: later(274)).isEmpty)
    }

    @Test("a first roster that holds for everything before it counts from when it was filed")
    func filedRoster() throws {
        var eternal = first
        eternal.validFrom = Timestamp(1)
        var history = RosterHistory()
        try history.append(eternal, filed: later(3))
        #expect(history.shortfalls(endedBy: later(182)).map { "\($0.quarter)" } == ["2027 Q1"])
        var undated = RosterHistory()
        try undated.append(eternal)
        #expect(undated.shortfalls(endedBy: later(182)).isEmpty)
    }

    @Test("a roster is compared with the one at the end of the quarter before") func opening()
        throws
    {
        var history = RosterHistory()
        try history.append(first)
        // The quarter of the first roster asks for nothing.
        #expect(history.rotation(to: first, at: later(50)) == nil)
        let opening = try #require(history.rotation(to: first, at: later(100)))
        #expect(!opening.isEnough)
        #expect(opening.needed == 2)
        let two = try roster(2, from: later(100), renewing: [3, 7])
        #expect(try #require(history.rotation(to: two, at: later(100))).isEnough)
        try history.append(two)
        // What has rotated in the quarter stays rotated in it, and is worth nothing in the next one.
        var refreshed = two
        refreshed.epoch = 3
        #expect(try #require(history.rotation(to: refreshed, at: later(150))).isEnough)
        #expect(try !#require(history.rotation(to: refreshed, at: later(200))).isEnough)
    }

    // MARK: Penalties

    @Test(
        "equivocation and three wrong shares remove a seat",
        arguments: [
            SeatFault.equivocation, .invalidShares,
        ]
    )
    func removal(_ kind: SeatFault) throws {
        var record = try record()
        let did = first.seats[0].did
        #expect(record.signers(at: later(1)) == Array(1...12))
        let penalty = try penalise(&record, fault(kind, 1), at: later(1))
        #expect(penalty.status == .removed)
        #expect(penalty.rate == kind.penaltyRate)
        #expect(record.status(of: did, at: Timestamp(later(1).nanoseconds - 1)) == .active)
        #expect(record.status(of: did, at: later(1)) == .removed)
        #expect(record.signers(at: later(1)) == Array(2...12))
        #expect(throws: PenaltyRefusal.evidenceUsed) {
            try record.penalty(for: fault(kind, 1), at: later(2))
        }
        #expect(throws: PenaltyRefusal.alreadyRemoved) {
            try record.penalty(for: fault(.sanction, 2), at: later(2))
        }
        #expect(throws: PenaltyRefusal.unknownSeat) {
            try record.penalty(for: fault(kind, 3, epoch: 2), at: later(2))
        }
    }

    @Test("the second breach of attendance removes, and no day counts twice") func attendance()
        throws
    {
        var record = try record()
        let did = first.seats[0].did
        let one = try penalise(&record, fault(.attendance, 1, from: later(1)), at: later(31))
        #expect(one.status == .active)
        #expect(one.rate == 100_000)
        #expect(record.maySign(did, at: later(40)))
        #expect(throws: PenaltyRefusal.sameDays) {
            try record.penalty(for: fault(.attendance, 2, from: later(30)), at: later(60))
        }
        let two = try penalise(&record, fault(.attendance, 2, from: later(32)), at: later(63))
        #expect(two.status == .removed)
        #expect(!record.maySign(did, at: later(63)))
        #expect(record.maySign(did, at: later(62)))
    }

    @Test("a breach of diversity has 90 days, and the next roster mends it") func diversity() throws
    {
        var record = try record()
        let did = first.seats[0].did
        let penalty = try penalise(&record, fault(.diversityBreach, 1), at: later(1))
        #expect(penalty.until == later(91))
        #expect(record.status(of: did, at: later(90)) == .grace)
        #expect(record.maySign(did, at: later(90)))
        #expect(record.status(of: did, at: later(91)) == .suspended)
        #expect(throws: PenaltyRefusal.stillOpen) {
            try record.penalty(for: fault(.diversityBreach, 2), at: later(95))
        }
        try record.take(roster(2, from: later(100)))
        #expect(record.status(of: did, at: later(99)) == .suspended)
        #expect(record.status(of: did, at: later(100)) == .active)
        #expect(throws: PenaltyRefusal.notInForce) {
            try record.penalty(for: fault(.diversityBreach, 3), at: later(101))
        }
    }

    @Test("a key in other hands is replaced within 15 minutes, or the seat is lost")
    func compromise()
        throws
    {
        let minute: UInt64 = 60 * 1_000_000_000
        for (delay, after) in [(15, .active), (16, .removed)] as [(UInt64, SeatStatus)] {
            var record = try record()
            let did = first.seats[0].did
            let penalty = try penalise(&record, fault(.keyCompromise, 1), at: later(1))
            #expect(penalty.until == later(1, 15 * minute))
            #expect(record.status(of: did, at: later(1)) == .suspended)
            var next = try roster(2, from: later(1, delay * minute))
            next.seats[0].identityKey = SHA256.hash(of: [9]).bytes
            try record.take(next)
            #expect(record.status(of: did, at: later(1, 14 * minute)) == .suspended)
            #expect(record.status(of: did, at: later(2)) == after)
            // The old key can be shown again, and costs nothing any more.
            let expected: PenaltyRefusal = after == .active ? .notInForce : .alreadyRemoved
            #expect(throws: expected) {
                try record.penalty(for: fault(.keyCompromise, 2), at: later(2))
            }
        }
    }

    @Test("an order suspends until its end, or until it is lifted") func sanction() throws {
        var record = try record()
        let did = first.seats[0].did
        #expect(throws: PenaltyRefusal.nothingToLift) {
            try record.penalty(for: fault(.sanction, 9, order: .lift), at: later(1))
        }
        _ = try penalise(
            &record,
            fault(.sanction, 1, order: .suspend(until: later(10))),
            at: later(1)
        )
        #expect(record.status(of: did, at: later(9)) == .suspended)
        #expect(record.status(of: did, at: later(10)) == .active)
        _ = try penalise(
            &record,
            fault(.sanction, 2, order: .suspend(until: .zero)),
            at: later(20)
        )
        #expect(record.status(of: did, at: later(400)) == .suspended)
        let lifted = try penalise(&record, fault(.sanction, 3, order: .lift), at: later(30))
        #expect(lifted.status == .active)
        #expect(record.status(of: did, at: later(29)) == .suspended)
        #expect(record.status(of: did, at: later(30)) == .active)
    }

    @Test("a bad deal suspends until the next epoch") func badDeal() throws {
        var record = try record()
        let did = first.seats[0].did
        _ = try penalise(&record, fault(.badDeal, 1), at: later(1))
        #expect(record.status(of: did, at: later(5)) == .suspended)
        try record.take(roster(2, from: later(6)))
        #expect(record.status(of: did, at: later(6)) == .active)
    }

    @Test("a filed penalty that does not follow from the rules does not count") func foreign()
        throws
    {
        var record = try record()
        let good = try record.penalty(for: fault(.diversityBreach, 1), at: later(1))
        let changes: [(inout PenaltyStatement) -> Void] = [
            { penalty in penalty.status = .removed }, { penalty in penalty.until = .zero },
            { penalty in penalty.rate = 1 },
        ]
        for change in changes {
            var changed = good
            change(&changed)
            #expect(throws: PenaltyRefusal.otherConsequence) { try record.take(changed) }
        }
        var other = good
        other.index = 2
        #expect(throws: PenaltyRefusal.unknownSeat) { try record.take(other) }
        try record.take(good)
        #expect(throws: PenaltyRefusal.evidenceUsed) { try record.take(good) }
        #expect(record.penalties == [good])
    }
}
