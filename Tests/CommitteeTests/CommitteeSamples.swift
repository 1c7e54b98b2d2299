import Attestation
import BLS12381
import Committee
import Cryptography
import Encoding
import Primitives
import SimulatedBundles
import Statements

/// Twelve observers, what they are asked, and what good and bad ones answer; made once, because signing is slow.
struct CommitteeSamples {
    static let shared: Result<CommitteeSamples, any Error> = Result { try CommitteeSamples() }

    let certifiers: SimulatedCertifiers
    let interval: IntervalStatement
    let other: IntervalStatement
    /// By the seat's index less one.
    let good: [Vote]
    /// For the same slot with another state.
    let contrary: [Vote]
    /// The share of another seat, signed by the seat's own identity key.
    let wrongShare: [Vote]
    /// A partial signature that is no point, signed by the seat's own identity key.
    let noPoint: [Vote]
    /// The right share's signature in a message that another key signs.
    let forged: [Vote]

    init() throws {
        let log = try SimulatedVenueLog(tradeCount: 3)
        certifiers = log.committee
        interval = log.attested(4)
        var other = interval
        other.interval.stateHash = SHA256.hash(of: [1, 2, 3])
        self.other = other
        let committee = log.committee
        let (asked, stranger) = (interval, SimulatedSigner("a stranger"))
        func vote(
            _ index: UInt32,
            _ statement: IntervalStatement,
            share: UInt32,
            signer: SimulatedSigner
        ) throws -> Vote {
            Vote(
                for: .interval(statement),
                index: index,
                partial: try committee.partial(share, of: statement.digest.bytes),
                identityKey: committee.identities[Int(index) - 1].publicKey,
                signer: signer.sign
            )
        }
        let seats = UInt32(1)...12
        let identities = committee.identities
        good = try seats.map { try vote($0, asked, share: $0, signer: identities[Int($0) - 1]) }
        contrary = try seats.map {
            try vote($0, other, share: $0, signer: identities[Int($0) - 1])
        }
        wrongShare = try seats.map {
            try vote($0, asked, share: $0 % 12 + 1, signer: identities[Int($0) - 1])
        }
        forged = try seats.map { try vote($0, asked, share: $0, signer: stranger) }
        noPoint = try zip(good, identities).map { vote, signer in
            var map = CBORMap()
            map["venue"] = .text(vote.venue)
            map["epoch"] = .unsigned(vote.epoch)
            map["height"] = .unsigned(vote.height)
            map["slot"] = .unsigned(vote.slot)
            map["digest"] = .bytes(vote.digest.bytes)
            map["index"] = .unsigned(UInt64(vote.index))
            map["partial"] = .bytes([UInt8](repeating: 0xff, count: 48))
            let message = COSESign1(
                protected: COSEHeaders(
                    algorithm: .edDSA,
                    keyID: StatementIssuer.keyID(of: signer.publicKey)
                ),
                payload: CBORValue.map(map).encoded,
                signer: signer.sign
            )
            return try Vote(decoding: message.encoded)
        }
    }

    /// A vote with the share of one seat, signed by the identity key of another.
    func vote(
        _ index: UInt32,
        _ statement: IntervalStatement,
        share: UInt32,
        signer: UInt32? = nil
    ) throws -> Vote {
        let identities = certifiers.identities
        return Vote(
            for: .interval(statement),
            index: index,
            partial: try certifiers.partial(share, of: statement.digest.bytes),
            identityKey: identities[Int(index) - 1].publicKey,
            signer: identities[Int(signer ?? index) - 1].sign
        )
    }

    /// The dissent of a seat.
    func dissent(
        _ index: UInt32,
        reason: Text = "no pass",
        about statement: IntervalStatement? = nil
    ) -> Dissent {
        let identity = certifiers.identities[Int(index) - 1]
        return Dissent(
            from: .interval(statement ?? interval),
            index: index,
            reason: reason,
            time: Timestamp(1),
            identityKey: identity.publicKey,
            signer: identity.sign
        )
    }

    func keys(
        regions: [Int]? = nil,
        standings: [UInt32: SeatStanding] = [:]
    ) throws -> CommitteeKeys {
        var roster = certifiers.roster
        if let regions {
            for (position, region) in regions.enumerated() {
                roster.seats[position].region = Text("region-\(region)")
            }
        }
        return try CommitteeKeys(Roster(roster), standings: standings)
    }

    func round(_ keys: CommitteeKeys) -> AttestationRound {
        AttestationRound(AttestationSubject(interval), keys: keys, timing: CommitteeTiming())
    }
}
