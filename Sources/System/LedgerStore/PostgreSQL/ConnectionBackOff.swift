/// When the next connection to a server that was not there may be tried: after 50 milliseconds, then after twice as
/// long each time, at most 5 seconds.
///
/// Until then everybody is told at once that the server is not there, so that no thread waits for it in vain.
struct ConnectionBackOff: Equatable {
    /// The first and the longest time to wait, in nanoseconds.
    static let first: UInt64 = 50_000_000
    static let longest: UInt64 = 5_000_000_000

    private var waits: UInt64 = 0
    private var notBefore: UInt64 = 0

    /// How long to wait yet, in nanoseconds; 0 when it may be tried.
    func remaining(now: UInt64) -> UInt64 { notBefore > now ? notBefore - now : 0 }

    /// Notes that the server was not there.
    mutating func failed(now: UInt64) {
        waits = waits == 0 ? Self.first : min(2 * waits, Self.longest)
        notBefore = now + waits
    }

    /// Notes that it was.
    mutating func succeeded() { self = ConnectionBackOff() }
}
