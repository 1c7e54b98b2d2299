import COpenSSL
import Cryptography
import KeyStore
import Testing

/// What `NativePublicKey` takes and refuses.
@Suite("Signatures of authenticators") struct SignatureTests {
    private static let message = Array("a message".utf8)

    @Test("a key of P-256 is a point of the curve")
    func points() throws {
        let bytes = AuthenticatorKey(.es256).publicBytes
        let (x, y) = (Array(bytes[1..<33]), Array(bytes[33...]))
        #expect(NativePublicKey.p256(x: x, y: y) != nil)
        var other = y
        other[31] ^= 1
        let zero = [UInt8](repeating: 0, count: 32)
        let most = [UInt8](repeating: 0xff, count: 32)
        for (x, y) in [
            (x, other), (zero, zero), (most, most), (x, most), (Array(x.dropLast()), y),
            ([0] + x, y), (x, []), (x + y, []),
        ] {
            #expect(NativePublicKey.p256(x: x, y: y) == nil)
        }
    }

    @Test("a key of RSA has 2,048 to 4,096 bits, an odd modulus and the usual exponent")
    func moduli() {
        let good = AuthenticatorKey(.rs256).publicBytes
        func key(_ modulus: [UInt8], _ exponent: [UInt8] = [1, 0, 1]) -> NativePublicKey? {
            NativePublicKey.rsa(modulus: modulus, exponent: exponent)
        }
        #expect(key(good) != nil)
        for exponent in [[], [3], [1], [0, 1, 0, 1], [1, 0, 0], [1, 0, 1, 0]] as [[UInt8]] {
            #expect(key(good, exponent) == nil)
        }
        let half = Array(good[..<255]) + [good[255] & ~1]
        let short = [0x7f] + good.dropFirst()
        let long = [0x01] + good + good
        for modulus in [[], half, short, long, [0] + good, Array(good[..<128]), [1]] {
            #expect(key(modulus) == nil)
        }
        #expect(key([0x80] + [UInt8](repeating: 1, count: 511)) != nil)
    }

    /// The two numbers of a signature of ECDSA.
    private func numbers(_ signature: [UInt8]) -> (r: [UInt8], s: [UInt8]) {
        let count = Int(signature[3])
        return (Array(signature[4..<4 + count]), Array(signature[(6 + count)...]))
    }

    private func der(_ r: [UInt8], _ s: [UInt8]) -> [UInt8] {
        let content = [0x02, UInt8(r.count)] + r + [0x02, UInt8(s.count)] + s
        return [0x30, UInt8(content.count)] + content
    }

    @Test("a signature of ECDSA has one form")
    func forms() throws {
        let secret = AuthenticatorKey(.es256)
        let bytes = secret.publicBytes
        let key = try #require(
            NativePublicKey.p256(x: Array(bytes[1..<33]), y: Array(bytes[33...]))
        )
        for _ in 0..<20 {
            let good = secret.sign(Self.message)
            #expect(key.verifies(good, of: Self.message))
            #expect(!key.verifies(good, of: Self.message + [0]))
            let (r, s) = numbers(good)
            #expect(der(r, s) == good)
            let raw =
                [r, s].flatMap { number in
                    let digits = Array(number.drop { $0 == 0 })
                    return [UInt8](repeating: 0, count: 32 - digits.count) + digits
                }
            let others = [
                der([0] + r, s), der(r, [0] + s), der([], s), der(r, []), der([0], s), der(r, [0]),
                der([1], [1]), der(s, r), good + [0], Array(good.dropLast()), [],
                [0x30, 0x81] + good.dropFirst(), [0x31] + good.dropFirst(), raw,
                [0x30, 0x80] + good.dropFirst(2) + [0, 0], der(r, s + [0]),
            ]
            for other in others { #expect(!key.verifies(other, of: Self.message), "\(other)") }
        }
    }

    @Test("a signature of RSA is as long as the modulus, and of this padding")
    func paddings() throws {
        let secret = AuthenticatorKey(.rs256)
        let key = try #require(
            NativePublicKey.rsa(modulus: secret.publicBytes, exponent: [1, 0, 1])
        )
        let good = secret.sign(Self.message)
        #expect(key.verifies(good, of: Self.message))
        let others = [
            [], good + [0], [0] + good, Array(good.dropLast()), [UInt8](repeating: 0, count: 256),
            [UInt8](repeating: 0, count: 255) + [1], secret.publicBytes,
        ]
        for other in others { #expect(!key.verifies(other, of: Self.message)) }
    }
}
