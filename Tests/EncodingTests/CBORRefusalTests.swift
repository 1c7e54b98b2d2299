import Encoding
import Testing
import SeededRandomness

@Suite("CBOR that is refused") struct CBORRefusalTests {
    /// Bytes, the error, and what makes them acceptable, if anything does.
    struct Row: CustomTestStringConvertible, Sendable {
        var bytes: String
        var error: CBORError
        var leniency: CBORLeniency = []

        init(_ bytes: String, _ error: CBORError, _ leniency: CBORLeniency = []) {
            (self.bytes, self.error, self.leniency) = (bytes, error, leniency)
        }

        var testDescription: String { "\(bytes): \(error)" }
    }

    static let rows = [
        // Nothing, or too little.
        Row("", .truncated(position: 0)),
        Row("18", .truncated(position: 0)), Row("19ff", .truncated(position: 0)),
        Row("1affffff", .truncated(position: 0)), Row("1bffffffffffffff", .truncated(position: 0)),
        Row("41", .truncated(position: 0)), Row("8301", .truncated(position: 0)),
        Row("820102ff", .trailingBytes(position: 3)), Row("a1", .truncated(position: 0)),
        Row("a101", .truncated(position: 0)), Row("c1", .truncated(position: 1)),
        Row("8141", .truncated(position: 1)), Row("830118", .truncated(position: 0)),
        Row("5bffffffffffffffff", .truncated(position: 0)),
        Row("9bffffffffffffffff00", .truncated(position: 0)),
        Row("bb7fffffffffffffff00", .truncated(position: 0)),
        Row("7bffffffffffffffff61", .truncated(position: 0)),
        // Too much.
        Row("0000", .trailingBytes(position: 1)), Row("f6f6", .trailingBytes(position: 1)),
        Row("80ff", .trailingBytes(position: 1)),
        // First bytes without a meaning, and breaks out of place.
        Row("1c", .reserved(position: 0)), Row("3d", .reserved(position: 0)),
        Row("5e", .reserved(position: 0)), Row("fc", .reserved(position: 0)),
        Row("1f", .reserved(position: 0)), Row("3f", .reserved(position: 0)),
        Row("df00", .reserved(position: 0)), Row("ff", .reserved(position: 0)),
        Row("81ff", .reserved(position: 1)), Row("a1ff00", .reserved(position: 1)),
        Row("a100ff", .reserved(position: 2)), Row("c1ff", .reserved(position: 1)),
        Row("f800", .reserved(position: 0)), Row("f814", .reserved(position: 0)),
        Row("f818", .reserved(position: 0)), Row("f81f", .reserved(position: 0)),
        // Forms that are longer than needed.
        Row("1800", .notShortest(position: 0), .longForms),
        Row("1817", .notShortest(position: 0), .longForms),
        Row("1900ff", .notShortest(position: 0), .longForms),
        Row("1a0000ffff", .notShortest(position: 0), .longForms),
        Row("1b00000000ffffffff", .notShortest(position: 0), .longForms),
        Row("3817", .notShortest(position: 0), .longForms),
        Row("580141", .notShortest(position: 0), .longForms),
        Row("780141", .notShortest(position: 0), .longForms),
        Row("980100", .notShortest(position: 0), .longForms),
        Row("b8010000", .notShortest(position: 0), .longForms),
        Row("d80100", .notShortest(position: 0), .longForms),
        Row("82001803", .notShortest(position: 2), .longForms),
        // Big numbers that fit an integer, have leading zeros, or are none.
        Row("c240", .notShortest(position: 0)),
        Row("c248ffffffffffffffff", .notShortest(position: 0)),
        Row("c34900ffffffffffffffff", .notShortest(position: 0)),
        Row("c200", .unexpectedType(position: 0)),
        // Floats.
        Row("fa3f800000", .notShortestFloat(position: 0), .longForms),
        Row("fb3ff8000000000000", .notShortestFloat(position: 0), .longForms),
        Row("fb3fb99999a0000000", .notShortestFloat(position: 0), .longForms),
        Row("fa33800000", .notShortestFloat(position: 0), .longForms),
        Row("81fa7fc00000", .notShortestFloat(position: 1), .longForms),
        Row("f97e01", .notShortestFloat(position: 0), .longForms),
        Row("f9fe00", .notShortestFloat(position: 0), .longForms),
        Row("f97c01", .notShortestFloat(position: 0), .longForms),
        // Lengths that are not given.
        Row("5f4100ff", .indefiniteLength(position: 0), .indefiniteLengths),
        Row("7f6161ff", .indefiniteLength(position: 0), .indefiniteLengths),
        Row("9fff", .indefiniteLength(position: 0), .indefiniteLengths),
        Row("bfff", .indefiniteLength(position: 0), .indefiniteLengths),
        Row("819fff", .indefiniteLength(position: 1), .indefiniteLengths),
        // Text.
        Row("61ff", .invalidUTF8(position: 1)), Row("62c0af", .invalidUTF8(position: 1)),
        Row("6461eda080", .invalidUTF8(position: 2)), Row("6161c3", .trailingBytes(position: 2)),
        Row("61c3a9", .invalidUTF8(position: 1)), Row("64f5808080", .invalidUTF8(position: 1)),
        // Keys.
        Row("a202000100", .unsortedKey(position: 3), .unsortedKeys),
        Row("a2616200616100", .unsortedKey(position: 4), .unsortedKeys),
        Row("a26261610061ff00", .invalidUTF8(position: 6)),
        Row("a2626161006162f6", .unsortedKey(position: 5), .unsortedKeys),
        Row("a220000000", .unsortedKey(position: 3), .unsortedKeys),
        Row("81a202000100", .unsortedKey(position: 4), .unsortedKeys),
        Row("a201000100", .duplicateKey(position: 3)),
        Row("a301000200020a", .duplicateKey(position: 5)),
        Row("a2f97e0000f97e0000", .duplicateKey(position: 5)),
    ]

