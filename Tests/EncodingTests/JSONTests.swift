import Encoding
import Foundation
import Testing
import SeededRandomness
import TestSupport

@Suite("canonical JSON") struct JSONTests {
    private func canonical(_ text: String) throws -> String {
        String(decoding: try JSONValue(decoding: [UInt8](text.utf8)).canonical, as: UTF8.self)
    }

    @Test("the numbers of RFC 8785 are written as ECMAScript writes them, and read back")
    func numbers() throws {
        let lines = try vectorLines("RFC8785/numbers.txt", parts: 2)
        #expect(lines.count == 24)
        for line in lines { try check(bits: line[0], text: line[1]) }
    }

    /// Checks both directions for one double.
    private func check(bits: some StringProtocol, text: some StringProtocol) throws {
        let value = Double(bitPattern: try #require(UInt64(bits, radix: 16)))
        let number = try #require(JSONNumber(value))
        if number.text != [UInt8](text.utf8) {
            Issue.record("\(bits): \(String(decoding: number.text, as: UTF8.self)), not \(text)")
        }
        let read = try JSONValue(decoding: [UInt8](text.utf8))
        if read != .number(number) { Issue.record("\(text) is not read as \(bits)") }
    }

    @Test("10,000 numbers of the ES6 test file hold", SharedFiles.vectors.needs("jcs-rfc8785"))
    func sharedNumbers() throws {
        let lines = try SharedFiles.vectors.text("jcs-rfc8785/es6testfile-10k.txt").split(
            separator: "\n"
        )
        #expect(lines.count == 10_000)
        for line in lines {
            let parts = line.split(separator: ",")
            try check(bits: parts[0], text: parts[1])
        }
    }

    @Test("the documents of the JCS test set hold", SharedFiles.vectors.needs("jcs-rfc8785"))
    func sharedDocuments() throws {
        let names = try SharedFiles.vectors.names(in: "jcs-rfc8785/testdata/input")
        #expect(names.count == 6)
        for name in names {
            let input = try SharedFiles.vectors.bytes("jcs-rfc8785/testdata/input/\(name)")
            let output = try SharedFiles.vectors.bytes("jcs-rfc8785/testdata/output/\(name)")
            let digits = try SharedFiles.vectors.text(
                "jcs-rfc8785/testdata/outhex/\(name.replacing(".json", with: ".txt"))"
            )
            let value = try JSONValue(decoding: input)
            #expect(value.canonical == output, "\(name)")
            #expect(try value.canonical == hex(digits.filter { $0.isHexDigit }), "\(name)")
            #expect(try JSONValue(decodingCanonical: output) == value)
            if input != output {
                #expect(throws: JSONError.self, "\(name)") {
                    try JSONValue(decodingCanonical: input)
                }
            }
        }
    }

    @Test("the example of RFC 8785 §3.2 holds") func example() throws {
        let input = """
            {"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
              "literals": [null, true, false]}
            """
        let output =
            #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#
            + #""string":"€$\u000f\nA'B\"\\\\\"/"}"#
        #expect(try canonical(input) == output)
    }

    @Test("names are sorted by UTF-16 code units") func order() throws {
        // RFC 8785 §3.2.3: the dance of the surrogates before the letter U+FB33.
        let input =
            #"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#
        #expect(
            try canonical(input)
                == #"{"\r":2,"1":4,"\#u{80}":6,"ö":7,"€":1,"😀":5,"דּ":3}"#
        )
        #expect(
            try canonical(#"{"aa":1,"a":2,"":3,"\uffff":4,"\ud800\udc00":5}"#).hasPrefix(
                #"{"":3,"a":2,"aa":1,"𐀀":5"#
            )
        )
    }

    @Test("the order of names is that of their UTF-16 code units") func orderByModel() {
        var generator = RandomSource(seed: 7)
        let scalars: [UInt32] = [
            0, 0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfb33, 0xffff, 0x1_0000, 0x10_ffff,
        ]
        for _ in 0..<2_000 {
            let names = (0..<2).map { _ in
                var view = String.UnicodeScalarView()
                for _ in 0..<generator.below(4) {
                    let value = scalars[generator.below(scalars.count)]
                    if let scalar = Unicode.Scalar(value) { view.append(scalar) }
                }
                return String(view)
            }
            let object = JSONObject(names.map { name in .init(Text(name), .null) })
            guard names[0].utf16.elementsEqual(names[1].utf16) == false else {
                #expect(object == nil)
                continue
            }
            let first = names[0].utf16.lexicographicallyPrecedes(names[1].utf16) ? 0 : 1
            #expect(object?.members.first?.name == Text(names[first]))
        }
    }

    @Test("strings are escaped only where they must be") func escapes() throws {
        #expect(
            try canonical(#""\b\t\n\f\r\u0000\u001F\u007f\/\\\"\u2028""#)
                == #""\b\t\n\f\r\u0000\u001f\#u{7f}/\\\"\#u{2028}""#
        )
        #expect(try canonical(#""A\u030a""#) == "\"A\u{30a}\"")
        #expect(try canonical(#""\uD83D\uDE02\u0000""#) == "\"😂\\u0000\"")
    }

    @Test("objects find, replace and remove by name") func access() throws {
        var object = JSONObject()
        object["b"] = .null
        object["a"] = .boolean(true)
        object["b"] = .string("x")
        #expect(object.members.map(\.name) == ["a", "b"])
        #expect(object["b"]?.string == "x")
        #expect(object["c"] == nil)
        object["a"] = nil
        object["c"] = nil
        #expect(object.members.map(\.name) == ["b"])
        #expect(JSONObject([.init("a", .null), .init("a", .null)]) == nil)
    }

    @Test("integers are exact up to 2^53 − 1, and not offered beyond") func integers() throws {
        let bound = JSONNumber.safeIntegerMax
        #expect(bound == 9_007_199_254_740_991)
        for integer in [0, 1, -1, 42, bound, -bound] {
            let number = try #require(JSONNumber(exactly: integer))
            #expect(number.integer == integer)
            #expect(String(decoding: number.text, as: UTF8.self) == "\(integer)")
        }
        #expect(JSONNumber(exactly: bound + 1) == nil)
        #expect(JSONNumber(exactly: .min) == nil)
        #expect(JSONNumber(0.5)?.integer == nil)
        #expect(JSONNumber(0x1p53)?.integer == nil)
        #expect(JSONNumber(.infinity) == nil)
        #expect(JSONNumber(.nan) == nil)
    }
}
