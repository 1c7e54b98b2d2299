import Cryptography
import Encoding
import Primitives
import SimulatedBundles
import Statements
import Testing
import Venue
import SeededRandomness

@Suite("statements") struct StatementsTests {
    @Test("every kind is written in canonical form and read back the same") func roundTrip() throws
    {
        for statement in try Samples.all() {
            let bytes = statement.encoded
            let text = String(decoding: bytes, as: UTF8.self)
            let tree = try JSONValue(decodingCanonical: bytes)
            #expect(tree.canonical == bytes, "\(text)")
            #expect(try Statement(decoding: bytes) == statement, "\(text)")
            #expect(tree.object?["type"]?.string == statement.type.name)
        }
        let interval = try Samples.intervalStatement()
        #expect(try IntervalStatement(decoding: interval.encoded) == interval)
        #expect(try JSONValue(decodingCanonical: interval.encoded).canonical == interval.encoded)
        #expect(interval.digest == SHA256.hash(of: interval.encoded))
    }

    @Test("a trade has the bytes that are documented") func tradeBytes() throws {
        let statement = try Samples.tradeStatement()
        let state = Samples.interval.stateHash.hex
        let buyer = statement.buyer.account.digest.hex
        let seller = statement.seller.account.digest.hex
        let expected =
            #"{"base":3,"buyer":{"account":"\#(buyer)","#
            + #""contract":"did:orbit:contract:orbit-1.example:2000","fee":"0"},"instrument":7,"#
            + #""interval":{"firstSequence":"4096","lastSequence":"8191","number":"12","#
            + #""stateHash":"\#(state)"},"notional":"1267650600228229401496703205376","#
            + #""price":"68719476735","quantity":"250","quote":1,"#
            + #""seller":{"account":"\#(seller)","#
            + #""contract":"did:orbit:contract:orbit-1.example:2001","#
            + #""fee":"170141183460469231731687303715884105727"},"sequence":"5000","#
            + #""settlement":"spot","takerSide":"sell","time":"1790000000123456789","#
            + #""trade":"1000","type":"trade","venue":"orbit-1.example"}"#
        #expect(String(decoding: statement.encoded, as: UTF8.self) == expected)
    }

    /// A payload with one member changed, added or taken away somewhere.
    struct Change: CustomTestStringConvertible {
        var path: [Text]
        var value: JSONValue?
        var error: StatementError
        var testDescription: String { "\(path.map(\.string)): \(error)" }
    }

    private static func number(_ value: Double) -> JSONValue {
        JSONNumber(value).map(JSONValue.number) ?? .null
    }

    static let tradeChanges: [Change] = [
        Change(path: ["price"], value: nil, error: .missingMember(path: "price")),
        Change(path: ["buyer", "fee"], value: nil, error: .missingMember(path: "buyer.fee")),
        Change(path: ["note"], value: .null, error: .unknownMember(path: "note")),
        Change(
            path: ["seller", "note"],
            value: .null,
            error: .unknownMember(path: "seller.note")
        ),
        Change(
            path: ["interval", "note"],
            value: .null,
            error: .unknownMember(path: "interval.note")
        ),
        Change(
            path: ["quantity"],
            value: number(5),
            error: .invalidMember(path: "quantity", expected: "a text of decimal digits in range")
        ),
        Change(
            path: ["quantity"],
            value: .string("0"),
            error: .invalidMember(path: "quantity", expected: "a decimal text from 1 on")
        ),
        Change(
            path: ["notional"],
            value: .string("170141183460469231731687303715884105728"),
            error: .invalidMember(path: "notional", expected: "a text of decimal digits in range")
        ),
        Change(
            path: ["notional"],
            value: .string("-1"),
            error: .invalidMember(path: "notional", expected: "a text of decimal digits in range")
        ),
        Change(
            path: ["sequence"],
            value: .string("05000"),
            error: .invalidMember(path: "sequence", expected: "a text of decimal digits in range")
        ),
        Change(
            path: ["sequence"],
            value: .string("8192"),
            error: .invalidMember(
                path: "interval",
                expected: "one that contains the sequence number"
            )
        ),
        Change(
            path: ["interval", "stateHash"],
            value: .string("AB"),
            error: .invalidMember(
                path: "interval.stateHash",
                expected: "a text of 64 lower-case hexadecimal digits"
            )
        ),
        Change(
            path: ["buyer", "contract"],
            value: .string("did:orbit:contract:orbit-1.example:2001"),
            error: .invalidMember(
                path: "buyer.contract",
                expected: "did:orbit:contract:orbit-1.example:2000"
            )
        ),
        Change(
            path: ["takerSide"],
            value: .string("both"),
            error: .invalidMember(path: "takerSide", expected: "buy or sell")
        ),
        Change(
            path: ["base"],
            value: number(1.5),
            error: .invalidMember(
                path: "base",
                expected: "a whole number from 0 to 4294967295"
            )
        ),
        Change(path: ["type"], value: .string("sale"), error: .wrongType(found: "sale")),
        Change(path: ["type"], value: .string("interval"), error: .wrongType(found: "interval")),
        Change(path: ["venue"], value: .string("A"), error: .invalidVenueName("A")),
        Change(
            path: ["trade"],
            value: .string("9223372036854775808"),
            error: .invalidMember(path: "trade", expected: "a text of decimal digits in range")
        ),
    ]

