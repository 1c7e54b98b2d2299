public import Encoding

/// What was done, or asked for in vain; it holds no secret.
public struct AuditRecord: Equatable, Sendable {
    /// What was done.
    public enum Action: String, CaseIterable, Sendable {
        /// A name, an account number and a key were set aside for a new user.
        case reserveUser = "user.reserve"
        /// The new user's account was opened, and he can sign in.
        case activateUser = "user.activate"
        /// A user's roles were set.
        case setRoles = "user.roles"
        /// A user was locked out.
        case disableUser = "user.disable"
        /// A user was let in again.
        case enableUser = "user.enable"
        /// Somebody signed in, or tried to.
        case signIn = "session.begin"
        /// A refresh token was exchanged, or somebody tried to.
        case refresh = "session.refresh"
        /// A session was ended.
        case endSession = "session.end"
        /// A key was added to a user.
        case addKey = "key.add"
        /// A key was revoked.
        case revokeKey = "key.revoke"
        /// An API key was made.
        case createAPIKey = "api_key.create"
        /// An API key was revoked.
        case revokeAPIKey = "api_key.revoke"
        /// The key that signs tokens was replaced.
        case rotateTokenKey = "token_key.rotate"
    }

    /// Its number, from 1 on without gaps among what was done; none of what was refused.
    ///
    /// After a crash the last records may come again with the same numbers.
    public let number: UInt64?
    /// When, in nanoseconds since 1970-01-01T00:00:00Z.
    public let wallNanoseconds: UInt64
    /// Who did it: a user's identifier, or `system`, or `anonymous` where nobody was known yet.
    public let actor: String
    /// What was done.
    public let action: Action
    /// With what or to whom: identifiers and names.
    public let subject: String
    /// The address from which it came; empty if it came from the venue itself.
    public let address: String
    /// `done`, or the code of the refusal.
    public let outcome: String

    /// The record as JSON.
    public var json: JSONValue {
        var object = JSONObject()
        if let number { object["number"] = .string(Text("\(number)")) }
        object["time"] = .string(Text("\(wallNanoseconds)"))
        object["actor"] = .string(Text(actor))
        object["action"] = .string(Text(action.rawValue))
        object["subject"] = .string(Text(subject))
        object["address"] = .string(Text(address))
        object["outcome"] = .string(Text(outcome))
        return .object(object)
    }
}

/// Keeps a record for good before it returns.
///
/// It is called by one thread at a time, on the thread that asked for the change.
public typealias AuditSink = @Sendable (AuditRecord) throws -> Void
