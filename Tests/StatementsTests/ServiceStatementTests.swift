import Cryptography
import Encoding
import Primitives
import Statements
import Testing
import Venue

@Suite("statements about services and observers") struct ServiceStatementTests {
    @Test("slots of intervals and claims are told apart, and no other number is one")
    func slots() throws {
        let slots: [(AttestedSlot, UInt64)] = [
            (.interval(0), 0), (.interval(1 << 63 - 1), 1 << 63 - 1),
            (.claim(TradeID(1), revision: 0), 1 << 63 | 256),
            (.claim(TradeID(1 << 54 - 1), revision: 255), 1 << 63 | (1 << 62 - 1)),
        ]
        for (slot, number) in slots {
            #expect(slot.rawValue == number)
            #expect(AttestedSlot(rawValue: number) == slot)
        }
        for number: UInt64 in [1 << 63, 1 << 63 | 255, 1 << 63 | 1 << 62, .max] {
            #expect(AttestedSlot(rawValue: number) == nil)
        }
    }

    @Test("a claim has the bytes that are documented, and is no leaf") func claims() throws {
        let claim = try Samples.claimStatement()
        let expected =
            #"{"claim":"downlink_completed","component":"\#(SHA256.hash(of: [1]).hex)","#
            + #""epoch":"3","report":"\#(SHA256.hash(of: [2]).hex)","revision":255,"#
            + #""roster":"\#(SHA256.hash(of: [3]).hex)","time":"1790000000123456789","#
            + #""trade":"18014398509481983","type":"claim","venue":"orbit-1.example"}"#
        #expect(String(decoding: claim.encoded, as: UTF8.self) == expected)
        #expect(try ClaimStatement(decoding: claim.encoded) == claim)
        #expect(try Attested(decoding: claim.encoded) == .claim(claim))
        #expect(throws: StatementError.wrongType(found: "claim")) {
            try Statement(decoding: claim.encoded)
        }
        #expect(claim.slot == .claim(Samples.claimedTrade, revision: 255))
        let interval = try Samples.intervalStatement()
        #expect(try Attested(decoding: interval.encoded) == .interval(interval))
        #expect(throws: StatementError.wrongType(found: "report")) {
            try Attested(decoding: Samples.report().encoded)
        }
    }

    static let wrongClaims: [(name: Text, value: JSONValue)] = [
        ("claim", .string("")), ("claim", .string("Downlink")), ("claim", .string("9x")),
        ("claim", .string(Text(String(repeating: "a", count: 65)))),
        ("trade", .string("0")), ("trade", .string("18014398509481984")),
        ("revision", JSONNumber(256).map(JSONValue.number) ?? .null), ("venue", .string("A")),
        ("report", .string("00")), ("time", .string("-1")), ("type", .string("report")),
    ]

    @Test("a claim with a wrong member is refused", arguments: wrongClaims)
    func wrongClaim(_ change: (name: Text, value: JSONValue)) throws {
        var object = try #require(
            JSONValue(decoding: Samples.claimStatement().encoded).object
        )
        object[change.name] = change.value
        #expect(throws: StatementError.self) {
            try ClaimStatement(decoding: JSONValue.object(object).canonical)
        }
        object[change.name] = nil
        #expect(throws: StatementError.self) {
            try ClaimStatement(decoding: JSONValue.object(object).canonical)
        }
    }

    @Test("a report keeps all its details, whatever they are") func details() throws {
        var sample = JSONObject()
        sample["bytes"] = .string("123456789")
        sample["dopplerHertz"] = .array([.number(try #require(JSONNumber(-12_345)))])
        let report = try Samples.report(details: sample)
        #expect(try ReportStatement(decoding: report.encoded) == report)
        #expect(try JSONValue(decodingCanonical: report.encoded).canonical == report.encoded)
    }

    @Test("what an observer signs is its dissent without the signature") func dissents() throws {
        let dissent = try Samples.dissent(slot: .claim(TradeID(7), revision: 1))
        var object = try #require(JSONValue(decoding: dissent.encoded).object)
        object["keyID"] = nil
        object["signature"] = nil
        #expect(JSONValue.object(object).canonical == dissent.signedPayload)
        let read = try DissentStatement(
            signedPayload: dissent.signedPayload,
            keyID: dissent.keyID,
            signature: dissent.signature
        )
        #expect(read == dissent)
        #expect(dissent.subject.description == "did:orbit:contract:orbit-1.example:14")
        #expect(throws: StatementError.unknownMember(path: "keyID")) {
            try DissentStatement(
                signedPayload: dissent.encoded,
                keyID: dissent.keyID,
                signature: dissent.signature
            )
        }
    }

    @Test("a penalty whose rate is not its fault's is refused") func rates() throws {
        var penalty = try Samples.penalty(.attendance, .active)
        #expect(try PenaltyStatement(decoding: penalty.encoded) == penalty)
        penalty.rate += 1
        #expect(throws: StatementError.self) { try PenaltyStatement(decoding: penalty.encoded) }
    }
}
