internal import Attestation
internal import Cryptography
public import MessageBus
public import Platform
internal import Primitives
internal import Statements
internal import Synchronization

/// An observer's part in attestation: follows the venue's journal, and answers for one seat what the venue asks.
///
/// Two threads work: one follows the journal and answers for intervals, one judges claims, so neither waits for
/// the other. What comes over the bus goes into bounded queues; what does not fit is dropped, and fetched or
/// asked for again.
public final class Attestor: Sendable {
    private struct Inbox {
        var chunks: [[UInt8]] = []
        var chunkBytes = 0
        /// Whether a piece was dropped.
        var hasMissed = false
        var intervals: [IntervalStatement] = []
        var claims: [ClaimRequest] = []
        var isStopping = false
    }

    private let configuration: AttestorConfiguration
    private let keys: SeatKeys
    private let votes: VoteStore
    private let bus: any MessageBus
    private let clock: any Clock
    private let report: @Sendable (AttestorEvent) -> Void
    private let inbox = Mutex(Inbox())
    private let followWake = Signal()
    private let claimWake: Signal
    private let followed: FollowedState
    private let answers: AttestationAnswers
    private let threads = Mutex<[PlatformThread]>([])
    private let subscriptions = Mutex<[BusSubscription]>([])

    /// Makes an observer's part; `start` lets it work.
    ///
    /// - Parameters:
    ///   - configuration: What it attests to, and with what.
    ///   - keys: Whose seat it is.
    ///   - votes: What the seat signed before.
    ///   - bus: Where the venue is heard.
    ///   - clock: What time it is.
    ///   - report: Told what happens, on the threads of this part; it should not take long.
    public init(
        _ configuration: AttestorConfiguration,
        keys: SeatKeys,
        votes: VoteStore,
        bus: any MessageBus,
        clock: any Clock,
        report: @escaping @Sendable (AttestorEvent) -> Void
    ) {
        let claimWake = Signal()
        let followed = FollowedState(listener: claimWake)
        self.configuration = configuration
        self.keys = keys
        self.votes = votes
        self.bus = bus
        self.clock = clock
        self.report = report
        self.claimWake = claimWake
        self.followed = followed
        answers = AttestationAnswers(configuration, keys, votes, bus, clock, followed, report)
    }

    /// The last command that was followed with its whole interval; 0 before the first.
    public var lastSequence: UInt64 {
        followed.state.withLock { state in state.intervals.last?.interval.lastSequence ?? 0 }
    }

    /// The number of the last interval that was followed; 0 before the first.
    public var lastInterval: UInt64 { followed.state.withLock { state in state.lastInterval } }

    /// How many bytes the sandbox of the re-execution has.
    public var sandboxByteCount: Int {
        followed.state.withLock { state in state.sandbox }?.memoryByteCount ?? 0
    }

    /// Subscribes to what the venue says, and starts both threads.
    ///
    /// - Throws: `files`, or what keeps the first sandbox from being made; `bus` when it is closed.
    public func start() throws(AttestorError) {
        var pursuit = try JournalPursuit(configuration, keys, votes, bus, followed, report)
        try pursuit.begin()
        do throws(BusError) {
            let all = [
                try bus.subscribe("journal.chunk") { [self] message in takeChunk(message.payload) },
                try bus.subscribe("attest.request.*") { [self] message in
                    takeRequest(message.subject, message.payload)
                },
            ]
            subscriptions.withLock { subscriptions in subscriptions = all }
        } catch {
            throw .bus("\(error)")
        }
        let handoff = Handoff<JournalPursuit>()
        handoff.put(pursuit)
        do throws(PlatformError) {
            let follower = try PlatformThread.start(name: "attest-follow") { [self] in
                guard var pursuit = handoff.take() else { return }
                follow(&pursuit)
            }
            let judge = try PlatformThread.start(name: "attest-claims") { [self] in judgeClaims() }
            threads.withLock { threads in threads = [follower, judge] }
        } catch {
            throw .files(error)
        }
    }

    /// Ends both threads, after a last snapshot; calling it again does nothing.
    public func stop() {
        let subscriptions = subscriptions.withLock { subscriptions in
            defer { subscriptions = [] }
            return subscriptions
        }
        for subscription in subscriptions { subscription.cancel() }
        inbox.withLock { inbox in inbox.isStopping = true }
        followWake.notify()
        claimWake.notify()
        let threads = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        for thread in threads { thread.join() }
    }

    // MARK: What comes, on the bus's thread

    private func takeChunk(_ bytes: [UInt8]) {
        inbox.withLock { inbox in
            guard inbox.chunks.count < AttestorLimits.chunksMax,
                inbox.chunkBytes + bytes.count <= AttestorLimits.chunkBytesMax
            else {
                inbox.hasMissed = true
                return
            }
            inbox.chunks.append(bytes)
            inbox.chunkBytes += bytes.count
        }
        followWake.notify()
    }

