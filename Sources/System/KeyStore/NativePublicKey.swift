internal import COpenSSL

/// The verification of signatures by other algorithms than Ed25519, as authenticators make them, by OpenSSL.
///
/// It takes the signatures of ECDSA with P-256 and SHA-256 in DER (RFC 3279 §2.2.3, FIPS 186-5), and those of
/// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2). All inputs are public.
@safe public final class NativePublicKey: @unchecked Sendable {
    // The object does not change after init, and OpenSSL locks what it caches in it.
    private let key: OpaquePointer

    private init(key: OpaquePointer) { unsafe self.key = key }

    deinit { unsafe EVP_PKEY_free(key) }

    /// Fewest and most bits of an RSA modulus.
    public static let rsaBitCounts = 2_048...4_096

    /// A key of P-256; none if the point is not on the curve.
    ///
    /// - Parameters:
    ///   - x: The 32 bytes of the first coordinate, the highest first.
    ///   - y: The 32 bytes of the second one.
    /// - Returns: The key.
    public static func p256(x: [UInt8], y: [UInt8]) -> NativePublicKey? {
        guard x.count == 32, y.count == 32 else { return nil }
        // RFC 5480 §2: id-ecPublicKey, secp256r1, and the point without compression.
        let head: [UInt8] = [
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
            0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
        ]
        return decoded(head + x + y)
    }

    /// A key of RSA with the exponent 65537; none for another exponent, or a modulus that is even, has zeros in
    /// front, or is of another size.
    ///
    /// - Parameters:
    ///   - modulus: Its bytes, the highest first.
    ///   - exponent: The bytes of the exponent: 01 00 01.
    /// - Returns: The key.
    public static func rsa(modulus: [UInt8], exponent: [UInt8]) -> NativePublicKey? {
        guard let first = modulus.first, first != 0, let last = modulus.last, last & 1 == 1,
            rsaBitCounts.contains(modulus.count * 8 - first.leadingZeroBitCount),
            exponent == [1, 0, 1]
        else { return nil }
        let numbers = sequence([integer(modulus), integer(exponent)])
        // RFC 3279 §2.3.1: rsaEncryption, null, and the two numbers in a bit string.
        let algorithm: [UInt8] = [
            0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05,
            0x00,
        ]
        return decoded(sequence([algorithm, element(0x03, [0] + numbers)]))
    }

    private static func integer(_ bytes: [UInt8]) -> [UInt8] {
        let isHigh = bytes[0] & 0x80 != 0
        return element(0x02, isHigh ? [0] + bytes : bytes)
    }

    private static func sequence(_ parts: [[UInt8]]) -> [UInt8] {
        element(0x30, Array(parts.joined()))
    }

    /// An element of DER with fewer than 65,536 bytes (X.690 §8.1).
    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let (high, low) = (UInt8(content.count >> 8), UInt8(content.count & 0xff))
        switch content.count {
        case ..<128: return [tag, low] + content
        case ..<256: return [tag, 0x81, low] + content
        default: return [tag, 0x82, high, low] + content
        }
    }

    private static func decoded(_ subjectPublicKeyInfo: [UInt8]) -> NativePublicKey? {
        defer { ERR_clear_error() }
        let key = unsafe subjectPublicKeyInfo.withUnsafeBufferPointer { bytes in
            var position = bytes.baseAddress
            return unsafe d2i_PUBKEY(nil, &position, bytes.count)
        }
        guard let key = unsafe key else { return nil }
        return unsafe NativePublicKey(key: key)
    }

    /// Whether a signature is that of a message by the holder of the key, with SHA-256.
    ///
    /// - Parameters:
    ///   - signature: The signature: DER of ECDSA without anything behind it, or as long as the modulus of RSA.
    ///   - message: What was signed.
    /// - Returns: Whether it is.
    /// - Complexity: O(n) in the length of the message.
    public func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        defer { ERR_clear_error() }
        guard let context = unsafe EVP_MD_CTX_new() else { return false }
        defer { unsafe EVP_MD_CTX_free(context) }
        guard unsafe EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1 else {
            return false
        }
        return unsafe EVP_DigestVerify(
            context,
            signature,
            signature.count,
            message,
            message.count
        ) == 1
    }
}
