/// Why a ledger store did not do what it was asked.
///
/// `store` names the database without anything secret. Messages are the database's own words; they never hold
/// a password.
public enum LedgerStoreError: Error, Equatable, Sendable {
    /// The database cannot be reached, is restarted, or has nobody free to answer; it is worth trying again.
    case unavailable(store: String, reason: String)
    /// There is no room for more; what was committed is there, and it goes on when there is room.
    case diskFull(store: String, message: String)
    /// The database refuses or fails for another reason.
    case failed(store: String, code: String, message: String)
    /// What is stored contradicts itself or what this program writes.
    case corrupt(store: String, message: String)
    /// The tables have more migrations behind them than this program knows.
    case newerVersion(store: String, found: Int, known: Int)
    /// Another program has written to the tables, or a batch is missing.
    case wrongSequence(store: String, cursor: UInt64, first: UInt64, last: UInt64)
    /// A number does not fit its column.
    case outOfRange(what: String)
    /// How to reach the database is not said, or cannot be read.
    case configuration(String)
    /// The cursor of a page was not made for that list.
    case invalidCursor
    /// The number of rows of a page is not in 1 … 500.
    case invalidLimit(Int)
    /// A ledger was used after the end of the closure that got it.
    case scopeEnded
    /// A read across tenants names no reason or nobody who asks for it.
    case reasonMissing
    /// The audit record of a read across tenants could not be written, so nothing was read.
    case auditFailed(String)
}

extension LedgerStoreError: CustomStringConvertible {
    /// One line: where, what is wrong, and what to do.
    public var description: String {
        switch self {
        case .unavailable(let store, let reason):
            "\(store): not available: \(reason)"
        case .diskFull(let store, let message):
            "\(store): \(message): no room; free some, and it goes on, nothing committed is lost"
        case .failed(let store, let code, let message):
            "\(store): \(message) (\(code)); look at the database's log"
        case .corrupt(let store, let message):
            "\(store): \(message): the ledger is damaged; rebuild it from the journal "
                + "(parallax ledger rebuild)"
        case .newerVersion(let store, let found, let known):
            "\(store): has version \(found), and this program knows only \(known); "
                + "use the newer program"
        case .wrongSequence(let store, let cursor, let first, let last):
            "\(store): has taken in command \(cursor), and gets \(first) to \(last): "
                + "another program writes to it; stop that one"
        case .outOfRange(let what): "\(what) is above 2^63 - 1, more than a ledger store can hold"
        case .configuration(let what): what
        case .invalidCursor: "the cursor is not one that this list gave out; start without one"
        case .invalidLimit(let limit): "a page has 1 to 500 rows, not \(limit)"
        case .scopeEnded: "the tenant's session has ended; open another"
        case .reasonMissing:
            "a read across tenants needs a reason and the name of whoever asks for it"
        case .auditFailed(let message):
            "nothing was read across tenants, as the audit record could not be written: \(message)"
        }
    }

    /// Whether the same may succeed later without anybody changing the program or the tables.
    public var isTemporary: Bool {
        switch self {
        case .unavailable, .diskFull: true
        default: false
        }
    }
}
