/// A secret key, or a share of one: a scalar other than zero, wiped when its life ends.
///
/// It cannot be copied or printed. Where a computation with it ends, its intermediate values may stay on
/// the stack until they are overwritten; the key itself lies in one place and is wiped there.
@safe public struct SecretKey: ~Copyable, @unchecked Sendable {
    // The pointer is not shared: the key cannot be copied, and nothing writes between init and deinit.
    private let storage: UnsafeMutablePointer<Scalar>

    /// Takes a scalar as the key.
    ///
    /// - Throws: `zeroKey` for zero.
    public init(scalar: Scalar) throws(BLSError) {
        guard !scalar.isZero else { throw .zeroKey }
        unsafe storage = .allocate(capacity: 1)
        unsafe storage.initialize(to: scalar)
    }

    /// Decodes 32 bytes, the highest first.
    ///
    /// - Throws: `wrongLength`, `scalarOutOfRange` or `zeroKey`.
    public init(bytes: [UInt8]) throws(BLSError) {
        try self.init(scalar: Scalar(bytes: bytes))
    }

    /// Makes a key of secret bytes, the same for the same bytes (draft-irtf-cfrg-bls-signature-05 §2.3).
    ///
    /// - Parameters:
    ///   - material: At least 32 bytes that nobody can guess.
    ///   - info: What separates keys that are made of the same material.
    /// - Throws: `keyMaterialTooShort` for fewer than 32 bytes.
    public init(keyMaterial material: [UInt8], info: [UInt8] = []) throws(BLSError) {
        try self.init(scalar: KeyDerivation.scalar(material: material, info: info))
    }

    deinit {
        unsafe Self.wipe(storage)
        unsafe storage.deallocate()
    }

    /// Overwrites the key; not optimized, because nothing reads what is written.
    @inline(never) @_optimize(none)
    private static func wipe(_ storage: UnsafeMutablePointer<Scalar>) {
        unsafe storage.pointee = Scalar(0, 0, 0, 0)
    }

    /// The key itself, to seal it in a file or to deal shares of it; treat it as a secret.
    public var scalar: Scalar { unsafe storage.pointee }

    /// The public key: the generator of G2 times the key.
    public var publicKey: PublicKey {
        PublicKey(notIdentity: scalar * G2Element.generator)
    }

    /// Signs a message: its hash in G1 times the key.
    ///
    /// The time depends on the message and not on the key.
    ///
    /// - Complexity: O(n) in the length of the message.
    public func sign(_ message: [UInt8], tag: DomainTag = .basicSignature) -> Signature {
        sign(hashed: .hash(message, tag: tag))
    }

    /// Signs a message that is hashed already.
    ///
    /// - Parameter element: The hash of the message with the tag.
    /// - Returns: The signature, or the identity in place of one if the hash is the identity.
    public func sign(hashed element: G1Element) -> Signature {
        // The hash of a message is the identity with a probability of 2^-255; then so is the signature,
        // and no verifier takes it.
        Signature(unchecked: scalar * element)
    }
}
