internal import Platform
internal import Synchronization

/// Appends from any number of threads, answered when a signed checkpoint covers the entry.
///
/// Entries that arrive within a batch interval are committed together: one signature and one round of syncs for all
/// of them. Entries come into the log in the order in which `append` took them. The queue has a bound; beyond it
/// `append` refuses and nothing waits. An error of the system stops the log for good and fails all who wait.
public final class GroupCommitLog: Sendable {
    /// How entries are gathered.
    public struct Configuration: Sendable {
        /// How long the first entry of a batch waits for others, in nanoseconds; at most 40 ms.
        public var batchNanoseconds: UInt64
        /// A batch of so many entries waits no longer.
        public var batchCountMax: Int
        /// Most entries that wait, those of the batch that is being committed left out.
        public var queueCountMax: Int
        /// Most bytes of entries that wait.
        public var queueBytesMax: Int

        /// Makes a configuration.
        public init(
            batchNanoseconds: UInt64 = 20_000_000,
            batchCountMax: Int = 2_048,
            queueCountMax: Int = 16_384,
            queueBytesMax: Int = 64 << 20
        ) {
            precondition(batchNanoseconds <= 40_000_000)
            precondition(batchCountMax > 0)
            precondition(queueCountMax >= batchCountMax)
            self.batchNanoseconds = batchNanoseconds
            self.batchCountMax = batchCountMax
            self.queueCountMax = queueCountMax
            self.queueBytesMax = queueBytesMax
        }
    }

    /// What is known about an entry when it is in the log.
    public struct Answer: Sendable {
        /// Its index.
        public let index: UInt64
        /// The tree head that covers it.
        public let head: TreeHead
        /// The signed checkpoint of that tree head, which is published.
        public let checkpoint: [UInt8]
    }

    /// Is called once for each accepted entry, on the log's own thread; it must not take long.
    public typealias Completion = @Sendable (Result<Answer, LogStoreError>) -> Void

    /// Whether an entry was taken.
    public enum Admission: Equatable, Sendable {
        /// It was, and will be answered.
        case accepted
        /// Too much waits; try again later.
        case busy
        /// The log stopped, for this reason or because it was asked to.
        case stopped(LogStoreError?)
    }

    /// What the log did so far.
    public struct Counters: Equatable, Sendable {
        /// Entries that were answered with their index.
        public var entries: UInt64 = 0
        /// Commits.
        public var commits: UInt64 = 0
        /// The longest commit, in nanoseconds.
        public var commitNanosecondsMax: UInt64 = 0
        /// Most entries that waited at once.
        public var queueHighWater = 0
        /// Entries that were refused because too many waited.
        public var refusedBusy: UInt64 = 0

        /// Makes counters of a log that did nothing.
        public init() {}
    }

    private struct Pending: Sendable {
        var entry: LogEntry
        var cursor: [UInt8]?
        var completion: Completion
    }

    private struct State {
        var queue: [Pending] = []
        var byteCount = 0
        /// When the first entry of the queue came.
        var since: UInt64 = 0
        var fault: LogStoreError?
        var isClosed = false
        var counters = Counters()
    }

    private let state = Mutex(State())
    private let writer: Mutex<LogWriter>
    private let configuration: Configuration
    private let signal = Signal()
    private let clock = LinuxClock()
    private let thread = Mutex<PlatformThread?>(nil)

    /// Starts the log's thread.
    ///
    /// - Throws: `platform` when the thread cannot be started.
    public init(
        _ writer: consuming LogWriter,
        configuration: Configuration = Configuration()
    ) throws(LogStoreError) {
        self.writer = Mutex(writer)
        self.configuration = configuration
        let started = try LogStoreError.wrap { () throws(PlatformError) in
            try PlatformThread.start(name: "log") { [self] in
                // Below the journal and the sequencer; a refusal makes it slower, no more.
                _ = PlatformThread.requestRealTime(priority: 1)
                run()
            }
        }
        thread.withLock { $0 = started }
    }

    /// Appends an entry.
    ///
    /// - Parameters:
    ///   - entry: What to append.
    ///   - cursor: How far the log has come, with this entry, in what it is made from; nil leaves it as it is.
    ///   - completion: Receives the answer; or the error that refuses this entry alone (`entryTooLarge`,
    ///     `numberTaken`, `numberTooLarge`), or the one that stopped the log.
    /// - Returns: Whether it was taken; `completion` is called only then.
    public func append(
        _ entry: LogEntry,
        cursor: [UInt8]? = nil,
        completion: @escaping Completion
    ) -> Admission {
        let (admission, mustNotify) = state.withLock { state -> (Admission, Bool) in
            if state.fault != nil || state.isClosed { return (.stopped(state.fault), false) }
            guard state.queue.count < configuration.queueCountMax,
                state.byteCount + entry.bytes.count <= configuration.queueBytesMax
            else {
                state.counters.refusedBusy += 1
                return (.busy, false)
            }
            if state.queue.isEmpty { state.since = clock.monotonicNanoseconds() }
            state.queue.append(Pending(entry: entry, cursor: cursor, completion: completion))
            state.byteCount += entry.bytes.count
            let count = state.queue.count
            state.counters.queueHighWater = max(state.counters.queueHighWater, count)
            return (.accepted, count == 1 || count == configuration.batchCountMax)
        }
        if mustNotify { signal.notify() }
        return admission
    }

