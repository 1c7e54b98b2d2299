/// The coefficients of Lagrange as fractions with one denominator, for small indices.
///
/// Eight indices up to 12 have numerators of at most 15 bits, so that one long multiplication, by the inverse of
/// the denominator, replaces eight.
struct LagrangeFractions {
    private let numerators: [Int64]
    private let denominator: Int64

    /// Makes the fractions, unless a number on the way does not fit in 64 bits.
    ///
    /// - Parameter indices: The indices of the shares, each once and none zero.
    init?(_ indices: [UInt32]) {
        var fractions: [(top: Int64, bottom: Int64)] = []
        var common: Int64 = 1
        for index in indices {
            guard let fraction = Self.coefficient(of: index, among: indices) else { return nil }
            fractions.append(fraction)
            let factor = fraction.bottom / Self.divisor(common, fraction.bottom)
            guard let multiple = Self.product(common, factor) else { return nil }
            common = multiple
        }
        var numerators: [Int64] = []
        for (top, bottom) in fractions {
            guard let numerator = Self.product(top, common / bottom) else { return nil }
            numerators.append(numerator)
        }
        self.numerators = numerators
        denominator = common
    }

    /// The sum of the elements times their coefficients; there must be as many as indices.
    func combine(_ elements: [G1Element]) -> G1Element {
        precondition(elements.count == numerators.count)
        let terms = zip(numerators, elements).map { numerator, element in
            (
                scalar: Scalar.Bits(numerator.magnitude, 0, 0, 0),
                point: numerator < 0 ? -element.point : element.point
            )
        }
        let sum = G1Element(inSubgroup: .linearCombination(terms))
        if denominator == 1 { return sum }
        return .linearCombination([(Scalar(denominator.magnitude).inverse, sum)])
    }

    /// The product of the other indices by that of their differences to this one, in lowest terms, with the
    /// sign above.
    private static func coefficient(
        of index: UInt32,
        among indices: [UInt32]
    ) -> (top: Int64, bottom: Int64)? {
        var (top, bottom): (Int64, Int64) = (1, 1)
        for other in indices where other != index {
            let difference = Int64(other) - Int64(index)
            guard let above = product(top, difference < 0 ? -Int64(other) : Int64(other)),
                let below = product(bottom, abs(difference))
            else { return nil }
            let common = divisor(abs(above), below)
            (top, bottom) = (above / common, below / common)
        }
        return (top, bottom)
    }

    private static func product(_ left: Int64, _ right: Int64) -> Int64? {
        let (product, isTooLarge) = left.multipliedReportingOverflow(by: right)
        return isTooLarge || product == .min ? nil : product
    }

    /// The greatest common divisor of two positive numbers.
    private static func divisor(_ left: Int64, _ right: Int64) -> Int64 {
        var (larger, smaller) = (left, right)
        while smaller != 0 { (larger, smaller) = (smaller, larger % smaller) }
        return larger
    }
}
