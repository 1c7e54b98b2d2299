internal import Database
internal import Platform
internal import Primitives

/// A session, as its user may see it.
public struct SessionSummary: Equatable, Sendable {
    /// Its name.
    public let id: SessionID
    /// The key with which it was begun.
    public let key: KeyID
    /// When it was begun, in nanoseconds since 1970-01-01T00:00:00Z.
    public let createdWallNanoseconds: UInt64
    /// When tokens were made in it last.
    public let issuedWallNanoseconds: UInt64
    /// Until when it can be refreshed.
    public let expiresWallNanoseconds: UInt64
}

extension Access {
    /// What a sign-in or a refresh has made.
    private struct Opened: Sendable {
        var user: User
        var ended: [SessionID] = []
    }

    /// Begins a session for the user whose key was just proved.
    ///
    /// - Throws: `refused` with `signInFailed` or `userDisabled` when user or key have gone in between.
    func beginSession(
        _ key: StoredUserKey,
        passkey: PasskeyUse? = nil,
        from address: NetworkAddress?
    ) throws(AccessError) -> Tokens {
        try rotateTokenKeyIfOld()
        let session = SessionID(newIdentifier())
        let refresh = RefreshToken(session, generation: 0, key: refreshKey)
        let now = clock.latest
        let expires = now + configuration.sessionSeconds * Nanoseconds.second
        let request = ChangeRequest(actor: "\(key.user)", action: .signIn, address: address)
        let monotonic = clock.monotonic
        let opened = try store.change(request, clock: clock) {
            transaction throws(DatabaseError) -> Decision<Opened> in
            let subject = "session \(session.text) key \(key.key.id.text)"
            guard let found = try StoredUser.find(key.user, transaction), found.state == .active,
                let stored = try StoredUserKey.find(key.key.kind, key.handle, transaction),
                stored.key.revokedWallNanoseconds == nil
            else { return .refused(.signInFailed, subject: subject) }
            if let passkey, !(try passkey.isCounted(stored, transaction)) {
                return .refused(.counterRegressed, subject: subject)
            }
            var opened = Opened(user: found.user)
            opened.ended = try Self.makeRoom(for: key.user, now: now, transaction)
            try transaction.execute(
                "INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, 0, ?, NULL)",
                [
                    .blob(session.identifier.bytes), .blob(key.user.bytes),
                    .blob(key.key.id.identifier.bytes), .time(now), .time(expires), .time(now),
                    .blob(refresh.hash),
                ]
            )
            try transaction.execute(
                "UPDATE key SET used = ? WHERE id = ?",
                [.time(now), .blob(key.key.id.identifier.bytes)]
            )
            return .done(opened, subject: subject)
        } committed: { opened in
            for session in opened.ended { revocations.add(session, monotonic: monotonic) }
        }
        return tokens(for: opened.user, in: session, refresh)
    }

