public import Cryptography
public import Primitives
public import Venue

/// One entry of the journal.
public struct JournalRecord: Equatable, Sendable {
    /// What was recorded.
    public enum Content: Equatable, Sendable {
        /// A command.
        case command(Command)
        /// The hash of the venue's state after the command with the record's sequence.
        case stateHash(SHA256.Digest)
        /// A document that was filed, and the document itself.
        case filed(Filing, document: [UInt8])
    }

    /// The number of the command, or of the last one before a state hash.
    public var sequence: UInt64
    /// When the sequencer stamped it.
    public var time: Timestamp
    /// What was recorded.
    public var content: Content

    package init(sequence: UInt64, time: Timestamp, content: Content) {
        self.sequence = sequence
        self.time = time
        self.content = content
    }
}

/// The head of a record.
struct RecordHeader {
    var checksum: UInt32
    var type: UInt16
    var payloadBytes: Int
    var sequence: UInt64
    var time: UInt64

    /// Reads the head of the record at the start of `bytes`; nil if the record does not fit.
    @inline(__always)
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= JournalFormat.recordHeaderBytes else { return nil }
        checksum = unsafe UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self))
        type = unsafe UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self))
        let size = unsafe bytes.loadUnaligned(fromByteOffset: 6, as: UInt16.self)
        payloadBytes = Int(UInt16(littleEndian: size))
        sequence = unsafe UInt64(
            littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        )
        time = unsafe UInt64(
            littleEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
        )
        guard payloadBytes <= bytes.count - JournalFormat.recordHeaderBytes else { return nil }
    }

    @inline(__always) var byteCount: Int { JournalFormat.recordHeaderBytes &+ payloadBytes }
}
