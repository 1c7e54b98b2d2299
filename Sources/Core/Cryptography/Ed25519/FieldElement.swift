extension Ed25519 {
    /// A number modulo p = 2^255 - 19 in five limbs of 51 bits, the lowest first.
    ///
    /// The limbs may be somewhat larger than 51 bits. Products leave them below 2^51 + 2^13; every operation
    /// says what it takes and leaves, so that nothing here can overflow.
    struct FieldElement: BitwiseCopyable, Sendable {
        var l0: UInt64
        var l1: UInt64
        var l2: UInt64
        var l3: UInt64
        var l4: UInt64

        @inline(__always)
        init(_ l0: UInt64, _ l1: UInt64, _ l2: UInt64, _ l3: UInt64, _ l4: UInt64) {
            self.l0 = l0
            self.l1 = l1
            self.l2 = l2
            self.l3 = l3
            self.l4 = l4
        }

        static var zero: FieldElement {
            @inline(__always) get { FieldElement(0, 0, 0, 0, 0) }
        }

        static var one: FieldElement {
            @inline(__always) get { FieldElement(1, 0, 0, 0, 0) }
        }

        /// The bits of one limb.
        static var mask: UInt64 {
            @inline(__always) get { 1 << 51 - 1 }
        }
    }
}

extension Ed25519.FieldElement {
    typealias FieldElement = Ed25519.FieldElement

    /// Reads 255 bits, the lowest word first; the highest bit of the last word is ignored.
    init(words: Ed25519.Words) {
        let mask = Self.mask
        self.init(
            words.0 & mask,
            (words.0 &>> 51 | words.1 &<< 13) & mask,
            (words.1 &>> 38 | words.2 &<< 26) & mask,
            (words.2 &>> 25 | words.3 &<< 39) & mask,
            (words.3 &>> 12) & mask
        )
    }

    /// The number itself, from 0 to p - 1, the lowest word first; takes limbs below 2^63.
    var words: Ed25519.Words {
        var (a, b, c, d, e) = (l0, l1, l2, l3, l4)
        // Twice, because the first carries may leave a limb of 51 bits and a little.
        for _ in 0..<2 {
            b &+= a &>> 51
            c &+= b &>> 51
            d &+= c &>> 51
            e &+= d &>> 51
            a = (a & Self.mask) &+ 19 &* (e &>> 51)
            b &= Self.mask
            c &= Self.mask
            d &= Self.mask
            e &= Self.mask
        }
        // Now it is below 2^255 + 19 · 2^13, so p fits into it at most once; adding 19 shows whether.
        var quotient = (a &+ 19) &>> 51
        quotient = (b &+ quotient) &>> 51
        quotient = (c &+ quotient) &>> 51
        quotient = (d &+ quotient) &>> 51
        quotient = (e &+ quotient) &>> 51
        a &+= 19 &* quotient
        b &+= a &>> 51
        c &+= b &>> 51
        d &+= c &>> 51
        e &+= d &>> 51
        a &= Self.mask
        b &= Self.mask
        c &= Self.mask
        d &= Self.mask
        e &= Self.mask
        return (
            a | b &<< 51,
            b &>> 13 | c &<< 38,
            c &>> 26 | d &<< 25,
            d &>> 39 | e &<< 12
        )
    }

    var isZero: Bool { words == (0, 0, 0, 0) }

    /// Whether the number from 0 to p - 1 is odd, which is the sign of an x coordinate (RFC 8032 §5.1.2).
    var isOdd: Bool { words.0 & 1 == 1 }

    static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    /// The sum, each limb the sum of two.
    @inline(__always) static func + (left: Self, right: Self) -> Self {
        FieldElement(
            left.l0 &+ right.l0,
            left.l1 &+ right.l1,
            left.l2 &+ right.l2,
            left.l3 &+ right.l3,
            left.l4 &+ right.l4
        )
    }

    /// The difference.
    ///
    /// It takes a right side with limbs up to 2^53 - 76, and adds less than 2^53 to the left ones: 4p, so
    /// that no limb becomes negative.
    @inline(__always) static func - (left: Self, right: Self) -> Self {
        let lowest: UInt64 = 1 << 53 - 76
        let others: UInt64 = 1 << 53 - 4
        return FieldElement(
            left.l0 &+ lowest &- right.l0,
            left.l1 &+ others &- right.l1,
            left.l2 &+ others &- right.l2,
            left.l3 &+ others &- right.l3,
            left.l4 &+ others &- right.l4
        )
    }

    @inline(__always) static prefix func - (value: Self) -> Self { zero - value }

    /// The product; takes limbs below 2^54 and leaves limbs below 2^51 + 2^13.
    @inline(__always) static func * (left: Self, right: Self) -> Self {
        let (a0, a1, a2, a3, a4) = (left.l0, left.l1, left.l2, left.l3, left.l4)
        let (b0, b1, b2, b3, b4) = (right.l0, right.l1, right.l2, right.l3, right.l4)
        // 2^255 is 19 modulo p, so what would be the limbs 5 … 8 comes back below times 19.
        let (b1r, b2r, b3r, b4r) = (19 &* b1, 19 &* b2, 19 &* b3, 19 &* b4)
        return FieldElement(
            carrying:
                wide(a0, b0) &+ wide(a1, b4r) &+ wide(a2, b3r) &+ wide(a3, b2r) &+ wide(a4, b1r),
            wide(a0, b1) &+ wide(a1, b0) &+ wide(a2, b4r) &+ wide(a3, b3r) &+ wide(a4, b2r),
            wide(a0, b2) &+ wide(a1, b1) &+ wide(a2, b0) &+ wide(a3, b4r) &+ wide(a4, b3r),
            wide(a0, b3) &+ wide(a1, b2) &+ wide(a2, b1) &+ wide(a3, b0) &+ wide(a4, b4r),
            wide(a0, b4) &+ wide(a1, b3) &+ wide(a2, b2) &+ wide(a3, b1) &+ wide(a4, b0)
        )
    }

