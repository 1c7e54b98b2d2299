import Cryptography
import Encoding
import MerkleLog
import Testing

@Suite("checkpoints and cosignatures") struct CheckpointTests {
    @Test("the example of the specification is read, with the time of its cosignature")
    func specification() throws {
        let signed = try SignedCheckpoint(parsing: bytes(SpecificationExamples.cosigned))
        #expect(signed.checkpoint.origin == "example.com/behind-the-sofa")
        #expect(signed.checkpoint.size == 20_852_163)
        #expect(signed.checkpoint.root.bytes.first == 0x0a)
        #expect(signed.checkpoint.extensions.isEmpty)
        #expect(signed.encoded == bytes(SpecificationExamples.cosigned))
        let cosignature = Cosignature(decoding: signed.note.signatures[1].signature)
        #expect(cosignature?.timestamp == 1_679_315_147)
        #expect(cosignature?.encoded == signed.note.signatures[1].signature)
        let message = """
            cosignature/v1
            time 1679315147
            example.com/behind-the-sofa
            20852163
            CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

            """
        let body = signed.checkpoint.body
        #expect(Cosignature.message(timestamp: 1_679_315_147, body: body) == bytes(message))
    }

    @Test("cosignatures by another implementation verify")
    func otherCosigners() throws {
        // From FiloSottile/sunlight, commit ed0bc38, cmd/skylight/testdata (ISC).
        let checkpoint = """
            milan2026h1.example.org
            300
            lCkHUpkmVBEms2r2T1K6Og69+wUuuN3MIEW1/ezu2v0=

            — witness2.example.org LlW4lgAAAABpVGeAN/uFWqfjdU94rrKxFycCggM0Sa1L5tOJCJdYBwJ41CQsgKWA6B0+vywok3cPI3JIzuPeR+VotuYe/eNy0+30Dw==

            """
        let signed = try SignedCheckpoint(parsing: bytes(checkpoint))
        let key = try NoteVerifierKey(
            vkey: "witness2.example.org+2e55b896+BIZ7fpceQWd60IfqQeS9IAnmNOCZjMDne8lZuguz/bi9"
        )
        #expect(
            signed.note.states(under: [key], verifier: core)
                == [.valid(key: 0, timestamp: 1_767_139_200)]
        )
    }

    @Test(
        "what is no checkpoint is refused, with the line",
        arguments: [
            ("", .expected(.origin, line: 1)),
            ("\n1\nroot\n", .expected(.origin, line: 1)),
            ("o\n", .expected(.size, line: 2)),
            ("o\n01\nroot\n", .expected(.size, line: 2)),
            ("o\n-1\nroot\n", .expected(.size, line: 2)),
            ("o\n+1\nroot\n", .expected(.size, line: 2)),
            ("o\n\nroot\n", .expected(.size, line: 2)),
            ("o\n18446744073709551616\nroot\n", .expected(.size, line: 2)),
            ("o\n1\n", .expected(.root, line: 3)),
            ("o\n1\nAAAA\n", .expected(.root, line: 3)),
            ("o\n1\nroot", .expected(.root, line: 3)),
            ("o\n1\nroot\n\n", .expected(.extensionLine, line: 4)),
            ("o\n1\nroot\nx", .expected(.end, line: 4)),
            ("o\n1\nroot\nx\n\ny\n", .expected(.extensionLine, line: 5)),
            ("o\u{0}\n1\nroot\n", .notText(position: 1)),
        ] as [(String, NoteError)]
    )
    func refusals(text: String, error: NoteError) {
        let root = Base64.standard.encode([UInt8](repeating: 7, count: 32))
        let text = text.replacing("root", with: root)
        #expect(throws: error) { try Checkpoint(parsing: bytes(text)) }
    }

    @Test("sizes from 0 to 2^64 − 1 and extension lines are kept")
    func sizes() throws {
        for size in [0, 1, 10, UInt64.max] {
            let made = try Checkpoint(
                origin: "go.sum database tree",
                size: size,
                root: SHA256.hash(of: []),
                extensions: ["one", "two è"]
            )
            #expect(try Checkpoint(parsing: made.body) == made)
        }
        #expect(throws: NoteError.expected(.extensionLine, line: 5)) {
            try Checkpoint(
                origin: "o",
                size: 1,
                root: SHA256.hash(of: []),
                extensions: ["one", "a\nb"]
            )
        }
        #expect(throws: NoteError.expected(.origin, line: 1)) {
            try Checkpoint(origin: "a\nb", size: 1, root: SHA256.hash(of: []))
        }
    }

    @Test("a cosignature is bound to its time, its checkpoint and its key")
    func cosigning() throws {
        let witness = try SampleSigner("witness.example", 9, cosigns: true)
        let other = try SampleSigner("witness.example", 8, cosigns: true)
        let checkpoint = try sampleCheckpoint()
        let line = witness.cosignature(of: checkpoint, at: 1_700_000_000)
        let signed = try SignedCheckpoint(checkpoint, signatures: [line])
        let states = signed.note.states(under: [other.key, witness.key], verifier: core)
        #expect(states == [.valid(key: 1, timestamp: 1_700_000_000)])
        let next = try SignedCheckpoint(sampleCheckpoint(size: 8), signatures: [line])
        #expect(next.note.states(under: [witness.key], verifier: core) == [.invalid(key: 0)])
        for position in [4, 7, 11, 12, 40, 75] {
            var material = try Base64.standard.decode(
                String(decoding: line.line.split(separator: 0x20)[2].dropLast(), as: UTF8.self)
            )
            material[position] ^= 1
            let text = "— witness.example " + Base64.standard.encode(material) + "\n"
            let flipped = try NoteSignature.lines(parsing: bytes(text))
            let note = try SignedCheckpoint(checkpoint, signatures: flipped).note
            #expect(note.states(under: [witness.key], verifier: core) == [.invalid(key: 0)])
        }
    }

    @Test("a cosignature of what is no checkpoint, or of a time with 64 bits, is none")
    func cosignatureForm() throws {
        let witness = try SampleSigner("witness.example", 9, cosigns: true)
        let text = bytes("not a checkpoint\n")
        let message = Cosignature.message(timestamp: 5, body: text)
        let material = Cosignature(timestamp: 5, signature: witness.sign(message)).encoded
        let keyID = (0..<4).map { UInt8(truncatingIfNeeded: witness.key.keyID >> (24 - 8 * $0)) }
        let line = "— witness.example " + Base64.standard.encode(keyID + material) + "\n"
        let note = try SignedNote(
            text: text,
            signatures: try NoteSignature.lines(parsing: bytes(line))
        )
        #expect(note.states(under: [witness.key], verifier: core) == [.invalid(key: 0)])
        #expect(Cosignature(decoding: [0x80] + [UInt8](repeating: 0, count: 71)) == nil)
        #expect(Cosignature(decoding: [UInt8](repeating: 0, count: 71)) == nil)
    }

    @Test("a checkpoint signed with the old and the new key holds under either")
    func overlap() throws {
        let old = try SampleSigner("log.example/one", 1)
        let new = try SampleSigner("log.example/one", 2)
        let checkpoint = try sampleCheckpoint()
        let body = checkpoint.body
        let signed = try SignedCheckpoint(
            checkpoint,
            signatures: [old.signature(of: body), new.signature(of: body)]
        )
        #expect(signed.note.isSigned(by: old.key, verifier: core))
        #expect(signed.note.isSigned(by: new.key, verifier: core))
    }
}
