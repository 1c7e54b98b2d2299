// The inverse by the division steps of Bernstein and Yang, *Fast constant-time gcd computation and modular
// inversion* (2019), in the variant that starts at one half: then (45907·n + 26313) / 19929 steps suffice for
// numbers below 2^n, 878 for n = 381 (Wuille 2021). Fifteen batches of 59 steps are 885.

extension Fp {
    /// The inverse, in the same time for every value; zero for zero.
    var inverse: Fp {
        // The steps give the inverse of the limbs. They are a·R, and a⁻¹·R is that times R².
        let number = SignedLimbs.inverse(of: self)
        return number * .montgomerySquare * .montgomerySquare
    }
}

/// What a batch of division steps does to f and g, but for the division by 2^59:
/// (u·f + v·g, q·f + r·g).
private struct StepMatrix {
    var u: Int64 = 1
    var v: Int64 = 0
    var q: Int64 = 0
    var r: Int64 = 1

    /// Makes 59 steps with the lowest bits of f and g, which alone decide about them; `zeta` is minus one half
    /// less the difference that the steps keep.
    @inline(never) init(_ zeta: inout Int64, _ low: (f: Int64, g: Int64)) {
        var (f, g) = low
        for _ in 0..<SignedLimbs.width {
            // All bits set where f is to be subtracted from g, not added.
            let isPositive = zeta &>> 63
            let isOdd = 0 &- (g & 1)
            g &+= ((f ^ isPositive) &- isPositive) & isOdd
            q &+= ((u ^ isPositive) &- isPositive) & isOdd
            r &+= ((v ^ isPositive) &- isPositive) & isOdd
            let isSwap = isPositive & isOdd
            zeta = (zeta ^ isSwap) &- 1
            f &+= g & isSwap
            u &+= q & isSwap
            v &+= r & isSwap
            g &>>= 1
            u &<<= 1
            v &<<= 1
        }
    }
}

/// A signed number of at most 412 bits: seven limbs of 59 bits, the lowest first, of which all but the highest
/// are not negative.
private struct SignedLimbs: BitwiseCopyable {
    static var width: Int { 59 }
    private static var mask: Int64 { (1 << 59) - 1 }
    /// The inverse of the modulus modulo 2^59.
    private static var modulusInverse: Int64 { 0x60c_0003_0003_0003 }

    private var limbs: InlineArray<7, Int64>

    private init(_ number: Int64) {
        limbs = InlineArray(repeating: 0)
        limbs[0] = number
    }

    /// The limbs of an element as a number.
    private init(_ element: Fp) {
        func cut(_ low: UInt64, _ high: UInt64, _ shift: UInt64) -> Int64 {
            let word = shift == 0 ? low : low &>> shift | high &<< (64 - shift)
            return Int64(truncatingIfNeeded: word) & Self.mask
        }
        limbs = [
            cut(element.l0, element.l1, 0),
            cut(element.l0, element.l1, 59),
            cut(element.l1, element.l2, 54),
            cut(element.l2, element.l3, 49),
            cut(element.l3, element.l4, 44),
            cut(element.l4, element.l5, 39),
            Int64(truncatingIfNeeded: element.l5 &>> 34),
        ]
    }

    /// The element whose limbs the number is; it must be from 0 to 2^384 - 1.
    private var element: Fp {
        func word(_ index: Int, _ shift: UInt64) -> UInt64 {
            let low = UInt64(truncatingIfNeeded: limbs[index])
            let high = UInt64(truncatingIfNeeded: limbs[index + 1])
            return low &>> shift | high &<< (59 - shift)
        }
        return Fp(word(0, 0), word(1, 5), word(2, 10), word(3, 15), word(4, 20), word(5, 25))
    }

    /// The inverse modulo p of an element's limbs; zero for zero.
    static func inverse(of element: Fp) -> Fp {
        var f = SignedLimbs(.modulus)
        var g = SignedLimbs(element)
        var d = SignedLimbs(0)
        var e = SignedLimbs(1)
        var zeta: Int64 = -1
        for _ in 0..<15 {
            let matrix = StepMatrix(&zeta, (f.limbs[0], g.limbs[0]))
            apply(matrix, toCofactors: &d, &e)
            apply(matrix, &f, &g)
        }
        // Now g is zero and f is 1 or -1, or the modulus for zero, and d is f times the inverse.
        return d.normalized(negatedBy: f.limbs[6] &>> 63).element
    }

