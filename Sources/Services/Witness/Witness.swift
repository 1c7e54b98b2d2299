public import Cryptography
internal import Encoding
public import MerkleLog
public import Platform

/// Who cosigns: a key of type 0x04 and the function that signs with it.
public struct WitnessSigner: Sendable {
    /// The public part, with the name of the witness.
    public let key: NoteVerifierKey
    let sign: @Sendable (_ message: [UInt8]) -> [UInt8]
    let verifier: Ed25519Verifier

    /// Makes a signer.
    ///
    /// - Parameters:
    ///   - key: The public part, of type 0x04.
    ///   - verifier: Checks the signatures of the logs.
    ///   - sign: Makes a signature of 64 bytes with the secret part.
    public init(
        key: NoteVerifierKey,
        verifier: @escaping Ed25519Verifier,
        sign: @escaping @Sendable (_ message: [UInt8]) -> [UInt8]
    ) {
        precondition(key.type == .cosignature, "a witness cosigns")
        self.key = key
        self.verifier = verifier
        self.sign = sign
    }
}

/// What a witness says to a request (C2SP tlog-witness, `add-checkpoint`).
public enum WitnessVerdict: Equatable, Sendable {
    /// It has cosigned; here is its line.
    case cosigned(NoteSignature)
    /// The request is not what it must be.
    case malformed(NoteError)
    /// The old size is larger than that of the checkpoint.
    case oldSizeTooLarge
    /// It does not know the origin.
    case unknownOrigin
    /// No trusted key has signed the checkpoint, or a line by a trusted key is wrong.
    case invalidSignature
    /// The old size is not that of the checkpoint that was cosigned last; here is that.
    case conflict(size: UInt64)
    /// The checkpoint is not shown to continue the last one.
    case inconsistent
}

/// A witness: it cosigns the checkpoints of logs that only grow (C2SP tlog-witness).
///
/// For each log it remembers the last checkpoint that it cosigned, and cosigns another one only with the proof that
/// it continues that one. It never cosigns two roots for one size, nor a smaller tree after a larger one, and
/// its times never run backwards: not across restarts, crashes and requests at the same time. One process at a time
/// uses a directory.
public final class Witness: Sendable {
    /// Who cosigns.
    public let signer: WitnessSigner
    private let logs: [WitnessLogState]
    private let clock: any Clock
    private let lock: any StorageLock

    /// For how long the same answer is given to the same request without writing anything.
    private static let repeatSeconds: UInt64 = 10

    /// Starts a witness with the state that a directory holds.
    ///
    /// - Parameters:
    ///   - directory: Where the state is kept; nothing else is.
    ///   - configuration: The logs that it knows.
    ///   - signer: Who cosigns.
    ///   - clock: The source of the times in cosignatures.
    /// - Throws: `platform` with `locked` when another process uses the directory; `damaged`.
    public init(
        directory: any StorageDirectory,
        configuration: WitnessConfiguration,
        signer: WitnessSigner,
        clock: any Clock
    ) throws(WitnessError) {
        do throws(PlatformError) {
            lock = try directory.lock("lock")
        } catch {
            throw .platform(error)
        }
        var logs: [WitnessLogState] = []
        for log in configuration.logs {
            logs.append(try WitnessLogState(log, in: directory, signer: signer))
        }
        self.logs = logs
        self.signer = signer
        self.clock = clock
    }

    /// Decides about a request, and cosigns if it is good.
    ///
    /// - Parameter body: The body of the request.
    /// - Returns: The verdict. A cosignature in it is durable.
    /// - Throws: `platform` when the state could not be made durable, and from then on `stopped` for that log.
    public func addCheckpoint(_ body: [UInt8]) throws(WitnessError) -> WitnessVerdict {
        let request: AddCheckpointRequest
        do throws(NoteError) {
            request = try AddCheckpointRequest(parsing: body)
        } catch {
            // Of a line that cannot be read no signature holds.
            if case .expected(.signature, _) = error { return .invalidSignature }
            return .malformed(error)
        }
        return try addCheckpoint(request)
    }