    @Test("gives the error and the position, and a leniency accepts its own forms", arguments: rows)
    func refusal(row: Row) throws {
        let bytes = try hex(row.bytes)
        #expect(throws: row.error) { try CBORValue(decoding: bytes) }
        if row.leniency.isEmpty {
            #expect(throws: CBORError.self) { try CBORValue(decoding: bytes, accepting: .all) }
            return
        }
        let value = try CBORValue(decoding: bytes, accepting: row.leniency)
        #expect(value.encoded != bytes)
        let others = CBORLeniency.all.subtracting(row.leniency)
        #expect(throws: row.error) { try CBORValue(decoding: bytes, accepting: others) }
    }

    @Test("is refused with every leniency too when its meaning is not clear")
    func lenient() throws {
        let rows = [
            Row("a3010002000100", .duplicateKey(position: 5)),
            Row("a20100180100", .duplicateKey(position: 3)),
            Row("a2f97e0000fa7fc0000000", .duplicateKey(position: 5)),
            Row("bf01000100ff", .duplicateKey(position: 3)),
            Row("bf01ff", .reserved(position: 2)), Row("bf01", .truncated(position: 2)),
            Row("9f01", .truncated(position: 2)), Row("5f4101", .truncated(position: 3)),
            Row("5f01ff", .reserved(position: 1)), Row("5f6161ff", .reserved(position: 1)),
            Row("5f5fffff", .reserved(position: 1)), Row("7f61c361a9ff", .invalidUTF8(position: 2)),
        ]
        for row in rows {
            #expect(throws: row.error, "\(row.bytes)") {
                try CBORValue(decoding: try hex(row.bytes), accepting: .all)
            }
        }
        // Only what was asked for is accepted: keys of an indefinite map must still be sorted.
        #expect(throws: CBORError.unsortedKey(position: 3)) {
            try CBORValue(decoding: try hex("bf02000100ff"), accepting: .indefiniteLengths)
        }
    }

    @Test("the limits of depth and size hold exactly") func limits() throws {
        let limits = DecodingLimits(bytesMax: 8, depthMax: 3)
        for head in ["81", "c1", "a100"] {
            let width = head.count / 2
            let three = try hex(String(repeating: head, count: 3) + "00")
            let four = try hex(String(repeating: head, count: 4) + "00")
            let wide = DecodingLimits(bytesMax: 100, depthMax: 3)
            #expect(throws: Never.self) { try CBORValue(decoding: three, limits: wide) }
            #expect(throws: CBORError.tooDeep(position: 3 * width)) {
                try CBORValue(decoding: four, limits: wide)
            }
        }
        let eight = CBORValue.bytes([UInt8](repeating: 0, count: 7)).encoded
        #expect(throws: Never.self) { try CBORValue(decoding: eight, limits: limits) }
        let nine = CBORValue.bytes([UInt8](repeating: 0, count: 8)).encoded
        #expect(throws: CBORError.tooLarge(position: 8)) {
            try CBORValue(decoding: nine, limits: limits)
        }
        let deep = [UInt8](repeating: 0x81, count: 1 << 20)
        #expect(throws: CBORError.tooDeep(position: 32)) { try CBORValue(decoding: deep) }
    }

    @Test("an item of another type than asked for is refused") func types() throws {
        let rows: [(String, (inout CBORDecoder) throws -> Void)] = [
            ("a0", { decoder in _ = try decoder.readArrayCount() }),
            ("80", { decoder in _ = try decoder.readMapCount() }),
            ("60", { decoder in _ = try decoder.readBytes() }),
            ("20", { decoder in _ = try decoder.readUnsigned() }),
            ("00", { decoder in _ = try decoder.readTag() }),
            ("9fff", { decoder in _ = try decoder.readArrayCount() }),
        ]
        for (bytes, read) in rows {
            var decoder = try CBORDecoder(try hex(bytes), accepting: .indefiniteLengths)
            #expect(throws: CBORError.unexpectedType(position: 0), "\(bytes)") {
                try read(&decoder)
            }
        }
        var decoder = try CBORDecoder(try hex("a1"))
        #expect(throws: CBORError.truncated(position: 0)) { try decoder.readMapCount() }
    }

    @Test("every beginning of an item is refused as truncated") func beginnings() throws {
        var generator = RandomSource(seed: 5)
        for _ in 0..<200 {
            let bytes = generator.value(depth: 3).encoded
            for count in bytes.indices {
                do {
                    _ = try CBORValue(decoding: [UInt8](bytes[..<count]))
                    Issue.record("\(bytes) accepted after \(count)")
                } catch {
                    guard case .truncated = error else {
                        Issue.record("\(bytes) after \(count): \(error)")
                        continue
                    }
                }
            }
        }
    }

    @Test("whatever decodes encodes to the same bytes, and nothing crashes the decoder")
    func fuzz() throws {
        var generator = RandomSource(seed: 6)
        var accepted = 0
        for _ in 0..<10_000 {
            var bytes = generator.value(depth: 4).encoded
            generator.mutate(&bytes)
            if let value = try? CBORValue(decoding: bytes) {
                accepted += 1
                if value.encoded != bytes { Issue.record("\(bytes)") }
            }
            if let value = try? CBORValue(decoding: bytes, accepting: .all),
                try CBORValue(decoding: value.encoded) != value
            {
                Issue.record("\(bytes)")
            }
        }
        #expect(accepted > 1_000)
    }
}
