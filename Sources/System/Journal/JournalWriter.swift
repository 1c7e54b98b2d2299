internal import Cryptography
internal import Platform

/// Makes batches durable, one after the other.
///
/// After an error it is stopped for good: what was not acknowledged then stays so, because nobody knows whether
/// it reached the device. Recovery finds out.
public struct JournalWriter: ~Copyable {
    private let directory: any StorageDirectory
    private let configuration: JournalConfiguration
    /// Held as long as the writer lives.
    private let lock: any StorageLock
    private var segment: PreparedSegment?
    private var prepared: PreparedSegment?
    private var fault: JournalError?

    /// Behind the last durable batch.
    public private(set) var position: JournalPosition
    /// How many syncs of data there were.
    public private(set) var syncCount: UInt64 = 0
    /// How many batches were made durable.
    public private(set) var batchCount: UInt64 = 0
    /// How many bytes they took.
    public private(set) var byteCount: UInt64 = 0

    init(
        directory: any StorageDirectory,
        configuration: JournalConfiguration,
        lock: any StorageLock,
        segment: PreparedSegment?,
        position: JournalPosition
    ) {
        self.directory = directory
        self.configuration = configuration
        self.lock = lock
        self.segment = segment
        self.position = position
    }

    /// Sequence of the last durable command.
    public var durableSequence: UInt64 { position.nextSequence - 1 }

    /// The number of the segment that should be prepared now; nil while one lies ready.
    public var segmentToPrepare: UInt64? { prepared == nil ? position.segment + 1 : nil }

    /// Whether the next segment has to be entered to make a batch durable.
    public func needsSegment(for batch: borrowing BatchBuilder) -> Bool {
        guard let segment else { return true }
        return segment.byteCount - position.offset < UInt64(batch.byteCount)
    }

    /// Takes a segment that was prepared because `segmentToPrepare` asked for it.
    public mutating func provide(_ segment: PreparedSegment) {
        precondition(segment.ordinal == position.segment + 1)
        precondition(prepared == nil)
        prepared = segment
    }

    /// Makes a batch durable; when this returns, its commands may be acknowledged.
    ///
    /// - Parameter batch: Not empty, and continuing the last one. It is sealed, and can then only be emptied.
    /// - Throws: `JournalError.platform` the first time, `stopped` with the same reason ever after.
    public mutating func commit(_ batch: inout BatchBuilder) throws(JournalError) {
        if let fault { throw .stopped(fault) }
        precondition(batch.firstSequence == position.nextSequence, "batches follow each other")
        do throws(JournalError) {
            try write(&batch)
        } catch {
            fault = error
            throw error
        }
    }

    private mutating func write(_ batch: inout BatchBuilder) throws(JournalError) {
        let byteCount = UInt64(batch.byteCount)
        precondition(byteCount <= UInt64(configuration.batchBytesMax))
        if needsSegment(for: batch) { try enterNextSegment() }
        guard let segment else { preconditionFailure("a segment was entered") }
        let chain = batch.seal(previous: position.chain)
        do throws(PlatformError) {
            try unsafe batch.withSealedBytes { bytes throws(PlatformError) in
                precondition(bytes.count == byteCount)
                try unsafe segment.file.write(bytes, at: position.offset)
            }
            try segment.file.syncData()
        } catch {
            throw .platform(error)
        }
        syncCount += 1
        batchCount += 1
        self.byteCount += byteCount
        position.chain = chain
        position.offset += byteCount
        position.nextSequence = batch.lastSequence + 1
    }

    /// Begins the next segment.
    ///
    /// Its head is durable before its first batch is written: a batch without a head would look like damage.
    private mutating func enterNextSegment() throws(JournalError) {
        let ordinal = position.segment + 1
        let next: PreparedSegment
        if let prepared {
            next = prepared
        } else {
            next = try PreparedSegment.make(ordinal, in: directory, configuration: configuration)
        }
        prepared = nil
        let header = SegmentHeader(
            ordinal: ordinal,
            byteCount: next.byteCount,
            firstSequence: position.nextSequence,
            previous: position.chain
        )
        do throws(PlatformError) {
            try unsafe header.withUnsafeBytes { bytes throws(PlatformError) in
                try unsafe next.file.write(bytes, at: 0)
            }
            try next.file.syncData()
        } catch {
            throw .platform(error)
        }
        syncCount += 1
        segment = next
        position.segment = ordinal
        position.offset = UInt64(JournalFormat.segmentHeaderBytes)
    }
}
