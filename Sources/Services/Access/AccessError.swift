/// Why somebody is not let in, or something is not done for him.
///
/// The code of each is stable; programs rely on it. What is said about a sign-in that failed is the same
/// whether the user, the key, the signature or the challenge was wrong.
public enum AccessRefusal: String, CaseIterable, Sendable {
    /// A member of the request is missing, too long or of the wrong form.
    case invalidRequest = "invalid_request"
    /// The name breaks the rules of `UserName`.
    case invalidUserName = "invalid_user_name"
    /// The bytes are no key that may be used.
    case invalidKey = "invalid_key"
    /// The name belongs to somebody.
    case userExists = "user_exists"
    /// Nobody has that name.
    case unknownUser = "unknown_user"
    /// User, key, signature or challenge are wrong, or the challenge is too old or was used.
    case signInFailed = "sign_in_failed"
    /// The time that the client gave is too far from the venue's.
    case timestampOutOfRange = "timestamp_out_of_range"
    /// Somebody has registered that key or passkey already.
    case keyExists = "key_exists"
    /// The user has as many keys as one may have.
    case tooManyKeys = "too_many_keys"
    /// The user has no such key.
    case unknownKey = "unknown_key"
    /// It is the user's last key; without it nobody could sign in.
    case lastKey = "last_key"
    /// Neither a token nor a key came with the request.
    case unauthenticated
    /// The token is not one that this venue made.
    case tokenInvalid = "token_invalid"
    /// The token's time is over.
    case tokenExpired = "token_expired"
    /// The token's session was ended.
    case tokenRevoked = "token_revoked"
    /// The refresh token is not a current one.
    case refreshInvalid = "refresh_invalid"
    /// The refresh token was used before, so its session was ended.
    case refreshReused = "refresh_reused"
    /// The API key does not exist, or its secret is wrong.
    case apiKeyInvalid = "api_key_invalid"
    /// The API key's time is over, or it was revoked.
    case apiKeyExpired = "api_key_expired"
    /// The API key may not be used from that address.
    case addressNotAllowed = "address_not_allowed"
    /// The signature of the request is wrong.
    case requestSignatureInvalid = "request_signature_invalid"
    /// The request was seen before.
    case requestReplayed = "request_replayed"
    /// No user has the certificate's key.
    case certificateUnknown = "certificate_unknown"
    /// The operator has locked the user out.
    case userDisabled = "user_disabled"
    /// The user's roles do not allow it.
    case notAllowed = "not_allowed"
    /// The API key's scopes do not allow it.
    case insufficientScope = "insufficient_scope"
    /// A passkey's counter went backwards: there may be a copy of it.
    case counterRegressed = "counter_regressed"
    /// Too many requests; the same one may be tried again later.
    case rateLimited = "rate_limited"
    /// There is no room for more users, sessions or sign-ins now.
    case busy

    /// The status of HTTP that says it best (RFC 9110 §15); `signInFailed` has the one of FastEx.
    public var httpStatus: Int {
        switch self {
        case .invalidRequest, .invalidUserName, .invalidKey, .signInFailed, .timestampOutOfRange,
            .tooManyKeys, .counterRegressed:
            400
        case .unauthenticated, .tokenInvalid, .tokenExpired, .tokenRevoked, .refreshInvalid,
            .refreshReused, .apiKeyInvalid, .apiKeyExpired, .requestSignatureInvalid,
            .requestReplayed, .certificateUnknown:
            401
        case .addressNotAllowed, .userDisabled, .notAllowed, .insufficientScope: 403
        case .unknownUser, .unknownKey: 404
        case .userExists, .keyExists, .lastKey: 409
        case .rateLimited: 429
        case .busy: 503
        }
    }

    /// One sentence for people.
    public var message: String {
        switch self {
        case .invalidRequest: "a member of the request is missing or has the wrong form"
        case .invalidUserName:
            "a user name has 1 to 32 letters, digits, dots, hyphens or underscores of ASCII, and "
                + "begins with a letter or digit"
        case .invalidKey: "this is no key that may be used"
        case .userExists: "that user name is taken"
        case .unknownUser: "there is no such user"
        case .signInFailed: "signing in failed; ask for a new challenge and sign it"
        case .timestampOutOfRange: "the timestamp is too far from the venue's; set the clock"
        case .keyExists: "that key is registered already"
        case .tooManyKeys: "the user has as many keys as one may have; revoke one first"
        case .unknownKey: "there is no such key"
        case .lastKey: "this is the last key; add another one first"
        case .unauthenticated: "sign in, or send a token or an API key"
        case .tokenInvalid: "the token is not valid here"
        case .tokenExpired: "the token has expired; refresh it"
        case .tokenRevoked: "the session was ended; sign in again"
        case .refreshInvalid: "the refresh token is not valid; sign in again"
        case .refreshReused:
            "the refresh token was used before, so the session was ended; sign in again"
        case .apiKeyInvalid: "the API key is not valid"
        case .apiKeyExpired: "the API key has expired or was revoked"
        case .addressNotAllowed: "the API key may not be used from this address"
        case .requestSignatureInvalid: "the signature of the request is wrong"
        case .requestReplayed: "the request was seen before; use a new nonce"
        case .certificateUnknown: "no user has registered the certificate's key"
        case .userDisabled: "the user was locked out; ask the operator"
        case .notAllowed: "the user's roles do not allow this"
        case .insufficientScope: "the API key's scopes do not allow this"
        case .counterRegressed:
            "the passkey's counter went backwards, so it may have been copied; use another key"
        case .rateLimited: "too many requests; try again later"
        case .busy: "the venue has no room for this now; try again later"
        }
    }
}

/// Why access cannot be decided or changed; no case holds a secret.
public enum AccessError: Error, Equatable, Sendable {
    /// The client's fault, or something he may not do.
    case refused(AccessRefusal)
    /// A passkey's answer is refused.
    case passkey(PasskeyFault)
    /// What must be remembered cannot be written or read.
    case storage(String)
    /// The record of what was done cannot be kept, so nothing more is done.
    case audit(String)
    /// The user's account cannot be opened at the venue now.
    case account(String)
    /// What the operator has set makes no sense.
    case misconfigured(String)

    /// The stable code for an answer.
    public var code: String {
        switch self {
        case .refused(let refusal): refusal.rawValue
        case .passkey(let fault): "passkey_" + fault.rawValue
        case .storage, .audit, .account, .misconfigured: "unavailable"
        }
    }

    /// The status of HTTP that says it best.
    public var httpStatus: Int {
        switch self {
        case .refused(let refusal): refusal.httpStatus
        case .passkey: 400
        case .storage, .audit, .account, .misconfigured: 503
        }
    }

    /// One sentence for the client, without anything about the inside.
    public var message: String {
        switch self {
        case .refused(let refusal): refusal.message
        case .passkey(let fault): fault.message
        case .storage, .audit, .account, .misconfigured:
            "the venue cannot do this now; try again later"
        }
    }
}

extension AccessError: CustomStringConvertible {
    /// One line: what is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .refused(let refusal): refusal.message
        case .passkey(let fault): fault.message
        case .storage(let what): "the users' memory: \(what)"
        case .audit(let what):
            "the audit cannot be kept: \(what); nothing is changed until it can be"
        case .account(let what): "the account was not opened: \(what); try again"
        case .misconfigured(let what): "the settings of access: \(what); change them"
        }
    }
}
