import Attestation
import BLS12381
import Cryptography
import Encoding
import KeyStore
import LogStore
public import Platform
import Primitives
public import Statements
public import Verification

extension SimulatedVenueLog {
    /// How many intervals `appendMonth` has.
    public static var monthIntervals: UInt64 { 120 }

    /// What the observers attest to in one of the intervals that are spread evenly over 30 days.
    public func monthInterval(_ number: UInt64) -> IntervalStatement {
        var statement = attested(1)
        statement.interval.number = number
        let month: UInt64 = 30 * 86_400 * 1_000_000_000
        let passed = number * month / (Self.monthIntervals - 1)
        statement.time = Timestamp(Self.time.nanoseconds + passed)
        return statement
    }

    /// Appends the certificates of 30 days with all votes, but that seat 9 is part of the first ones only.
    ///
    /// - Parameter votes: For how many of the 120 certificates it voted.
    /// - Throws: Never, unless a limit is broken.
    public mutating func appendMonth(votes: UInt64) throws {
        for number in 0..<Self.monthIntervals {
            let interval = monthInterval(number)
            let certificate = try committee.certificate(
                for: interval,
                signers: (1...12).filter { seat in seat != 9 || number < votes }
            )
            append(
                AttestationStatement(
                    venue: venue,
                    number: number,
                    certificate: certificate.encoded,
                    time: interval.time
                )
            )
        }
    }

    /// A vote with its payload, signed by its seat, whose partial signature is another seat's.
    ///
    /// - Throws: Never for a seat of the committee.
    public func wrongShare(
        _ index: UInt32,
        for attested: Attested
    ) throws -> SeatEvidence.CastVote {
        let identity = committee.identities[Int(index) - 1]
        let vote = Vote(
            for: attested,
            index: index,
            partial: try committee.partial(index % 12 + 1, of: attested.digest.bytes),
            identityKey: identity.publicKey,
            signer: identity.sign
        )
        return SeatEvidence.CastVote(vote: vote.encoded, payload: attested.encoded)
    }

    /// Writes the log to an empty directory as a venue does, with an index for what is looked up in tests: rosters.
    ///
    /// - Throws: When it cannot be written.
    public func write(to directory: any StorageDirectory) throws {
        let key = try logKey.noteKey(Self.origin)
        let format = CheckpointFormat(
            origin: Self.origin,
            signers: [CheckpointSigner(key: key) { text in logKey.sign(text) }],
            verifier: NativeEd25519.verifier
        )
        var writer = try LogWriter.open(directory, format: format)
        for leaf in leaves {
            let payload = try SignedStatement(decoding: leaf).payload
            var keys: [LogKey] = []
            if case .epoch = try Statement(decoding: payload) {
                keys.append(.subject(SHA256.hash(of: Array("epochs ".utf8) + venue.text.utf8)))
            }
            _ = try writer.append(LogEntry(leaf, keys: keys))
        }
        _ = try writer.commit(cursor: [])
    }
}
