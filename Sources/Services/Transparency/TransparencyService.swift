internal import Cryptography
internal import Encoding
public import Platform
public import Primitives
internal import Projection
public import Sequencer
public import Statements
internal import Synchronization
public import Venue

/// A quorum's certificate for an interval.
public struct IntervalCertificate: Equatable, Sendable {
    /// The number of the interval.
    public let number: UInt64
    /// The certificate, encoded.
    public let certificate: [UInt8]

    /// Makes a certificate of its parts.
    public init(number: UInt64, certificate: [UInt8]) {
        self.number = number
        self.certificate = certificate
    }
}

/// Gets the certificates of a quorum for intervals, any number of them at a time.
public protocol IntervalAttester: AnyObject, Sendable {
    /// The roster of the present epoch, as its leaf has it; none before there is one.
    var roster: EpochStatement? { get }

    /// Begins to ask the members for their votes, without waiting for them; what is asked already is not asked
    /// twice.
    func request(_ statement: IntervalStatement)

    /// The certificates that came since the last call.
    func takeCertificates() -> [IntervalCertificate]

    /// Names what is called, on any thread, when there is a certificate or a roster to be fetched.
    func notify(_ wake: @escaping @Sendable () -> Void)
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
        /// When the oldest of them ended; none if none waits.
        public var oldestUnattestedTime: Timestamp?
        /// Why it stopped; nil while all is well.
        public var fault: TransparencyError?
        /// Whether it stopped.
        public var hasEnded = false
    }

    private struct State: ~Copyable {
        var builder: LogBuilder
        /// Intervals whose certificates are filed and not in the log yet.
        var filed: Set<UInt64> = []
        /// Intervals that were asked about, each with the epoch and when.
        var asked: [UInt64: (epoch: UInt64, time: UInt64)] = [:]
        /// Intervals that wait for their certificate, each with the first moment of a trade in it.
        var starts: [UInt64: UInt64] = [:]
        /// Certificates that the venue was too busy to take.
        var unfiled: [IntervalCertificate] = []
    }

    /// How long it waits before it looks for new commands.
    private static let pauseNanoseconds: UInt64 = 20_000_000
    /// How many intervals may be asked about at a time; the others wait in the journal.
    private static let askedCountMax = 64
    /// How many times to finality are kept.
    private static let finalityCountMax = 1 << 16
    /// The longest interval: a trade in it may be so much older than its end.
    private static let intervalNanoseconds: UInt64 = 250_000_000

    private let identity: VenueIdentity
    private let sequencer: Sequencer
    private let attester: (any IntervalAttester)?
    private let patienceNanoseconds: UInt64
    private let clock: any Clock
    private let publish: @Sendable ([StoredChunk]) -> Void
    private let warn: @Sendable (TransparencyError) -> Void
    private let builders = Handoff<LogBuilder>()
    private let progressState = Mutex(Progress())
    private let finalityTimes = Mutex<[UInt64]>([])
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
    ///   - patienceNanoseconds: After so long without a certificate an interval is put to the attester again.
    ///   - clock: Tells the time.
    ///   - publish: Receives the pieces of the journal for the observers, in order, once they are in the log.
    ///   - warn: Called at most once: the log failed, and this is why.
    /// - Throws: `PlatformError` when there is no thread to be had.
    public init(
        sequencer: Sequencer,
        builder: consuming LogBuilder,
        identity: VenueIdentity,
        attester: (any IntervalAttester)?,
        patienceNanoseconds: UInt64 = 5_000_000_000,
        clock: any Clock = LinuxClock(),
        publish: @escaping @Sendable ([StoredChunk]) -> Void = { _ in },
        warn: @escaping @Sendable (TransparencyError) -> Void = { _ in }
    ) throws(PlatformError) {
        self.warn = warn
        self.publish = publish
        self.clock = clock
        self.patienceNanoseconds = patienceNanoseconds
        self.identity = identity
        self.sequencer = sequencer
        self.attester = attester
        builders.put(builder)
        attester?.notify { [wake] in wake.notify() }
        let started = try PlatformThread.start(name: "transparency") { self.run() }
        thread.withLock { thread in thread = started }
    }

    /// How far it is.
    public var progress: Progress { progressState.withLock { progress in progress } }

    /// How long the last trades took from their moment to the published certificate over their interval, each the
    /// longest of an interval, in nanoseconds; at most 65,536.
    public var finalities: [UInt64] { finalityTimes.withLock { times in times } }

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
                let chunks = state.builder.takeChunks()
                if !chunks.isEmpty { publish(chunks) }
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

    /// Files the certificates that have come, and asks for those that are due, the oldest first.
    private func attest(_ state: inout State) {
        guard let attester else { return }
        let due = state.builder.unattested
        let numbers = Set(due.map(\.interval.number))
        noteFinality(due, numbers, &state)
        state.filed.formIntersection(numbers)
        file(attester.takeCertificates(), due, &state)
        guard let roster = attester.roster else { return }
        let now = clock.monotonicNanoseconds()
        let hash = SHA256.hash(of: roster.encoded)
        state.asked = state.asked.filter { number, asked in
            numbers.contains(number) && asked.epoch == roster.epoch
                && now - min(asked.time, now) < patienceNanoseconds
        }
        for logged in due {
            if state.asked.count >= Self.askedCountMax { return }
            let number = logged.interval.number
            if state.filed.contains(number) || state.asked[number] != nil { continue }
            state.asked[number] = (roster.epoch, now)
            attester.request(
                IntervalStatement(
                    venue: identity.venue,
                    epoch: roster.epoch,
                    interval: logged.interval,
                    time: logged.time,
                    log: LogHead(origin: identity.origin, size: logged.size, root: logged.root),
                    rosterHash: hash
                )
            )
        }
    }

    private func file(
        _ certificates: [IntervalCertificate],
        _ due: [LoggedInterval],
        _ state: inout State
    ) {
        let waiting = state.unfiled + certificates
        state.unfiled = []
        for certified in waiting {
            guard let logged = due.first(where: { $0.interval.number == certified.number }),
                !state.filed.contains(certified.number)
            else { continue }
            let attestation = AttestationStatement(
                venue: identity.venue,
                number: certified.number,
                certificate: certified.certificate,
                time: logged.time
            )
            do throws(TransparencyError) {
                try file(.attestation, attestation.encoded, time: logged.time)
                state.filed.insert(certified.number)
                state.asked[certified.number] = nil
                progressState.withLock { progress in progress.certificates += 1 }
            } catch {
                // The venue is busy: the next look tries again.
                state.unfiled.append(certified)
            }
        }
    }

    /// Notes which intervals are final now: their certificates are in the published log.
    private func noteFinality(
        _ due: [LoggedInterval],
        _ numbers: Set<UInt64>,
        _ state: inout State
    ) {
        let now = clock.wallNanoseconds()
        let ended = state.starts.filter { number, _ in !numbers.contains(number) }
        if !ended.isEmpty {
            finalityTimes.withLock { times in
                for start in ended.values where times.count < Self.finalityCountMax {
                    times.append(now - min(start, now))
                }
            }
            for number in ended.keys { state.starts[number] = nil }
        }
        for logged in due where state.starts[logged.interval.number] == nil {
            let end = logged.time.nanoseconds
            state.starts[logged.interval.number] = end - min(Self.intervalNanoseconds, end)
        }
    }

    private func note(_ state: borrowing State) {
        let size = state.builder.publishedSize
        let sequence = state.builder.loggedSequence
        let unattested = state.builder.unattested.count
        let oldest = state.builder.unattested.first?.time
        progressState.withLock { progress in
            progress.size = size
            progress.loggedSequence = sequence
            progress.unattested = unattested
            progress.oldestUnattestedTime = oldest
        }
    }
}
