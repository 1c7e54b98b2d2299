public import BLS12381

/// The public key that shares are encrypted to: an element of G1 that is not the identity.
public struct EncryptionKey: Equatable, Sendable {
    /// The element itself.
    public let element: G1Element
    /// The 48 bytes of the compressed form.
    public let compressed: [UInt8]

    /// Takes an element as a key.
    ///
    /// - Throws: `invalidElement` for the identity.
    public init(_ element: G1Element) throws(ThresholdKeysError) {
        guard !element.isIdentity else { throw .invalidElement(.identity) }
        self.element = element
        compressed = element.compressed
    }

    /// Decodes the 48 bytes of the compressed form.
    ///
    /// - Throws: `invalidElement`.
    public init(compressed bytes: [UInt8]) throws(ThresholdKeysError) {
        let element: G1Element
        do throws(BLSError) {
            element = try G1Element(compressed: bytes)
        } catch {
            throw .invalidElement(error)
        }
        try self.init(element)
    }
}

/// The secret key that decrypts the shares sent to one seat; wiped when its life ends.
///
/// It lives as long as the seat, in sealed storage. It never signs anything.
public struct DecryptionKey: ~Copyable, Sendable {
    let secret: SecretKey
    /// The key that others encrypt to.
    public let encryptionKey: EncryptionKey

    private init(_ secret: consuming SecretKey) throws(ThresholdKeysError) {
        encryptionKey = try EncryptionKey(secret.scalar * G1Element.generator)
        self.secret = secret
    }

    /// Makes a key of secret bytes, the same for the same bytes.
    ///
    /// - Parameter material: At least 32 bytes that nobody can guess.
    /// - Throws: `invalidElement` for fewer than 32 bytes.
    public init(keyMaterial material: [UInt8]) throws(ThresholdKeysError) {
        let secret: SecretKey
        do throws(BLSError) {
            secret = try SecretKey(
                keyMaterial: material,
                info: Array("parallax.keys/1 decryption key".utf8)
            )
        } catch {
            throw .invalidElement(error)
        }
        try self.init(secret)
    }

    /// Decodes the 32 bytes of `secretBytes`.
    ///
    /// - Throws: `invalidElement`.
    public init(secretBytes bytes: [UInt8]) throws(ThresholdKeysError) {
        let secret: SecretKey
        do throws(BLSError) {
            secret = try SecretKey(bytes: bytes)
        } catch {
            throw .invalidElement(error)
        }
        try self.init(secret)
    }

    /// The 32 secret bytes, for sealed storage only; wipe them after use.
    public var secretBytes: [UInt8] { secret.scalar.bytes }

    /// The same key once more, for a member of a ceremony to keep.
    func duplicate() throws(ThresholdKeysError) -> DecryptionKey {
        let copy: SecretKey
        do throws(BLSError) {
            copy = try SecretKey(scalar: secret.scalar)
        } catch {
            throw .invalidElement(error)
        }
        return try DecryptionKey(copy)
    }
}
