/// An element of the base field, in Montgomery form with R = 2^384: six limbs, the lowest first, less
/// than the modulus.
///
/// Every operation takes the same time for all values, except where its comment says otherwise.
struct Fp: BitwiseCopyable, Sendable {
    var l0: UInt64
    var l1: UInt64
    var l2: UInt64
    var l3: UInt64
    var l4: UInt64
    var l5: UInt64

    @inline(__always) init(
        _ l0: UInt64,
        _ l1: UInt64,
        _ l2: UInt64,
        _ l3: UInt64,
        _ l4: UInt64,
        _ l5: UInt64
    ) {
        self.l0 = l0
        self.l1 = l1
        self.l2 = l2
        self.l3 = l3
        self.l4 = l4
        self.l5 = l5
    }

    static var zero: Fp {
        @inline(__always) get { Fp(0, 0, 0, 0, 0, 0) }
    }

    @inline(__always) var isZero: Bool { (l0 | l1 | l2 | l3 | l4 | l5) == 0 }

    @inline(__always) static func == (left: Fp, right: Fp) -> Bool {
        ((left.l0 ^ right.l0) | (left.l1 ^ right.l1) | (left.l2 ^ right.l2)
            | (left.l3 ^ right.l3) | (left.l4 ^ right.l4) | (left.l5 ^ right.l5)) == 0
    }

    /// The limbs where `mask` has bits.
    @inline(__always) func masked(_ mask: UInt64) -> Fp {
        Fp(l0 & mask, l1 & mask, l2 & mask, l3 & mask, l4 & mask, l5 & mask)
    }

    /// The limbs of one or the other; either of them is zero in a masked selection.
    @inline(__always) static func | (left: Fp, right: Fp) -> Fp {
        Fp(
            left.l0 | right.l0,
            left.l1 | right.l1,
            left.l2 | right.l2,
            left.l3 | right.l3,
            left.l4 | right.l4,
            left.l5 | right.l5
        )
    }

    /// The number without Montgomery form.
    var canonical: Fp { self * Fp(1, 0, 0, 0, 0, 0) }

    /// The element for a number below 2^384.
    init(number: Fp) {
        self = number * .montgomerySquare
    }

    /// Whether the limbs, taken as a number, are less than those of another.
    func precedes(_ other: Fp) -> Bool {
        Fp.subtractLimbs(self, other).borrow == 1
    }

    /// The parity of the number (RFC 9380 §4.1).
    var isOdd: Bool { canonical.l0 & 1 == 1 }
}

extension Fp {
    @inline(__always) static func + (left: Fp, right: Fp) -> Fp {
        unreducedSum(left, right).reducedOnce
    }

    /// The sum, which may be the modulus or more: only for a factor of a product.
    @inline(__always) static func unreducedSum(_ left: Fp, _ right: Fp) -> Fp {
        var result = Fp.zero
        var carry: UInt64
        (result.l0, carry) = addWithCarry(left.l0, right.l0, 0)
        (result.l1, carry) = addWithCarry(left.l1, right.l1, carry)
        (result.l2, carry) = addWithCarry(left.l2, right.l2, carry)
        (result.l3, carry) = addWithCarry(left.l3, right.l3, carry)
        (result.l4, carry) = addWithCarry(left.l4, right.l4, carry)
        (result.l5, _) = addWithCarry(left.l5, right.l5, carry)
        return result
    }

    @inline(__always) static func - (left: Fp, right: Fp) -> Fp {
        let (difference, borrow) = subtractLimbs(left, right)
        return unreducedSum(difference, Fp.prime.masked(0 &- borrow))
    }

    @inline(__always) static prefix func - (element: Fp) -> Fp { .zero - element }

    @inline(__always) var doubled: Fp { self + self }

    /// The modulus as a literal, which folds into the instructions.
    private static var prime: Fp {
        @inline(__always) get {
            Fp(
                0xb9fe_ffff_ffff_aaab,
                0x1eab_fffe_b153_ffff,
                0x6730_d2a0_f6b0_f624,
                0x6477_4b84_f385_12bf,
                0x4b1b_a7b6_434b_acd7,
                0x1a01_11ea_397f_e69a
            )
        }
    }

    @inline(__always) private static func subtractLimbs(
        _ left: Fp,
        _ right: Fp
    ) -> (difference: Fp, borrow: UInt64) {
        var result = Fp.zero
        var borrow: UInt64
        (result.l0, borrow) = subtractWithBorrow(left.l0, right.l0, 0)
        (result.l1, borrow) = subtractWithBorrow(left.l1, right.l1, borrow)
        (result.l2, borrow) = subtractWithBorrow(left.l2, right.l2, borrow)
        (result.l3, borrow) = subtractWithBorrow(left.l3, right.l3, borrow)
        (result.l4, borrow) = subtractWithBorrow(left.l4, right.l4, borrow)
        (result.l5, borrow) = subtractWithBorrow(left.l5, right.l5, borrow)
        return (result, borrow)
    }

    /// The same modulo p, for a number below 2p.
    @inline(__always) fileprivate var reducedOnce: Fp {
        let (difference, borrow) = Fp.subtractLimbs(self, .prime)
        let keep = 0 &- borrow
        return masked(keep) | difference.masked(~keep)
    }
}

