/// A value of JSON whose numbers are decimal numbers as they are written, for requests about money.
///
/// It is as strict as `JSONValue` (I-JSON, RFC 7493): no name twice, well-formed UTF-8, bounded size and depth.
public indirect enum ExactJSON: Equatable, Sendable {
    /// The absence of a value.
    case null
    /// False or true.
    case boolean(Bool)
    /// A decimal number.
    case number(ExactDecimal)
    /// A text without lone surrogates.
    case string(String)
    /// A sequence of values.
    case array([ExactJSON])
    /// Values by name, in the order in which they were written; no name is there twice.
    case object([Member])

    /// A name with its value.
    public struct Member: Equatable, Sendable {
        /// The name.
        public let name: String
        /// The value.
        public let value: ExactJSON

        /// Makes a member.
        public init(_ name: String, _ value: ExactJSON) {
            self.name = name
            self.value = value
        }
    }

    /// Reads the one value that some bytes are the text of.
    ///
    /// - Throws: What is wrong; `numberOutOfRange` for a number that is too long to be exact.
    /// - Complexity: O(n), and O(m²) for the m names of an object.
    public init(
        decoding bytes: [UInt8],
        limits: DecodingLimits = .standard
    ) throws(JSONError) {
        var parser = try JSONParser(bytes, limits: limits)
        self = try parser.parseExact()
    }

    /// The value of a name, if this is an object that has it.
    public subscript(name: String) -> ExactJSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { member in member.name == name }?.value
    }

    /// The text, if it is one.
    public var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The values, if it is an array.
    public var array: [ExactJSON]? {
        guard case .array(let values) = self else { return nil }
        return values
    }
}

extension JSONParser {
    /// Most members of an object and values of an array: each new name is compared with all others.
    private static var itemsMax: Int { 4_096 }

    /// Reads the whole text: one value, with white space around it.
    fileprivate mutating func parseExact() throws(JSONError) -> ExactJSON {
        let value = try readExact(depth: 0)
        skipWhiteSpace()
        guard position == bytes.count else { throw .trailingBytes(position: position) }
        return value
    }

    private mutating func readExact(depth: Int) throws(JSONError) -> ExactJSON {
        skipWhiteSpace()
        switch try peek() {
        case UInt8(ascii: "{"): return .object(try readMembers(depth: depth))
        case UInt8(ascii: "["): return .array(try readValues(depth: depth))
        case UInt8(ascii: "\""): return .string(try readString().string)
        case UInt8(ascii: "n"): return try readLiteral("null", ExactJSON.null)
        case UInt8(ascii: "f"): return try readLiteral("false", ExactJSON.boolean(false))
        case UInt8(ascii: "t"): return try readLiteral("true", ExactJSON.boolean(true))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return .number(try readDecimal())
        default: throw .unexpectedByte(position: position)
        }
    }

    private mutating func readValues(depth: Int) throws(JSONError) -> [ExactJSON] {
        guard depth < limits.depthMax else { throw .tooDeep(position: position) }
        try expect(UInt8(ascii: "["))
        var values: [ExactJSON] = []
        if try skipIfNext(UInt8(ascii: "]")) { return values }
        while true {
            guard values.count < Self.itemsMax else { throw .tooLarge(position: position) }
            values.append(try readExact(depth: depth + 1))
            if try skipIfNext(UInt8(ascii: "]")) { return values }
            try expect(UInt8(ascii: ","))
        }
    }

    private mutating func readMembers(depth: Int) throws(JSONError) -> [ExactJSON.Member] {
        guard depth < limits.depthMax else { throw .tooDeep(position: position) }
        try expect(UInt8(ascii: "{"))
        var members: [ExactJSON.Member] = []
        if try skipIfNext(UInt8(ascii: "}")) { return members }
        repeat {
            guard members.count < Self.itemsMax else { throw .tooLarge(position: position) }
            if !members.isEmpty { try expect(UInt8(ascii: ",")) }
            skipWhiteSpace()
            let start = position
            let name = try readString().string
            guard !members.contains(where: { member in member.name.utf8.elementsEqual(name.utf8) })
            else { throw .duplicateName(position: start) }
            skipWhiteSpace()
            try expect(UInt8(ascii: ":"))
            members.append(ExactJSON.Member(name, try readExact(depth: depth + 1)))
        } while try !skipIfNext(UInt8(ascii: "}"))
        return members
    }

    private mutating func readDecimal() throws(JSONError) -> ExactDecimal {
        let start = position
        _ = skip(UInt8(ascii: "-"))
        if !skip(UInt8(ascii: "0")) { try readDigits { _ in } }
        if skip(UInt8(ascii: ".")) { try readDigits { _ in } }
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            if !skip(UInt8(ascii: "-")) { _ = skip(UInt8(ascii: "+")) }
            try readDigits { _ in }
        }
        guard let number = ExactDecimal(bytes[start..<position], allowsExponent: true) else {
            throw .numberOutOfRange(position: start)
        }
        return number
    }
}
