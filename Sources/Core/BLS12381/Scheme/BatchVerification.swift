/// A number of 128 bits other than zero that nobody can foresee, for one signature of a batch.
public struct Randomiser: Sendable {
    let scalar: Scalar

    /// Takes two words of a secure generator.
    ///
    /// - Throws: `zeroRandomiser` if both are zero.
    public init(high: UInt64, low: UInt64) throws(BLSError) {
        guard high | low != 0 else { throw .zeroRandomiser }
        scalar = Scalar(low, high, 0, 0) * .montgomerySquare
    }
}

/// A signature, the key that it should be by, and its randomiser.
public struct BatchEntry: Sendable {
    /// The key of the signer.
    public var key: PublicKey
    /// The signature.
    public var signature: Signature
    /// The factor of both in the sums.
    public var randomiser: Randomiser

    /// Joins what belongs together.
    public init(key: PublicKey, signature: Signature, randomiser: Randomiser) {
        self.key = key
        self.signature = signature
        self.randomiser = randomiser
    }
}

/// Verification of many signatures of one message at once.
public enum BatchVerification {
    /// Whether all signatures of a message are by the owners of their keys; true for no entries.
    ///
    /// Both sides are multiplied by the randomisers and summed up, so that it takes one product of
    /// two pairings. If one signature is wrong, the answer is yes with a probability of at most 2^-128,
    /// provided that the randomisers were drawn after the signatures were fixed; if all are right, it
    /// is always yes.
    ///
    /// - Complexity: O(n) in the number of entries.
    public static func verifies(
        _ entries: [BatchEntry],
        of message: [UInt8],
        tag: DomainTag = .basicSignature
    ) -> Bool {
        verifies(entries, ofHashed: .hash(message, tag: tag))
    }

    /// The same for a message that is hashed already.
    ///
    /// - Complexity: O(n) in the number of entries.
    public static func verifies(_ entries: [BatchEntry], ofHashed hash: G1Element) -> Bool {
        let signature = G1Element.linearCombination(
            entries.map { entry in (entry.randomiser.scalar, entry.signature.element) }
        )
        let key = G2Element.linearCombination(
            entries.map { entry in (entry.randomiser.scalar, entry.key.element) }
        )
        if signature.isIdentity || hash.isIdentity || key.isIdentity {
            // The other pairing must be one by itself.
            return Pairing.productIsOne([(signature, -.generator), (hash, key)])
        }
        return MillerLoop.product(
            signature.point.affine,
            .negatedGenerator,
            hash.point.affine,
            key.point
        ).finalExponentiation().isOne
    }
}

/// Equations between pairings.
public enum Pairing {
    /// Whether the product of the pairings of all pairs is one; a pair with the identity counts as one.
    ///
    /// - Complexity: O(n).
    public static func productIsOne(_ pairs: [(G1Element, G2Element)]) -> Bool {
        var product = Fp12.one
        for (left, right) in pairs where !left.isIdentity && !right.isIdentity {
            product = product * MillerLoop.pairing(left.point.affine, PreparedLines(right.point))
        }
        return product.finalExponentiation().isOne
    }
}
