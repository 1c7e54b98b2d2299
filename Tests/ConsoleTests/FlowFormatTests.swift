import Console
import Primitives
import Testing
import TestSupport
import Venue

/// A flow that is wrong: the line where, and how the message about it starts.
struct MalformedFlow: Sendable, CustomTestStringConvertible {
    var text: [UInt8]
    var line: Int
    var message: String

    init(_ text: String, _ line: Int, _ message: String) {
        self.text = Array(text.utf8)
        self.line = line
        self.message = message
    }

    /// A row after a good one.
    init(row: String, _ message: String) {
        self.init(FlowFormat.header + "\n1,new,1,buy,GTC,5,100\n" + row + "\n", 3, message)
    }

    var testDescription: String { "\(line): \(message)" }
}

@Suite("the flow format") struct FlowFormatTests {
    static let long = String(repeating: "7", count: 300)

    static let malformed = [
        MalformedFlow("", 1, "the file is empty; its first line must be timestamp_ns,op,"),
        MalformedFlow("\n", 1, "the header is \"\"; the first line must be timestamp_ns,op,"),
        MalformedFlow("1,new,1,buy,GTC,5,100\n", 1, "the header is \"1,new,1,buy,GTC,5,100\";"),
        MalformedFlow("\u{FEFF}" + FlowFormat.header, 1, "the header is \"\\xef\\xbb\\xbftime"),
        MalformedFlow(FlowFormat.header + "\n\n1,new,1,buy,GTC,5,100\n", 2, "the line is empty;"),
        MalformedFlow(long, 1, "the line is longer than 256 bytes; is this an order flow?"),
        MalformedFlow(row: long, "the line is longer than 256 bytes; is this an order flow?"),
        MalformedFlow(row: "x", "the line has 1 column instead of 7 ("),
        MalformedFlow(row: "2,new,2,buy,GTC,5", "the line has 6 columns instead of 7 ("),
        MalformedFlow(row: "2,new,2,buy,GTC,5,100,", "the line has 8 columns instead of 7 ("),
        MalformedFlow(row: ",,,,,,,,,,,,,,,,,", "the line has 18 columns instead of 7 ("),
        MalformedFlow(row: "2,new,2,buy,GTC,5,-100", "price is negative: \"-100\"; give a whole"),
        MalformedFlow(row: "2,new,2,buy,GTC,-5,100", "quantity is negative: \"-5\"; give a whole"),
        MalformedFlow(row: "-2,new,2,buy,GTC,5,100", "timestamp_ns is negative: \"-2\"; give"),
        MalformedFlow(row: "2,new,2,buy,GTC,5,", "price is missing; give a whole number"),
        MalformedFlow(row: "2,new,2,buy,GTC,5,1.5", "price is \"1.5\"; give a whole number from 0"),
        MalformedFlow(row: "2,new,2,buy,GTC,5, 1", "price is \" 1\"; give a whole number from 0"),
        MalformedFlow(row: "2,new,2,buy,GTC,5,+1", "price is \"+1\"; give a whole number from 0"),
        MalformedFlow(
            row: "2,new,2,buy,GTC,5,9223372036854775808",
            "price is \"9223372036854775808\"; give"
        ),
        MalformedFlow(
            row: "18446744073709551616,new,2,buy,GTC,5,1",
            "timestamp_ns is \"184467440737095516"
        ),
        MalformedFlow(row: "2,new,0,buy,GTC,5,100", "order_id is 0; number orders from 1"),
        MalformedFlow(row: "2,new,,buy,GTC,5,100", "order_id is missing; give a whole number"),
        MalformedFlow(row: "2,trade,2,buy,GTC,5,100", "op is \"trade\"; it must be new, amend or"),
        MalformedFlow(row: "2,NEW,2,buy,GTC,5,100", "op is \"NEW\"; it must be new, amend or"),
        MalformedFlow(row: "2,new,2,hold,GTC,5,100", "side is \"hold\"; it must be buy or sell"),
        MalformedFlow(row: "2,new,2,buy,GTX,5,100", "tif is \"GTX\"; it must be GTC, IOC, FOK or"),
        MalformedFlow(row: "2,new,2,buy,,5,100", "tif is \"\"; it must be GTC, IOC, FOK or DAY"),
        MalformedFlow(row: "2,cancel,1,buy,,,", "side is \"buy\"; leave it empty for cancel"),
        MalformedFlow(row: "2,cancel,1,,,5,", "quantity is \"5\"; leave it empty for cancel"),
        MalformedFlow(row: "2,amend,1,,GTC,5,", "tif is \"GTC\"; leave it empty for amend"),
        MalformedFlow(row: "2,amend,1,,,5,7", "price is \"7\"; leave it empty for amend"),
        MalformedFlow(row: "2,amend,1,,,,", "quantity is missing; give a whole number"),
        MalformedFlow(row: "2,n\u{0}é,1,,,,", "op is \"n\\x00\\xc3\\xa9\"; it must be new,"),
    ]

    @Test("a malformed flow is refused with its line and what to do", arguments: malformed)
    func refuses(_ flow: MalformedFlow) throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write(flow.text, to: "bad.csv")
        let capture = Capture()
        #expect(capture.run(["replay", file, "--json"]) == 2)
        #expect(capture.output == "")
        #expect(capture.errors.hasPrefix("\(file):\(flow.line): \(flow.message)"))
        #expect(capture.errors.split(separator: "\n").count == 1)
    }

    @Test("what is written is read back, with either end of line and with or without the last")
    func roundTrip() throws {
        let flow: [FlowCommand] = [
            .new(
                1,
                .buy,
                .goodTillCancel,
                quantity: Quantity(5),
                price: Price(100),
                at: Timestamp(1)
            ),
            .new(
                UInt64.max,
                .sell,
                .immediateOrCancel,
                quantity: Quantity(Int64.max),
                price: Price(Int64.max),
                at: Timestamp(2)
            ),
            .new(3, .buy, .fillOrKill, quantity: .zero, price: .none, at: Timestamp(2)),
            .new(4, .sell, .day, quantity: Quantity(1), price: Price(1), at: Timestamp(3)),
            .amend(1, quantity: Quantity(4), at: Timestamp(UInt64.max)),
            .cancel(1, at: .zero),
        ]
        let text = FlowFormat.text(of: flow)
        let variants = [
            text, text.replacing("\n", with: "\r\n"), String(text.dropLast()), text + "\n",
            text + "\r\n",
        ]
        for variant in variants {
            #expect(try FlowFormat.parse(Array(variant.utf8), file: "f") == flow)
        }
    }

    @Test("damaged flows are read or refused, never more", arguments: 0..<32 as Range<UInt64>)
    func damaged(seed: UInt64) throws {
        let original = Array(
            FlowFormat.text(of: FlowGenerator.commands(seed: seed, count: 64)).utf8
        )
        var state = seed
        func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var refused = 0
        for _ in 0..<64 {
            var bytes = original
            for _ in 0...below(3) {
                let place = below(bytes.count)
                switch below(4) {
                case 0: bytes[place] = UInt8(below(256))
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(Array(",\n-09".utf8)[below(5)], at: place)
                default: bytes.removeLast(min(bytes.count - 1, below(200)))
                }
            }
            do {
                let flow = try FlowFormat.parse(bytes, file: "f")
                #expect(flow.count <= 66)
            } catch {
                guard case .malformed("f", let line, _) = error else {
                    Issue.record("seed \(seed): \(error)")
                    continue
                }
                #expect(line >= 1 && line <= 68)
                refused += 1
            }
        }
        #expect(refused > 0)
    }
}
