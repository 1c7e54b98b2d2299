internal import Cryptography
internal import Platform
internal import Primitives
internal import Venue

// The format of a snapshot, version 1. Integers are little-endian.
//
//     offset  size
//     0       8     "PLXSNAPS"
//     8       4     version: 1
//     12      4     zero
//     16      8     sequence of the last command in it
//     24      8     time of that command, nanoseconds
//     32      32    chain hash of everything up to it
//     64      32    hash of the venue's state
//     96      8     number of the segment that holds the end of the batch with that command
//     104     8     where in that segment the batch ends
//     112     8     size of the venue
//     120     4     CRC-32C of the venue
//     124     4     CRC-32C of bytes 0 … 123
//     128     …     the venue (Venue+Snapshot.swift)
//
// It is written under a temporary name, synced and only then given its own, so a snapshot that has its name is
// whole. It is valid when both checksums are right, it ends where it should, and its venue can be restored and has the
// state hash.

/// The head of a snapshot.
struct SnapshotHeader {
    static let byteCount = 128
    private static let magic: UInt64 = 0x5350_414E_5358_4C50
    private static let version: UInt32 = 1

    var time: Timestamp
    var stateHash: SHA256.Digest
    /// Behind the last command in it.
    var position: JournalPosition
    var venueBytes: UInt64
    var venueChecksum: UInt32

    init(
        time: Timestamp,
        stateHash: SHA256.Digest,
        position: JournalPosition,
        venueBytes: UInt64,
        venueChecksum: UInt32
    ) {
        self.time = time
        self.stateHash = stateHash
        self.position = position
        self.venueBytes = venueBytes
        self.venueChecksum = venueChecksum
    }

    /// Reads the head at the start of `bytes`; nil if it is not valid.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.byteCount,
            unsafe bytes.word(0) == Self.magic,
            unsafe bytes.half(8) == Self.version,
            unsafe bytes.half(12) == 0,
            unsafe bytes.half(124)
                == Checksums.crc32c(UnsafeRawBufferPointer(rebasing: bytes[0..<124])),
            unsafe bytes.word(16) < .max
        else { return nil }
        time = unsafe Timestamp(bytes.word(24))
        stateHash = unsafe SHA256.Digest(
            words: (bytes.word(64), bytes.word(72), bytes.word(80), bytes.word(88))
        )
        position = unsafe JournalPosition(
            segment: bytes.word(96),
            offset: bytes.word(104),
            nextSequence: bytes.word(16) + 1,
            chain: SHA256.Digest(
                words: (bytes.word(32), bytes.word(40), bytes.word(48), bytes.word(56))
            )
        )
        venueBytes = unsafe bytes.word(112)
        venueChecksum = unsafe bytes.half(120)
    }

    func append(to writer: inout ByteWriter) {
        writer.removeAll()
        writer.append(Self.magic)
        writer.append(Self.version)
        writer.append(UInt32(0))
        writer.append(position.nextSequence - 1)
        writer.append(time.nanoseconds)
        for digest in [position.chain, stateHash] {
            unsafe digest.withUnsafeBytes { bytes in unsafe writer.append(contentsOf: bytes) }
        }
        writer.append(position.segment)
        writer.append(position.offset)
        writer.append(venueBytes)
        writer.append(venueChecksum)
        let checksum = unsafe writer.withUnsafeBytes { bytes in unsafe Checksums.crc32c(bytes) }
        writer.append(checksum)
    }
}

/// A venue and the place in the journal up to which it went.
struct LoadedSnapshot: ~Copyable {
    var venue: Venue
    let position: JournalPosition
}

extension LoadedSnapshot {
    /// Reads and checks a snapshot.
    ///
    /// - Throws: `damaged` or `platform`.
    static func load(
        _ name: String,
        from directory: any StorageDirectory
    ) throws(JournalError) -> LoadedSnapshot {
        let bytes = try JournalError.wrap { () throws(PlatformError) in
            let file = try directory.open(name, readOnly: true)
            let count = Int(try file.size())
            var bytes = [UInt8](repeating: 0, count: count)
            var span = bytes.mutableSpan
            let read = try unsafe span.withUnsafeMutableBytes { bytes throws(PlatformError) in
                try unsafe file.read(into: bytes, at: 0)
            }
            guard read == count else {
                throw .endOfFile(path: name, offset: UInt64(read))
            }
            return bytes
        }
        return try unsafe bytes.span.withUnsafeBytes { bytes throws(JournalError) in
            try unsafe decode(bytes, name: name)
        }
    }

    static func decode(
        _ bytes: UnsafeRawBufferPointer,
        name: String
    ) throws(JournalError) -> LoadedSnapshot {
        guard let header = unsafe SnapshotHeader(bytes),
            header.venueBytes == UInt64(bytes.count - SnapshotHeader.byteCount)
        else { throw .damaged(file: name, offset: 0, .snapshotHeader) }
        let body = unsafe UnsafeRawBufferPointer(rebasing: bytes[SnapshotHeader.byteCount...])
        guard unsafe Checksums.crc32c(body) == header.venueChecksum else {
            throw .damaged(file: name, offset: 128, .snapshotContents)
        }
        do throws(SnapshotError) {
            var venue = try unsafe Venue.restore(body.bytes)
            guard venue.sequence == header.position.nextSequence - 1,
                venue.stateHash() == header.stateHash
            else { throw .damaged }
            return LoadedSnapshot(venue: venue, position: header.position)
        } catch {
            throw .damaged(file: name, offset: 128, .snapshotVenue(error))
        }
    }
}

extension Venue {
    /// Writes the venue as a snapshot that is durable and whole when this returns.
    ///
    /// - Parameters:
    ///   - directory: The journal.
    ///   - position: Behind the last command that was applied.
    /// - Throws: `PlatformError`; what was written is then left under its temporary name.
    mutating func writeSnapshot(
        to directory: any StorageDirectory,
        position: JournalPosition
    ) throws(PlatformError) {
        precondition(position.nextSequence == sequence + 1)
        let name = JournalFormat.snapshotName(sequence)
        let temporary = name + JournalFormat.temporarySuffix
        let file = try directory.create(temporary)
        var buffer = ByteWriter(capacity: 1 << 20)
        var offset = UInt64(SnapshotHeader.byteCount)
        var checksum: UInt32 = 0
        try unsafe writeSnapshot { piece throws(PlatformError) in
            checksum = unsafe Checksums.crc32c(piece, seed: checksum)
            unsafe buffer.append(contentsOf: piece)
            guard buffer.count >= 1 << 20 else { return }
            try file.append(&buffer, at: &offset)
        }
        try file.append(&buffer, at: &offset)
        let header = SnapshotHeader(
            time: time,
            stateHash: stateHash(),
            position: position,
            venueBytes: offset - UInt64(SnapshotHeader.byteCount),
            venueChecksum: checksum
        )
        header.append(to: &buffer)
        var start: UInt64 = 0
        try file.append(&buffer, at: &start)
        try file.syncData()
        try directory.rename(temporary, to: name)
        try directory.sync()
    }
}

extension StorageFile {
    /// Writes what gathered and empties the buffer.
    fileprivate func append(
        _ buffer: inout ByteWriter,
        at offset: inout UInt64
    ) throws(PlatformError) {
        let start = offset
        try unsafe buffer.withUnsafeBytes { bytes throws(PlatformError) in
            try unsafe write(bytes, at: start)
        }
        offset += UInt64(buffer.count)
        buffer.removeAll()
    }
}
