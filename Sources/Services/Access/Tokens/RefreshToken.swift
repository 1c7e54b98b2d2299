internal import Cryptography
internal import Encoding
internal import Platform

/// What a session is continued with: opaque for clients, good once.
///
///     bytes 0–15    the session
///     bytes 16–19   how many came before it, highest byte first
///     bytes 20–35   random
///     bytes 36–67   HMAC-SHA256 over all before it, with a key that is made from the venue's secret
///
/// The code tells a token that was used before, which ends its session, from one that was never made.
struct RefreshToken: Sendable {
    let session: SessionID
    let generation: UInt32
    private let bytes: [UInt8]

    private static let byteCount = 68

    /// Makes one.
    init(_ session: SessionID, generation: UInt32, key: [UInt8]) {
        self.session = session
        self.generation = generation
        var bytes = session.identifier.bytes
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: generation >> (24 - 8 * UInt32($0))) }
        bytes += SystemRandom.bytes(16)
        self.bytes = bytes + HMAC.sha256(key: key, bytes).bytes
    }

    /// Reads one; none if it was not made with the key.
    init?(text: String, key: [UInt8]) {
        guard text.utf8.count == 91 else { return nil }
        do throws(Base64.DecodingError) {
            bytes = try Base64.url.decode(text)
        } catch {
            return nil
        }
        guard bytes.count == Self.byteCount,
            ConstantTime.equal(HMAC.sha256(key: key, Array(bytes[..<36])).bytes, bytes[36...]),
            let identifier = Identifier(bytes: Array(bytes[..<16]))
        else { return nil }
        session = SessionID(identifier)
        generation = bytes[16..<20].reduce(0) { $0 << 8 | UInt32($1) }
    }

    var text: String { Base64.url.encode(bytes) }

    /// What the database has of it.
    var hash: [UInt8] { SHA256.hash(of: bytes).bytes }
}

/// What somebody gets who has signed in or continues a session.
public struct Tokens: Sendable {
    /// The access token, for `Authorization: Bearer`.
    public let access: String
    /// For how many seconds it is good: 900.
    public let expiresInSeconds: UInt64
    /// What the session is continued with, once.
    public let refresh: String
    /// Who it is.
    public let principal: Principal
}
