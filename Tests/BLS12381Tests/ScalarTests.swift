import BLS12381
import Cryptography
import Testing
import SeededRandomness

@Suite("BLS12-381: scalars") struct ScalarTests {
    /// The order of the groups.
    private let order = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001"

    @Test("scalars obey the laws of a field") func laws() throws {
        var generator = RandomSource(seed: 7)
        for _ in 0..<50 {
            let (a, b, c) = try (generator.scalar(), generator.scalar(), generator.scalar())
            #expect(a + b == b + a)
            #expect(a * b == b * a)
            #expect((a + b) + c == a + (b + c))
            #expect((a * b) * c == a * (b * c))
            #expect(a * (b + c) == a * b + a * c)
            #expect(a - b == a + -b)
            #expect(a - a == .zero)
            #expect(a * .one == a)
            #expect(a * a.inverse == .one)
            #expect(try Scalar(bytes: a.bytes) == a)
        }
        #expect(Scalar.zero.inverse == .zero)
        #expect(-Scalar.zero == .zero)
        #expect(Scalar.zero.isZero)
        #expect(!Scalar.one.isZero)
    }

    @Test("small numbers add and multiply as integers do") func small() {
        var generator = RandomSource(seed: 8)
        for _ in 0..<100 {
            let (a, b) = (generator.next() >> 33, generator.next() >> 33)
            #expect(Scalar(a) + Scalar(b) == Scalar(a + b))
            #expect(Scalar(a) * Scalar(b) == Scalar(a * b))
            #expect(Scalar(max(a, b)) - Scalar(min(a, b)) == Scalar(max(a, b) - min(a, b)))
        }
    }

    @Test("from the order on a number is no scalar") func range() throws {
        let r = try Hex.decode(order)
        #expect(throws: BLSError.scalarOutOfRange) { try Scalar(bytes: r) }
        #expect(throws: BLSError.scalarOutOfRange) {
            try Scalar(bytes: [UInt8](repeating: 0xff, count: 32))
        }
        var last = r
        last[31] = 0
        #expect(try Scalar(bytes: last) == -.one)
        #expect((-Scalar.one).bytes == last)
        #expect(throws: BLSError.wrongLength(expected: 32, actual: 31)) {
            try Scalar(bytes: Array(r.dropLast()))
        }
    }

    @Test("48 bytes are reduced, whatever they are") func reduction() throws {
        let r = try Hex.decode(order)
        let zeros = [UInt8](repeating: 0, count: 16)
        #expect(try Scalar(reducing: zeros + r) == .zero)
        #expect(try Scalar(reducing: zeros + [UInt8](repeating: 0, count: 31) + [9]) == Scalar(9))
        #expect(try Scalar(reducing: r + zeros) == .zero)
        // 2^384 - 1, added up byte by byte.
        var value = Scalar.zero
        for _ in 0..<48 { value = value * Scalar(256) + Scalar(255) }
        #expect(try Scalar(reducing: [UInt8](repeating: 255, count: 48)) == value)
        var generator = RandomSource(seed: 9)
        for _ in 0..<20 {
            let bytes = generator.bytes(48)
            let sum = bytes.reduce(Scalar.zero) { sum, byte in
                sum * Scalar(256) + Scalar(UInt64(byte))
            }
            #expect(try Scalar(reducing: bytes) == sum)
        }
        #expect(throws: BLSError.wrongLength(expected: 48, actual: 32)) {
            try Scalar(reducing: r)
        }
    }

    @Test("no text and no dump shows a scalar") func redaction() {
        let scalar = Scalar(0x1234_5678)
        var text = ""
        dump(scalar, to: &text)
        for shown in ["\(scalar)", String(reflecting: scalar), text] {
            #expect(shown.contains("not shown"))
            #expect(!shown.contains { character in character.isNumber && character != "0" })
        }
    }
}