    /// Appends an entry and waits for the answer.
    ///
    /// - Throws: `busy` when too much waits; what `append` would complete with; `stopped`.
    public func append(
        _ entry: LogEntry,
        cursor: [UInt8]? = nil
    ) async throws(LogStoreError) -> Answer {
        let result: Result<Answer, LogStoreError> = await withCheckedContinuation { continuation in
            let admission = append(entry, cursor: cursor) { result in
                continuation.resume(returning: result)
            }
            switch admission {
            case .accepted: break
            case .busy: continuation.resume(returning: .failure(.busy))
            case .stopped(let fault):
                continuation.resume(returning: .failure(.stopped(fault ?? .closed)))
            }
        }
        return try result.get()
    }

    /// What the log did so far.
    public var counters: Counters { state.withLock { $0.counters } }

    /// Why the log stopped; nil while it has not failed.
    public var fault: LogStoreError? { state.withLock { $0.fault } }

    /// Commits what waits and ends the thread; to be called once, before this value is given up.
    ///
    /// - Returns: Why the log stopped; nil if it did not fail.
    @discardableResult
    public func finish() -> LogStoreError? {
        state.withLock { $0.isClosed = true }
        signal.notify()
        let thread = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        precondition(thread != nil, "a log is finished once")
        thread?.join()
        return fault
    }

    private func run() {
        while let batch = nextBatch() {
            let start = clock.monotonicNanoseconds()
            let fault = commit(batch)
            let duration = clock.monotonicNanoseconds() - start
            let left = state.withLock { state -> [Pending] in
                state.counters.commits += 1
                state.counters.commitNanosecondsMax = max(
                    state.counters.commitNanosecondsMax,
                    duration
                )
                guard let fault else { return [] }
                state.fault = fault
                defer { state.queue = [] }
                return state.queue
            }
            if let fault {
                for pending in left { pending.completion(.failure(.stopped(fault))) }
                return
            }
        }
    }

    /// Waits until a batch is due; none when the log is closed and nothing waits.
    private func nextBatch() -> [Pending]? {
        while true {
            let now = clock.monotonicNanoseconds()
            let (batch, wait, isOver) = state.withLock { state -> ([Pending]?, UInt64?, Bool) in
                if state.queue.isEmpty { return (nil, nil, state.isClosed) }
                let due = state.since + configuration.batchNanoseconds
                let isFull = state.queue.count >= configuration.batchCountMax
                if !isFull, !state.isClosed, now < due { return (nil, due - now, false) }
                let count = min(state.queue.count, configuration.batchCountMax)
                let batch = Array(state.queue.prefix(count))
                state.queue.removeFirst(count)
                for pending in batch { state.byteCount -= pending.entry.bytes.count }
                // What is left waited as long as this batch, or a little less.
                return (batch, nil, false)
            }
            if let batch { return batch }
            if isOver { return nil }
            signal.wait(timeoutNanoseconds: wait)
        }
    }

    /// Commits a batch and answers it; the error that stops the log.
    private func commit(_ batch: [Pending]) -> LogStoreError? {
        var indices: [UInt64?] = []
        let result = writer.withLock { writer -> Result<(TreeHead, [UInt8]), LogStoreError> in
            var cursor = writer.cursor
            for pending in batch {
                do throws(LogStoreError) {
                    indices.append(try writer.append(pending.entry))
                    cursor = pending.cursor ?? cursor
                } catch {
                    indices.append(nil)
                    pending.completion(.failure(error))
                }
            }
            do throws(LogStoreError) {
                let checkpoint = try writer.commit(cursor: cursor)
                return .success((writer.publishedHead, checkpoint))
            } catch {
                return .failure(error)
            }
        }
        var answered: UInt64 = 0
        for (pending, index) in zip(batch, indices) {
            guard let index else { continue }
            switch result {
            case .success(let (head, checkpoint)):
                answered += 1
                pending.completion(
                    .success(Answer(index: index, head: head, checkpoint: checkpoint))
                )
            case .failure(let error): pending.completion(.failure(error))
            }
        }
        state.withLock { $0.counters.entries += answered }
        if case .failure(let error) = result { return error }
        return nil
    }
}
