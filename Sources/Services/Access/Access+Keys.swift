internal import Cryptography
internal import Database

extension Access {
    /// The keys of a user, revoked ones too, the oldest first.
    ///
    /// - Parameter principal: The user, who has signed in.
    /// - Returns: The keys.
    /// - Throws: `refused` with `notAllowed`; `storage`.
    public func keys(of principal: Principal) throws(AccessError) -> [UserKey] {
        try principal.require(.manageKeys)
        return try store.read { transaction throws(DatabaseError) in
            try StoredUserKey.all(of: principal.user, transaction).map(\.key)
        }
    }

    /// Adds an Ed25519 key to a user, to sign in with or as the key of a certificate.
    ///
    /// - Parameters:
    ///   - publicKey: The 32 bytes of the key.
    ///   - isCertificate: Whether it is the key of a certificate, by which connections are known. Such a key is
    ///     one user's alone.
    ///   - label: What the user calls it.
    ///   - principal: The user, who has signed in.
    ///   - address: From where he asks.
    /// - Returns: The key.
    /// - Throws: `refused` with `notAllowed`, `invalidKey`, `invalidRequest`, `keyExists` or `tooManyKeys`;
    ///   `storage`, `audit`.
    public func addKey(
        _ publicKey: [UInt8],
        isCertificate: Bool = false,
        label: String = "",
        to principal: Principal,
        from address: NetworkAddress?
    ) throws(AccessError) -> UserKey {
        try principal.require(.manageKeys)
        try Self.check(ed25519: publicKey)
        try Self.check(label: label)
        let kind: UserKey.Kind = isCertificate ? .certificate : .ed25519
        let key = NewKey(kind: kind, publicKey: publicKey, label: label)
        return try add(key, to: principal, from: address)
    }

    func add(
        _ key: NewKey,
        to principal: Principal,
        from address: NetworkAddress?
    ) throws(AccessError) -> UserKey {
        let (id, time) = (newKeyID(), clock.wall)
        let request = ChangeRequest(actor: "\(principal.user)", action: .addKey, address: address)
        let added = try store.change(request, clock: clock) {
            transaction throws(DatabaseError) -> Decision<(StoredUserKey, User)> in
            let subject = "key \(id.text)"
            guard let found = try StoredUser.find(principal.user, transaction),
                found.state == .active
            else { return .refused(.userDisabled, subject: subject) }
            let keys = try StoredUserKey.all(of: principal.user, transaction)
            let current = keys.filter { stored in stored.key.revokedWallNanoseconds == nil }
            guard current.count < AccessLimits.keysMax, keys.count < AccessLimits.keysEverMax
            else { return .refused(.tooManyKeys, subject: subject) }
            let addedBy = try Self.key(of: principal, transaction)
            let stored = key.stored(id, of: principal.user, addedBy: addedBy, time: time)
            // A revoked key stays revoked, whoever brings it.
            guard try StoredUserKey.find(key.kind, stored.handle, transaction) == nil else {
                return .refused(.keyExists, subject: subject)
            }
            try stored.insert(transaction)
            return .done((stored, found.user), subject: subject)
        } committed: { stored, user in
            if stored.key.kind == .certificate { directory.add(stored, of: user) }
        }
        return added.0.key
    }

    /// The key with which a principal's session was begun.
    static func key(
        of principal: Principal,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> KeyID? {
        guard case .session(let session) = principal.method else { return nil }
        let rows = try transaction.rows(
            "SELECT key FROM session WHERE id = ?",
            [.blob(session.identifier.bytes)]
        )
        guard let row = rows.first, let id = Identifier(bytes: try row.blob(0)) else { return nil }
        return KeyID(id)
    }

    /// What a revocation takes with it.
    struct Revoked: Sendable {
        var sessions: [SessionID] = []
        var apiKeys: [String] = []
        var certificate: [UInt8]?
    }

    /// Revokes a key of a user for ever, ends the sessions that were begun with it, and revokes the API keys that
    /// were made in them.
    ///
    /// Who has lost a key, or fears that it was copied, signs in with another one and revokes it; keys that were
    /// added in its sessions (`UserKey.addedBy`) should be looked at too. The last key to sign in with cannot
    /// be revoked.
    ///
    /// - Parameters:
    ///   - id: The key.
    ///   - principal: The user, who has signed in.
    ///   - address: From where he asks.
    /// - Throws: `refused` with `notAllowed`, `unknownKey` or `lastKey`; `storage`, `audit`.
    public func revokeKey(
        _ id: KeyID,
        by principal: Principal,
        from address: NetworkAddress?
    ) throws(AccessError) {
        try principal.require(.manageKeys)
        let (now, monotonic) = (clock.latest, clock.monotonic)
        let request = ChangeRequest(
            actor: "\(principal.user)",
            action: .revokeKey,
            address: address
        )
        _ = try store.change(request, clock: clock) {
            transaction throws(DatabaseError) -> Decision<Revoked> in
            let subject = "key \(id.text)"
            let keys = try StoredUserKey.all(of: principal.user, transaction)
            guard let stored = keys.first(where: { $0.key.id == id }) else {
                return .refused(.unknownKey, subject: subject)
            }
            if stored.key.revokedWallNanoseconds != nil {
                return .done(Revoked(), subject: subject)
            }
            let others = keys.contains { other in
                other.key.id != id && other.key.signsIn
                    && other.key.revokedWallNanoseconds == nil
            }
            guard others || !stored.key.signsIn else { return .refused(.lastKey, subject: subject) }
            return .done(try Self.revoke(stored, now: now, transaction), subject: subject)
        } committed: { revoked in
            apply(revoked, monotonic: monotonic)
        }
    }

    func apply(_ revoked: Revoked, monotonic: UInt64) {
        for session in revoked.sessions { revocations.add(session, monotonic: monotonic) }
        for key in revoked.apiKeys { directory.revoke(apiKey: key) }
        if let key = revoked.certificate { directory.remove(certificate: key) }
    }

    private static func revoke(
        _ stored: StoredUserKey,
        now: UInt64,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Revoked {
        let id = DatabaseValue.blob(stored.key.id.identifier.bytes)
        try transaction.execute("UPDATE key SET revoked = ? WHERE id = ?", [.time(now), id])
        let rows = try transaction.rows(
            "SELECT id FROM session WHERE key = ? AND revoked IS NULL",
            [id]
        )
        var revoked = Revoked(sessions: try sessions(rows))
        try end(revoked.sessions, now: now, transaction)
        for row in try transaction.rows(
            "SELECT id FROM api_key WHERE key = ? AND revoked IS NULL",
            [id]
        ) {
            revoked.apiKeys.append(try row.text(0))
        }
        try transaction.execute(
            "UPDATE api_key SET revoked = ? WHERE key = ? AND revoked IS NULL",
            [.time(now), id]
        )
        if stored.key.kind == .certificate { revoked.certificate = stored.publicKey }
        return revoked
    }
}
