import Cryptography
import Encoding
import MerkleLog
import Testing

@Suite("witness policies") struct WitnessPolicyTests {
    private let log: SampleSigner
    private let nextLog: SampleSigner
    private let witnesses: [SampleSigner]
    private let checkpoint: Checkpoint

    init() throws {
        log = try SampleSigner("log.example/one", 1)
        nextLog = try SampleSigner("log.example/one", 2)
        witnesses = try (0..<6).map { index in
            try SampleSigner("witness.example/\(index)", 10 + UInt8(index), cosigns: true)
        }
        checkpoint = try sampleCheckpoint()
    }

    /// The example of the specification: two of three X, and any of three Y.
    private func example(quorum: String = "X-and-Y") throws -> WitnessPolicy {
        var text = "# a policy\n\nlog \(log.key.vkey.string)\n"
        text += "\tlog \t \(nextLog.key.vkey.string) https://log.example/ \n"
        for (name, witness) in zip(["X1", "X2", "X3", "Y1", "Y2", "Y3"], witnesses) {
            text += "witness \(name) \(witness.key.vkey.string)\n"
        }
        text += "group X-witnesses 2 X1 X2 X3\ngroup Y-witnesses any Y1 Y2 Y3\n"
        text += "group X-and-Y all X-witnesses Y-witnesses\nquorum \(quorum)\n"
        return try WitnessPolicy(parsing: bytes(text))
    }

    private func signed(_ cosigners: [Int], by log: SampleSigner? = nil) throws -> SignedCheckpoint
    {
        let signature = (log ?? self.log).signature(of: checkpoint.body)
        return try SignedCheckpoint(
            checkpoint,
            signatures: [signature] + cosigners.map { witnesses[$0].cosignature(of: checkpoint) }
        )
    }

    @Test("the example of the specification is read, and its text gives the same policy")
    func reading() throws {
        let policy = try example()
        #expect(policy.logs.map(\.key) == [log.key, nextLog.key])
        #expect(policy.logs.map(\.url) == [nil, bytes("https://log.example/")])
        #expect(policy.witnesses.map(\.key) == witnesses.map(\.key))
        #expect(policy.groups.map(\.threshold) == [2, 1, 2])
        #expect(policy.groups[2].members == [.group(0), .group(1)])
        #expect(policy.quorum == .group(2))
        #expect(try WitnessPolicy(parsing: policy.text) == policy)
    }

    @Test(
        "the quorum holds for exactly the right sets of witnesses",
        arguments: 0..<64
    )
    func quorum(set: Int) throws {
        let cosigners = (0..<6).filter { index in set >> index & 1 == 1 }
        let isEnough =
            cosigners.count { $0 < 3 } >= 2 && cosigners.contains { index in index >= 3 }
        let verdict = try example().evaluate(signed(cosigners), verifier: core)
        #expect(verdict.isSatisfied == isEnough)
        #expect(verdict.cosigned.map(\.witness) == cosigners)
        #expect(verdict.logs == [0])
        #expect(verdict.unverified.isEmpty)
    }

