public import Database
internal import Platform
internal import Primitives
internal import Synchronization
internal import Venue

/// Sessions that asked that their account's orders be cancelled when they end, however they end.
///
/// Such a session is on the disk before its client is told that it is armed, and is taken off only when the mass
/// cancel of its account is durable. So a session that was cut off by the end of the process itself
/// is made up for at the next start, before anybody trades.
public final class SessionGuards: Sendable {
    private let database: Database
    /// How often a mass cancel that found the venue busy is tried again, and the pause between.
    private static let triesMax = 200
    private static let pauseNanoseconds: UInt64 = 10_000_000

    /// Opens or makes the file.
    ///
    /// - Throws: `DatabaseError`.
    public init(path: String) throws(DatabaseError) {
        database = try Database(
            path: path,
            migrations: [
                """
                CREATE TABLE guarded (session BLOB PRIMARY KEY, account INTEGER NOT NULL)
                    STRICT, WITHOUT ROWID
                """
            ]
        )
    }

    /// Notes durably that an account's orders end with a session.
    func arm(_ session: UInt64, _ account: AccountID) throws(APIError) {
        do throws(DatabaseError) {
            try database.execute(
                "INSERT OR REPLACE INTO guarded VALUES (?, ?)",
                [.unsigned(session), .integer(Int64(account.rawValue))]
            )
        } catch {
            throw APIError(.unavailable, "the session cannot be guarded now; try again")
        }
    }

    /// A session has ended: cancels the account's orders and takes the session off when that is durable.
    ///
    /// It waits while the venue is busy; what it cannot do is done at the next start.
    func fire(_ session: UInt64, _ account: AccountID, _ gate: CommandGate) {
        let command = Command.massCancel(MassCancel(account: account))
        for _ in 0..<Self.triesMax {
            do throws(CommandRejection) {
                return try gate.submit(command) { end in
                    guard case .durable = end else { return }
                    self.disarm(session)
                }
            } catch {
                guard error == .busy else { return }
                PlatformThread.nap(nanoseconds: Self.pauseNanoseconds)
            }
        }
    }

    private func disarm(_ session: UInt64) {
        do throws(DatabaseError) {
            try database.execute("DELETE FROM guarded WHERE session = ?", [.unsigned(session)])
        } catch {
            // The row stays, and the next start cancels once more, which does no harm to a session that is over.
        }
    }

    /// Cancels what the sessions of the process before have left; to be called before anybody trades.
    ///
    /// - Parameter gate: The door to the venue, which takes commands already.
    /// - Returns: How many sessions there were.
    /// - Throws: `DatabaseError` when the file cannot be read.
    @discardableResult
    public func makeUp(_ gate: CommandGate) throws(DatabaseError) -> Int {
        let rows = try database.rows("SELECT session, account FROM guarded ORDER BY session")
        for row in rows {
            let account = AccountID(UInt32(truncatingIfNeeded: try row.integer(1)))
            fire(try row.unsigned(0), account, gate)
        }
        return rows.count
    }
}
