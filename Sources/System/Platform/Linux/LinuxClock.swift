internal import Glibc

/// The system's clocks.
public struct LinuxClock: Clock {
    /// Makes a clock; all are the same.
    public init() {}

    /// Nanoseconds since 1970-01-01T00:00:00Z without leap seconds.
    public func wallNanoseconds() -> UInt64 { Self.read(CLOCK_REALTIME) }

    /// Nanoseconds since the system started.
    public func monotonicNanoseconds() -> UInt64 { Self.read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        let result = unsafe clock_gettime(clock, &time)
        precondition(result == 0, "the clock exists on every Linux")
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
