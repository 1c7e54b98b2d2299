internal import Cryptography
internal import Encoding

/// Sixteen bytes that nobody can guess and that name one thing for ever.
struct Identifier: Hashable, Sendable {
    let bytes: [UInt8]

    static let byteCount = 16

    init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// The bytes as base64 for URLs.
    var text: String { Base64.url.encode(bytes) }

    init?(text: String) {
        guard text.utf8.count == 22 else { return nil }
        do throws(Base64.DecodingError) {
            self.init(bytes: try Base64.url.decode(text))
        } catch {
            return nil
        }
    }
}

/// A user, by a random number that never changes.
///
/// Passkeys carry its 16 bytes as their user handle.
public struct UserID: Hashable, Sendable {
    /// The 16 bytes.
    public let bytes: [UInt8]

    /// Takes 16 bytes; none for any other number of them.
    ///
    /// - Parameter bytes: The bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Identifier.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Marks random bytes as a UUID of version 4 (RFC 9562 §5.4).
    init(random bytes: [UInt8]) {
        precondition(bytes.count == Identifier.byteCount, "an identifier has 16 bytes")
        var bytes = bytes
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        self.bytes = bytes
    }

    /// Reads the text of a UUID in lower case; none if it is something else.
    ///
    /// - Parameter text: 36 characters.
    public init?(_ text: String) {
        let digits = text.split(separator: "-", omittingEmptySubsequences: false)
        guard digits.map(\.utf8.count) == [8, 4, 4, 4, 12], text == text.lowercased() else {
            return nil
        }
        do throws(Hex.DecodingError) {
            self.init(bytes: try Hex.decode(digits.joined()))
        } catch {
            return nil
        }
    }
}

extension UserID: CustomStringConvertible {
    /// The text of a UUID, in lower case.
    public var description: String {
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += Hex.encode([byte])
        }
        return text
    }
}
