import Cryptography
import Encoding
import KeyStore
import MerkleLog
import Testing
import SeededRandomness
import TestSupport

@Suite("checkpoints and proofs, compared with tlog-scales") struct LogTests {
    private struct Reading: Encodable {
        var checkpoint: String
        var keys: [String]
    }

    private struct Read: Decodable {
        var names: [String]
        var size: UInt64
        var root: String
    }

    private struct Order: Encodable {
        var origin: String
        var size: UInt64
        var root: String
        var seed: String
    }

    private struct Made: Decodable {
        var checkpoint: String
        var key: String
    }

    private struct Inclusion: Encodable {
        var index: UInt64
        var size: UInt64
        var path: [String]
        var entry: String
        var root: String

        init(_ proof: InclusionProof, _ entry: [UInt8], _ root: SHA256.Digest) {
            (index, size) = (proof.index, proof.size)
            path = proof.path.map(\.hex)
            self.entry = Hex.encode(entry)
            self.root = root.hex
        }
    }

    private struct Consistency: Encodable {
        var oldSize: UInt64
        var newSize: UInt64
        var path: [String]
        var oldRoot: String
        var newRoot: String

        init(_ proof: ConsistencyProof, _ oldRoot: SHA256.Digest, _ newRoot: SHA256.Digest) {
            (oldSize, newSize) = (proof.oldSize, proof.newSize)
            path = proof.path.map(\.hex)
            (self.oldRoot, self.newRoot) = (oldRoot.hex, newRoot.hex)
        }
    }

    /// Accepts what our own verification accepts.
    private static let verifier: Ed25519Verifier = { signature, message, key in
        Ed25519.verifies(signature, of: message, by: key)
    }

    /// A checkpoint that a log has signed and a witness has cosigned, and both keys.
    private func signed(
        _ size: UInt64,
        _ generator: inout RandomSource
    ) throws -> (checkpoint: SignedCheckpoint, keys: [NoteVerifierKey]) {
        let log = SigningKey(seed: generator.bytes(32))
        let witness = SigningKey(seed: generator.bytes(32))
        let origin: Text = "log.example/parallax"
        let checkpoint = try Checkpoint(
            origin: origin,
            size: size,
            root: SHA256.hash(of: generator.bytes(8))
        )
        let keys = try [
            NoteVerifierKey(name: origin, ed25519: log.publicKey),
            NoteVerifierKey(name: "witness.example", cosignature: witness.publicKey),
        ]
        let signatures = [
            NoteSignature(
                signing: checkpoint.body,
                key: keys[0],
                signer: { message in log.sign(message) }
            ),
            NoteSignature(
                cosigning: checkpoint,
                timestamp: 1_700_000_000,
                key: keys[1],
                signer: { message in witness.sign(message) }
            ),
        ]
        return (try SignedCheckpoint(checkpoint, signatures: signatures), keys)
    }

    @Test("it verifies the log's signature and the witness's on our checkpoints, and on no others")
    func checkpoints() throws {
        var generator = RandomSource(seed: 1)
        var cases: [Reading] = []
        var expected: [(names: [String], checkpoint: Checkpoint)] = []
        for size in [1, 255, 256, 257, 1 << 40, 1 << 62] as [UInt64] {
            let (made, keys) = try signed(size, &generator)
            let text = String(decoding: made.encoded, as: UTF8.self)
            cases.append(Reading(checkpoint: text, keys: keys.map(\.vkey.string)))
            expected.append((["log.example/parallax 1", "witness.example 4"], made.checkpoint))
            // The signatures of this one under the body of that one.
            let (other, _) = try signed(size, &generator)
            let mixed = try SignedCheckpoint(other.checkpoint, signatures: made.note.signatures)
            let mixedText = String(decoding: mixed.encoded, as: UTF8.self)
            cases.append(Reading(checkpoint: mixedText, keys: keys.map(\.vkey.string)))
            expected.append(([], other.checkpoint))
        }
        let answers = try Interpreter.ask("log.py", "verify", cases, as: Read.self)
        for (answer, (names, checkpoint)) in zip(answers, expected) {
            #expect(answer.names == names)
            #expect(answer.size == checkpoint.size)
            #expect(answer.root == checkpoint.root.hex)
        }
    }

