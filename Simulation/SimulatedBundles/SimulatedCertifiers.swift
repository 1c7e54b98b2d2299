public import Attestation
public import BLS12381
import Encoding
public import Primitives
public import Statements
import Cryptography

/// Twelve observers with real keys, whose shares are the values of one polynomial of degree 7.
public struct SimulatedCertifiers: Sendable {
    /// Why a simulated observer cannot do what is asked.
    public enum Failure: Error {
        /// There is no such observer.
        case noSeat(UInt32)
    }

    /// The venue that is observed.
    public let venue: VenueName
    /// The keys that sign votes; the seat's index minus one is the place.
    public let identities: [SimulatedSigner]
    /// The group's key.
    public let groupKey: PublicKey
    /// The roster, which tests may change.
    public var roster: EpochStatement
    private let coefficients: [Scalar]

    /// Makes observers whose keys follow from a label.
    ///
    /// - Throws: Never, unless a hash gives a scalar of zero.
    public init(
        venue: VenueName,
        epoch: UInt64 = 1,
        validFrom: Timestamp = .zero,
        label: String = "committee"
    ) throws {
        self.venue = venue
        var coefficients: [Scalar] = []
        for degree in 0..<Int(StatementLimits.threshold) {
            let seed = Array("\(label) \(degree)".utf8)
            let high = SHA256.hash(of: seed + [0]).bytes
            let low = SHA256.hash(of: seed + [1]).bytes
            coefficients.append(try Scalar(reducing: high + low[..<16]))
        }
        self.coefficients = coefficients
        groupKey = try SecretKey(scalar: coefficients[0]).publicKey
        identities = (1...12).map { index in SimulatedSigner("\(label) observer \(index)") }
        var seats: [EpochStatement.Seat] = []
        for (position, identity) in identities.enumerated() {
            let index = UInt32(position + 1)
            let share = try SecretKey(scalar: Threshold.share(of: coefficients, index: index))
            let did = try OrbitDID(kind: .observer, registrar: venue, id: Text("observer-\(index)"))
            seats.append(
                EpochStatement.Seat(
                    index: index,
                    did: did,
                    operator: Text("operator-\(index)"),
                    group: Text("group-\((index + 1) / 2)"),
                    region: Text("region-\((index - 1) % 4)"),
                    category: SeatCategory.allCases[position % SeatCategory.allCases.count],
                    identityKey: identity.publicKey,
                    shareKey: share.publicKey.compressed
                )
            )
        }
        roster = EpochStatement(
            venue: venue,
            epoch: epoch,
            groupKey: groupKey.compressed,
            validFrom: validFrom,
            seats: seats
        )
    }

    /// The signature of a message by the share of a seat.
    ///
    /// - Throws: When the index is zero.
    public func partial(_ index: UInt32, of message: [UInt8]) throws -> Signature {
        try SecretKey(scalar: Threshold.share(of: coefficients, index: index)).sign(message)
    }

    /// The vote of a seat.
    ///
    /// - Throws: When there is no such seat.
    public func vote(_ index: UInt32, for attested: Attested) throws -> Vote {
        guard (1...12).contains(index) else { throw Failure.noSeat(index) }
        let identity = identities[Int(index) - 1]
        return Vote(
            for: attested,
            index: index,
            partial: try partial(index, of: attested.digest.bytes),
            identityKey: identity.publicKey,
            signer: identity.sign
        )
    }

    /// A certificate with the votes of some seats.
    ///
    /// - Throws: When there are too few seats, or one occurs twice.
    public func certificate(
        for attested: Attested,
        signers: [UInt32] = Array(1...8)
    ) throws -> QuorumCertificate {
        try QuorumCertificate(
            attested: attested,
            votes: signers.map { index in try vote(index, for: attested) }
        )
    }

    /// The vote of a seat for an interval.
    ///
    /// - Throws: When there is no such seat.
    public func vote(_ index: UInt32, for interval: IntervalStatement) throws -> Vote {
        try vote(index, for: .interval(interval))
    }

    /// A certificate for an interval with the votes of some seats.
    ///
    /// - Throws: When there are too few seats, or one occurs twice.
    public func certificate(
        for interval: IntervalStatement,
        signers: [UInt32] = Array(1...8)
    ) throws -> QuorumCertificate {
        try certificate(for: .interval(interval), signers: signers)
    }
}
