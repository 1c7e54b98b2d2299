public import Cryptography

/// What a log asks a witness: to cosign a checkpoint, with the proof that it continues the one before
/// (C2SP tlog-witness, `add-checkpoint`).
public struct AddCheckpointRequest: Equatable, Sendable {
    /// The size of the checkpoint that the witness cosigned last; 0 if none.
    public let oldSize: UInt64
    /// The proof of consistency from the old size to that of the checkpoint.
    public let path: [SHA256.Digest]
    /// What is to be cosigned.
    public let checkpoint: SignedCheckpoint

    /// Makes a request.
    ///
    /// - Throws: `tooMany(.hash)` for more than 63 hashes.
    public init(
        oldSize: UInt64,
        path: [SHA256.Digest],
        checkpoint: SignedCheckpoint
    ) throws(NoteError) {
        let limit = NoteLimits.witnessPathCountMax
        guard path.count <= limit else { throw .tooMany(.hash, limit: limit) }
        self.oldSize = oldSize
        self.path = path
        self.checkpoint = checkpoint
    }

    /// Reads the body of a request; what is accepted is exactly what `encoded` gives back.
    ///
    /// - Throws: `expected` for the line that is wrong, in the checkpoint counted from its own first line;
    ///   `tooMany`, `tooLarge` and `notText`.
    /// - Complexity: O(n).
    public init(parsing bytes: [UInt8]) throws(NoteError) {
        let limit = 2 * NoteLimits.noteBytesMax
        guard bytes.count <= limit else { throw .tooLarge(count: bytes.count, limit: limit) }
        var reader = LineReader(bytes)
        let first = try reader.next(.oldSize)
        guard first.starts(with: Self.oldWord),
            let oldSize = decodedDecimal(Array(first[Self.oldWord.count...]))
        else { throw .expected(.oldSize, line: 1) }
        let path = try reader.hashes(limit: NoteLimits.witnessPathCountMax)
        let checkpoint = try SignedCheckpoint(parsing: reader.rest)
        try self.init(oldSize: oldSize, path: path, checkpoint: checkpoint)
    }

    /// The body of the request.
    ///
    /// - Complexity: O(n).
    public var encoded: [UInt8] {
        var bytes = Self.oldWord + decimal(oldSize)
        bytes.append(newline)
        for hash in path { append(hash, to: &bytes) }
        bytes.append(newline)
        return bytes + checkpoint.encoded
    }

    private static var oldWord: [UInt8] { Array("old ".utf8) }
}
