import COpenSSL
import Cryptography
import KeyStore

/// A secret key of an authenticator of the tests.
@safe final class AuthenticatorKey {
    enum Algorithm: Int64, CaseIterable, Sendable {
        case ed25519 = -8
        case es256 = -7
        case rs256 = -257
    }

    let algorithm: Algorithm
    private let seed: [UInt8]
    private let handle: OpaquePointer?

    init(_ algorithm: Algorithm, seed: [UInt8] = [UInt8](repeating: 77, count: 32)) {
        self.algorithm = algorithm
        self.seed = seed
        unsafe handle = Self.generate(algorithm)
    }

    deinit { unsafe EVP_PKEY_free(handle) }

    private static func generate(_ algorithm: Algorithm) -> OpaquePointer? {
        guard algorithm != .ed25519 else { return nil }
        let kind = algorithm == .es256 ? EVP_PKEY_EC : EVP_PKEY_RSA
        let context = unsafe EVP_PKEY_CTX_new_id(kind, nil)
        defer { unsafe EVP_PKEY_CTX_free(context) }
        precondition(unsafe EVP_PKEY_keygen_init(context) == 1)
        if algorithm == .es256 {
            let curve = NID_X9_62_prime256v1
            precondition(unsafe EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, curve) == 1)
        } else {
            precondition(unsafe EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2_048) == 1)
        }
        var key: OpaquePointer?
        precondition(unsafe EVP_PKEY_keygen(context, &key) == 1)
        return unsafe key
    }

    /// The public key: 32 bytes of Ed25519, the point of P-256 with 04 in front, or the modulus of RSA.
    var publicBytes: [UInt8] {
        switch algorithm {
        case .ed25519: return SigningKey(seed: seed).publicKey.bytes
        case .es256:
            var bytes: UnsafeMutablePointer<UInt8>?
            let count = unsafe EVP_PKEY_get1_encoded_public_key(handle, &bytes)
            defer { unsafe CRYPTO_free(bytes, nil, 0) }
            return unsafe [UInt8](UnsafeBufferPointer(start: bytes, count: count))
        case .rs256:
            var number: OpaquePointer?
            precondition(unsafe EVP_PKEY_get_bn_param(handle, "n", &number) == 1)
            defer { unsafe BN_free(number) }
            var bytes = [UInt8](repeating: 0, count: 256)
            unsafe BN_bn2bin(number, &bytes)
            return bytes
        }
    }

    func sign(_ message: [UInt8]) -> [UInt8] {
        if algorithm == .ed25519 { return SigningKey(seed: seed).sign(message) }
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        precondition(unsafe EVP_DigestSignInit(context, nil, EVP_sha256(), nil, handle) == 1)
        var count = 512
        var signature = [UInt8](repeating: 0, count: count)
        precondition(
            unsafe EVP_DigestSign(context, &signature, &count, message, message.count) == 1
        )
        return Array(signature[..<count])
    }
}
