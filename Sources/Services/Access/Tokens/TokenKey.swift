internal import Cryptography
internal import Encoding
internal import KeyStore

/// One of the keys that sign access tokens.
///
/// All are made from the venue's secret and their numbers, so that the database, which has the numbers, is
/// not enough to make tokens, and the secret alone brings all keys back.
final class TokenKey: Sendable {
    let number: Int64
    /// The first twelve bytes of the public key's SHA-256, as base64 for URLs.
    let identifier: String
    /// The first part of every token that it signs.
    let header: [UInt8]
    /// When it was made, by the wall clock.
    let created: UInt64
    private let key: SigningKey

    var publicKey: Ed25519.PublicKey { key.publicKey }

    init(number: Int64, created: UInt64, secret: [UInt8]) {
        var seed = HKDF.expand(
            key: secret,
            info: Array("parallax.token-key/1 \(number)".utf8),
            count: SigningKey.seedByteCount
        )
        defer { SecretBytes.wipe(&seed) }
        key = SigningKey(seed: seed)
        self.number = number
        self.created = created
        let hash = SHA256.hash(of: key.publicKey.bytes).bytes
        identifier = Base64.url.encode(Array(hash[..<12]))
        let json = "{\"alg\":\"EdDSA\",\"kid\":\"\(identifier)\",\"typ\":\"JWT\"}"
        header = Base64.url.encodedBytes(Array(json.utf8))
    }

    /// The token of claims (RFC 7515 §7.1).
    func token(_ claims: TokenClaims) -> String {
        let dot = UInt8(ascii: ".")
        let signed = header + [dot] + Base64.url.encodedBytes(claims.json)
        let token = signed + [dot] + Base64.url.encodedBytes(key.sign(signed))
        return String(decoding: token, as: UTF8.self)
    }
}

/// A key with which anybody can verify access tokens (RFC 7517, RFC 8037 §2).
public struct TokenVerificationKey: Equatable, Sendable {
    /// Its name in the tokens' headers.
    public let identifier: String
    /// The 32 bytes of the Ed25519 key.
    public let publicKey: [UInt8]

    /// The key as a JSON Web Key.
    public var json: String {
        "{\"alg\":\"EdDSA\",\"crv\":\"Ed25519\",\"kid\":\"\(identifier)\",\"kty\":\"OKP\","
            + "\"use\":\"sig\",\"x\":\"\(Base64.url.encode(publicKey))\"}"
    }
}
