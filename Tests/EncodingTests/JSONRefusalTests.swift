import Encoding
import Foundation
import Testing
import SeededRandomness

@Suite("JSON that is refused") struct JSONRefusalTests {
    @Test("gives the error and the position")
    func refusals() {
        let rows: [(String, JSONError)] = [
            ("", .truncated(position: 0)), (" ", .truncated(position: 1)),
            ("nul", .truncated(position: 3)), ("nulL", .unexpectedByte(position: 3)),
            ("True", .unexpectedByte(position: 0)), ("NaN", .unexpectedByte(position: 0)),
            ("Infinity", .unexpectedByte(position: 0)), ("'a'", .unexpectedByte(position: 0)),
            ("\u{feff}1", .unexpectedByte(position: 0)), ("\u{a0}1", .unexpectedByte(position: 0)),
            ("1 2", .trailingBytes(position: 2)), ("1,", .trailingBytes(position: 1)),
            ("{}}", .trailingBytes(position: 2)), ("1//", .trailingBytes(position: 1)),
            // Numbers.
            ("-", .truncated(position: 1)), ("+1", .unexpectedByte(position: 0)),
            ("01", .trailingBytes(position: 1)), ("-01", .trailingBytes(position: 2)),
            (".5", .unexpectedByte(position: 0)), ("5.", .truncated(position: 2)),
            ("5.e1", .unexpectedByte(position: 2)), ("1e", .truncated(position: 2)),
            ("1e+", .truncated(position: 3)), ("1ea", .unexpectedByte(position: 2)),
            ("0x1", .trailingBytes(position: 1)), ("1_0", .trailingBytes(position: 1)),
            ("- 1", .unexpectedByte(position: 1)), ("--1", .unexpectedByte(position: 1)),
            ("1e309", .numberOutOfRange(position: 0)),
            ("[-1e309]", .numberOutOfRange(position: 1)),
            ("1e99999999999999999999", .numberOutOfRange(position: 0)),
            ("179769313486231580793728971405304e276", .numberOutOfRange(position: 0)),
            // Arrays and objects.
            ("[", .truncated(position: 1)), ("[1", .truncated(position: 2)),
            ("[1,", .truncated(position: 3)), ("[1,]", .unexpectedByte(position: 3)),
            ("[,1]", .unexpectedByte(position: 1)), ("[1 2]", .unexpectedByte(position: 3)),
            ("[1}", .unexpectedByte(position: 2)), ("{", .truncated(position: 1)),
            ("{\"a\"", .truncated(position: 4)), ("{\"a\":", .truncated(position: 5)),
            ("{\"a\":1", .truncated(position: 6)), ("{\"a\":1,", .truncated(position: 7)),
            ("{\"a\":1,}", .unexpectedByte(position: 7)), ("{a:1}", .unexpectedByte(position: 1)),
            ("{1:1}", .unexpectedByte(position: 1)), ("{\"a\" 1}", .unexpectedByte(position: 5)),
            ("{\"a\":1 \"b\":2}", .unexpectedByte(position: 7)),
            ("{\"a\":1,\"a\":1}", .duplicateName(position: 7)),
            ("{\"a\":1,\"b\":2,\"\\u0061\":1}", .duplicateName(position: 13)),
            ("[{\"a\":1,\"a\":1},", .duplicateName(position: 8)),
            // Strings.
            ("\"", .truncated(position: 1)), ("\"a", .truncated(position: 2)),
            ("\"a\nb\"", .controlCharacter(position: 2)),
            ("\"\u{0}\"", .controlCharacter(position: 1)),
            ("\"\\", .truncated(position: 2)), ("\"\\x\"", .invalidEscape(position: 1)),
            ("\"\\U0041\"", .invalidEscape(position: 1)),
            ("\"a\\u12g4\"", .invalidEscape(position: 2)),
            ("\"\\u12", .truncated(position: 5)),
            ("\"\\ud800\"", .loneSurrogate(position: 1)),
            ("\"\\udc00\"", .loneSurrogate(position: 1)),
            ("\"\\udc00\\ud800\"", .loneSurrogate(position: 1)),
            ("\"a\\ud800\\ud800\"", .loneSurrogate(position: 2)),
            ("\"\\ud800\\n\"", .loneSurrogate(position: 1)),
            ("\"\\ud800\\u0041\"", .loneSurrogate(position: 1)),
        ]
        for (text, error) in rows {
            #expect(throws: error, "\(text)") { try JSONValue(decoding: [UInt8](text.utf8)) }
        }
    }

    @Test("malformed UTF-8 is refused where it begins", arguments: ["ff", "c0af", "eda080", "c3"])
    func malformed(bytes: String) throws {
        let text = [UInt8](ascii: "[\"ab") + (try hex(bytes)) + [UInt8](ascii: "\"]")
        #expect(throws: JSONError.invalidUTF8(position: 4)) { try JSONValue(decoding: text) }
    }

