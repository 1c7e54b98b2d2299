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
    /// The key with which the log began.
    public let firstLogKey: NoteVerifierKey
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
    ///   - firstLogKey: The key with which the log began; the oldest of the other two if it is not given.
    ///   - saltKey: The secret behind the salts of commitments.
    /// - Throws: `NoteError` when the origin cannot name a key.
    public init(
        venue: VenueName,
        origin: Text,
        venueKey: consuming SigningKey,
        logKey: consuming SigningKey,
        replacedLogKey: consuming SigningKey? = nil,
        firstLogKey: Ed25519.PublicKey? = nil,
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
        if let first = firstLogKey {
            self.firstLogKey = try NoteVerifierKey(name: origin, ed25519: first)
        } else {
            self.firstLogKey = keys[0]
        }
        self.saltKey = saltKey
    }

    /// Signs a leaf.
    func sign(_ message: [UInt8]) -> [UInt8] { venueSigner.sign(message) }

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
            sign: { [self] head throws(LogStoreError) in
                do throws(NoteError) { return try checkpoint(head) } catch {
                    throw .signing(reason: "\(error)")
                }
            },
            read: { [self] bytes throws(LogStoreError) in try head(bytes) }
        )
    }

    /// The tree head of a checkpoint that one of the log's keys signed.
    private func head(_ bytes: [UInt8]) throws(LogStoreError) -> TreeHead {
        let signed: SignedCheckpoint
        do throws(NoteError) { signed = try SignedCheckpoint(parsing: bytes) } catch {
            throw .foreignCheckpoint(reason: "\(error)")
        }
        let isSigned = (logKeys + [firstLogKey]).contains { key in
            signed.note.isSigned(by: key, verifier: NativeEd25519.verifier)
        }
        guard signed.checkpoint.origin == origin else {
            throw .foreignCheckpoint(reason: "its origin is \(signed.checkpoint.origin.string)")
        }
        guard isSigned else {
            throw .foreignCheckpoint(reason: "none of the venue's log keys has signed it")
        }
        return TreeHead(size: signed.checkpoint.size, root: signed.checkpoint.root)
    }

    /// A checkpoint, signed by every log key, the newest last.
    private func checkpoint(_ head: TreeHead) throws(NoteError) -> [UInt8] {
        let checkpoint = try Checkpoint(origin: origin, size: head.size, root: head.root)
        let text = checkpoint.body
        let signatures = zip(logKeys, logSigners).map { key, signer in
            NoteSignature(signing: text, key: key) { message in signer.key.sign(message) }
        }
        return try SignedCheckpoint(checkpoint, signatures: signatures).encoded
    }
}
