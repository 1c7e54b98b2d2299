import Cryptography
import Encoding
import MerkleLog
import Testing

@Suite("tlog-proofs and requests to witnesses") struct TlogProofTests {
    /// Made with the PyPI package tlog-scales 0.0.3 from the test log of transparency-dev/tessera (Apache-2.0,
    /// commit 1811ae1a), and read by transparency-dev/formats.
    private static let proof = """
        c2sp.org/tlog-proof@v1
        index 2
        9xWrP6pdBx5uKsS7mU1b9zWUPcw3mdoNCF55gM+5M2o=
        T1X2GdkhUjV3iyufF9b0kVsWFxIU0VI4EpNml2Teci4=
        g0ZoeYWtIV8Q8i+4CmgqPnBvH2il107lyCgTQsyB7H4=
        5jLpqTgjsBDSEX6SgZiRnbTMdTuRd8bQ5tSsAOxe0Ks=

        example.com/log/testdata
        15
        rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=

        — example.com/log/testdata M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/uEWP6zdkdIQzd/fmwlM/dlPWF74ewI=

        """
    private static let logKey: Text =
        "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"

    @Test("a proof of another implementation is read, verified, and written as it was")
    func others() throws {
        let proof = try TlogProof(parsing: bytes(Self.proof))
        #expect(proof.index == 2)
        #expect(proof.extra == nil)
        #expect(proof.path.count == 4)
        #expect(proof.checkpoint.checkpoint.size == 15)
        #expect(proof.encoded == bytes(Self.proof))
        let key = try NoteVerifierKey(vkey: Self.logKey)
        #expect(proof.checkpoint.note.isSigned(by: key, verifier: core))
    }

    @Test("extra data is kept")
    func extra() throws {
        let proof = try TlogProof(parsing: bytes(Self.proof))
        let extended = try TlogProof(
            extra: [1, 2, 3],
            index: 0,
            path: [],
            checkpoint: proof.checkpoint
        )
        let text = String(decoding: extended.encoded, as: UTF8.self)
        #expect(text.hasPrefix("c2sp.org/tlog-proof@v1\nextra AQID\nindex 0\n\nexample.com/"))
        #expect(try TlogProof(parsing: extended.encoded) == extended)
    }

    @Test(
        "what is no proof is refused, with the line",
        arguments: [
            ("@v1", "@v2", .expected(.header, line: 1)),
            ("index 2", "index 02", .expected(.index, line: 2)),
            ("index 2", "index", .expected(.index, line: 2)),
            ("index 2", "extra \nindex 2", .expected(.extra, line: 2)),
            ("index 2", "extra AQI\nindex 2", .expected(.extra, line: 2)),
            ("index 2", "extra AQID\nextra AQID\nindex 2", .expected(.index, line: 3)),
            ("9xWr", "9xW", .expected(.hash, line: 3)),
            ("Ks=\n\n", "Ks=\n", .expected(.hash, line: 7)),
            ("15\n", "015\n", .expected(.size, line: 2)),
            ("— example", "- example", .expected(.signature, line: 5)),
        ] as [(String, String, NoteError)]
    )
    func refusals(old: String, new: String, error: NoteError) {
        #expect(throws: error) {
            try TlogProof(parsing: bytes(Self.proof.replacing(old, with: new, maxReplacements: 1)))
        }
    }

    @Test("64 hashes are read and 65 are not; a request has at most 63")
    func pathLimits() throws {
        let checkpoint = try TlogProof(parsing: bytes(Self.proof)).checkpoint
        let path = [SHA256.Digest](repeating: SHA256.hash(of: []), count: 65)
        let largest = try TlogProof(index: 0, path: Array(path.prefix(64)), checkpoint: checkpoint)
        #expect(try TlogProof(parsing: largest.encoded) == largest)
        #expect(throws: NoteError.tooMany(.hash, limit: 64)) {
            try TlogProof(index: 0, path: path, checkpoint: checkpoint)
        }
        let line = Base64.standard.encode(path[0].bytes) + "\n"
        let tooLong = Self.proof.replacing(
            "index 2\n",
            with: "index 2\n" + String(repeating: line, count: 61)
        )
        #expect(throws: NoteError.tooMany(.hash, limit: 64)) {
            try TlogProof(parsing: bytes(tooLong))
        }
        #expect(throws: NoteError.tooMany(.hash, limit: 63)) {
            try AddCheckpointRequest(
                oldSize: 1,
                path: Array(path.prefix(64)),
                checkpoint: checkpoint
            )
        }
    }

    @Test("the request and the response of the specification are read, and written as they were")
    func request() throws {
        let request = try AddCheckpointRequest(parsing: bytes(SpecificationExamples.request))
        #expect(request.oldSize == 20_852_014)
        #expect(request.path.count == 4)
        #expect(request.checkpoint.note.signatures.count == 2)
        #expect(request.encoded == bytes(SpecificationExamples.request))
        let lines = try NoteSignature.lines(parsing: bytes(SpecificationExamples.response))
        #expect(
            lines.map(\.name) == ["witness.example/w1", "witness.example/w1", "witness.example/w2"]
        )
        #expect(lines.flatMap(\.line) == bytes(SpecificationExamples.response))
    }

    @Test(
        "what is no request is refused, with the line",
        arguments: [
            ("old 20852014", "old -1", .expected(.oldSize, line: 1)),
            ("old 20852014", "old 020852014", .expected(.oldSize, line: 1)),
            ("old 20852014", "20852014", .expected(.oldSize, line: 1)),
            ("jrJZDmY8", "jrJZDmY", .expected(.hash, line: 3)),
            ("/0=\n\n", "/0=\n", .expected(.hash, line: 6)),
            ("\n20852163\n", "\n\n", .expected(.size, line: 2)),
        ] as [(String, String, NoteError)]
    )
    func requestRefusals(old: String, new: String, error: NoteError) {
        let text = SpecificationExamples.request.replacing(old, with: new, maxReplacements: 1)
        #expect(throws: error) { try AddCheckpointRequest(parsing: bytes(text)) }
    }

    @Test("an empty answer of a witness is none")
    func emptyResponse() {
        #expect(throws: NoteError.expected(.signature, line: 1)) {
            try NoteSignature.lines(parsing: [])
        }
    }
}
