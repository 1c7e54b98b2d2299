/// One line of an element set, whose fields are read by their columns.
struct ElementLine {
    /// Which of the two lines it is, 1 or 2.
    let number: Int
    private let characters: [UInt8]

    static let characterCount = 69

    /// Checks what both lines share: their length, characters, number, blanks and checksum.
    init(_ characters: [UInt8], number: Int, separators: [Int]) throws(ElementSetError) {
        guard characters.count == Self.characterCount else {
            throw .wrongLength(line: number, count: characters.count)
        }
        self.number = number
        self.characters = characters
        for column in 1...Self.characterCount where !(0x20...0x7e).contains(self[column]) {
            throw .notASCII(line: number, column: column)
        }
        guard self[1] == UInt8(ascii: "0") + UInt8(number) else {
            throw .malformed(line: number, column: 1, field: .lineNumber)
        }
        for column in separators where self[column] != UInt8(ascii: " ") {
            throw .malformed(line: number, column: column, field: .separator)
        }
        try checkSum()
    }

    /// The character at a column, counted from 1.
    subscript(column: Int) -> UInt8 { characters[column - 1] }

    /// The digit at a column; none if there is another character.
    private func digit(_ column: Int) -> UInt8? {
        let value = self[column] &- UInt8(ascii: "0")
        return value <= 9 ? value : nil
    }

    /// The checksum is the sum of all digits, a minus counting as 1, modulo 10.
    private func checkSum() throws(ElementSetError) {
        guard let found = digit(Self.characterCount) else {
            throw .malformed(line: number, column: Self.characterCount, field: .checksum)
        }
        var sum = 0
        for column in 1..<Self.characterCount {
            if let digit = digit(column) {
                sum += Int(digit)
            } else if self[column] == UInt8(ascii: "-") {
                sum += 1
            }
        }
        let expected = UInt8(sum % 10)
        guard found == expected else {
            throw .wrongChecksum(line: number, found: found, expected: expected)
        }
    }

    /// The number that the digits of some columns make; blanks may stand before the first digit.
    ///
    /// - Parameters:
    ///   - columns: The columns of the field.
    ///   - field: What the field is, for the error.
    ///   - canBeBlank: Whether the whole field may be blank, which counts as 0.
    /// - Returns: The number.
    /// - Throws: `malformed` for the first character that cannot stand there.
    func integer(
        _ columns: ClosedRange<Int>,
        _ field: ElementSetError.Field,
        canBeBlank: Bool = false
    ) throws(ElementSetError) -> UInt64 {
        var value: UInt64 = 0
        var hasDigit = false
        for column in columns {
            if let digit = digit(column) {
                value = value * 10 + UInt64(digit)
                hasDigit = true
            } else if hasDigit || self[column] != UInt8(ascii: " ") {
                throw .malformed(line: number, column: column, field: field)
            }
        }
        guard hasDigit || canBeBlank else {
            throw .malformed(line: number, column: columns.lowerBound, field: field)
        }
        return value
    }

    /// A number with a point at a given column, without the point; the digits behind it are all there.
    func fixed(
        _ columns: ClosedRange<Int>,
        point: Int,
        _ field: ElementSetError.Field
    ) throws(ElementSetError) -> UInt64 {
        guard self[point] == UInt8(ascii: ".") else {
            throw .malformed(line: number, column: point, field: field)
        }
        let whole =
            point == columns.lowerBound
            ? 0 : try integer(columns.lowerBound...(point - 1), field, canBeBlank: true)
        guard digit(point + 1) != nil else {
            throw .malformed(line: number, column: point + 1, field: field)
        }
        var scale: UInt64 = 1
        for _ in point..<columns.upperBound { scale *= 10 }
        return try whole * scale + integer((point + 1)...columns.upperBound, field)
    }

    /// Whether the number at a column is negative; a blank and a plus say it is not.
    func isNegative(
        _ column: Int,
        _ field: ElementSetError.Field
    ) throws(ElementSetError) -> Bool {
        switch self[column] {
        case UInt8(ascii: "-"): return true
        case UInt8(ascii: " "), UInt8(ascii: "+"): return false
        default: throw .malformed(line: number, column: column, field: field)
        }
    }

    /// A number such as ` 28338-4`, which stands for 0.28338 · 10⁻⁴.
    func exponential(
        at start: Int,
        _ field: ElementSetError.Field
    ) throws(ElementSetError) -> Double {
        let negative = try isNegative(start, field)
        let digits = try Double(integer((start + 1)...(start + 5), field))
        let downwards = try isNegative(start + 6, field)
        let exponent = try integer((start + 7)...(start + 7), field)
        var scale = 1.0
        for _ in 0..<exponent { scale *= 10 }
        let value = downwards ? digits / (100_000 * scale) : digits * scale / 100_000
        return negative ? -value : value
    }

    /// The catalogue number at columns 3 to 7.
    ///
    /// From 100,000 on its first character is a letter: A for 10, and so on without I and O ("Alpha-5", as
    /// Space-Track describes it).
    func satellite() throws(ElementSetError) -> UInt32 {
        let first = self[3]
        guard first >= UInt8(ascii: "A"), first <= UInt8(ascii: "Z") else {
            return try UInt32(integer(3...7, .satellite))
        }
        guard first != UInt8(ascii: "I"), first != UInt8(ascii: "O") else {
            throw .malformed(line: number, column: 3, field: .satellite)
        }
        var tens = UInt32(first - UInt8(ascii: "A")) + 10
        if first > UInt8(ascii: "I") { tens -= 1 }
        if first > UInt8(ascii: "O") { tens -= 1 }
        for column in 4...7 where digit(column) == nil {
            throw .malformed(line: number, column: column, field: .satellite)
        }
        return try tens * 10_000 + UInt32(integer(4...7, .satellite))
    }
}
