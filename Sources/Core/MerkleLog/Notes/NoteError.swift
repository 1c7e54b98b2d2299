/// Why bytes are not the note, key or proof they should be.
public enum NoteError: Error, Equatable, Sendable {
    /// There are more bytes than the limit allows.
    case tooLarge(count: Int, limit: Int)
    /// The byte at `position`, counted from 0, is a control character or begins no character of UTF-8.
    case notText(position: Int)
    /// The line, counted from 1, is not what must stand there; a text without lines counts as line 1.
    case expected(Element, line: Int)
    /// There are more of them than the limit allows.
    case tooMany(Element, limit: Int)
    /// The key ID is not the one that the name, the type and the public key have.
    case wrongKeyID(expected: UInt32)

    /// A part of a note, a checkpoint, a key, a proof or a request.
    public enum Element: String, Sendable {
        /// The blank line before the signatures.
        case separator = "a blank line followed by signature lines"
        /// A signature line.
        case signature = "a signature: em dash, space, key name, space, base64"
        /// The name of a key.
        case keyName = "a key name without spaces and \"+\""
        /// The ID of a key.
        case keyID = "a key ID of 8 lower-case hexadecimal digits"
        /// The type and the bytes of a public key.
        case publicKey = "a key type and a public key in base64"
        /// The name of a log.
        case origin = "an origin"
        /// The size of a tree.
        case size = "a tree size in decimal"
        /// The root of a tree.
        case root = "a root hash of 32 bytes in base64"
        /// A line behind the root.
        case extensionLine = "an extension line that is not empty"
        /// The end of the text.
        case end = "a newline at the end, and nothing behind it"
        /// The line that names the format.
        case header = "the line \"c2sp.org/tlog-proof@v1\""
        /// The data of the application.
        case extra = "extra data in base64"
        /// The place of a leaf.
        case index = "\"index\" and a number in decimal"
        /// The size that a witness knows.
        case oldSize = "\"old\" and a tree size in decimal"
        /// A hash of a proof.
        case hash = "a hash of 32 bytes in base64, or a blank line"
    }
}

extension NoteError: CustomStringConvertible {
    /// One line that says what is wrong and where.
    public var description: String {
        switch self {
        case .tooLarge(let count, let limit): "\(count) bytes are more than \(limit)"
        case .notText(let position): "byte \(position) is a control character or not UTF-8"
        case .expected(let element, let line): "line \(line) should be " + element.rawValue
        case .tooMany(let element, let limit):
            "more than \(limit) lines, each " + element.rawValue
        case .wrongKeyID(let expected):
            "the key ID does not belong to the key; it should be " + keyIDText(expected)
        }
    }
}
