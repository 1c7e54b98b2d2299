internal import Cryptography
internal import Database
public import Encoding
internal import Platform

extension Access {
    /// What a page needs to make a passkey for somebody who registers.
    ///
    /// Nothing is remembered: the name is not taken before `registerPasskey`.
    ///
    /// - Parameter userName: The name; see `UserName`.
    /// - Returns: The argument of `PublicKeyCredential.parseCreationOptionsFromJSON`.
    /// - Throws: `refused` with `invalidUserName` or `userExists`; `misconfigured` without a party; `storage`.
    public func passkeyRegistrationOptions(
        userName: String
    ) throws(AccessError) -> JSONValue {
        let party = try passkeyParty()
        guard let name = UserName(userName) else { throw .refused(.invalidUserName) }
        let found = try store.read { transaction throws(DatabaseError) in
            try StoredUser.find(name, transaction) != nil
        }
        if found { throw .refused(.userExists) }
        let user = UserID(random: SystemRandom.bytes(Identifier.byteCount))
        let challenge = challenges.make(
            .passkeyRegistration,
            name: name.folded,
            user: user,
            monotonic: clock.monotonic
        )
        return PasskeyOptions.creation(
            party,
            user: user,
            userName: name.text,
            challenge: challenge,
            excluding: []
        )
    }

    /// Registers a user with a passkey, opens an account for him, and signs him in.
    ///
    /// - Parameters:
    ///   - userName: The name for which the options were made.
    ///   - credential: What `PublicKeyCredential.toJSON` gives after `navigator.credentials.create`.
    ///   - label: What the user calls the passkey.
    ///   - address: From where he asks.
    /// - Returns: The user, and the tokens of a first session.
    /// - Throws: `passkey` with what is wrong; `refused` with `invalidUserName`, `invalidRequest`, `userExists`,
    ///   `keyExists` or `busy`; `account`, `storage`, `audit`.
    public func registerPasskey(
        userName: String,
        credential: JSONValue,
        label: String = "",
        from address: NetworkAddress?
    ) throws(AccessError) -> (user: User, tokens: Tokens) {
        guard let name = UserName(userName) else { throw .refused(.invalidUserName) }
        try Self.check(label: label)
        let (id, key) = try newPasskey(
            credential,
            .passkeyRegistration,
            name: name.folded,
            label: label
        )
        let user = try register(name, id, key, from: address)
        let stored = try store.read { transaction throws(DatabaseError) in
            try StoredUserKey.find(.passkey, key.credential, transaction)
        }
        guard let stored else { throw .refused(.signInFailed) }
        return (user, try beginSession(stored, from: address))
    }

    /// What a page needs to make another passkey for a user.
    ///
    /// - Parameter principal: The user, who has signed in.
    /// - Returns: The argument of `PublicKeyCredential.parseCreationOptionsFromJSON`.
    /// - Throws: `refused` with `notAllowed`; `misconfigured` without a party; `storage`.
    public func passkeyAdditionOptions(
        for principal: Principal
    ) throws(AccessError) -> JSONValue {
        let party = try passkeyParty()
        try principal.require(.manageKeys)
        let user = try user(principal.user)
        let keys = try passkeys(of: principal.user)
        let challenge = challenges.make(
            .passkeyAddition,
            name: "\(user.id)",
            user: user.id,
            monotonic: clock.monotonic
        )
        return PasskeyOptions.creation(
            party,
            user: user.id,
            userName: user.name,
            challenge: challenge,
            excluding: keys.map(PasskeyOptions.Descriptor.init)
        )
    }

    /// Adds another passkey to a user.
    ///
    /// - Parameters:
    ///   - credential: What `PublicKeyCredential.toJSON` gives after `navigator.credentials.create`.
    ///   - label: What the user calls the passkey.
    ///   - principal: The user, who has signed in.
    ///   - address: From where he asks.
    /// - Returns: The key.
    /// - Throws: `passkey` with what is wrong; `refused` with `notAllowed`, `invalidRequest`, `keyExists` or
    ///   `tooManyKeys`; `storage`, `audit`.
    public func addPasskey(
        credential: JSONValue,
        label: String = "",
        to principal: Principal,
        from address: NetworkAddress?
    ) throws(AccessError) -> UserKey {
        try principal.require(.manageKeys)
        try Self.check(label: label)
        let (id, key) = try newPasskey(
            credential,
            .passkeyAddition,
            name: "\(principal.user)",
            label: label
        )
        guard id == principal.user else { throw .passkey(.wrongChallenge) }
        return try add(key, to: principal, from: address)
    }

    /// Verifies a registration (Web Authentication, Level 2, §7.1), and uses its challenge.
    private func newPasskey(
        _ credential: JSONValue,
        _ purpose: ChallengeBook.Purpose,
        name: String,
        label: String
    ) throws(AccessError) -> (UserID, NewKey) {
        let party = try passkeyParty()
        let answer = try PasskeyAnswer(credential)
        let clientData = try ClientData(answer.clientData, .create, party)
        let object = try answer.attestationObject()
        let data = try AuthenticatorData(try AttestationObject.authenticatorData(object))
        try data.check(party)
        guard let made = data.credential, made.id == answer.id else {
            throw .passkey(.credentialData)
        }
        let monotonic = clock.monotonic
        guard
            let user = challenges.check(
                clientData.challenge,
                purpose,
                name: name,
                monotonic: monotonic
            ), try challenges.use(clientData.challenge, monotonic: monotonic)
        else { throw .passkey(.wrongChallenge) }
        let key = NewKey(
            kind: .passkey,
            publicKey: made.key.encoded,
            label: label,
            credential: made.id,
            counter: data.counter,
            isBackupEligible: data.flags.contains(.backupEligible),
            isBackedUp: data.flags.contains(.backedUp),
            transports: answer.transports
        )
        return (user, key)
    }

