internal import Cryptography
internal import Database

/// A line of the table `api_key`.
struct APIKeyLine: Sendable {
    let user: UserID
    let key: APIKey
    let secretHash: [UInt8]?
    let publicKey: [UInt8]?

    /// What requests are checked against.
    var program: Directory.Program {
        var signer: Ed25519.PublicKey?
        if let publicKey {
            do throws(Ed25519.KeyError) {
                signer = try Ed25519.PublicKey(bytes: publicKey)
            } catch {
                // Then it verifies nothing.
                signer = nil
            }
        }
        return Directory.Program(
            user: user,
            scopes: key.scopes,
            secretHash: secretHash,
            publicKey: signer,
            addresses: key.addresses,
            expires: key.expiresWallNanoseconds
        )
    }

    /// The key with the later of two last uses.
    func used(_ time: UInt64?) -> APIKey {
        APIKey(
            id: key.id,
            label: key.label,
            scopes: key.scopes,
            addresses: key.addresses,
            signsRequests: key.signsRequests,
            createdWallNanoseconds: key.createdWallNanoseconds,
            expiresWallNanoseconds: key.expiresWallNanoseconds,
            usedWallNanoseconds: time ?? key.usedWallNanoseconds,
            revokedWallNanoseconds: key.revokedWallNanoseconds
        )
    }

    private static func make(_ rows: [Row]) throws(DatabaseError) -> [APIKeyLine] {
        var lines: [APIKeyLine] = []
        for row in rows {
            let texts = try row.text(6).split(separator: " ")
            let addresses = texts.compactMap { text in AddressRange(String(text)) }
            guard let user = UserID(bytes: try row.blob(1)), addresses.count == texts.count,
                let scopes = UInt8(exactly: try row.integer(5))
            else {
                throw .corrupt(path: "access.db", code: 0, message: "an impossible API key")
            }
            let publicKey = row.isNull(4) ? nil : try row.blob(4)
            lines.append(
                APIKeyLine(
                    user: user,
                    key: APIKey(
                        id: try row.text(0),
                        label: try row.text(2),
                        scopes: Scopes(rawValue: scopes),
                        addresses: addresses,
                        signsRequests: publicKey != nil,
                        createdWallNanoseconds: try row.time(7),
                        expiresWallNanoseconds: try row.optionalTime(8),
                        usedWallNanoseconds: try row.optionalTime(9),
                        revokedWallNanoseconds: try row.optionalTime(10)
                    ),
                    secretHash: row.isNull(3) ? nil : try row.blob(3),
                    publicKey: publicKey
                )
            )
        }
        return lines
    }

    /// The API keys of a user, revoked ones too, the oldest first.
    static func all(
        of user: UserID,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> [APIKeyLine] {
        try make(
            try transaction.rows(
                """
                SELECT id, user, label, secret, public_key, scopes, addresses, created, expires,
                    used, revoked
                FROM api_key WHERE user = ? ORDER BY created, rowid
                """,
                [.blob(user.bytes)]
            )
        )
    }

    /// All API keys that are not revoked.
    static func current(
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> [APIKeyLine] {
        try make(
            try transaction.rows(
                """
                SELECT id, user, label, secret, public_key, scopes, addresses, created, expires,
                    used, revoked
                FROM api_key WHERE revoked IS NULL
                """
            )
        )
    }

    func insert(
        _ by: KeyID,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            "INSERT INTO api_key VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
            [
                .text(key.id), .blob(user.bytes), .blob(by.identifier.bytes), .text(key.label),
                secretHash.map(DatabaseValue.blob) ?? .null,
                publicKey.map(DatabaseValue.blob) ?? .null, .integer(Int64(key.scopes.rawValue)),
                .text(key.addresses.map(\.description).joined(separator: " ")),
                .time(key.createdWallNanoseconds),
                key.expiresWallNanoseconds.map(DatabaseValue.time) ?? .null,
            ]
        )
    }
}
