package import BLS12381
package import Cryptography
import Encoding

/// What a dealer publishes: commitments to its polynomial, and a share of it for each receiver.
package struct Deal: Equatable, Sendable {
    /// The generator of G2 times each coefficient, the constant term first.
    package var commitments: [G2Element]
    /// That the dealer knows the constant term.
    package var proof: KnowledgeProof
    /// One share a receiver, in the order of their seats.
    package var shares: [EncryptedShare]

    /// Deals a polynomial to all receivers of a ceremony.
    package init(
        _ polynomial: borrowing SecretPolynomial,
        dealer: UInt32,
        in parameters: CeremonyParameters,
        source: borrowing SecretSource
    ) {
        commitments = polynomial.commitments
        proof = KnowledgeProof(
            constantTerm: polynomial.constant,
            element: commitments[0],
            context: Self.context(dealer, parameters.nonce),
            source: source
        )
        shares = []
        for seat in parameters.seats {
            shares.append(
                EncryptedShare(
                    polynomial.value(at: seat.index),
                    route: .init(nonce: parameters.nonce, dealer: dealer, receiver: seat),
                    source: source
                )
            )
        }
    }

    private static func context(_ dealer: UInt32, _ nonce: SHA256.Digest) -> [[UInt8]] {
        [nonce.bytes, [UInt8(truncatingIfNeeded: dealer)]]
    }

    /// What a dealer publishes first when keys are made anew: a hash that fixes the polynomial and the
    /// proof, and that shows nothing to those who have not chosen theirs yet.
    package func commitDigest(dealer: UInt32, nonce: SHA256.Digest) -> SHA256.Digest {
        var encoder = CBOREncoder(capacity: 1024)
        encoder.append(arrayCount: 5)
        encoder.append(text: "parallax.keys/1 commit")
        encoder.append(bytes: nonce.bytes)
        encoder.append(unsigned: UInt64(dealer))
        encoder.append(arrayCount: commitments.count)
        for commitment in commitments { encoder.append(bytes: commitment.compressed) }
        encoder.append(bytes: proof.bytes)
        return SHA256.hash(of: encoder.bytes)
    }

    /// The share for a receiver.
    package func share(for receiver: UInt32) -> EncryptedShare? {
        shares.first { share in share.receiver == receiver }
    }

    /// Whether a share in the open is the one that the commitments promise to a receiver.
    func matches(_ share: Scalar, receiver: UInt32) -> Bool {
        // The share may be the secret of the one who asks.
        share * G2Element.generator == Commitments.value(commitments, at: receiver)
    }

    /// What is wrong with a deal, whoever reads it; none if it can be counted.
    func flaw(dealer: UInt32, in parameters: CeremonyParameters) -> BundleFlaw? {
        guard commitments.count == parameters.threshold else { return .commitmentCount }
        if let previous = parameters.previous {
            guard commitments[0] == previous.keySet.shareKey(of: dealer)?.element else {
                return .otherShareThanHeld
            }
        }
        guard
            proof.holds(
                constantTerm: commitments[0],
                context: Self.context(dealer, parameters.nonce)
            )
        else { return .constantTermProof }
        guard shares.map({ share in share.receiver }) == parameters.seats.map({ $0.index }) else {
            return .receivers
        }
        for (share, seat) in zip(shares, parameters.seats) {
            let route = EncryptedShare.Route(
                nonce: parameters.nonce,
                dealer: dealer,
                receiver: seat
            )
            guard !share.ephemeralKey.isIdentity, share.isProven(route: route) else {
                return .ephemeralKeyProof
            }
        }
        return nil
    }
}

// MARK: - Encoding

extension Deal {
    func encode(to encoder: inout CBOREncoder) {
        encoder.append(arrayCount: 3)
        encoder.append(arrayCount: commitments.count)
        for commitment in commitments { encoder.append(bytes: commitment.compressed) }
        encoder.append(bytes: proof.bytes)
        encoder.append(arrayCount: shares.count)
        for share in shares {
            encoder.append(arrayCount: 5)
            encoder.append(unsigned: UInt64(share.receiver))
            encoder.append(bytes: share.ephemeralKey.compressed)
            encoder.append(bytes: share.proof.bytes)
            encoder.append(bytes: share.ciphertext)
            encoder.append(bytes: share.tag)
        }
    }

    init(from reader: inout BundleReader) throws(ThresholdKeysError) {
        try reader.readArray(count: 3)
        commitments = []
        for _ in 0..<(try reader.readArray(upTo: Limits.seatCountMax)) {
            commitments.append(try reader.readG2())
        }
        proof = try KnowledgeProof(bytes: reader.readBytes())
        shares = []
        for _ in 0..<(try reader.readArray(upTo: Limits.seatCountMax)) {
            try reader.readArray(count: 5)
            shares.append(
                EncryptedShare(
                    receiver: try reader.readIndex(),
                    ephemeralKey: try reader.readG1(),
                    proof: try KnowledgeProof(bytes: reader.readBytes()),
                    ciphertext: try reader.readBytes(count: Scalar.byteCount),
                    tag: try reader.readBytes(count: EncryptedShare.tagByteCount)
                )
            )
        }
    }
}
