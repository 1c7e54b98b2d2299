internal import Database

/// What an authenticator said about a passkey when it was used.
struct PasskeyUse: Sendable {
    let counter: UInt32
    let isBackedUp: Bool

    /// Remembers the counter and the backup, unless the counter went backwards (Web Authentication, Level 2,
    /// §7.2 step 21).
    ///
    /// - Returns: Whether the counter is above the last one, or the authenticator has none.
    func isCounted(
        _ stored: StoredUserKey,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        guard counter > stored.counter || (counter == 0 && stored.counter == 0) else {
            return false
        }
        var flags = stored.key.isBackupEligible ? StoredUserKey.backupEligible : 0
        if isBackedUp { flags |= StoredUserKey.backedUp }
        try transaction.execute(
            "UPDATE key SET counter = ?, flags = ? WHERE id = ?",
            [
                .integer(Int64(counter)), .integer(flags),
                .blob(stored.key.id.identifier.bytes),
            ]
        )
        return true
    }
}
