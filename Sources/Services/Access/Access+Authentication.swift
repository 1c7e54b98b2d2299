internal import Cryptography
internal import KeyStore
internal import Primitives

extension Access {
    /// Who has an access token.
    ///
    /// It looks at memory only. A token of this process is good for 15 minutes by the monotonic clock and by the
    /// wall clock, whichever ends first; one of an earlier process by the wall clock, which must not have been
    /// set back since.
    ///
    /// - Parameter token: The token.
    /// - Returns: The user, with all scopes.
    /// - Throws: `refused` with `tokenInvalid`, `tokenExpired` or `tokenRevoked`.
    public func authenticate(token: String) throws(AccessError) -> Principal {
        let monotonic = clock.monotonic
        guard let claims = keyring.claims(of: token, monotonic: monotonic),
            claims.issuer == configuration.venue, claims.audience == configuration.venue
        else { throw .refused(.tokenInvalid) }
        guard isCurrent(claims, monotonic: monotonic) else { throw .refused(.tokenExpired) }
        let made = claims.process == process ? claims.monotonic : nil
        guard !revocations.contain(claims.session, made: made) else {
            throw .refused(.tokenRevoked)
        }
        return Self.principal(claims)
    }

    private func isCurrent(_ claims: TokenClaims, monotonic: UInt64) -> Bool {
        if claims.process == process {
            guard claims.monotonic <= monotonic else { return false }
            return monotonic - claims.monotonic < AccessLimits.tokenSeconds * Nanoseconds.second
                && clock.wall / Nanoseconds.second < claims.expiresAt
        }
        let seconds = clock.latest / Nanoseconds.second
        return claims.issuedAt <= seconds && seconds < claims.expiresAt
    }
}

extension Access {
    /// Who makes a request: the one place where that is established.
    ///
    /// It looks at memory only. A request proves it in one of four ways:
    ///
    /// - `Authorization: Bearer` with an access token;
    /// - the same with an API key and its secret (`plx_…`);
    /// - a signature with an API key's own key; see `RequestMessage`;
    /// - without any of these, the key of the connection's certificate, which a user has registered.
    ///
    /// - Parameter request: What the request says.
    /// - Returns: The user with his account, and what may be done.
    /// - Throws: `refused` with `unauthenticated`, `invalidRequest`, `tokenInvalid`, `tokenExpired`,
    ///   `tokenRevoked`, `apiKeyInvalid`, `apiKeyExpired`, `addressNotAllowed`, `requestSignatureInvalid`,
    ///   `requestReplayed`, `timestampOutOfRange`, `certificateUnknown`, `userDisabled` or `busy`.
    public func authenticate(_ request: RequestCredentials) throws(AccessError) -> Principal {
        let bearer = try request.bearer()
        let signed = try request.signed()
        if let bearer {
            guard signed == nil else { throw .refused(.invalidRequest) }
            return try authenticate(bearer: bearer, from: request.address)
        }
        if let signed { return try authenticate(signed, request) }
        guard let key = request.peerKey else { throw .refused(.unauthenticated) }
        guard let holder = directory.holder(of: key.bytes) else {
            throw .refused(.certificateUnknown)
        }
        guard !holder.isDisabled else { throw .refused(.userDisabled) }
        return principal(holder.member, .all, .certificate(holder.key))
    }

    /// Who sends what stands behind `Bearer`, or in the first message of a WebSocket: an access token, or an API
    /// key with its secret.
    ///
    /// - Parameters:
    ///   - bearer: The text.
    ///   - address: From where it comes.
    /// - Returns: The user with his account, and what may be done.
    /// - Throws: As `authenticate(_:)`.
    public func authenticate(
        bearer: String,
        from address: NetworkAddress?
    ) throws(AccessError) -> Principal {
        guard bearer.hasPrefix(APISecret.prefix) else { return try authenticate(token: bearer) }
        guard let secret = APISecret(bearer), let found = directory.program(secret.id),
            let hash = found.program.secretHash, ConstantTime.equal(hash, secret.hash)
        else { throw .refused(.apiKeyInvalid) }
        return try admit(found.program, secret.id, found.member, found.isDisabled, address)
    }

    private func authenticate(
        _ signed: RequestCredentials.Signed,
        _ request: RequestCredentials
    ) throws(AccessError) -> Principal {
        guard let found = directory.program(signed.key), let key = found.program.publicKey else {
            throw .refused(.apiKeyInvalid)
        }
        let now = clock.wall / Nanoseconds.millisecond
        guard signed.timestamp <= now + AccessLimits.requestLeadMillisecondsMax,
            signed.timestamp + AccessLimits.requestAgeMillisecondsMax >= now
        else { throw .refused(.timestampOutOfRange) }
        let message = RequestMessage.bytes(
            venue: configuration.venue,
            key: signed.key,
            method: request.method,
            target: request.target,
            timestamp: signed.timestamp,
            nonce: signed.nonce,
            body: request.body
        )
        guard NativeEd25519.verifies(signed.signature, of: message, by: key) else {
            throw .refused(.requestSignatureInvalid)
        }
        try nonces.take(
            key: signed.key,
            nonce: signed.nonce,
            timestamp: signed.timestamp,
            monotonic: clock.monotonic
        )
        return try admit(
            found.program,
            signed.key,
            found.member,
            found.isDisabled,
            request.address
        )
    }

    /// What all uses of an API key have in common, after it was proved.
    private func admit(
        _ program: Directory.Program,
        _ id: String,
        _ member: Directory.Member,
        _ isDisabled: Bool,
        _ address: NetworkAddress?
    ) throws(AccessError) -> Principal {
        if let expires = program.expires, clock.latest >= expires {
            throw .refused(.apiKeyExpired)
        }
        guard !isDisabled else { throw .refused(.userDisabled) }
        if !program.addresses.isEmpty {
            guard let address, program.addresses.contains(where: { $0.contains(address) }) else {
                throw .refused(.addressNotAllowed)
            }
        }
        directory.noteUse(of: id, wall: clock.wall)
        return principal(member, program.scopes, .apiKey(id))
    }

    private func principal(
        _ member: Directory.Member,
        _ scopes: Scopes,
        _ method: Principal.Method
    ) -> Principal {
        Principal(
            user: member.user,
            account: member.account,
            roles: member.roles,
            scopes: scopes,
            method: method
        )
    }
}