    /// The square; takes limbs below 2^54 and leaves limbs below 2^51 + 2^13.
    var squared: Self {
        @inline(__always) get {
            let (d0, d1, d2) = (2 &* l0, 2 &* l1, 2 &* l2)
            let (l3r, l4r) = (19 &* l3, 19 &* l4)
            return FieldElement(
                carrying: Self.wide(l0, l0) &+ Self.wide(d1, l4r) &+ Self.wide(d2, l3r),
                Self.wide(d0, l1) &+ Self.wide(d2, l4r) &+ Self.wide(l3, l3r),
                Self.wide(d0, l2) &+ Self.wide(l1, l1) &+ Self.wide(2 &* l3, l4r),
                Self.wide(d0, l3) &+ Self.wide(d1, l2) &+ Self.wide(l4, l4r),
                Self.wide(d0, l4) &+ Self.wide(d1, l3) &+ Self.wide(l2, l2)
            )
        }
    }

    /// Carries sums of five products, each of them below 2^113, from limb to limb.
    @inline(__always)
    private init(carrying r0: UInt128, _ r1: UInt128, _ r2: UInt128, _ r3: UInt128, _ r4: UInt128) {
        let r1 = r1 &+ r0 &>> 51
        let r2 = r2 &+ r1 &>> 51
        let r3 = r3 &+ r2 &>> 51
        let r4 = r4 &+ r3 &>> 51
        // The highest sum has no product times 19, so its carry stays below 2^60 and 19 times it fits.
        let carry = UInt64(truncatingIfNeeded: r4 &>> 51)
        let lowest = (UInt64(truncatingIfNeeded: r0) & Self.mask) &+ 19 &* carry
        self.init(
            lowest & Self.mask,
            (UInt64(truncatingIfNeeded: r1) & Self.mask) &+ lowest &>> 51,
            UInt64(truncatingIfNeeded: r2) & Self.mask,
            UInt64(truncatingIfNeeded: r3) & Self.mask,
            UInt64(truncatingIfNeeded: r4) & Self.mask
        )
    }

    /// The product of two limbs in full.
    @inline(__always) private static func wide(_ left: UInt64, _ right: UInt64) -> UInt128 {
        #if arch(wasm32)
            // WebAssembly multiplies 64 by 64 bits to the low 64 only: four products of halves.
            let (leftLow, leftHigh) = (left & 0xffff_ffff, left &>> 32)
            let (rightLow, rightHigh) = (right & 0xffff_ffff, right &>> 32)
            let first = leftLow &* rightLow
            let second = leftHigh &* rightLow &+ (first &>> 32)
            let third = leftLow &* rightHigh &+ (second & 0xffff_ffff)
            let low = third &<< 32 | first & 0xffff_ffff
            let high = leftHigh &* rightHigh &+ (second &>> 32) &+ (third &>> 32)
            return UInt128(truncatingIfNeeded: high) &<< 64 | UInt128(truncatingIfNeeded: low)
        #else
            return UInt128(truncatingIfNeeded: left) &* UInt128(truncatingIfNeeded: right)
        #endif
    }

    /// The square of the square and so on.
    private func squared(times: Int) -> Self {
        var value = self
        for _ in 0..<times { value = value.squared }
        return value
    }

    /// The power 2^250 - 1 and the power 11, from which the exponents below are made.
    private var powers: (of2To250Minus1: Self, of11: Self) {
        let two = squared
        let nine = two.squared(times: 2) * self
        let eleven = nine * two
        // Each name says how many low bits of the exponent are set.
        let bits5 = eleven.squared * nine
        let bits10 = bits5.squared(times: 5) * bits5
        let bits20 = bits10.squared(times: 10) * bits10
        let bits40 = bits20.squared(times: 20) * bits20
        let bits50 = bits40.squared(times: 10) * bits10
        let bits100 = bits50.squared(times: 50) * bits50
        let bits200 = bits100.squared(times: 100) * bits100
        return (bits200.squared(times: 50) * bits50, eleven)
    }

    /// The inverse, by the power p - 2 = 2^255 - 21; zero for zero.
    var inverse: Self {
        let powers = powers
        return powers.of2To250Minus1.squared(times: 5) * powers.of11
    }

    /// The power (p - 5) / 8 = 2^252 - 3.
    private var power58: Self { powers.of2To250Minus1.squared(times: 2) * self }

    /// A square root of `numerator` / `denominator`, if there is one (RFC 8032 §5.1.3 step 3).
    static func squareRoot(of numerator: Self, over denominator: Self) -> Self? {
        let cube = denominator.squared * denominator
        let seventh = cube.squared * denominator
        let candidate = numerator * cube * (numerator * seventh).power58
        let check = denominator * candidate.squared
        if check == numerator { return candidate }
        // The other candidate differs by a square root of -1.
        return (check + numerator).isZero ? candidate * squareRootOfMinusOne : nil
    }
}

extension Ed25519.FieldElement {
    /// 2^((p - 1) / 4).
    private static var squareRootOfMinusOne: Self {
        FieldElement(
            0x0006_1b27_4a0e_a0b0,
            0x0000_d5a5_fc8f_189d,
            0x0007_ef5e_9cbd_0c60,
            0x0007_8595_a680_4c9e,
            0x0002_b832_4804_fc1d
        )
    }
}
