import Attestation
import Cryptography
import Encoding
import KeyStore
import MerkleLog
import Primitives
import SimulatedBundles
import Statements
import Testing
import Venue
import Verification

@Suite("evidence of absence") struct AbsenceTests {
    private static let day: UInt64 = 86_400 * 1_000_000_000
    private static let first: UInt64 = 4
    private static let intervals = SimulatedVenueLog.monthIntervals

    private let log: SimulatedVenueLog
    private let trust: Trust
    private let roster: Roster
    /// For how many intervals seat 9 voted.
    private let votes: UInt64 = 70

    init() throws {
        var log = try SimulatedVenueLog(tradeCount: 3)
        try log.appendMonth(votes: votes)
        self.log = log
        trust = try log.trust()
        roster = try Roster(log.committee.roster)
    }

    private func absence(
        first: UInt64 = Self.first,
        count: UInt64 = Self.intervals,
        certificates: UInt64 = Self.intervals,
        present: UInt64? = nil,
        log: SimulatedVenueLog? = nil
    ) throws -> SeatEvidence.Absence {
        let log = log ?? self.log
        return SeatEvidence.Absence(
            checkpoint: try log.checkpoint(log.size, witnesses: 0).encoded,
            first: first,
            count: count,
            certificates: certificates,
            present: present ?? votes
        )
    }

    private func evidence(_ absence: SeatEvidence.Absence, seat: UInt32 = 9) -> SeatEvidence {
        SeatEvidence(venue: log.venue, epoch: 1, index: seat, body: .attendance(absence))
    }

    private func prove(
        _ evidence: SeatEvidence,
        log: SimulatedVenueLog? = nil,
        hasLog: Bool = true,
        trust: Trust? = nil
    ) throws(EvidenceError) -> ProvenFault {
        let log = log ?? self.log
        return try EvidenceVerification(
            rosters: [roster],
            trust: trust ?? self.trust,
            verifier: NativeEd25519.verifies,
            leaf: { index, size in
                guard hasLog, index < log.size else { return nil }
                return Self.leaf(index, size, log)
            }
        ).prove(evidence.encoded)
    }

    private static func leaf(
        _ index: UInt64,
        _ size: UInt64,
        _ log: SimulatedVenueLog
    ) -> ProvenLeaf {
        ProvenLeaf(
            bytes: log.leaves[Int(index)],
            path: InclusionProof(index: index, size: size, node: log.node).path
        )
    }

