public import Cryptography
internal import Encoding

/// A proof that a leaf is in a log, which carries all that it needs (C2SP tlog-proof, version 1).
///
/// Whoever checks it computes the hash of the leaf, checks the signatures of the checkpoint under a policy, and
/// checks the path from the leaf to the root of the checkpoint.
public struct TlogProof: Equatable, Sendable {
    /// Data of the application, which nothing vouches for; not empty.
    public let extra: [UInt8]?
    /// Where the leaf is, counted from 0.
    public let index: UInt64
    /// The hashes beside the way from the leaf to the root, from the leaf's sibling on.
    public let path: [SHA256.Digest]
    /// The checkpoint whose tree has the leaf.
    public let checkpoint: SignedCheckpoint

    /// Makes a proof.
    ///
    /// - Throws: `tooMany(.hash)`, `expected(.extra)` when `extra` is empty, `tooLarge` when it is too long.
    public init(
        extra: [UInt8]? = nil,
        index: UInt64,
        path: [SHA256.Digest],
        checkpoint: SignedCheckpoint
    ) throws(NoteError) {
        let limit = NoteLimits.inclusionPathCountMax
        guard path.count <= limit else { throw .tooMany(.hash, limit: limit) }
        if let extra {
            guard !extra.isEmpty else { throw .expected(.extra, line: 2) }
            guard extra.count <= NoteLimits.extraBytesMax else {
                throw .tooLarge(count: extra.count, limit: NoteLimits.extraBytesMax)
            }
        }
        self.extra = extra
        self.index = index
        self.path = path
        self.checkpoint = checkpoint
    }

    /// Reads a proof; what is accepted is exactly what `encoded` gives back.
    ///
    /// - Throws: `expected` for the line that is wrong, in the checkpoint counted from its own first line;
    ///   `tooMany`, `tooLarge` and `notText`.
    /// - Complexity: O(n).
    public init(parsing bytes: [UInt8]) throws(NoteError) {
        let limit = 2 * NoteLimits.extraBytesMax + NoteLimits.noteBytesMax
        guard bytes.count <= limit else { throw .tooLarge(count: bytes.count, limit: limit) }
        var reader = LineReader(bytes)
        guard try reader.next(.header) == Self.header else { throw .expected(.header, line: 1) }
        var line = try reader.next(.index)
        var extra: [UInt8]?
        if line.starts(with: Self.extraWord) {
            extra = decodedBase64(Array(line[Self.extraWord.count...]))
            if extra == nil { throw .expected(.extra, line: 2) }
            line = try reader.next(.index)
        }
        guard line.starts(with: Self.indexWord),
            let index = decodedDecimal(Array(line[Self.indexWord.count...]))
        else { throw .expected(.index, line: reader.line - 1) }
        let path = try reader.hashes(limit: NoteLimits.inclusionPathCountMax)
        let checkpoint = try SignedCheckpoint(parsing: reader.rest)
        try self.init(extra: extra, index: index, path: path, checkpoint: checkpoint)
    }

    /// The text of the proof.
    ///
    /// - Complexity: O(n).
    public var encoded: [UInt8] {
        var bytes = Self.header
        bytes.append(newline)
        if let extra {
            bytes += Self.extraWord + Base64.standard.encodedBytes(extra)
            bytes.append(newline)
        }
        bytes += Self.indexWord + decimal(index)
        bytes.append(newline)
        for hash in path { append(hash, to: &bytes) }
        bytes.append(newline)
        return bytes + checkpoint.encoded
    }

    private static var header: [UInt8] { Array("c2sp.org/tlog-proof@v1".utf8) }
    private static var extraWord: [UInt8] { Array("extra ".utf8) }
    private static var indexWord: [UInt8] { Array("index ".utf8) }
}
