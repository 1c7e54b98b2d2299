import Attestation
import Cryptography
import Encoding
import KeyStore
import MerkleLog
import Primitives
import SimulatedBundles
import SimulatedCommittee
import Statements
import Testing
import ThresholdKeys
import Venue
import Verification

@Suite("evidence of faults") struct SeatEvidenceTests {
    let log: SimulatedVenueLog
    let trust: Trust
    let roster: Roster

    init() throws {
        log = try SimulatedVenueLog(tradeCount: 3)
        trust = try log.trust()
        roster = try Roster(log.committee.roster)
    }

    func prove(
        _ evidence: SeatEvidence,
        _ rosters: [Roster]? = nil,
        trust: Trust? = nil
    ) throws(EvidenceError) -> ProvenFault {
        try EvidenceVerification(
            rosters: rosters ?? [roster],
            trust: trust ?? self.trust,
            verifier: NativeEd25519.verifies
        ).prove(evidence.encoded)
    }

    func evidence(_ index: UInt32, _ body: SeatEvidence.Body) -> SeatEvidence {
        SeatEvidence(venue: log.venue, epoch: 1, index: index, body: body)
    }

    /// An interval that somebody claims to have ended with another state.
    func interval(
        _ number: UInt64,
        state: UInt8 = 0,
        time: UInt64 = 0,
        epoch: UInt64 = 1
    ) -> Attested {
        var statement = log.attested(4)
        statement.epoch = epoch
        statement.interval.number = number
        statement.interval.stateHash = SHA256.hash(of: [state])
        statement.time = Timestamp(SimulatedVenueLog.time.nanoseconds + 10 + time)
        return .interval(statement)
    }

    func notice(
        _ content: CommitteeNotice.Content,
        about index: UInt32,
        by signer: SimulatedSigner,
        epoch: UInt64 = 1
    ) -> [UInt8] {
        CommitteeNotice(
            content,
            venue: log.venue,
            epoch: epoch,
            index: index,
            time: Timestamp(7_000),
            key: signer.publicKey,
            signer: signer.sign
        ).encoded
    }

