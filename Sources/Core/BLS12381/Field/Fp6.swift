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

    @inline(never) static func * (left: Fp6, right: Fp6) -> Fp6 {
        let factors = Fp2.Factors(left)
        let xi1 = right.c1.timesXi
        let xi2 = right.c2.timesXi
        return Fp6(
            factors.sumOfProducts(right.c0, xi2, xi1),
            factors.sumOfProducts(right.c1, right.c0, xi2),
            factors.sumOfProducts(right.c2, right.c1, right.c0)
        )
    }

    var inverse: Fp6 {
        let d0 = c0.squared - (c1 * c2).timesXi
        let d1 = c2.squared.timesXi - c0 * c1
        let d2 = c1.squared - c0 * c2
        let inverseNorm = (c0 * d0 + (c2 * d1 + c1 * d2).timesXi).inverse
        return Fp6(d0 * inverseNorm, d1 * inverseNorm, d2 * inverseNorm)
    }
}

extension Fp2 {
    /// Three first factors of sums of three products, kept with their conjugates.
    ///
    /// A sum of three products in `Fp2` is two sums of six products in `Fp`, each with one reduction
    /// instead of six. The operands are read where they lie: as arguments they would be copied limb
    /// by limb.
    struct Factors {
        private var factors: Fp6
        private var conjugates: Fp6

        @inline(__always) init(_ factors: Fp6) {
            self.factors = factors
            conjugates = Fp6(factors.c0.conjugate, factors.c1.conjugate, factors.c2.conjugate)
        }

        /// The sum of each factor times one of the arguments.
        @inline(__always) func sumOfProducts(_ b0: Fp2, _ b1: Fp2, _ b2: Fp2) -> Fp2 {
            unsafe withUnsafePointer(to: factors) { factors in
                unsafe withUnsafePointer(to: conjugates) { conjugates in
                    unsafe withUnsafePointer(to: b0) { b0 in
                        unsafe withUnsafePointer(to: b1) { b1 in
                            unsafe withUnsafePointer(to: b2) { b2 in
                                unsafe Fp2(
                                    Self.realPart(conjugates, b0, b1, b2),
                                    Self.imaginaryPart(factors, b0, b1, b2)
                                )
                            }
                        }
                    }
                }
            }
        }
    }
}

extension Fp2.Factors {
    @inline(never) fileprivate static func realPart(
        _ conjugates: UnsafePointer<Fp6>,
        _ b0: UnsafePointer<Fp2>,
        _ b1: UnsafePointer<Fp2>,
        _ b2: UnsafePointer<Fp2>
    ) -> Fp {
        unsafe sum(conjugates, b0, b1, b2, first: 0, second: 48)
    }

    @inline(never) fileprivate static func imaginaryPart(
        _ factors: UnsafePointer<Fp6>,
        _ b0: UnsafePointer<Fp2>,
        _ b1: UnsafePointer<Fp2>,
        _ b2: UnsafePointer<Fp2>
    ) -> Fp {
        unsafe sum(factors, b0, b1, b2, first: 48, second: 0)
    }

    /// The sum of the products of the factors' c0 with what lies `first` bytes from the start of the
    /// second factors, and of their c1 with what lies `second` bytes from there.
    @inline(__always) private static func sum(
        _ factors: UnsafePointer<Fp6>,
        _ b0: UnsafePointer<Fp2>,
        _ b1: UnsafePointer<Fp2>,
        _ b2: UnsafePointer<Fp2>,
        first: Int,
        second: Int
    ) -> Fp {
        @inline(__always) func limb(_ element: UnsafePointer<Fp2>, _ offset: Int) -> UInt64 {
            unsafe UnsafeRawPointer(element).load(fromByteOffset: offset, as: UInt64.self)
        }
        var sum = Fp.ProductSum()
        var offset = 0
        while offset < 48 {
            unsafe sum.add(factors.pointee.c0.c0, times: limb(b0, first &+ offset))
            unsafe sum.add(factors.pointee.c0.c1, times: limb(b0, second &+ offset))
            unsafe sum.add(factors.pointee.c1.c0, times: limb(b1, first &+ offset))
            unsafe sum.add(factors.pointee.c1.c1, times: limb(b1, second &+ offset))
            unsafe sum.add(factors.pointee.c2.c0, times: limb(b2, first &+ offset))
            unsafe sum.add(factors.pointee.c2.c1, times: limb(b2, second &+ offset))
            sum.reduce()
            offset &+= 8
        }
        return sum.element
    }
}
