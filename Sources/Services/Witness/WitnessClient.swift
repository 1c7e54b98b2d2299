public import Cryptography
public import HTTP
public import MerkleLog
internal import Platform
internal import Synchronization

/// Gets a log's checkpoints cosigned by its witnesses, beside the log and without ever holding it up.
///
/// Each witness has a thread, which asks for the newest checkpoint, again after a pause when that failed; the pause
/// grows from one second to a minute. When the policy is satisfied for a checkpoint larger than the last one that
/// was handed out, or more witnesses have cosigned that one, the checkpoint is handed out with all cosignatures.
public final class WitnessClient: Sendable {
    /// What the client reports.
    public struct Report: Sendable {
        /// Takes a checkpoint that satisfies the policy, with the cosignatures; called by one thread at a time.
        public let cosigned: @Sendable (SignedCheckpoint) -> Void
        /// Takes what went wrong with a witness; may be called by several threads at once.
        public let failed: @Sendable (WitnessError) -> Void

        /// Makes a report from both functions.
        public init(
            cosigned: @escaping @Sendable (SignedCheckpoint) -> Void,
            failed: @escaping @Sendable (WitnessError) -> Void
        ) {
            self.cosigned = cosigned
            self.failed = failed
        }
    }

    private struct State {
        /// What is to be cosigned.
        var offered: SignedCheckpoint?
        /// The checkpoint that the lines are for.
        var gathering: SignedCheckpoint?
        var lines: [NoteSignature] = []
        /// How many signatures the last one that was handed out had.
        var handedOut: (size: UInt64, count: Int)?
        var isStopped = false
    }

    private let policy: WitnessPolicy
    private let verifier: Ed25519Verifier
    private let report: Report
    private let state = Mutex(State())
    private let reporting = Mutex<Void>(())
    private let signals: [Signal]
    private let threads = Mutex<[PlatformThread]>([])

    static let pauseMinNanoseconds: UInt64 = 1_000_000_000
    static let pauseMaxNanoseconds: UInt64 = 60_000_000_000

    /// Starts a client.
    ///
    /// - Parameters:
    ///   - peers: The witnesses to ask.
    ///   - policy: When a checkpoint counts as witnessed.
    ///   - limits: How long to wait for a witness.
    ///   - verifier: Checks cosignatures.
    ///   - consistency: Proofs of the log.
    ///   - report: Takes what was reached and what failed.
    /// - Throws: `HTTPError` or `PlatformError` when a client or a thread cannot be made.
    public init(
        peers: [WitnessPeer],
        policy: WitnessPolicy,
        limits: HTTPClient.Limits = HTTPClient.Limits(),
        verifier: @escaping Ed25519Verifier,
        consistency: @escaping ConsistencySource,
        report: Report
    ) throws {
        self.policy = policy
        self.verifier = verifier
        self.report = report
        signals = peers.map { _ in Signal() }
        for (peer, signal) in zip(peers, signals) {
            let exchange = WitnessExchange(
                peer: peer,
                transport: try Self.transport(limits),
                consistency: consistency,
                verifier: verifier
            )
            let thread = try PlatformThread.start(name: "witness") { [self] in
                run(exchange, signal)
            }
            threads.withLock { $0.append(thread) }
        }
    }

    /// Posts bodies by a client of its own.
    static func transport(_ limits: HTTPClient.Limits) throws(HTTPError)
        -> WitnessExchange.Transport
    {
        let client = try HTTPClient(limits: limits)
        return { url, body throws(HTTPError) in
            try client.post(url, body: body, contentType: "text/plain; charset=utf-8")
        }
    }

    /// Offers a checkpoint with the log's own signatures, and never waits.
    ///
    /// Only the newest one that was offered is asked for.
    public func offer(_ checkpoint: SignedCheckpoint) {
        state.withLock { state in
            let offered = state.offered?.checkpoint.size ?? 0
            if checkpoint.checkpoint.size >= offered { state.offered = checkpoint }
        }
        for signal in signals { signal.notify() }
    }

    /// Ends the threads; a request to a witness is waited for, as long as its time-out.
    public func stop() {
        state.withLock { $0.isStopped = true }
        for signal in signals { signal.notify() }
        let threads = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        for thread in threads { thread.join() }
    }

    private func run(_ first: WitnessExchange, _ signal: Signal) {
        var exchange = first
        var done: SignedCheckpoint?
        var pause = Self.pauseMinNanoseconds
        while true {
            let (offered, isStopped) = state.withLock { ($0.offered, $0.isStopped) }
            if isStopped { return }
            guard let offered, offered != done else {
                signal.wait()
                continue
            }
            do throws(WitnessError) {
                let lines = try exchange.submit(offered)
                done = offered
                pause = Self.pauseMinNanoseconds
                gather(lines, for: offered)
            } catch {
                report.failed(error)
                // A new checkpoint gives the signal too; only the clock ends the pause.
                rest(pause, signal)
                pause = min(2 * pause, Self.pauseMaxNanoseconds)
            }
        }
    }