    /// Expects that no bit of the evidence can be changed without it being refused.
    func expectNoChange(
        _ evidence: SeatEvidence,
        _ rosters: [Roster]? = nil,
        trust: Trust? = nil,
        bits: Int = 8,
        step: Int = 1
    ) throws {
        let bytes = evidence.encoded
        #expect(try SeatEvidence(decoding: bytes) == evidence)
        let verification = EvidenceVerification(
            rosters: rosters ?? [roster],
            trust: trust ?? self.trust,
            verifier: NativeEd25519.verifies
        )
        for index in stride(from: 0, to: bytes.count, by: step) {
            for bit in 0..<bits {
                var changed = bytes
                changed[index] ^= 1 << UInt8((index + bit) % 8)
                #expect(throws: EvidenceError.self, "bit \(bit) of byte \(index)") {
                    try verification.prove(changed)
                }
            }
        }
        for count in stride(from: 0, to: bytes.count, by: 37) {
            #expect(throws: EvidenceError.self) { try verification.prove(Array(bytes[..<count])) }
        }
        #expect(throws: EvidenceError.self) { try verification.prove(bytes + [0]) }
    }

    // MARK: Equivocation

    @Test("two votes for one slot are equivocation, in one form only") func equivocation() throws {
        let one = try log.committee.vote(5, for: interval(7, state: 1))
        let two = try log.committee.vote(5, for: interval(7, state: 2))
        let evidence = try SeatEvidence(equivocation: one, two)
        #expect(try SeatEvidence(equivocation: two, one) == evidence)
        let proven = try prove(evidence)
        #expect(proven.fault == .equivocation)
        #expect(proven.index == 5)
        #expect(proven.did == log.committee.roster.seats[4].did)
        #expect(proven.evidence == SHA256.hash(of: evidence.encoded))
        try expectNoChange(evidence)
        guard case .equivocation(let first, let second) = evidence.body else { return }
        #expect(throws: EvidenceError.wrongOrder) {
            try prove(self.evidence(5, .equivocation(first: second, second: first)))
        }
    }

    @Test("votes for claims contradict each other too") func equivocationOfClaims() throws {
        var votes: [Vote] = []
        for time in [1, 2] as [UInt64] {
            let evidence = try log.claim(ClaimPlan())
            var claim = evidence.claim
            claim.time = Timestamp(claim.time.nanoseconds + time)
            votes.append(try log.committee.vote(3, for: .claim(claim)))
        }
        #expect(try prove(SeatEvidence(equivocation: votes[0], votes[1])).index == 3)
    }

    @Test("votes that do not contradict each other accuse nobody") func falseEquivocation() throws {
        let one = try log.committee.vote(5, for: interval(7))
        func accuse(_ other: Vote) throws(EvidenceError) {
            _ = try prove(SeatEvidence(equivocation: one, other))
        }
        #expect(throws: EvidenceError.sameDigest) { try accuse(one) }
        // The same digest with another partial signature is the same word twice.
        let again = try Vote(decoding: log.wrongShare(5, for: interval(7)).vote)
        #expect(throws: EvidenceError.sameDigest) { try accuse(again) }
        let slot = try log.committee.vote(5, for: interval(8))
        #expect(throws: EvidenceError.otherVotes("slot")) { try accuse(slot) }
        let seat = try log.committee.vote(6, for: interval(7, state: 1))
        #expect(throws: EvidenceError.otherVotes("seat")) { try accuse(seat) }
        let epoch = try log.committee.vote(5, for: interval(7, state: 1, epoch: 2))
        #expect(throws: EvidenceError.otherVotes("epoch")) { try accuse(epoch) }
        let other = try SimulatedVenueLog(tradeCount: 1, label: "other")
        var statement = other.attested(1)
        statement.venue = try VenueName("other.example")
        let foreign = try log.committee.vote(5, for: statement)
        #expect(throws: EvidenceError.otherVotes("venue")) { try accuse(foreign) }
        // Somebody else signs in the name of the seat.
        let forger = log.committee.identities[7]
        let attested = interval(7, state: 1)
        let forged = Vote(
            for: attested,
            index: 5,
            partial: try log.committee.partial(5, of: attested.digest.bytes),
            identityKey: log.committee.identities[4].publicKey,
            signer: forger.sign
        )
        #expect(throws: EvidenceError.invalidPart(.wrongIdentitySignature(seat: 5))) {
            try accuse(forged)
        }
    }

    @Test("rosters must be given, and belong to what is trusted") func rosters() throws {
        let one = try log.committee.vote(5, for: interval(7, state: 1))
        let two = try log.committee.vote(5, for: interval(7, state: 2))
        let evidence = try SeatEvidence(equivocation: one, two)
        #expect(throws: EvidenceError.missingRoster(epoch: 1)) { try prove(evidence, []) }
        var other = trust
        other.groupKey = try SimulatedCertifiers(venue: log.venue, label: "x").groupKey
        #expect(throws: EvidenceError.untrustedRoster(epoch: 1)) {
            try prove(evidence, trust: other)
        }
        #expect(throws: EvidenceError.unknownSeat(12)) {
            var eleven = log.committee.roster
            eleven.seats.removeLast()
            _ = try prove(
                self.evidence(12, evidence.body),
                [try Roster(eleven)]
            )
        }
    }

    // MARK: Wrong shares

    @Test("three wrong shares within 90 days are a fault") func invalidShares() throws {
        let day: UInt64 = 86_400 * 1_000_000_000
        let votes = try [0, 10, 90].map { days in
            try log.wrongShare(4, for: interval(7 + days, time: days * day))
        }
        let evidence = evidence(4, .invalidShares(votes))
        let proven = try prove(evidence)
        #expect(proven.fault == .invalidShares)
        #expect(proven.from.nanoseconds == SimulatedVenueLog.time.nanoseconds + 10)
        try expectNoChange(evidence, bits: 1)
        #expect(throws: EvidenceError.wrongOrder) {
            try prove(self.evidence(4, .invalidShares([votes[1], votes[0], votes[2]])))
        }
        let late = try log.wrongShare(4, for: interval(100, time: 90 * day + 1))
        #expect(throws: EvidenceError.tooFarApart) {
            try prove(self.evidence(4, .invalidShares([votes[0], votes[1], late])))
        }
    }

    @Test("a share that is good, a vote twice, and another's vote accuse nobody")
    func falseShares() throws {
        let bad = try (UInt64(0)..<3).map { number in
            try log.wrongShare(4, for: interval(7 + number, time: number))
        }
        let attested = interval(20, time: 20)
        let good = SeatEvidence.CastVote(
            vote: try log.committee.vote(4, for: attested).encoded,
            payload: attested.encoded
        )
        #expect(throws: EvidenceError.goodShare(position: 2)) {
            try prove(evidence(4, .invalidShares([bad[0], bad[1], good])))
        }
        let again = try log.wrongShare(4, for: interval(8, state: 9, time: 5))
        #expect(throws: EvidenceError.sameSlot) {
            try prove(evidence(4, .invalidShares([bad[0], bad[1], again])))
        }
        let other = try log.wrongShare(5, for: interval(20, time: 20))
        #expect(throws: EvidenceError.otherVotes("seat")) {
            try prove(evidence(4, .invalidShares([bad[0], bad[1], other])))
        }
        // A payload that the vote is not about.
        let swapped = SeatEvidence.CastVote(vote: bad[2].vote, payload: attested.encoded)
        #expect(throws: EvidenceError.self) {
            try prove(evidence(4, .invalidShares([bad[0], bad[1], swapped])))
        }
        // A roster with other share keys is not the one that the observer attested with.
        var forged = log.committee.roster
        for seat in forged.seats.indices {
            let key = log.committee.roster.seats[(seat + 1) % 12].shareKey
            forged.seats[seat].shareKey = key
        }
        let votes = try (UInt64(0)..<3).map { number in
            let attested = interval(30 + number, time: number)
            return SeatEvidence.CastVote(
                vote: try log.committee.vote(4, for: attested).encoded,
                payload: attested.encoded
            )
        }
        #expect(throws: EvidenceError.invalidPart(.otherRoster(name: "hash"))) {
            try prove(evidence(4, .invalidShares(votes)), [try Roster(forged)])
        }
    }

    // MARK: Notices

    @Test("a key that says it is lost is lost, and only its own word counts") func compromise()
        throws
    {
        let own = notice(.keyCompromise, about: 6, by: log.committee.identities[5])
        let evidence = evidence(6, .keyCompromise(notice: own))
        #expect(try prove(evidence).from == Timestamp(7_000))
        try expectNoChange(evidence)
        let other = notice(.keyCompromise, about: 6, by: log.committee.identities[6])
        #expect(throws: EvidenceError.notAuthorised) {
            try prove(self.evidence(6, .keyCompromise(notice: other)))
        }
        #expect(throws: EvidenceError.notAuthorised) {
            let venue = notice(.keyCompromise, about: 6, by: log.issuerKey)
            _ = try prove(self.evidence(6, .keyCompromise(notice: venue)))
        }
        #expect(throws: EvidenceError.otherNotice("seat")) {
            try prove(self.evidence(7, .keyCompromise(notice: own)))
        }
        #expect(throws: EvidenceError.otherNotice("epoch")) {
            let later = notice(
                .keyCompromise,
                about: 6,
                by: log.committee.identities[5],
                epoch: 2
            )
            _ = try prove(self.evidence(6, .keyCompromise(notice: later)))
        }
        #expect(throws: EvidenceError.otherNotice("type")) {
            try prove(self.evidence(6, .sanction(notice: own)))
        }
    }

    @Test("the venue and the regulators may order, and nobody else") func sanction() throws {
        let order = CommitteeNotice.Content.sanction(
            .suspend(until: Timestamp(9_000)),
            reason: "by order of the court"
        )
        // Seat 5 and seat 11 are the regulators of the simulated roster.
        let regulators = log.committee.roster.seats.filter { $0.category == .regulator }
        #expect(regulators.map(\.index) == [5, 11])
        for signer in [log.issuerKey, log.committee.identities[10]] {
            let evidence = evidence(6, .sanction(notice: notice(order, about: 6, by: signer)))
            #expect(try prove(evidence).order == .suspend(until: Timestamp(9_000)))
            try expectNoChange(evidence)
        }
        for signer in [log.committee.identities[5], log.committee.identities[0], log.logKey] {
            #expect(throws: EvidenceError.notAuthorised) {
                try prove(evidence(6, .sanction(notice: notice(order, about: 6, by: signer))))
            }
        }
        // A regulator's seat does not judge itself.
        #expect(throws: EvidenceError.notAuthorised) {
            let own = notice(
                .sanction(.lift, reason: "mine"),
                about: 11,
                by: log.committee.identities[10]
            )
            _ = try prove(evidence(11, .sanction(notice: own)))
        }
    }

    @Test("a seat that comes to belong to a third of a group breaks D1") func diversity() throws {
        let seat = log.committee.roster.seats[6]
        let moved = CommitteeNotice.Content.affiliation(
            operator: seat.operator,
            group: log.committee.roster.seats[0].group,
            region: seat.region
        )
        for signer in [log.issuerKey, log.committee.identities[6], log.committee.identities[4]] {
            let notice = notice(moved, about: 7, by: signer)
            let evidence = evidence(7, .diversityBreach(rule: .d1, notice: notice))
            #expect(try prove(evidence).fault == .diversityBreach)
            try expectNoChange(evidence, bits: 1)
            #expect(throws: EvidenceError.ruleHolds(.d2)) {
                try prove(self.evidence(7, .diversityBreach(rule: .d2, notice: notice)))
            }
        }
        #expect(throws: EvidenceError.notAuthorised) {
            let notice = notice(moved, about: 7, by: log.committee.identities[0])
            _ = try prove(evidence(7, .diversityBreach(rule: .d1, notice: notice)))
        }
        // Without a notice the roster itself must break the rule.
        #expect(throws: EvidenceError.ruleHolds(.d1)) {
            try prove(evidence(7, .diversityBreach(rule: .d1, notice: [])))
        }
        var crowded = log.committee.roster
        crowded.seats[6].group = crowded.seats[0].group
        let roster = try Roster(crowded)
        let plain = evidence(7, .diversityBreach(rule: .d1, notice: []))
        #expect(try prove(plain, [roster]).index == 7)
        #expect(throws: EvidenceError.ruleHolds(.d1)) {
            try prove(evidence(8, .diversityBreach(rule: .d1, notice: [])), [roster])
        }
    }

    // MARK: Ceremonies

    @Test("a bad deal is proven by the ceremony's own evidence") func badDeal() throws {
        var script = ScriptedCeremony(seed: 3, count: 5, threshold: 4)
        let ceremony = try script.play([2: [.wrongShares]])
        let fault = try #require(ceremony.faults.first)
        let proof = try #require(fault.evidence)
        let venue = try VenueName("venue.scripted")
        var statement = try SimulatedCertifiers(venue: venue).roster
        for (position, member) in ceremony.parameters.seats.enumerated() {
            statement.seats[position].identityKey = member.identityKey.bytes
        }
        let roster = try Roster(statement)
        let verification = EvidenceVerification(
            rosters: [roster],
            verifier: NativeEd25519.verifies
        )
        let parameters = ceremony.parameters
        #expect(try CeremonyParameters(decoding: parameters.encoded) == parameters)
        var evidence = SeatEvidence(
            venue: venue,
            epoch: 1,
            index: 2,
            body: .badDeal(ceremony: parameters.encoded, evidence: proof.encoded)
        )
        let bytes = evidence.encoded
        #expect(try verification.prove(bytes).fault == .badDeal)
        for index in stride(from: 0, to: bytes.count, by: 7) {
            var changed = bytes
            changed[index] ^= 1 << UInt8(index % 8)
            #expect(throws: EvidenceError.self, "byte \(index)") { try verification.prove(changed) }
        }
        evidence.index = 3
        #expect(throws: EvidenceError.ceremonyProvesNothing) {
            try verification.prove(evidence.encoded)
        }
        // Parameters of another ceremony do not make the bundles its own.
        let other = try script.play().parameters
        #expect(try CeremonyParameters(decoding: other.encoded) == other)
        evidence.index = 2
        evidence.body = .badDeal(ceremony: other.encoded, evidence: proof.encoded)
        #expect(throws: EvidenceError.ceremonyProvesNothing) {
            try verification.prove(evidence.encoded)
        }
    }
}
