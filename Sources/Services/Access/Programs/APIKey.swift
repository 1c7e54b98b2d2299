internal import Cryptography
internal import Encoding
internal import Platform

/// A key of a program, as its user may see it.
public struct APIKey: Equatable, Sendable {
    /// Its name: 16 hexadecimal digits.
    public let id: String
    /// What the user calls it.
    public let label: String
    /// What may be done with it.
    public let scopes: Scopes
    /// From where it may be used; from everywhere if there is none.
    public let addresses: [AddressRange]
    /// Whether the program signs each request instead of sending a secret.
    public let signsRequests: Bool
    /// When it was made, in nanoseconds since 1970-01-01T00:00:00Z.
    public let createdWallNanoseconds: UInt64
    /// Until when it is good; for ever if there is none.
    public let expiresWallNanoseconds: UInt64?
    /// When it was used last, as far as that is known; none if never.
    public let usedWallNanoseconds: UInt64?
    /// When it was revoked; none if it was not.
    public let revokedWallNanoseconds: UInt64?
}

/// The secret of an API key, as a program sends it: `plx_`, the key's name, `_`, and 32 random bytes as
/// base64 for URLs.
struct APISecret: Sendable {
    let id: String
    let bytes: [UInt8]

    static let prefix = "plx_"
    static let idByteCount = 8
    static let byteCount = 32

    init(id: String, bytes: [UInt8]) {
        self.id = id
        self.bytes = bytes
    }

    /// Reads one; none if it is something else.
    init?(_ text: String) {
        let parts = text.split(separator: "_", maxSplits: 2, omittingEmptySubsequences: false)
        guard text.utf8.count == 64, parts.count == 3, parts[0] == "plx",
            Self.isID(String(parts[1]))
        else { return nil }
        do throws(Base64.DecodingError) {
            bytes = try Base64.url.decode(String(parts[2]))
        } catch {
            return nil
        }
        guard bytes.count == Self.byteCount else { return nil }
        id = String(parts[1])
    }

    static func isID(_ text: String) -> Bool {
        text.utf8.count == 2 * idByteCount
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            }
    }

    var text: String { "\(Self.prefix)\(id)_\(Base64.url.encode(bytes))" }

    /// What the database has of it: the secret has 256 random bits, so a plain hash cannot be searched.
    var hash: [UInt8] {
        let input = Array("parallax.api-key/1 \(id) ".utf8) + bytes
        return unsafe AcceleratedSHA256.hash(of: input.span.bytes).bytes
    }
}

/// What a program signs with its Ed25519 key for each request.
///
/// It is UTF-8 text of eight lines, each with a newline (0A) behind it:
///
///     parallax.request/1
///     <the venue's name>
///     <the API key's name>
///     <the method, such as POST>
///     <the path with its query, as in the request line>
///     <the timestamp: milliseconds since 1970-01-01T00:00:00Z, in decimal>
///     <the nonce: 16 … 64 visible characters of ASCII>
///     <SHA-256 of the body, in 64 lower-case hexadecimal digits>
///
/// The name, the timestamp, the nonce and the signature (128 hexadecimal digits) go into the fields
/// `X-Parallax-Key`, `X-Parallax-Timestamp`, `X-Parallax-Nonce` and `X-Parallax-Signature`. A request is
/// taken once, and from 30 seconds before to 5 seconds after the venue's time; in the first 5 seconds after
/// a restart, when what was taken before is forgotten, none is.
public enum RequestMessage {
    /// The bytes to sign (RFC 8032, Ed25519 without a context).
    ///
    /// - Parameters:
    ///   - venue: The venue's name.
    ///   - key: The API key's name.
    ///   - method: The method of the request.
    ///   - target: The path with its query.
    ///   - timestamp: Milliseconds since 1970-01-01T00:00:00Z.
    ///   - nonce: The nonce.
    ///   - body: The body; none has no bytes.
    /// - Returns: The text in UTF-8.
    public static func bytes(
        venue: String,
        key: String,
        method: String,
        target: String,
        timestamp: UInt64,
        nonce: String,
        body: [UInt8]
    ) -> [UInt8] {
        let hash = SHA256.hash(of: body).hex
        let lines = [
            "parallax.request/1", venue, key, method, target, "\(timestamp)", nonce, hash, "",
        ]
        return Array(lines.joined(separator: "\n").utf8)
    }
}
