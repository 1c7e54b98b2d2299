import Attestation
import Committee
import Cryptography
import Primitives
import SimulatedBundles
import Statements
import Testing
import KeyStore

/// One attestation, step by step.
@Suite("One attestation") struct RoundTests {
    let samples: CommitteeSamples

    init() throws { samples = try CommitteeSamples.shared.get() }

    private static let millisecond: UInt64 = 1_000_000

    private func started(
        _ keys: CommitteeKeys? = nil
    ) throws -> AttestationRound {
        var round = samples.round(try keys ?? samples.keys())
        #expect(round.start(at: 0) == [.ask(attempt: 1)])
        return round
    }

    private func settled(_ actions: [AttestationAction]) -> QuorumCertificate? {
        for action in actions {
            if case .settle(let certificate) = action { return certificate }
        }
        return nil
    }

    @Test("the eighth good vote makes a certificate that verifies, and later ones are attendance")
    func certifies() throws {
        let keys = try samples.keys()
        var round = try started(keys)
        for vote in samples.good.prefix(7) {
            #expect(round.receive(vote, from: nil, at: 1).isEmpty)
        }
        let certificate = try #require(
            settled(round.receive(samples.good[11], from: nil, at: 2))
        )
        #expect(certificate.votes.map(\.index) == [1, 2, 3, 4, 5, 6, 7, 12])
        try certificate.check(
            groupKey: keys.roster.groupKey,
            roster: keys.roster,
            verifier: NativeEd25519.verifier
        )
        #expect(round.receive(samples.good[8], from: nil, at: 3).isEmpty)
        #expect(
            round.receive(samples.good[9], from: nil, at: 300 * Self.millisecond).isEmpty
        )
        #expect(
            round.receive(samples.good[9], from: nil, at: 300 * Self.millisecond)
                == [.refuse(.duplicate, seat: 10)]
        )
        #expect(round.advance(to: 6_000 * Self.millisecond) == [.retire(round.attendance)])
        #expect(round.attendance.timely == 0b1001_0111_1111 | 1 << 8)
        #expect(round.attendance.late == 1 << 9)
        #expect(round.deadline == nil)
    }

    @Test("without a quorum it is pending, asks again at each heartbeat, and escalates once")
    func escalates() throws {
        var round = try started()
        var asked: [UInt64] = []
        var escalated: [UInt64] = []
        while let deadline = round.deadline, deadline <= 100_000 * Self.millisecond {
            for action in round.advance(to: deadline) {
                if case .ask = action { asked.append(deadline / Self.millisecond) }
                if action == .escalate { escalated.append(deadline / Self.millisecond) }
            }
        }
        #expect(asked == [15_000, 30_000, 45_000, 60_000, 75_000, 90_000])
        #expect(escalated == [60_000])
        for vote in samples.good.prefix(7) {
            #expect(round.receive(vote, from: nil, at: 100_000 * Self.millisecond).isEmpty)
        }
        // It still settles when the eighth comes back.
        #expect(
            settled(
                round.receive(samples.good[7], from: nil, at: 100_001 * Self.millisecond)
            ) != nil
        )
    }

    @Test("what an earlier round has waited counts, and a person is asked once")
    func continued() throws {
        var round = samples.round(try samples.keys())
        _ = round.start(at: 0, waitedNanoseconds: 50_000 * Self.millisecond)
        _ = round.advance(to: 250 * Self.millisecond)
        #expect(!round.advance(to: 9_999 * Self.millisecond).contains(.escalate))
        #expect(round.advance(to: 10_000 * Self.millisecond) == [.escalate])
        #expect(!round.advance(to: 90_000 * Self.millisecond).contains(.escalate))
        var late = samples.round(try samples.keys())
        _ = late.start(at: 0, waitedNanoseconds: .max)
        #expect(late.advance(to: 250 * Self.millisecond).contains(.escalate))
        var asked = samples.round(try samples.keys())
        _ = asked.start(at: 0, waitedNanoseconds: .max, isEscalated: true)
        #expect(!asked.advance(to: 90_000 * Self.millisecond).contains(.escalate))
    }

    @Test("a person may let it ask again at once, or end it")
    func decided() throws {
        var round = try started()
        _ = round.advance(to: 250 * Self.millisecond)
        #expect(round.phase == .pending)
        #expect(round.retry(at: 300 * Self.millisecond) == [.ask(attempt: 2)])
        #expect(round.abandon() == [.retire(round.attendance)])
        #expect(round.phase == .ended)
        #expect(round.retry(at: 400 * Self.millisecond).isEmpty)
    }

    @Test("a seat that signs two digests is caught, and neither counts")
    func equivocation() throws {
        var round = try started()
        for vote in samples.good.prefix(7) { _ = round.receive(vote, from: nil, at: 1) }
        let (good, contrary) = (samples.good[2], samples.contrary[2])
        #expect(
            round.receive(contrary, from: nil, at: 2) == [
                .keep(.equivocation(good, contrary)), .refuse(.equivocation, seat: 3),
            ]
        )
        #expect(round.voters == [1, 2, 4, 5, 6, 7])
        #expect(round.receive(good, from: nil, at: 3) == [.refuse(.equivocation, seat: 3)])
        #expect(round.receive(samples.good[8], from: nil, at: 4).isEmpty)
        let last = settled(round.receive(samples.good[9], from: nil, at: 5))
        #expect(last?.votes.map(\.index) == [1, 2, 4, 5, 6, 7, 9, 10])
    }

    @Test("a wrong share is blamed on its seat after combining, and the quorum waits for another")
    func wrongShare() throws {
        var round = try started()
        #expect(round.receive(samples.wrongShare[4], from: nil, at: 1).isEmpty)
        for vote in samples.good.prefix(3) { _ = round.receive(vote, from: nil, at: 1) }
        for vote in samples.good[8...10] { _ = round.receive(vote, from: nil, at: 1) }
        #expect(
            round.receive(samples.good[11], from: nil, at: 2) == [
                .keep(
                    .invalidShare(samples.wrongShare[4], payload: samples.interval.encoded)
                ),
                .refuse(.invalidShare, seat: 5),
            ]
        )
        // The seat may still do it right.
        #expect(settled(round.receive(samples.good[4], from: nil, at: 3)) != nil)
    }

    @Test("what does not count is refused with its reason, and does not stand in a good vote's way")
    func refusals() throws {
        let keys = try samples.keys(standings: [11: .suspended, 12: .removed])
        var round = try started(keys)
        let stranger = try Ed25519.PublicKey(bytes: samples.certifiers.identities[1].publicKey)
        let cases: [(Vote, Ed25519.PublicKey?, AttestationRefusal)] = [
            (samples.forged[0], nil, .wrongSignature),
            (samples.good[0], stranger, .otherSender),
            (samples.contrary[7], nil, .otherDigest),
            (samples.noPoint[6], nil, .invalidPoint),
            (samples.good[10], nil, .suspendedSeat),
            (samples.good[11], nil, .removedSeat),
        ]
        for (vote, sender, reason) in cases {
            #expect(
                round.receive(vote, from: sender, at: 1).last
                    == .refuse(reason, seat: vote.index)
            )
        }
        #expect(round.voters.isEmpty)
        for vote in samples.good.prefix(7) { _ = round.receive(vote, from: nil, at: 2) }
        #expect(round.receive(samples.good[0], from: nil, at: 2) == [.refuse(.duplicate, seat: 1)])
        #expect(settled(round.receive(samples.good[8], from: nil, at: 3)) != nil)
        #expect(round.attendance.asked == 0b0011_1111_1111)
    }

    @Test("a quorum that is not diverse is none; the ninth vote may make it so")
    func diversity() throws {
        let keys = try samples.keys(regions: [0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3])
        var round = try started(keys)
        for vote in samples.good.prefix(8) {
            #expect(round.receive(vote, from: nil, at: 1).isEmpty)
        }
        let last = settled(round.receive(samples.good[8], from: nil, at: 2))
        #expect(last?.votes.map(\.index) == [1, 2, 3, 4, 6, 7, 8, 9])
    }

    @Test("the fifth dissent makes a quorum impossible, said once; a dissenter may still vote")
    func dissents() throws {
        var round = try started()
        for index in UInt32(1)...5 {
            let dissent = samples.dissent(index)
            let actions = round.receive(dissent, from: nil, at: 1)
            #expect(actions.first == .file(dissent))
            #expect(actions.contains(.reject(dissents: [1, 2, 3, 4, 5])) == (index == 5))
        }
        let sixth = samples.dissent(6)
        #expect(round.receive(sixth, from: nil, at: 2) == [.file(sixth)])
        #expect(round.receive(sixth, from: nil, at: 2) == [.refuse(.duplicate, seat: 6)])
        #expect(round.dissenting.map(\.statement.index) == [1, 2, 3, 4, 5, 6])
        for vote in samples.good.prefix(7) { _ = round.receive(vote, from: nil, at: 3) }
        #expect(round.dissenting.isEmpty)
        #expect(settled(round.receive(samples.good[7], from: nil, at: 4)) != nil)
    }
}
