import Cryptography
import Encoding
import KeyStore
import MerkleLog
import Platform
import Synchronization
import Witness

/// Checks signatures as the servers do.
let native = NativeEd25519.verifier

/// A secret key that follows from one number, and its public part.
struct SampleKey: Sendable {
    let seed: [UInt8]
    let key: NoteVerifierKey

    init(_ name: Text, _ number: UInt8, cosigns: Bool = false) throws {
        seed = [UInt8](repeating: number, count: 32)
        let publicKey = SigningKey(seed: seed).publicKey
        key =
            cosigns
            ? try NoteVerifierKey(name: name, cosignature: publicKey)
            : try NoteVerifierKey(name: name, ed25519: publicKey)
    }

    func sign(_ message: [UInt8]) -> [UInt8] { SigningKey(seed: seed).sign(message) }

    var witnessSigner: WitnessSigner {
        WitnessSigner(key: key, verifier: native) { message in sign(message) }
    }
}

/// A log of any number of leaves, by the definitions of RFC 6962 §2.1 and nothing quicker.
///
/// Two logs with different tags have the same first leaves and differ from some leaf on: copies that were split.
struct SampleLog: Sendable {
    let signer: SampleKey
    /// From which leaf on it has its own leaves.
    let splitsAt: UInt64
    let tag: UInt8

    init(_ origin: Text = "log.example/one", splitsAt: UInt64 = .max, tag: UInt8 = 0) throws {
        signer = try SampleKey(origin, 1)
        self.splitsAt = splitsAt
        self.tag = tag
    }

    private func leaf(_ index: UInt64) -> SHA256.Digest {
        let entry = Array(index.description.utf8) + (index >= splitsAt ? [tag] : [])
        return MerkleTree.leafHash(entry)
    }

    private func root(_ range: Range<UInt64>) -> SHA256.Digest {
        if range.isEmpty { return SHA256.hash(of: []) }
        if range.count == 1 { return leaf(range.lowerBound) }
        let middle = range.lowerBound + Self.split(UInt64(range.count))
        return MerkleTree.nodeHash(
            root(range.lowerBound..<middle),
            root(middle..<range.upperBound)
        )
    }

    /// The largest power of two below a number.
    private static func split(_ count: UInt64) -> UInt64 {
        var power: UInt64 = 1
        while power * 2 < count { power *= 2 }
        return power
    }

    /// PROOF(m, D[n]) of RFC 6962 §2.1.2.
    func consistency(_ oldSize: UInt64, _ newSize: UInt64) -> [SHA256.Digest] {
        oldSize == 0 || oldSize == newSize ? [] : subproof(oldSize, 0..<newSize, isRoot: true)
    }

    private func subproof(_ count: UInt64, _ range: Range<UInt64>, isRoot: Bool)
        -> [SHA256.Digest]
    {
        if count == UInt64(range.count) { return isRoot ? [] : [root(range)] }
        let half = Self.split(UInt64(range.count))
        let middle = range.lowerBound + half
        if count <= half {
            return subproof(count, range.lowerBound..<middle, isRoot: isRoot)
                + [root(middle..<range.upperBound)]
        }
        return subproof(count - half, middle..<range.upperBound, isRoot: false)
            + [root(range.lowerBound..<middle)]
    }

    func checkpoint(_ size: UInt64) throws -> SignedCheckpoint {
        let checkpoint = try Checkpoint(
            origin: signer.key.name,
            size: size,
            root: root(0..<size)
        )
        let line = NoteSignature(signing: checkpoint.body, key: signer.key, signer: signer.sign)
        return try SignedCheckpoint(checkpoint, signatures: [line])
    }

    func request(_ oldSize: UInt64, _ newSize: UInt64) throws -> AddCheckpointRequest {
        try AddCheckpointRequest(
            oldSize: oldSize,
            path: consistency(oldSize, newSize),
            checkpoint: checkpoint(newSize)
        )
    }

    var configuration: WitnessConfiguration {
        get throws {
            var configuration = WitnessConfiguration()
            try configuration.add(signer.key, origin: signer.key.name)
            return configuration
        }
    }
}

/// Time that passes only when a test says so.
final class ManualClock: Clock {
    private let seconds: Atomic<UInt64>

    init(seconds: UInt64 = 1_700_000_000) { self.seconds = Atomic(seconds) }

    func wallNanoseconds() -> UInt64 {
        seconds.load(ordering: .sequentiallyConsistent) * 1_000_000_000
    }
    func monotonicNanoseconds() -> UInt64 { wallNanoseconds() }
    func set(seconds: UInt64) { self.seconds.store(seconds, ordering: .sequentiallyConsistent) }
}

/// The time in a cosignature that was given out.
func timestamp(_ verdict: WitnessVerdict) -> UInt64? {
    guard case .cosigned(let line) = verdict else { return nil }
    return Cosignature(decoding: line.signature)?.timestamp
}
