public import Encoding

/// One signature of a note: `— <key name> base64(key ID ‖ signature)`.
public struct NoteSignature: Equatable, Sendable {
    /// What the signer is called.
    public let name: Text
    /// Which of the signer's keys it was.
    public let keyID: UInt32
    /// The signature as the type of the key encodes it; never empty.
    public let signature: [UInt8]

    /// Signs the text of a note with a key of type 0x01.
    ///
    /// - Parameters:
    ///   - text: The text with its final newline.
    ///   - key: The public part of the key.
    ///   - signer: Makes a signature of 64 bytes of the message it is given.
    /// - Throws: What `signer` throws.
    public init<Failure: Error>(
        signing text: [UInt8],
        key: NoteVerifierKey,
        signer: (_ message: [UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) {
        precondition(key.type == .ed25519, "cosignatures have their own initializer")
        name = key.name
        keyID = key.keyID
        signature = try signer(text)
        precondition(signature.count == 64, "signatures of Ed25519 have 64 bytes")
    }

    /// Cosigns a checkpoint with a key of type 0x04.
    ///
    /// - Parameters:
    ///   - checkpoint: What is cosigned.
    ///   - timestamp: The time in seconds since 1970, from 1 to 2^63 − 1.
    ///   - key: The public part of the key.
    ///   - signer: Makes a signature of 64 bytes of the message it is given.
    /// - Throws: What `signer` throws.
    public init<Failure: Error>(
        cosigning checkpoint: Checkpoint,
        timestamp: UInt64,
        key: NoteVerifierKey,
        signer: (_ message: [UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) {
        precondition(key.type == .cosignature, "signatures of notes have their own initializer")
        precondition(timestamp > 0, "a time of 0 says that there is none")
        let message = Cosignature.message(timestamp: timestamp, body: checkpoint.body)
        let bytes = try signer(message)
        let cosignature = Cosignature(timestamp: timestamp, signature: bytes)
        name = key.name
        keyID = key.keyID
        signature = cosignature.encoded
    }

    /// Reads one line without its newline; `line` is its number for errors.
    init(line text: [UInt8], number: Int) throws(NoteError) {
        guard text.starts(with: Self.mark) else { throw .expected(.signature, line: number) }
        let rest = text[Self.mark.count...]
        guard let nameEnd = rest.firstIndex(of: space), isKeyName(Array(rest[..<nameEnd])),
            let name = Text(utf8: Array(rest[..<nameEnd])),
            let bytes = decodedBase64(Array(rest[(nameEnd + 1)...])), bytes.count > 4
        else { throw .expected(.signature, line: number) }
        self.name = name
        keyID = bytes[..<4].reduce(0) { identifier, byte in identifier << 8 | UInt32(byte) }
        signature = Array(bytes[4...])
    }

    /// Reads lines of signatures and nothing else, such as the answer of a witness.
    ///
    /// - Throws: `expected(.signature)`, `tooMany`, `notText` or `tooLarge`; also when there is none.
    /// - Complexity: O(n).
    public static func lines(parsing bytes: [UInt8]) throws(NoteError) -> [NoteSignature] {
        try checkText(bytes, limit: NoteLimits.noteBytesMax)
        var reader = LineReader(bytes)
        return try lines(&reader)
    }

    static func lines(_ reader: inout LineReader) throws(NoteError) -> [NoteSignature] {
        var signatures: [NoteSignature] = []
        repeat {
            guard signatures.count < NoteLimits.signatureCountMax else {
                throw .tooMany(.signature, limit: NoteLimits.signatureCountMax)
            }
            let number = reader.line
            signatures.append(
                try NoteSignature(line: reader.next(.signature), number: number)
            )
        } while !reader.isAtEnd
        return signatures
    }

    /// The line with its newline.
    ///
    /// - Complexity: O(n).
    public var line: [UInt8] {
        var bytes = Self.mark + name.utf8
        bytes.append(space)
        bytes += Base64.standard.encodedBytes(keyIDBytes(keyID) + signature)
        bytes.append(newline)
        return bytes
    }

    /// Whether a key has the name and the ID that the line names.
    public func names(_ key: NoteVerifierKey) -> Bool { name == key.name && keyID == key.keyID }

    /// An em dash and a space.
    private static var mark: [UInt8] { [0xe2, 0x80, 0x94, space] }
}
