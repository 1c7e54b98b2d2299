extension JSONValue {
    /// Reads the one value that some bytes are the text of, in any form that JSON allows.
    ///
    /// - Throws: Any error but `notCanonical`, for the first thing that is wrong; a repeated name is seen when
    ///   its object ends.
    /// - Complexity: O(n log n).
    public init(
        decoding bytes: [UInt8],
        limits: DecodingLimits = .standard
    ) throws(JSONError) {
        var parser = try JSONParser(bytes, limits: limits)
        self = try parser.parse()
    }

    /// Reads the one value that some bytes are the canonical text of (RFC 8785).
    ///
    /// - Throws: `notCanonical` when the value is good and `canonical` has other bytes; otherwise what is
    ///   wrong.
    /// - Complexity: O(n log n).
    public init(
        decodingCanonical bytes: [UInt8],
        limits: DecodingLimits = .standard
    ) throws(JSONError) {
        let value = try JSONValue(decoding: bytes, limits: limits)
        let canonical = value.canonical
        if canonical != bytes {
            let same = zip(canonical, bytes).prefix { left, right in left == right }.count
            throw .notCanonical(position: same)
        }
        self = value
    }

    /// The canonical text in UTF-8 (RFC 8785): the bytes that are signed.
    ///
    /// - Complexity: O(n).
    public var canonical: [UInt8] {
        var text: [UInt8] = []
        appendCanonical(to: &text)
        return text
    }

    private func appendCanonical(to text: inout [UInt8]) {
        switch self {
        case .null: Self.append(literal: "null", to: &text)
        case .boolean(let value): Self.append(literal: value ? "true" : "false", to: &text)
        case .number(let number): number.append(to: &text)
        case .string(let value): Self.append(value, to: &text)
        case .array(let values):
            text.append(UInt8(ascii: "["))
            for index in values.indices {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                values[index].appendCanonical(to: &text)
            }
            text.append(UInt8(ascii: "]"))
        case .object(let object):
            text.append(UInt8(ascii: "{"))
            for index in object.members.indices {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                Self.append(object.members[index].name, to: &text)
                text.append(UInt8(ascii: ":"))
                object.members[index].value.appendCanonical(to: &text)
            }
            text.append(UInt8(ascii: "}"))
        }
    }

    private static func append(literal: StaticString, to text: inout [UInt8]) {
        for index in 0..<literal.utf8CodeUnitCount {
            unsafe text.append(literal.utf8Start[index])
        }
    }

    /// Appends a string with the escapes that RFC 8785 §3.2.2.2 prescribes, and no others.
    private static func append(_ string: Text, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            let escape: UInt8
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): escape = byte
            case 0x08: escape = UInt8(ascii: "b")
            case 0x09: escape = UInt8(ascii: "t")
            case 0x0a: escape = UInt8(ascii: "n")
            case 0x0c: escape = UInt8(ascii: "f")
            case 0x0d: escape = UInt8(ascii: "r")
            case 0..<0x20:
                append(literal: "\\u00", to: &text)
                text.append(UInt8(ascii: "0") + byte >> 4)
                let low = byte & 15
                text.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
                continue
            default:
                text.append(byte)
                continue
            }
            text.append(UInt8(ascii: "\\"))
            text.append(escape)
        }
        text.append(UInt8(ascii: "\""))
    }
}