    /// Waits for a time, or until the client is stopped.
    private func rest(_ nanoseconds: UInt64, _ signal: Signal) {
        let clock = LinuxClock()
        let end = clock.monotonicNanoseconds() &+ nanoseconds
        while !state.withLock({ $0.isStopped }) {
            let now = clock.monotonicNanoseconds()
            if now >= end { return }
            signal.wait(timeoutNanoseconds: end - now)
        }
    }

    /// Adds lines, and hands the checkpoint out when that makes the policy hold, or holds it better.
    private func gather(_ lines: [NoteSignature], for checkpoint: SignedCheckpoint) {
        reporting.withLock { _ in
            guard let found = collected(lines, for: checkpoint) else { return }
            if policy.evaluate(found, verifier: verifier).isSatisfied {
                state.withLock { state in
                    state.handedOut = (found.checkpoint.size, found.note.signatures.count)
                }
                report.cosigned(found)
            }
        }
    }

    /// The checkpoint with all lines that came for it; none if what was handed out is as good.
    private func collected(
        _ lines: [NoteSignature],
        for checkpoint: SignedCheckpoint
    ) -> SignedCheckpoint? {
        state.withLock { state in
            if let gathering = state.gathering, gathering != checkpoint {
                // Lines for an older checkpoint come too late to be of use.
                if gathering.checkpoint.size > checkpoint.checkpoint.size { return nil }
                state.lines = []
            }
            state.gathering = checkpoint
            for line in lines where !state.lines.contains(line) { state.lines.append(line) }
            do throws(NoteError) {
                let found = try SignedCheckpoint(checkpoint.note.adding(state.lines))
                guard let last = state.handedOut else { return found }
                let size = found.checkpoint.size
                let isMore = size == last.size && found.note.signatures.count > last.count
                return size > last.size || isMore ? found : nil
            } catch {
                // Only more signatures than a note may have end here; the ones before stay.
                return nil
            }
        }
    }
}

/// One round: asks all witnesses for one checkpoint at the same time.
public enum WitnessRound {
    /// What a round gave.
    public struct Result: Sendable {
        /// The checkpoint with the cosignatures that came.
        public let checkpoint: SignedCheckpoint
        /// What the policy says about it.
        public let verdict: PolicyVerdict
        /// What went wrong, in the order of the witnesses.
        public let failures: [WitnessError]
    }

    /// Asks all witnesses once, and waits until each has answered or its time is over.
    ///
    /// - Parameters:
    ///   - checkpoint: The checkpoint with the log's own signatures.
    ///   - peers: The witnesses.
    ///   - policy: When the checkpoint counts as witnessed.
    ///   - limits: How long to wait for a witness.
    ///   - verifier: Checks cosignatures.
    ///   - consistency: Proofs of the log.
    /// - Returns: The checkpoint with what came, also when the policy is not satisfied.
    /// - Throws: `HTTPError`, `PlatformError` or `NoteError` when the round cannot be made at all.
    public static func run(
        _ checkpoint: SignedCheckpoint,
        peers: [WitnessPeer],
        policy: WitnessPolicy,
        limits: HTTPClient.Limits = HTTPClient.Limits(),
        verifier: @escaping Ed25519Verifier,
        consistency: @escaping ConsistencySource
    ) throws -> Result {
        let outcomes = Outcomes(count: peers.count)
        var threads: [PlatformThread] = []
        // Threads that were started are waited for, also when a later one cannot be.
        defer { for thread in threads { thread.join() } }
        for (index, peer) in peers.enumerated() {
            let exchange = WitnessExchange(
                peer: peer,
                transport: try WitnessClient.transport(limits),
                consistency: consistency,
                verifier: verifier
            )
            threads.append(
                try PlatformThread.start(name: "witness") {
                    var exchange = exchange
                    do throws(WitnessError) {
                        outcomes.set(.success(try exchange.submit(checkpoint)), at: index)
                    } catch {
                        outcomes.set(.failure(error), at: index)
                    }
                }
            )
        }
        for thread in threads { thread.join() }
        threads = []
        let (lines, failures) = outcomes.all
        let cosigned = try SignedCheckpoint(checkpoint.note.adding(lines))
        return Result(
            checkpoint: cosigned,
            verdict: policy.evaluate(cosigned, verifier: verifier),
            failures: failures
        )
    }

    /// What each witness gave.
    private final class Outcomes: Sendable {
        typealias Outcome = Swift.Result<[NoteSignature], WitnessError>

        private let outcomes: Mutex<[Outcome?]>

        init(count: Int) { outcomes = Mutex([Outcome?](repeating: nil, count: count)) }

        func set(_ outcome: Outcome, at index: Int) { outcomes.withLock { $0[index] = outcome } }

        var all: (lines: [NoteSignature], failures: [WitnessError]) {
            var lines: [NoteSignature] = []
            var failures: [WitnessError] = []
            for outcome in outcomes.withLock({ $0 }) {
                switch outcome {
                case .success(let found): lines += found
                case .failure(let error): failures.append(error)
                case nil: break
                }
            }
            return (lines, failures)
        }
    }
}
