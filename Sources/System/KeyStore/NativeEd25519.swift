internal import CSodium
public import Cryptography

/// The verification of Ed25519 signatures by libsodium.
///
/// It gives the same answer as `Ed25519.verifies` for every input, by the rules that stand there.
public enum NativeEd25519 {
    /// Whether a signature is that of a message by the holder of a key.
    ///
    /// - Parameters:
    ///   - signature: The signature; one that has not 64 bytes is not valid.
    ///   - message: What was signed.
    ///   - key: The public key of the signer.
    /// - Returns: True if every rule holds.
    /// - Complexity: O(n) in the length of the message.
    public static func verifies(
        _ signature: [UInt8],
        of message: [UInt8],
        by key: Ed25519.PublicKey
    ) -> Bool {
        verifies(signature, of: message, byKey: key.bytes)
    }

    /// The same as what Core takes where many signatures are checked.
    public static var verifier: Ed25519Verifier {
        { signature, message, key in verifies(signature, of: message, by: key) }
    }

    /// The same with 32 bytes that may be no public key, so that tests can compare the library's refusals.
    package static func verifies(
        _ signature: [UInt8],
        of message: [UInt8],
        byKey key: [UInt8]
    ) -> Bool {
        guard signature.count == Ed25519.signatureByteCount else { return false }
        guard key.count == Ed25519.PublicKey.byteCount else { return false }
        Sodium.prepare()
        return unsafe crypto_sign_verify_detached(
            signature,
            message,
            UInt64(message.count),
            key
        ) == 0
    }
}
