import Encoding
import Foundation
import Testing
import SeededRandomness
import TestSupport

@Suite("deterministic CBOR") struct CBORTests {
    /// The item in the diagnostic notation of the vector file.
    private func diagnostic(_ value: CBORValue) -> String {
        switch value {
        case .unsigned(let value): "\(value)"
        case .negative(let value): "\(-1 - Int128(value))"
        case .bytes(let bytes):
            "h'" + bytes.map { byte in String(format: "%02x", byte) }.joined() + "'"
        case .text(let text):
            "\""
                + text.string.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
                + "\""
        case .array(let items): "[" + items.map(diagnostic).joined(separator: ", ") + "]"
        case .map(let map):
            "{"
                + map.entries.map { entry in
                    diagnostic(entry.key) + ": " + diagnostic(entry.value)
                }
                .joined(separator: ", ") + "}"
        case .tagged(let tag, let item): "\(tag)(\(diagnostic(item)))"
        case .boolean(let value): "\(value)"
        case .null: "null"
        case .undefined: "undefined"
        case .simple(let value): "simple(\(value))"
        case .float(let value):
            value.isNaN
                ? "NaN" : value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : "\(value)"
        }
    }

    @Test("the examples of RFC 8949 decode to what they say and encode to the same bytes")
    func examples() throws {
        let lines = try vectorLines("RFC8949/examples.txt", parts: 3)
        #expect(lines.count == 81)
        for line in lines {
            let bytes = try hex(line[1])
            let value = try CBORValue(decoding: bytes, accepting: .all)
            #expect(diagnostic(value) == line[2])
            if line[0] == "deterministic" {
                #expect(try CBORValue(decoding: bytes) == value)
                #expect(value.encoded == bytes)
                #expect(value.encodedCount == bytes.count)
            } else {
                #expect(throws: CBORError.self, "\(line[1])") { try CBORValue(decoding: bytes) }
                #expect(value.encoded != bytes)
            }
            #expect(try CBORValue(decoding: value.encoded) == value)
        }
    }

