internal import Journal
internal import Primitives
public import Venue

/// The sequencer without threads: stamps commands, records them and applies them.
public struct SequencerCore: ~Copyable {
    /// The venue as of the last command, which need not be durable.
    public var venue: Venue
    private let stateHashCommands: UInt64
    private let batchCommandsMax: UInt32
    private let batchBytesMax: Int

    /// Makes a core.
    ///
    /// - Parameters:
    ///   - venue: As it was recovered.
    ///   - configuration: Bounds of a batch, and how often to record the hash of the state.
    public init(venue: consuming Venue, configuration: SequencerConfiguration) {
        self.venue = venue
        stateHashCommands = configuration.stateHashCommands
        batchCommandsMax = UInt32(configuration.batchCommandsMax)
        // A state hash and the rest of the last sector may follow the last command.
        batchBytesMax =
            configuration.journal.batchBytesMax - 2 * BatchBuilder.bytesPerCommandMax - 512
    }

    /// Whether a batch can take one more command.
    @inline(__always)
    public func hasRoom(_ batch: borrowing DurableBatch) -> Bool {
        batch.count < batchCommandsMax && batch.records.byteCount <= batchBytesMax
    }

    /// Carries out one command.
    ///
    /// - Parameters:
    ///   - submission: The command.
    ///   - now: The time to stamp if the submission brings none, nanoseconds.
    ///   - batch: Receives the record, the events and the reply; must have room.
    public mutating func execute(
        _ submission: Submission,
        now: UInt64,
        into batch: inout DurableBatch
    ) {
        let sequence = venue.sequence + 1
        var time = submission.time == .zero ? Timestamp(now) : submission.time
        if time < venue.time { time = venue.time }
        batch.records.append(submission.command, sequence: sequence, time: time)
        let firstEvent = batch.events.count
        venue.apply(submission.command, sequence: sequence, time: time, into: &batch.events)
        var reply = Reply(
            tag: submission.tag,
            sequence: sequence,
            time: time,
            refusal: nil,
            order: submission.command.namedOrder,
            filled: .zero,
            tradeCount: 0,
            firstEvent: firstEvent,
            eventCount: batch.events.count - firstEvent
        )
        reply.summarize(batch.events)
        batch.replies.append(reply)
        if stateHashCommands != 0, sequence % stateHashCommands == 0 {
            batch.records.append(stateHash: venue.stateHash(), sequence: sequence, time: time)
        }
    }
}

extension Command {
    /// The order that the command names by the venue's name.
    @inline(__always)
    fileprivate var namedOrder: OrderID {
        switch self {
        case .cancelOrder(let reference): reference.order
        case .amendOrder(let amendment): amendment.reference.order
        default: .none
        }
    }
}
