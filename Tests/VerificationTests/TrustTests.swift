import BLS12381
import Cryptography
import Encoding
import KeyStore
import MerkleLog
import SimulatedBundles
import Statements
import Testing
import Verification
import SeededRandomness

@Suite("trust files") struct TrustTests {
    private let log: SimulatedVenueLog
    private let tree: JSONObject

    init() throws {
        log = try SimulatedVenueLog(tradeCount: 3)
        var trust = try log.trust()
        trust.checkpoint = try log.checkpoint(2)
        tree = try #require(JSONValue(decodingCanonical: trust.encoded).object)
    }

    /// The error for the trust file with a member changed.
    private func error(_ name: Text, _ value: JSONValue?) throws -> VerificationError? {
        var object = tree
        object[name] = value
        do throws(VerificationError) {
            _ = try Trust(decoding: JSONValue.object(object).canonical)
            return nil
        } catch {
            return error
        }
    }

    @Test("a trust file is read as it was written, in any form of JSON") func reading() throws {
        let bytes = JSONValue.object(tree).canonical
        let trust = try Trust(decoding: bytes)
        #expect(trust.encoded == bytes)
        #expect(trust.venue == log.venue)
        #expect(trust.issuerKeys == [log.issuerKey.key.publicKey])
        #expect(trust.checkpoint?.checkpoint.size == 2)
        #expect(!trust.ignoresUnknownSignatures)
        let spaced = String(decoding: bytes, as: UTF8.self)
            .replacing(",\"", with: ",\n  \"").replacing("\":", with: "\" : ")
        #expect(try Trust(decoding: Array(spaced.utf8)).encoded == bytes)
        // What may be left out.
        #expect(try error("checkpoint", nil) == nil)
        #expect(try error("ignoreUnknownSignatures", nil) == nil)
        #expect(try error("ignoreUnknownSignatures", .boolean(true)) == nil)
    }

    @Test(
        "a trust file without a member that it needs is refused",
        arguments: ["venue", "issuer", "issuerKeys", "groupKey", "policy"] as [Text]
    )
    func missing(_ name: Text) throws {
        #expect(try error(name, nil) == .malformed(.missingMember(path: name)))
    }

    @Test("a member that is unknown or wrong is refused, and named") func wrong() throws {
        #expect(try error("note", .null) == .malformed(.unknownMember(path: "note")))
        let rows: [(Text, JSONValue, Text)] = [
            ("venue", .null, "venue"), ("issuer", .string("did:orbit:operator:x:venue"), "issuer"),
            ("issuerKeys", .array([]), "issuerKeys"),
            ("issuerKeys", .array([.string("ab")]), "issuerKeys[0]"),
            ("groupKey", .string("AB"), "groupKey"), ("policy", .null, "policy"),
            ("checkpoint", .null, "checkpoint"),
            ("ignoreUnknownSignatures", .string("true"), "ignoreUnknownSignatures"),
        ]
        for (name, value, path) in rows {
            guard case .malformed(.invalidMember(path, _)) = try error(name, value) else {
                Issue.record("\(name): \(String(describing: try error(name, value)))")
                continue
            }
        }
        let zeros = Text(String(repeating: "00", count: 32))
        #expect(
            try error("issuerKeys", .array([.string(zeros)])) == .invalidIssuerKey(index: 0)
        )
        let flagless = Text(String(repeating: "00", count: 96))
        #expect(try error("groupKey", .string(flagless)) == .invalidGroupKey(.wrongFlags))
        #expect(try error("policy", .string("log x\n")) != nil)
        #expect(try error("policy", .string("quorum none\n")) == .noLog)
        guard case .invalidCheckpoint = try error("checkpoint", .string("x\n")) else {
            Issue.record("a checkpoint that is none is accepted")
            return
        }
        let large = [UInt8](repeating: 0x20, count: Trust.bytesMax + 1)
        #expect(throws: VerificationError.tooLarge(limit: Trust.bytesMax)) {
            try Trust(decoding: large)
        }
        #expect(throws: VerificationError.malformed(.notCanonicalJSON(.truncated(position: 1)))) {
            try Trust(decoding: Array("{".utf8))
        }
    }

    @Test("every error says in one line what is wrong") func descriptions() throws {
        for (name, value) in [
            ("venue", nil),
            ("issuerKeys", .array([.string(Text(String(repeating: "0", count: 64)))])),
            ("groupKey", .string(Text(String(repeating: "0", count: 192)))),
            ("policy", .string("quorum none")), ("policy", .string("?")),
            ("checkpoint", .string("?")),
        ] as [(Text, JSONValue?)] {
            let text = try #require(try error(name, value)).description
            #expect(text.contains(name == "venue" ? "venue" : name.string), "\(text)")
            #expect(!text.contains("\n"))
        }
    }

    @Test("a verdict with an unusable trust file says so in JSON") func unusable() throws {
        let json = Verification.verify(bundle: [], trust: Array("{}".utf8))
        let object = try #require(JSONValue(decodingCanonical: json).object)
        #expect(object["verified"] == .boolean(false))
        #expect(object["error"]?.string?.string.contains("venue") == true)
    }

    @Test("nothing crashes the reader of trust files") func fuzz() {
        var generator = RandomSource(seed: 50)
        let good = JSONValue.object(tree).canonical
        var refused = 0
        for _ in 0..<2_000 {
            var bytes = good
            generator.mutate(&bytes)
            do throws(VerificationError) {
                _ = try Trust(decoding: bytes)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 1_500)
    }

    @Test("control characters of a bundle never reach a terminal") func terminals() throws {
        var trust = try log.trust()
        trust.checkpoint = nil
        let signed = SignedStatement(
            payload: Array("{}".utf8),
            contentType: "x",
            algorithm: .edDSA,
            keyID: [1],
            issuer: "\u{1b}[2J\u{9b}evil\u{7f}",
            subject: "x",
            issuedAt: 0,
            signer: log.issuerKey.sign
        )
        let bundle = TransparentStatement(signed).encoded
        let verdict = Verification.verdict(on: bundle, trust: trust)
        let sentence = verdict[.envelope].sentence.string
        #expect(sentence.contains("?[2J"))
        #expect(!sentence.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f })
        #expect(!sentence.unicodeScalars.contains { (0x80..<0xa0).contains($0.value) })
    }
}
