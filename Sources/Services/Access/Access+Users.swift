internal import Cryptography
internal import Database
internal import Platform
internal import Primitives

extension Access {
    /// Registers a user with an Ed25519 key, and opens an account for him.
    ///
    /// The account's number is durable before the venue is asked to open it, and only when it is open the user
    /// can sign in: a crash in between leaves a user whose registration `completeRegistrations`, or the same
    /// call with the same key, brings to its end, with the same account.
    ///
    /// - Parameters:
    ///   - userName: The name; see `UserName`.
    ///   - publicKey: The 32 bytes of the key.
    ///   - label: What the user calls the key.
    ///   - address: From where he asks.
    /// - Returns: The user, who is a trader.
    /// - Throws: `refused` with `invalidUserName`, `invalidKey`, `invalidRequest`, `userExists` or `busy`;
    ///   `account`, `storage`, `audit`.
    public func register(
        userName: String,
        publicKey: [UInt8],
        label: String = "",
        from address: NetworkAddress?
    ) throws(AccessError) -> User {
        guard let name = UserName(userName) else { throw .refused(.invalidUserName) }
        try Self.check(ed25519: publicKey)
        try Self.check(label: label)
        return try register(
            name,
            UserID(random: SystemRandom.bytes(Identifier.byteCount)),
            NewKey(kind: .ed25519, publicKey: publicKey, label: label),
            from: address
        )
    }

    /// Registers a user with any kind of key.
    func register(
        _ name: UserName,
        _ id: UserID,
        _ key: NewKey,
        from address: NetworkAddress?
    ) throws(AccessError) -> User {
        let user = try reserve(name, id, key, from: address)
        try activate(user, from: address)
        return user
    }

    private func reserve(
        _ name: UserName,
        _ id: UserID,
        _ key: NewKey,
        from address: NetworkAddress?
    ) throws(AccessError) -> User {
        let keyID = newKeyID()
        let (configuration, time) = (configuration, clock.wall)
        return try store.change(
            ChangeRequest(
                actor: ChangeRequest.anonymous,
                action: .reserveUser,
                address: address
            ),
            clock: clock
        ) { transaction throws(DatabaseError) in
            if let found = try StoredUser.find(name, transaction) {
                // Only who began this registration has named the same key.
                let keys = try StoredUserKey.all(of: found.user.id, transaction)
                guard found.state == .pending, keys.count == 1, keys[0].key.kind == key.kind,
                    keys[0].publicKey == key.publicKey
                else { return .refused(.userExists, subject: name.text) }
                return .done(found.user, subject: name.text, outcome: "resumed")
            }
            guard
                let account = try StoredUser.nextAccount(
                    from: configuration.firstAccount,
                    transaction
                )
            else { return .refused(.busy, subject: name.text) }
            let stored = key.stored(keyID, of: id, addedBy: nil, time: time)
            if try StoredUserKey.find(key.kind, stored.handle, transaction) != nil {
                return .refused(.keyExists, subject: name.text)
            }
            let user = User(
                id: id,
                name: name.text,
                account: account,
                roles: .trader,
                createdWallNanoseconds: time,
                isDisabled: false
            )
            try StoredUser.insert(user, .pending, folded: name.folded, transaction)
            try stored.insert(transaction)
            return .done(user, subject: "\(name.text) \(id) account \(account.rawValue)")
        }
    }

    private func activate(_ user: User, from address: NetworkAddress?) throws(AccessError) {
        do {
            try openAccount(user.account)
        } catch {
            throw .account("\(error)")
        }
        try store.change(
            ChangeRequest(
                actor: ChangeRequest.system,
                action: .activateUser,
                address: address
            ),
            clock: clock
        ) { transaction throws(DatabaseError) in
            let found = try StoredUser.find(user.id, transaction)
            // Somebody else may have completed it in between.
            if found?.state == .pending { try StoredUser.set(.active, of: user.id, transaction) }
            return .done((), subject: "\(user.id)")
        }
    }

    /// Brings registrations to their end that a crash has interrupted.
    ///
    /// To be called when the venue takes commands, before users come.
    ///
    /// - Returns: How many there were.
    /// - Throws: `account`, `storage`, `audit`; then it can be called again.
    @discardableResult
    public func completeRegistrations() throws(AccessError) -> Int {
        let users = try store.read { transaction throws(DatabaseError) in
            try StoredUser.all(.pending, transaction).map(\.user)
        }
        for user in users { try activate(user, from: nil) }
        return users.count
    }

    /// The user that a principal is.
    ///
    /// - Throws: `refused` with `unknownUser`; `storage`.
    public func user(_ id: UserID) throws(AccessError) -> User {
        let found = try store.read { transaction throws(DatabaseError) in
            try StoredUser.find(id, transaction)
        }
        guard let found else { throw .refused(.unknownUser) }
        return found.user
    }

    /// The user with a name; none if there is none.
    ///
    /// - Throws: `storage`.
    public func user(named text: String) throws(AccessError) -> User? {
        guard let name = UserName(text) else { return nil }
        return try store.read { transaction throws(DatabaseError) in
            try StoredUser.find(name, transaction)?.user
        }
    }

    static func check(ed25519 bytes: [UInt8]) throws(AccessError) {
        do throws(Ed25519.KeyError) {
            _ = try Ed25519.PublicKey(bytes: bytes)
        } catch {
            throw .refused(.invalidKey)
        }
    }

    static func check(label: String) throws(AccessError) {
        guard label.utf8.count <= AccessLimits.labelBytesMax,
            label.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { throw .refused(.invalidRequest) }
    }

    func newKeyID() -> KeyID { KeyID(newIdentifier()) }

    func newIdentifier() -> Identifier {
        guard let identifier = Identifier(bytes: SystemRandom.bytes(Identifier.byteCount)) else {
            preconditionFailure("it is given as many bytes as it has")
        }
        return identifier
    }
}
