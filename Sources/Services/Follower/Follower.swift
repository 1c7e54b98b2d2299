internal import Journal
public import Platform
internal import Primitives
public import Sequencer
internal import Synchronization
internal import Venue

/// Keeps a projection up to date with a running venue.
///
/// A thread of its own executes the durable journal again with a second venue and hands every record with its
/// events to the projection. It never holds the venue up: a projection that is slow, or whose database is away, lags
/// behind and catches up from the journal.
public final class Follower: Sendable {
    /// How far a follower is.
    public struct Progress: Equatable, Sendable {
        /// The last command that was taken in and flushed.
        public var sequence: UInt64 = 0
        /// Why it waits, or why it ended; none while all is well.
        public var fault: FollowerError?
        /// Whether it ended.
        public var hasEnded = false
    }

    /// After so many commands the projection is flushed, also if there are more.
    public static let commandsMax: UInt64 = 4_096
    /// How long it waits between two looks at whether it is to stop.
    private static let napNanoseconds: UInt64 = 50_000_000
    /// So many naps it waits at most before it tries again what was unavailable; at first one.
    private static let napsMax = 64
    /// How long it sleeps when nothing becomes durable.
    private static let sleepNanoseconds: UInt64 = 1_000_000_000

    private let sequencer: Sequencer
    private let projection: any Projection
    private let replays = Handoff<JournalReplay>()
    private let progressState = Mutex(Progress())
    private let isPrompt: Bool
    private let warn: @Sendable (FollowerError) -> Void
    private let isStopping = Atomic<Bool>(false)
    private let wake = Signal()
    private let thread = Mutex<PlatformThread?>(nil)

    /// Starts to follow.
    ///
    /// - Parameters:
    ///   - sequencer: The venue.
    ///   - journal: Its journal.
    ///   - projection: What is to be kept up to date.
    ///   - name: What the thread is called; at most 15 bytes are kept.
    ///   - isPrompt: Whether people watch what it makes, so that it must not give way to everything else.
    ///   - warn: Called, on the follower's thread, when the projection becomes unavailable and when it fails.
    /// - Throws: `FollowerError` when the journal cannot be read from the projection's cursor on, or is not the one
    ///   that the projection was made from.
    public init(
        _ sequencer: Sequencer,
        journal: any StorageDirectory,
        projection: any Projection,
        name: String,
        isPrompt: Bool = false,
        warn: @escaping @Sendable (FollowerError) -> Void = { _ in }
    ) throws(FollowerError) {
        self.sequencer = sequencer
        self.projection = projection
        self.warn = warn
        self.isPrompt = isPrompt
        let cursor = projection.cursor
        guard cursor <= sequencer.durableSequence else {
            throw .ahead(cursor: cursor, lastSequence: sequencer.durableSequence)
        }
        do throws(JournalError) {
            replays.put(try JournalReplay(following: journal, after: cursor))
        } catch {
            throw .journal(error)
        }
        sequencer.notifyWhenDurable(wake)
        do throws(PlatformError) {
            let started = try PlatformThread.start(name: name) { self.run(after: cursor) }
            thread.withLock { thread in thread = started }
        } catch {
            throw .failed("\(error)")
        }
    }

    /// How far it is.
    public var progress: Progress { progressState.withLock { progress in progress } }

    /// Takes in what is durable by now, unless the projection is unavailable, and ends the thread.
    ///
    /// To be called after the sequencer was stopped; a second call does nothing.
    public func stop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        wake.notify()
        let running = thread.withLock { thread in
            let running = thread
            thread = nil
            return running
        }
        running?.join()
    }

    private func run(after cursor: UInt64) {
        // Whoever waits for an answer comes first; what is late here is made up for.
        if !isPrompt { PlatformThread.yieldToOthers() }
        guard var replay = replays.take() else {
            preconditionFailure("the replay was put there before")
        }
        do throws(FollowerError) {
            try follow(&replay, after: cursor)
        } catch {
            progressState.withLock { progress in progress.fault = error }
            warn(error)
        }
        progressState.withLock { progress in progress.hasEnded = true }
    }

    private func follow(
        _ replay: inout JournalReplay,
        after cursor: UInt64
    ) throws(FollowerError) {
        try read { () throws(JournalError) in try replay.advance(through: cursor) }
        while true {
            let isLast = isStopping.load(ordering: .sequentiallyConsistent)
            let durable = sequencer.durableSequence
            let isBehind = try step(&replay, upTo: durable)
            guard try flush(&replay) else { return }
            let sequence = replay.venue.sequence
            progressState.withLock { progress in progress.sequence = sequence }
            if isBehind { continue }
            if isLast { return }
            wake.wait(timeoutNanoseconds: Self.sleepNanoseconds)
        }
    }

    /// Takes in some commands; returns whether there may be more.
    private func step(
        _ replay: inout JournalReplay,
        upTo durable: UInt64
    ) throws(FollowerError) -> Bool {
        let end = replay.venue.sequence + Self.commandsMax
        while replay.venue.sequence < end {
            let record = try read { () throws(JournalError) in try replay.next(upTo: durable) }
            guard let record else { return false }
            projection.take(record, replay.events, &replay.venue)
        }
        return true
    }

    /// Flushes, as often as it takes; false when it is to stop before that succeeded.
    private func flush(_ replay: inout JournalReplay) throws(FollowerError) -> Bool {
        var naps = 1
        while true {
            do throws(FollowerError) {
                try projection.flush(&replay.venue)
                progressState.withLock { progress in progress.fault = nil }
                return true
            } catch {
                guard case .unavailable = error else { throw error }
                let isNew = progressState.withLock { progress in
                    defer { progress.fault = error }
                    return progress.fault == nil
                }
                if isNew { warn(error) }
                for _ in 0..<naps {
                    if isStopping.load(ordering: .sequentiallyConsistent) { return false }
                    PlatformThread.nap(nanoseconds: Self.napNanoseconds)
                }
                naps = min(2 * naps, Self.napsMax)
            }
        }
    }

    private func read<Result>(
        _ body: () throws(JournalError) -> Result
    ) throws(FollowerError) -> Result {
        do throws(JournalError) { return try body() } catch { throw .journal(error) }
    }
}
