/// Reads one value of I-JSON (RFC 8259, RFC 7493) and refuses everything that two readers could take in
/// two ways.
struct JSONParser {
    let bytes: [UInt8]
    let limits: DecodingLimits
    var position = 0

    init(_ bytes: [UInt8], limits: DecodingLimits) throws(JSONError) {
        guard bytes.count <= limits.bytesMax else { throw .tooLarge(position: limits.bytesMax) }
        self.bytes = bytes
        self.limits = limits
    }

    /// Reads the whole text: one value, with white space around it.
    mutating func parse() throws(JSONError) -> JSONValue {
        let value = try readValue(depth: 0)
        skipWhiteSpace()
        guard position == bytes.count else { throw .trailingBytes(position: position) }
        return value
    }

    /// Reads a value and the white space before it.
    private mutating func readValue(depth: Int) throws(JSONError) -> JSONValue {
        skipWhiteSpace()
        switch try peek() {
        case UInt8(ascii: "{"): return .object(try readObject(depth: depth))
        case UInt8(ascii: "["): return .array(try readArray(depth: depth))
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "n"): return try readLiteral("null", JSONValue.null)
        case UInt8(ascii: "f"): return try readLiteral("false", JSONValue.boolean(false))
        case UInt8(ascii: "t"): return try readLiteral("true", JSONValue.boolean(true))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return .number(try readNumber())
        default: throw .unexpectedByte(position: position)
        }
    }

    mutating func readLiteral<Value>(
        _ literal: StaticString,
        _ value: Value
    ) throws(JSONError) -> Value {
        for index in 0..<literal.utf8CodeUnitCount {
            try expect(unsafe literal.utf8Start[index])
        }
        return value
    }

    // MARK: Arrays and objects

    private mutating func readArray(depth: Int) throws(JSONError) -> [JSONValue] {
        guard depth < limits.depthMax else { throw .tooDeep(position: position) }
        try expect(UInt8(ascii: "["))
        var values: [JSONValue] = []
        if try skipIfNext(UInt8(ascii: "]")) { return values }
        while true {
            values.append(try readValue(depth: depth + 1))
            if try skipIfNext(UInt8(ascii: "]")) { return values }
            try expect(UInt8(ascii: ","))
        }
    }

    /// A member and where its name is.
    private struct Located {
        var member: JSONObject.Member
        var position: Int
    }

    private mutating func readObject(depth: Int) throws(JSONError) -> JSONObject {
        guard depth < limits.depthMax else { throw .tooDeep(position: position) }
        try expect(UInt8(ascii: "{"))
        var located: [Located] = []
        if try skipIfNext(UInt8(ascii: "}")) { return JSONObject() }
        repeat {
            if !located.isEmpty { try expect(UInt8(ascii: ",")) }
            skipWhiteSpace()
            let start = position
            let name = try readString()
            skipWhiteSpace()
            try expect(UInt8(ascii: ":"))
            let value = try readValue(depth: depth + 1)
            located.append(Located(member: JSONObject.Member(name, value), position: start))
        } while try !skipIfNext(UInt8(ascii: "}"))
        try sort(&located)
        return JSONObject(ascending: located.map { item in item.member })
    }

    /// Sorts the members and checks that no name occurs twice.
    private func sort(_ located: inout [Located]) throws(JSONError) {
        located.sort { left, right in
            left.member.name == right.member.name
                ? left.position < right.position
                : left.member.name.precedesInUTF16(right.member.name)
        }
        for index in located.indices.dropFirst() {
            guard located[index - 1].member.name != located[index].member.name else {
                throw .duplicateName(position: located[index].position)
            }
        }
    }

    // MARK: Numbers

    private mutating func readNumber() throws(JSONError) -> JSONNumber {
        let start = position
        var decimal = DecimalFraction()
        let isNegative = skip(UInt8(ascii: "-"))
        if !skip(UInt8(ascii: "0")) {
            try readDigits { digit in decimal.append(integerDigit: digit) }
        }
        if skip(UInt8(ascii: ".")) {
            try readDigits { digit in decimal.append(fractionDigit: digit) }
        }
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            let isReduced = skip(UInt8(ascii: "-"))
            if !isReduced { _ = skip(UInt8(ascii: "+")) }
            var power: Int64 = 0
            try readDigits { digit in power = DecimalFraction.bounded(power * 10 + Int64(digit)) }
            decimal.scale(byPowerOfTen: isReduced ? -power : power)
        }
        let value = decimal.nearest
        guard let number = JSONNumber(isNegative ? -value : value) else {
            throw .numberOutOfRange(position: start)
        }
        return number
    }

    /// Reads at least one digit.
    mutating func readDigits(_ take: (UInt8) -> Void) throws(JSONError) {
        let start = position
        while position < bytes.count {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            take(digit)
            position += 1
        }
        guard position > start else { throw unexpected() }
    }

    // MARK: Bytes

    /// The next byte, which must be there.
    func peek() throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw .truncated(position: position) }
        return bytes[position]
    }

    /// What to throw when the next byte cannot stand there, or is missing.
    func unexpected() -> JSONError {
        position < bytes.count
            ? .unexpectedByte(position: position) : .truncated(position: position)
    }

    mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard skip(byte) else { throw unexpected() }
    }

    /// Skips the next byte if it is the given one.
    mutating func skip(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// Skips white space, and then the next byte if it is the given one.
    mutating func skipIfNext(_ byte: UInt8) throws(JSONError) -> Bool {
        skipWhiteSpace()
        guard try peek() == byte else { return false }
        position += 1
        return true
    }

    mutating func skipWhiteSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0a, 0x0d: position += 1
            default: return
            }
        }
    }
}

