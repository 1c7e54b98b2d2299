/// A source of time.
public protocol Clock: Sendable {
    /// Nanoseconds since 1970-01-01T00:00:00Z without leap seconds; may jump when the clock is set.
    func wallNanoseconds() -> UInt64
    /// Nanoseconds since an arbitrary moment; never runs backwards.
    func monotonicNanoseconds() -> UInt64
}
