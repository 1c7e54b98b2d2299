/// Hexadecimal text: two digits a byte, the high half first (RFC 4648 §8).
public enum Hex {
    /// Why a text is not hexadecimal.
    public enum DecodingError: Error, Equatable, Sendable {
        /// The text has an odd number of digits; `count` says how many.
        case oddCount(count: Int)
        /// There is something else than a digit at `position`, counted in bytes from 0.
        case notDigit(position: Int)
    }

    /// The bytes as lower-case digits.
    ///
    /// - Complexity: O(n).
    public static func encode(_ bytes: UnsafeRawBufferPointer) -> String {
        unsafe String(unsafeUninitializedCapacity: bytes.count * 2) { text in
            for index in bytes.indices {
                let byte = unsafe bytes[index]
                unsafe text[2 * index] = digit(byte >> 4)
                unsafe text[2 * index + 1] = digit(byte & 15)
            }
            return bytes.count * 2
        }
    }

    /// The bytes as lower-case digits.
    ///
    /// - Complexity: O(n).
    public static func encode(_ bytes: [UInt8]) -> String {
        unsafe bytes.withUnsafeBytes { bytes in unsafe encode(bytes) }
    }

    /// The bytes that a text of digits in lower or upper case stands for.
    ///
    /// - Throws: `oddCount` when the number of digits is odd; otherwise `notDigit` for the first
    ///   character that is no digit.
    /// - Complexity: O(n).
    public static func decode(_ text: String) throws(DecodingError) -> [UInt8] {
        var bytes: [UInt8] = []
        let count = text.utf8.count
        guard count.isMultiple(of: 2) else { throw .oddCount(count: count) }
        bytes.reserveCapacity(count / 2)
        var high: UInt8 = 0
        var position = 0
        for character in text.utf8 {
            guard let value = value(of: character) else { throw .notDigit(position: position) }
            if position.isMultiple(of: 2) {
                high = value
            } else {
                bytes.append(high << 4 | value)
            }
            position += 1
        }
        return bytes
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? value + UInt8(ascii: "0") : value - 10 + UInt8(ascii: "a")
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
