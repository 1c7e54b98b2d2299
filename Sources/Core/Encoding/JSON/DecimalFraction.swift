/// A number as it is written, on its way to the double that is closest to it.
///
/// The conversion is exact for every text and uses integers only, so that it gives the same double on every
/// machine (RFC 8785 needs the one that IEEE 754 rounds to, ties to even).
struct DecimalFraction {
    /// The significant digits, from 0 to 9, without zeros in front.
    private var digits: [UInt8] = []
    /// What the integer made of the digits is to be multiplied with: a power of ten.
    ///
    /// It has 64 bits on every machine; an `Int` has only 32 in WebAssembly.
    private var exponent: Int64 = 0
    /// Whether a digit other than 0 was left out.
    private var isCut = false

    /// More digits than this cannot change the result, except by not being zero: where two doubles meet
    /// there is a number of at most 767 digits.
    private static let digitsMax = 770

    /// Appends a digit of the integer part.
    mutating func append(integerDigit digit: UInt8) {
        if !append(digit) { exponent = Self.bounded(exponent + 1) }
    }

    /// Appends a digit of the fraction.
    mutating func append(fractionDigit digit: UInt8) {
        if append(digit) { exponent = Self.bounded(exponent - 1) }
    }

    /// Multiplies the number with a power of ten.
    mutating func scale(byPowerOfTen power: Int64) { exponent = Self.bounded(exponent + power) }

    /// Keeps an exponent in a range that arithmetic cannot leave; what is beyond is 0 or infinite anyway.
    static func bounded(_ exponent: Int64) -> Int64 { min(max(exponent, -1 << 40), 1 << 40) }

    /// Returns whether the digit was kept, or was a zero in front of all others.
    private mutating func append(_ digit: UInt8) -> Bool {
        if digits.isEmpty, digit == 0 { return true }
        guard digits.count < Self.digitsMax else {
            if digit != 0 { isCut = true }
            return false
        }
        digits.append(digit)
        return true
    }

    /// The closest double; infinite if the number is too large for any.
    var nearest: Double {
        guard !digits.isEmpty else { return 0 }
        // The number is at least 10^(magnitude − 1) and less than 10^magnitude.
        let magnitude = Int64(digits.count) + exponent
        if magnitude > 310 { return .infinity }
        if magnitude < -330 { return 0 }
        if digits.count <= 15, let value = nearestOfShort { return value }
        var numerator = Natural(digits: digits)
        var denominator = Natural(1)
        var power = exponent
        if isCut {
            // One more digit stands for all that were left out: the result lies strictly between.
            numerator.multiply(by: 10, adding: 1)
            power -= 1
        }
        if power >= 0 {
            numerator.multiply(byPowerOfTen: power)
        } else {
            denominator.multiply(byPowerOfTen: -power)
        }
        return Self.quotient(numerator, denominator)
    }

    /// The closest double if the digits and the power of ten are both exact doubles: one rounding remains.
    private var nearestOfShort: Double? {
        guard exponent.magnitude <= 22, !isCut else { return nil }
        var integer: Int64 = 0
        for digit in digits { integer = integer * 10 + Int64(digit) }
        var power = 1.0
        for _ in 0..<exponent.magnitude { power *= 10 }
        return exponent < 0 ? Double(integer) / power : Double(integer) * power
    }

    /// The double closest to a quotient of two numbers above 0.
    private static func quotient(_ dividend: Natural, _ divisor: Natural) -> Double {
        // Scaled to equally many bits, the quotient is above 1/2 and below 2; each round gives one of
        // its first 64 binary digits.
        var rest = dividend
        var divisor = divisor
        let scale = dividend.bitCount - divisor.bitCount
        if scale < 0 { rest.shiftLeft(by: -scale) } else { divisor.shiftLeft(by: scale) }
        var bits: UInt64 = 0
        for _ in 0..<64 {
            bits <<= 1
            if rest.subtract(ifNotLess: divisor) { bits |= 1 }
            rest.shiftLeft(by: 1)
        }
        // Now the number is (bits + something below 1) · 2^(scale − 63); the something matters only if
        // it is not 0, when all other discarded bits are those of a half.
        let shift = bits.leadingZeroBitCount
        bits <<= shift
        if !rest.isZero { bits |= 1 }
        return rounded(bits, exponent: scale - shift)
    }

    /// The double closest to `bits` · 2^(exponent − 63); the highest bit is set.
    private static func rounded(_ bits: UInt64, exponent: Int) -> Double {
        // A double has 53 bits, a subnormal one as many as reach down to 2^-1074.
        let discarded = max(11, -1011 - exponent)
        guard discarded <= 64 else { return 0 }
        var mantissa = discarded == 64 ? 0 : bits >> UInt64(discarded)
        let half: UInt64 = 1 << UInt64(discarded - 1)
        let remainder = discarded == 64 ? bits : bits & (half << 1 - 1)
        if remainder > half || remainder == half && mantissa & 1 == 1 { mantissa += 1 }
        // A carry out of the mantissa goes into the exponent above it, which is then right.
        guard discarded == 11 else { return Double(bitPattern: mantissa) }
        guard exponent <= 1023 else { return .infinity }
        return Double(bitPattern: UInt64(exponent + 1022) << 52 + mantissa)
    }
}

/// An integer of any size, of at least 0; the lowest 32 bits come first and the last part is not 0.
private struct Natural {
    private var parts: [UInt32] = []

    init(_ value: UInt32) { multiply(by: 1, adding: value) }

    init(digits: [UInt8]) {
        for digit in digits { multiply(by: 10, adding: UInt32(digit)) }
    }

    var isZero: Bool { parts.isEmpty }

    var bitCount: Int {
        guard let last = parts.last else { return 0 }
        return parts.count * 32 - last.leadingZeroBitCount
    }

    mutating func multiply(by factor: UInt32, adding term: UInt32) {
        var carry = UInt64(term)
        for index in parts.indices {
            carry += UInt64(parts[index]) * UInt64(factor)
            parts[index] = UInt32(truncatingIfNeeded: carry)
            carry >>= 32
        }
        if carry > 0 { parts.append(UInt32(carry)) }
    }

    mutating func multiply(byPowerOfTen power: Int64) {
        for _ in 0..<power / 9 { multiply(by: 1_000_000_000, adding: 0) }
        for _ in 0..<power % 9 { multiply(by: 10, adding: 0) }
    }

    mutating func shiftLeft(by count: Int) {
        guard !parts.isEmpty else { return }
        let bits = UInt32(count % 32)
        if bits > 0 { multiply(by: 1 << bits, adding: 0) }
        let whole = count / 32
        if whole > 0 { parts.insert(contentsOf: repeatElement(0, count: whole), at: 0) }
    }

    /// Subtracts a number unless that is larger; returns whether it did.
    mutating func subtract(ifNotLess other: Natural) -> Bool {
        guard !isLess(than: other) else { return false }
        var borrow: UInt64 = 0
        for index in parts.indices {
            let subtrahend = UInt64(index < other.parts.count ? other.parts[index] : 0) + borrow
            let minuend = UInt64(parts[index])
            borrow = minuend < subtrahend ? 1 : 0
            parts[index] = UInt32(truncatingIfNeeded: minuend &- subtrahend)
        }
        while parts.last == 0 { parts.removeLast() }
        return true
    }

    private func isLess(than other: Natural) -> Bool {
        if parts.count != other.parts.count { return parts.count < other.parts.count }
        for index in parts.indices.reversed() where parts[index] != other.parts[index] {
            return parts[index] < other.parts[index]
        }
        return false
    }
}
