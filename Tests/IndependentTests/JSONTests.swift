import Cryptography
import Encoding
import Testing
import SeededRandomness
import TestSupport

@Suite("canonical JSON, compared with rfc8785") struct JSONTests {
    private struct Question: Encodable {
        var documents: [String] = []
        var numbers: [String] = []
    }

    private struct Answer: Decodable {
        var documents: [String]
        var numbers: [String]
    }

    @Test("every double is written as the package writes it") func numbers() throws {
        var generator = RandomSource(seed: 1)
        var values: [Double] = [
            0, -0.0, 1e21, 1e-7, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 4.5, 1e23,
        ]
        for exponent in -30...30 {
            values.append(Double(sign: .plus, exponent: exponent, significand: 1))
        }
        while values.count < 20_000 * effort {
            // All bit patterns, and short decimals such as people write.
            let value =
                values.count % 2 == 0
                ? Double(bitPattern: generator.next())
                : Double(generator.below(1_000_000)) / Double(1 + generator.below(1_000))
            if value.isFinite { values.append(value) }
        }
        let question = Question(
            numbers: values.map { value in Hex.encode(value.bitPattern.bigEndianBytes) }
        )
        let answer = try Interpreter.ask("jcs.py", question, as: Answer.self)
        try #require(answer.numbers.count == values.count)
        for (value, theirs) in zip(values, answer.numbers) {
            let ours = JSONValue.number(try #require(JSONNumber(value))).canonical
            #expect(Hex.encode(ours) == theirs, "\(value)")
        }
    }

    @Test("a document in any form has the canonical form that the package gives it")
    func documents() throws {
        var texts: [[UInt8]] = []
        for seed in 0..<UInt64(400 * effort) {
            var writer = LooseWriter(seed: seed)
            writer.appendValue(depth: 0)
            texts.append(Array(writer.text.utf8))
        }
        let answer = try Interpreter.ask(
            "jcs.py",
            Question(documents: texts.map { text in Hex.encode(text) }),
            as: Answer.self
        )
        try #require(answer.documents.count == texts.count)
        var changed = 0
        for (text, theirs) in zip(texts, answer.documents) {
            let ours = try JSONValue(decoding: text).canonical
            #expect(Hex.encode(ours) == theirs, "\(String(decoding: text, as: UTF8.self))")
            #expect(try JSONValue(decodingCanonical: ours).canonical == ours)
            if ours != text { changed += 1 }
        }
        #expect(changed > texts.count / 2)
    }
}

extension UInt64 {
    fileprivate var bigEndianBytes: [UInt8] {
        stride(from: 56, through: 0, by: -8).map { shift in UInt8(truncatingIfNeeded: self >> shift)
        }
    }
}

/// Writes random JSON as freely as RFC 8259 allows: blanks, escapes, orders and spellings of numbers.
private struct LooseWriter {
    private(set) var text = ""
    private var generator: RandomSource

    init(seed: UInt64) { generator = RandomSource(seed: seed) }

    private mutating func appendBlanks() {
        for _ in 0..<generator.below(3) { text += [" ", "\n", "\t", "\r"][generator.below(4)] }
    }

    mutating func appendValue(depth: Int) {
        appendBlanks()
        switch generator.below(depth < 5 ? 9 : 6) {
        case 0: text += ["null", "true", "false"][generator.below(3)]
        case 1, 2: appendNumber()
        case 3, 4, 5: appendString()
        case 6: appendArray(depth: depth)
        default: appendObject(depth: depth)
        }
        appendBlanks()
    }

    private mutating func appendArray(depth: Int) {
        text += "["
        for index in 0..<generator.below(5) {
            if index > 0 { text += "," }
            appendValue(depth: depth + 1)
        }
        appendBlanks()
        text += "]"
    }

    private mutating func appendObject(depth: Int) {
        text += "{"
        for index in 0..<generator.below(6) {
            if index > 0 { text += "," }
            appendBlanks()
            // The number at the end keeps the names apart.
            appendString(suffix: "\(index)")
            appendBlanks()
            text += ":"
            appendValue(depth: depth + 1)
        }
        appendBlanks()
        text += "}"
    }

    private mutating func appendNumber() {
        let sign = generator.below(3) == 0 ? "-" : ""
        let digits = "\(1 + generator.below(1_000_000))"
        switch generator.below(5) {
        case 0: text += sign + "0"
        case 1: text += sign + digits
        case 2: text += sign + digits + ".0" + digits
        case 3:
            text += sign + digits + ["e", "E"][generator.below(2)] + "\(generator.below(40) - 20)"
        default: text += sign + "0." + digits + "e+\(generator.below(30))"
        }
    }

    private mutating func appendString(suffix: String = "") {
        text += "\""
        for _ in 0..<generator.below(6) { appendCharacter() }
        text += suffix + "\""
    }

    private mutating func appendCharacter() {
        let ranges: [ClosedRange<UInt32>] = [
            0x20...0x7e, 0...0x1f, 0x7f...0x7ff, 0x800...0xd7ff, 0xe000...0xffff,
            0x1_0000...0x10_ffff,
        ]
        let range = ranges[generator.below(ranges.count)]
        let code = range.lowerBound + UInt32(generator.below(range.count))
        guard let scalar = Unicode.Scalar(code) else { return }
        let mustEscape = code < 0x20 || scalar == "\"" || scalar == "\\"
        if mustEscape || generator.below(4) == 0 {
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16, uppercase: generator.below(2) == 0)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        } else {
            text.unicodeScalars.append(scalar)
        }
    }
}
