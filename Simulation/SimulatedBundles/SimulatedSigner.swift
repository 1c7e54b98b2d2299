import Cryptography
public import Encoding
public import KeyStore
public import MerkleLog

/// A real Ed25519 key that is made of a label, so that every run has the same ones.
public final class SimulatedSigner: Sendable {
    /// The key.
    public let key: SigningKey

    /// The bytes that the key is made of.
    public let seed: [UInt8]

    /// Makes the key of a label.
    public init(_ label: String) {
        seed = SHA256.hash(of: Array("simulated key of ".utf8) + label.utf8).bytes
        key = SigningKey(seed: seed)
    }

    /// The key once more, for who wants one of its own.
    public func anotherKey() -> SigningKey { SigningKey(seed: seed) }

    /// The bytes of the public key.
    public var publicKey: [UInt8] { key.publicKey.bytes }

    /// Signs a message.
    public func sign(_ message: [UInt8]) -> [UInt8] { key.sign(message) }

    /// The key for notes by this name.
    ///
    /// - Throws: When the name cannot stand in a note.
    public func noteKey(_ name: Text) throws(NoteError) -> NoteVerifierKey {
        try NoteVerifierKey(name: name, ed25519: key.publicKey)
    }

    /// The key for cosignatures by this name.
    ///
    /// - Throws: When the name cannot stand in a note.
    public func witnessKey(_ name: Text) throws(NoteError) -> NoteVerifierKey {
        try NoteVerifierKey(name: name, cosignature: key.publicKey)
    }
}
