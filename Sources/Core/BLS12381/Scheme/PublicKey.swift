/// A public key: an element of G2 that is not the identity.
public struct PublicKey: Equatable, Sendable {
    /// The element itself.
    public let element: G2Element

    /// Wraps an element that is known not to be the identity.
    init(notIdentity element: G2Element) {
        self.element = G2Element(inSubgroup: element.point.normalized)
    }

    /// Takes an element as a key.
    ///
    /// - Throws: `identity` for the identity.
    public init(_ element: G2Element) throws(BLSError) {
        guard !element.isIdentity else { throw .identity }
        self.init(notIdentity: element)
    }

    /// Decodes the 96 bytes of the compressed form.
    ///
    /// - Throws: As `G2Element.init(compressed:)`; `identity` for the identity.
    public init(compressed bytes: [UInt8]) throws(BLSError) {
        try self.init(G2Element(compressed: bytes))
    }

    /// Decodes the 192 bytes of the uncompressed form.
    ///
    /// - Throws: As `G2Element.init(uncompressed:)`; `identity` for the identity.
    public init(uncompressed bytes: [UInt8]) throws(BLSError) {
        try self.init(G2Element(uncompressed: bytes))
    }

    /// The 96 bytes of the compressed form.
    public var compressed: [UInt8] { element.compressed }

    /// The 192 bytes of the uncompressed form.
    public var uncompressed: [UInt8] { element.uncompressed }

    /// The sum of keys; see `Signature.aggregate(_:)` for what it takes to trust it.
    ///
    /// - Throws: `empty` for no keys; `identity` if they cancel each other.
    /// - Complexity: O(n).
    public static func aggregate(_ keys: [PublicKey]) throws(BLSError) -> PublicKey {
        guard !keys.isEmpty else { throw .empty }
        return try PublicKey(keys.reduce(.identity) { sum, key in sum + key.element })
    }

    /// Whether a signature of a message is by the owner of this key.
    ///
    /// - Complexity: O(n) in the length of the message.
    public func verifies(
        _ signature: Signature,
        of message: [UInt8],
        tag: DomainTag = .basicSignature
    ) -> Bool {
        verifies(signature, ofHashed: .hash(message, tag: tag))
    }

    /// Whether a signature of a message that is hashed already is by the owner of this key.
    public func verifies(_ signature: Signature, ofHashed hash: G1Element) -> Bool {
        // A pairing with the identity is one whatever the other element is.
        guard !signature.element.isIdentity, !hash.isIdentity else { return false }
        return MillerLoop.product(
            signature.element.point.affine,
            .negatedGenerator,
            hash.point.affine,
            element.point
        ).finalExponentiation().isOne
    }

    /// The key with all that verification can compute ahead, for a key that verifies often.
    public var prepared: PreparedPublicKey { PreparedPublicKey(self) }
}

/// A public key with the lines of its Miller loop: 20 kB that save a tenth of each verification.
public struct PreparedPublicKey: Sendable {
    /// The key itself.
    public let key: PublicKey
    private let lines: PreparedLines

    /// Prepares a key.
    public init(_ key: PublicKey) {
        self.key = key
        lines = PreparedLines(key.element.point)
    }

    /// Whether a signature of a message is by the owner of this key.
    ///
    /// - Complexity: O(n) in the length of the message.
    public func verifies(
        _ signature: Signature,
        of message: [UInt8],
        tag: DomainTag = .basicSignature
    ) -> Bool {
        verifies(signature, ofHashed: .hash(message, tag: tag))
    }

    /// Whether a signature of a message that is hashed already is by the owner of this key.
    public func verifies(_ signature: Signature, ofHashed hash: G1Element) -> Bool {
        guard !signature.element.isIdentity, !hash.isIdentity else { return false }
        return MillerLoop.product(
            signature.element.point.affine,
            .negatedGenerator,
            hash.point.affine,
            lines
        ).finalExponentiation().isOne
    }
}
