internal import Platform

/// The time by which tokens end, whatever somebody does to the wall clock.
///
/// - What this process made ends by its monotonic clock (`monotonic`) and by the wall clock, whichever comes
///   first.
/// - What an earlier process made ends by `latest`: the wall clock, but never earlier than what the wall clock
///   was when this process began plus the time since then, nor than the latest time in the database.
/// - If the wall clock stood before that latest time when this process began, it was set back while nothing
///   ran, and access tokens of earlier processes are not accepted at all.
struct AccessClock: Sendable {
    private let clock: any Clock
    private let startMonotonic: UInt64
    private let startWall: UInt64
    /// Whether the wall clock was set back while nothing ran.
    let wasSetBack: Bool

    /// A wall clock that runs ahead of the monotonic one by more than this is not remembered, so that one
    /// wrong setting does not end what is made after it is corrected.
    private static let leadNanosecondsMax: UInt64 = 60_000_000_000

    /// Starts both clocks.
    ///
    /// - Parameters:
    ///   - clock: The system's clocks.
    ///   - remembered: The latest wall time in the database; 0 if it has none.
    ///   - wasSetBack: Whether it is known that the wall clock was set back.
    init(_ clock: any Clock, remembered: UInt64, wasSetBack: Bool) {
        self.clock = clock
        startMonotonic = clock.monotonicNanoseconds()
        let wall = clock.wallNanoseconds()
        self.wasSetBack = wasSetBack || wall < remembered
        startWall = max(wall, remembered)
    }

    /// Nanoseconds since this process began to use access.
    var monotonic: UInt64 { clock.monotonicNanoseconds() - startMonotonic }

    /// Nanoseconds since 1970-01-01T00:00:00Z, as the system says.
    var wall: UInt64 { clock.wallNanoseconds() }

    /// The wall time, never running backwards.
    var latest: UInt64 { max(wall, startWall + monotonic) }

    /// The wall time to be remembered.
    var worthRemembering: UInt64 {
        min(wall, startWall + monotonic + Self.leadNanosecondsMax)
    }
}

/// Durations in nanoseconds.
enum Nanoseconds {
    static let millisecond: UInt64 = 1_000_000
    static let second: UInt64 = 1_000_000_000
    static let minute = 60 * second
    static let hour = 60 * minute
    static let day = 24 * hour
}
