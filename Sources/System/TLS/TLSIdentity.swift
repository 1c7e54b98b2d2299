internal import COpenSSL
public import Cryptography

/// An Ed25519 key with a certificate for it, by which one side of a connection is known.
///
/// The certificate is self-signed, says nothing but the key, is valid for ever and the same for the same key:
/// whoever looks at it trusts the key or does not. The secret bytes lie in OpenSSL's own secure memory, which
/// is not swapped out or dumped where the system allows locking it, and are overwritten when their life ends.
@safe public final class TLSIdentity: @unchecked Sendable {
    // Neither object changes after init; OpenSSL counts their users atomically.
    let key: OpaquePointer
    let certificate: OpaquePointer

    /// The public key.
    public let publicKey: Ed25519.PublicKey

    /// Locked memory for keys, in bytes; one key takes 32.
    private static let secureHeapBytes = 64 << 10
    private static let hasSecureHeap: Bool =
        CRYPTO_secure_malloc_init(secureHeapBytes, 32) != 0

    /// Makes the identity of a signing key.
    ///
    /// - Parameter seed: The 32 secret bytes, as `SigningKey.withSeed` lends them; any other number is an
    ///   error of the caller.
    /// - Throws: `cannotStart` when OpenSSL has no memory.
    public init(seed: Span<UInt8>) throws(TLSError) {
        precondition(seed.count == 32, "a seed has 32 bytes")
        // Where memory cannot be locked, OpenSSL wipes keys all the same.
        _ = Self.hasSecureHeap
        let made = unsafe seed.withUnsafeBufferPointer { seed in
            unsafe EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed.baseAddress, seed.count)
        }
        guard let made = unsafe made else { throw .cannotStart(reason: OpenSSLFailure.reason()) }
        guard let publicKey = unsafe Self.publicKey(of: made), let new = unsafe X509_new()
        else {
            unsafe EVP_PKEY_free(made)
            throw .cannotStart(reason: OpenSSLFailure.reason())
        }
        self.publicKey = publicKey
        unsafe key = made
        unsafe certificate = new
        // What is thrown from here on frees both, as all properties are set.
        guard unsafe Self.fill(new, made, name: Hex.encode(publicKey.bytes)) else {
            throw .cannotStart(reason: OpenSSLFailure.reason())
        }
    }

    deinit {
        unsafe X509_free(certificate)
        unsafe EVP_PKEY_free(key)
    }

    /// Writes a certificate of version 3 (RFC 5280 §4.1) and signs it (RFC 8410).
    private static func fill(
        _ certificate: OpaquePointer,
        _ key: OpaquePointer,
        name: String
    ) -> Bool {
        guard unsafe X509_set_version(certificate, 2) == 1,
            unsafe ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1,
            // RFC 5280 §4.1.2.5: the last moment stands for "no end".
            unsafe ASN1_TIME_set_string(X509_getm_notBefore(certificate), "20000101000000Z") == 1,
            unsafe ASN1_TIME_set_string(X509_getm_notAfter(certificate), "99991231235959Z") == 1,
            unsafe X509_set_pubkey(certificate, key) == 1,
            let subject = unsafe X509_get_subject_name(certificate)
        else { return false }
        let named = unsafe X509_NAME_add_entry_by_txt(
            subject,
            "CN",
            MBSTRING_ASC,
            name,
            Int32(name.utf8.count),
            -1,
            0
        )
        // Ed25519 hashes by itself, so no digest is named; the result is the signature's length.
        return unsafe named == 1 && X509_set_issuer_name(certificate, subject) == 1
            && X509_sign(certificate, key, nil) > 0
    }

    /// The Ed25519 key that an object of OpenSSL holds; none if it holds another or a weak one.
    static func publicKey(of key: OpaquePointer) -> Ed25519.PublicKey? {
        guard unsafe EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 else { return nil }
        var bytes = [UInt8](repeating: 0, count: Ed25519.PublicKey.byteCount)
        var count = bytes.count
        guard unsafe EVP_PKEY_get_raw_public_key(key, &bytes, &count) == 1, count == bytes.count
        else { return nil }
        do throws(Ed25519.KeyError) {
            return try Ed25519.PublicKey(bytes: bytes)
        } catch {
            return nil
        }
    }

    /// The key of a certificate that is rightly signed by that key itself.
    static func publicKey(ofSelfSigned certificate: OpaquePointer) -> Ed25519.PublicKey? {
        guard let key = unsafe X509_get0_pubkey(certificate),
            unsafe X509_verify(certificate, key) == 1
        else { return nil }
        return unsafe publicKey(of: key)
    }
}

/// The errors that OpenSSL keeps for the calling thread.
enum OpenSSLFailure {
    /// The library's words for the oldest one, and forgets all.
    static func reason() -> String {
        let code = ERR_get_error()
        defer { ERR_clear_error() }
        guard code != 0 else { return "no reason is given" }
        if let text = unsafe ERR_reason_error_string(code) { return unsafe String(cString: text) }
        return "OpenSSL's error \(copenssl_reason(code))"
    }
}
