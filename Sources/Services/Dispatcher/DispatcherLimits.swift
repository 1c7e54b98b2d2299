/// What the dispatcher keeps and does at most.
public struct DispatcherLimits: Equatable, Sendable {
    /// Events that are accepted and not yet handed on, of all services; beyond it sources are held back.
    public var waitingCountMax = 65_536
    /// Events of one service that are accepted and not yet handed on; beyond it sources are held back for
    /// `holdBackNanoseconds`, and then the service's events are refused, and recorded as refused, until half are done.
    public var serviceWaitingCountMax = 16_384
    /// How long one service that has no room may hold a source back that others depend on.
    public var holdBackNanoseconds: UInt64 = 60_000_000_000
    /// Threads that run components.
    public var workerCount = 4
    /// Components of one service that run at once; less than the workers, so that one service cannot have all.
    public var serviceRunningMax = 2
    /// Attempts at an event that the node could not make, before it gives up.
    public var attemptCountMax = 16
    /// The pause before the second attempt; each further one is twice as long.
    public var retryMinNanoseconds: UInt64 = 1_000_000_000
    /// The longest pause before another attempt.
    public var retryMaxNanoseconds: UInt64 = 600_000_000_000
    /// Bytes of a trigger's data with all that belongs to it; a larger one is refused and recorded.
    public var actionBytesMax = 8 << 20
    /// Responses to one event.
    public var responseCountMax = 1_024
    /// Bytes of all responses to one event.
    public var responseBytesMax = 8 << 20
    /// How long ended work is remembered, so that an event that comes again is passed over.
    public var memoryNanoseconds: UInt64 = 14 * 86_400 * 1_000_000_000
    /// How many ended events are remembered at most, the newest ones.
    public var memoryCountMax = 1_000_000

    /// Makes the standard limits.
    public init() {}
}