    /// Replaces f and g by what the steps make of them.
    @inline(never) private static func apply(
        _ matrix: StepMatrix,
        _ f: inout SignedLimbs,
        _ g: inout SignedLimbs
    ) {
        var sumF = product(matrix.u, f.limbs[0], matrix.v, g.limbs[0]) &>> 59
        var sumG = product(matrix.q, f.limbs[0], matrix.r, g.limbs[0]) &>> 59
        for index in 1..<7 {
            let (limbF, limbG) = (f.limbs[index], g.limbs[index])
            sumF &+= product(matrix.u, limbF, matrix.v, limbG)
            sumG &+= product(matrix.q, limbF, matrix.r, limbG)
            f.limbs[index - 1] = Int64(truncatingIfNeeded: sumF) & mask
            g.limbs[index - 1] = Int64(truncatingIfNeeded: sumG) & mask
            sumF &>>= 59
            sumG &>>= 59
        }
        f.limbs[6] = Int64(truncatingIfNeeded: sumF)
        g.limbs[6] = Int64(truncatingIfNeeded: sumG)
    }

    /// Does the same modulo p to the numbers that, times the element, are f and g.
    ///
    /// Multiples of p are added that make the lowest 59 bits zero. The numbers stay between -2p and p.
    @inline(never) private static func apply(
        _ matrix: StepMatrix,
        toCofactors d: inout SignedLimbs,
        _ e: inout SignedLimbs
    ) {
        let p = SignedLimbs(.modulus).limbs
        let (signD, signE) = (d.limbs[6] &>> 63, e.limbs[6] &>> 63)
        var multipleD = (matrix.u & signD) &+ (matrix.v & signE)
        var multipleE = (matrix.q & signD) &+ (matrix.r & signE)
        var sumD = product(matrix.u, d.limbs[0], matrix.v, e.limbs[0])
        var sumE = product(matrix.q, d.limbs[0], matrix.r, e.limbs[0])
        multipleD &-= (modulusInverse &* Int64(truncatingIfNeeded: sumD) &+ multipleD) & mask
        multipleE &-= (modulusInverse &* Int64(truncatingIfNeeded: sumE) &+ multipleE) & mask
        sumD = (sumD &+ product(p[0], multipleD)) &>> 59
        sumE = (sumE &+ product(p[0], multipleE)) &>> 59
        for index in 1..<7 {
            let (limbD, limbE) = (d.limbs[index], e.limbs[index])
            sumD &+= product(matrix.u, limbD, matrix.v, limbE) &+ product(p[index], multipleD)
            sumE &+= product(matrix.q, limbD, matrix.r, limbE) &+ product(p[index], multipleE)
            d.limbs[index - 1] = Int64(truncatingIfNeeded: sumD) & mask
            e.limbs[index - 1] = Int64(truncatingIfNeeded: sumE) & mask
            sumD &>>= 59
            sumE &>>= 59
        }
        d.limbs[6] = Int64(truncatingIfNeeded: sumD)
        e.limbs[6] = Int64(truncatingIfNeeded: sumE)
    }

    /// The number, or its negation, modulo p, from 0 to p - 1; the number must be above -2p and below p.
    private func normalized(negatedBy mask: Int64) -> SignedLimbs {
        let p = SignedLimbs(.modulus).limbs
        var result = self
        let isNegative = result.limbs[6] &>> 63
        for index in 0..<7 {
            result.limbs[index] &+= p[index] & isNegative
            result.limbs[index] = (result.limbs[index] ^ mask) &- mask
        }
        result.carry()
        let isStillNegative = result.limbs[6] &>> 63
        for index in 0..<7 { result.limbs[index] &+= p[index] & isStillNegative }
        result.carry()
        return result
    }

    /// Brings the limbs back to 59 bits.
    private mutating func carry() {
        for index in 0..<6 {
            limbs[index + 1] &+= limbs[index] &>> 59
            limbs[index] &= Self.mask
        }
    }

    @inline(__always) private static func product(_ left: Int64, _ right: Int64) -> Int128 {
        Int128(truncatingIfNeeded: left) &* Int128(truncatingIfNeeded: right)
    }

    @inline(__always) private static func product(
        _ a: Int64,
        _ b: Int64,
        _ c: Int64,
        _ d: Int64
    ) -> Int128 {
        product(a, b) &+ product(c, d)
    }
}
