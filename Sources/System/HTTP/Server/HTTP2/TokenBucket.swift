/// How often something may happen: so many times at once, and then at a steady rate.
struct TokenBucket {
    private let burst: UInt64
    private let perSecond: UInt64
    /// In billionths of a token.
    private var level: UInt64
    private var filledAt: UInt64

    /// Makes a full one; both numbers are below 2^30.
    init(burst: Int, perSecond: Int, now: UInt64) {
        precondition((1..<1 << 30).contains(burst), "one is allowed at least")
        precondition((1..<1 << 30).contains(perSecond), "it fills again")
        self.burst = UInt64(burst) * 1_000_000_000
        self.perSecond = UInt64(perSecond)
        level = self.burst
        filledAt = now
    }

    /// Takes one; false if none is left.
    mutating func take(now: UInt64) -> Bool {
        let elapsed = now > filledAt ? now - filledAt : 0
        filledAt = max(filledAt, now)
        let (gain, overflow) = elapsed.multipliedReportingOverflow(by: perSecond)
        level = overflow ? burst : min(burst, level &+ min(gain, burst))
        guard level >= 1_000_000_000 else { return false }
        level -= 1_000_000_000
        return true
    }
}