    /// Decides about a request, and cosigns if it is good.
    public func addCheckpoint(_ request: AddCheckpointRequest) throws(WitnessError)
        -> WitnessVerdict
    {
        let origin = request.checkpoint.checkpoint.origin
        guard let state = logs.first(where: { $0.log.origin == origin }) else {
            return .unknownOrigin
        }
        guard let signatures = trusted(request.checkpoint.note, state.log.keys) else {
            return .invalidSignature
        }
        guard request.oldSize <= request.checkpoint.checkpoint.size else {
            return .oldSizeTooLarge
        }
        return try state.update { latest in decide(request, signatures, latest) }
    }

    /// The last checkpoint that was cosigned of the log whose origin has that SHA-256 in hexadecimal.
    public func latestCheckpoint(originHash: String) -> SignedCheckpoint? {
        logs.first { WitnessLogState.fileName(of: $0.log.origin) == originHash }?.latest
    }

    /// The good signatures by trusted keys; none if there is none, or a wrong one.
    private func trusted(_ note: SignedNote, _ keys: [NoteVerifierKey]) -> [NoteSignature]? {
        var good: [NoteSignature] = []
        let states = note.states(under: keys, verifier: signer.verifier)
        for (signature, state) in zip(note.signatures, states) {
            switch state {
            case .valid: if !good.contains(signature) { good.append(signature) }
            case .invalid: return nil
            case .unsupported, .unknown: break
            }
        }
        return good.isEmpty ? nil : good
    }

    private func decide(
        _ request: AddCheckpointRequest,
        _ signatures: [NoteSignature],
        _ latest: SignedCheckpoint?
    ) -> (outcome: WitnessVerdict, next: SignedCheckpoint?) {
        let checkpoint = request.checkpoint.checkpoint
        let known = latest?.checkpoint
        guard request.oldSize == known?.size ?? 0 else {
            return (.conflict(size: known?.size ?? 0), nil)
        }
        guard Self.continues(known, request) else { return (.inconsistent, nil) }
        let now = max(1, clock.wallNanoseconds() / 1_000_000_000)
        let before = latest.flatMap(cosignature)
        if let latest, let before, latest.note.text == request.checkpoint.note.text,
            now <= before.timestamp &+ Self.repeatSeconds,
            let line = latest.note.signatures.first(where: { $0.names(signer.key) })
        {
            return (.cosigned(line), nil)
        }
        let line = NoteSignature(
            cosigning: checkpoint,
            timestamp: max(now, before?.timestamp ?? 0),
            key: signer.key,
            signer: signer.sign
        )
        do throws(NoteError) {
            let next = try SignedCheckpoint(checkpoint, signatures: signatures + [line])
            return (.cosigned(line), next)
        } catch {
            return (.malformed(error), nil)
        }
    }

    private func cosignature(_ checkpoint: SignedCheckpoint) -> Cosignature? {
        checkpoint.note.signatures.first { $0.names(signer.key) }
            .flatMap { Cosignature(decoding: $0.signature) }
    }

    /// Whether the checkpoint is shown to continue the last one.
    private static func continues(_ known: Checkpoint?, _ request: AddCheckpointRequest) -> Bool {
        let checkpoint = request.checkpoint.checkpoint
        guard checkpoint.size <= MerkleTree.sizeMax else { return false }
        if checkpoint.size == 0, checkpoint.root != MerkleTree.emptyRoot { return false }
        // Everything continues the empty tree, so there is nothing to prove.
        guard let known, known.size > 0 else { return request.path.isEmpty }
        let proof = ConsistencyProof(
            oldSize: known.size,
            newSize: checkpoint.size,
            path: request.path
        )
        return proof.verifies(oldRoot: known.root, newRoot: checkpoint.root)
    }
}
