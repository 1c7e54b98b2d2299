public import Journal
public import Platform
public import Primitives
internal import Synchronization
public import Venue

/// The one writer: gives every command its number and its time, makes it durable, and carries it out.
///
/// Two threads work hand in hand. The sequencer thread takes commands from a bounded queue, applies them
/// and gathers a batch; the journal thread makes the batch before it durable and then gives out its replies.
/// Neither waits for the other as long as both have something to do. Two more threads in the
/// background prepare segments and write snapshots.
///
/// After a failure of the journal nothing is accepted any more; what was not replied to is unknown until
/// the journal is recovered.
public final class Sequencer: Sendable {
    /// What became of a submission.
    public enum Answer: Equatable, Sendable {
        /// It is in the queue; a reply follows when it is durable.
        case accepted
        /// The queue is full: try again later. It was counted and is forgotten.
        case busy
        /// The sequencer was stopped.
        case stopped
        /// The journal failed, and this is why.
        case failed(JournalError)
    }

    /// What the recovery of the journal did.
    public let recovery: RecoveredJournal.Report

    let shared: SequencerState
    private let threads: Mutex<[PlatformThread]>

    /// Recovers the journal and starts to work.
    ///
    /// - Parameters:
    ///   - directory: The journal.
    ///   - configuration: How to work.
    ///   - clock: Stamps commands that bring no time.
    ///   - sink: Receives the replies.
    ///   - warn: Receives what the operator should know; called from several threads.
    /// - Throws: `JournalError` when the journal cannot be recovered or a thread cannot be started.
    public init(
        _ directory: any StorageDirectory,
        configuration: SequencerConfiguration = SequencerConfiguration(),
        clock: any Clock = LinuxClock(),
        sink: any ReplySink,
        warn: @escaping @Sendable (SequencerWarning) -> Void = { _ in }
    ) throws(JournalError) {
        var recovered = try RecoveredJournal(directory, configuration: configuration.journal)
        if recovered.writer.position.segment == 0 {
            // A new journal: nothing can be done before its first segment is there.
            recovered.writer.provide(
                try PreparedSegment.make(1, in: directory, configuration: configuration.journal)
            )
        }
        recovery = recovered.report
        for warning in recovery.warnings { warn(.journal(warning)) }
        let shared = SequencerState(
            directory: directory,
            configuration: configuration,
            clock: clock,
            sink: sink,
            warn: warn,
            durableSequence: recovery.lastSequence
        )
        self.shared = shared
        threads = Mutex([])
        let core = SequencerCore(venue: recovered.venue, configuration: configuration)
        shared.cores.put(core)
        shared.writers.put(recovered.writer)
        shared.empty.put(DurableBatch(commandsMax: configuration.batchCommandsMax))
        do throws(PlatformError) {
            try start("segments") { shared.prepareSegments() }
            try start("journal") { shared.writeJournal() }
            try start("sequencer") { shared.sequence() }
            if configuration.writesSnapshots {
                try start("snapshots") { shared.writeSnapshots() }
            }
        } catch {
            stop()
            throw .platform(error)
        }
    }

    deinit { shared.requestStop() }

    /// Queues a command without waiting, from any thread; not `file`.
    ///
    /// - Parameters:
    ///   - command: What to do.
    ///   - tag: Comes back in the reply.
    ///   - time: The time to stamp; `.zero` for the clock. A replay that brings its own times gives the same
    ///     state hash each time.
    /// - Returns: Whether it was accepted. Only then a reply follows, unless the journal fails.
    public func submit(_ command: Command, tag: UInt64 = 0, time: Timestamp = .zero) -> Answer {
        if case .file = command { preconditionFailure("documents come through `file`") }
        return shared.submit(Submission(command: command, tag: tag, time: time))
    }

