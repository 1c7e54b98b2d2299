internal import Cryptography
internal import Database
internal import Encoding
internal import Platform

/// What a program shall have.
public struct APIKeyRequest: Sendable {
    /// What the user calls it: at most 64 bytes.
    public var label: String
    /// What may be done with it; at least one.
    public var scopes: Scopes
    /// From where it may be used, at most 16 ranges; from everywhere if there is none.
    public var addresses: [AddressRange] = []
    /// For how many seconds it is good, up to ten years; for ever if there is none.
    public var lifetimeSeconds: UInt64?
    /// The 32 bytes of an Ed25519 key with which the program signs each request; if there is none, the program
    /// gets a secret to send.
    public var publicKey: [UInt8]?

    /// Asks for a key.
    public init(label: String, scopes: Scopes) {
        self.label = label
        self.scopes = scopes
    }
}

extension Access {
    private static let lifetimeSecondsMax: UInt64 = 10 * 366 * 86_400

    /// Makes an API key for a user's program.
    ///
    /// - Parameters:
    ///   - asked: What it shall be.
    ///   - principal: The user, who has signed in.
    ///   - address: From where he asks.
    /// - Returns: The key, and what the program sends behind `Bearer`; that is shown only now, and nobody can find
    ///   it out later. A program that signs has none.
    /// - Throws: `refused` with `notAllowed`, `invalidRequest`, `invalidKey`, `tooManyKeys` or `busy`;
    ///   `storage`, `audit`.
    public func createAPIKey(
        _ asked: APIKeyRequest,
        for principal: Principal,
        from address: NetworkAddress?
    ) throws(AccessError) -> (key: APIKey, secret: String?) {
        try principal.require(.manageAPIKeys)
        try Self.check(label: asked.label)
        guard !asked.scopes.isEmpty, Scopes.all.isSuperset(of: asked.scopes),
            asked.addresses.count <= AccessLimits.addressRangesMax,
            (1...Self.lifetimeSecondsMax).contains(asked.lifetimeSeconds ?? 1)
        else { throw .refused(.invalidRequest) }
        if let publicKey = asked.publicKey { try Self.check(ed25519: publicKey) }
        guard directory.programCount < AccessLimits.apiKeysTotalMax else { throw .refused(.busy) }
        let id = Hex.encode(SystemRandom.bytes(APISecret.idByteCount))
        let secret =
            asked.publicKey == nil
            ? APISecret(id: id, bytes: SystemRandom.bytes(APISecret.byteCount)) : nil
        let now = clock.latest
        let line = APIKeyLine(
            user: principal.user,
            key: APIKey(
                id: id,
                label: asked.label,
                scopes: asked.scopes,
                addresses: asked.addresses,
                signsRequests: asked.publicKey != nil,
                createdWallNanoseconds: now,
                expiresWallNanoseconds: asked.lifetimeSeconds.map { seconds in
                    now + seconds * Nanoseconds.second
                },
                usedWallNanoseconds: nil,
                revokedWallNanoseconds: nil
            ),
            secretHash: secret?.hash,
            publicKey: asked.publicKey
        )
        try insert(line, for: principal, from: address)
        return (line.key, secret?.text)
    }

    private func insert(
        _ line: APIKeyLine,
        for principal: Principal,
        from address: NetworkAddress?
    ) throws(AccessError) {
        let request = ChangeRequest(
            actor: "\(principal.user)",
            action: .createAPIKey,
            address: address
        )
        _ = try store.change(request, clock: clock) {
            transaction throws(DatabaseError) -> Decision<User> in
            let words = line.key.scopes.words.joined(separator: " ")
            let subject = "api key \(line.key.id) \(words)"
            guard let found = try StoredUser.find(principal.user, transaction),
                found.state == .active, let key = try Self.key(of: principal, transaction)
            else { return .refused(.notAllowed, subject: subject) }
            let lines = try APIKeyLine.all(of: principal.user, transaction)
            let current = lines.filter { other in other.key.revokedWallNanoseconds == nil }
            guard current.count < AccessLimits.apiKeysMax,
                lines.count < AccessLimits.apiKeysEverMax
            else { return .refused(.tooManyKeys, subject: subject) }
            try line.insert(key, transaction)
            return .done(found.user, subject: subject)
        } committed: { user in
            directory.add(line.key.id, line.program, of: user)
        }
    }

