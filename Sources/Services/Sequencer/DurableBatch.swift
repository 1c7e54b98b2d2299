public import Journal
public import Primitives
public import Venue

/// The commands of one sync, with what became of them.
public struct DurableBatch: ~Copyable {
    /// The answers, in the order of the commands.
    public internal(set) var replies: Pool<Reply>
    /// The events of all commands; a reply says which are its own.
    public internal(set) var events: EventBuffer
    /// The records, as they go to the journal.
    public var records: BatchBuilder

    /// Makes an empty batch with room for `commandsMax` commands before memory grows.
    public init(commandsMax: Int) {
        replies = Pool(capacity: UInt32(commandsMax))
        events = EventBuffer(capacity: UInt32(commandsMax))
        records = BatchBuilder()
    }

    /// How many commands there are.
    public var count: UInt32 { replies.count }

    /// Forgets everything and keeps the memory.
    public mutating func removeAll() {
        replies.removeAll()
        events.removeAll()
        records.removeAll()
    }
}

/// Receives what became of commands.
public protocol ReplySink: AnyObject, Sendable {
    /// Called once for each batch, in order, on the journal's thread: until it returns nothing more becomes
    /// durable, so it must not wait for anything. What it needs later it must copy.
    func deliver(_ batch: borrowing DurableBatch)

    /// Called at most once: the journal failed, and nothing that was not delivered will be.
    func stopped(_ reason: JournalError)
}

/// Takes the replies of a venue to which nobody listens: the state at the end tells what became of the commands.
public final class UnheardReplies: ReplySink {
    /// Makes a sink.
    public init() {}

    /// Drops a batch.
    public func deliver(_ batch: borrowing DurableBatch) {}

    /// Takes note of nothing; the sequencer knows its fault.
    public func stopped(_ reason: JournalError) {}
}
