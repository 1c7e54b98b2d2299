internal import Cryptography
internal import Primitives

/// The head of a batch, whose checksum is right and whose sizes are possible.
struct BatchHeader {
    /// Size of the batch, a multiple of the sector.
    var byteCount: Int
    var recordCount: UInt32
    var firstSequence: UInt64
    /// Where the last record ends.
    var end: Int
    /// The chain hash before the batch.
    var previous: SHA256.Digest

    /// Reads the head at the start of `bytes`; nil if it is not valid.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= JournalFormat.batchHeaderBytes,
            unsafe bytes.word(0) == JournalFormat.batchMagic,
            unsafe bytes.half(28) == Self.checksum(bytes)
        else { return nil }
        byteCount = unsafe Int(bytes.half(8))
        recordCount = unsafe bytes.half(12)
        firstSequence = unsafe bytes.word(16)
        end = unsafe Int(bytes.half(24))
        previous = unsafe SHA256.Digest(
            words: (bytes.word(32), bytes.word(40), bytes.word(48), bytes.word(56))
        )
        guard byteCount == JournalFormat.wholeSectors(end), recordCount > 0, firstSequence > 0
        else { return nil }
    }

    /// The checksum that the head must have.
    static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        let first = unsafe Checksums.crc32c(UnsafeRawBufferPointer(rebasing: bytes[0..<28]))
        let rest = unsafe UnsafeRawBufferPointer(
            rebasing: bytes[32..<JournalFormat.batchHeaderBytes]
        )
        return unsafe Checksums.crc32c(rest, seed: first)
    }

    /// Checks the records of a batch and the zeros behind them.
    ///
    /// - Parameter bytes: The whole batch.
    /// - Returns: The sequence of its last command, one below `firstSequence` if it has none; nil if it is not
    ///   valid.
    func lastSequence(_ bytes: UnsafeRawBufferPointer) -> UInt64? {
        precondition(bytes.count == byteCount)
        var start = JournalFormat.batchHeaderBytes
        var sequence = firstSequence &- 1
        for _ in 0..<recordCount {
            guard start < end else { return nil }
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            guard let record = unsafe RecordHeader(rest) else { return nil }
            let covered = unsafe UnsafeRawBufferPointer(rebasing: rest[4..<record.byteCount])
            guard unsafe Checksums.crc32c(covered) == record.checksum else { return nil }
            if record.type != JournalFormat.stateHashType { sequence &+= 1 }
            guard record.sequence == sequence else { return nil }
            start += record.byteCount
        }
        guard start == end, unsafe bytes[end...].allSatisfy({ byte in byte == 0 }) else {
            return nil
        }
        return sequence
    }
}

/// The head of a segment, valid.
struct SegmentHeader {
    var ordinal: UInt64
    /// Size of the file.
    var byteCount: UInt64
    var firstSequence: UInt64
    /// The chain hash before the segment.
    var previous: SHA256.Digest

    init(ordinal: UInt64, byteCount: UInt64, firstSequence: UInt64, previous: SHA256.Digest) {
        self.ordinal = ordinal
        self.byteCount = byteCount
        self.firstSequence = firstSequence
        self.previous = previous
    }

    /// Reads the head at the start of `bytes`; nil if it is not valid.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= JournalFormat.segmentHeaderBytes,
            unsafe bytes.word(0) == JournalFormat.segmentMagic,
            unsafe bytes.half(8) == JournalFormat.segmentVersion,
            unsafe bytes.half(12) == 0,
            unsafe bytes.half(72)
                == Checksums.crc32c(UnsafeRawBufferPointer(rebasing: bytes[0..<72])),
            unsafe bytes[76..<JournalFormat.segmentHeaderBytes].allSatisfy({ byte in byte == 0 })
        else { return nil }
        ordinal = unsafe bytes.word(16)
        byteCount = unsafe bytes.word(24)
        firstSequence = unsafe bytes.word(32)
        previous = unsafe SHA256.Digest(
            words: (bytes.word(40), bytes.word(48), bytes.word(56), bytes.word(64))
        )
        guard byteCount >= UInt64(JournalFormat.segmentHeaderBytes),
            byteCount % UInt64(JournalFormat.sectorBytes) == 0, byteCount <= 1 << 40,
            firstSequence > 0
        else { return nil }
    }

    /// Lends the bytes of the head, 512 of them.
    func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var writer = ByteWriter(capacity: JournalFormat.segmentHeaderBytes)
        writer.append(JournalFormat.segmentMagic)
        writer.append(JournalFormat.segmentVersion)
        writer.append(UInt32(0))
        writer.append(ordinal)
        writer.append(byteCount)
        writer.append(firstSequence)
        writer.append(previous.words.0)
        writer.append(previous.words.1)
        writer.append(previous.words.2)
        writer.append(previous.words.3)
        let checksum = unsafe writer.withUnsafeBytes { bytes in unsafe Checksums.crc32c(bytes) }
        writer.append(checksum)
        writer.appendZeros(JournalFormat.segmentHeaderBytes - writer.count)
        return try unsafe writer.withUnsafeBytes(body)
    }
}

extension UnsafeRawBufferPointer {
    /// The 64-bit little-endian integer at `offset`.
    @inline(__always) func word(_ offset: Int) -> UInt64 {
        unsafe UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// The 32-bit little-endian integer at `offset`.
    @inline(__always) func half(_ offset: Int) -> UInt32 {
        unsafe UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// Whether every byte is zero.
    func isZero() -> Bool {
        var offset = 0
        while offset + 8 <= count {
            if unsafe word(offset) != 0 { return false }
            offset += 8
        }
        return unsafe self[offset...].allSatisfy { byte in byte == 0 }
    }
}