    @Test(
        "after any bit of our checkpoint was changed, neither takes it for another one, nor we for whole"
    )
    func flips() throws {
        var generator = RandomSource(seed: 2)
        let (made, keys) = try signed(1_000, &generator)
        var cases: [Reading] = []
        for bit in 0..<8 * made.encoded.count {
            let bytes = flipped(made.encoded, at: bit)
            guard let text = String(validating: bytes, as: UTF8.self) else { continue }
            cases.append(Reading(checkpoint: text, keys: keys.map(\.vkey.string)))
            let read: SignedCheckpoint
            do throws(NoteError) { read = try SignedCheckpoint(parsing: bytes) } catch { continue }
            let isWhole = keys.allSatisfy { key in
                read.note.isSigned(by: key, verifier: Self.verifier)
            }
            #expect(!isWhole, "bit \(bit)")
        }
        let answers = try Interpreter.ask("log.py", "verify", cases, as: Read.self)
        // It reads some damaged blanks and line ends as if they were good ones, and what was signed with them.
        for answer in answers where !answer.names.isEmpty {
            #expect(answer.size == 1_000)
            #expect(answer.root == made.checkpoint.root.hex)
        }
        #expect(answers.count { answer in answer.names.count == 2 } < answers.count / 50)
    }

    @Test("we verify the checkpoints that it signs, and not with another key") func theirs() throws
    {
        var generator = RandomSource(seed: 3)
        let orders = (0..<20 * effort).map { index in
            Order(
                origin: "log\(index).example/x",
                size: generator.next() >> UInt64(1 + generator.below(63)),
                root: Hex.encode(generator.bytes(32)),
                seed: Hex.encode(generator.bytes(32))
            )
        }
        let answers = try Interpreter.ask("log.py", "sign", orders, as: Made.self)
        let keys = try answers.map { made in try NoteVerifierKey(vkey: Text(made.key)) }
        for (index, (order, made)) in zip(orders, answers).enumerated() {
            let read = try SignedCheckpoint(parsing: Array(made.checkpoint.utf8))
            #expect(read.checkpoint.origin.string == order.origin)
            #expect(read.checkpoint.size == order.size)
            #expect(read.checkpoint.root.hex == order.root)
            #expect(String(decoding: read.encoded, as: UTF8.self) == made.checkpoint)
            #expect(keys[index].vkey.string == made.key)
            #expect(read.note.isSigned(by: keys[index], verifier: Self.verifier))
            let other = keys[(index + 1) % keys.count]
            #expect(!read.note.isSigned(by: other, verifier: Self.verifier))
        }
    }

    @Test("it verifies our inclusion proofs, and refuses broken ones") func inclusion() throws {
        var cases: [Inclusion] = []
        var expected: [Bool] = []
        let tree = EntryTree(70, seed: 70)
        for size in [1, 2, 3, 7, 8, 9, 31, 64, 70] {
            let root = tree.root(size)
            for index in 0..<size {
                let proof = tree.inclusion(index, size)
                var broken = proof
                if let last = proof.path.indices.last {
                    broken.path[last] = SHA256.hash(of: [1])
                } else {
                    broken.path = [SHA256.hash(of: [1])]
                }
                var longer = proof
                longer.path.append(root)
                for (proof, entry) in [
                    (proof, tree.entries[index]), (proof, tree.entries[index] + [0]),
                    (broken, tree.entries[index]), (longer, tree.entries[index]),
                ] {
                    cases.append(Inclusion(proof, entry, root))
                    expected.append(
                        proof == tree.inclusion(index, size) && entry == tree.entries[index]
                    )
                    let leaf = MerkleTree.leafHash(entry)
                    #expect(proof.verifies(leafHash: leaf, root: root) == expected.last)
                }
            }
        }
        #expect(try Interpreter.ask("log.py", "inclusion", cases, as: Bool.self) == expected)
    }

    @Test("it verifies our consistency proofs, and refuses broken ones") func consistency() throws {
        var cases: [Consistency] = []
        var expected: [Bool] = []
        let tree = EntryTree(40, seed: 40)
        for newSize in [2, 3, 8, 21, 32, 40] {
            for oldSize in 1..<newSize {
                let (oldRoot, newRoot) = (tree.root(oldSize), tree.root(newSize))
                let proof = tree.consistency(oldSize, newSize)
                var broken = proof
                broken.path[0] = SHA256.hash(of: [2])
                var shorter = proof
                shorter.path.removeLast()
                for (proof, old, new, isGood) in [
                    (proof, oldRoot, newRoot, true), (broken, oldRoot, newRoot, false),
                    (shorter, oldRoot, newRoot, false), (proof, newRoot, newRoot, false),
                    (proof, oldRoot, oldRoot, false),
                ] {
                    cases.append(Consistency(proof, old, new))
                    expected.append(isGood)
                    #expect(proof.verifies(oldRoot: old, newRoot: new) == isGood)
                }
            }
        }
        #expect(try Interpreter.ask("log.py", "consistency", cases, as: Bool.self) == expected)
    }
}
