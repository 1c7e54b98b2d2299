internal import Primitives
public import Sequencer
public import Venue

/// What became of a command, copied out of the batch that made it durable.
public struct CommandOutcome: Sendable {
    /// The sequencer's answer.
    public let reply: Reply
    /// The command's own events, in order.
    public let events: ArraySlice<Event>

    /// Makes an outcome.
    public init(reply: Reply, events: ArraySlice<Event>) {
        self.reply = reply
        self.events = events
    }
}

/// How the wait for a command ended.
public enum CommandEnd: Sendable {
    /// It is durable.
    case durable(CommandOutcome)
    /// The journal failed before that was known; the next start tells, from the journal.
    case unknown
}

/// Why a command was not even queued.
public enum CommandRejection: Error, Equatable, Sendable {
    /// Too many commands wait; nothing happened, try again later.
    case busy
    /// The venue is stopping or its journal has failed.
    case stopped
}
