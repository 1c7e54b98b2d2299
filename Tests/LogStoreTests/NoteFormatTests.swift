import Cryptography
import Encoding
import LogStore
import MerkleLog
import SimulatedPlatform
import Testing

/// A signature that is not one of Ed25519: what is tested is who asks for which.
private let verifier: Ed25519Verifier = { signature, message, key in
    signature == fakeSignature(message, key)
}

private func fakeSignature(_ message: [UInt8], _ key: Ed25519.PublicKey) -> [UInt8] {
    let hash = SHA256.hash(of: key.bytes + message).bytes
    return hash + hash
}

@Suite("checkpoints as signed notes") struct NoteFormatTests {
    static let origin: Text = "example.com/log"
    /// Two public keys of RFC 8032 §7.1.
    static let keys = [
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    ]

    static func signer(_ place: Int) throws -> CheckpointSigner {
        let key = try Ed25519.PublicKey(bytes: Hex.decode(keys[place]))
        return CheckpointSigner(key: try NoteVerifierKey(name: origin, ed25519: key)) { text in
            fakeSignature(text, key)
        }
    }

    @Test("what is signed is read back, and a key can be replaced") func rotation() throws {
        let first = try Self.signer(0)
        let second = try Self.signer(1)
        let head = TreeHead(size: 5, root: SHA256.hash(of: [5]))
        let older = CheckpointFormat(origin: Self.origin, signers: [first], verifier: verifier)
        let both = CheckpointFormat(
            origin: Self.origin,
            signers: [first, second],
            verifier: verifier
        )
        let newer = CheckpointFormat(
            origin: Self.origin,
            signers: [second],
            olderKeys: [first.key],
            verifier: verifier
        )
        for (signing, reading) in [
            (older, older), (older, both), (both, older), (both, newer), (older, newer),
        ] {
            #expect(try reading.read(signing.sign(head)) == head)
        }
        #expect(try SignedCheckpoint(parsing: both.sign(head)).note.signatures.count == 2)
        let alone = CheckpointFormat(origin: Self.origin, signers: [second], verifier: verifier)
        #expect(
            throws: LogStoreError.foreignCheckpoint(reason: "it is not signed by the log's key")
        ) { try alone.read(older.sign(head)) }
        #expect(try CheckpointFormat.readingUnverified(older.sign(head)) == head)
    }

    @Test("another origin and a wrong signature are refused") func refusals() throws {
        let signer = try Self.signer(0)
        let head = TreeHead(size: 5, root: SHA256.hash(of: [5]))
        let format = CheckpointFormat(origin: Self.origin, signers: [signer], verifier: verifier)
        let other = CheckpointFormat(
            origin: "example.com/else",
            signers: [signer],
            verifier: verifier
        )
        #expect(throws: LogStoreError.self) { try other.read(format.sign(head)) }
        let liar = CheckpointSigner(key: signer.key) { _ in [UInt8](repeating: 1, count: 64) }
        let wrong = CheckpointFormat(origin: Self.origin, signers: [liar], verifier: verifier)
        #expect(
            throws: LogStoreError.foreignCheckpoint(
                reason: "the signature by example.com/log is wrong"
            )
        ) { try format.read(wrong.sign(head)) }
        #expect(throws: LogStoreError.self) { try format.read([UInt8]("nonsense".utf8)) }
    }

    @Test("a signer that makes a wrong signature stops the log") func wrongSigner() throws {
        let signer = try Self.signer(0)
        let disk = SimulatedDisk(seed: 1)
        let liar = CheckpointSigner(key: signer.key) { _ in [UInt8](repeating: 1, count: 64) }
        let format = CheckpointFormat(origin: Self.origin, signers: [liar], verifier: verifier)
        #expect(throws: LogStoreError.self) {
            _ = try LogWriter.open(
                disk.directory(),
                format: format,
                configuration: SimulatedLog.configuration
            )
        }
    }
}
