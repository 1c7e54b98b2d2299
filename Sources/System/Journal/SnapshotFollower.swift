public import Platform
internal import Venue

/// Writes snapshots without stopping the writer: a second venue that executes the durable journal again.
///
/// Where the writer records hashes of its state, this also proves that both venues agree.
public struct SnapshotFollower: ~Copyable {
    private let directory: any StorageDirectory
    private let configuration: JournalConfiguration
    private var replay: JournalReplay
    /// The last command of the newest snapshot; 0 if there is none.
    public private(set) var snapshotSequence: UInt64

    /// Starts from the newest snapshot.
    ///
    /// - Parameters:
    ///   - directory: The journal, recovered by a writer.
    ///   - configuration: How many snapshots to keep, and whether to archive.
    /// - Throws: `JournalError` when the snapshot or the journal cannot be read.
    public init(
        _ directory: any StorageDirectory,
        configuration: JournalConfiguration
    ) throws(JournalError) {
        self.directory = directory
        self.configuration = configuration
        replay = try JournalReplay(following: directory)
        snapshotSequence = replay.snapshotSequence
    }

    /// The last command that was executed here.
    public var sequence: UInt64 { replay.venue.sequence }

    /// Executes what became durable.
    ///
    /// - Parameters:
    ///   - durableSequence: The last command that is durable.
    ///   - commandsMax: How many to execute at most, rounded up to a whole batch.
    /// - Throws: `JournalError`; `stateDiverged` when the writer recorded another state.
    public mutating func advance(
        upTo durableSequence: UInt64,
        commandsMax: UInt64 = .max
    ) throws(JournalError) {
        try replay.advance(upTo: durableSequence, commandsMax: commandsMax)
    }

    /// Writes a snapshot of what was executed, if that is new; then removes and archives what is old.
    ///
    /// - Throws: `JournalError.platform`; the snapshots that were there remain.
    public mutating func writeSnapshot() throws(JournalError) {
        guard sequence > snapshotSequence else { return }
        let position = replay.reader.position
        do throws(PlatformError) {
            try replay.venue.writeSnapshot(to: directory, position: position)
            snapshotSequence = sequence
            try removeOld()
        } catch {
            throw .platform(error)
        }
    }

    private func removeOld() throws(PlatformError) {
        let names = try directory.list()
        let snapshots = names.filter { name in
            JournalFormat.number(in: name, prefix: JournalFormat.snapshotPrefix) != nil
        }
        for name in snapshots.dropLast(configuration.snapshotsKept) { try directory.remove(name) }
        guard configuration.archivesSegments, snapshots.count >= configuration.snapshotsKept,
            let oldest = snapshots.suffix(configuration.snapshotsKept).first,
            let needed = try firstSegment(of: oldest)
        else { return try directory.sync() }
        let archive = try directory.subdirectory(JournalFormat.archiveName)
        for ordinal in JournalReader.ordinals(names) where ordinal < needed {
            let name = JournalFormat.segmentName(ordinal)
            try directory.move(name, toSubdirectory: JournalFormat.archiveName)
        }
        try archive.sync()
        try directory.sync()
    }

    /// The segment in which a snapshot's last batch ends; nil if its head is damaged.
    private func firstSegment(of snapshot: String) throws(PlatformError) -> UInt64? {
        let file = try directory.open(snapshot, readOnly: true)
        var head = [UInt8](repeating: 0, count: SnapshotHeader.byteCount)
        var span = head.mutableSpan
        _ = try unsafe span.withUnsafeMutableBytes { bytes throws(PlatformError) in
            try unsafe file.read(into: bytes, at: 0)
        }
        return unsafe head.span.withUnsafeBytes { bytes in
            unsafe SnapshotHeader(bytes)?.position.segment
        }
    }
}
