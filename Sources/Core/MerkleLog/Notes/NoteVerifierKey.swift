public import Cryptography
public import Encoding

/// Which algorithm a key of a note is for (C2SP signed-note, signature types).
public struct NoteKeyType: RawRepresentable, Hashable, Sendable {
    /// The byte before the public key.
    public let rawValue: UInt8

    /// Makes a type from its byte.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Ed25519 over the text of the note.
    public static var ed25519: NoteKeyType { NoteKeyType(rawValue: 0x01) }
    /// A cosignature with Ed25519 and a time (C2SP tlog-cosignature).
    public static var cosignature: NoteKeyType { NoteKeyType(rawValue: 0x04) }
    /// A cosignature with ML-DSA-44 and a time; such keys are read, but nothing is verified with them.
    public static var mldsa44Cosignature: NoteKeyType { NoteKeyType(rawValue: 0x06) }
}

/// The key that checks the signatures of one signer of notes, with the name that stands in them.
///
/// Its text is `<name>+<key ID in hexadecimal>+<base64 of type and public key>` (C2SP signed-note, verifier
/// keys). Keys of other types than Ed25519's two are kept, and verify nothing.
public struct NoteVerifierKey: Equatable, Sendable {
    /// What the signer is called.
    public let name: Text
    /// What tells keys with the same name apart.
    public let keyID: UInt32
    /// What the key is for.
    public let type: NoteKeyType
    /// The public key as its type encodes it.
    public let publicKey: [UInt8]
    /// The public key if the type is one of Ed25519's two.
    public let ed25519: Ed25519.PublicKey?

    /// Makes a key for signatures of notes (type 0x01).
    ///
    /// - Throws: `expected(.keyName)` when the name cannot stand in a signature line.
    public init(name: Text, ed25519 key: Ed25519.PublicKey) throws(NoteError) {
        try self.init(name, .ed25519, key)
    }

    /// Makes a key for cosignatures of checkpoints (type 0x04).
    ///
    /// - Throws: `expected(.keyName)` when the name cannot stand in a signature line.
    public init(name: Text, cosignature key: Ed25519.PublicKey) throws(NoteError) {
        try self.init(name, .cosignature, key)
    }

    private init(
        _ name: Text,
        _ type: NoteKeyType,
        _ key: Ed25519.PublicKey
    ) throws(NoteError) {
        guard isKeyName(name.utf8) else { throw .expected(.keyName, line: 1) }
        self.name = name
        self.type = type
        publicKey = key.bytes
        ed25519 = key
        keyID = Self.keyID(name: name.utf8, type: type, publicKey: key.bytes)
    }

    /// Reads a verifier key.
    ///
    /// - Throws: `expected` for the part that is wrong; `wrongKeyID` when the ID does not belong to the key
    ///   and the type says how it is computed; `tooLarge`.
    /// - Complexity: O(n).
    public init(vkey text: Text) throws(NoteError) {
        let bytes = text.utf8
        let limit = NoteLimits.nameBytesMax + 2 * NoteLimits.publicKeyBytesMax
        guard bytes.count <= limit else { throw .tooLarge(count: bytes.count, limit: limit) }
        let plus = UInt8(ascii: "+")
        guard let nameEnd = bytes.firstIndex(of: plus), isKeyName(Array(bytes[..<nameEnd])),
            let name = Text(utf8: Array(bytes[..<nameEnd]))
        else { throw .expected(.keyName, line: 1) }
        let afterName = nameEnd + 1
        guard bytes.count > afterName + 8, bytes[afterName + 8] == plus,
            let identifier = Self.decodedKeyID(bytes[afterName..<afterName + 8])
        else { throw .expected(.keyID, line: 1) }
        guard let material = decodedBase64(Array(bytes[(afterName + 9)...])), material.count > 1,
            material.count <= NoteLimits.publicKeyBytesMax + 1
        else { throw .expected(.publicKey, line: 1) }
        self.name = name
        keyID = identifier
        type = NoteKeyType(rawValue: material[0])
        publicKey = Array(material.dropFirst())
        ed25519 = try Self.ed25519(type, publicKey)
        try checkKeyID()
    }

    /// The text of the key.
    ///
    /// - Complexity: O(n).
    public var vkey: Text {
        let material = Base64.standard.encode([type.rawValue] + publicKey)
        return Text(name.string + "+" + keyIDText(keyID) + "+" + material)
    }

    private static func ed25519(
        _ type: NoteKeyType,
        _ bytes: [UInt8]
    ) throws(NoteError) -> Ed25519.PublicKey? {
        guard type == .ed25519 || type == .cosignature else { return nil }
        do throws(Ed25519.KeyError) {
            return try Ed25519.PublicKey(bytes: bytes)
        } catch {
            throw .expected(.publicKey, line: 1)
        }
    }

    /// Checks the ID where the type fixes how it is computed; for others it is only recommended.
    private func checkKeyID() throws(NoteError) {
        switch type {
        case .ed25519, .cosignature: break
        case .mldsa44Cosignature:
            guard publicKey.count == 1312 else { throw .expected(.publicKey, line: 1) }
        default: return
        }
        let expected = Self.keyID(name: name.utf8, type: type, publicKey: publicKey)
        guard keyID == expected else { throw .wrongKeyID(expected: expected) }
    }

    /// `SHA-256(name ‖ 0x0A ‖ type ‖ public key)[:4]`.
    private static func keyID(name: [UInt8], type: NoteKeyType, publicKey: [UInt8]) -> UInt32 {
        let digest = SHA256.hash(of: name + [newline, type.rawValue] + publicKey).bytes
        return digest[..<4].reduce(0) { identifier, byte in identifier << 8 | UInt32(byte) }
    }

    private static func decodedKeyID(_ digits: ArraySlice<UInt8>) -> UInt32? {
        var identifier: UInt32 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                identifier = identifier << 4 | UInt32(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"):
                identifier = identifier << 4 | UInt32(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return identifier
    }
}
