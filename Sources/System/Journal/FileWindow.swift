internal import Platform

/// A part of a file in memory, from which the reader takes batches.
@safe final class FileWindow {
    let file: any StorageFile
    let name: String
    /// How many bytes may be read: no more than the file has.
    let byteCount: UInt64
    /// The head of the segment; nil if it is not valid.
    private(set) var header: SegmentHeader?

    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    private var start: UInt64 = 0
    private var count = 0

    /// How much is read at a time, unless more is needed at once.
    private static let pieceBytes = 1 << 20

    /// Opens a segment and reads its head.
    init(file: any StorageFile, ordinal: UInt64) throws(PlatformError) {
        self.file = file
        name = JournalFormat.segmentName(ordinal)
        byteCount = try file.size()
        capacity = Int(Swift.min(UInt64(Self.pieceBytes), Swift.max(byteCount, 1)))
        unsafe base = .allocate(byteCount: capacity, alignment: 16)
        guard try load(at: 0, count: JournalFormat.segmentHeaderBytes) else { return }
        let found = unsafe SegmentHeader(bytes(at: 0, count: JournalFormat.segmentHeaderBytes))
        if let found, found.ordinal == ordinal { header = found }
    }

    deinit { unsafe base.deallocate() }

    /// Brings `count` bytes at `offset` into memory; false where the file ends before.
    func load(at offset: UInt64, count wanted: Int) throws(PlatformError) -> Bool {
        guard offset <= byteCount, UInt64(wanted) <= byteCount - offset else { return false }
        if offset >= start, offset + UInt64(wanted) <= start + UInt64(count) { return true }
        if wanted > capacity {
            unsafe base.deallocate()
            capacity = wanted
            unsafe base = .allocate(byteCount: capacity, alignment: 16)
        }
        start = offset
        count = 0
        let piece = Int(Swift.min(UInt64(capacity), byteCount - offset))
        count = try unsafe file.read(
            into: UnsafeMutableRawBufferPointer(start: base, count: piece),
            at: offset
        )
        return count >= wanted
    }

    /// Forgets what is in memory, because the file may have changed.
    func forget() { count = 0 }

    /// Bytes that `load` brought into memory; valid until the next `load`.
    @unsafe func bytes(at offset: UInt64, count wanted: Int) -> UnsafeRawBufferPointer {
        precondition(offset >= start)
        precondition(offset + UInt64(wanted) <= start + UInt64(count))
        return unsafe UnsafeRawBufferPointer(start: base + Int(offset - start), count: wanted)
    }

    /// What a batch at `offset` is.
    func batch(at offset: UInt64) throws(PlatformError) -> FoundBatch {
        guard try load(at: offset, count: JournalFormat.batchHeaderBytes),
            let header = unsafe BatchHeader(
                bytes(at: offset, count: JournalFormat.batchHeaderBytes)
            )
        else { return .invalid(.batchHeader) }
        guard try load(at: offset, count: header.byteCount),
            let lastSequence = unsafe header.lastSequence(
                bytes(at: offset, count: header.byteCount)
            )
        else { return .invalid(.records) }
        return .valid(header, lastSequence: lastSequence)
    }

    /// Whether a valid batch starts in any sector from `offset` on, and whether anything there is not zero.
    func survey(
        from offset: UInt64
    ) throws(PlatformError) -> (hasBatch: Bool, isZero: Bool) {
        var isZero = true
        var offset = offset
        while offset < byteCount {
            let sector = Int(Swift.min(UInt64(JournalFormat.sectorBytes), byteCount - offset))
            guard try load(at: offset, count: sector) else { break }
            let bytes = unsafe bytes(at: offset, count: sector)
            if unsafe !bytes.isZero() {
                isZero = false
                // Reading the whole batch may move the window; nothing of `bytes` is used after that.
                if case .valid = try batch(at: offset) { return (true, false) }
            }
            offset += UInt64(sector)
        }
        return (false, isZero)
    }
}

/// What was found where a batch should start.
enum FoundBatch {
    /// A valid batch; whether it belongs there is another question.
    case valid(BatchHeader, lastSequence: UInt64)
    /// None, and why not.
    case invalid(JournalError.Damage)
}
