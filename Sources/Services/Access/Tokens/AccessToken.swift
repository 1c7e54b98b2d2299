internal import Cryptography
internal import Encoding
internal import Primitives

/// The claims of an access token: a JSON Web Token (RFC 7519) signed with Ed25519 (RFC 8037).
///
/// The header is `{"alg":"EdDSA","kid":…,"typ":"JWT"}` with exactly these members; the claims are exactly
/// `account` (number), `aud`, `exp`, `iat`, `iss`, `jti`, `roles` (texts) and `sub`, both in the canonical form
/// of RFC 8785. Nothing else is accepted, so a token has one form.
///
/// `jti` is base64 for URLs of 32 bytes: the session, a number of the process that made the token, and when it
/// made it by its monotonic clock. By that a token ends after 15 minutes also where the wall clock is set back.
struct TokenClaims: Equatable, Sendable {
    var issuer: String
    var audience: String
    var user: UserID
    var account: AccountID
    var roles: Roles
    /// Seconds since 1970-01-01T00:00:00Z.
    var issuedAt: UInt64
    var expiresAt: UInt64
    var session: SessionID
    /// Which process made it.
    var process: UInt64
    /// When, in nanoseconds of that process's monotonic clock.
    var monotonic: UInt64

    private static let limits = DecodingLimits(bytesMax: 1_024, depthMax: 2)

    /// The claims as JSON.
    var json: [UInt8] {
        var object = JSONObject()
        object["account"] = .integer(UInt64(account.rawValue))
        object["aud"] = .string(Text(audience))
        object["exp"] = .integer(expiresAt)
        object["iat"] = .integer(issuedAt)
        object["iss"] = .string(Text(issuer))
        object["jti"] = .string(Text(Base64.url.encode(tokenID)))
        object["roles"] = .array(roles.words.map { word in .string(Text(word)) })
        object["sub"] = .string(Text("\(user)"))
        return JSONValue.object(object).canonical
    }

    private var tokenID: [UInt8] {
        session.identifier.bytes + Self.bytes(process) + Self.bytes(monotonic)
    }

    private static func bytes(_ word: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) }
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}

extension TokenClaims {
    /// Reads claims; none if they are not exactly as `json` writes them.
    init?(json: [UInt8]) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(decodingCanonical: json, limits: Self.limits)
        } catch {
            return nil
        }
        guard let object = value.object, object.members.count == 8,
            let account = object["account"]?.number?.integer, let number = UInt32(exactly: account),
            let audience = object["aud"]?.string?.string,
            let expiresAt = object["exp"]?.number?.integer, expiresAt >= 0,
            let issuedAt = object["iat"]?.number?.integer, issuedAt >= 0,
            let issuer = object["iss"]?.string?.string,
            let tokenID = object["jti"]?.string?.string,
            let words = object["roles"]?.array,
            let subject = object["sub"]?.string?.string, let user = UserID(subject),
            let roles = Self.roles(words), let bytes = Self.decoded(tokenID), bytes.count == 32,
            let session = Identifier(bytes: Array(bytes[..<16]))
        else { return nil }
        self.issuer = issuer
        self.audience = audience
        self.user = user
        self.account = AccountID(number)
        self.roles = roles
        self.issuedAt = UInt64(issuedAt)
        self.expiresAt = UInt64(expiresAt)
        self.session = SessionID(session)
        process = Self.word(bytes[16..<24])
        monotonic = Self.word(bytes[24..<32])
    }

    private static func roles(_ words: [JSONValue]) -> Roles? {
        let texts = words.compactMap { word in word.string?.string }
        guard texts.count == words.count else { return nil }
        return Roles(words: texts)
    }

    private static func decoded(_ text: String) -> [UInt8]? {
        do throws(Base64.DecodingError) {
            return try Base64.url.decode(text)
        } catch {
            return nil
        }
    }
}

extension JSONValue {
    /// An integer of at most 53 bits.
    static func integer(_ value: UInt64) -> JSONValue {
        guard let number = Int64(exactly: value).flatMap({ JSONNumber(exactly: $0) }) else {
            preconditionFailure("times in seconds and account numbers are far smaller")
        }
        return .number(number)
    }
}
