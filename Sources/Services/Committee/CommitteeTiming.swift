/// How long the stages of an attestation may take; all in nanoseconds.
public struct CommitteeTiming: Equatable, Sendable {
    /// From the request until an observer is to have signed; what comes later counts as late.
    public var signing: UInt64 = 250_000_000
    /// The heartbeat: an attempt without a quorum is repeated so long after it began.
    public var heartbeat: UInt64 = 15_000_000_000
    /// So long after the first request a person is asked.
    public var escalation: UInt64 = 60_000_000_000
    /// So long after the request a certificate waits for the votes behind the eighth, so that whoever answers in time
    /// is in it; 0 to be content with eight.
    public var gathering: UInt64 = 0
    /// How long after its certificate a round still notes late votes.
    public var lateness: UInt64 = 5_000_000_000

    /// The times of the rulebook: 250 ms, 15 s, 60 s.
    public init() {}
}
