/// An element c0 + c1·v + c2·v² of the cubic extension of `Fp2`, with v³ = ξ.
struct Fp6: BitwiseCopyable, Sendable {
    var c0: Fp2
    var c1: Fp2
    var c2: Fp2

    @inline(__always) init(_ c0: Fp2, _ c1: Fp2, _ c2: Fp2) {
        self.c0 = c0
        self.c1 = c1
        self.c2 = c2
    }

    static var zero: Fp6 {
        @inline(__always) get { Fp6(.zero, .zero, .zero) }
    }

    @inline(__always) static func + (left: Fp6, right: Fp6) -> Fp6 {
        Fp6(left.c0 + right.c0, left.c1 + right.c1, left.c2 + right.c2)
    }

    @inline(__always) static func - (left: Fp6, right: Fp6) -> Fp6 {
        Fp6(left.c0 - right.c0, left.c1 - right.c1, left.c2 - right.c2)
    }

    @inline(__always) static prefix func - (element: Fp6) -> Fp6 {
        Fp6(-element.c0, -element.c1, -element.c2)
    }

    /// The product with v.
    @inline(__always) var timesV: Fp6 { Fp6(c2.timesXi, c0, c1) }

    static func * (left: Fp6, right: Fp6) -> Fp6 {
        var product = left
        unsafe withUnsafeMutableBytes(of: &product) { product in
            unsafe withUnsafeBytes(of: left) { left in
                unsafe withUnsafeBytes(of: right) { right in
                    unsafe Tower.multiply6(
                        Tower.elements(product),
                        Tower.elements(left),
                        Tower.elements(right)
                    )
                }
            }
        }
        return product
    }

    var inverse: Fp6 {
        let d0 = c0.squared - (c1 * c2).timesXi
        let d1 = c2.squared.timesXi - c0 * c1
        let d2 = c1.squared - c0 * c2
        let inverseNorm = (c0 * d0 + (c2 * d1 + c1 * d2).timesXi).inverse
        return Fp6(d0 * inverseNorm, d1 * inverseNorm, d2 * inverseNorm)
    }
}
