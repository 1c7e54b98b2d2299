public import Cryptography
public import Primitives
public import Venue

/// Gathers records until they are made durable together.
public struct BatchBuilder: ~Copyable {
    private var buffer: ByteWriter
    /// How many records there are.
    public private(set) var recordCount: UInt32 = 0
    /// Sequence of the first command, or of the next one if there is none.
    public private(set) var firstSequence: UInt64 = 0
    /// Sequence of the last command; one below `firstSequence` if there is none.
    public private(set) var lastSequence: UInt64 = 0

    /// Makes an empty batch; memory grows when needed.
    public init(capacity: Int = 1 << 16) {
        buffer = ByteWriter(capacity: capacity)
        buffer.appendZeros(JournalFormat.batchHeaderBytes)
    }

    /// How many bytes the batch takes in the journal.
    public var byteCount: Int { JournalFormat.wholeSectors(buffer.count) }

    /// Whether there is nothing in it.
    public var isEmpty: Bool { recordCount == 0 }

    /// Most bytes that one command adds.
    public static var bytesPerCommandMax: Int {
        JournalFormat.recordHeaderBytes + Command.payloadBytesMax
    }

    /// Adds a command.
    ///
    /// - Parameters:
    ///   - command: What to record.
    ///   - sequence: Its number: one more than that of the command before.
    ///   - time: When the sequencer stamped it.
    public mutating func append(_ command: Command, sequence: UInt64, time: Timestamp) {
        note(sequence)
        let start = beginRecord(type: command.typeNumber, sequence: sequence, time: time)
        command.encode(to: &buffer)
        endRecord(start)
    }

    /// Adds a document that is filed.
    ///
    /// - Parameters:
    ///   - filing: Names the document.
    ///   - document: At most `Filing.bytesMax` bytes.
    ///   - sequence: The number of the command: one more than that of the command before.
    ///   - time: When the sequencer stamped it.
    public mutating func append(
        _ filing: Filing,
        document: [UInt8],
        sequence: UInt64,
        time: Timestamp
    ) {
        precondition(document.count <= Filing.bytesMax)
        note(sequence)
        let command = Command.file(filing)
        let start = beginRecord(type: command.typeNumber, sequence: sequence, time: time)
        command.encode(to: &buffer)
        buffer.append(contentsOf: document)
        endRecord(start)
    }

    @inline(__always) private mutating func note(_ sequence: UInt64) {
        if recordCount == 0 {
            firstSequence = sequence
        } else {
            precondition(sequence == lastSequence &+ 1, "commands are recorded in order, each once")
        }
        lastSequence = sequence
    }

    /// Adds the hash of the state after the command `sequence`, so that a replay can be compared.
    public mutating func append(stateHash: SHA256.Digest, sequence: UInt64, time: Timestamp) {
        if recordCount == 0 {
            firstSequence = sequence &+ 1
            lastSequence = sequence
        } else {
            precondition(sequence == lastSequence, "a state hash follows the command it is about")
        }
        let start = beginRecord(
            type: JournalFormat.stateHashType,
            sequence: sequence,
            time: time
        )
        unsafe stateHash.withUnsafeBytes { bytes in unsafe buffer.append(contentsOf: bytes) }
        endRecord(start)
    }

    /// Forgets everything and keeps the memory.
    public mutating func removeAll() {
        buffer.truncate(to: JournalFormat.batchHeaderBytes)
        recordCount = 0
    }

    private mutating func beginRecord(type: UInt16, sequence: UInt64, time: Timestamp) -> Int {
        let start = buffer.count
        buffer.reserve(Self.bytesPerCommandMax)
        buffer.append(UInt32(0))
        buffer.append(type)
        buffer.append(UInt16(0))
        buffer.append(sequence)
        buffer.append(time.nanoseconds)
        return start
    }

    private mutating func endRecord(_ start: Int) {
        let payloadBytes = buffer.count - start - JournalFormat.recordHeaderBytes
        buffer.replace(at: start + 6, with: UInt16(payloadBytes))
        recordCount += 1
    }

    /// Computes the checksums and fills in the head; returns the chain hash after the batch.
    ///
    /// This is apart from `append` because it is the journal thread's work, not the sequencer's.
    mutating func seal(previous: SHA256.Digest) -> SHA256.Digest {
        precondition(recordCount > 0, "an empty batch is never written")
        let end = buffer.count
        fillRecordChecksums(end: end)
        buffer.appendZeros(JournalFormat.wholeSectors(end) - end)
        buffer.replace(at: 0, with: JournalFormat.batchMagic)
        buffer.replace(at: 8, with: UInt32(buffer.count))
        buffer.replace(at: 12, with: recordCount)
        buffer.replace(at: 16, with: firstSequence)
        buffer.replace(at: 24, with: UInt32(end))
        buffer.replace(at: 32, with: previous.words.0)
        buffer.replace(at: 40, with: previous.words.1)
        buffer.replace(at: 48, with: previous.words.2)
        buffer.replace(at: 56, with: previous.words.3)
        let checksum = unsafe buffer.withUnsafeBytes { bytes in
            unsafe BatchHeader.checksum(bytes)
        }
        buffer.replace(at: 28, with: checksum)
        return unsafe buffer.withUnsafeBytes { bytes in unsafe Checksums.sha256(bytes) }
    }

    private mutating func fillRecordChecksums(end: Int) {
        var start = JournalFormat.batchHeaderBytes
        while start < end {
            let (checksum, next) = unsafe buffer.withUnsafeBytes { bytes in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<end])
                guard let header = unsafe RecordHeader(rest) else {
                    preconditionFailure("the batch consists of whole records")
                }
                let covered = unsafe UnsafeRawBufferPointer(rebasing: rest[4..<header.byteCount])
                return unsafe (Checksums.crc32c(covered), start + header.byteCount)
            }
            buffer.replace(at: start, with: checksum)
            start = next
        }
    }

    /// The bytes of the sealed batch.
    func withSealedBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe buffer.withUnsafeBytes(body)
    }
}
