internal import Journal
internal import Platform
internal import Primitives
internal import Synchronization
internal import Venue

/// What the threads of a sequencer share.
final class SequencerState: Sendable {
    let directory: any StorageDirectory
    let configuration: SequencerConfiguration
    let clock: any Clock
    let sink: any ReplySink
    let warn: @Sendable (SequencerWarning) -> Void

    /// From the submitters to the sequencer thread; `work` says that there is something, or a batch came back.
    let queue: BoundedQueue<Submission>
    let work = Signal()
    /// Batches from the sequencer thread to the journal thread and back.
    let full = Handoff<DurableBatch>()
    let empty = Handoff<DurableBatch>()
    let batchReady = Signal()
    /// Segments from the background to the journal thread, and which one is wanted.
    let prepared = Handoff<Result<PreparedSegment, JournalError>>()
    let preparedReady = Signal()
    let wantedSegment = Atomic<UInt64>(0)
    let segmentWanted = Signal()
    /// How much of the present segment is used, from where on the background goes on, and whether at once.
    let segmentUsed = Atomic<UInt64>(0)
    let resumeAt = Atomic<UInt64>(.max)
    let isSegmentUrgent = Atomic<Bool>(false)
    let snapshotDue = Signal()
    /// The documents of the filings in the queue.
    let documents = WaitingDocuments()
    /// Somebody asked for the end of the interval.
    let endsInterval = Atomic<Bool>(false)

    /// What the threads begin with, and the venue when they end.
    let cores = Handoff<SequencerCore>()
    let writers = Handoff<JournalWriter>()
    let venues = Handoff<Venue>()

    let readers = Mutex<[@Sendable (inout Venue) -> Void]>([])
    let hasReaders = Atomic<Bool>(false)

    /// Those who want to know when something became durable.
    let durableSignals = Mutex<[Signal]>([])

    let isStopping = Atomic<Bool>(false)
    /// The sequencer thread has handed over its last batch.
    let isSequenced = Atomic<Bool>(false)
    /// The journal thread has made its last batch durable.
    let isWritten = Atomic<Bool>(false)
    let hasFailed = Atomic<Bool>(false)
    let fault = Mutex<JournalError?>(nil)

    let durableSequence: Atomic<UInt64>
    let acceptedCount = Atomic<UInt64>(0)
    let busyCount = Atomic<UInt64>(0)
    let durableCount = Atomic<UInt64>(0)
    let batchCount = Atomic<UInt64>(0)
    let syncCount = Atomic<UInt64>(0)
    let byteCount = Atomic<UInt64>(0)
    let queueHighWater = Atomic<UInt64>(0)
    let snapshotCount = Atomic<UInt64>(0)

    init(
        directory: any StorageDirectory,
        configuration: SequencerConfiguration,
        clock: any Clock,
        sink: any ReplySink,
        warn: @escaping @Sendable (SequencerWarning) -> Void,
        durableSequence: UInt64
    ) {
        self.directory = directory
        self.configuration = configuration
        self.clock = clock
        self.sink = sink
        self.warn = warn
        self.durableSequence = Atomic(durableSequence)
        queue = BoundedQueue(capacity: configuration.queueCapacity)
    }

    @inline(__always)
    func submit(_ submission: Submission) -> Sequencer.Answer {
        // Counted before the look at `isStopping`: the sequencer thread does not end before it has taken what
        // is counted.
        acceptedCount.wrappingAdd(1, ordering: .sequentiallyConsistent)
        if isStopping.load(ordering: .sequentiallyConsistent) || hasFailed.load(ordering: .relaxed)
        {
            acceptedCount.wrappingSubtract(1, ordering: .sequentiallyConsistent)
            return refuse()
        }
        guard queue.push(submission) else {
            acceptedCount.wrappingSubtract(1, ordering: .sequentiallyConsistent)
            busyCount.wrappingAdd(1, ordering: .relaxed)
            return .busy
        }
        work.notify()
        return .accepted
    }

    private func refuse() -> Sequencer.Answer {
        if let reason = fault.withLock({ fault in fault }) { .failed(reason) } else { .stopped }
    }

    func requestStop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        work.notify()
        segmentWanted.notify()
        snapshotDue.notify()
    }

    /// Remembers the first failure; from then on nothing is accepted.
    func fail(_ error: JournalError) {
        let isFirst = fault.withLock { fault in
            guard fault == nil else { return false }
            fault = error
            return true
        }
        hasFailed.store(true, ordering: .sequentiallyConsistent)
        if isFirst { sink.stopped(error) }
    }

    var counters: SequencerCounters {
        SequencerCounters(
            accepted: acceptedCount.load(ordering: .relaxed),
            refusedBusy: busyCount.load(ordering: .relaxed),
            durable: durableCount.load(ordering: .relaxed),
            batches: batchCount.load(ordering: .relaxed),
            syncs: syncCount.load(ordering: .relaxed),
            bytes: byteCount.load(ordering: .relaxed),
            queueHighWater: queueHighWater.load(ordering: .relaxed),
            snapshots: snapshotCount.load(ordering: .relaxed)
        )
    }
}