    /// Forgets sessions that are over, and ends the oldest one if a user has as many as he may have.
    private static func makeRoom(
        for user: UserID,
        now: UInt64,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> [SessionID] {
        try transaction.execute(
            """
            DELETE FROM session WHERE id IN
                (SELECT id FROM session WHERE expires <= ? ORDER BY expires LIMIT 64)
            """,
            [.time(now)]
        )
        let rows = try transaction.rows(
            """
            SELECT id FROM session WHERE user = ? AND revoked IS NULL
            ORDER BY issued DESC, id LIMIT -1 OFFSET ?
            """,
            [.blob(user.bytes), .integer(Int64(AccessLimits.sessionsMax - 1))]
        )
        let sessions = try Self.sessions(rows)
        try end(sessions, now: now, transaction)
        return sessions
    }

    static func sessions(_ rows: [Row]) throws(DatabaseError) -> [SessionID] {
        var sessions: [SessionID] = []
        for row in rows {
            guard let identifier = Identifier(bytes: try row.blob(0)) else { continue }
            sessions.append(SessionID(identifier))
        }
        return sessions
    }

    static func end(
        _ sessions: [SessionID],
        now: UInt64,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        for session in sessions {
            try transaction.execute(
                "UPDATE session SET revoked = ? WHERE id = ? AND revoked IS NULL",
                [.time(now), .blob(session.identifier.bytes)]
            )
        }
    }

    private func tokens(
        for user: User,
        in session: SessionID,
        _ refresh: RefreshToken
    ) -> Tokens {
        let seconds = clock.wall / Nanoseconds.second
        let claims = TokenClaims(
            issuer: configuration.venue,
            audience: configuration.venue,
            user: user.id,
            account: user.account,
            roles: user.roles,
            issuedAt: seconds,
            expiresAt: seconds + AccessLimits.tokenSeconds,
            session: session,
            process: process,
            monotonic: clock.monotonic
        )
        return Tokens(
            access: keyring.token(claims),
            expiresInSeconds: AccessLimits.tokenSeconds,
            refresh: refresh.text,
            principal: Self.principal(claims)
        )
    }

    static func principal(_ claims: TokenClaims) -> Principal {
        Principal(
            user: claims.user,
            account: claims.account,
            roles: claims.roles,
            scopes: .all,
            method: .session(claims.session)
        )
    }

    private func rotateTokenKeyIfOld() throws(AccessError) {
        let age = clock.latest - min(keyring.currentCreated, clock.latest)
        guard age >= configuration.tokenKeySeconds * Nanoseconds.second else { return }
        try keyring.rotate(
            store,
            secret: secret,
            clock: clock,
            actor: ChangeRequest.system,
            address: nil
        )
    }
}

extension Access {
    /// What became of a refresh token.
    private enum Refreshed: Sendable {
        case continued(User)
        case reused
    }

    /// Exchanges a refresh token for new tokens of the same session; the old one is no longer good.
    ///
    /// A token that was exchanged before shows that somebody has a copy, so the session is ended, and with it
    /// all its tokens. The same happens to a client that did not get the answer and asks again.
    ///
    /// - Parameters:
    ///   - text: The token.
    ///   - address: From where it comes.
    /// - Returns: New tokens.
    /// - Throws: `refused` with `refreshInvalid` or `refreshReused`; `storage`, `audit`.
    public func refresh(
        _ text: String,
        from address: NetworkAddress?
    ) throws(AccessError) -> Tokens {
        let request = ChangeRequest(
            actor: ChangeRequest.anonymous,
            action: .refresh,
            address: address
        )
        guard let old = RefreshToken(text: text, key: refreshKey) else {
            try store.refuse(
                request,
                AccessRefusal.refreshInvalid.rawValue,
                subject: "",
                clock: clock
            )
            throw .refused(.refreshInvalid)
        }
        try rotateTokenKeyIfOld()
        let (generation, isOver) = old.generation.addingReportingOverflow(1)
        guard !isOver else { throw .refused(.refreshInvalid) }
        let new = RefreshToken(old.session, generation: generation, key: refreshKey)
        let (now, monotonic) = (clock.latest, clock.monotonic)
        let refreshed = try store.change(request, clock: clock) {
            transaction throws(DatabaseError) -> Decision<Refreshed> in
            try Self.exchange(old, for: new, now: now, transaction)
        } committed: { refreshed in
            if case .reused = refreshed { revocations.add(old.session, monotonic: monotonic) }
        }
        switch refreshed {
        case .continued(let user): return tokens(for: user, in: old.session, new)
        case .reused: throw .refused(.refreshReused)
        }
    }

