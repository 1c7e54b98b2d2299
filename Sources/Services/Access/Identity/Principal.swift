public import Primitives

/// Who makes a request, as established once for it; nothing else says who somebody is.
public struct Principal: Hashable, Sendable {
    /// How it was proved.
    public enum Method: Hashable, Sendable {
        /// By a token of a session; the payload names the session.
        case session(SessionID)
        /// By an API key; the payload names it.
        case apiKey(String)
        /// By the certificate of the connection; the payload names the user's key.
        case certificate(KeyID)
    }

    /// The user.
    public let user: UserID
    /// The user's account at the venue: the tenant whose data he sees.
    public let account: AccountID
    /// What the user is.
    public let roles: Roles
    /// What may be done with what he proved it by.
    public let scopes: Scopes
    /// How it was proved.
    public let method: Method

    /// Makes a principal; only `Access`, and tests of what uses it, have a reason to.
    package init(
        user: UserID,
        account: AccountID,
        roles: Roles,
        scopes: Scopes,
        method: Method
    ) {
        self.user = user
        self.account = account
        self.roles = roles
        self.scopes = scopes
        self.method = method
    }

    /// Whether a person has signed in, and not a program.
    public var isSession: Bool { if case .session = method { true } else { false } }
}

/// A session: everything from one sign-in until it ends, with all tokens made in it.
public struct SessionID: Hashable, Sendable {
    let identifier: Identifier

    /// Its text, for lists of sessions and records.
    public var text: String { identifier.text }

    init(_ identifier: Identifier) { self.identifier = identifier }

    /// Reads the text of one; none if it is something else.
    ///
    /// - Parameter text: 22 characters.
    public init?(text: String) {
        guard let identifier = Identifier(text: text) else { return nil }
        self.identifier = identifier
    }
}

/// One of a user's keys: of Ed25519, a passkey or a certificate's.
public struct KeyID: Hashable, Sendable {
    let identifier: Identifier

    /// Its text, for lists of keys and records.
    public var text: String { identifier.text }

    init(_ identifier: Identifier) { self.identifier = identifier }

    /// Reads the text of one; none if it is something else.
    ///
    /// - Parameter text: 22 characters.
    public init?(text: String) {
        guard let identifier = Identifier(text: text) else { return nil }
        self.identifier = identifier
    }
}
