/// A number of JSON: a finite double, as ECMAScript has it.
///
/// Amounts of money are not numbers in JSON but texts of digits: a double holds only 53 bits.
public struct JSONNumber: Equatable, Sendable {
    /// The number.
    public let value: Double

    /// The largest integer such that it and all smaller ones are exact (RFC 7493 §2.2).
    public static var safeIntegerMax: Int64 { 1 << 53 - 1 }

    /// Makes a number from a double; none if it is infinite or no number.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        self.value = value
    }

    /// Makes a number from an integer; none if it is beyond ±`safeIntegerMax`.
    public init?(exactly integer: Int64) {
        guard integer.magnitude <= Self.safeIntegerMax.magnitude else { return nil }
        value = Double(integer)
    }

    /// The number as an integer; none if it has a fraction or is beyond ±`safeIntegerMax`.
    public var integer: Int64? {
        guard value.magnitude <= Double(Self.safeIntegerMax) else { return nil }
        let integer = Int64(value)
        return Double(integer) == value ? integer : nil
    }

    /// The number as ECMAScript writes it (RFC 8785 §3.2.2.3), in ASCII.
    public var text: [UInt8] {
        var text: [UInt8] = []
        append(to: &text)
        return text
    }

    /// Appends the number as ECMAScript writes it (`Number::toString` in ECMA-262).
    func append(to text: inout [UInt8]) {
        if let integer { return Self.append(integer: integer, to: &text) }
        if value < 0 { text.append(UInt8(ascii: "-")) }
        let decimal = ShortestDecimal(value.magnitude)
        let digits = decimal.digits
        let point = decimal.point
        switch point {
        case digits.count...21:
            text.append(contentsOf: digits)
            Self.append(zeros: point - digits.count, to: &text)
        case 1...21:
            text.append(contentsOf: digits[..<point])
            text.append(UInt8(ascii: "."))
            text.append(contentsOf: digits[point...])
        case -5...0:
            text.append(UInt8(ascii: "0"))
            text.append(UInt8(ascii: "."))
            Self.append(zeros: -point, to: &text)
            text.append(contentsOf: digits)
        default:
            text.append(digits[0])
            if digits.count > 1 {
                text.append(UInt8(ascii: "."))
                text.append(contentsOf: digits[1...])
            }
            text.append(UInt8(ascii: "e"))
            if point > 0 { text.append(UInt8(ascii: "+")) }
            Self.append(integer: Int64(point - 1), to: &text)
        }
    }

    private static func append(integer: Int64, to text: inout [UInt8]) {
        if integer < 0 { text.append(UInt8(ascii: "-")) }
        let start = text.count
        var rest = integer.magnitude
        repeat {
            text.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        text[start...].reverse()
    }

    private static func append(zeros count: Int, to text: inout [UInt8]) {
        for _ in 0..<count { text.append(UInt8(ascii: "0")) }
    }
}

/// The fewest digits that stand for a double and no other one, of those the closest to it.
private struct ShortestDecimal {
    /// At least one digit in ASCII, without zeros at either end.
    var digits: [UInt8] = []
    /// How many digits stand before the decimal point; negative if zeros stand behind it.
    var point = 0

    /// Takes the digits from the standard library, whose descriptions of doubles have exactly these.
    ///
    /// A description such as `1.25e-07` or `150.0` is taken apart; how it places the point is not relied on.
    init(_ value: Double) {
        precondition(value > 0)
        precondition(value.isFinite)
        var integerDigits: Int?
        var exponent = 0
        var exponentIsNegative = false
        var isExponent = false
        for character in value.description.utf8 {
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9") where isExponent:
                exponent = exponent * 10 + Int(character - UInt8(ascii: "0"))
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.append(character)
            case UInt8(ascii: "."): integerDigits = digits.count
            case UInt8(ascii: "-"): exponentIsNegative = true
            case UInt8(ascii: "e"): isExponent = true
            default: precondition(character == UInt8(ascii: "+"))
            }
        }
        point = (integerDigits ?? digits.count) + (exponentIsNegative ? -exponent : exponent)
        let zero = UInt8(ascii: "0")
        while let last = digits.last, last == zero { digits.removeLast() }
        let leading = digits.prefix { digit in digit == zero }.count
        digits.removeFirst(leading)
        point -= leading
        precondition(!digits.isEmpty)
    }
}
