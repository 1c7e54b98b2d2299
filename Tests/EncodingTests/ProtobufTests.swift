import Encoding
import SeededRandomness
import TestSupport
import Testing

@Suite("Protocol Buffers") struct ProtobufTests {
    /// The fields of a message as texts.
    static func read(
        _ bytes: [UInt8],
        limits: DecodingLimits = .standard
    ) throws(ProtobufError) -> [String] {
        var reader = try ProtobufReader(bytes, limits: limits)
        var fields: [String] = []
        while let field = try reader.next() {
            switch field.value {
            case .varint(let number): fields.append("\(field.number):\(number)")
            case .fixed64(let number): fields.append("\(field.number):f\(number)")
            case .fixed32(let number): fields.append("\(field.number):s\(number)")
            case .bytes(let range): fields.append("\(field.number):\(range.count)b")
            }
        }
        return fields
    }

    @Test(
        "the examples of the format's description are read as it says",
        arguments: [
            ([0x08, 0x96, 0x01], ["1:150"]),
            ([0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6E, 0x67], ["2:7b"]),
            ([0x1A, 0x03, 0x08, 0x96, 0x01], ["3:3b"]),
            ([0x32, 0x06, 0x03, 0x8E, 0x02, 0x9E, 0xA7, 0x05], ["6:6b"]),
            // A longer form than necessary, the highest numbers, and fixed widths.
            ([0x08, 0x96, 0x81, 0x00], ["1:150"]),
            ([0x08] + Array(repeating: 0xFF, count: 9) + [0x01], ["1:18446744073709551615"]),
            ([0xF8, 0xFF, 0xFF, 0xFF, 0x0F, 0x01], ["536870911:1"]),
            ([0x09, 1, 0, 0, 0, 0, 0, 0, 0x80], ["1:f9223372036854775809"]),
            ([0x0D, 1, 0, 0, 0x80], ["1:s2147483649"]), ([], []),
        ] as [([UInt8], [String])]
    )
    func reads(bytes: [UInt8], fields: [String]) throws {
        #expect(try Self.read(bytes) == fields)
    }

    @Test(
        "what is no message is refused with the reason and the place",
        arguments: [
            ([0x08], .truncated(position: 1)), ([0x80], .truncated(position: 0)),
            ([0x08, 0x80], .truncated(position: 1)), ([0x12, 0x02, 0x41], .truncated(position: 0)),
            ([0x12] + Array(repeating: 0xFF, count: 9) + [0x01], .truncated(position: 0)),
            ([0x09, 1, 2, 3, 4, 5, 6, 7], .truncated(position: 1)),
            ([0x0D, 1, 2, 3], .truncated(position: 1)),
            ([0x08] + Array(repeating: 0xFF, count: 9) + [0x02], .overlongVarint(position: 1)),
            ([0x08] + Array(repeating: 0x80, count: 10) + [0x00], .overlongVarint(position: 1)),
            ([0x00, 0x01], .invalidNumber(position: 0)),
            ([0x80, 0x80, 0x80, 0x80, 0x10, 0x01], .invalidNumber(position: 0)),
            // Groups, and the two types that do not exist.
            ([0x0B, 0x0C], .unknownType(position: 0)), ([0x0C], .unknownType(position: 0)),
            ([0x08, 0x01, 0x0E], .unknownType(position: 2)), ([0x0F], .unknownType(position: 0)),
        ] as [([UInt8], ProtobufError)]
    )
    func refuses(bytes: [UInt8], error: ProtobufError) {
        #expect(throws: error) { try Self.read(bytes) }
    }

    @Test("size, depth, types and texts are checked")
    func checks() throws {
        #expect(throws: ProtobufError.tooLarge(position: 2)) {
            try Self.read([8, 1, 8], limits: DecodingLimits(bytesMax: 2, depthMax: 1))
        }
        var outer = try ProtobufReader(
            [0x0A, 0x02, 0x0A, 0x00],
            limits: DecodingLimits(bytesMax: 10, depthMax: 2)
        )
        let field = try #require(try outer.next())
        var inner = try outer.message(field)
        let deepest = try #require(try inner.next())
        #expect(throws: ProtobufError.tooDeep(position: 2)) { _ = try inner.message(deepest) }
        #expect(throws: ProtobufError.unexpectedType(position: 0)) { _ = try outer.number(field) }
        var texts = try ProtobufReader([0x0A, 0x02, 0xC3, 0x28, 0x08, 0x01])
        let text = try #require(try texts.next())
        #expect(throws: ProtobufError.invalidUTF8(position: 2)) { _ = try texts.text(text) }
        let number = try #require(try texts.next())
        #expect(throws: ProtobufError.unexpectedType(position: 4)) { _ = try texts.text(number) }
        #expect(throws: ProtobufError.unexpectedType(position: 4)) { _ = try texts.bytes(number) }
    }

    @Test("standard values are left out, and presence is written where it counts")
    func leavesOut() {
        var writer = ProtobufWriter()
        writer.add(1, 0)
        writer.add(2, false)
        writer.add(3, "")
        writer.add(4, bytes: [])
        writer.add(5, text: { _ in })
        #expect(writer.bytes.isEmpty)
        writer.add(6, message: { _ in })
        #expect(writer.bytes == [0x32, 0x00])
    }

    @Test("what was written is read again, in messages of every length")
    func roundTrips() throws {
        for count in [0, 1, 126, 127, 128, 129, 16_383, 16_384, 70_000] {
            let content = Array(repeating: UInt8(ascii: "x"), count: count)
            var writer = ProtobufWriter()
            writer.add(
                15,
                message: { writer in
                    writer.add(1, text: { text in text += content })
                    writer.add(16, signed: -1)
                    writer.add(536_870_911, true)
                }
            )
            var reader = try ProtobufReader(writer.bytes)
            var inner = try reader.message(try #require(try reader.next()))
            if count > 0 {
                #expect(try inner.bytes(try #require(try inner.next())) == content)
            }
            let negative = try #require(try inner.next())
            #expect(try inner.number(negative) == .max)
            #expect(try inner.next()?.number == 536_870_911)
            #expect(try inner.next() == nil)
            #expect(try reader.next() == nil)
        }
    }

    @Test("damaged messages are read within bounds or refused, never anything else")
    func survivesDamage() throws {
        var generator = RandomSource(seed: 31)
        var refused = 0
        let rounds = 20_000 * effort
        for _ in 0..<rounds {
            var writer = ProtobufWriter()
            for _ in 0..<generator.below(6) {
                let number = UInt32(1 + generator.below(20))
                let value = generator.next() >> UInt64(generator.below(64))
                switch generator.below(3) {
                case 0: writer.add(number, value)
                case 1: writer.add(number, bytes: generator.bytes(generator.below(9)))
                default: writer.add(number, message: { $0.add(1, value) })
                }
            }
            var bytes = writer.bytes
            _ = try Self.read(bytes)
            generator.mutate(&bytes)
            do throws(ProtobufError) {
                #expect(try Self.read(bytes).count <= bytes.count)
            } catch {
                refused += 1
            }
        }
        #expect(refused > rounds / 10)
        #expect(refused < rounds)
    }
}
