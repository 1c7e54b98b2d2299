import Attestation
import BLS12381
import Cryptography
import Encoding
import KeyStore
import Primitives
import SimulatedBundles
import Statements
import Testing

@Suite("votes and certificates") struct QuorumTests {
    private let log: SimulatedVenueLog

    init() throws { log = try SimulatedVenueLog(tradeCount: 3) }

    private func check(
        _ certificate: QuorumCertificate,
        roster: EpochStatement? = nil,
        groupKey: PublicKey? = nil
    ) throws(AttestationError) {
        try certificate.check(
            groupKey: groupKey ?? log.committee.groupKey,
            roster: Roster(roster ?? log.committee.roster),
            verifier: NativeEd25519.verifies
        )
    }

    /// The certificate with its map changed.
    private func changing(
        _ certificate: QuorumCertificate,
        _ change: (inout CBORMap) -> Void
    ) throws -> QuorumCertificate {
        var map = certificate.map
        change(&map)
        return try QuorumCertificate(map)
    }

    @Test("eight to twelve votes, in any order, make a good certificate") func good() throws {
        let interval = log.attested(4)
        for signers in [Array(1...8), [12, 3, 5, 7, 9, 11, 1, 2], Array(1...11)] as [[UInt32]] {
            let certificate = try log.committee.certificate(for: interval, signers: signers)
            var roster = log.committee.roster
            // All regions differ, so that eleven seats are diverse.
            for index in roster.seats.indices {
                roster.seats[index].region = Text("r\(index)")
            }
            #expect(throws: AttestationError.otherRoster(name: "hash")) {
                try check(certificate, roster: roster)
            }
            if signers.count == 8 { #expect(throws: Never.self) { try check(certificate) } }
            let read = try QuorumCertificate(decoding: certificate.encoded)
            #expect(read == certificate)
            #expect(read.encoded == certificate.encoded)
            #expect(read.votes.map(\.index) == signers.sorted())
            let bits = signers.reduce(UInt64(0)) { bits, index in bits | 1 << UInt64(index - 1) }
            #expect(read.signers == bits)
            #expect(throws: Never.self) {
                try certificate.checkGroupSignature(log.committee.groupKey)
                try certificate.checkVotes(
                    Roster(log.committee.roster),
                    verifier: Ed25519.verifies
                )
            }
        }
    }

    @Test("a certificate of votes that do not belong together cannot be made") func making() throws
    {
        let interval = log.attested(4)
        let votes = try (UInt32(1)...12).map { index in
            try log.committee.vote(index, for: interval)
        }
        #expect(throws: AttestationError.tooFewVotes(found: 7, needed: 8)) {
            try QuorumCertificate(attested: .interval(interval), votes: Array(votes.prefix(7)))
        }
        #expect(throws: AttestationError.repeatedSeat(3)) {
            try QuorumCertificate(
                attested: .interval(interval),
                votes: Array(votes.prefix(8)) + [votes[2]]
            )
        }
        let other = try log.committee.vote(9, for: log.attested(3))
        #expect(throws: AttestationError.otherVote(seat: 9, name: "digest")) {
            try QuorumCertificate(
                attested: .interval(interval),
                votes: Array(votes.prefix(8)) + [other]
            )
        }
    }

    @Test("a wrong partial signature is blamed on its seat") func wrongPartial() throws {
        let interval = log.attested(4)
        var votes = try (UInt32(1)...8).map { index in
            try log.committee.vote(index, for: interval)
        }
        let identity = log.committee.identities[4]
        votes[4] = Vote(
            for: .interval(interval),
            index: 5,
            partial: try log.committee.partial(6, of: interval.digest.bytes),
            identityKey: identity.publicKey,
            signer: identity.sign
        )
        let certificate = try QuorumCertificate(attested: .interval(interval), votes: votes)
        #expect(throws: AttestationError.wrongPartial(seat: 5)) { try check(certificate) }
        #expect(throws: AttestationError.wrongGroupSignature) {
            try certificate.checkGroupSignature(log.committee.groupKey)
        }
    }

    @Test("a vote that another key signed is blamed on its seat") func wrongIdentity() throws {
        let interval = log.attested(4)
        for isNamed in [true, false] {
            var votes = try (UInt32(1)...8).map { index in
                try log.committee.vote(index, for: interval)
            }
            votes[1] = Vote(
                for: .interval(interval),
                index: 2,
                partial: try log.committee.partial(2, of: interval.digest.bytes),
                identityKey: log.committee.identities[isNamed ? 1 : 2].publicKey,
                signer: log.committee.identities[2].sign
            )
            let certificate = try QuorumCertificate(attested: .interval(interval), votes: votes)
            let error: AttestationError =
                isNamed ? .wrongIdentitySignature(seat: 2) : .wrongKeyID(seat: 2)
            #expect(throws: error) { try check(certificate) }
        }
    }

    @Test("a vote about something else is found, and what differs is named") func otherVotes()
        throws
    {
        let interval = log.attested(4)
        let good = try log.committee.certificate(for: interval)
        var venue = interval
        venue.venue = try VenueName("other")
        var epoch = interval
        epoch.epoch += 1
        var height = interval
        height.interval.lastSequence += 1
        var slot = interval
        slot.interval.number += 1
        var digest = interval
        digest.interval.stateHash = SHA256.hash(of: [1])
        let rows: [(IntervalStatement, Text)] = [
            (venue, "venue"), (epoch, "epoch"), (height, "height"), (slot, "slot"),
            (digest, "digest"),
        ]
        for (other, name) in rows {
            var votes = good.votes.map { vote in CBORValue.bytes(vote.encoded) }
            votes[6] = .bytes(try log.committee.vote(7, for: other).encoded)
            let changed = try changing(good) { map in map["votes"] = .array(votes) }
            #expect(throws: AttestationError.otherVote(seat: 7, name: name)) { try check(changed) }
        }
    }

    @Test("votes out of order, repeated, too few or not in the bitmap are refused") func order()
        throws
    {
        let good = try log.committee.certificate(for: log.attested(4))
        let votes = good.votes.map { vote in CBORValue.bytes(vote.encoded) }
        var swapped = votes
        swapped.swapAt(2, 3)
        let rows: [([CBORValue], UInt64, AttestationError)] = [
            (swapped, 255, .unorderedVotes(3)), (votes + [votes[7]], 255, .repeatedSeat(8)),
            (Array(votes.dropLast()), 127, .tooFewVotes(found: 7, needed: 8)),
            (votes, 254, .wrongSigners(found: 254, expected: 255)),
            (votes, 511, .wrongSigners(found: 511, expected: 255)),
            (votes, 255 | 1 << 63, .wrongSigners(found: 255 | 1 << 63, expected: 255)),
        ]
        for (votes, signers, error) in rows {
            let changed = try changing(good) { map in
                map["votes"] = .array(votes)
                map["signers"] = .unsigned(signers)
            }
            #expect(throws: error) { try check(changed) }
        }
    }

    @Test("a group signature by another key, or of something else, is refused")
    func groupSignature()
        throws
    {
        let good = try log.committee.certificate(for: log.attested(4))
        let other = try SimulatedCertifiers(venue: log.venue, label: "others")
        #expect(throws: AttestationError.wrongGroupSignature) {
            try good.checkGroupSignature(other.groupKey)
        }
        #expect(throws: AttestationError.otherRoster(name: "group key")) {
            try check(good, groupKey: other.groupKey)
        }
        let wrong = try other.certificate(for: log.attested(4))
        let changed = try changing(good) { map in map["signature"] = .bytes(wrong.signature) }
        #expect(throws: AttestationError.otherCombination) { try check(changed) }
        let infinity = [0xc0] + [UInt8](repeating: 0, count: 47)
        let identity = try changing(good) { map in map["signature"] = .bytes(infinity) }
        #expect(throws: AttestationError.invalidGroupSignature(.identity)) {
            try identity.checkGroupSignature(log.committee.groupKey)
        }
    }

    @Test("a roster of another venue, epoch, time or content is refused") func rosters() throws {
        let good = try log.committee.certificate(for: log.attested(4))
        func check(_ change: (inout EpochStatement) -> Void) throws {
            var roster = log.committee.roster
            change(&roster)
            try self.check(good, roster: roster)
        }
        let other = try VenueName("other")
        #expect(throws: AttestationError.otherRoster(name: "venue")) {
            try check { roster in roster.venue = other }
        }
        #expect(throws: AttestationError.otherRoster(name: "epoch")) {
            try check { roster in roster.epoch = 9 }
        }
        #expect(throws: AttestationError.otherRoster(name: "hash")) {
            try check { roster in roster.seats[0].region = "elsewhere" }
        }
        var late = log
        late.committee.roster.validFrom = Timestamp(SimulatedVenueLog.time.nanoseconds + 6)
        let certificate = try late.committee.certificate(for: late.attested(4))
        #expect(throws: AttestationError.rosterNotYetValid) {
            try self.check(certificate, roster: late.committee.roster)
        }
    }

    @Test("keys that are none make no roster") func keys() throws {
        let good = log.committee.roster
        func read(_ change: (inout EpochStatement) -> Void) throws -> Roster {
            var roster = good
            change(&roster)
            return try Roster(decoding: roster.encoded)
        }
        #expect(try read { _ in }.seat(3)?.index == 3)
        #expect(try read { _ in }.seat(13) == nil)
        #expect(throws: AttestationError.invalidIdentityKey(seat: 4)) {
            try read { roster in roster.seats[3].identityKey = [UInt8](repeating: 0, count: 32) }
        }
        #expect(throws: AttestationError.invalidShareKey(seat: 4, .wrongFlags)) {
            try read { roster in roster.seats[3].shareKey = [UInt8](repeating: 0, count: 96) }
        }
        #expect(throws: AttestationError.invalidGroupKey(.identity)) {
            try read { roster in roster.groupKey = [0xc0] + [UInt8](repeating: 0, count: 95) }
        }
        #expect(
            throws: AttestationError.malformedRoster(.notCanonicalJSON(.truncated(position: 0)))
        ) {
            try Roster(decoding: [])
        }
    }

    @Test("two votes of a seat for one slot are evidence if they differ") func equivocation() throws
    {
        let first = try log.committee.vote(2, for: log.attested(4))
        let second = try log.committee.vote(2, for: log.attested(3))
        #expect(first.contradicts(second))
        #expect(!first.contradicts(first))
        #expect(!first.contradicts(try log.committee.vote(3, for: log.attested(3))))
    }
}
