internal import Journal
internal import Primitives
public import Venue

/// The sequencer without threads: stamps commands, records them and applies them.
public struct SequencerCore: ~Copyable {
    /// The venue as of the last command, which need not be durable.
    public var venue: Venue
    private let stateHashCommands: UInt64
    private let stateHashNanoseconds: UInt64
    /// The time of the first command since the last recorded hash of the state; nil if there was none.
    private var intervalStart: Timestamp?
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
        stateHashNanoseconds = configuration.stateHashNanoseconds
        // Whether a hash follows the last command of the journal is not known here; one more does no harm.
        intervalStart = self.venue.sequence > 0 ? self.venue.time : nil
        batchCommandsMax = UInt32(configuration.batchCommandsMax)
        // A document, a state hash and the rest of the last sector may follow the last command.
        var reserve = 2 * BatchBuilder.bytesPerCommandMax + 512
        if configuration.takesDocuments { reserve += Filing.bytesMax }
        batchBytesMax = configuration.journal.batchBytesMax - reserve
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
    ///   - document: What a `file` command files; nil for the other commands.
    ///   - batch: Receives the record, the events and the reply; must have room.
    public mutating func execute(
        _ submission: Submission,
        now: UInt64,
        document: [UInt8]? = nil,
        into batch: inout DurableBatch
    ) {
        let sequence = venue.sequence + 1
        var time = submission.time == .zero ? Timestamp(now) : submission.time
        if time < venue.time { time = venue.time }
        if case .file(let filing) = submission.command {
            guard let document else { preconditionFailure("a filing comes with its document") }
            batch.records.append(filing, document: document, sequence: sequence, time: time)
        } else {
            batch.records.append(submission.command, sequence: sequence, time: time)
        }
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
        if endsInterval(sequence, time) { recordStateHash(in: &batch) }
    }

    /// Whether commands were carried out since the last hash of the state was recorded.
    public var isIntervalOpen: Bool { intervalStart != nil }

    /// Lets the time pass, and ends the interval.
    ///
    /// - Parameters:
    ///   - now: The time to stamp; zero for that of the last command.
    ///   - recordsHash: Whether to record the hash of the state although none may be due yet.
    ///   - batch: Receives both; must have room.
    public mutating func closeInterval(
        now: UInt64,
        recordsHash: Bool,
        into batch: inout DurableBatch
    ) {
        let time = now == 0 ? venue.time : Timestamp(now)
        let submission = Submission(command: .advanceTime, tag: Reply.timerTag, time: time)
        execute(submission, now: time.nanoseconds, into: &batch)
        if recordsHash, isIntervalOpen { recordStateHash(in: &batch) }
    }

    @inline(__always)
    private mutating func endsInterval(_ sequence: UInt64, _ time: Timestamp) -> Bool {
        let start = intervalStart ?? time
        intervalStart = start
        if stateHashCommands != 0, sequence % stateHashCommands == 0 { return true }
        return stateHashNanoseconds != 0
            && time.nanoseconds - start.nanoseconds >= stateHashNanoseconds
    }

    @inline(never)
    private mutating func recordStateHash(in batch: inout DurableBatch) {
        intervalStart = nil
        batch.records.append(
            stateHash: venue.stateHash(),
            sequence: venue.sequence,
            time: venue.time
        )
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