    @Test("what is missing is named, group by group")
    func shortfalls() throws {
        let verdict = try example().evaluate(signed([1]), verifier: core)
        #expect(
            verdict.shortfalls == [
                .group(
                    name: bytes("X-and-Y"),
                    count: 0,
                    threshold: 2,
                    without: [bytes("X-witnesses"), bytes("Y-witnesses")]
                ),
                .group(
                    name: bytes("X-witnesses"),
                    count: 1,
                    threshold: 2,
                    without: [bytes("X1"), bytes("X3")]
                ),
                .group(
                    name: bytes("Y-witnesses"),
                    count: 0,
                    threshold: 1,
                    without: [bytes("Y1"), bytes("Y2"), bytes("Y3")]
                ),
            ]
        )
        #expect(
            verdict.shortfalls.last?.description
                == "0 of 1 in group Y-witnesses; not cosigned: Y1 Y2 Y3"
        )
        let single = try example(quorum: "Y2").evaluate(signed([0, 1, 2, 3]), verifier: core)
        #expect(single.shortfalls == [.witness(name: bytes("Y2"))])
        #expect(try example(quorum: "none").evaluate(signed([]), verifier: core).isSatisfied)
    }

    @Test("the new key of the log is as good as the old one, a stranger's is not")
    func logs() throws {
        let policy = try example(quorum: "none")
        #expect(policy.evaluate(try signed([], by: nextLog), verifier: core).logs == [1])
        let stranger = try SampleSigner("log.example/one", 99)
        let verdict = policy.evaluate(try signed([], by: stranger), verifier: core)
        #expect(verdict.shortfalls == [.log(origin: "log.example/one")])
        #expect(verdict.unverified == [0])
    }

    @Test("a log's key does not vouch for another origin")
    func otherOrigin() throws {
        let other = try sampleCheckpoint("log.example/two")
        let signed = try SignedCheckpoint(other, signatures: [log.signature(of: other.body)])
        let verdict = try example(quorum: "none").evaluate(signed, verifier: core)
        #expect(verdict.shortfalls == [.log(origin: "log.example/two")])
    }

    @Test("one bad line by a known key spoils the checkpoint although the quorum is there")
    func badLine() throws {
        let other = try sampleCheckpoint(size: 8)
        let note = try signed([0, 1, 3]).note.adding([witnesses[2].cosignature(of: other)])
        let verdict = try example().evaluate(SignedCheckpoint(note), verifier: core)
        #expect(
            verdict.shortfalls == [.invalidSignature(line: 4, name: witnesses[2].key.name)]
        )
    }

    @Test("two cosignatures by one witness count once, with the later time")
    func twice() throws {
        let more = [5, 9, 7].map { witnesses[0].cosignature(of: checkpoint, at: $0) }
        let note = try SignedCheckpoint(signed([3]).note.adding(more))
        let verdict = try example().evaluate(note, verifier: core)
        #expect(!verdict.isSatisfied)
        #expect(verdict.cosigned.first?.witness == 0)
        #expect(verdict.cosigned.first?.timestamp == 9)
    }

    private static let key =
        "witness2.example.org+2e55b896+BIZ7fpceQWd60IfqQeS9IAnmNOCZjMDne8lZuguz/bi9"
    private static let other =
        "mirror.example.org+3fb148ef+BAAjjch9GyYz0sJsJx7ALhbdAtz2ov0unbzSl1vMp94O"
    private static let logKey =
        "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"

    @Test(
        "what is no policy is refused, with the line",
        arguments: [
            ("", .missingQuorum),
            ("quorum\n", .malformed(line: 1)),
            ("quorum a b\n", .malformed(line: 1)),
            ("quorum none\nquorum none\n", .secondQuorum(line: 2)),
            ("quorum a\n", .undefinedName(line: 1)),
            ("quorum a\nwitness a \(key)\n", .undefinedName(line: 1)),
            ("Quorum none\n", .malformed(line: 1)),
            ("quorum none\r\n", .controlCharacter(line: 1)),
            ("# \u{7f}\nquorum none\n", .controlCharacter(line: 1)),
            ("log\nquorum none", .malformed(line: 1)),
            ("log \(logKey) url more\n", .malformed(line: 1)),
            ("log \(logKey)\nlog \(logKey)\n", .duplicateKey(line: 2)),
            ("log x\n", .invalidKey(line: 1, .expected(.keyName, line: 1))),
            ("witness a\n", .malformed(line: 1)),
            ("witness a \(logKey)\n", .wrongKeyType(line: 1, .ed25519)),
            ("witness none \(key)\n", .duplicateName(line: 1)),
            ("witness a \(key)\nwitness b \(key)\n", .duplicateKey(line: 2)),
            ("witness a \(key)\nwitness a \(other)\n", .duplicateName(line: 2)),
            ("witness a \(key)\ngroup a any a\n", .duplicateName(line: 2)),
            ("witness a \(key)\ngroup g any\n", .malformed(line: 2)),
            ("witness a \(key)\ngroup g any none\n", .undefinedName(line: 2)),
            ("witness a \(key)\ngroup g any a a\n", .repeatedMember(line: 2)),
            ("witness a \(key)\ngroup g any a\ngroup h any a\n", .repeatedMember(line: 3)),
            ("witness a \(key)\ngroup g any g\n", .undefinedName(line: 2)),
            ("witness a \(key)\ngroup g 0 a\n", .invalidThreshold(line: 2)),
            ("witness a \(key)\ngroup g 2 a\n", .invalidThreshold(line: 2)),
            ("witness a \(key)\ngroup g 01 a\n", .invalidThreshold(line: 2)),
            ("witness a \(key)\ngroup g some a\n", .invalidThreshold(line: 2)),
        ] as [(String, PolicyError)]
    )
    func refusals(text: String, error: PolicyError) {
        #expect(throws: error) { try WitnessPolicy(parsing: bytes(text)) }
    }

    @Test("names are bytes: a K and a Kelvin sign differ, and no name must be UTF-8")
    func names() throws {
        let text =
            bytes("witness K \(Self.key)\nwitness \u{212a} \(Self.other)\nquorum ")
            + [0xff, 0x0a]
        #expect(throws: PolicyError.undefinedName(line: 3)) { try WitnessPolicy(parsing: text) }
        let kelvin = bytes("witness K \(Self.key)\nwitness \u{212a} \(Self.other)\nquorum \u{212a}")
        #expect(try WitnessPolicy(parsing: kelvin).quorum == .witness(1))
        let opaque = bytes("witness ") + [0xff, 0xfe] + bytes(" \(Self.key)\nquorum none\n")
        #expect(try WitnessPolicy(parsing: opaque).witnesses[0].name == [0xff, 0xfe])
    }

    @Test("32 logs, 32 witnesses and 32 groups are read")
    func counts() throws {
        var text = ""
        for index in 0..<UInt8(32) {
            text += "log \(try SampleSigner("log", 100 + index).key.vkey.string)\n"
            let key = try SampleSigner("w", 200 + index / 32 + index, cosigns: true).key
            text += "witness w\(index) \(key.vkey.string)\ngroup g\(index) all w\(index)"
            text += index > 0 ? " g\(index - 1)\n" : "\n"
        }
        let policy = try WitnessPolicy(parsing: bytes(text + "quorum g31\n"))
        #expect(policy.logs.count == 32)
        #expect(policy.witnesses.count == 32)
        #expect(policy.groups.count == 32)
        #expect(try WitnessPolicy(parsing: policy.text) == policy)
    }
}