// MARK: - Strings

extension JSONParser {
    mutating func readString() throws(JSONError) -> Text {
        try expect(UInt8(ascii: "\""))
        var text: [UInt8] = []
        while true {
            takePlain(into: &text)
            switch try peek() {
            case UInt8(ascii: "\""):
                position += 1
                return Text(wellFormed: text)
            case UInt8(ascii: "\\"): try readEscape(into: &text)
            case 0..<0x20: throw .controlCharacter(position: position)
            default:
                let count = WellFormedUTF8.sequenceCount(in: bytes, position..<bytes.count)
                guard count > 0 else { throw .invalidUTF8(position: position) }
                text.append(contentsOf: bytes[position..<position + count])
                position += count
            }
        }
    }

    /// Takes what stands for itself, as far as it is ASCII.
    private mutating func takePlain(into text: inout [UInt8]) {
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            guard 0x20..<0x80 ~= byte, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\")
            else { break }
            position += 1
        }
        if position > start { text.append(contentsOf: bytes[start..<position]) }
    }

    private mutating func readEscape(into text: inout [UInt8]) throws(JSONError) {
        let start = position
        position += 1
        let kind = try peek()
        position += 1
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(kind)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "u"): try readScalar(start: start, into: &text)
        default: throw .invalidEscape(position: start)
        }
    }

    /// Reads the digits of one escape, and a second escape if the first is half of a pair.
    private mutating func readScalar(start: Int, into text: inout [UInt8]) throws(JSONError) {
        var value = try readCodeUnit(start: start)
        if value & 0xf800 == 0xd800 {
            let second = position
            guard value < 0xdc00, skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")) else {
                throw .loneSurrogate(position: start)
            }
            let low = try readCodeUnit(start: second)
            guard low & 0xfc00 == 0xdc00 else { throw .loneSurrogate(position: start) }
            value = 0x1_0000 + (value & 0x3ff) << 10 + low & 0x3ff
        }
        switch value {
        case 0..<0x80: text.append(UInt8(value))
        case 0x80..<0x800:
            text.append(0xc0 | UInt8(value >> 6))
            text.append(Self.continuation(value))
        case 0x800..<0x1_0000:
            text.append(0xe0 | UInt8(value >> 12))
            text.append(Self.continuation(value >> 6))
            text.append(Self.continuation(value))
        default:
            text.append(0xf0 | UInt8(value >> 18))
            text.append(Self.continuation(value >> 12))
            text.append(Self.continuation(value >> 6))
            text.append(Self.continuation(value))
        }
    }

    private static func continuation(_ value: UInt32) -> UInt8 { 0x80 | UInt8(value & 0x3f) }

    /// Reads four hexadecimal digits of the escape at `start`.
    private mutating func readCodeUnit(start: Int) throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch try peek() {
            case let byte where byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"):
                digit = byte - UInt8(ascii: "0")
            case let byte where byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f"):
                digit = byte - UInt8(ascii: "a") + 10
            case let byte where byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "F"):
                digit = byte - UInt8(ascii: "A") + 10
            default: throw .invalidEscape(position: start)
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