    private static func exchange(
        _ old: RefreshToken,
        for new: RefreshToken,
        now: UInt64,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Decision<Refreshed> {
        let subject = "session \(old.session.text)"
        let rows = try transaction.rows(
            "SELECT user, expires, generation, refresh, revoked FROM session WHERE id = ?",
            [.blob(old.session.identifier.bytes)]
        )
        guard let row = rows.first, row.isNull(4), now < (try row.time(1)),
            let id = UserID(bytes: try row.blob(0)),
            let found = try StoredUser.find(id, transaction), found.state == .active
        else { return .refused(.refreshInvalid, subject: subject) }
        guard Int64(old.generation) == (try row.integer(2)), old.hash == (try row.blob(3)) else {
            try end([old.session], now: now, transaction)
            return .done(
                .reused,
                subject: subject,
                outcome: AccessRefusal.refreshReused.rawValue
            )
        }
        try transaction.execute(
            "UPDATE session SET generation = ?, refresh = ?, issued = ? WHERE id = ?",
            [
                .integer(Int64(new.generation)), .blob(new.hash), .time(now),
                .blob(old.session.identifier.bytes),
            ]
        )
        return .done(.continued(found.user), subject: subject)
    }

    /// The sessions of a user that go on, the one used last first.
    ///
    /// - Throws: `refused` with `notAllowed`; `storage`.
    public func sessions(of principal: Principal) throws(AccessError) -> [SessionSummary] {
        try principal.require(.manageKeys)
        let now = clock.latest
        return try store.read { transaction throws(DatabaseError) in
            var sessions: [SessionSummary] = []
            for row in try transaction.rows(
                """
                SELECT id, key, created, issued, expires FROM session
                WHERE user = ? AND revoked IS NULL AND expires > ? ORDER BY issued DESC, id
                """,
                [.blob(principal.user.bytes), .time(now)]
            ) {
                guard let id = Identifier(bytes: try row.blob(0)),
                    let key = Identifier(bytes: try row.blob(1))
                else { continue }
                sessions.append(
                    SessionSummary(
                        id: SessionID(id),
                        key: KeyID(key),
                        createdWallNanoseconds: try row.time(2),
                        issuedWallNanoseconds: try row.time(3),
                        expiresWallNanoseconds: try row.time(4)
                    )
                )
            }
            return sessions
        }
    }

    /// Ends a session of the user, with all its tokens.
    ///
    /// - Parameters:
    ///   - session: The session; the principal's own if it is not given.
    ///   - principal: The user, who has signed in.
    ///   - address: From where he asks.
    /// - Throws: `refused` with `notAllowed` or `unknownKey` for a session that is not his; `storage`, `audit`.
    public func endSession(
        _ session: SessionID? = nil,
        by principal: Principal,
        from address: NetworkAddress?
    ) throws(AccessError) {
        try principal.require(.manageKeys)
        guard case .session(let own) = principal.method else { throw .refused(.notAllowed) }
        let session = session ?? own
        let (now, monotonic) = (clock.latest, clock.monotonic)
        try store.change(
            ChangeRequest(actor: "\(principal.user)", action: .endSession, address: address),
            clock: clock
        ) { transaction throws(DatabaseError) -> Decision<Void> in
            let subject = "session \(session.text)"
            let rows = try transaction.rows(
                "SELECT 1 FROM session WHERE id = ? AND user = ?",
                [.blob(session.identifier.bytes), .blob(principal.user.bytes)]
            )
            guard !rows.isEmpty else { return .refused(.unknownKey, subject: subject) }
            try Self.end([session], now: now, transaction)
            return .done((), subject: subject)
        } committed: { _ in
            revocations.add(session, monotonic: monotonic)
        }
    }

    /// Brings back which sessions have ended whose tokens may still be good.
    func rememberRevocations() throws(AccessError) {
        let since = clock.latest - min(clock.latest, AccessLimits.tokenSeconds * Nanoseconds.second)
        let sessions = try store.read { transaction throws(DatabaseError) in
            try Self.sessions(
                try transaction.rows(
                    "SELECT id FROM session WHERE revoked IS NOT NULL AND issued >= ?",
                    [.time(since)]
                )
            )
        }
        for session in sessions { revocations.add(session, monotonic: clock.monotonic) }
    }
}
