extension Scalar {
    /// A number below 2^256 as four limbs, not in Montgomery form.
    struct Bits: BitwiseCopyable, Sendable {
        var l0: UInt64
        var l1: UInt64
        var l2: UInt64
        var l3: UInt64

        @inline(__always) init(_ l0: UInt64, _ l1: UInt64, _ l2: UInt64, _ l3: UInt64) {
            self.l0 = l0
            self.l1 = l1
            self.l2 = l2
            self.l3 = l3
        }

        @inline(__always) init(_ limbs: Scalar) {
            self.init(limbs.l0, limbs.l1, limbs.l2, limbs.l3)
        }

        /// A digit from -16 to 16; it may be a secret.
        struct Digit: BitwiseCopyable {
            var magnitude: UInt64
            /// All bits set for a negative digit, none otherwise.
            var isNegative: UInt64
        }

        /// The digits whose sum, times powers of 32, is the number, the lowest first: five bits each, less 32
        /// where the highest of them is set, and one more where the bit below them is (Booth).
        ///
        /// They must reach beyond the highest bit of the number.
        @inline(__always) func digits<let count: Int>() -> InlineArray<count, Digit> {
            var digits = InlineArray<count, Digit>(
                repeating: Digit(magnitude: 0, isNegative: 0)
            )
            var rest = self
            var below: UInt64 = 0
            for index in 0..<count {
                let window = rest.l0 & 31
                let isNegative = 0 &- (window &>> 4)
                let value = window &+ below &+ (isNegative &<< 5)
                digits[index] = Digit(
                    magnitude: (value ^ isNegative) &- isNegative,
                    isNegative: isNegative
                )
                below = window &>> 4
                rest.l0 = rest.l0 &>> 5 | rest.l1 &<< 59
                rest.l1 = rest.l1 &>> 5 | rest.l2 &<< 59
                rest.l2 = rest.l2 &>> 5 | rest.l3 &<< 59
                rest.l3 = rest.l3 &>> 5
            }
            return digits
        }

        /// The limb at a public index 0 … 3.
        @inline(__always) func limb(_ index: Int) -> UInt64 {
            switch index {
            case 0: l0
            case 1: l1
            case 2: l2
            default: l3
            }
        }
    }

    /// k0 and k1, both below 2^128, with k = k0 + k1·x² for the curve's parameter x.
    ///
    /// It is a long division by x², a number of 128 bits: for each bit of the quotient one subtraction
    /// whose result is kept or dropped by a mask.
    var splitByParameterSquare: (low: Bits, high: Bits) {
        let (divisorHigh, divisorLow) = Parameter.magnitude.multipliedFullWidth(
            by: Parameter.magnitude
        )
        let number = canonical
        // What is left of the number stays below x², the highest bit of which is set, so one bit more
        // than 128 is enough.
        var (rest0, rest1) = (number.l2, number.l3)
        var (next0, next1) = (number.l0, number.l1)
        for _ in 0..<128 {
            let top = rest1 &>> 63
            rest1 = rest1 &<< 1 | rest0 &>> 63
            rest0 = rest0 &<< 1 | next1 &>> 63
            next1 = next1 &<< 1 | next0 &>> 63
            next0 = next0 &<< 1
            let (difference0, borrow0) = subtractWithBorrow(rest0, divisorLow, 0)
            let (difference1, borrow1) = subtractWithBorrow(rest1, divisorHigh, borrow0)
            let (_, isLess) = subtractWithBorrow(top, 0, borrow1)
            let keep = opaque(0 &- isLess)
            rest0 = (rest0 & keep) | (difference0 & ~keep)
            rest1 = (rest1 & keep) | (difference1 & ~keep)
            // The quotient comes into the places that the number leaves.
            next0 |= 1 &- isLess
        }
        return (Bits(rest0, rest1, 0, 0), Bits(next0, next1, 0, 0))
    }
}

extension Scalar.Bits {
    /// k0 and k1, both below 2^64, with k = k0 + k1·|x| for the curve's parameter x and a k below x².
    ///
    /// It is the same division as that of a scalar by x².
    var splitByParameter: (low: Scalar.Bits, high: Scalar.Bits) {
        var (rest, next) = (l1, l0)
        for _ in 0..<64 {
            let top = rest &>> 63
            rest = rest &<< 1 | next &>> 63
            let (difference, borrow) = subtractWithBorrow(rest, Parameter.magnitude, 0)
            let (_, isLess) = subtractWithBorrow(top, 0, borrow)
            let keep = opaque(0 &- isLess)
            rest = (rest & keep) | (difference & ~keep)
            next = next &<< 1 | (1 &- isLess)
        }
        return (Scalar.Bits(rest, 0, 0, 0), Scalar.Bits(next, 0, 0, 0))
    }

    /// The digits of the number from the lowest to the highest: zero or odd and at most 15 in
    /// magnitude, with at least four zeros after each odd one; not constant in time.
    var nonAdjacentForm: [Int8] {
        var digits: [Int8] = []
        digits.reserveCapacity(257)
        var rest = self
        while !rest.isZero {
            var digit: Int8 = 0
            if rest.l0 & 1 == 1 {
                digit = Int8(truncatingIfNeeded: rest.l0 & 31)
                if digit > 15 { digit -= 32 }
                rest.subtract(digit)
            }
            digits.append(digit)
            rest.halve()
        }
        return digits
    }

    var isZero: Bool { (l0 | l1 | l2 | l3) == 0 }

    /// Subtracts a small number; scalars are below 2^255, so nothing is lost.
    private mutating func subtract(_ small: Int8) {
        let extended = UInt64(bitPattern: Int64(small))
        let sign = UInt64(bitPattern: Int64(small) >> 63)
        var borrow: UInt64
        (l0, borrow) = subtractWithBorrow(l0, extended, 0)
        (l1, borrow) = subtractWithBorrow(l1, sign, borrow)
        (l2, borrow) = subtractWithBorrow(l2, sign, borrow)
        (l3, _) = subtractWithBorrow(l3, sign, borrow)
    }

    private mutating func halve() {
        l0 = l0 >> 1 | l1 << 63
        l1 = l1 >> 1 | l2 << 63
        l2 = l2 >> 1 | l3 << 63
        l3 >>= 1
    }
}
