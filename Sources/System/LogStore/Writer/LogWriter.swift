public import Cryptography
internal import MerkleLog
public import Platform

/// How a log is written.
public struct LogConfiguration: Sendable {
    /// How many threads make files durable at the same time; 0 for the caller alone, one file after the other.
    public var syncThreadCount: Int

    /// Makes a configuration.
    public init(syncThreadCount: Int = 8) { self.syncThreadCount = syncThreadCount }
}

/// Appends to a log in a directory; there is one writer for each directory.
///
/// A commit writes tiles, bundles and index, and makes them durable; then the commit record, which decides; then it
/// signs the checkpoint and publishes it. Wherever this ends, opening the log finds the last record, signs the same
/// tree head again if its checkpoint was not published, and goes on from there. So no checkpoint is ever published
/// before its tiles are durable, and the log never signs two roots for one size.
///
/// After an error of the system it is stopped for good: nobody knows what reached the device. Opening the log again
/// finds out.
public struct LogWriter: ~Copyable, Sendable {
    private let directory: any StorageDirectory
    private let format: CheckpointFormat
    /// Held as long as the writer lives.
    private let lock: any StorageLock
    private let pool: SyncPool
    private let recordFile: any StorageFile
    private var record: CommitRecord
    private var edge: TreeEdge
    private var index: IndexWriter
    private var folders: TileFolders
    private var fault: LogStoreError?

    /// The newest checkpoint as it was published.
    public private(set) var checkpoint: [UInt8]
    /// How many commits with entries there were.
    public private(set) var commitCount: UInt64 = 0

    /// Opens a log, or makes an empty one, whose checkpoint of size 0 is published at once.
    ///
    /// - Parameters:
    ///   - directory: Where it is.
    ///   - format: How checkpoints are signed and checked.
    ///   - configuration: How it is written.
    /// - Returns: The writer.
    /// - Throws: `platform` with `locked` when there is another writer; `foreignCheckpoint` when the published
    ///   checkpoint is not of this log and key; `checkpointContradicts`, `recordMissing` or `damaged` when
    ///   checkpoint, record, tiles and index do not fit together.
    public static func open(
        _ directory: any StorageDirectory,
        format: CheckpointFormat,
        configuration: LogConfiguration = LogConfiguration()
    ) throws(LogStoreError) -> LogWriter {
        let opening = try LogOpening(directory)
        let published = try opening.published(format)
        let record = opening.record
        let edge = try TreeEdge(head: record.head, in: LogTree(directory: directory))
        let index = try IndexWriter(
            opening.index,
            size: record.head.size,
            subjectCount: record.subjectCount
        )
        let pool = try LogStoreError.wrap { () throws(PlatformError) in
            try SyncPool(threadCount: configuration.syncThreadCount)
        }
        var writer = LogWriter(directory, format, opening, pool, edge, index)
        if let published { writer.checkpoint = published } else { try writer.publish() }
        return writer
    }

    private init(
        _ directory: any StorageDirectory,
        _ format: CheckpointFormat,
        _ opening: LogOpening,
        _ pool: SyncPool,
        _ edge: TreeEdge,
        _ index: IndexWriter
    ) {
        self.directory = directory
        self.format = format
        self.pool = pool
        self.edge = edge
        self.index = index
        lock = opening.lock
        recordFile = opening.recordFile
        record = opening.record
        folders = TileFolders(directory)
        checkpoint = []
    }

    /// How many entries there are, those included that wait for the next commit.
    public var size: UInt64 { edge.range.size }

    /// The root of the tree of `size` entries.
    ///
    /// - Complexity: O(log n).
    public var root: SHA256.Digest { edge.range.root }

    /// The tree head that is published.
    public var publishedHead: TreeHead { record.head }

    /// The cursor of the last commit; empty before the first.
    public var cursor: [UInt8] { record.cursor }

    /// How many bytes of entries wait for the next commit.
    public var stagedBytes: Int { edge.stagedBytes }

    /// Adds an entry to those that the next commit publishes.
    ///
    /// - Returns: The index that it will have.
    /// - Throws: `entryTooLarge`, `numberTaken`, `numberTooLarge` or `full`, and nothing has changed; `stopped`.
    @discardableResult
    public mutating func append(_ entry: LogEntry) throws(LogStoreError) -> UInt64 {
        if let fault { throw .stopped(fault) }
        guard entry.bytes.count <= LogLimits.entryBytesMax else {
            throw .entryTooLarge(count: entry.bytes.count)
        }
        let leaf = edge.range.size
        guard leaf < MerkleTree.sizeMax else { throw .full }
        try index.check(entry.keys, leaf: leaf)
        edge.append(entry.bytes)
        index.add(entry.keys, leaf: leaf)
        return leaf
    }

    /// Publishes everything that was appended, with a signed checkpoint.
    ///
    /// - Parameter cursor: What `cursor` gives afterwards, also after a crash: how far the log has come in what it
    ///   is made from. At most 4,096 bytes.
    /// - Returns: The checkpoint; the last one if nothing was appended.
    /// - Throws: `cursorTooLarge`, and nothing has changed; `platform` or `signing` the first time, `stopped` with
    ///   the same reason ever after.
    @discardableResult
    public mutating func commit(cursor: [UInt8]) throws(LogStoreError) -> [UInt8] {
        if let fault { throw .stopped(fault) }
        guard cursor.count <= LogLimits.cursorBytesMax else {
            throw .cursorTooLarge(count: cursor.count)
        }
        do throws(LogStoreError) {
            try write(cursor)
        } catch {
            fault = error
            throw error
        }
        return checkpoint
    }

    private mutating func write(_ cursor: [UInt8]) throws(LogStoreError) {
        let head = edge.head
        let grows = head.size > record.head.size
        if !grows, cursor == record.cursor { return }
        precondition(head.size >= record.head.size, "the log only grows")
        let tiles = edge.takeChanged()
        do throws(PlatformError) {
            let targets = try folders.write(tiles) + index.write()
            try pool.sync(targets)
            record.generation += 1
            record.head = head
            record.subjectCount = index.subjectCount
            record.cursor = cursor
            try record.write(to: recordFile)
        } catch {
            throw .platform(error)
        }
        if !grows { return }
        try publish()
        commitCount += 1
        do throws(PlatformError) {
            try folders.removePartials(of: tiles.map { written in written.tile })
        } catch {
            throw .platform(error)
        }
    }

    /// Signs the tree head of the record, and publishes the checkpoint.
    ///
    /// The new name is not synced: a crash may bring back the last checkpoint, and opening the log publishes this one
    /// again.
    private mutating func publish() throws(LogStoreError) {
        let signed = try format.sign(record.head)
        guard try format.read(signed) == record.head else {
            throw .signing(reason: "it made the checkpoint of another tree")
        }
        do throws(PlatformError) {
            let temporary = LogFormat.checkpoint + LogFormat.temporarySuffix
            let file = try directory.createAnew(temporary)
            try file.write(signed[...], at: 0)
            try file.syncData()
            try directory.rename(temporary, to: LogFormat.checkpoint)
        } catch {
            throw .platform(error)
        }
        checkpoint = signed
    }
}
