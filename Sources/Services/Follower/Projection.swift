public import Journal
public import Venue

/// Something that is made from the commands of a journal and nothing else, so that it can be deleted and made again.
///
/// A `Follower` calls everything here, on its own thread.
public protocol Projection: AnyObject, Sendable {
    /// The last command that is taken in durably; 0 for none. The follower begins behind it.
    var cursor: UInt64 { get }

    /// Takes in one record of the journal.
    ///
    /// - Parameters:
    ///   - record: The record; records come in order, and none is left out.
    ///   - events: What it did.
    ///   - venue: The state after it.
    func take(_ record: JournalRecord, _ events: borrowing EventBuffer, _ venue: inout Venue)

    /// Makes durable, or gives out, what was taken since the last call.
    ///
    /// It is called when everything durable was taken, and at least every `Follower.commandsMax` commands.
    ///
    /// - Parameter venue: The state after the last record.
    /// - Throws: `FollowerError.unavailable` to be called again later with nothing taken in between;
    ///   anything else ends the follower.
    func flush(_ venue: inout Venue) throws(FollowerError)
}

/// Why a projection does not go on.
public enum FollowerError: Error, Equatable, Sendable {
    /// The journal cannot be read.
    case journal(JournalError)
    /// What the projection writes to is not there for now, such as a database that is restarted.
    case unavailable(String)
    /// The projection cannot go on.
    case failed(String)
    /// The projection has taken in commands that the journal does not have: it was made from another one.
    case ahead(cursor: UInt64, lastSequence: UInt64)
}

extension FollowerError: CustomStringConvertible {
    /// One line: what is wrong, and what to do where something can be done.
    public var description: String {
        switch self {
        case .journal(let error): error.description
        case .unavailable(let reason): "\(reason); trying again"
        case .failed(let reason): reason
        case .ahead(let cursor, let last):
            "it has taken in command \(cursor), but the journal ends with \(last): it was made from another "
                + "journal; remove it to have it made again"
        }
    }
}
