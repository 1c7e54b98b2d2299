public import Platform
internal import Synchronization

/// When a dependency is given up, and when it is tried again.
public struct CircuitLimits: Equatable, Sendable {
    /// So many failures within the window open the circuit; at least 1.
    public var failureCount = 5
    /// How long a failure counts, in nanoseconds; at least 8.
    public var windowNanoseconds: UInt64 = 10_000_000_000
    /// How long the circuit stays open the first time, in nanoseconds.
    public var openNanoseconds: UInt64 = 1_000_000_000
    /// How long it stays open at most; each time that a probe fails it doubles up to there.
    public var openNanosecondsMax: UInt64 = 60_000_000_000
    /// How many calls may try at once whether the dependency is back; at least 1.
    public var probeCount = 1
    /// So many probes in a row must succeed until the circuit closes; at least 1.
    public var successCount = 2
    /// A probe that has not ended after that time counts as failed, in nanoseconds.
    public var probeNanoseconds: UInt64 = 30_000_000_000

    /// What suits a service on the same network.
    public init() {}

    fileprivate func check() {
        precondition(failureCount > 0 && probeCount > 0 && successCount > 0, "at least one each")
        precondition(windowNanoseconds >= 8, "the window has eight parts")
        precondition((1...openNanosecondsMax).contains(openNanoseconds), "open for a while")
        precondition(probeNanoseconds > 0, "a probe takes time")
    }
}

/// How a circuit stands.
public enum CircuitState: String, Sendable {
    /// Calls go through.
    case closed
    /// Calls are refused: the dependency has failed too often.
    case open
    /// A few calls go through, to see whether the dependency is back.
    case halfOpen = "half_open"
}

/// Keeps callers from waiting for an outside dependency that does not answer.
///
/// Failures are counted in eight parts of a sliding window. When there are too many, the circuit opens and every
/// call is refused at once; after a while a few are let through as probes, and when enough of them in a row
/// have succeeded, it closes. A result of a call that began before the circuit last changed counts for nothing.
///
/// ```swift
/// guard let call = breaker.begin() else { return unavailable }
/// let answer = ask()
/// breaker.end(call, succeeded: answer != nil)
/// ```
///
/// Time is monotonic. Any thread may use it; each call takes about a hundred nanoseconds under a lock.
public final class CircuitBreaker: Sendable {
    /// A call that was let through; `end` must be told how it went.
    public struct Call: Sendable {
        fileprivate let generation: UInt64
    }

    private static let partCount = 8

    private struct State {
        var circuit = CircuitState.closed
        /// Counts how often the circuit has changed.
        var generation: UInt64 = 0
        var failures = [Int](repeating: 0, count: CircuitBreaker.partCount)
        /// The number of the part of time that was counted last.
        var part: UInt64 = 0
        /// When an open circuit lets probes through, or half-open ones have waited too long.
        var due: UInt64 = 0
        var openNanoseconds: UInt64
        var probes = 0
        var successes = 0
    }

    /// What it keeps callers from, for reports.
    public let name: String
    private let limits: CircuitLimits
    private let clock: any Clock
    private let state: Mutex<State>

    /// Makes a closed circuit.
    ///
    /// - Parameters:
    ///   - name: The dependency.
    ///   - limits: When it is given up; numbers out of their ranges are an error of the caller.
    ///   - clock: The time.
    public init(_ name: String, _ limits: CircuitLimits = CircuitLimits(), clock: any Clock) {
        limits.check()
        self.name = name
        self.limits = limits
        self.clock = clock
        state = Mutex(State(openNanoseconds: limits.openNanoseconds))
    }

    /// How it stands; a circuit that is open long enough is still said to be open until somebody calls.
    public var circuit: CircuitState { state.withLock { state in state.circuit } }

    /// Lets a call through, or none if the dependency is not to be called now.
    public func begin() -> Call? {
        let now = clock.monotonicNanoseconds()
        return state.withLock { state in
            switch state.circuit {
            case .closed: break
            case .open:
                guard now >= state.due else { return nil }
                change(&state, to: .halfOpen)
                state.due = now + limits.probeNanoseconds
                state.probes = 1
            case .halfOpen:
                if now >= state.due {
                    // Probes that never ended have failed.
                    open(&state, now)
                    return nil
                }
                guard state.probes < limits.probeCount else { return nil }
                state.probes += 1
            }
            return Call(generation: state.generation)
        }
    }

    /// Takes in how a call went.
    ///
    /// - Parameters:
    ///   - call: What `begin` gave, once.
    ///   - succeeded: Whether the dependency did what it should; a refusal that is the caller's own fault is a
    ///     success.
    public func end(_ call: Call, succeeded: Bool) {
        let now = clock.monotonicNanoseconds()
        state.withLock { state in
            guard call.generation == state.generation else { return }
            switch state.circuit {
            case .closed: if !succeeded { count(&state, now) }
            case .open: break
            case .halfOpen:
                state.probes -= 1
                guard succeeded else { return open(&state, now) }
                state.successes += 1
                guard state.successes >= limits.successCount else {
                    state.due = now + limits.probeNanoseconds
                    return
                }
                change(&state, to: .closed)
                state.failures = [Int](repeating: 0, count: Self.partCount)
                state.openNanoseconds = limits.openNanoseconds
            }
        }
    }

    private func change(_ state: inout State, to circuit: CircuitState) {
        state.circuit = circuit
        state.generation += 1
        state.probes = 0
        state.successes = 0
    }

    /// Opens the circuit, for longer than before if it was half open.
    private func open(_ state: inout State, _ now: UInt64) {
        if state.circuit == .halfOpen {
            let doubled = state.openNanoseconds.multipliedReportingOverflow(by: 2)
            state.openNanoseconds =
                doubled.overflow
                ? limits.openNanosecondsMax
                : min(doubled.partialValue, limits.openNanosecondsMax)
        }
        change(&state, to: .open)
        state.due = now + state.openNanoseconds
    }

    /// Counts a failure in the part of the window in which it happened.
    private func count(_ state: inout State, _ now: UInt64) {
        let count = UInt64(Self.partCount)
        let part = max(now / (limits.windowNanoseconds / count), state.part)
        for passed in 0..<min(part - state.part, count) {
            state.failures[Int((state.part + 1 + passed) % count)] = 0
        }
        state.part = part
        state.failures[Int(part % count)] += 1
        if state.failures.reduce(0, +) >= limits.failureCount { open(&state, now) }
    }
}