    private func passkeyParty() throws(AccessError) -> PasskeyParty {
        guard let party = configuration.passkeys else {
            throw .misconfigured("there is no party of passkeys")
        }
        return party
    }

    /// The passkeys of a user that are not revoked.
    private func passkeys(of user: UserID) throws(AccessError) -> [StoredUserKey] {
        try store.read { transaction throws(DatabaseError) in
            try StoredUserKey.all(of: user, transaction).filter { stored in
                stored.key.kind == .passkey && stored.key.revokedWallNanoseconds == nil
            }
        }
    }
}

extension Access {
    /// What a page needs to sign somebody in with a passkey.
    ///
    /// - Parameter userName: The user's name; if it is not given, the browser offers the passkeys that it finds.
    /// - Returns: The argument of `PublicKeyCredential.parseRequestOptionsFromJSON`.
    /// - Throws: `refused` with `invalidUserName`, or `unknownUser` if the settings say so; otherwise a user who
    ///   does not exist or has no passkey gets one that nobody has, always the same. `misconfigured`, `storage`.
    public func passkeySignInOptions(
        userName: String? = nil
    ) throws(AccessError) -> JSONValue {
        let party = try passkeyParty()
        var allowed: [PasskeyOptions.Descriptor] = []
        var user: UserID?
        if let userName {
            guard let name = UserName(userName) else { throw .refused(.invalidUserName) }
            let found = try store.read { transaction throws(DatabaseError) in
                try StoredUser.find(name, transaction)
            }
            if let found {
                user = found.user.id
                allowed = try passkeys(of: found.user.id).map(PasskeyOptions.Descriptor.init)
            } else if configuration.tellsUnknownUsers {
                throw .refused(.unknownUser)
            }
            if allowed.isEmpty { allowed = [PasskeyOptions.Descriptor(id: decoy(for: name))] }
        }
        let challenge = challenges.make(
            .passkeySignIn,
            name: "",
            user: user,
            monotonic: clock.monotonic
        )
        return PasskeyOptions.request(party, challenge: challenge, allowing: allowed)
    }

    /// A credential's identifier that nobody can tell from one that exists.
    private func decoy(for name: UserName) -> [UInt8] {
        HMAC.sha256(key: refreshKey, Array("parallax.decoy/1 \(name.folded)".utf8)).bytes
    }

    /// Signs a user in with a passkey (Web Authentication, Level 2, §7.2).
    ///
    /// - Parameters:
    ///   - credential: What `PublicKeyCredential.toJSON` gives after `navigator.credentials.get`.
    ///   - address: From where he asks.
    /// - Returns: The tokens of a new session.
    /// - Throws: `passkey` with what is wrong; `refused` with `counterRegressed`, `signInFailed` or `busy`;
    ///   `storage`, `audit`.
    public func signInPasskey(
        credential: JSONValue,
        from address: NetworkAddress?
    ) throws(AccessError) -> Tokens {
        let key: StoredUserKey
        let use: PasskeyUse
        do throws(AccessError) {
            (key, use) = try usedPasskey(credential)
        } catch {
            if case .passkey = error { try refuseSignIn("passkey", error.code, from: address) }
            throw error
        }
        return try beginSession(key, passkey: use, from: address)
    }

    private func usedPasskey(
        _ credential: JSONValue
    ) throws(AccessError) -> (StoredUserKey, PasskeyUse) {
        let party = try passkeyParty()
        let answer = try PasskeyAnswer(credential)
        let clientData = try ClientData(answer.clientData, .get, party)
        let bytes = try answer.authenticatorData()
        let signature = try answer.signature()
        let handle = try answer.userHandle()
        let data = try AuthenticatorData(bytes)
        try data.check(party)
        guard data.credential == nil else { throw .passkey(.credentialData) }
        let monotonic = clock.monotonic
        let asked = challenges.check(
            clientData.challenge,
            .passkeySignIn,
            name: "",
            monotonic: monotonic
        )
        guard let asked else { throw .passkey(.wrongChallenge) }
        let found = try store.read { transaction throws(DatabaseError) in
            try StoredUserKey.find(.passkey, answer.id, transaction)
        }
        guard let found, found.key.revokedWallNanoseconds == nil,
            isOwner(found.user, asked: asked, handle: handle),
            let key = PasskeyKey(encoded: found.publicKey)
        else { throw .passkey(.unknownCredential) }
        guard data.flags.contains(.backupEligible) == found.key.isBackupEligible else {
            throw .passkey(.backupFlags)
        }
        guard key.verifies(signature, of: bytes + clientData.hash) else {
            throw .passkey(.wrongSignature)
        }
        guard try challenges.use(clientData.challenge, monotonic: monotonic) else {
            throw .passkey(.wrongChallenge)
        }
        let use = PasskeyUse(
            counter: data.counter,
            isBackedUp: data.flags.contains(.backedUp)
        )
        return (found, use)
    }

    /// Whether the credential's owner is who was asked for, and who the credential says (§7.2 step 6).
    private func isOwner(_ owner: UserID, asked: UserID, handle: [UInt8]?) -> Bool {
        if let handle, handle != owner.bytes { return false }
        let nobody = asked.bytes.allSatisfy { byte in byte == 0 }
        return nobody ? handle != nil : asked == owner
    }
}
