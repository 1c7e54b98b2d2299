/// Shares of a secret, the value at zero of a polynomial: share i is the value at i.
///
/// Any t shares of a polynomial of degree t - 1 give the value at zero; fewer say nothing about it.
public enum Threshold {
    /// A signature by one share.
    public struct PartialSignature: Sendable {
        /// The index of the share, from 1.
        public var index: UInt32
        /// The signature by the share.
        public var signature: Signature

        /// Joins an index and a signature.
        public init(index: UInt32, signature: Signature) {
            self.index = index
            self.signature = signature
        }
    }

    /// What each share counts when the value at zero is put together (Lagrange).
    ///
    /// - Parameter indices: The indices of the shares, each once and none zero.
    /// - Returns: One coefficient for each index, in the same order.
    /// - Throws: `empty`, `zeroIndex` or `duplicateIndex`.
    /// - Complexity: O(n²).
    public static func coefficients(of indices: [UInt32]) throws(BLSError) -> [Scalar] {
        try check(indices)
        var coefficients: [Scalar] = []
        coefficients.reserveCapacity(indices.count)
        for index in indices {
            var numerator = Scalar.one
            var denominator = Scalar.one
            for other in indices where other != index {
                numerator = numerator * Scalar(UInt64(other))
                denominator = denominator * (Scalar(UInt64(other)) - Scalar(UInt64(index)))
            }
            coefficients.append(numerator * denominator.inverse)
        }
        return coefficients
    }

    /// The signature by the secret, from signatures by as many shares as the polynomial has coefficients.
    ///
    /// Nothing here can tell a wrong partial signature from a right one: verify the result with the
    /// group's key, and the parts with their shares' keys if that fails. With fewer parts than needed
    /// the result is some other signature.
    ///
    /// - Throws: `empty`, `zeroIndex`, `duplicateIndex`, or `identity` if the parts cancel each other.
    /// - Complexity: O(n²).
    public static func combine(_ parts: [PartialSignature]) throws(BLSError) -> Signature {
        let indices = parts.map { part in part.index }
        try check(indices)
        if let fractions = LagrangeFractions(indices) {
            return try Signature(fractions.combine(parts.map { part in part.signature.element }))
        }
        let coefficients = try coefficients(of: indices)
        return try Signature(
            G1Element.linearCombination(
                zip(coefficients, parts).map { coefficient, part in
                    (coefficient, part.signature.element)
                }
            )
        )
    }

    /// The value at an index of the polynomial with these coefficients, the constant term first.
    ///
    /// The time depends on the number of coefficients only.
    ///
    /// - Parameters:
    ///   - coefficients: The secret first, then the other coefficients.
    ///   - index: The index of the share, from 1.
    /// - Returns: The share.
    /// - Throws: `zeroIndex`, because the value there is the secret; `empty` for no coefficients.
    /// - Complexity: O(n).
    public static func share(
        of coefficients: [Scalar],
        index: UInt32
    ) throws(BLSError) -> Scalar {
        guard index != 0 else { throw .zeroIndex }
        guard !coefficients.isEmpty else { throw .empty }
        let x = Scalar(UInt64(index))
        return coefficients.reversed().reduce(Scalar.zero) { value, coefficient in
            value * x + coefficient
        }
    }

    /// The public key of a share, from the commitments to the coefficients of the polynomial.
    ///
    /// - Parameters:
    ///   - commitments: The generator of G2 times each coefficient, the constant term first.
    ///   - index: The index of the share, from 1.
    /// - Returns: The key that verifies signatures by the share.
    /// - Throws: `zeroIndex`; `empty` for no commitments; `identity` if the share is zero.
    /// - Complexity: O(n).
    public static func sharePublicKey(
        commitments: [G2Element],
        index: UInt32
    ) throws(BLSError) -> PublicKey {
        guard index != 0 else { throw .zeroIndex }
        guard !commitments.isEmpty else { throw .empty }
        let x = Scalar(UInt64(index))
        // Horner's rule: the index is small, so each step is a few doublings and additions.
        return try PublicKey(
            commitments.reversed().reduce(G2Element.identity) { sum, commitment in
                G2Element.linearCombination([(x, sum)]) + commitment
            }
        )
    }

    private static func check(_ indices: [UInt32]) throws(BLSError) {
        guard !indices.isEmpty else { throw .empty }
        for (position, index) in indices.enumerated() {
            guard index != 0 else { throw .zeroIndex }
            guard !indices[..<position].contains(index) else { throw .duplicateIndex }
        }
    }
}
