public import Platform

/// Keeps every writer away from a journal as long as it lives.
public struct JournalLock: Sendable {
    private let lock: any StorageLock

    /// Takes the lock that a writer holds.
    ///
    /// - Throws: `JournalError.platform` with `locked` when a writer is at work.
    public init(_ directory: any StorageDirectory) throws(JournalError) {
        lock = try JournalError.wrap { () throws(PlatformError) in
            try directory.lock(JournalFormat.lockName)
        }
    }
}
