import BLS12381
import Cryptography
import Testing
import SeededRandomness

@Suite("BLS12-381: strict encodings") struct EncodingTests {
    /// The modulus of the base field.
    private let modulus =
        "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab"

    @Test("random elements come back from each encoding, and so do their negations")
    func roundTrips() throws {
        var generator = RandomSource(seed: 1)
        for _ in 0..<20 {
            let left = try generator.g1()
            for element in [left, -left] {
                #expect(element.compressed.count == G1Element.compressedByteCount)
                #expect(try G1Element(compressed: element.compressed) == element)
                #expect(try G1Element(uncompressed: element.uncompressed) == element)
            }
            #expect(left.compressed[0] ^ (-left).compressed[0] == 0x20)
            let right = try generator.g2()
            for element in [right, -right] {
                #expect(element.compressed.count == G2Element.compressedByteCount)
                #expect(try G2Element(compressed: element.compressed) == element)
                #expect(try G2Element(uncompressed: element.uncompressed) == element)
            }
            #expect(right.compressed[0] ^ (-right).compressed[0] == 0x20)
        }
    }

    @Test("infinity has one encoding of each kind, and every other one is refused")
    func infinity() throws {
        for (count, flags, isFirst) in [
            (48, 0xc0, true), (96, 0x40, true), (96, 0xc0, false), (192, 0x40, false),
        ]
            as [(Int, UInt8, Bool)]
        {
            var bytes = [UInt8](repeating: 0, count: count)
            bytes[0] = flags
            #expect(try isIdentity(bytes, isFirst: isFirst))
            for position in bytes.indices {
                var wrong = bytes
                wrong[position] |= 1
                #expect(throws: BLSError.notCanonical) { try isIdentity(wrong, isFirst: isFirst) }
            }
            var wrong = bytes
            wrong[0] |= 0x20
            #expect(throws: BLSError.wrongFlags) { try isIdentity(wrong, isFirst: isFirst) }
        }
        #expect(G1Element.identity.compressed == [0xc0] + [UInt8](repeating: 0, count: 47))
        #expect(G1Element.identity.uncompressed == [0x40] + [UInt8](repeating: 0, count: 95))
        #expect(G2Element.identity.compressed == [0xc0] + [UInt8](repeating: 0, count: 95))
        #expect(G2Element.identity.uncompressed == [0x40] + [UInt8](repeating: 0, count: 191))
    }

    private func isIdentity(_ bytes: [UInt8], isFirst: Bool) throws -> Bool {
        let isCompressed = bytes.count == (isFirst ? 48 : 96)
        return switch (isFirst, isCompressed) {
        case (true, true): try G1Element(compressed: bytes).isIdentity
        case (true, false): try G1Element(uncompressed: bytes).isIdentity
        case (false, true): try G2Element(compressed: bytes).isIdentity
        case (false, false): try G2Element(uncompressed: bytes).isIdentity
        }
    }

