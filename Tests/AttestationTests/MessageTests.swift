import Attestation
import Cryptography
import Encoding
import KeyStore
import Primitives
import SeededRandomness
import SimulatedBundles
import Statements
import Testing

@Suite("messages between the venue and its observers") struct MessageTests {
    private let log: SimulatedVenueLog
    private let claim: ClaimStatement

    init() throws {
        log = try SimulatedVenueLog(tradeCount: 3)
        claim = ClaimStatement(
            venue: log.committee.venue,
            epoch: log.committee.roster.epoch,
            trade: TradeID(2),
            revision: 1,
            claim: "downlink_completed",
            component: SHA256.hash(of: [1]),
            report: SHA256.hash(of: [2]),
            time: Timestamp(5_000),
            rosterHash: SHA256.hash(of: log.committee.roster.encoded)
        )
    }

    private func chunk(ends: Bool = true) throws -> JournalChunk {
        let signer = log.committee.identities[0]
        return JournalChunk(
            venue: log.committee.venue,
            first: 1,
            last: 9,
            previous: SHA256.hash(of: [3]),
            records: [1, 2, 3],
            interval: ends ? log.attested(4) : nil,
            leaves: ends ? [[1], [2, 3]] : [],
            signer: signer.sign
        )
    }

    private func dissent() throws -> Dissent {
        let signer = log.committee.identities[4]
        return Dissent(
            from: .claim(claim),
            index: 5,
            reason: "never rises",
            time: Timestamp(6_000),
            identityKey: signer.publicKey,
            signer: signer.sign
        )
    }

    @Test("every message is read back the same") func roundTrip() throws {
        let interval = IntervalRequest(statement: log.attested(4))
        #expect(try IntervalRequest(decoding: interval.encoded) == interval)
        let request = ClaimRequest(statement: claim, report: [1, 2])
        #expect(try ClaimRequest(decoding: request.encoded) == request)
        let fetch = FetchRequest(from: .max)
        #expect(try FetchRequest(decoding: fetch.encoded) == fetch)
        for chunk in [try chunk(), try chunk(ends: false)] {
            #expect(try JournalChunk(decoding: chunk.encoded) == chunk)
            #expect(chunk.hash == SHA256.hash(of: chunk.encoded))
        }
        let dissent = try dissent()
        #expect(try Dissent(decoding: dissent.encoded) == dissent)
        #expect(Dissent(try DissentStatement(decoding: dissent.statement.encoded)) == dissent)
    }

    @Test("a chunk is signed by the venue's key over all its parts") func signatures() throws {
        let chunk = try chunk()
        let key = try Ed25519.PublicKey(bytes: log.committee.identities[0].publicKey)
        let other = try Ed25519.PublicKey(bytes: log.committee.identities[1].publicKey)
        #expect(chunk.isSigned(by: key, verifier: NativeEd25519.verifies))
        #expect(!chunk.isSigned(by: other, verifier: NativeEd25519.verifies))
        let names: [Text] = ["first", "last", "previous", "records", "interval", "leaves", "venue"]
        let values: [CBORValue] = [
            .unsigned(2), .unsigned(10), .bytes([UInt8](repeating: 0, count: 32)), .bytes([1, 2]),
            .null, .array([]), .text("other.example"),
        ]
        for (name, value) in zip(names, values) {
            var map = try #require(CBORValue(decoding: chunk.encoded).map)
            map[name] = value
            let read = try JournalChunk(decoding: CBORValue.map(map).encoded)
            #expect(!read.isSigned(by: key, verifier: NativeEd25519.verifies), "\(name.string)")
        }
    }