    @Test("the shared vectors of RFC 8949 hold", SharedFiles.vectors.needs("cbor-rfc8949"))
    func sharedVectors() throws {
        let file = try SharedFiles.vectors.bytes("cbor-rfc8949/appendix_a.json")
        let vectors = try #require(
            try JSONSerialization.jsonObject(with: Data(file)) as? [[String: Any]]
        )
        #expect(vectors.count == 82)
        for vector in vectors {
            let text = try #require(vector["hex"] as? String)
            let isDeterministic = try #require(vector["roundtrip"] as? Bool)
            let bytes = try hex(text)
            if text == "f818" {
                // RFC 7049 allowed this; RFC 8949 §3.3 does not.
                #expect(throws: CBORError.reserved(position: 0)) {
                    try CBORValue(decoding: bytes, accepting: .all)
                }
                continue
            }
            let value = try CBORValue(decoding: bytes, accepting: .all)
            #expect((value.encoded == bytes) == isDeterministic, "\(text)")
            #expect(((try? CBORValue(decoding: bytes)) != nil) == isDeterministic, "\(text)")
        }
    }

    @Test("numbers take the fewest bytes on both sides of every border") func integers() throws {
        let rows: [(UInt64, Int)] = [
            (0, 1), (23, 1), (24, 2), (255, 2), (256, 3), (65_535, 3), (65_536, 5),
            (0xffff_ffff, 5), (0x1_0000_0000, 9), (.max, 9),
        ]
        for (number, count) in rows {
            for value in [CBORValue.unsigned(number), .negative(number)] {
                #expect(value.encoded.count == count)
                #expect(try CBORValue(decoding: value.encoded) == value)
            }
            #expect(CBORValue.tagged(number, .null).encoded.count == count + 1)
        }
        for number in [Int64.min, -25, -24, -1, 0, 1, .max] {
            #expect(CBORValue.integer(number).integer == number)
            #expect(try CBORValue(decoding: CBORValue.integer(number).encoded).integer == number)
        }
        #expect(CBORValue.unsigned(1 << 63).integer == nil)
        #expect(CBORValue.negative(1 << 63).integer == nil)
    }

    @Test("every half float comes back, and is the form of its value") func halfFloats() throws {
        for bits in UInt16.min...UInt16.max {
            let bytes = [0xf9, UInt8(bits >> 8), UInt8(bits & 0xff)]
            let isOtherNaN = bits & 0x7fff > 0x7c00 && bits != 0x7e00
            let value = try? CBORValue(decoding: bytes)
            if (value == nil) != isOtherNaN { Issue.record("\(bytes)") }
            if let value, value.encoded != bytes { Issue.record("\(bytes)") }
            #if arch(x86_64) || arch(arm64)
                if let value, case .float(let number) = value, !number.isNaN,
                    number != Double(Float16(bitPattern: bits))
                {
                    Issue.record("\(bytes)")
                }
            #endif
        }
    }

    @Test("a float has the shortest form that keeps its value, and no other is accepted")
    func floats() throws {
        var generator = RandomSource(seed: 3)
        var counts = [0, 0, 0]
        for round in 0..<10_000 {
            var bits = generator.next()
            // Zeros at the end make floats that fit the shorter forms.
            bits &= ~0 << UInt64([0, 29, 40, 42, 47][round % 5])
            if round % 2 == 0 {
                let exponent = UInt64(1023 - 152 + generator.below(180))
                bits = bits & ~(0x7ff << 52) | exponent << 52
            }
            let number = Double(bitPattern: bits)
            let bytes = CBORValue.float(number).encoded
            let expected: Int =
                number.isNaN || Double(Float16(number)) == number
                ? 3 : Double(Float(number)) == number ? 5 : 9
            counts[expected / 4] += 1
            if bytes.count != expected { Issue.record("\(number)") }
            #expect(try CBORValue(decoding: bytes) == .float(number))
            if bytes.count < 9 {
                let double = [0xfb] + number.bitPattern.bigEndianBytes
                #expect(throws: CBORError.notShortestFloat(position: 0)) {
                    try CBORValue(decoding: double)
                }
                #expect(try CBORValue(decoding: double, accepting: .longForms) == .float(number))
            }
        }
        #expect(counts.allSatisfy { count in count > 200 })
    }

    @Test("zeros of both signs differ, NaNs do not") func zeros() {
        #expect(CBORValue.float(0) != .float(-0.0))
        #expect(CBORValue.float(.nan) == .float(-.signalingNaN))
        #expect(CBORValue.float(1) != .unsigned(1))
        #expect(CBORValue.simple(20) == .boolean(false))
    }

    @Test("keys are sorted by their encodings, whatever they are") func keyOrder() throws {
        // RFC 8949 §4.2.1 gives this order: 10, 100, -1, "z", "aa", [100], [-1], false.
        let keys: [CBORValue] = [
            .unsigned(10), .unsigned(100), .integer(-1), .text("z"), .text("aa"),
            .array([.unsigned(100)]), .array([.integer(-1)]), .boolean(false),
        ]
        let entries = keys.reversed().map { key in CBORMap.Entry(key, .null) }
        let map = try #require(CBORMap(entries))
        #expect(map.entries.map(\.key) == keys)
        #expect(
            try hex("a80af61864f620f6617af6626161f6811864f68120f6f4f6")
                == CBORValue.map(map).encoded
        )
    }

    @Test("the order of values is the order of their bytes") func order() throws {
        var generator = RandomSource(seed: 4)
        for _ in 0..<2_000 {
            let left = generator.value(depth: 3)
            let right = generator.below(3) == 0 ? left : generator.value(depth: 3)
            #expect((left == right) == (left.encoded == right.encoded))
            let map = CBORMap([.init(left, .null), .init(right, .null)])
            guard left != right else {
                #expect(map == nil)
                continue
            }
            let first = left.encoded.lexicographicallyPrecedes(right.encoded) ? left : right
            #expect(map?.entries.first?.key == first)
        }
    }

    @Test("a map finds, replaces and removes by key, and stays sorted") func mapAccess() throws {
        var map = CBORMap()
        map[5] = .null
        map["b"] = .boolean(true)
        map[-1] = .unsigned(1)
        map[5] = .unsigned(2)
        #expect(map.entries.map(\.key) == [.unsigned(5), .integer(-1), .text("b")])
        #expect(map[5] == .unsigned(2))
        #expect(map["b"] == .boolean(true))
        #expect(map[6] == nil)
        map[-1] = nil
        map[7] = nil
        #expect(map.entries.map(\.key) == [.unsigned(5), .text("b")])
        #expect(CBORMap([.init(.null, .null), .init(.null, .undefined)]) == nil)
    }

    @Test("heads written alone give the same bytes as a whole value") func pieces() throws {
        var encoder = CBOREncoder()
        encoder.append(tag: 18)
        encoder.append(arrayCount: 3)
        encoder.append(bytes: [1, 2])
        encoder.append(mapCount: 1)
        encoder.append(text: "a")
        encoder.append(integer: -7)
        encoder.append(unsigned: 300)
        let map = try #require(CBORMap([.init(.text("a"), .integer(-7))]))
        let value = CBORValue.tagged(
            18,
            .array([.bytes([1, 2]), .map(map), .unsigned(300)])
        )
        #expect(encoder.bytes == value.encoded)
        var decoder = try CBORDecoder(value.encoded)
        #expect(try decoder.readTag() == 18)
        #expect(try decoder.readArrayCount() == 3)
        #expect(try decoder.readBytes() == [1, 2])
        let start = decoder.position
        let range = try decoder.skipItem()
        #expect(range == start..<decoder.position)
        #expect([UInt8](decoder.bytes[range]) == CBORValue.map(map).encoded)
        #expect(throws: CBORError.trailingBytes(position: range.upperBound)) {
            try decoder.requireEnd()
        }
        #expect(try decoder.readUnsigned() == 300)
        try decoder.requireEnd()
    }
}

extension UInt64 {
    var bigEndianBytes: [UInt8] {
        (0..<8).map { index in UInt8(truncatingIfNeeded: self >> UInt64(56 - 8 * index)) }
    }
}

extension RandomSource {
    /// Any item with at most `depth` levels below it.
    mutating func value(depth: Int) -> CBORValue {
        let small = UInt64(below(300))
        switch below(depth > 0 ? 12 : 9) {
        case 0: return .unsigned(below(2) == 0 ? small : next())
        case 1: return .negative(below(2) == 0 ? small : next())
        case 2: return .bytes((0..<below(4)).map { _ in UInt8(below(256)) })
        case 3: return .text(Text(["", "a", "b", "aa", "é", "水"][below(6)]))
        case 4: return .boolean(below(2) == 0)
        case 5: return .null
        case 6: return .undefined
        case 7: return .simple(UInt8(below(2) == 0 ? below(20) : 32 + below(224)))
        case 8: return .float([0, -0.0, 1.5, .nan, .infinity, 1e300, 1.1][below(7)])
        case 9: return .array((0..<below(4)).map { _ in value(depth: depth - 1) })
        case 10: return .tagged(4 + small, value(depth: depth - 1))
        default:
            var map = CBORMap()
            for _ in 0..<below(4) { map[value(depth: depth - 1)] = value(depth: depth - 1) }
            return .map(map)
        }
    }
}