    @Test("a wrong number of bytes is refused with both numbers") func lengths() {
        for count in [0, 1, 47, 49, 95, 97, 191, 193] {
            let bytes = [UInt8](repeating: 0x80, count: count)
            #expect(throws: BLSError.wrongLength(expected: 48, actual: count)) {
                try G1Element(compressed: bytes)
            }
            #expect(throws: BLSError.wrongLength(expected: 96, actual: count)) {
                try G1Element(uncompressed: bytes)
            }
            #expect(throws: BLSError.wrongLength(expected: 96, actual: count)) {
                try G2Element(compressed: bytes)
            }
            #expect(throws: BLSError.wrongLength(expected: 192, actual: count)) {
                try G2Element(uncompressed: bytes)
            }
        }
    }

    @Test("the flag of compression must fit, and an uncompressed point has no sign")
    func flags() throws {
        var short = G1Element.generator.compressed
        short[0] &= 0x7f
        #expect(throws: BLSError.wrongFlags) { try G1Element(compressed: short) }
        var long = G1Element.generator.uncompressed
        for flag in [0x80, 0x20, 0xa0] as [UInt8] {
            long[0] |= flag
            #expect(throws: BLSError.wrongFlags) { try G1Element(uncompressed: long) }
            long[0] &= 0x1f
        }
        var short2 = G2Element.generator.compressed
        short2[0] &= 0x7f
        #expect(throws: BLSError.wrongFlags) { try G2Element(compressed: short2) }
        var long2 = G2Element.generator.uncompressed
        long2[0] |= 0x20
        #expect(throws: BLSError.wrongFlags) { try G2Element(uncompressed: long2) }
    }

    @Test("a coordinate must be less than the modulus, wherever it stands") func canonical() throws
    {
        let p = try Hex.decode(modulus)
        let ones = [0x1f] + [UInt8](repeating: 0xff, count: 47)
        for large in [p, ones] {
            var flagged = large
            flagged[0] |= 0x80
            #expect(throws: BLSError.notCanonical) { try G1Element(compressed: flagged) }
            let good = Array(G1Element.generator.uncompressed[48...])
            #expect(throws: BLSError.notCanonical) { try G1Element(uncompressed: large + good) }
            #expect(throws: BLSError.notCanonical) {
                try G1Element(uncompressed: Array(G1Element.generator.uncompressed[..<48]) + large)
            }
            #expect(throws: BLSError.notCanonical) { try G2Element(compressed: flagged + good) }
            let generator = G2Element.generator.uncompressed
            for start in stride(from: 0, to: 192, by: 48) {
                var bytes = generator
                bytes.replaceSubrange(start..<start + 48, with: large)
                #expect(throws: BLSError.notCanonical) { try G2Element(uncompressed: bytes) }
            }
            var compressed = G2Element.generator.compressed
            compressed.replaceSubrange(48..<96, with: large)
            #expect(throws: BLSError.notCanonical) { try G2Element(compressed: compressed) }
        }
    }

    @Test("coordinates off the curve are refused") func curve() throws {
        // x = 1 on G1's curve would need the root of 5, which is not in the field.
        let one = [0x80] + [UInt8](repeating: 0, count: 46) + [1]
        #expect(throws: BLSError.notOnCurve) { try G1Element(compressed: one) }
        var generator = RandomSource(seed: 2)
        var outcomes: [BLSError] = []
        for _ in 0..<60 {
            var bytes = generator.bytes(96)
            bytes[0] = 0x80 | (bytes[0] & 0x0f)
            bytes[48] &= 0x0f
            let error = #expect(throws: BLSError.self) { try G2Element(compressed: bytes) }
            try outcomes.append(#require(error))
        }
        let offCurve = outcomes.count { error in error == .notOnCurve }
        let outside = outcomes.count { error in error == .notInSubgroup }
        #expect(offCurve > 10)
        #expect(outside > 10)
        #expect(offCurve + outside == 60)
        for position in [47, 95] {
            var bytes = G1Element.generator.uncompressed
            bytes[position] ^= 1
            #expect(throws: BLSError.notOnCurve) { try G1Element(uncompressed: bytes) }
        }
        for position in [47, 95, 143, 191] {
            var bytes = G2Element.generator.uncompressed
            bytes[position] ^= 1
            #expect(throws: BLSError.notOnCurve) { try G2Element(uncompressed: bytes) }
        }
    }

    @Test("uncompressed points outside the subgroup are refused too") func uncompressedSubgroup() {
        // (0, 2) has order 3.
        var bytes = [UInt8](repeating: 0, count: 96)
        bytes[95] = 2
        #expect(throws: BLSError.notInSubgroup) { try G1Element(uncompressed: bytes) }
    }

    @Test("the identity is neither a key nor a signature") func identities() throws {
        #expect(throws: BLSError.identity) { try Signature(.identity) }
        #expect(throws: BLSError.identity) {
            try Signature(compressed: G1Element.identity.compressed)
        }
        #expect(throws: BLSError.identity) {
            try Signature(uncompressed: G1Element.identity.uncompressed)
        }
        #expect(throws: BLSError.identity) { try PublicKey(.identity) }
        #expect(throws: BLSError.identity) {
            try PublicKey(compressed: G2Element.identity.compressed)
        }
        #expect(throws: BLSError.identity) {
            try PublicKey(uncompressed: G2Element.identity.uncompressed)
        }
    }
}
