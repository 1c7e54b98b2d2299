internal import Database
public import Primitives

/// A user as others may see him.
public struct User: Equatable, Sendable {
    /// Who he is, for ever.
    public let id: UserID
    /// The name as he wrote it when he registered.
    public let name: String
    /// His account at the venue.
    public let account: AccountID
    /// What he is.
    public let roles: Roles
    /// When he registered, in nanoseconds since 1970-01-01T00:00:00Z.
    public let createdWallNanoseconds: UInt64
    /// Whether the operator has locked him out.
    public let isDisabled: Bool
}

/// How far a user has come.
enum UserState: Int64, Sendable {
    /// The account may not be open yet.
    case pending = 0
    /// He can sign in.
    case active = 1
    /// He is locked out.
    case disabled = 2
}

/// A line of the table `user`.
struct StoredUser: Sendable {
    let user: User
    let state: UserState

    private init(_ row: Row) throws(DatabaseError) {
        guard let id = UserID(bytes: try row.blob(0)),
            let state = UserState(rawValue: try row.integer(4)),
            let account = UInt32(exactly: try row.integer(2)),
            let roles = UInt8(exactly: try row.integer(3))
        else { throw .corrupt(path: "access.db", code: 0, message: "an impossible user") }
        user = User(
            id: id,
            name: try row.text(1),
            account: AccountID(account),
            roles: Roles(rawValue: roles),
            createdWallNanoseconds: try row.time(5),
            isDisabled: state == .disabled
        )
        self.state = state
    }

    /// Whether nobody but a user with that name has it.
    static func find(
        _ name: UserName,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> StoredUser? {
        let rows = try transaction.rows(
            "SELECT id, name, account, roles, state, created FROM user WHERE folded = ?",
            [.text(name.folded)]
        )
        guard let row = rows.first else { return nil }
        return try StoredUser(row)
    }

    static func find(
        _ id: UserID,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> StoredUser? {
        let rows = try transaction.rows(
            "SELECT id, name, account, roles, state, created FROM user WHERE id = ?",
            [.blob(id.bytes)]
        )
        guard let row = rows.first else { return nil }
        return try StoredUser(row)
    }

    /// Those who are in a state other than active.
    static func all(
        _ state: UserState,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> [StoredUser] {
        precondition(state != .active, "there may be too many")
        var users: [StoredUser] = []
        for row in try transaction.rows(
            """
            SELECT id, name, account, roles, state, created FROM user
            WHERE state <> 1 AND state = ? ORDER BY account
            """,
            [.integer(state.rawValue)]
        ) {
            users.append(try StoredUser(row))
        }
        return users
    }

    /// The next account number from `first` on.
    static func nextAccount(
        from first: AccountID,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> AccountID? {
        let rows = try transaction.rows("SELECT coalesce(max(account), -1) + 1 FROM user")
        let next = max(try rows.first?.integer(0) ?? 0, Int64(first.rawValue))
        guard next < Limits.accountsMax else { return nil }
        return AccountID(UInt32(next))
    }

    static func insert(
        _ user: User,
        _ state: UserState,
        folded: String,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO user (id, name, folded, account, roles, state, created)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .blob(user.id.bytes), .text(user.name), .text(folded),
                .integer(Int64(user.account.rawValue)), .integer(Int64(user.roles.rawValue)),
                .integer(state.rawValue), .time(user.createdWallNanoseconds),
            ]
        )
    }

    static func set(
        _ state: UserState,
        of id: UserID,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            "UPDATE user SET state = ? WHERE id = ?",
            [.integer(state.rawValue), .blob(id.bytes)]
        )
    }
}
