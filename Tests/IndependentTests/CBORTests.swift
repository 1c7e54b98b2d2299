import Cryptography
import Encoding
import Testing
import SeededRandomness
import TestSupport

@Suite("deterministic CBOR, compared with cbor2") struct CBORTests {
    /// Whether cbor2 5.9 writes a number as a single although a half holds it, which it does for all halves
    /// with the largest exponent, up to 65504 of the appendix of RFC 8949.
    private static func isMisspelled(_ value: Double) -> Bool {
        (32_768...65_504).contains(value.magnitude) && Double(Float16(value)) == value
    }

    private func reencoded(_ items: [[UInt8]]) throws -> [[UInt8]] {
        let answer = try Interpreter.ask(
            "cbor.py",
            items.map { item in Hex.encode(item) },
            as: [String].self
        )
        try #require(answer.count == items.count)
        return try answer.map { text in try Hex.decode(text) }
    }

    @Test("what we encode, cbor2 decodes and encodes to the same bytes") func values() throws {
        var generator = RandomSource(seed: 1)
        let values = (0..<2_000 * effort).map { _ in value(&generator, depth: 0) }
        let encoded = values.map(\.encoded)
        for (value, (ours, theirs)) in zip(values, zip(encoded, try reencoded(encoded))) {
            #expect(ours == theirs, "\(Hex.encode(ours))")
            #expect(try CBORValue(decoding: theirs) == value)
        }
    }

    @Test("every float has the shortest form, which is cbor2's but for the largest halves")
    func floats() throws {
        var generator = RandomSource(seed: 2)
        var values: [Double] = [
            0, -0.0, .nan, .infinity, -.infinity, 65_505, 65_536, 5.960464477539063e-8, 1e-10,
        ]
        // All halves, the normal ones and the others.
        for bits in 0...UInt16.max { values.append(Double(Float16(bitPattern: bits))) }
        for _ in 0..<2_000 * effort {
            values.append(Double(bitPattern: generator.next()))
            values.append(Double(Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))))
        }
        let encoded = values.map { value in CBORValue.float(value).encoded }
        for (value, (ours, theirs)) in zip(values, zip(encoded, try reencoded(encoded))) {
            if Self.isMisspelled(value) {
                let bits = Float16(value).bitPattern
                #expect(ours == [0xf9, UInt8(bits >> 8), UInt8(truncatingIfNeeded: bits)])
                // It is the same number, at least.
                let read = try CBORValue(decoding: theirs, accepting: .longForms)
                #expect(read == .float(value))
            } else {
                #expect(ours == theirs, "\(value)")
            }
        }
    }

    @Test("lengths at which the head grows are written as cbor2 writes them") func lengths() throws
    {
        var items: [[UInt8]] = []
        for count in [0, 1, 23, 24, 255, 256, 65_535, 65_536] {
            let bytes = [UInt8](repeating: 0x61, count: count)
            items.append(CBORValue.bytes(bytes).encoded)
            items.append(CBORValue.text(Text(String(decoding: bytes, as: UTF8.self))).encoded)
            items.append(CBORValue.array([CBORValue](repeating: .null, count: count)).encoded)
            items.append(CBORValue.unsigned(UInt64(count)).encoded)
            items.append(CBORValue.negative(UInt64(count)).encoded)
        }
        items += [UInt64(UInt32.max), 1 << 32, UInt64.max].flatMap { number in
            [CBORValue.unsigned(number).encoded, CBORValue.negative(number).encoded]
        }
        #expect(try reencoded(items) == items)
    }

    private func value(_ generator: inout RandomSource, depth: Int) -> CBORValue {
        switch generator.below(depth < 4 ? 12 : 8) {
        case 0: .unsigned(generator.next() >> UInt64(generator.below(64)))
        case 1: .negative(generator.next() >> UInt64(generator.below(64)))
        case 2: .bytes(generator.bytes(generator.below(40)))
        case 3: .text(text(&generator))
        case 4: [.null, .undefined, .boolean(true), .boolean(false)][generator.below(4)]
        case 5: .simple([0, 19, 32, 255][generator.below(4)])
        case 6, 7: .float(double(&generator))
        // Tags to which cbor2 gives no meaning of its own.
        case 8: .tagged(1 << 20 + generator.next() >> 20, value(&generator, depth: depth + 1))
        case 9: .array((0..<generator.below(6)).map { _ in value(&generator, depth: depth + 1) })
        default: .map(map(&generator, depth: depth))
        }
    }

    private func double(_ generator: inout RandomSource) -> Double {
        let value = Double(generator.below(1 << 20)) / Double(1 << generator.below(30))
        return Self.isMisspelled(value) ? 0.5 : value
    }

    private func text(_ generator: inout RandomSource) -> Text {
        let letters: [Character] = ["a", "Z", "0", "é", "ß", "中", "🛰"]
        return Text(String((0..<generator.below(30)).map { _ in letters[generator.below(7)] }))
    }

    /// A map whose keys are of one type: between types, cbor2 sorts short keys first, as RFC 7049 asked, and
    /// within one type both orders are the same.
    private func map(_ generator: inout RandomSource, depth: Int) -> CBORMap {
        var map = CBORMap()
        let kind = generator.below(4)
        for _ in 0..<generator.below(8) {
            let key: CBORValue =
                switch kind {
                case 0: .unsigned(generator.next() >> UInt64(generator.below(64)))
                case 1: .negative(generator.next() >> UInt64(generator.below(64)))
                case 2: .bytes(generator.bytes(generator.below(30)))
                default: .text(text(&generator))
                }
            map[key] = value(&generator, depth: depth + 1)
        }
        return map
    }
}