    @Test("a seat that was there for 70 of 120 certificates was absent") func breach() throws {
        let evidence = evidence(try absence())
        let proven = try prove(evidence)
        #expect(proven.fault == .attendance)
        #expect(proven.from == SimulatedVenueLog.time)
        #expect(throws: EvidenceError.missingLeaf(index: 4)) { try prove(evidence, hasLog: false) }
        // The same with the leaves in the file, which then needs no log.
        var carried = try absence()
        carried.leaves = (Self.first..<Self.first + Self.intervals).map { index in
            Self.leaf(index, log.size, log)
        }
        #expect(try prove(self.evidence(carried), hasLog: false).index == 9)
        #expect(
            try SeatEvidence(decoding: self.evidence(carried).encoded) == self.evidence(carried)
        )
        carried.leaves[5].bytes[300] ^= 1
        #expect(throws: EvidenceError.unprovenLeaf(index: 9)) {
            try prove(self.evidence(carried), hasLog: false)
        }
    }

    @Test("no bit of it can be changed") func changes() throws {
        let bytes = evidence(try absence()).encoded
        let log = log
        let verification = EvidenceVerification(
            rosters: [roster],
            trust: trust,
            verifier: NativeEd25519.verifies,
            leaf: { index, size in
                // What is asked for in a changed file is seldom what is there.
                size == log.size && index < size ? Self.leaf(index, size, log) : nil
            }
        )
        for index in stride(from: 0, to: bytes.count, by: 3) {
            var changed = bytes
            changed[index] ^= 1 << UInt8(index % 8)
            #expect(throws: EvidenceError.self, "byte \(index)") { try verification.prove(changed) }
        }
    }

    @Test("other figures, a seat that was there, and a part of the days accuse nobody")
    func falseAccusations() throws {
        let count = AttendanceTally.Count(certificates: 120, present: 70)
        #expect(throws: EvidenceError.otherCount(count)) {
            try prove(evidence(absence(present: 69)))
        }
        #expect(throws: EvidenceError.otherCount(count)) {
            try prove(evidence(absence(certificates: 119)))
        }
        let full = AttendanceTally.Count(certificates: 120, present: 120)
        #expect(throws: EvidenceError.noBreach(full)) {
            try prove(evidence(absence(present: 120), seat: 1))
        }
        // Leaving out the days on which the seat was there leaves out the time.
        #expect(throws: EvidenceError.self) {
            try prove(evidence(absence(first: 60, count: 64, certificates: 64, present: 14)))
        }
        #expect(throws: EvidenceError.invalidRange) {
            try prove(evidence(absence(first: 3, count: 121)))
        }
        #expect(throws: EvidenceError.invalidRange) {
            try prove(evidence(absence(count: 200)))
        }
        #expect(throws: EvidenceError.invalidRange) {
            try prove(evidence(absence(first: .max, count: 2)))
        }
    }

    @Test("the checkpoint must be the log's, and trusted") func checkpoints() throws {
        let other = try SimulatedVenueLog(tradeCount: 3, label: "other")
        #expect(throws: EvidenceError.untrustedCheckpoint) {
            var absence = try absence()
            absence.checkpoint = try other.checkpoint(other.size, witnesses: 0).encoded
            _ = try prove(evidence(absence))
        }
        #expect(throws: EvidenceError.missingTrust) {
            _ = try EvidenceVerification(rosters: [roster]).prove(evidence(absence()).encoded)
        }
        #expect(throws: EvidenceError.unprovenLeaf(index: 4)) {
            var absence = try absence()
            let head = LogHead(
                origin: SimulatedVenueLog.origin,
                size: log.size,
                root: SHA256.hash(of: [1])
            )
            absence.checkpoint = try log.checkpoint(head, witnesses: 0).encoded
            _ = try prove(evidence(absence))
        }
    }

    @Test("who dissents is there, and who is suspended cannot be") func presence() throws {
        var log = log
        let last = try #require(log.leaves.last)
        let signer = log.committee.identities[8]
        // 30 dissents make 100 of 120, which is no breach.
        for number in votes..<votes + 30 {
            let dissent = Dissent(
                from: .interval(log.monthInterval(number)),
                index: 9,
                reason: "another state",
                time: Timestamp(1),
                identityKey: signer.publicKey,
                signer: signer.sign
            )
            log.append(dissent.statement)
        }
        // The range must end with an attestation.
        let certificate = try SignedStatement(decoding: last).payload
        log.append(try AttestationStatement(decoding: certificate))
        let count = AttendanceTally.Count(certificates: 121, present: 100)
        #expect(throws: EvidenceError.noBreach(count)) {
            try prove(
                evidence(absence(count: 151, certificates: 121, present: 100, log: log)),
                log: log
            )
        }
        var tally = AttendanceTally(of: log.committee.roster.seats[8].did, rosters: [roster])
        for leaf in log.leaves {
            try tally.take(Statement(decoding: SignedStatement(decoding: leaf).payload))
        }
        #expect(tally.count == count)
        let half = SimulatedVenueLog.time.nanoseconds + 15 * Self.day
        try tally.take(
            .penalty(
                PenaltyStatement(
                    venue: log.venue,
                    epoch: 1,
                    index: 9,
                    did: log.committee.roster.seats[8].did,
                    fault: .sanction,
                    evidence: SHA256.hash(of: [1]),
                    rate: 0,
                    status: .suspended,
                    until: .zero,
                    time: Timestamp(half)
                )
            )
        )
        #expect(tally.count == AttendanceTally.Count(certificates: 60, present: 60))
    }
}