    @Test("the limits of depth and size hold exactly") func limits() throws {
        let limits = DecodingLimits(bytesMax: 9, depthMax: 3)
        #expect(throws: Never.self) {
            try JSONValue(decoding: Array("[[[1]]] ".utf8), limits: limits)
        }
        #expect(throws: Never.self) {
            try JSONValue(decoding: Array("[[{}]]   ".utf8), limits: limits)
        }
        #expect(throws: JSONError.tooDeep(position: 3)) {
            try JSONValue(decoding: Array("[[[[]]]]".utf8), limits: limits)
        }
        #expect(throws: JSONError.tooDeep(position: 3)) {
            try JSONValue(decoding: Array("[[[{}]]]".utf8), limits: limits)
        }
        #expect(throws: JSONError.tooLarge(position: 9)) {
            try JSONValue(decoding: Array("[[[1]]]   ".utf8), limits: limits)
        }
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 1 << 20)
        #expect(throws: JSONError.tooDeep(position: 32)) { try JSONValue(decoding: deep) }
    }

    @Test("only the canonical text passes as canonical") func canonical() {
        let good = #"{"a":[1,0.5,"é"],"b":{}}"#
        #expect(throws: Never.self) { try JSONValue(decodingCanonical: Array(good.utf8)) }
        let rows: [(String, Int)] = [
            (#"{"a":[1,0.5,"é"],"b":{} }"#, 24), (good + "\n", 25), (" " + good, 0),
            (#"{"a":[1.0,0.5,"é"],"b":{}}"#, 7), (#"{"a":[1,5e-1,"é"],"b":{}}"#, 8),
            (#"{"a":[1,0.5,"\u00e9"],"b":{}}"#, 13), (#"{"b":{},"a":[1,0.5,"é"]}"#, 2),
            ("-0", 0), ("1E2", 1),
        ]
        for (text, position) in rows {
            #expect(throws: JSONError.notCanonical(position: position), "\(text)") {
                try JSONValue(decodingCanonical: Array(text.utf8))
            }
        }
    }

    @Test("a number is read as the closest double, however it is written") func rounding() {
        var generator = RandomSource(seed: 8)
        func check(_ text: String) {
            // The C library reads decimals exactly too.
            let expected = unsafe strtod(text, nil)
            let value = try? JSONValue(decoding: Array(text.utf8))
            if value?.number?.value != (expected.isFinite ? expected : nil) {
                Issue.record("\(text) is not read as \(expected)")
            }
        }
        for _ in 0..<10_000 {
            let digits = (0...generator.below(25)).map { _ in "\(generator.below(10))" }.joined()
            check("1\(digits)e\(generator.below(700) - 360)")
            check("0.\(digits)e\(generator.below(700) - 360)")
        }
        // Exactly between two doubles, and just beside the middle, near and beyond the ends of the range.
        for _ in 0..<200 {
            let bits = generator.next() & 0x7fff_ffff_ffff_ffff
            let exponent = UInt64(generator.below(2046)) << 52
            let low = Double(bitPattern: bits & ~(0x7ff << 52) | exponent)
            let (digits, power) = exactMiddle(low)
            check("\(digits)e\(power)")
            check("\(digits).\(String(repeating: "0", count: 800))1e\(power)")
            check("\(digits.dropLast())e\(power + 1)")
        }
        for text in [
            "2.4703282292062327208e-324", "2.4703282292062328e-324", "4.9406564584124654e-324",
            "2.2250738585072011e-308", "2.2250738585072012e-308", "2.2250738585072014e-308",
            "1.7976931348623157e308", "179769313486231580793728971405303e276",
            "1.7976931348623158e308", "1.7976931348623159e308", "0e999",
            "0.0", "-0", "1e-400", "1e-99999999999999999999", "0e99999999999999999999",
            "9007199254740993", "9007199254740992.999999999999999999999",
            "1" + String(repeating: "0", count: 400) + "e-400", "123456789012345678901234567890e-5",
            "0." + String(repeating: "0", count: 400) + "1e400", "1e22", "1e23",
        ] {
            check(text)
        }
    }

    /// The number in the middle between a positive double and the next one, as an integer and a power of ten.
    private func exactMiddle(_ low: Double) -> (digits: String, power: Int) {
        let bits = low.bitPattern
        let exponent = max(Int(bits >> 52), 1) - 1075
        let mantissa = bits & (1 << 52 - 1) | (bits >> 52 == 0 ? 0 : 1 << 52)
        // The lowest digit comes first.
        var digits = String(2 * mantissa + 1).reversed().compactMap(\.wholeNumberValue)
        let power = exponent - 1
        // Halving is multiplying by 5 and moving the point.
        for _ in 0..<power.magnitude {
            var carry = 0
            for index in digits.indices {
                carry += digits[index] * (power < 0 ? 5 : 2)
                digits[index] = carry % 10
                carry /= 10
            }
            if carry > 0 { digits.append(carry) }
        }
        return (digits.reversed().map(String.init).joined(), min(power, 0))
    }

    @Test(
        "whatever decodes has a canonical text that decodes to it, and nothing crashes the parser"
    )
    func fuzz() throws {
        var generator = RandomSource(seed: 9)
        let seeds = [
            #"{"a":[1,-2.5e-3,"\u00e9\ud83d\ude02",{"b":null,"c":[true,false]}],"zz":""}"#,
            #"[[],{},0,-0,1e21,123456789012345678,"\\\"\/\b\f\n\r\t€𐅑"]"#,
        ]
        var accepted = 0
        for round in 0..<10_000 {
            var bytes = [UInt8](seeds[round % 2].utf8)
            generator.mutate(&bytes)
            guard let value = try? JSONValue(decoding: bytes) else { continue }
            accepted += 1
            let canonical = value.canonical
            if try JSONValue(decodingCanonical: canonical) != value { Issue.record("\(bytes)") }
        }
        #expect(accepted > 500)
    }
}

extension [UInt8] {
    fileprivate init(ascii text: String) { self.init(text.utf8) }
}
