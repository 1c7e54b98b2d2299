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
