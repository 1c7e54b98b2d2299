internal import Cryptography
internal import Platform

/// What a commit decides: once this record is durable, the log has that size and that root for ever.
///
/// A checkpoint is signed only after that, so that no crash can make the log sign another root for the same size.
/// The file `cursor` holds two records, of which a commit overwrites the older one. Little-endian:
///
///      0  8  `PLXLOGC1`
///      8  8  generation, one more than that of the record before
///     16  8  size of the tree
///     24 32  root of the tree
///     56  8  how many subjects are indexed
///     64  4  how many bytes the cursor has
///     68  …  the cursor
///      …  32  SHA-256 of all bytes before
///
/// A record is valid if its checksum is; the one with the higher generation counts.
struct CommitRecord: Equatable {
    var generation: UInt64 = 0
    var head = TreeHead.empty
    var subjectCount: UInt64 = 0
    var cursor: [UInt8] = []

    static let fileName = "cursor"
    /// Where the second record begins, and as much as each may take.
    static let stride = 8_192
    static let fileBytes = 2 * stride

    private static let magic = [UInt8]("PLXLOGC1".utf8)
    private static let headerBytes = 68

    /// Where it is written.
    var offset: UInt64 { generation % 2 * UInt64(Self.stride) }

    var encoded: [UInt8] {
        var bytes = Self.magic
        Little.append(generation, to: &bytes)
        Little.append(head.size, to: &bytes)
        bytes += head.root.bytes
        Little.append(subjectCount, to: &bytes)
        Little.append(UInt32(cursor.count), to: &bytes)
        precondition(bytes.count == Self.headerBytes)
        bytes += cursor
        bytes += SHA256.hash(of: bytes).bytes
        precondition(bytes.count <= Self.stride)
        return bytes
    }

    init() {}

    /// Reads a record from its place in the file; none if it is not valid.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.headerBytes, Array(bytes[..<8]) == Self.magic else { return nil }
        let cursorCount = Int(Little.read(UInt32.self, from: bytes, at: 64))
        let end = Self.headerBytes + cursorCount
        guard end + 32 <= bytes.count,
            SHA256.hash(of: Array(bytes[..<end])).bytes == Array(bytes[end..<end + 32])
        else { return nil }
        generation = Little.read(UInt64.self, from: bytes, at: 8)
        head.size = Little.read(UInt64.self, from: bytes, at: 16)
        head.root = SHA256.Digest(bytes: Array(bytes[24..<56]))
        subjectCount = Little.read(UInt64.self, from: bytes, at: 56)
        cursor = Array(bytes[Self.headerBytes..<end])
    }

    /// The valid records of a file, the newest first.
    static func all(in bytes: [UInt8]) -> [CommitRecord] {
        var records: [CommitRecord] = []
        for start in [0, stride] where bytes.count > start {
            let record = CommitRecord(Array(bytes[start..<min(start + stride, bytes.count)]))
            if let record, record.offset == UInt64(start) { records.append(record) }
        }
        return records.sorted { left, right in left.generation > right.generation }
    }
}
