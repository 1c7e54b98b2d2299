internal import Cryptography
internal import Encoding
public import Platform
public import Primitives
internal import Projection
public import Sequencer
public import Statements
internal import Synchronization
public import Venue

/// Gives the certificate of a quorum for an interval.
public protocol IntervalAttester: AnyObject, Sendable {
    /// The roster of the present epoch, as its leaf has it.
    var roster: EpochStatement { get }

    /// Asks the members for their votes.
    ///
    /// - Parameter statement: What they are to sign.
    /// - Returns: The certificate, encoded.
    /// - Throws: `quorumFailed` when too few voted; it is asked again later.
    func certificate(for statement: IntervalStatement) throws(TransparencyError) -> [UInt8]
}

/// Follows a running venue: logs what became durable, and has every interval attested to.
///
/// It works on a thread of its own and never holds the venue up. When the log or the quorum fails, the venue
/// goes on, and what is missing is made up for later from the journal.
public final class TransparencyService: Sendable {
    /// How far the service is.
    public struct Progress: Equatable, Sendable {
        /// The size of the published log.
        public var size: UInt64 = 0
        /// The last command whose interval is in the log.
        public var loggedSequence: UInt64 = 0
        /// How many certificates were made here.
        public var certificates: UInt64 = 0
        /// How many intervals in the log wait for their certificate to be there too.
        public var unattested = 0
        /// Why it stopped, or why the last quorum failed; nil while all is well.
        public var fault: TransparencyError?
        /// Whether it stopped.
        public var hasEnded = false
    }

    private struct State: ~Copyable {
        var builder: LogBuilder
        /// Intervals whose certificates are filed and not in the log yet.
        var filed: Set<UInt64> = []
    }

    /// How long it waits before it looks for new commands.
    private static let pauseNanoseconds: UInt64 = 20_000_000

    private let identity: VenueIdentity
    private let sequencer: Sequencer
    private let attester: (any IntervalAttester)?
    private let warn: @Sendable (TransparencyError) -> Void
    private let builders = Handoff<LogBuilder>()
    private let progressState = Mutex(Progress())
    private let isStopping = Atomic<Bool>(false)
    private let wake = Signal()
    private let thread = Mutex<PlatformThread?>(nil)

    /// Starts to follow.
    ///
    /// - Parameters:
    ///   - sequencer: The venue.
    ///   - builder: Its log.
    ///   - identity: Whose log it is.
    ///   - attester: The quorum; without one intervals are logged and not attested to.
    ///   - warn: Called at most once: the log failed, and this is why.
    /// - Throws: `PlatformError` when there is no thread to be had.
    public init(
        sequencer: Sequencer,
        builder: consuming LogBuilder,
        identity: VenueIdentity,
        attester: (any IntervalAttester)?,
        warn: @escaping @Sendable (TransparencyError) -> Void = { _ in }
    ) throws(PlatformError) {
        self.warn = warn
        self.identity = identity
        self.sequencer = sequencer
        self.attester = attester
        builders.put(builder)
        let started = try PlatformThread.start(name: "transparency") { self.run() }
        thread.withLock { thread in thread = started }
    }

    /// How far it is.
    public var progress: Progress { progressState.withLock { progress in progress } }

    /// Files a document after checking that the log may sign it.
    ///
    /// - Parameters:
    ///   - kind: What it is.
    ///   - document: Canonical JSON.
    ///   - time: The time to stamp; `.zero` for the clock.
    /// - Throws: `documentInvalid`, or `filingRefused` when the venue takes no more.
    public func file(
        _ kind: FilingKind,
        _ document: [UInt8],
        time: Timestamp = .zero
    ) throws(TransparencyError) {
        guard document.count <= Filing.bytesMax else {
            throw .filingRefused("it has more than \(Filing.bytesMax) bytes")
        }
        if kind != .ceremony { _ = try FiledStatement(kind, document, identity.venue, at: 0) }
        switch sequencer.file(kind, document, tag: Reply.timerTag, time: time) {
        case .accepted: wake.notify()
        case .busy: throw .filingRefused("the venue is busy; try again")
        case .stopped: throw .filingRefused("the venue was stopped")
        case .failed(let reason): throw .journal(reason)
        }
    }

    /// Logs what is durable by now and ends the thread; a second call does nothing.
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

    private func run() {
        PlatformThread.yieldToOthers()
        guard let builder = builders.take() else {
            preconditionFailure("the builder was put there before")
        }
        var state = State(builder: builder)
        do throws(TransparencyError) {
            while true {
                let isLast = isStopping.load(ordering: .sequentiallyConsistent)
                let isBehind = try state.builder.advance(upTo: sequencer.durableSequence)
                attest(&state)
                note(state)
                if isBehind { continue }
                if isLast { break }
                wake.wait(timeoutNanoseconds: Self.pauseNanoseconds)
            }
        } catch {
            progressState.withLock { progress in progress.fault = error }
            warn(error)
        }
        progressState.withLock { progress in progress.hasEnded = true }
    }

    /// Gets and files the certificates that are due, the oldest first.
    private func attest(_ state: inout State) {
        guard let attester else { return }
        let due = state.builder.unattested
        state.filed.formIntersection(due.map(\.interval.number))
        for logged in due where !state.filed.contains(logged.interval.number) {
            if isStopping.load(ordering: .relaxed) { return }
            do throws(TransparencyError) {
                try attest(logged, attester)
                state.filed.insert(logged.interval.number)
                progressState.withLock { progress in
                    progress.certificates += 1
                    progress.fault = nil
                }
            } catch {
                progressState.withLock { progress in progress.fault = error }
                return
            }
        }
    }

    private func attest(
        _ logged: LoggedInterval,
        _ attester: any IntervalAttester
    ) throws(TransparencyError) {
        let roster = attester.roster
        let statement = IntervalStatement(
            venue: identity.venue,
            epoch: roster.epoch,
            interval: logged.interval,
            time: logged.time,
            log: LogHead(origin: identity.origin, size: logged.size, root: logged.root),
            rosterHash: SHA256.hash(of: roster.encoded)
        )
        let attestation = AttestationStatement(
            venue: identity.venue,
            number: logged.interval.number,
            certificate: try attester.certificate(for: statement),
            time: logged.time
        )
        try file(.attestation, attestation.encoded, time: logged.time)
    }

    private func note(_ state: borrowing State) {
        let size = state.builder.publishedSize
        let sequence = state.builder.loggedSequence
        let unattested = state.builder.unattested.count
        progressState.withLock { progress in
            progress.size = size
            progress.loggedSequence = sequence
            progress.unattested = unattested
        }
    }
}