    @Test("a payload with a wrong member is refused, and the member named", arguments: tradeChanges)
    func wrongMembers(_ change: Change) throws {
        let tree = try JSONValue(decoding: Samples.tradeStatement().encoded)
        let changed = try changing(tree, change.path[...], to: change.value)
        #expect(throws: change.error) { try Statement(decoding: changed.canonical) }
    }

    @Test("every member of every kind is needed, and no other is allowed") func everyMember() throws
    {
        for statement in try Samples.all() {
            let tree = try JSONValue(decoding: statement.encoded)
            for path in memberPaths(of: tree) {
                let without = try changing(tree, path[...], to: nil)
                // Members that may be left out give another statement.
                let isOptional = try? Statement(decoding: without.canonical)
                #expect(isOptional != statement, "\(path)")
                var added = path
                added[added.count - 1] = "zzz"
                let with = try changing(tree, added[...], to: .null)
                #expect(throws: StatementError.self, "\(added)") {
                    try Statement(decoding: with.canonical)
                }
                let other = try changing(tree, path[...], to: .array([.null]))
                #expect(throws: StatementError.self, "\(path)") {
                    try Statement(decoding: other.canonical)
                }
            }
        }
    }

    @Test("bytes that are not canonical are refused with their position") func canonical() throws {
        var bytes = try Samples.tradeStatement().encoded
        bytes.insert(UInt8(ascii: " "), at: 1)
        #expect(throws: StatementError.notCanonicalJSON(.notCanonical(position: 1))) {
            try Statement(decoding: bytes)
        }
        #expect(throws: StatementError.notCanonicalJSON(.truncated(position: 0))) {
            try Statement(decoding: [])
        }
        let large = [UInt8](repeating: UInt8(ascii: " "), count: 60_001)
        #expect(throws: StatementError.notCanonicalJSON(.tooLarge(position: 60_000))) {
            try Statement(decoding: large)
        }
        #expect(throws: StatementError.invalidMember(path: "", expected: "an object")) {
            try Statement(decoding: Array("[]".utf8))
        }
    }

    @Test("a roster with a repeated seat, key or DID is refused") func rosters() throws {
        let good = try Samples.roster()
        func read(_ change: (inout [EpochStatement.Seat]) -> Void) throws {
            var changed = good
            change(&changed.seats)
            _ = try EpochStatement(decoding: changed.encoded)
        }
        #expect(throws: Never.self) { try read { _ in } }
        #expect(throws: Never.self) { try read { seats in seats.removeFirst(4) } }
        #expect(throws: StatementError.self) { try read { seats in seats.removeFirst(5) } }
        #expect(throws: StatementError.self) { try read { seats in seats.swapAt(0, 1) } }
        #expect(throws: StatementError.self) { try read { seats in seats[1].index = 1 } }
        #expect(throws: StatementError.self) { try read { seats in seats[0].index = 0 } }
        #expect(throws: StatementError.self) { try read { seats in seats[11].index = 13 } }
        #expect(throws: StatementError.self) { try read { seats in seats[3].did = seats[2].did } }
        #expect(throws: StatementError.self) {
            try read { seats in seats[3].identityKey = seats[2].identityKey }
        }
        #expect(throws: StatementError.self) {
            try read { seats in seats[3].shareKey = seats[2].shareKey }
        }
        let seven = try changing(
            JSONValue(decoding: good.encoded),
            ["threshold"],
            to: .number(try #require(JSONNumber(7)))
        )
        #expect(
            throws: StatementError.invalidMember(
                path: "threshold",
                expected: "a whole number from 8 to 8"
            )
        ) { try EpochStatement(decoding: seven.canonical) }
    }

    @Test("whatever decodes encodes to the same bytes, and nothing crashes the decoders")
    func fuzz() throws {
        var generator = RandomSource(seed: 20)
        var accepted = 0
        for statement in try Samples.all() {
            let bytes = statement.encoded
            for _ in 0..<500 {
                var changed = bytes
                generator.mutate(&changed)
                guard let read = try? Statement(decoding: changed) else { continue }
                accepted += 1
                #expect(read.encoded == changed)
            }
        }
        #expect(accepted > 100)
    }

    // MARK: Changing trees

    /// The tree with the member at a path replaced, or removed.
    private func changing(
        _ tree: JSONValue,
        _ path: ArraySlice<Text>,
        to value: JSONValue?
    ) throws -> JSONValue {
        guard let name = path.first else { return tree }
        if let index = Int(name.string), var items = tree.array {
            items[index] = try changing(items[index], path.dropFirst(), to: value)
            return .array(items)
        }
        var object = try #require(tree.object)
        if path.count == 1 {
            object[name] = value
        } else {
            let inner = try #require(object[name])
            object[name] = try changing(inner, path.dropFirst(), to: value)
        }
        return .object(object)
    }

    /// The paths of all members of all objects in a tree, except inside foreign keys.
    private func memberPaths(of tree: JSONValue, under path: [Text] = []) -> [[Text]] {
        if let items = tree.array {
            return items.enumerated().flatMap { index, item in
                memberPaths(of: item, under: path + [Text("\(index)")])
            }
        }
        guard let object = tree.object, path.last != "publicKeyJwk" else { return [] }
        return object.members.flatMap { member in
            [path + [member.name]] + memberPaths(of: member.value, under: path + [member.name])
        }
    }
}
