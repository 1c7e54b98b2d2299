internal import Cryptography

// The format of a journal, version 1. Integers are little-endian without padding.
//
// A journal is a directory:
//
//     segment-00000000000000000001    segments, numbered from 1 without gaps
//     snapshot-00000000000000004096   snapshots, named by the last command that they contain
//     archive/                        segments that no kept snapshot needs any more
//     lock                            locked while a writer lives
//     *.tmp                           something that was not finished; removed at the next start
//
// Segment: a file of fixed size that was filled with zeros and synced before its first use, so that a
// write in it changes no metadata. Its first 512 bytes are the header, batches follow without gaps, the rest
// is zero.
//
//     offset  size
//     0       8     "PLXSEGMT"
//     8       4     version: 1
//     12      4     zero
//     16      8     number of the segment
//     24      8     size of the file
//     32      8     sequence of the first command in it
//     40      32    chain hash of everything before it
//     72      4     CRC-32C of bytes 0 … 71
//     76      436   zero
//
// Batch: what one sync made durable. It starts at a multiple of 512 bytes, so that writing it never touches a
// sector that holds anything older.
//
//     0       8     "PLXBATCH"
//     8       4     size of the batch, a multiple of 512
//     12      4     number of records, at least 1
//     16      8     sequence of its first command, or of the next one if it has none
//     24      4     where the last record ends; from there on the batch is zero
//     28      4     CRC-32C of bytes 0 … 27 and 32 … 63
//     32      32    chain hash of everything before it
//     64      …     records
//
// The chain hash of everything before the first batch is 32 zero bytes; that after a batch is the SHA-256 of
// the batch, all its bytes. As each batch carries the hash before it, the chain covers the whole history.
//
// Record:
//
//     0       4     CRC-32C of the rest of the record
//     4       2     type: a command's (Command+Coding.swift), or 0x8001 for the hash of the venue's state
//     6       2     size of the payload
//     8       8     sequence: of the command; of the last command before a state hash
//     16      8     time, nanoseconds
//     24      …     payload: the command's, or the 32 bytes of the state hash
//
// Behind the payload of the command `file` follows the document that it names by its hash.
//
// A batch is valid when its header's checksum, size and zeros are right, its records fill it exactly, their
// checksums are right and their sequences go up by one from the first. A valid batch belongs to the journal if
// its first sequence and its chain hash continue what is before it.
//
// The end. Only one batch at a time is on its way to the device, so a crash can damage only the last one. Where no
// valid batch starts and none follows, not in this segment and not in a later one, the journal ends: what is left
// of a torn batch was never acknowledged and is cut. Where a valid one follows, the journal is damaged, and
// nobody but its operator can decide what to do.

/// Sizes and constants of the journal's files.
enum JournalFormat {
    static let sectorBytes = 512
    static let segmentMagic: UInt64 = 0x544D_4745_5358_4C50
    static let segmentVersion: UInt32 = 1
    static let segmentHeaderBytes = 512
    static let batchMagic: UInt64 = 0x4843_5441_4258_4C50
    static let batchHeaderBytes = 64
    static let recordHeaderBytes = 24
    static let stateHashType: UInt16 = 0x8001
    static let filingType: UInt16 = 19
    static let filingBytes = 33

    static let archiveName = "archive"
    static let lockName = "lock"
    static let temporarySuffix = ".tmp"
    static let segmentPrefix = "segment-"
    static let snapshotPrefix = "snapshot-"

    static func segmentName(_ ordinal: UInt64) -> String { segmentPrefix + padded(ordinal) }

    static func snapshotName(_ sequence: UInt64) -> String { snapshotPrefix + padded(sequence) }

    /// The number in the name of a segment or snapshot; nil if the name is of another form.
    static func number(in name: String, prefix: String) -> UInt64? {
        guard name.hasPrefix(prefix), let number = UInt64(name.dropFirst(prefix.count)),
            prefix + padded(number) == name
        else { return nil }
        return number
    }

    private static func padded(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 20 - digits.count) + digits
    }

    /// `count` and what is needed to end at a multiple of the sector.
    static func wholeSectors(_ count: Int) -> Int {
        (count + sectorBytes - 1) / sectorBytes * sectorBytes
    }
}

extension SHA256.Digest {
    /// The chain hash of everything before the first batch.
    static let chainStart = SHA256.Digest(words: (0, 0, 0, 0))
}
