package import BLS12381

/// A polynomial whose value at zero is a secret, and whose value at i is the share of seat i.
package struct SecretPolynomial: ~Copyable, Sendable {
    private var coefficients: SecretScalars

    /// Draws a polynomial.
    ///
    /// - Parameters:
    ///   - count: How many coefficients it has: as many shares give the value at zero.
    ///   - constant: The value at zero; drawn as well if there is none.
    ///   - source: Where the coefficients are drawn from.
    package init(count: Int, constant: Scalar?, source: borrowing SecretSource) {
        precondition(count > 0)
        coefficients = SecretScalars(count: count)
        for power in 0..<count {
            coefficients[power] = source.scalar(.coefficient, UInt32(power))
        }
        if let constant { coefficients[0] = constant }
    }

    /// The value at an index; the time depends on the number of coefficients only.
    package func value(at index: UInt32) -> Scalar {
        precondition(index != 0, "the value at zero is the secret")
        let x = Scalar(UInt64(index))
        var value = Scalar.zero
        for power in (0..<coefficients.count).reversed() {
            value = value * x + coefficients[power]
        }
        return value
    }

    /// The value at zero.
    var constant: Scalar { coefficients[0] }

    /// The generator of G2 times each coefficient, the constant term first.
    package var commitments: [G2Element] {
        var commitments: [G2Element] = []
        for power in 0..<coefficients.count {
            commitments.append(coefficients[power] * G2Element.generator)
        }
        return commitments
    }
}

/// What commitments say about the values of the polynomial behind them.
enum Commitments {
    /// The generator of G2 times the value at an index, which is small and public.
    ///
    /// - Complexity: O(n).
    static func value(_ commitments: [G2Element], at index: UInt32) -> G2Element {
        // Horner's rule; a few additions multiply by a number of four bits.
        commitments.reversed().reduce(.identity) { sum, commitment in
            multiple(sum, by: index) + commitment
        }
    }

    /// The multiple of an element by a small number, by doubling and adding from the highest bit.
    private static func multiple(_ element: G2Element, by number: UInt32) -> G2Element {
        precondition(number != 0)
        var result = element
        for position in (0..<(UInt32.bitWidth - 1 - number.leadingZeroBitCount)).reversed() {
            result = result + result
            if number >> UInt32(position) & 1 == 1 { result = result + element }
        }
        return result
    }
}