    @Test("a dissent holds for the seat that signed it, and for no other") func dissents() throws {
        let good = try dissent()
        let roster = try Roster(log.committee.roster)
        func check(_ dissent: Dissent) throws(AttestationError) {
            try dissent.check(by: roster, verifier: NativeEd25519.verifies)
        }
        try check(good)
        var statement = good.statement
        statement.index = 6
        #expect(throws: AttestationError.wrongKeyID(seat: 6)) { try check(Dissent(statement)) }
        statement = good.statement
        statement.index = 13
        #expect(throws: AttestationError.unknownSeat(13)) { try check(Dissent(statement)) }
        statement = good.statement
        statement.reason = "rises"
        #expect(throws: AttestationError.wrongIdentitySignature(seat: 5)) {
            try check(Dissent(statement))
        }
        statement = good.statement
        statement.epoch += 1
        #expect(throws: AttestationError.otherRoster(name: "epoch")) {
            try check(Dissent(statement))
        }
        statement = good.statement
        statement.venue = try VenueName("other.example")
        #expect(throws: AttestationError.otherRoster(name: "venue")) {
            try check(Dissent(statement))
        }
    }

    @Test("a message with a member too many, too few or of another type is refused")
    func wrongMembers() throws {
        try expectStrict(IntervalRequest(statement: log.attested(4)).encoded) { bytes in
            _ = try IntervalRequest(decoding: bytes)
        }
        try expectStrict(ClaimRequest(statement: claim, report: [1]).encoded) { bytes in
            _ = try ClaimRequest(decoding: bytes)
        }
        try expectStrict(FetchRequest(from: 1).encoded) { bytes in
            _ = try FetchRequest(decoding: bytes)
        }
        try expectStrict(try chunk().encoded) { bytes in _ = try JournalChunk(decoding: bytes) }
    }

    private func expectStrict(
        _ message: [UInt8],
        _ decode: ([UInt8]) throws -> Void
    ) throws {
        let map = try #require(CBORValue(decoding: message).map)
        for entry in map.entries {
            let name = try #require(entry.key.text)
            var changed = map
            changed[name] = nil
            #expect(throws: AttestationError.self) { try decode(CBORValue.map(changed).encoded) }
            changed[name] = .negative(0)
            #expect(throws: AttestationError.self, "\(name.string)") {
                try decode(CBORValue.map(changed).encoded)
            }
        }
        var more = map
        more["x"] = .null
        #expect(throws: AttestationError.self) { try decode(CBORValue.map(more).encoded) }
        #expect(throws: AttestationError.self) { try decode(CBORValue.array([]).encoded) }
    }

    @Test("a chunk beyond its bounds is refused") func bounds() throws {
        var map = try #require(CBORValue(decoding: chunk().encoded).map)
        map["records"] = .bytes([UInt8](repeating: 0, count: JournalChunk.bytesMax))
        #expect(throws: AttestationError.self) {
            try JournalChunk(decoding: CBORValue.map(map).encoded)
        }
        map["records"] = .bytes([])
        map["leaves"] = .array([.bytes([UInt8](repeating: 0, count: 65_536))])
        #expect(throws: AttestationError.invalidMessage(kind: "journal chunk", name: "leaves")) {
            try JournalChunk(decoding: CBORValue.map(map).encoded)
        }
        map["leaves"] = .array([])
        map["last"] = .unsigned(0)
        #expect(throws: AttestationError.invalidMessage(kind: "journal chunk", name: "last")) {
            try JournalChunk(decoding: CBORValue.map(map).encoded)
        }
    }

    @Test("whatever decodes encodes to the same bytes, and nothing crashes the decoders")
    func fuzz() throws {
        var generator = RandomSource(seed: 31)
        let messages: [(bytes: [UInt8], again: ([UInt8]) throws -> [UInt8])] = [
            (
                IntervalRequest(statement: log.attested(4)).encoded,
                { bytes in try IntervalRequest(decoding: bytes).encoded }
            ),
            (
                ClaimRequest(statement: claim, report: [1, 2, 3]).encoded,
                { bytes in try ClaimRequest(decoding: bytes).encoded }
            ),
            (
                FetchRequest(from: 300).encoded,
                { bytes in try FetchRequest(decoding: bytes).encoded }
            ),
            (try chunk().encoded, { bytes in try JournalChunk(decoding: bytes).encoded }),
            (try dissent().encoded, { bytes in try Dissent(decoding: bytes).encoded }),
        ]
        var accepted = 0
        for _ in 0..<3_000 {
            for message in messages {
                var bytes = message.bytes
                generator.mutate(&bytes)
                guard let again = try? message.again(bytes) else { continue }
                accepted += 1
                #expect(again == bytes)
            }
        }
        #expect(accepted > 100)
    }
}
