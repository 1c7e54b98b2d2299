public import Journal
internal import Venue

/// How a sequencer works.
public struct SequencerConfiguration: Sendable {
    /// Sizes of the journal's files.
    public var journal: JournalConfiguration
    /// How many commands may wait, a power of two; when that many wait, `submit` refuses with `busy`.
    public var queueCapacity: Int
    /// How many replies and commands one batch may hold.
    public var batchCommandsMax: Int
    /// A snapshot is written when this many nanoseconds passed since the last one; 0 for never.
    public var snapshotIntervalNanoseconds: UInt64
    /// A snapshot is written when this many commands became durable since the last one; 0 for never.
    public var snapshotCommands: UInt64
    /// Whether a last snapshot is written when the sequencer is stopped, so that the next start is quick.
    public var snapshotsOnStop: Bool
    /// The hash of the state is recorded after each of this many commands; 0 for never.
    public var stateHashCommands: UInt64
    /// The hash of the state is also recorded when this many nanoseconds passed since the first command after the
    /// last one, at the latest so long after the last command; 0 for never.
    public var stateHashNanoseconds: UInt64
    /// `advanceTime` is applied when nothing was submitted for this many nanoseconds; 0 for never.
    public var idleTimerNanoseconds: UInt64
    /// The journal thread's `SCHED_FIFO` priority, 1 … 99, the sequencer thread having one less; 0 to leave both
    /// ordinary threads.
    public var realTimePriority: Int32

    /// Whether a batch has room for a document, so that `Sequencer.file` may be used.
    var takesDocuments: Bool { journal.batchBytesMax >= 4 * Filing.bytesMax }

    /// Whether snapshots are ever written.
    var writesSnapshots: Bool {
        snapshotIntervalNanoseconds > 0 || snapshotCommands > 0 || snapshotsOnStop
    }

    /// Makes a configuration; snapshots every 30 seconds, 65,536 waiting commands.
    public init(
        journal: JournalConfiguration = JournalConfiguration(),
        queueCapacity: Int = 1 << 16,
        batchCommandsMax: Int = 8_192,
        snapshotIntervalNanoseconds: UInt64 = 30_000_000_000,
        snapshotCommands: UInt64 = 0,
        snapshotsOnStop: Bool = false,
        stateHashCommands: UInt64 = 0,
        stateHashNanoseconds: UInt64 = 0,
        idleTimerNanoseconds: UInt64 = 0,
        realTimePriority: Int32 = 10
    ) {
        precondition(batchCommandsMax >= 1)
        self.journal = journal
        self.queueCapacity = queueCapacity
        self.batchCommandsMax = batchCommandsMax
        self.snapshotIntervalNanoseconds = snapshotIntervalNanoseconds
        self.snapshotCommands = snapshotCommands
        self.snapshotsOnStop = snapshotsOnStop
        self.stateHashCommands = stateHashCommands
        self.stateHashNanoseconds = stateHashNanoseconds
        self.idleTimerNanoseconds = idleTimerNanoseconds
        self.realTimePriority = realTimePriority
    }
}
