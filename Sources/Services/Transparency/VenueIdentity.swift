public import Cryptography
public import Encoding
public import KeyStore
package import LogStore
public import MerkleLog
public import Primitives
public import Statements

/// Who a venue is to those who check its log: its name, its log's origin, and its secret keys.
///
/// The keys stay in wiped memory, and leave it only as signatures.
public final class VenueIdentity: Sendable {
    /// The venue's name.
    public let venue: VenueName
    /// The origin of its log, fixed for the log's life.
    public let origin: Text
    /// The keys that sign checkpoints: the newest, and before it, while two overlap, the one that it replaces.
    public let logKeys: [NoteVerifierKey]
    /// Keys that signed checkpoints before, the oldest first.
    private let olderLogKeys: [NoteVerifierKey]
    /// Signs statements.
    public let issuer: StatementIssuer
    /// The public key of statements.
    public let venueKey: Ed25519.PublicKey

    let saltKey: SaltKey
    private let venueSigner: SigningKey
    private let logSigners: [Signer]

    private final class Signer: Sendable {
        let key: SigningKey

        init(_ key: consuming SigningKey) { self.key = key }
    }

    /// Joins a venue's keys.
    ///
    /// - Parameters:
    ///   - venue: The venue's name.
    ///   - origin: The origin of its log.
    ///   - venueKey: Signs statements.
    ///   - logKey: The newest log key: signs checkpoints and receipts.
    ///   - replacedLogKey: In the overlap of a rotation, the log key before: signs checkpoints too.
    ///   - olderLogKeys: All log keys before the newest, the oldest first.
    ///   - saltKey: The secret behind the salts of commitments.
    /// - Throws: `NoteError` when the origin cannot name a key.
    public init(
        venue: VenueName,
        origin: Text,
        venueKey: consuming SigningKey,
        logKey: consuming SigningKey,
        replacedLogKey: consuming SigningKey? = nil,
        olderLogKeys: [Ed25519.PublicKey] = [],
        saltKey: consuming SaltKey
    ) throws(NoteError) {
        self.venue = venue
        self.origin = origin
        self.venueKey = venueKey.publicKey
        issuer = StatementIssuer(venue: venue, publicKey: venueKey.publicKey.bytes)
        venueSigner = venueKey
        var signers: [Signer] = []
        if let replaced = replacedLogKey { signers.append(Signer(replaced)) }
        signers.append(Signer(logKey))
        logSigners = signers
        var keys: [NoteVerifierKey] = []
        for signer in signers {
            keys.append(try NoteVerifierKey(name: origin, ed25519: signer.key.publicKey))
        }
        logKeys = keys
        var older: [NoteVerifierKey] = []
        for key in olderLogKeys { older.append(try NoteVerifierKey(name: origin, ed25519: key)) }
        self.olderLogKeys = older
        self.saltKey = saltKey
    }

    /// The key with which the log began.
    var firstLogKey: NoteVerifierKey { olderLogKeys.first ?? logKeys[0] }

    /// Signs a leaf.
    func sign(_ message: [UInt8]) -> [UInt8] { venueSigner.sign(message) }

    /// Lends the secret bytes of the key that signs statements, for the secure connections of the venue.
    ///
    /// - Parameter body: Receives them in place; a copy that it makes is its to wipe.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    public func withVenueSeed<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try venueSigner.withSeed(body)
    }

    /// Signs with the newest log key.
    func signWithLogKey(_ message: [UInt8]) -> [UInt8] {
        logSigners[logSigners.count - 1].key.sign(message)
    }

    /// The statement that the newest log key replaces the one before, signed by both; none unless two overlap.
    ///
    /// - Parameters:
    ///   - size: The first size of the log whose checkpoint the new key signs.
    ///   - time: When the key was replaced.
    /// - Returns: The statement to file.
    public func rotation(from size: UInt64, time: Timestamp) -> KeyRotationStatement? {
        guard logKeys.count == 2 else { return nil }
        return KeyRotationStatement(
            venue: venue,
            origin: origin,
            size: size,
            oldKey: logKeys[0].vkey,
            newKey: logKeys[1].vkey,
            time: time,
            oldSigner: { message in logSigners[0].key.sign(message) },
            newSigner: { message in logSigners[1].key.sign(message) }
        )
    }

    /// How the log makes its checkpoints, and recognises them.
    package var checkpointFormat: CheckpointFormat {
        CheckpointFormat(
            origin: origin,
            signers: zip(logKeys, logSigners).map { key, signer in
                CheckpointSigner(key: key) { text in signer.key.sign(text) }
            },
            olderKeys: olderLogKeys,
            verifier: NativeEd25519.verifier
        )
    }
}
