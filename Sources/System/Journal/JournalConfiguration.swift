/// The sizes that a journal is written with; reading needs none of them.
public struct JournalConfiguration: Equatable, Sendable {
    /// Size of a segment in bytes, rounded up to whole sectors of 512.
    public var segmentBytes: Int
    /// Largest batch in bytes; at most a segment without its head.
    public var batchBytesMax: Int
    /// How many snapshots are kept: one may turn out damaged.
    public var snapshotsKept: Int
    /// Whether segments that no kept snapshot needs move to the archive.
    public var archivesSegments: Bool

    /// Makes a configuration; 64 MiB a segment and 1 MiB a batch by default.
    public init(
        segmentBytes: Int = 64 << 20,
        batchBytesMax: Int = 1 << 20,
        snapshotsKept: Int = 2,
        archivesSegments: Bool = true
    ) {
        self.segmentBytes = JournalFormat.wholeSectors(segmentBytes)
        self.batchBytesMax = batchBytesMax
        self.snapshotsKept = snapshotsKept
        self.archivesSegments = archivesSegments
        precondition(snapshotsKept >= 1)
        precondition(batchBytesMax >= 4096, "one command and its batch's head must fit")
        precondition(batchBytesMax <= self.segmentBytes - JournalFormat.segmentHeaderBytes)
    }
}
