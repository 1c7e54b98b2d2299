internal import CSodium
public import Cryptography

/// A secret Ed25519 key, from which signatures are made (RFC 8032 §5.1).
///
/// It cannot be copied or printed. It lies in memory that is neither swapped out nor dumped, and is
/// overwritten when its life ends. Signing takes the same time for every key, and is deterministic: it needs
/// no randomness, and the same message has one signature. Whoever can read this process's memory while it
/// lives, or inject faults into its computations, can learn the key.
@safe public struct SigningKey: ~Copyable, Sendable {
    /// The public key that belongs to it.
    public let publicKey: Ed25519.PublicKey
    /// The seed and, behind it, the public key, as the library wants it.
    private let secret: SecretBuffer

    /// How many bytes a seed has.
    public static var seedByteCount: Int { 32 }

    /// Makes a new key that nobody can guess.
    public static func generate() -> SigningKey {
        SigningKey(seed: SecretBuffer(randomByteCount: seedByteCount))
    }

    /// Makes the key that a seed stands for, the same for the same seed.
    ///
    /// - Parameter seed: 32 secret bytes; any other number is an error of the caller, who wipes them.
    public init(seed: [UInt8]) {
        self.init(seed: SecretBuffer(copying: seed))
    }

    init(seed: borrowing SecretBuffer) {
        precondition(seed.byteCount == Self.seedByteCount, "a seed has 32 bytes")
        defer { Sodium.wipeStack() }
        var publicBytes = [UInt8](repeating: 0, count: Ed25519.PublicKey.byteCount)
        secret = unsafe seed.withUnsafePointer { seed in
            unsafe SecretBuffer(byteCount: crypto_sign_secretkeybytes()) { secret in
                _ = unsafe crypto_sign_seed_keypair(&publicBytes, secret, seed)
            }
        }
        do throws(Ed25519.KeyError) {
            publicKey = try Ed25519.PublicKey(bytes: publicBytes)
        } catch {
            preconditionFailure("a multiple of the base point by such a scalar is a public key")
        }
    }

    /// Signs a message.
    ///
    /// - Parameter message: The message; what it is for should be a part of it.
    /// - Returns: 64 bytes, which `Ed25519.verifies` and `NativeEd25519.verifies` accept.
    /// - Complexity: O(n).
    public func sign(_ message: [UInt8]) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: Ed25519.signatureByteCount)
        unsafe secret.withUnsafePointer { secret in
            _ = unsafe crypto_sign_detached(
                &signature,
                nil,
                message,
                UInt64(message.count),
                secret
            )
        }
        return signature
    }

    /// Lends the 32 secret bytes that the key stands for, where a library needs them to sign by itself.
    ///
    /// - Parameter body: Receives them in place, without a copy; a copy that it makes is its to wipe.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    public func withSeed<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // The library keeps the public key behind the seed.
        try unsafe secret.withUnsafePointer { secret throws(Failure) in
            try unsafe body(UnsafeBufferPointer(start: secret, count: Self.seedByteCount).span)
        }
    }
}
