internal import Cryptography
internal import Primitives
internal import Synchronization

/// In memory, who has which API key and which certificate's key: what each request is looked up in.
final class Directory: Sendable {
    /// What of a user goes into his principals.
    struct Member: Sendable {
        var user: UserID
        var account: AccountID
        var roles: Roles

        init(_ user: User) {
            self.user = user.id
            account = user.account
            roles = user.roles
        }
    }

    /// An API key that is not revoked.
    struct Program: Sendable {
        var user: UserID
        var scopes: Scopes
        /// The hash of its secret; none if it signs.
        var secretHash: [UInt8]?
        /// The key with which it signs.
        var publicKey: Ed25519.PublicKey?
        var addresses: [AddressRange]
        /// By the wall clock.
        var expires: UInt64?
    }

    private struct State {
        /// Those who have an API key or a certificate.
        var members: [UserID: Member] = [:]
        var disabled: Set<UserID> = []
        var programs: [String: Program] = [:]
        var certificates: [[UInt8]: (user: UserID, key: KeyID)] = [:]
        /// When keys were used since that was written down, by the wall clock.
        var used: [String: UInt64] = [:]
    }

    private let state = Mutex(State())

    var programCount: Int { state.withLock { state in state.programs.count } }

    func add(_ id: String, _ program: Program, of user: User) {
        state.withLock { state in
            state.programs[id] = program
            state.members[user.id] = Member(user)
        }
    }

    func add(_ certificate: StoredUserKey, of user: User) {
        state.withLock { state in
            state.certificates[certificate.publicKey] = (user.id, certificate.key.id)
            state.members[user.id] = Member(user)
        }
    }

    func revoke(apiKey id: String) {
        state.withLock { state in
            state.programs[id] = nil
            state.used[id] = nil
        }
    }

    func remove(certificate key: [UInt8]) {
        state.withLock { state in state.certificates[key] = nil }
    }

    /// Takes over what has changed of a user.
    func update(_ user: User) {
        state.withLock { state in
            if state.members[user.id] != nil { state.members[user.id] = Member(user) }
            if user.isDisabled {
                state.disabled.insert(user.id)
            } else {
                state.disabled.remove(user.id)
            }
        }
    }

    /// What has an API key, and its user.
    func program(_ id: String) -> (program: Program, member: Member, isDisabled: Bool)? {
        state.withLock { state in
            guard let program = state.programs[id], let member = state.members[program.user] else {
                return nil
            }
            return (program, member, state.disabled.contains(program.user))
        }
    }

    /// Who has a certificate's key.
    func holder(of key: [UInt8]) -> (member: Member, key: KeyID, isDisabled: Bool)? {
        state.withLock { state in
            guard let found = state.certificates[key], let member = state.members[found.user]
            else { return nil }
            return (member, found.key, state.disabled.contains(found.user))
        }
    }

    func noteUse(of id: String, wall: UInt64) {
        state.withLock { state in
            if state.programs[id] != nil { state.used[id] = wall }
        }
    }

    func lastUse(of id: String) -> UInt64? { state.withLock { state in state.used[id] } }

    /// The uses that are not written down, in the order of the keys.
    func takeUses() -> [(id: String, wall: UInt64)] {
        let used = state.withLock { state in
            defer { state.used = [:] }
            return state.used
        }
        return used.map { ($0.key, $0.value) }.sorted { left, right in left.0 < right.0 }
    }
}
