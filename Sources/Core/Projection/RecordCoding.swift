public import Cryptography
public import Primitives
public import Venue

// The records of a journal as a venue sends them to its observers: one after the other, little-endian and
// without padding.
//
//     offset  size
//     0       8     time in nanoseconds
//     8       2     type: a command's (Command+Coding.swift), 0x8001 for the hash of the venue's state, 0xFFFF
//                   for a document
//     10      4     size n of the payload
//     14      n     payload: the command's, the 32 bytes of the hash, or the document
//
// Sequence numbers are not sent: commands follow each other without gap. A document follows the command `file`
// that names it by its hash, and has the same time. A state hash has the time of the command before it.

/// The numbers of that form.
public enum RecordFormat {
    /// How many bytes lie before a payload.
    @inlinable public static var headBytes: Int { 14 }
    /// The type of a state hash.
    @inlinable public static var stateHashType: UInt16 { 0x8001 }
    /// The type of a document.
    @inlinable public static var documentType: UInt16 { 0xFFFF }
}

extension ByteWriter {
    /// Appends the record of a command.
    ///
    /// - Parameters:
    ///   - command: The command.
    ///   - time: When it was stamped.
    public mutating func append(record command: Command, time: Timestamp) {
        append(time.nanoseconds)
        append(command.typeNumber)
        let sizeOffset = count
        append(UInt32(0))
        command.encode(to: &self)
        replace(at: sizeOffset, with: UInt32(count - sizeOffset - 4))
    }

    /// Appends the records of a document's filing and of the document.
    ///
    /// - Parameters:
    ///   - filing: The command.
    ///   - document: What it names by its hash.
    ///   - time: When it was stamped.
    public mutating func append(record filing: Filing, document: [UInt8], time: Timestamp) {
        precondition(document.count <= Filing.bytesMax)
        append(record: .file(filing), time: time)
        append(time.nanoseconds)
        append(RecordFormat.documentType)
        append(UInt32(document.count))
        append(contentsOf: document)
    }

    /// Appends the record of a state hash.
    ///
    /// - Parameters:
    ///   - hash: The hash of the venue's state after the commands before.
    ///   - time: When the last of them was stamped.
    public mutating func append(record hash: SHA256.Digest, time: Timestamp) {
        append(time.nanoseconds)
        append(RecordFormat.stateHashType)
        append(UInt32(SHA256.Digest.byteCount))
        append(contentsOf: hash.bytes)
    }
}

/// One record in its place.
public struct RecordView {
    /// When it was stamped.
    public var time: Timestamp
    /// Its type.
    public var type: UInt16
    /// Where its payload begins.
    public var payloadOffset: Int
    /// How many bytes its payload has.
    public var payloadCount: Int
}

extension ByteReader {
    /// Reads the head of the next record and steps over its payload.
    ///
    /// - Throws: `truncated` when the bytes end inside the record.
    public mutating func record() throws(ByteReaderError) -> RecordView {
        let time: UInt64 = try read()
        let type: UInt16 = try read()
        let size: UInt32 = try read()
        let offset = position
        guard size <= UInt32(Int32.max), Int(size) <= remaining else {
            throw .truncated(position: offset)
        }
        _ = try unsafe read(count: Int(size))
        return RecordView(
            time: Timestamp(time),
            type: type,
            payloadOffset: offset,
            payloadCount: Int(size)
        )
    }
}
