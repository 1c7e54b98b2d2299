public import Cryptography
public import Encoding
public import MerkleLog

/// A key with which a log signs its checkpoints.
public struct CheckpointSigner: Sendable {
    /// The public part; its name should be the log's origin.
    public let key: NoteVerifierKey
    /// Makes the signature of the text of a note.
    public let sign: @Sendable (_ text: [UInt8]) throws(LogStoreError) -> [UInt8]

    /// Makes a signer from a key of type Ed25519 and a function that signs with it.
    public init(
        key: NoteVerifierKey,
        sign: @escaping @Sendable (_ text: [UInt8]) throws(LogStoreError) -> [UInt8]
    ) {
        precondition(key.type == .ed25519, "logs sign with Ed25519 here")
        self.key = key
        self.sign = sign
    }
}

extension CheckpointFormat {
    /// Checkpoints as signed notes (C2SP tlog-checkpoint).
    ///
    /// - Parameters:
    ///   - origin: The log's name, the same for ever.
    ///   - signers: The keys that sign, at least one; two while a key is being replaced.
    ///   - olderKeys: Keys that signed before: the checkpoint found at opening may be signed by one of them alone.
    ///   - verifier: Checks signatures of Ed25519.
    public init(
        origin: Text,
        signers: [CheckpointSigner],
        olderKeys: [NoteVerifierKey] = [],
        verifier: @escaping Ed25519Verifier
    ) {
        precondition(!signers.isEmpty, "a checkpoint is signed")
        let keys = signers.map { signer in signer.key } + olderKeys
        self.init(
            sign: { head throws(LogStoreError) in try Self.sign(head, origin, signers) },
            read: Self.reading(origin: origin, keys: keys, verifier: verifier)
        )
    }

    /// Reads checkpoints that are signed notes.
    ///
    /// - Parameters:
    ///   - origin: The log's name; any if nil.
    ///   - keys: The log's keys, of which at least one must have signed, and none wrongly.
    ///   - verifier: Checks signatures of Ed25519.
    /// - Returns: The function.
    public static func reading(
        origin: Text?,
        keys: [NoteVerifierKey],
        verifier: @escaping Ed25519Verifier
    ) -> Reading {
        { bytes throws(LogStoreError) in
            let signed = try parse(bytes, origin)
            var isSigned = false
            for state in signed.note.states(under: keys, verifier: verifier) {
                switch state {
                case .valid: isSigned = true
                case .invalid(let key):
                    throw .foreignCheckpoint(
                        reason: "the signature by \(keys[key].name.string) is wrong"
                    )
                case .unsupported, .unknown: break
                }
            }
            guard isSigned else {
                throw .foreignCheckpoint(reason: "it is not signed by the log's key")
            }
            return TreeHead(size: signed.checkpoint.size, root: signed.checkpoint.root)
        }
    }

    /// Reads checkpoints that are signed notes without checking who signed them: only for looking at them.
    public static var readingUnverified: Reading {
        { bytes throws(LogStoreError) in
            let checkpoint = try parse(bytes, nil).checkpoint
            return TreeHead(size: checkpoint.size, root: checkpoint.root)
        }
    }

    private static func sign(
        _ head: TreeHead,
        _ origin: Text,
        _ signers: [CheckpointSigner]
    ) throws(LogStoreError) -> [UInt8] {
        let checkpoint: Checkpoint
        do throws(NoteError) {
            checkpoint = try Checkpoint(origin: origin, size: head.size, root: head.root)
        } catch {
            throw .signing(reason: error.description)
        }
        var signatures: [NoteSignature] = []
        for signer in signers {
            signatures.append(
                try NoteSignature(signing: checkpoint.body, key: signer.key, signer: signer.sign)
            )
        }
        do throws(NoteError) {
            return try SignedCheckpoint(checkpoint, signatures: signatures).encoded
        } catch {
            throw .signing(reason: error.description)
        }
    }

    private static func parse(
        _ bytes: [UInt8],
        _ origin: Text?
    ) throws(LogStoreError) -> SignedCheckpoint {
        let signed: SignedCheckpoint
        do throws(NoteError) {
            signed = try SignedCheckpoint(parsing: bytes)
        } catch {
            throw .foreignCheckpoint(reason: error.description)
        }
        if let origin, signed.checkpoint.origin != origin {
            throw .foreignCheckpoint(
                reason: "its origin is \(signed.checkpoint.origin.string), not \(origin.string)"
            )
        }
        return signed
    }
}
