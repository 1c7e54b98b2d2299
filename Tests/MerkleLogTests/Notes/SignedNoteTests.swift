import Cryptography
import Encoding
import MerkleLog
import Testing

@Suite("signed notes") struct SignedNoteTests {
    @Test("the example of the specification verifies under its key")
    func specification() throws {
        let key = try NoteVerifierKey(vkey: Text(SpecificationExamples.noteKey))
        #expect(key.name == "example.com/foo")
        #expect(key.keyID == 0x530d_903a)
        #expect(key.type == .ed25519)
        #expect(key.vkey == Text(SpecificationExamples.noteKey))
        let note = try SignedNote(parsing: bytes(SpecificationExamples.note))
        #expect(note.text == bytes("This is an example message.\n"))
        #expect(note.states(under: [key], verifier: core) == [.valid(key: 0, timestamp: nil)])
        #expect(note.isSigned(by: key, verifier: core))
    }

    @Test(
        "every note of the specifications is read, and written as it was",
        arguments: [
            SpecificationExamples.note, SpecificationExamples.poem, SpecificationExamples.cosigned,
        ]
    )
    func roundTrip(text: String) throws {
        #expect(try SignedNote(parsing: bytes(text)).encoded == bytes(text))
    }

    @Test("the text goes up to the last blank line, blank lines in it included")
    func blankLines() throws {
        let note = try SignedNote(parsing: bytes(SpecificationExamples.poem))
        #expect(String(decoding: note.text, as: UTF8.self).hasSuffix("\n\ned è subito sera.\n"))
        #expect(note.signatures.map(\.name) == ["quasimodo.example/salvatore"])
        let signer = try SampleSigner("a", 1)
        let odd = try SignedNote(text: bytes("\n\n\n"), signatures: [signer.signature(of: [10])])
        #expect(try SignedNote(parsing: odd.encoded) == odd)
    }

    @Test("a changed text or signature is found")
    func changes() throws {
        let key = try NoteVerifierKey(vkey: Text(SpecificationExamples.noteKey))
        let text = SpecificationExamples.note.replacing("example message", with: "Example message")
        let changed = try SignedNote(parsing: bytes(text))
        #expect(changed.states(under: [key], verifier: core) == [.invalid(key: 0)])
        let other = SpecificationExamples.note.replacing("Uw2QOkn8", with: "Uw2QOkn9")
        let forged = try SignedNote(parsing: bytes(other))
        #expect(!forged.isSigned(by: key, verifier: core))
    }