    /// Queues a document for the journal without waiting, from any thread.
    ///
    /// - Parameters:
    ///   - kind: What it is.
    ///   - document: At most `Filing.bytesMax` bytes; whether it may be filed is the caller's to check.
    ///   - tag: Comes back in the reply.
    ///   - time: The time to stamp; `.zero` for the clock.
    /// - Returns: As `submit`.
    public func file(
        _ kind: FilingKind,
        _ document: [UInt8],
        tag: UInt64 = 0,
        time: Timestamp = .zero
    ) -> Answer {
        precondition(document.count <= Filing.bytesMax)
        precondition(shared.configuration.takesDocuments, "a batch must have room for a document")
        let filing = Filing(kind: kind, content: document)
        shared.documents.put(document, filing.digest)
        let answer = shared.submit(Submission(command: .file(filing), tag: tag, time: time))
        if answer != .accepted { _ = shared.documents.take(filing.digest) }
        return answer
    }

    /// Records the hash of the state if any command was carried out since the last one, and so ends the interval.
    ///
    /// It is a command of its own that lets no time pass. It does not wait.
    public func endInterval() {
        shared.endsInterval.store(true, ordering: .sequentiallyConsistent)
        shared.work.notify()
    }

    /// The last command that is durable.
    public var durableSequence: UInt64 { shared.durableSequence.load(ordering: .acquiring) }

    /// Gives a signal whenever something became durable, from now on and as long as the sequencer lives.
    public func notifyWhenDurable(_ signal: Signal) {
        shared.durableSignals.withLock { signals in signals.append(signal) }
    }

    /// Why the journal failed; nil if it did not.
    public var fault: JournalError? { shared.fault.withLock { fault in fault } }

    /// How many commands wait in the queue, about.
    public var queueCount: Int { shared.queue.count }

    /// What was done so far.
    public var counters: SequencerCounters { shared.counters }

    /// Looks at the venue between two commands; may be called from any thread and does not wait.
    ///
    /// - Parameter body: Called once on the sequencer's thread, so it must be quick. What it sees may not be durable
    ///   yet: it is so when `durableSequence` reaches the venue's `sequence`. It is not called after a stop.
    public func read(_ body: @escaping @Sendable (inout Venue) -> Void) {
        shared.readers.withLock { readers in readers.append(body) }
        shared.hasReaders.store(true, ordering: .sequentiallyConsistent)
        shared.work.notify()
    }

    /// Carries out and makes durable what was accepted, delivers the replies, and ends all threads.
    ///
    /// A second call does nothing.
    public func stop() {
        shared.requestStop()
        let running = threads.withLock { threads in
            let running = threads
            threads = []
            return running
        }
        for thread in running.reversed() { thread.join() }
    }

    /// Stops, and gives the venue as of the last command; nil if it was given away before.
    ///
    /// After a failure of the journal the venue may contain commands that are not durable.
    public func finish() -> Venue? {
        stop()
        return shared.venues.take()
    }

    private func start(
        _ name: String,
        _ body: @escaping @Sendable () -> Void
    ) throws(PlatformError) {
        let thread = try PlatformThread.start(name: name, body)
        threads.withLock { threads in threads.append(thread) }
    }
}

/// Something the operator should know although the sequencer works on.
public enum SequencerWarning: Equatable, Sendable {
    /// From the recovery of the journal.
    case journal(JournalWarning)
    /// The system did not allow the sequencer's threads to run before others: syncs take longer under load.
    case noRealTimePriority
    /// A snapshot could not be written or its venue not be brought up to date; a restart will take longer.
    case snapshotFailed(JournalError)
}

extension SequencerWarning: CustomStringConvertible {
    /// One line.
    public var description: String {
        switch self {
        case .journal(let warning):
            warning.description
        case .noRealTimePriority:
            "the journal has no real-time priority (CAP_SYS_NICE): expect longer syncs under load"
        case .snapshotFailed(let error):
            "no snapshot was written: \(error)"
        }
    }
}
