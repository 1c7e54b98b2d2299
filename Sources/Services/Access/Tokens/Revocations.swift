internal import Synchronization

/// The sessions that ended while access tokens of theirs may still be good.
///
/// An entry is kept for as long as a token is good, twice at most. When there are too many, every token that
/// was made until then is refused instead, and everybody has to refresh: no flood can make a token good again.
package final class Revocations: Sendable {
    private struct State {
        var current: Set<SessionID> = []
        var previous: Set<SessionID> = []
        var periodStart: UInt64 = 0
        /// Tokens made before are refused, by the monotonic clock of this process.
        var cutoff: UInt64 = 0
        /// Whether tokens of earlier processes are refused.
        var refusesEarlierProcesses: Bool
    }

    private let state: Mutex<State>
    private static let lifetime = AccessLimits.tokenSeconds * Nanoseconds.second

    /// Begins with nothing.
    package init(refusesEarlierProcesses: Bool) {
        state = Mutex(State(refusesEarlierProcesses: refusesEarlierProcesses))
    }

    /// Refuses the tokens of a session from now on.
    package func add(_ session: SessionID, monotonic: UInt64) {
        state.withLock { state in
            let age = monotonic - min(state.periodStart, monotonic)
            if age >= Self.lifetime {
                state.previous = age / 2 >= Self.lifetime ? [] : state.current
                state.current = []
                state.periodStart = monotonic
            }
            if state.current.count + state.previous.count >= AccessLimits.revocationsMax {
                state.current = []
                state.previous = []
                state.cutoff = monotonic + 1
                state.refusesEarlierProcesses = true
            }
            state.current.insert(session)
        }
    }

    /// Whether a token is refused.
    ///
    /// - Parameters:
    ///   - session: Its session.
    ///   - monotonic: When this process made it; none if an earlier one did.
    /// - Returns: Whether its session has ended, or it is older than what is remembered.
    package func contain(_ session: SessionID, made monotonic: UInt64?) -> Bool {
        state.withLock { state in
            if let monotonic {
                if monotonic < state.cutoff { return true }
            } else if state.refusesEarlierProcesses {
                return true
            }
            return state.current.contains(session) || state.previous.contains(session)
        }
    }
}
