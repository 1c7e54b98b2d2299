/// An element c0 + c1·u of the quadratic extension of the base field, with u² = -1.
struct Fp2: BitwiseCopyable, Sendable {
    var c0: Fp
    var c1: Fp

    @inline(__always) init(_ c0: Fp, _ c1: Fp) {
        self.c0 = c0
        self.c1 = c1
    }

    static var zero: Fp2 {
        @inline(__always) get { Fp2(.zero, .zero) }
    }

    static var one: Fp2 {
        @inline(__always) get { Fp2(.one, .zero) }
    }

    @inline(__always) var isZero: Bool { c0.isZero && c1.isZero }

    @inline(__always) static func == (left: Fp2, right: Fp2) -> Bool {
        left.c0 == right.c0 && left.c1 == right.c1
    }

    @inline(__always) func masked(_ mask: UInt64) -> Fp2 {
        Fp2(c0.masked(mask), c1.masked(mask))
    }

    @inline(__always) static func | (left: Fp2, right: Fp2) -> Fp2 {
        Fp2(left.c0 | right.c0, left.c1 | right.c1)
    }

    @inline(__always) static func + (left: Fp2, right: Fp2) -> Fp2 {
        Fp2(left.c0 + right.c0, left.c1 + right.c1)
    }

    @inline(__always) static func - (left: Fp2, right: Fp2) -> Fp2 {
        Fp2(left.c0 - right.c0, left.c1 - right.c1)
    }

    @inline(__always) static prefix func - (element: Fp2) -> Fp2 {
        Fp2(-element.c0, -element.c1)
    }

    @inline(__always) var doubled: Fp2 { self + self }

    @inline(__always) var conjugate: Fp2 { Fp2(c0, -c1) }

    /// The product with ξ = 1 + u, which has neither a square nor a cube root.
    @inline(__always) var timesXi: Fp2 { Fp2(c0 - c1, c0 + c1) }

    @inline(never) static func * (left: Fp2, right: Fp2) -> Fp2 {
        Fp2(
            Fp.sumOfProducts(left.c0, right.c0, -left.c1, right.c1),
            Fp.sumOfProducts(left.c0, right.c1, left.c1, right.c0)
        )
    }

    @inline(__always) static func sumOfProducts(_ a: Fp2, _ b: Fp2, _ c: Fp2, _ d: Fp2) -> Fp2 {
        a * b + c * d
    }

    @inline(__always) static func * (left: Fp2, right: Fp) -> Fp2 {
        Fp2(left.c0 * right, left.c1 * right)
    }

    /// (c0 + c1)(c0 - c1) + 2·c0·c1·u.
    @inline(never) var squared: Fp2 { squaredInline }

    @inline(__always) var squaredInline: Fp2 {
        Fp2(
            Fp.product(Fp.unreducedSum(c0, c1), c0 - c1),
            Fp.product(Fp.unreducedSum(c0, c0), c1)
        )
    }

    /// The inverse; zero for zero.
    var inverse: Fp2 {
        let inverseNorm = (c0.squared + c1.squared).inverse
        return Fp2(c0 * inverseNorm, -(c1 * inverseNorm))
    }

    /// A square root, if there is one, by way of the root of the norm; not constant in time.
    var squareRoot: Fp2? {
        if c1.isZero {
            if let root = c0.squareRoot { return Fp2(root, .zero) }
            // -1 has no root in the base field, so one of c0 and -c0 has.
            return (-c0).squareRoot.map { root in Fp2(.zero, root) }
        }
        guard let norm = (c0.squared + c1.squared).squareRoot else { return nil }
        guard
            let real = ((c0 + norm) * .half).squareRoot ?? ((c0 - norm) * .half).squareRoot
        else { return nil }
        let root = Fp2(real, c1 * .half * real.inverse)
        return root.squaredInline == self ? root : nil
    }
}
