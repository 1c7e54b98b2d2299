internal import Cryptography

/// Bytes as lower-case hexadecimal digits, and back.
enum HexDigits {
    static func text(_ bytes: [UInt8]) -> String { Hex.encode(bytes) }

    /// The bytes of a text with or without the prefix `0x`; none if it is not hexadecimal.
    static func bytes(_ text: String) -> [UInt8]? {
        do throws(Hex.DecodingError) {
            return try Hex.decode(text.hasPrefix("0x") ? String(text.dropFirst(2)) : text)
        } catch {
            return nil
        }
    }
}