    @Test("one bad line by a key spoils its good one, and lines of others are ignored")
    func several() throws {
        let signer = try SampleSigner("log.example", 1)
        let sameName = try SampleSigner("log.example", 2)
        let text = bytes("text\n")
        let good = signer.signature(of: text)
        let bad = signer.signature(of: bytes("other\n"))
        let both = try SignedNote(
            text: text,
            signatures: [good, sameName.signature(of: text), bad]
        )
        #expect(
            both.states(under: [signer.key], verifier: core)
                == [.valid(key: 0, timestamp: nil), .unknown, .invalid(key: 0)]
        )
        #expect(!both.isSigned(by: signer.key, verifier: core))
        #expect(both.isSigned(by: sameName.key, verifier: core))
        let neither = try SignedNote(text: text, signatures: [sameName.signature(of: text)])
        #expect(!neither.isSigned(by: signer.key, verifier: core))
    }

    @Test("adding signatures leaves out those that are there")
    func adding() throws {
        let signer = try SampleSigner("a", 1)
        let other = try SampleSigner("b", 2)
        let text = bytes("text\n")
        let note = try SignedNote(text: text, signatures: [signer.signature(of: text)])
        let more = try note.adding([signer.signature(of: text), other.signature(of: text)])
        #expect(more.signatures.map(\.name) == ["a", "b"])
    }

    private static let good = "— a AAAAAQID"

    @Test(
        "what is no note is refused, with the place",
        arguments: [
            ("", .expected(.separator, line: 1)),
            ("text\n", .expected(.separator, line: 1)),
            ("text\n\n", .expected(.signature, line: 3)),
            ("text\n\(good)\n", .expected(.separator, line: 1)),
            ("\n\(good)\n", .expected(.separator, line: 1)),
            ("text\n\n\(good)", .expected(.signature, line: 3)),
            ("text\n\n\(good)\n\n", .expected(.signature, line: 5)),
            ("text\n\n\(good)\nx\n", .expected(.signature, line: 4)),
            ("text\n\n- a AAAAAQID\n", .expected(.signature, line: 3)),
            ("text\n\n—  AAAAAQID\n", .expected(.signature, line: 3)),
            ("text\n\n— a  AAAAAQID\n", .expected(.signature, line: 3)),
            ("text\n\n— a+b AAAAAQID\n", .expected(.signature, line: 3)),
            ("text\n\n— a\u{a0}b AAAAAQID\n", .expected(.signature, line: 3)),
            ("text\n\n— a\u{3000}b AAAAAQID\n", .expected(.signature, line: 3)),
            ("text\n\n— a\u{85}b AAAAAQID\n", .expected(.signature, line: 3)),
            ("text\n\n— a AAAAAQ==\n", .expected(.signature, line: 3)),
            ("text\n\n— a AAAAAQIE=\n", .expected(.signature, line: 3)),
            ("text\n\n— a AAAAAQJ=\n", .expected(.signature, line: 3)),
            ("text\n\n— a\n", .expected(.signature, line: 3)),
            ("text\r\n\n\(good)\n", .notText(position: 4)),
            ("te\txt\n\n\(good)\n", .notText(position: 2)),
        ] as [(String, NoteError)]
    )
    func refusals(text: String, error: NoteError) {
        #expect(throws: error) { try SignedNote(parsing: bytes(text)) }
    }

    @Test("bytes that are not UTF-8 are refused, with their place")
    func notUTF8() {
        let rest = bytes("\n\n\(Self.good)\n")
        #expect(throws: NoteError.notText(position: 1)) {
            try SignedNote(parsing: [0x61, 0xff] + rest)
        }
        #expect(throws: NoteError.notText(position: 3)) {
            try SignedNote(parsing: [0xc3, 0xa8, 0x61, 0xe2, 0x80] + rest)
        }
    }

    @Test("the limits hold: 100 signatures are read, one more is not, nor a mebibyte of text")
    func limits() throws {
        let lines = String(repeating: Self.good + "\n", count: 100)
        #expect(try SignedNote(parsing: bytes("text\n\n" + lines)).signatures.count == 100)
        #expect(throws: NoteError.tooMany(.signature, limit: 100)) {
            try SignedNote(parsing: bytes("text\n\n" + lines + Self.good + "\n"))
        }
        let large = bytes(String(repeating: "x", count: 1 << 20) + "\n\n\(Self.good)\n")
        #expect(throws: NoteError.tooLarge(count: large.count, limit: 1 << 20)) {
            try SignedNote(parsing: large)
        }
        #expect(NoteLimits.signatureCountMax >= 16)
        // 16 signatures of ML-DSA-44 with their base64 fit into a note.
        #expect(NoteLimits.noteBytesMax > 16 * 5_000)
    }

    @Test("a note cannot be made that could not be read")
    func making() throws {
        let signature = try SampleSigner("a", 1).signature(of: bytes("text\n"))
        for text in ["", "text", "a\u{1}\n"] {
            #expect(throws: NoteError.self) {
                try SignedNote(text: bytes(text), signatures: [signature])
            }
        }
        #expect(throws: NoteError.expected(.separator, line: 1)) {
            try SignedNote(text: bytes("text\n"), signatures: [])
        }
    }
}

