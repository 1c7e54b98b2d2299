package import BLS12381

/// The two scalars of a proof: the challenge and the answer to it.
struct ProofScalars: Equatable, Sendable {
    /// The number of bytes of both.
    static let byteCount = 2 * Scalar.byteCount

    var challenge: Scalar
    var answer: Scalar

    init(challenge: Scalar, answer: Scalar) {
        self.challenge = challenge
        self.answer = answer
    }

    init(bytes: [UInt8]) throws(ThresholdKeysError) {
        guard bytes.count == Self.byteCount else { throw .unexpectedField }
        do throws(BLSError) {
            challenge = try Scalar(bytes: [UInt8](bytes[..<Scalar.byteCount]))
            answer = try Scalar(bytes: [UInt8](bytes[Scalar.byteCount...]))
        } catch {
            throw .invalidElement(error)
        }
    }

    var bytes: [UInt8] { challenge.bytes + answer.bytes }
}

/// A proof that somebody knows the secret of a public element (Schnorr, 1991), for a stated purpose only.
package struct KnowledgeProof: Equatable, Sendable {
    private var scalars: ProofScalars

    /// Decodes 64 bytes.
    ///
    /// - Throws: `unexpectedField` for another length; `invalidElement` for a number that is not reduced.
    init(bytes: [UInt8]) throws(ThresholdKeysError) {
        scalars = try ProofScalars(bytes: bytes)
    }

    /// The challenge and the answer, 64 bytes.
    var bytes: [UInt8] { scalars.bytes }

    /// Proves to know the secret of the constant term of a polynomial.
    ///
    /// - Parameters:
    ///   - secret: The constant term.
    ///   - element: The generator of G2 times it.
    ///   - context: What the proof is valid for.
    ///   - source: Where the random number of the proof is drawn from.
    package init(
        constantTerm secret: Scalar,
        element: G2Element,
        context: [[UInt8]],
        source: borrowing SecretSource
    ) {
        let statement = context + [element.compressed]
        let mask = source.scalar(.constantTermProof, statement)
        let announced = mask * G2Element.generator
        let challenge = Challenge.scalar(.constantTerm, statement + [announced.compressed])
        scalars = ProofScalars(challenge: challenge, answer: mask + challenge * secret)
    }

    /// Whether the prover knew the secret of a constant term.
    func holds(constantTerm element: G2Element, context: [[UInt8]]) -> Bool {
        let announced = G2Element.linearCombination([
            (scalars.answer, .generator), (-scalars.challenge, element),
        ])
        let statement = context + [element.compressed, announced.compressed]
        return Challenge.scalar(.constantTerm, statement) == scalars.challenge
    }

    /// Proves to know the secret of a key that a share is encrypted with.
    ///
    /// - Parameters:
    ///   - secret: The secret.
    ///   - element: The generator of G1 times it.
    ///   - context: What the proof is valid for.
    ///   - source: Where the random number of the proof is drawn from.
    package init(
        ephemeralKey secret: Scalar,
        element: G1Element,
        context: [[UInt8]],
        source: borrowing SecretSource
    ) {
        let statement = context + [element.compressed]
        let mask = source.scalar(.ephemeralKeyProof, statement)
        let announced = mask * G1Element.generator
        let challenge = Challenge.scalar(.ephemeralKey, statement + [announced.compressed])
        scalars = ProofScalars(challenge: challenge, answer: mask + challenge * secret)
    }

    /// Whether the prover knew the secret of an ephemeral key.
    func holds(ephemeralKey element: G1Element, context: [[UInt8]]) -> Bool {
        let announced = G1Element.linearCombination([
            (scalars.answer, .generator), (-scalars.challenge, element),
        ])
        let statement = context + [element.compressed, announced.compressed]
        return Challenge.scalar(.ephemeralKey, statement) == scalars.challenge
    }
}