extension Fp {
    /// The sum of products that a Montgomery multiplication builds up, one limb of the second factors at
    /// a time.
    ///
    /// With at most six products of factors below p, or fewer with factors below 2p, the sum stays
    /// below 2^448 between two reductions, and what comes out below 2p.
    struct ProductSum {
        private var t0: UInt64 = 0
        private var t1: UInt64 = 0
        private var t2: UInt64 = 0
        private var t3: UInt64 = 0
        private var t4: UInt64 = 0
        private var t5: UInt64 = 0
        private var t6: UInt64 = 0

        @inline(__always) init() {}

        /// Adds an element times one limb.
        @inline(__always) mutating func add(_ factor: Fp, times limb: UInt64) {
            var carry: UInt64
            (t0, carry) = multiplyAdd(t0, factor.l0, limb, 0)
            (t1, carry) = multiplyAdd(t1, factor.l1, limb, carry)
            (t2, carry) = multiplyAdd(t2, factor.l2, limb, carry)
            (t3, carry) = multiplyAdd(t3, factor.l3, limb, carry)
            (t4, carry) = multiplyAdd(t4, factor.l4, limb, carry)
            (t5, carry) = multiplyAdd(t5, factor.l5, limb, carry)
            t6 &+= carry
        }

        /// Divides by 2^64 modulo p.
        @inline(__always) mutating func reduce() {
            let multiple = t0 &* 0x89f3_fffc_fffc_fffd
            let p = Fp.prime
            var carry: UInt64
            (_, carry) = multiplyAdd(t0, multiple, p.l0, 0)
            (t0, carry) = multiplyAdd(t1, multiple, p.l1, carry)
            (t1, carry) = multiplyAdd(t2, multiple, p.l2, carry)
            (t2, carry) = multiplyAdd(t3, multiple, p.l3, carry)
            (t3, carry) = multiplyAdd(t4, multiple, p.l4, carry)
            (t4, carry) = multiplyAdd(t5, multiple, p.l5, carry)
            t5 = t6 &+ carry
            t6 = 0
        }

        /// The element that the sum is after six reductions.
        @inline(__always) var element: Fp { Fp(t0, t1, t2, t3, t4, t5).reducedOnce }
    }

    @inline(never) static func * (left: Fp, right: Fp) -> Fp { product(left, right) }

    @inline(__always) var squared: Fp { self * self }

    /// The product; the factors may be below 2p.
    @inline(__always) static func product(_ left: Fp, _ right: Fp) -> Fp {
        var sum = ProductSum()
        sum.add(left, times: right.l0)
        sum.reduce()
        sum.add(left, times: right.l1)
        sum.reduce()
        sum.add(left, times: right.l2)
        sum.reduce()
        sum.add(left, times: right.l3)
        sum.reduce()
        sum.add(left, times: right.l4)
        sum.reduce()
        sum.add(left, times: right.l5)
        sum.reduce()
        return sum.element
    }

    /// `a` × `b` + `c` × `d` with one reduction.
    @inline(__always) static func sumOfProducts(_ a: Fp, _ b: Fp, _ c: Fp, _ d: Fp) -> Fp {
        var sum = ProductSum()
        @inline(__always) func add(_ limb: (Fp) -> UInt64) {
            sum.add(a, times: limb(b))
            sum.add(c, times: limb(d))
            sum.reduce()
        }
        add { factor in factor.l0 }
        add { factor in factor.l1 }
        add { factor in factor.l2 }
        add { factor in factor.l3 }
        add { factor in factor.l4 }
        add { factor in factor.l5 }
        return sum.element
    }
}

extension Fp {
    /// The power by a public exponent, which is a number and not in Montgomery form.
    ///
    /// The steps depend on the exponent alone: windows of at most five bits that end with a set bit.
    @inline(never) func power(_ exponent: Fp) -> Fp {
        let square = squared
        var odd = InlineArray<16, Fp>(repeating: self)
        for index in 1..<16 { odd[index] = odd[index - 1] * square }

        var result = Fp.one
        var position = 380
        var squarings = 0
        while position >= 0 {
            if exponent.bit(position) == 0 {
                squarings += 1
                position -= 1
                continue
            }
            var low = max(position - 4, 0)
            while exponent.bit(low) == 0 { low += 1 }
            var window = 0
            for index in stride(from: position, through: low, by: -1) {
                window = 2 * window + exponent.bit(index)
            }
            squarings += position - low + 1
            result = result.squared(times: squarings) * odd[window >> 1]
            squarings = 0
            position = low - 1
        }
        return result.squared(times: squarings)
    }

    /// The power by two to the power of a public number; the limbs stay in registers in between.
    @inline(never) private func squared(times count: Int) -> Fp {
        var result = self
        for _ in 0..<count { result = Fp.product(result, result) }
        return result
    }

    /// One bit of the limbs, counted from the lowest.
    private func bit(_ position: Int) -> Int {
        let limb =
            switch position >> 6 {
            case 0: l0
            case 1: l1
            case 2: l2
            case 3: l3
            case 4: l4
            default: l5
            }
        return Int(truncatingIfNeeded: (limb >> UInt64(position & 63)) & 1)
    }

    /// A square root, if there is one; whether there is one shows in the time.
    var squareRoot: Fp? {
        let root = power(.rootExponent)
        return root.squared == self ? root : nil
    }
}
