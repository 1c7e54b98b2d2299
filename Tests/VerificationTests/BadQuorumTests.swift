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

extension BadBundleTests {
    /// The good bundle with another certificate.
    func bundle(_ certificate: QuorumCertificate) throws -> TransparentStatement {
        var bundle = try bundle()
        bundle.quorum = certificate.map
        return bundle
    }

    /// The good certificate with its map changed.
    func certificate(_ change: (inout CBORMap) -> Void) throws -> QuorumCertificate {
        var map = try log.committee.certificate(for: log.attested(20)).map
        change(&map)
        return try QuorumCertificate(map)
    }

    @Test("a quorum of another group fails its signature") func wrongGroup() throws {
        var trust = trust
        trust.groupKey = try SimulatedCertifiers(venue: log.venue, label: "others").groupKey
        let bundle = try bundle()
        expect(.quorum, "trusted group key", bundle, trust: trust, also: [.roster])
        let other = try SimulatedCertifiers(venue: log.venue, label: "others")
        let wrong = try other.certificate(for: log.attested(20)).signature
        let changed = try certificate { map in map["signature"] = .bytes(wrong) }
        expect(.quorum, "trusted group key", try self.bundle(changed), also: [.votes])
    }

    @Test("seven votes, a repeated seat or a wrong bitmap fail the votes") func votes() throws {
        let good = try log.committee.certificate(for: log.attested(20))
        let votes = good.votes.map { vote in CBORValue.bytes(vote.encoded) }
        let seven = try certificate { map in
            map["votes"] = .array(Array(votes.dropLast()))
            map["signers"] = .unsigned(127)
        }
        expect(.votes, "only 7 votes, 8 are needed", try bundle(seven))
        let repeated = try certificate { map in
            map["votes"] = .array(votes + [votes[7]])
        }
        expect(.votes, "seat 8 votes twice", try bundle(repeated))
        let bits = try certificate { map in map["signers"] = .unsigned(254) }
        expect(.votes, "bitmap", try bundle(bits))
    }

    @Test("a vote of another slot fails the votes, and its seat is named") func otherSlot() throws {
        let good = try log.committee.certificate(for: log.attested(20))
        var votes = good.votes.map { vote in CBORValue.bytes(vote.encoded) }
        var other = log.attested(20)
        other.interval.number = 2
        votes[3] = .bytes(try log.committee.vote(4, for: other).encoded)
        let changed = try certificate { map in map["votes"] = .array(votes) }
        expect(.votes, "the vote of seat 4 is about another slot", try bundle(changed))
    }

    @Test("signers that are too close fail the diversity") func diversity() throws {
        var log = log
        for index in 0..<5 { log.committee.roster.seats[index].region = "one place" }
        let bundle = try log.bundle()
        expect(.diversity, #"D2: more than 4 seats in the region "one place""#, bundle)
    }

    @Test("a roster of another epoch, or that did not hold yet, fails") func rosters() throws {
        var bundle = try bundle()
        var other = log.committee.roster
        other.epoch = 2
        bundle.roster = other.encoded
        expect(.roster, "another epoch", bundle)
        other = log.committee.roster
        other.seats[11].operator = "someone else"
        bundle.roster = other.encoded
        expect(.roster, "another hash", bundle)
        bundle.roster = nil
        expect(.roster, "no roster", bundle)
        var late = log
        late.committee.roster.validFrom = Timestamp(SimulatedVenueLog.time.nanoseconds + 6)
        expect(.roster, "not yet valid", try late.bundle())
    }

    @Test("a quorum about another interval, state or log does not cover the statement")
    func coverage() throws {
        func bundle(
            _ change: (inout IntervalStatement) -> Void
        ) throws -> TransparentStatement {
            var attested = log.attested(20)
            change(&attested)
            return try self.bundle(try log.committee.certificate(for: attested))
        }
        expect(.coverage, "interval 2", try bundle { attested in attested.interval.number = 2 })
        expect(.coverage, "range", try bundle { attested in attested.interval.lastSequence += 1 })
        expect(.coverage, "range", try bundle { attested in attested.interval.firstSequence -= 1 })
        expect(
            .coverage,
            "state hash",
            try bundle { attested in attested.interval.stateHash = SHA256.hash(of: [1]) }
        )
        expect(
            .coverage,
            "the log elsewhere",
            try bundle { attested in
                attested.log.origin = "elsewhere"
            }
        )
        expect(
            .coverage,
            "fork, or a wrong receipt",
            try bundle { attested in
                attested.log.root = SHA256.hash(of: [1])
            }
        )
        let venue = try VenueName("elsewhere")
        expect(
            .coverage,
            "the venue elsewhere",
            try bundle { attested in attested.venue = venue },
            also: [.roster]
        )
        // A log that the statement is not in yet, and one larger than the checkpoint.
        expect(
            .coverage,
            "leaf 5, the quorum attests to a log of 4",
            try self.bundle { plan in
                plan.attestedSize = 4
            }
        )
        var ahead = try self.bundle { plan in (plan.size, plan.attestedSize) = (20, 20) }
        ahead.quorum = try log.committee.certificate(for: log.attested(25)).map
        expect(.coverage, "larger log", ahead)
    }

    @Test("the same size with another root is a fork between quorum and checkpoint")
    func forkedQuorum()
        throws
    {
        var attested = log.attested(25)
        attested.log.root = SHA256.hash(of: [1])
        var bundle = try bundle { plan in plan.attestedSize = 25 }
        bundle.quorum = try log.committee.certificate(for: attested).map
        expect(.coverage, "fork: at size 25", bundle)
    }

    @Test("a bundle without a quorum, or with half of one, fails") func missing() throws {
        var bundle = try bundle()
        bundle.quorum = nil
        expect(.coverage, "no quorum", bundle, also: [.consistency])
        var map = try log.committee.certificate(for: log.attested(20)).map
        map["votes"] = nil
        bundle.quorum = map
        expect(.coverage, "set of members", bundle, also: [.consistency])
    }
}