    /// The API keys of a user, revoked ones too, the oldest first.
    ///
    /// - Parameter principal: The user, who has signed in.
    /// - Returns: The keys; a last use may be missing that was less than a minute before a crash.
    /// - Throws: `refused` with `notAllowed`; `storage`.
    public func apiKeys(of principal: Principal) throws(AccessError) -> [APIKey] {
        try principal.require(.manageAPIKeys)
        let lines = try store.read { transaction throws(DatabaseError) in
            try APIKeyLine.all(of: principal.user, transaction)
        }
        return lines.map { line in line.used(directory.lastUse(of: line.key.id)) }
    }

    /// Revokes an API key of a user.
    ///
    /// - Parameters:
    ///   - id: The key's name.
    ///   - principal: The user, who has signed in.
    ///   - address: From where he asks.
    /// - Throws: `refused` with `notAllowed` or `unknownKey`; `storage`, `audit`.
    public func revokeAPIKey(
        _ id: String,
        by principal: Principal,
        from address: NetworkAddress?
    ) throws(AccessError) {
        try principal.require(.manageAPIKeys)
        let now = clock.latest
        let request = ChangeRequest(
            actor: "\(principal.user)",
            action: .revokeAPIKey,
            address: address
        )
        // What somebody else sends as a name is not to fill the audit.
        guard APISecret.isID(id) else { throw .refused(.unknownKey) }
        try store.change(request, clock: clock) {
            transaction throws(DatabaseError) -> Decision<Void> in
            let subject = "api key \(id)"
            let rows = try transaction.rows(
                "SELECT 1 FROM api_key WHERE id = ? AND user = ?",
                [.text(id), .blob(principal.user.bytes)]
            )
            guard !rows.isEmpty else { return .refused(.unknownKey, subject: subject) }
            try transaction.execute(
                "UPDATE api_key SET revoked = ? WHERE id = ? AND revoked IS NULL",
                [.time(now), .text(id)]
            )
            return .done((), subject: subject)
        } committed: { _ in
            directory.revoke(apiKey: id)
        }
    }

    /// Writes down when API keys were used last; to be called about once a minute, and before the end.
    ///
    /// - Throws: `storage`.
    public func rememberUses() throws(AccessError) {
        let uses = directory.takeUses()
        guard !uses.isEmpty else { return }
        try store.read { transaction throws(DatabaseError) in
            for use in uses {
                try transaction.execute(
                    "UPDATE api_key SET used = ? WHERE id = ?",
                    [.time(use.wall), .text(use.id)]
                )
            }
        }
    }

    /// Brings into memory what requests are looked up in.
    func fillDirectory() throws(AccessError) {
        struct Found: Sendable {
            var programs: [(APIKeyLine, User)] = []
            var certificates: [(StoredUserKey, User)] = []
            var disabled: [User] = []
        }
        let found = try store.read { transaction throws(DatabaseError) in
            var found = Found()
            for line in try APIKeyLine.current(transaction) {
                guard let user = try StoredUser.find(line.user, transaction) else { continue }
                found.programs.append((line, user.user))
            }
            for stored in try StoredUserKey.certificates(transaction) {
                guard let user = try StoredUser.find(stored.user, transaction) else { continue }
                found.certificates.append((stored, user.user))
            }
            found.disabled = try StoredUser.all(.disabled, transaction).map(\.user)
            return found
        }
        for (line, user) in found.programs { directory.add(line.key.id, line.program, of: user) }
        for (stored, user) in found.certificates { directory.add(stored, of: user) }
        for user in found.disabled { directory.update(user) }
    }
}
