internal import Cryptography
internal import Database
internal import Platform
internal import Primitives
internal import Synchronization

extension Access {
    /// Registers a user with an Ed25519 key, and opens an account for him.
    ///
    /// The account's number, which nobody has then, is durable before the venue is asked to open it, and only when
    /// it is open the user can sign in: a crash in between leaves a user whose registration
    /// `completeRegistrations`, or the same call with the same key, brings to its end, with the same account.
    /// If somebody else opens that account in between, the user gets another one.
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
        try registration.withLock { _ throws(AccessError) in
            let account = try freeAccount()
            switch try reserve(name, id, key, account, from: address) {
            case .reserved(let user): return try activate(user, isNew: true, from: address)
            case .resumed(let user): return try activate(user, isNew: false, from: address)
            }
        }
    }

    /// How often another number is tried when somebody is quicker.
    private static let attemptsMax = 64

    /// The first account number that no user has and that is not open.
    private func freeAccount() throws(AccessError) -> AccountID {
        let first = configuration.firstAccount
        var account = try store.read { transaction throws(DatabaseError) in
            try StoredUser.nextAccount(from: first, transaction)
        }
        while let candidate = account {
            let isOpen: Bool
            do {
                isOpen = try accounts.isOpen(candidate)
            } catch {
                throw .account("\(error)")
            }
            if !isOpen { return candidate }
            let next = candidate.rawValue + 1
            account = next < Limits.accountsMax ? AccountID(next) : nil
        }
        throw .refused(.busy)
    }

    /// What became of a name and a number.
    private enum Reservation: Sendable {
        case reserved(User)
        /// The same client began before.
        case resumed(User)
    }

    private func reserve(
        _ name: UserName,
        _ id: UserID,
        _ key: NewKey,
        _ account: AccountID,
        from address: NetworkAddress?
    ) throws(AccessError) -> Reservation {
        let keyID = newKeyID()
        let time = clock.wall
        let request = ChangeRequest(
            actor: ChangeRequest.anonymous,
            action: .reserveUser,
            address: address
        )
        return try store.change(request, clock: clock) {
            transaction throws(DatabaseError) -> Decision<Reservation> in
            if let found = try StoredUser.find(name, transaction) {
                // Only who began this registration has named the same key.
                let keys = try StoredUserKey.all(of: found.user.id, transaction)
                guard found.state == .pending, keys.count == 1, keys[0].key.kind == key.kind,
                    keys[0].publicKey == key.publicKey
                else { return .refused(.userExists, subject: name.text) }
                return .unchanged(.resumed(found.user))
            }
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
            return .done(.reserved(user), subject: "\(name.text) \(id) account \(account.rawValue)")
        }
    }

    /// Opens the account of a user, and lets him sign in.
    ///
    /// - Parameters:
    ///   - user: The user, as he was reserved.
    ///   - isNew: Whether this is the first time that his account is opened: then one that is open is somebody
    ///     else's. Otherwise it was free when it was chosen, and the attempt before has opened it.
    ///   - address: From where it was asked for.
    /// - Returns: The user, with the account that was opened.
    /// - Throws: `account`, `storage`, `audit`; `refused` with `busy`.
    private func activate(
        _ user: User,
        isNew: Bool,
        from address: NetworkAddress?
    ) throws(AccessError) -> User {
        var user = user
        for _ in 0..<Self.attemptsMax {
            let opening: AccountOpening
            do {
                opening = try accounts.open(user.account)
            } catch {
                throw .account("\(error)")
            }
            if opening == .opened || !isNew {
                try activate(user.id, from: address)
                return user
            }
            user = try move(user, to: try freeAccount(), from: address)
        }
        throw .refused(.busy)
    }

    private func activate(_ id: UserID, from address: NetworkAddress?) throws(AccessError) {
        let request = ChangeRequest(
            actor: ChangeRequest.system,
            action: .activateUser,
            address: address
        )
        try store.change(request, clock: clock) {
            transaction throws(DatabaseError) -> Decision<Void> in
            let found = try StoredUser.find(id, transaction)
            guard found?.state == .pending else { return .unchanged(()) }
            try StoredUser.set(.active, of: id, transaction)
            return .done((), subject: "\(id)")
        }
    }

    /// Gives a user whose account is not open yet another number.
    private func move(
        _ user: User,
        to account: AccountID,
        from address: NetworkAddress?
    ) throws(AccessError) -> User {
        let request = ChangeRequest(
            actor: ChangeRequest.system,
            action: .reserveUser,
            address: address
        )
        return try store.change(request, clock: clock) {
            transaction throws(DatabaseError) -> Decision<User> in
            try transaction.execute(
                "UPDATE user SET account = ? WHERE id = ? AND state = 0",
                [.integer(Int64(account.rawValue)), .blob(user.id.bytes)]
            )
            let found = try StoredUser.find(user.id, transaction)
            return .done(
                found?.user ?? user,
                subject: "\(user.id) account \(account.rawValue)",
                outcome: "moved"
            )
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
        try registration.withLock { _ throws(AccessError) in
            let users = try store.read { transaction throws(DatabaseError) in
                try StoredUser.all(.pending, transaction).map(\.user)
            }
            for user in users { _ = try activate(user, isNew: false, from: nil) }
            return users.count
        }
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
