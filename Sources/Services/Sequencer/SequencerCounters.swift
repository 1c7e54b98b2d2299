/// What a sequencer did since it started.
public struct SequencerCounters: Equatable, Sendable {
    /// Commands that were taken into the queue.
    public var accepted: UInt64
    /// Commands that were refused because the queue was full.
    public var refusedBusy: UInt64
    /// Commands that became durable.
    public var durable: UInt64
    /// Batches that became durable.
    public var batches: UInt64
    /// Syncs of the journal's data.
    public var syncs: UInt64
    /// Bytes that the batches took.
    public var bytes: UInt64
    /// Most commands that waited at the same time, as seen when batches began.
    public var queueHighWater: UInt64
    /// Snapshots that were written.
    public var snapshots: UInt64
}
