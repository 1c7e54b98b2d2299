internal import Cryptography
internal import Database
internal import Encoding
internal import KeyStore

extension Access {
    /// A challenge for a user to sign; see `SignInMessage`.
    ///
    /// A challenge takes no memory, is good for five minutes, and for one sign-in.
    ///
    /// - Parameter userName: The user's name.
    /// - Returns: Base64 with padding.
    /// - Throws: `refused` with `unknownUser`, if the settings say so, or `invalidUserName`; `storage`.
    public func challenge(userName: String) throws(AccessError) -> String {
        guard let name = UserName(userName) else { throw .refused(.invalidUserName) }
        if configuration.tellsUnknownUsers {
            let found = try store.read { transaction throws(DatabaseError) in
                try StoredUser.find(name, transaction)?.state
            }
            guard let found, found != .pending else { throw .refused(.unknownUser) }
        }
        let bytes = challenges.make(.signIn, name: name.folded, monotonic: clock.monotonic)
        return Base64.standard.encode(bytes)
    }

    /// Signs a user in by an Ed25519 signature over `SignInMessage`.
    ///
    /// That the user, the key, the signature or the challenge is wrong is answered alike, after the same work.
    ///
    /// - Parameters:
    ///   - userName: The user's name, as it was signed.
    ///   - challenge: The challenge, as it came.
    ///   - signature: 64 bytes.
    ///   - timestamp: Seconds since 1970-01-01T00:00:00Z, as they were signed.
    ///   - address: From where he asks.
    /// - Returns: The tokens of a new session.
    /// - Throws: `refused` with `timestampOutOfRange`, `signInFailed` or `busy`; `storage`, `audit`.
    public func signIn(
        userName: String,
        challenge: String,
        signature: [UInt8],
        timestamp: Int64,
        from address: NetworkAddress?
    ) throws(AccessError) -> Tokens {
        let seconds = Int64(clamping: clock.wall / Nanoseconds.second)
        let (distance, isFar) = seconds.subtractingReportingOverflow(timestamp)
        guard !isFar, distance.magnitude <= configuration.skewSecondsMax.magnitude else {
            throw .refused(.timestampOutOfRange)
        }
        let name = UserName(userName)
        let message = SignInMessage.bytes(
            venue: configuration.venue,
            userName: userName,
            challenge: challenge,
            timestamp: timestamp
        )
        guard let key = try signer(name, of: message, signature),
            let name, let bytes = Self.decoded(challenge),
            challenges.check(bytes, .signIn, name: name.folded, monotonic: clock.monotonic) != nil,
            try challenges.use(bytes, monotonic: clock.monotonic)
        else {
            try refuseSignIn(name?.text ?? "", from: address)
            throw .refused(.signInFailed)
        }
        return try beginSession(key, from: address)
    }

    func refuseSignIn(
        _ subject: String,
        _ code: String = AccessRefusal.signInFailed.rawValue,
        from address: NetworkAddress?
    ) throws(AccessError) {
        try store.refuse(
            ChangeRequest(actor: ChangeRequest.anonymous, action: .signIn, address: address),
            code,
            subject: subject,
            clock: clock
        )
    }

    /// The key of a user who has made a signature; none if nobody has.
    private func signer(
        _ name: UserName?,
        of message: [UInt8],
        _ signature: [UInt8]
    ) throws(AccessError) -> StoredUserKey? {
        var keys: [StoredUserKey] = []
        if let name {
            keys = try store.read { transaction throws(DatabaseError) in
                guard let found = try StoredUser.find(name, transaction), found.state == .active
                else { return [] }
                return try StoredUserKey.all(of: found.user.id, transaction).filter { stored in
                    stored.key.kind == .ed25519 && stored.key.revokedWallNanoseconds == nil
                }
            }
        }
        if keys.isEmpty {
            // As much work as for a user with one key, who may not be told from this by the time.
            _ = Self.verifies(signature, message, Self.nobodysKey)
        }
        return keys.first { stored in Self.verifies(signature, message, stored.publicKey) }
    }

    /// The base point, whose secret key is known to everybody, and which belongs to nobody.
    private static let nobodysKey =
        [0x58] + [UInt8](repeating: 0x66, count: Ed25519.PublicKey.byteCount - 1)

    static func verifies(_ signature: [UInt8], _ message: [UInt8], _ key: [UInt8]) -> Bool {
        do throws(Ed25519.KeyError) {
            let key = try Ed25519.PublicKey(bytes: key)
            return NativeEd25519.verifies(signature, of: message, by: key)
        } catch {
            return false
        }
    }

    private static func decoded(_ challenge: String) -> [UInt8]? {
        guard challenge.utf8.count == (ChallengeBook.byteCount + 2) / 3 * 4 else { return nil }
        do throws(Base64.DecodingError) {
            return try Base64.standard.decode(challenge)
        } catch {
            return nil
        }
    }
}
