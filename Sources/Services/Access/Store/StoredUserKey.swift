internal import Database

/// One of a user's keys, as he may see it.
public struct UserKey: Equatable, Sendable {
    /// What sort of key it is; stored, so the numbers never change.
    public enum Kind: Int64, Sendable {
        /// An Ed25519 key that signs challenges.
        case ed25519 = 1
        /// A passkey of a browser or authenticator.
        case passkey = 2
        /// The Ed25519 key of a certificate, for connections of members.
        case certificate = 3
    }

    /// Its name.
    public let id: KeyID
    /// What sort of key it is.
    public let kind: Kind
    /// What the user calls it.
    public let label: String
    /// When it was added, in nanoseconds since 1970-01-01T00:00:00Z.
    public let createdWallNanoseconds: UInt64
    /// When it was used last to sign in; none if never.
    public let usedWallNanoseconds: UInt64?
    /// When it was revoked; none if it was not.
    public let revokedWallNanoseconds: UInt64?
    /// With which key the session was begun that added it; none for the first key.
    public let addedBy: KeyID?
    /// Whether a passkey may be copied to other devices of its user (the flag BE).
    public let isBackupEligible: Bool
    /// Whether a passkey was copied when it was last seen (the flag BS).
    public let isBackedUp: Bool

    /// Whether it can be signed in with: that is so for all but the keys of certificates.
    public var signsIn: Bool { kind != .certificate }
}

/// A line of the table `key`.
struct StoredUserKey: Sendable {
    /// Bits of the column `flags`.
    static let backupEligible: Int64 = 1
    static let backedUp: Int64 = 2

    let key: UserKey
    let user: UserID
    /// What finds it: the credential's identifier of a passkey, the key of a certificate, the user and the key
    /// of Ed25519.
    let handle: [UInt8]
    /// 32 bytes of Ed25519, or the COSE key of a passkey.
    let publicKey: [UInt8]
    /// The signature counter of a passkey.
    let counter: UInt32
    /// Words of a passkey's transports with a blank between two.
    let transports: String

    private static func make(_ row: Row) throws(DatabaseError) -> StoredUserKey {
        guard let id = Identifier(bytes: try row.blob(0)),
            let user = UserID(bytes: try row.blob(1)),
            let kind = UserKey.Kind(rawValue: try row.integer(2)),
            let counter = UInt32(exactly: try row.integer(6))
        else { throw .corrupt(path: "access.db", code: 0, message: "an impossible key") }
        let flags = try row.integer(7)
        let addedBy = row.isNull(9) ? nil : Identifier(bytes: try row.blob(9))
        return StoredUserKey(
            key: UserKey(
                id: KeyID(id),
                kind: kind,
                label: try row.text(5),
                createdWallNanoseconds: try row.time(10),
                usedWallNanoseconds: try row.optionalTime(11),
                revokedWallNanoseconds: try row.optionalTime(12),
                addedBy: addedBy.map(KeyID.init),
                isBackupEligible: flags & backupEligible != 0,
                isBackedUp: flags & backedUp != 0
            ),
            user: user,
            handle: try row.blob(3),
            publicKey: try row.blob(4),
            counter: counter,
            transports: try row.text(8)
        )
    }

    /// All keys of a user, revoked ones too, the oldest first.
    static func all(
        of user: UserID,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> [StoredUserKey] {
        var keys: [StoredUserKey] = []
        for row in try transaction.rows(
            """
            SELECT id, user, kind, handle, key, label, counter, flags, transports, added_by,
                created, used, revoked
            FROM key WHERE user = ? ORDER BY created, rowid
            """,
            [.blob(user.bytes)]
        ) {
            keys.append(try make(row))
        }
        return keys
    }

    /// The key of a kind with a handle.
    static func find(
        _ kind: UserKey.Kind,
        _ handle: [UInt8],
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> StoredUserKey? {
        let rows = try transaction.rows(
            """
            SELECT id, user, kind, handle, key, label, counter, flags, transports, added_by,
                created, used, revoked
            FROM key WHERE kind = ? AND handle = ?
            """,
            [.integer(kind.rawValue), .blob(handle)]
        )
        guard let row = rows.first else { return nil }
        return try make(row)
    }

    /// All keys of certificates that are not revoked.
    static func certificates(
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> [StoredUserKey] {
        var keys: [StoredUserKey] = []
        for row in try transaction.rows(
            """
            SELECT id, user, kind, handle, key, label, counter, flags, transports, added_by,
                created, used, revoked
            FROM key WHERE kind = 3 AND revoked IS NULL
            """
        ) {
            keys.append(try make(row))
        }
        return keys
    }

    func insert(_ transaction: borrowing Transaction) throws(DatabaseError) {
        var flags: Int64 = 0
        if key.isBackupEligible { flags |= Self.backupEligible }
        if key.isBackedUp { flags |= Self.backedUp }
        try transaction.execute(
            """
            INSERT INTO key (id, user, kind, handle, key, label, counter, flags, transports,
                added_by, created)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .blob(key.id.identifier.bytes), .blob(user.bytes), .integer(key.kind.rawValue),
                .blob(handle), .blob(publicKey), .text(key.label), .integer(Int64(counter)),
                .integer(flags), .text(transports),
                key.addedBy.map { id in .blob(id.identifier.bytes) } ?? .null,
                .time(key.createdWallNanoseconds),
            ]
        )
    }
}

/// A key that is about to be a user's.
struct NewKey: Sendable {
    var kind: UserKey.Kind
    var publicKey: [UInt8]
    var label: String
    /// The identifier of a passkey's credential.
    var credential: [UInt8] = []
    var counter: UInt32 = 0
    var isBackupEligible = false
    var isBackedUp = false
    var transports = ""

    func stored(
        _ id: KeyID,
        of user: UserID,
        addedBy: KeyID?,
        time: UInt64
    ) -> StoredUserKey {
        let handle =
            switch kind {
            case .ed25519: user.bytes + publicKey
            case .passkey: credential
            case .certificate: publicKey
            }
        return StoredUserKey(
            key: UserKey(
                id: id,
                kind: kind,
                label: label,
                createdWallNanoseconds: time,
                usedWallNanoseconds: nil,
                revokedWallNanoseconds: nil,
                addedBy: addedBy,
                isBackupEligible: isBackupEligible,
                isBackedUp: isBackedUp
            ),
            user: user,
            handle: handle,
            publicKey: publicKey,
            counter: counter,
            transports: transports
        )
    }
}
