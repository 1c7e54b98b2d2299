import BLS12381

/// A proof that two elements have the same secret, each for its own base (Chaum and Pedersen, 1992).
///
/// The receiver of a share has the key X = x·G, the dealer sent the ephemeral key E, and both know the common
/// point S = x·E. The proof shows that S is that point without showing x, so anybody can decrypt this
/// one share and judge it.
package struct EqualityProof: Equatable, Sendable {
    private var scalars: ProofScalars

    /// Decodes 64 bytes.
    ///
    /// - Throws: `unexpectedField` for another length; `invalidElement` for a number that is not reduced.
    init(bytes: [UInt8]) throws(ThresholdKeysError) {
        scalars = try ProofScalars(bytes: bytes)
    }

    /// The challenge and the answer, 64 bytes.
    var bytes: [UInt8] { scalars.bytes }

    /// What is proved.
    struct Statement {
        /// The receiver's key.
        var key: G1Element
        /// The dealer's ephemeral key.
        var base: G1Element
        /// The point that both have in common.
        var point: G1Element
        /// What the proof is valid for.
        var context: [[UInt8]]

        fileprivate var parts: [[UInt8]] {
            context + [key.compressed, base.compressed, point.compressed]
        }

        fileprivate func challenge(_ first: G1Element, _ second: G1Element) -> Scalar {
            Challenge.scalar(.commonPoint, parts + [first.compressed, second.compressed])
        }
    }

    /// Proves a statement with the receiver's secret.
    init(_ statement: Statement, secret: Scalar, source: borrowing SecretSource) {
        let mask = source.scalar(.commonPointProof, statement.parts)
        let challenge = statement.challenge(mask * .generator, mask * statement.base)
        scalars = ProofScalars(challenge: challenge, answer: mask + challenge * secret)
    }

    /// Whether a statement is true.
    func holds(_ statement: Statement) -> Bool {
        let negated = -scalars.challenge
        let first = G1Element.linearCombination([
            (scalars.answer, .generator), (negated, statement.key),
        ])
        let second = G1Element.linearCombination([
            (scalars.answer, statement.base), (negated, statement.point),
        ])
        return statement.challenge(first, second) == scalars.challenge
    }
}
