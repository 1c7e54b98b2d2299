/// An element c0 + c1·w of the quadratic extension of `Fp6`, with w² = v: where pairings take values.
struct Fp12: BitwiseCopyable, Sendable {
    var c0: Fp6
    var c1: Fp6

    @inline(__always) init(_ c0: Fp6, _ c1: Fp6) {
        self.c0 = c0
        self.c1 = c1
    }

    static var one: Fp12 {
        @inline(__always) get { Fp12(Fp6(.one, .zero, .zero), .zero) }
    }

    var isOne: Bool {
        c0.c0 == .one && c0.c1.isZero && c0.c2.isZero
            && c1.c0.isZero && c1.c1.isZero && c1.c2.isZero
    }

    /// The inverse of an element whose norm over `Fp6` is one.
    @inline(__always) var conjugate: Fp12 { Fp12(c0, -c1) }

    @inline(never) static func * (left: Fp12, right: Fp12) -> Fp12 {
        var product = left
        unsafe withUnsafeMutableBytes(of: &product) { product in
            unsafe withUnsafeBytes(of: left) { left in
                unsafe withUnsafeBytes(of: right) { right in
                    unsafe Tower.multiply12(
                        Tower.elements(product),
                        Tower.elements(left),
                        Tower.elements(right)
                    )
                }
            }
        }
        return product
    }

    @inline(__always) mutating func square() {
        unsafe withUnsafeMutableBytes(of: &self) { element in
            unsafe Tower.square12(Tower.elements(element))
        }
    }

    var inverse: Fp12 {
        let inverseNorm = (c0 * c0 - (c1 * c1).timesV).inverse
        return Fp12(c0 * inverseNorm, -(c1 * inverseNorm))
    }

    /// Multiplies by the sparse element a + b·v + c·v·w with three coefficients, which is what a line is.
    @inline(__always) mutating func multiply(byLine line: Fp6) {
        unsafe withUnsafeMutableBytes(of: &self) { element in
            unsafe withUnsafeBytes(of: line) { line in
                unsafe Tower.multiply(Tower.elements(element), byLine: Tower.elements(line))
            }
        }
    }
}

extension Fp12 {
    /// The power by p.
    var frobenius: Fp12 {
        Fp12(
            Fp6(
                c0.c0.conjugate,
                c0.c1.conjugate * .frobenius2,
                c0.c2.conjugate * .frobenius4
            ),
            Fp6(
                c1.c0.conjugate * .frobenius1,
                c1.c1.conjugate * .frobenius3,
                c1.c2.conjugate * .frobenius5
            )
        )
    }

    /// The power by p².
    var frobeniusSquare: Fp12 {
        Fp12(
            Fp6(c0.c0, c0.c1 * Fp.frobeniusSquare2, c0.c2 * Fp.frobeniusSquare4),
            Fp6(
                c1.c0 * Fp.frobeniusSquare1,
                c1.c1 * Fp.frobeniusSquare3,
                c1.c2 * Fp.frobeniusSquare5
            )
        )
    }

    /// Squares an element of the cyclotomic subgroup.
    @inline(__always) mutating func squareCyclotomic() {
        unsafe withUnsafeMutableBytes(of: &self) { element in
            unsafe Tower.squareCyclotomic(Tower.elements(element))
        }
    }

    /// The power by the curve's parameter x, which is negative, in the cyclotomic subgroup.
    @inline(never) func powerOfParameter() -> Fp12 {
        var result = self
        for isSet in Parameter.bitsAfterFirst {
            result.squareCyclotomic()
            if isSet { result = result * self }
        }
        return result.conjugate
    }

    /// The power by 3(p¹² - 1) / r, by which the values of pairings become comparable.
    ///
    /// The hard part is that of Hayashida, Hayasaka and Teruya, *Efficient Final Exponentiation via
    /// Cyclotomic Structure* (2020): (x - 1)²(x + p)(x² + p² - 1) + 3.
    @inline(never) func finalExponentiation() -> Fp12 {
        let easy = conjugate * inverse
        let unit = easy.frobeniusSquare * easy
        var power = unit.powerOfParameter() * unit.conjugate
        power = power.powerOfParameter() * power.conjugate
        power = power.powerOfParameter() * power.frobenius
        let last =
            power.powerOfParameter().powerOfParameter() * power.frobeniusSquare * power.conjugate
        var square = unit
        square.squareCyclotomic()
        return unit * square * last
    }
}
