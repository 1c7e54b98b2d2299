public import Cryptography
public import Encoding

/// The head of a log's tree, as the text of a note (C2SP tlog-checkpoint).
public struct Checkpoint: Equatable, Sendable {
    /// The name of the log; not empty.
    public let origin: Text
    /// How many leaves the tree has.
    public let size: UInt64
    /// The root of the tree.
    public let root: SHA256.Digest
    /// Lines behind the root whose meaning the log knows, which are not recommended; none is empty.
    public let extensions: [Text]

    /// Makes a checkpoint.
    ///
    /// - Throws: `expected` when the origin or an extension is empty or has a newline; `notText` for another
    ///   control character; `tooLarge`.
    public init(
        origin: Text,
        size: UInt64,
        root: SHA256.Digest,
        extensions: [Text] = []
    ) throws(NoteError) {
        guard Self.isOrigin(origin.utf8) else { throw .expected(.origin, line: 1) }
        for (index, line) in extensions.enumerated()
        where line.utf8.isEmpty || line.utf8.contains(newline) {
            throw .expected(.extensionLine, line: index + 4)
        }
        self.origin = origin
        self.size = size
        self.root = root
        self.extensions = extensions
        try checkText(body, limit: NoteLimits.noteBytesMax)
    }

    /// Reads the text of a note; what is accepted is exactly what `body` gives back.
    ///
    /// - Throws: `expected` for the line that is wrong; `notText`; `tooLarge`.
    /// - Complexity: O(n).
    public init(parsing text: [UInt8]) throws(NoteError) {
        try checkText(text, limit: NoteLimits.noteBytesMax)
        var reader = LineReader(text)
        let first = try reader.next(.origin)
        guard Self.isOrigin(first), let origin = Text(utf8: first) else {
            throw .expected(.origin, line: 1)
        }
        guard let size = decodedDecimal(try reader.next(.size)) else {
            throw .expected(.size, line: 2)
        }
        guard let root = decodedHash(try reader.next(.root)) else {
            throw .expected(.root, line: 3)
        }
        var extensions: [Text] = []
        while !reader.isAtEnd {
            let number = reader.line
            let line = try reader.next(.end)
            guard !line.isEmpty, let text = Text(utf8: line) else {
                throw .expected(.extensionLine, line: number)
            }
            extensions.append(text)
        }
        self.origin = origin
        self.size = size
        self.root = root
        self.extensions = extensions
    }

    /// The text that is signed.
    ///
    /// - Complexity: O(n).
    public var body: [UInt8] {
        var bytes = origin.utf8
        bytes.append(newline)
        bytes += decimal(size)
        bytes.append(newline)
        append(root, to: &bytes)
        for line in extensions {
            bytes += line.utf8
            bytes.append(newline)
        }
        return bytes
    }

    private static func isOrigin(_ bytes: [UInt8]) -> Bool {
        !bytes.isEmpty && bytes.count <= NoteLimits.nameBytesMax && !bytes.contains(newline)
    }
}

/// A checkpoint with its signatures: a note whose text is known to be a checkpoint.
public struct SignedCheckpoint: Equatable, Sendable {
    /// The head of the tree; not to be trusted before a signature was verified.
    public let checkpoint: Checkpoint
    /// The note that it is the text of.
    public let note: SignedNote

    /// Puts signatures under a checkpoint.
    ///
    /// - Throws: As `SignedNote(text:signatures:)`.
    public init(_ checkpoint: Checkpoint, signatures: [NoteSignature]) throws(NoteError) {
        self.checkpoint = checkpoint
        note = try SignedNote(text: checkpoint.body, signatures: signatures)
    }

    /// Takes a note whose text is a checkpoint.
    ///
    /// - Throws: As `Checkpoint(parsing:)`.
    public init(_ note: SignedNote) throws(NoteError) {
        checkpoint = try Checkpoint(parsing: note.text)
        self.note = note
    }

    /// Reads a signed checkpoint; what is accepted is exactly what `encoded` gives back.
    ///
    /// - Throws: As `SignedNote(parsing:)` and `Checkpoint(parsing:)`.
    public init(parsing bytes: [UInt8]) throws(NoteError) {
        try self.init(try SignedNote(parsing: bytes))
    }

    /// The note with its signatures.
    public var encoded: [UInt8] { note.encoded }
}
