/// Base64 text (RFC 4648 §4 and §5), with one text for each sequence of bytes.
public enum Base64: Sendable {
    /// With `+`, `/` and padding by `=` to a multiple of four characters.
    case standard
    /// With `-` and `_`, without padding, as in JSON Web Tokens and URLs.
    case url

    /// Why a text is not base64.
    public enum DecodingError: Error, Equatable, Sendable {
        /// The number of characters, `count`, cannot occur.
        case invalidCount(count: Int)
        /// There is something else than a digit at `position`, counted in bytes from 0.
        case notDigit(position: Int)
        /// The digit at `position` is the last one and has bits that stand for no byte and are not 0.
        case trailingBits(position: Int)
    }

    /// The bytes as text.
    ///
    /// - Complexity: O(n).
    public func encode(_ bytes: [UInt8]) -> String {
        String(decoding: encodedBytes(bytes), as: UTF8.self)
    }

    /// The bytes as text in ASCII.
    ///
    /// - Complexity: O(n).
    public func encodedBytes(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let count = min(bytes.count - index, 3)
            var group = UInt32(bytes[index]) << 16
            if count > 1 { group |= UInt32(bytes[index + 1]) << 8 }
            if count > 2 { group |= UInt32(bytes[index + 2]) }
            for digit in 0...count {
                text.append(character(UInt8(truncatingIfNeeded: group >> (18 - 6 * digit)) & 63))
            }
            if self == .standard {
                for _ in count..<3 { text.append(UInt8(ascii: "=")) }
            }
            index += 3
        }
        return text
    }

    /// The bytes that a text stands for.
    ///
    /// - Throws: `invalidCount` when no text of this form has that many characters; otherwise `notDigit`
    ///   for the first character that is no digit, white space and misplaced padding included; otherwise
    ///   `trailingBits`.
    /// - Complexity: O(n).
    public func decode(_ text: String) throws(DecodingError) -> [UInt8] {
        try decode([UInt8](text.utf8))
    }

    /// The bytes that a text in ASCII stands for.
    ///
    /// - Throws: `invalidCount` when no text of this form has that many characters; otherwise `notDigit`
    ///   for the first character that is no digit, white space and misplaced padding included; otherwise
    ///   `trailingBits`.
    /// - Complexity: O(n).
    public func decode(_ text: [UInt8]) throws(DecodingError) -> [UInt8] {
        var end = text.count
        if self == .standard {
            guard text.count.isMultiple(of: 4) else { throw .invalidCount(count: text.count) }
            if end > 0, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
            if end + 1 == text.count, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
        }
        guard end % 4 != 1 else { throw .invalidCount(count: text.count) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(end / 4 * 3 + 2)
        var group: UInt32 = 0
        var bits = 0
        for position in 0..<end {
            guard let value = value(of: text[position]) else { throw .notDigit(position: position) }
            group = group << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: group >> bits))
                group &= 1 << bits - 1
            }
        }
        guard group == 0 else { throw .trailingBits(position: end - 1) }
        return bytes
    }

    private func character(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + value - 26
        case 52..<62: UInt8(ascii: "0") + value - 52
        case 62: self == .standard ? UInt8(ascii: "+") : UInt8(ascii: "-")
        default: self == .standard ? UInt8(ascii: "/") : UInt8(ascii: "_")
        }
    }

    private func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+") where self == .standard: 62
        case UInt8(ascii: "/") where self == .standard: 63
        case UInt8(ascii: "-") where self == .url: 62
        case UInt8(ascii: "_") where self == .url: 63
        default: nil
        }
    }
}
