/// A decimal number as it is written, without rounding: an integer and how many of its digits stand behind the point.
///
/// Prices, quantities and amounts travel in this form, and never as floating point.
public struct ExactDecimal: Equatable, Sendable {
    /// The digits as an integer, with the sign.
    public let coefficient: Int128
    /// How many of the digits stand behind the point; 0 … `placesMax`.
    public let places: Int

    /// Most digits behind the point.
    public static var placesMax: Int { 36 }

    /// Makes a number from its digits; none if `places` is out of range.
    public init?(coefficient: Int128, places: Int) {
        guard 0...Self.placesMax ~= places else { return nil }
        self.coefficient = coefficient
        self.places = places
    }

    /// Reads a number: digits, perhaps with a minus before them, a point among them, and an exponent behind them.
    ///
    /// There is none if the text has another form, or the number does not fit.
    ///
    /// - Parameters:
    ///   - text: In ASCII, in the form that JSON prescribes for numbers (RFC 8259 §6).
    ///   - allowsExponent: Whether `1e3` is a number too.
    /// - Complexity: O(n).
    public init?(_ text: some Collection<UInt8>, allowsExponent: Bool = false) {
        var scanner = Scanner()
        for byte in text {
            guard scanner.take(byte, allowsExponent: allowsExponent) else { return nil }
        }
        guard let number = scanner.number else { return nil }
        self = number
    }

    /// Reads a number of plain digits with an optional point, such as `-12.50`.
    public init?(_ text: String) { self.init(text.utf8) }

    /// The number as an integer of units of which 10 to the power of `places` make one; none if it is none, or too large.
    public func scaled(toPlaces places: Int) -> Int128? {
        var value = coefficient
        var distance = places - self.places
        while distance > 0 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            value = product
            distance -= 1
        }
        while distance < 0 {
            let (quotient, remainder) = value.quotientAndRemainder(dividingBy: 10)
            if remainder != 0 { return nil }
            value = quotient
            distance += 1
        }
        return value
    }

    /// The number without zeros at the end of its fraction.
    public var reduced: ExactDecimal {
        var value = coefficient
        var places = places
        while places > 0, value % 10 == 0 {
            value /= 10
            places -= 1
        }
        return ExactDecimal(coefficient: value, placesInRange: places)
    }

    /// The number with all its places, such as `12.50`, in ASCII.
    public var text: [UInt8] {
        var text: [UInt8] = []
        Self.append(coefficient, places: places, to: &text)
        return text
    }

    /// Appends an integer as a decimal number with so many of its digits behind the point.
    ///
    /// - Complexity: O(number of digits).
    public static func append(_ value: Int128, places: Int, to text: inout [UInt8]) {
        if value < 0 { text.append(UInt8(ascii: "-")) }
        let start = text.count
        if let small = UInt64(exactly: value.magnitude) {
            appendReversed(small, places: places, to: &text)
        } else {
            var count = 0
            var rest = value.magnitude
            while rest > 0 || count <= places {
                if count == places, count > 0 { text.append(UInt8(ascii: ".")) }
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                text.append(UInt8(ascii: "0") + UInt8(digit))
                rest = quotient
                count += 1
            }
        }
        // Reversing a slice would copy it.
        var (low, high) = (start, text.count - 1)
        while low < high {
            text.swapAt(low, high)
            low += 1
            high -= 1
        }
    }

    private static func appendReversed(
        _ value: UInt64,
        places: Int,
        to text: inout [UInt8]
    ) {
        var rest = value
        var count = 0
        while rest > 0 || count <= places {
            if count == places, count > 0 { text.append(UInt8(ascii: ".")) }
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
            count += 1
        }
    }

    private init(coefficient: Int128, placesInRange places: Int) {
        self.coefficient = coefficient
        self.places = places
    }

    /// Takes a number apart byte by byte.
    private struct Scanner {
        private enum Stage { case start, sign, zero, digits, point, fraction, letter, power, sized }

        private var stage = Stage.start
        private var isNegative = false
        private var isPowerNegative = false
        private var value: Int128 = 0
        private var places = 0
        private var power = 0

        mutating func take(_ byte: UInt8, allowsExponent: Bool) -> Bool {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                return take(digit: Int128(byte - UInt8(ascii: "0")))
            case UInt8(ascii: "-") where stage == .start:
                isNegative = true
                stage = .sign
            case UInt8(ascii: ".") where stage == .zero || stage == .digits: stage = .point
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                guard allowsExponent, [.zero, .digits, .fraction].contains(stage) else {
                    return false
                }
                stage = .letter
            case UInt8(ascii: "+") where stage == .letter: stage = .power
            case UInt8(ascii: "-") where stage == .letter:
                isPowerNegative = true
                stage = .power
            default: return false
            }
            return true
        }

        private mutating func take(digit: Int128) -> Bool {
            switch stage {
            case .start, .sign:
                stage = digit == 0 ? .zero : .digits
                value = digit
                return true
            case .zero: return false
            case .digits: break
            case .point, .fraction:
                stage = .fraction
                places += 1
                if places > ExactDecimal.placesMax { return false }
            case .letter, .power, .sized:
                stage = .sized
                power = power * 10 + Int(digit)
                return power <= 64
            }
            let (tenfold, first) = value.multipliedReportingOverflow(by: 10)
            let (sum, second) = tenfold.addingReportingOverflow(digit)
            value = sum
            return !first && !second
        }

        /// The number if it is complete and fits.
        var number: ExactDecimal? {
            guard [.zero, .digits, .fraction, .sized].contains(stage) else { return nil }
            let signed = isNegative ? -value : value
            let shifted = places - (isPowerNegative ? -power : power)
            if shifted >= 0 { return ExactDecimal(coefficient: signed, places: shifted) }
            let whole = ExactDecimal(coefficient: signed, placesInRange: 0)
            guard let value = whole.scaled(toPlaces: -shifted) else { return nil }
            return ExactDecimal(coefficient: value, places: 0)
        }
    }
}
