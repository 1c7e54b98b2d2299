/// Text with signatures (C2SP signed-note).
///
/// The text must be ignored until a signature by a trusted key was verified: see `states(under:verifier:)`.
public struct SignedNote: Equatable, Sendable {
    /// The text with its final newline, without the blank line behind it.
    public let text: [UInt8]
    /// The signatures in the order of their lines; at least one.
    public let signatures: [NoteSignature]

    /// Makes a note from its parts.
    ///
    /// - Throws: `expected(.separator)` when the text does not end with a newline or there is no signature;
    ///   `notText`, `tooLarge` or `tooMany` as for reading.
    public init(text: [UInt8], signatures: [NoteSignature]) throws(NoteError) {
        guard text.last == newline, !signatures.isEmpty else {
            throw .expected(.separator, line: 1)
        }
        let limit = NoteLimits.signatureCountMax
        guard signatures.count <= limit else { throw .tooMany(.signature, limit: limit) }
        self.text = text
        self.signatures = signatures
        try checkText(encoded, limit: NoteLimits.noteBytesMax)
    }

    /// Reads a note; what is accepted is exactly what `encoded` gives back.
    ///
    /// - Throws: `notText` for control characters and bytes that are not UTF-8; `expected` for a line that
    ///   is wrong; `tooLarge` and `tooMany`.
    /// - Complexity: O(n).
    public init(parsing bytes: [UInt8]) throws(NoteError) {
        try checkText(bytes, limit: NoteLimits.noteBytesMax)
        // The signatures stand behind the last blank line.
        var start = bytes.count
        while start >= 2, bytes[start - 1] != newline || bytes[start - 2] != newline { start -= 1 }
        guard start >= 2 else { throw .expected(.separator, line: 1) }
        text = Array(bytes[..<(start - 1)])
        var reader = LineReader(bytes)
        while reader.position < start { _ = reader.next() }
        signatures = try NoteSignature.lines(&reader)
    }

    /// The text, a blank line and the signatures.
    ///
    /// - Complexity: O(n).
    public var encoded: [UInt8] {
        var bytes = text
        bytes.append(newline)
        for signature in signatures { bytes += signature.line }
        return bytes
    }

    /// The same note with more signatures at its end; those that it has already are left out.
    ///
    /// - Throws: `tooMany` and `tooLarge`.
    public func adding(_ more: [NoteSignature]) throws(NoteError) -> SignedNote {
        var all = signatures
        for signature in more where !all.contains(signature) { all.append(signature) }
        return try SignedNote(text: text, signatures: all)
    }
}