@Suite("verifier keys") struct NoteVerifierKeyTests {
    @Test(
        "keys of logs and witnesses in use are read, their IDs checked, and written as they were",
        arguments: [
            ("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", 1),
            (
                "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
                1
            ),
            ("witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN", 4),
            ("witness2.example.org+2e55b896+BIZ7fpceQWd60IfqQeS9IAnmNOCZjMDne8lZuguz/bi9", 4),
            ("mirror.example.org+3fb148ef+BAAjjch9GyYz0sJsJx7ALhbdAtz2ov0unbzSl1vMp94O", 4),
        ] as [(String, UInt8)]
    )
    func keys(text: String, type: UInt8) throws {
        let key = try NoteVerifierKey(vkey: Text(text))
        #expect(key.type.rawValue == type)
        #expect(key.vkey == Text(text))
        let publicKey = try #require(key.ed25519)
        let made =
            type == 1
            ? try NoteVerifierKey(name: key.name, ed25519: publicKey)
            : try NoteVerifierKey(name: key.name, cosignature: publicKey)
        #expect(made == key)
    }

    @Test("keys of other types are kept as they are and verify nothing")
    func otherTypes() throws {
        let material = Base64.standard.encode([0x02, 1, 2, 3])
        let key = try NoteVerifierKey(vkey: Text("log+0a0b0c0d+" + material))
        #expect(key.ed25519 == nil)
        #expect(key.publicKey == [1, 2, 3])
        #expect(key.vkey == Text("log+0a0b0c0d+" + material))
        let signature = Base64.standard.encode([0x0a, 0x0b, 0x0c, 0x0d, 9])
        let note = try SignedNote(parsing: bytes("text\n\n— log \(signature)\n"))
        #expect(note.states(under: [key], verifier: core) == [.unsupported(key: 0)])
        #expect(!note.isSigned(by: key, verifier: core))
    }

    private static let body = "Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"

    @Test(
        "what is no key is refused, with the part that is wrong",
        arguments: [
            ("", .expected(.keyName, line: 1)),
            ("sum.golang.org", .expected(.keyName, line: 1)),
            ("+033de0ae+\(body)", .expected(.keyName, line: 1)),
            ("a b+033de0ae+\(body)", .expected(.keyName, line: 1)),
            ("a\n+033de0ae+\(body)", .expected(.keyName, line: 1)),
            ("sum.golang.org+033DE0AE+\(body)", .expected(.keyID, line: 1)),
            ("sum.golang.org+33de0ae+\(body)", .expected(.keyID, line: 1)),
            ("sum.golang.org+033de0ae", .expected(.keyID, line: 1)),
            ("sum.golang.org+033de0ae+", .expected(.publicKey, line: 1)),
            ("sum.golang.org+033de0ae+AQ==", .expected(.publicKey, line: 1)),
            ("sum.golang.org+033de0ae+\(body)AA==", .expected(.publicKey, line: 1)),
            ("sum.golang.org+033de0af+\(body)", .wrongKeyID(expected: 0x033d_e0ae)),
            ("other.golang.org+033de0ae+\(body)", .wrongKeyID(expected: 0x9315_27fa)),
        ] as [(String, NoteError)]
    )
    func refusals(text: String, error: NoteError) {
        #expect(throws: error) { try NoteVerifierKey(vkey: Text(text)) }
    }

    @Test("one public key has another ID for each use, so that no signature serves for the other")
    func separation() throws {
        let note = try SampleSigner("same.example", 3)
        let cosigner = try SampleSigner("same.example", 3, cosigns: true)
        #expect(note.key.publicKey == cosigner.key.publicKey)
        #expect(note.key.keyID != cosigner.key.keyID)
        let checkpoint = try sampleCheckpoint()
        let signed = try SignedCheckpoint(
            checkpoint,
            signatures: [cosigner.cosignature(of: checkpoint)]
        )
        #expect(!signed.note.isSigned(by: note.key, verifier: core))
        #expect(signed.note.isSigned(by: cosigner.key, verifier: core))
    }
}
