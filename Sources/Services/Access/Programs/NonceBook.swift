internal import Cryptography
internal import Synchronization

/// The signed requests that were taken and whose time is not over, so that none is taken twice.
///
/// What is forgotten leaves behind the latest timestamp among it, and no request with that timestamp or an
/// earlier one is taken any more: setting the wall clock back lets nobody replay what is forgotten. The same
/// holds for what a process before this one took.
final class NonceBook: Sendable {
    private struct State {
        var current: Set<SHA256.Digest> = []
        var previous: Set<SHA256.Digest> = []
        var periodStart: UInt64 = 0
        /// The latest timestamps of both periods, in milliseconds.
        var latest: UInt64 = 0
        var latestBefore: UInt64 = 0
        /// Nothing up to this timestamp is taken.
        var floor: UInt64
    }

    private let state: Mutex<State>
    /// Longer than between the earliest and the latest moment at which a timestamp is taken.
    private static let period =
        2 * AccessLimits.requestAgeMillisecondsMax * Nanoseconds.millisecond

    /// Begins with nothing.
    ///
    /// What was made before now may have been taken before.
    init(wallMilliseconds: UInt64) {
        state = Mutex(State(floor: wallMilliseconds + AccessLimits.requestLeadMillisecondsMax))
    }

    /// Takes a request that was verified, once.
    ///
    /// - Parameters:
    ///   - key: The API key.
    ///   - nonce: The request's nonce.
    ///   - timestamp: Its timestamp, in milliseconds.
    ///   - monotonic: The time.
    /// - Throws: `refused` with `timestampOutOfRange`, `requestReplayed`, or `busy` when no more can be
    ///   remembered.
    func take(
        key: String,
        nonce: String,
        timestamp: UInt64,
        monotonic: UInt64
    ) throws(AccessError) {
        let mark = SHA256.hash(of: Array("\(key) \(nonce)".utf8))
        try state.withLock { state throws(AccessError) in
            Self.turn(&state, monotonic)
            guard timestamp > state.floor else { throw .refused(.timestampOutOfRange) }
            guard !state.current.contains(mark), !state.previous.contains(mark) else {
                throw .refused(.requestReplayed)
            }
            guard state.current.count + state.previous.count < AccessLimits.noncesMax else {
                throw .refused(.busy)
            }
            state.current.insert(mark)
            state.latest = max(state.latest, timestamp)
        }
    }

    private static func turn(_ state: inout State, _ monotonic: UInt64) {
        guard monotonic - min(state.periodStart, monotonic) >= period else { return }
        state.floor = max(state.floor, state.latestBefore)
        state.previous = state.current
        state.latestBefore = state.latest
        state.current = []
        state.latest = 0
        state.periodStart = monotonic
    }
}
