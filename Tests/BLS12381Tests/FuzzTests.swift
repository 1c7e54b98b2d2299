import BLS12381
import Cryptography
import Foundation
import Testing
import SeededRandomness
import TestSupport

/// What decoders do with bytes that are almost right.
@Suite("BLS12-381: damaged encodings") struct FuzzTests {
    /// One way to read bytes: an element's bytes and whether it has the right order, or a refusal.
    struct Decoder: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var samples: [[UInt8]]
        /// Throws what the decoder throws.
        var read: @Sendable (_ bytes: [UInt8]) throws(BLSError) -> (bytes: [UInt8], hasOrder: Bool)
    }

    /// The order of the groups, whose bits lead from a point to its multiple.
    private static let order: [UInt64] = [
        0x73ed_a753_299d_7d48, 0x3339_d808_09a1_d805, 0x53bd_a402_fffe_5bfe, 0xffff_ffff_0000_0001,
    ]

    /// The multiple by the order, by additions alone: faster ways rely on what is to be shown.
    private static func timesOrder<Element>(
        _ element: Element,
        _ identity: Element,
        _ add: (Element, Element) -> Element
    ) -> Element {
        var result = identity
        for word in order {
            for bit in (0..<64).reversed() {
                result = add(result, result)
                if word >> UInt64(bit) & 1 == 1 { result = add(result, element) }
            }
        }
        return result
    }

    private static func hasOrder(_ element: G1Element) -> Bool {
        timesOrder(element, .identity, +).isIdentity
    }

    private static func hasOrder(_ element: G2Element) -> Bool {
        timesOrder(element, .identity, +).isIdentity
    }

    private static let decoders: [Decoder] = {
        let scalars = [Scalar(0), Scalar(1), Scalar(2), -Scalar(1), Scalar(1 << 60)]
        let first = scalars.map { scalar in scalar * G1Element.generator }
        let second = scalars.map { scalar in scalar * G2Element.generator }
        return [
            Decoder(testDescription: "G1, compressed", samples: first.map(\.compressed)) {
                bytes throws(BLSError) in
                let element = try G1Element(compressed: bytes)
                return (element.compressed, hasOrder(element))
            },
            Decoder(testDescription: "G1, uncompressed", samples: first.map(\.uncompressed)) {
                bytes throws(BLSError) in
                let element = try G1Element(uncompressed: bytes)
                return (element.uncompressed, hasOrder(element))
            },
            Decoder(testDescription: "G2, compressed", samples: second.map(\.compressed)) {
                bytes throws(BLSError) in
                let element = try G2Element(compressed: bytes)
                return (element.compressed, hasOrder(element))
            },
            Decoder(testDescription: "G2, uncompressed", samples: second.map(\.uncompressed)) {
                bytes throws(BLSError) in
                let element = try G2Element(uncompressed: bytes)
                return (element.uncompressed, hasOrder(element))
            },
            Decoder(testDescription: "signature", samples: first.map(\.compressed)) {
                bytes throws(BLSError) in
                let element = try Signature(compressed: bytes).element
                return (element.compressed, hasOrder(element) && !element.isIdentity)
            },
            Decoder(testDescription: "public key", samples: second.map(\.compressed)) {
                bytes throws(BLSError) in
                let element = try PublicKey(compressed: bytes).element
                return (element.compressed, hasOrder(element) && !element.isIdentity)
            },
            Decoder(testDescription: "secret key", samples: scalars.map(\.bytes)) {
                bytes throws(BLSError) in
                let key = try SecretKey(bytes: bytes)
                return (key.scalar.bytes, !key.scalar.isZero)
            },
        ]
    }()

    @Test(
        "what is accepted has these bytes as its only encoding and lies in the group",
        arguments: decoders
    )
    func damage(decoder: Decoder) throws {
        var accepted = 0
        var refusals: [BLSError] = []
        for seed in 0..<UInt64(600 * effort) {
            var damager = Damager(seed: seed)
            let bytes = damager.damaged(decoder.samples)
            do throws(BLSError) {
                let (encoded, hasOrder) = try decoder.read(bytes)
                accepted += 1
                #expect(encoded == bytes, "seed \(seed): \(Hex.encode(bytes))")
                #expect(hasOrder, "seed \(seed): \(Hex.encode(bytes))")
            } catch {
                refusals.append(error)
            }
        }
        // Otherwise the damage is too heavy, or too light, to find anything.
        #expect(accepted > 20)
        #expect(refusals.count > 100)
        let kinds = refusals.reduce(into: [BLSError]()) { kinds, error in
            if !kinds.contains(error) { kinds.append(error) }
        }
        #expect(kinds.count >= 3, "\(kinds)")
    }
}

/// Changes good encodings in the ways that decoders get wrong.
private struct Damager {
    private var generator: RandomSource

    /// The modulus of the base field, in words from the highest.
    private static let modulus: [UInt64] = [
        0x1a01_11ea_397f_e69a, 0x4b1b_a7b6_434b_acd7, 0x6477_4b84_f385_12bf,
        0x6730_d2a0_f6b0_f624, 0x1eab_fffe_b153_ffff, 0xb9fe_ffff_ffff_aaab,
    ]

    init(seed: UInt64) { generator = RandomSource(seed: seed) }

    private mutating func below(_ bound: Int) -> Int { Int(generator.next() % UInt64(bound)) }

    /// A sample after one to three changes, or unchanged now and then.
    mutating func damaged(_ samples: [[UInt8]]) -> [UInt8] {
        var bytes = samples[below(samples.count)]
        if below(10) == 0 { return bytes }
        for _ in 0...below(3) where !bytes.isEmpty { change(&bytes, samples) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8], _ samples: [[UInt8]]) {
        let position = below(bytes.count)
        switch below(9) {
        case 0: bytes[position] ^= 1 << UInt8(below(8))
        case 1: bytes[position] = [0, 1, 0x7f, 0x80, 0xff][below(5)]
        case 2: bytes[0] = bytes[0] & 0x1f | UInt8(below(8)) << 5
        // The negation of a compressed point.
        case 3: bytes[0] ^= 0x20
        case 4: bytes.removeLast(1 + below(bytes.count))
        case 5: bytes.append(contentsOf: generator.bytes(1 + below(4)))
        case 6: putModulus(in: &bytes)
        case 7:
            let other = samples[below(samples.count)]
            bytes.replaceSubrange(position..., with: other.dropFirst(position))
        default:
            // Any x at all: half of them are on the curve, hardly one in the group.
            bytes = bytes.enumerated().map { index, byte in
                index == 0 ? byte & 0xe0 | UInt8(below(0x1a)) : UInt8(below(256))
            }
        }
    }

    /// Puts the modulus, or a number near it, in the place of a coordinate.
    private mutating func putModulus(in bytes: inout [UInt8]) {
        let places = bytes.count / 48
        guard places > 0 else { return }
        var number = Self.modulus.flatMap { word in
            stride(from: 56, through: 0, by: -8).map { shift in
                UInt8(truncatingIfNeeded: word >> UInt64(shift))
            }
        }
        number[47] = number[47] &+ UInt8(below(3)) &- 1
        let start = 48 * below(places)
        let flags = bytes[start] & 0xe0
        bytes.replaceSubrange(start..<start + 48, with: number)
        bytes[start] |= flags
    }
}
