extension Ed25519 {
    /// 256 bits, the lowest word first.
    typealias Words = (UInt64, UInt64, UInt64, UInt64)

    /// A number below the order L = 2^252 + 27742317777372353535851937790883648493 of the base point.
    struct Scalar: BitwiseCopyable, Sendable {
        let words: Words

        /// Takes the second half of a signature.
        ///
        /// - Returns: Nothing if it is not below L (RFC 8032 §5.1.7 step 1).
        init?(canonical words: Words) {
            let order = Self.order
            var borrow = false
            (_, borrow) = words.0.subtractingReportingOverflow(order.0)
            (_, borrow) = Self.subtract(words.1, order.1, borrow)
            (_, borrow) = Self.subtract(words.2, order.2, borrow)
            (_, borrow) = Self.subtract(words.3, order.3, borrow)
            guard borrow else { return nil }
            self.words = words
        }

        /// Takes a digest as a number, its first byte lowest, modulo L.
        init(reducing digest: SHA512.Digest) {
            let digest = digest.words
            var rest: Words = (0, 0, 0, 0)
            for word in [
                digest.7, digest.6, digest.5, digest.4, digest.3, digest.2, digest.1, digest.0,
            ] {
                Self.shiftIn(UInt32(truncatingIfNeeded: word >> 32), to: &rest)
                Self.shiftIn(UInt32(truncatingIfNeeded: word), to: &rest)
            }
            words = rest
        }

        private static var order: Words {
            (0x5812_631a_5cf5_d3ed, 0x14de_f9de_a2f7_9cd6, 0, 0x1000_0000_0000_0000)
        }

        /// Makes a number below L into 2^32 times itself plus some more bits, modulo L.
        private static func shiftIn(_ low: UInt32, to rest: inout Words) {
            // The number without its bits from 252 on, and those as the quotient by 2^252. L is larger than
            // 2^252 by less than 2^125, so taking the quotient times L from the number gives what should
            // come out, or L less than that.
            let quotient = rest.3 >> 28
            let shifted = (
                rest.0 << 32 | UInt64(low),
                rest.1 << 32 | rest.0 >> 32,
                rest.2 << 32 | rest.1 >> 32,
                (rest.3 << 32 | rest.2 >> 32) & (1 << 60 - 1)
            )
            let low = order.0.multipliedFullWidth(by: quotient)
            let high = order.1.multipliedFullWidth(by: quotient)
            let (second, carry) = high.low.addingReportingOverflow(low.high)
            let third = high.high + (carry ? 1 : 0)
            var borrow = false
            (rest.0, borrow) = shifted.0.subtractingReportingOverflow(low.low)
            (rest.1, borrow) = subtract(shifted.1, second, borrow)
            (rest.2, borrow) = subtract(shifted.2, third, borrow)
            (rest.3, borrow) = subtract(shifted.3, 0, borrow)
            guard borrow else { return }
            var carried = false
            (rest.0, carried) = rest.0.addingReportingOverflow(order.0)
            (rest.1, carried) = add(rest.1, order.1, carried)
            (rest.2, carried) = add(rest.2, order.2, carried)
            (rest.3, _) = add(rest.3, order.3, carried)
        }

        private static func subtract(
            _ left: UInt64,
            _ right: UInt64,
            _ borrow: Bool
        ) -> (UInt64, Bool) {
            let (first, overflow) = left.subtractingReportingOverflow(right)
            let (second, another) = first.subtractingReportingOverflow(borrow ? 1 : 0)
            return (second, overflow || another)
        }

        private static func add(
            _ left: UInt64,
            _ right: UInt64,
            _ carry: Bool
        ) -> (UInt64, Bool) {
            let (first, overflow) = left.addingReportingOverflow(right)
            let (second, another) = first.addingReportingOverflow(carry ? 1 : 0)
            return (second, overflow || another)
        }
    }
}

extension Ed25519.Scalar {
    /// The digits of a number in base 2, the lowest first, where each is zero or odd with an absolute value
    /// below 2^(width - 1), and no two of `width` neighbours are both not zero (the width-w NAF).
    struct Digits {
        private var digits = InlineArray<256, Int8>(repeating: 0)
        /// The place of the highest digit that is not zero; -1 for the number zero.
        private(set) var highest = -1

        /// Finds the digits for a width from 2 to 8.
        init(_ scalar: Ed25519.Scalar, width: UInt64) {
            let words: InlineArray<5, UInt64> = [
                scalar.words.0, scalar.words.1, scalar.words.2, scalar.words.3, 0,
            ]
            let window: UInt64 = 1 &<< width
            var carry: UInt64 = 0
            var place: UInt64 = 0
            while place < 256 {
                let (word, bit) = (Int(place &>> 6), place & 63)
                var bits = words[word] &>> bit
                if bit &+ width > 64 { bits |= words[word + 1] &<< (64 &- bit) }
                let value = carry &+ bits & (window &- 1)
                if value & 1 == 0 {
                    // The carry is added where the next digit begins.
                    place &+= 1
                    continue
                }
                carry = value &>> (width &- 1)
                let digit = Int64(value) &- Int64(carry &<< width)
                digits[Int(place)] = Int8(truncatingIfNeeded: digit)
                highest = Int(place)
                place &+= width
            }
        }

        subscript(place: Int) -> Int { Int(digits[place]) }
    }
}