    private func takeRequest(_ subject: String, _ bytes: [UInt8]) {
        do throws(AttestationError) {
            switch subject {
            case "attest.request.interval":
                let statement = try IntervalRequest(decoding: bytes).statement
                guard statement.venue == configuration.venue else { return }
                queue(statement)
            case "attest.request.claim":
                let request = try ClaimRequest(decoding: bytes)
                guard request.statement.venue == configuration.venue else { return }
                queue(request)
            default: return
            }
        } catch {
            report(.ignored("\(error)"))
        }
    }

    private func queue(_ statement: IntervalStatement) {
        let isFull = inbox.withLock { inbox in
            if inbox.intervals.count >= AttestorLimits.requestsMax { return true }
            inbox.intervals.append(statement)
            return false
        }
        if isFull { report(.ignored("too many requests for intervals wait")) }
        followWake.notify()
    }

    private func queue(_ request: ClaimRequest) {
        let isFull = inbox.withLock { inbox in
            if inbox.claims.count >= AttestorLimits.requestsMax { return true }
            inbox.claims.append(request)
            return false
        }
        if isFull { report(.ignored("too many requests for claims wait")) }
        claimWake.notify()
    }

    private var isStopping: Bool { inbox.withLock { inbox in inbox.isStopping } }

    // MARK: Following, on its own thread

    private func follow(_ pursuit: inout JournalPursuit) {
        var desk = IntervalDesk(answers, followed)
        var polledNanoseconds: UInt64 = 0
        while !isStopping {
            do throws(AttestorError) {
                try step(&pursuit, &desk, &polledNanoseconds)
            } catch {
                guard fails(error) else {
                    if pursuit.recover(from: error) { beginAgain(&pursuit) }
                    continue
                }
                report(.failed("\(error)"))
                return
            }
            let pause =
                desk.isWaiting
                ? AttestorLimits.impatientNanoseconds : AttestorLimits.pollNanoseconds
            if inbox.withLock({ inbox in inbox.chunks.isEmpty && inbox.intervals.isEmpty }) {
                followWake.wait(timeoutNanoseconds: pause)
            }
        }
        do throws(AttestorError) { try pursuit.writeSnapshot() } catch {
            report(.ignored("the last snapshot was not written: \(error)"))
        }
    }

    /// Whether an error is about what this seat must keep, so that it must not go on.
    private func fails(_ error: AttestorError) -> Bool {
        switch error {
        case .votes, .files, .votesAreOlder, .foreignModule: true
        default: false
        }
    }

    private func step(
        _ pursuit: inout JournalPursuit,
        _ desk: inout IntervalDesk,
        _ polledNanoseconds: inout UInt64
    ) throws(AttestorError) {
        let (chunks, requests, hasMissed) = inbox.withLock { inbox in
            defer {
                inbox.chunks = []
                inbox.chunkBytes = 0
                inbox.intervals = []
                inbox.hasMissed = false
            }
            return (inbox.chunks, inbox.intervals, inbox.hasMissed)
        }
        for request in requests { desk.take(request, at: clock.monotonicNanoseconds()) }
        var mustFetch = hasMissed
        if !pursuit.hasDiverged {
            for chunk in chunks where !isStopping {
                if try pursuit.take(chunk) { mustFetch = true }
                followed.changed()
                try desk.work(at: clock.monotonicNanoseconds())
            }
        }
        try desk.work(at: clock.monotonicNanoseconds())
        let now = clock.monotonicNanoseconds()
        let pollAfter =
            desk.isWaiting ? AttestorLimits.impatientNanoseconds : AttestorLimits.pollNanoseconds
        let isQuiet = chunks.isEmpty && now - polledNanoseconds >= pollAfter
        if (mustFetch || isQuiet) && !pursuit.hasDiverged {
            polledNanoseconds = now
            _ = try pursuit.fetch(isStopping: { isStopping })
            try desk.work(at: clock.monotonicNanoseconds())
        }
    }

    private func beginAgain(_ pursuit: inout JournalPursuit) {
        while !isStopping {
            followWake.wait(timeoutNanoseconds: pursuit.pauseNanoseconds)
            do throws(AttestorError) {
                try pursuit.begin()
                return
            } catch {
                _ = pursuit.recover(from: error)
            }
        }
    }

    // MARK: Claims, on their own thread

    private func judgeClaims() {
        var desk = ClaimDesk(configuration, answers, followed)
        while !isStopping {
            let requests = inbox.withLock { inbox in
                defer { inbox.claims = [] }
                return inbox.claims
            }
            let now = clock.monotonicNanoseconds()
            for request in requests { desk.take(request, at: now) }
            do throws(AttestorError) {
                try desk.work(at: now)
            } catch {
                report(.failed("\(error)"))
                return
            }
            claimWake.wait(timeoutNanoseconds: AttestorLimits.pollNanoseconds)
        }
    }
}
