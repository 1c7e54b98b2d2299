internal import Database

extension Access {
    /// Gives a user roles instead of those that he had, and ends his sessions, whose tokens name the old ones.
    ///
    /// - Parameters:
    ///   - roles: The roles; at least one.
    ///   - user: The user.
    ///   - principal: An operator; none when the venue's own configuration says so, as for the first operator.
    ///   - address: From where he asks.
    /// - Throws: `refused` with `notAllowed`, `invalidRequest` or `unknownUser`; `storage`, `audit`.
    public func setRoles(
        _ roles: Roles,
        of user: UserID,
        by principal: Principal?,
        from address: NetworkAddress?
    ) throws(AccessError) {
        let all: Roles = [.trader, .observer, .regulator, .operator]
        guard !roles.isEmpty, all.isSuperset(of: roles) else { throw .refused(.invalidRequest) }
        try administer(user, .setRoles, by: principal, from: address) {
            transaction throws(DatabaseError) in
            try transaction.execute(
                "UPDATE user SET roles = ? WHERE id = ?",
                [.integer(Int64(roles.rawValue)), .blob(user.bytes)]
            )
            return roles.words.joined(separator: " ")
        }
    }

    /// Locks a user out, or lets him in again; his sessions end, and his API keys and certificates rest.
    ///
    /// - Parameters:
    ///   - isDisabled: Whether he is to be locked out.
    ///   - user: The user.
    ///   - principal: An operator; none when the venue itself does it.
    ///   - address: From where he asks.
    /// - Throws: `refused` with `notAllowed` or `unknownUser`; `storage`, `audit`.
    public func setDisabled(
        _ isDisabled: Bool,
        _ user: UserID,
        by principal: Principal?,
        from address: NetworkAddress?
    ) throws(AccessError) {
        try administer(
            user,
            isDisabled ? .disableUser : .enableUser,
            by: principal,
            from: address
        ) { transaction throws(DatabaseError) in
            try StoredUser.set(isDisabled ? .disabled : .active, of: user, transaction)
            return ""
        }
    }

    private func administer(
        _ user: UserID,
        _ action: AuditRecord.Action,
        by principal: Principal?,
        from address: NetworkAddress?,
        _ body: (borrowing Transaction) throws(DatabaseError) -> String
    ) throws(AccessError) {
        try principal?.require(.manageUsers)
        let actor = principal.map { principal in "\(principal.user)" } ?? ChangeRequest.system
        let (now, monotonic) = (clock.latest, clock.monotonic)
        let request = ChangeRequest(actor: actor, action: action, address: address)
        _ = try store.change(request, clock: clock) {
            transaction throws(DatabaseError) -> Decision<(User, [SessionID])> in
            guard let found = try StoredUser.find(user, transaction), found.state != .pending
            else { return .refused(.unknownUser, subject: "\(user)") }
            let words = try body(transaction)
            let sessions = try Self.sessions(
                try transaction.rows(
                    "SELECT id FROM session WHERE user = ? AND revoked IS NULL",
                    [.blob(user.bytes)]
                )
            )
            try Self.end(sessions, now: now, transaction)
            let after = try StoredUser.find(user, transaction) ?? found
            return .done((after.user, sessions), subject: "\(user) \(words)")
        } committed: { user, sessions in
            directory.update(user)
            for session in sessions { revocations.add(session, monotonic: monotonic) }
        }
    }
}
