/// A signature, whole or of one share: an element of G1 that is not the identity.
public struct Signature: Equatable, Sendable {
    /// The element itself.
    public let element: G1Element

    init(unchecked element: G1Element) {
        self.element = element
    }

    /// Takes an element as a signature.
    ///
    /// - Throws: `identity` for the identity.
    public init(_ element: G1Element) throws(BLSError) {
        guard !element.isIdentity else { throw .identity }
        self.init(unchecked: element)
    }

    /// Decodes the 48 bytes of the compressed form.
    ///
    /// - Throws: As `G1Element.init(compressed:)`; `identity` for the identity.
    public init(compressed bytes: [UInt8]) throws(BLSError) {
        try self.init(G1Element(compressed: bytes))
    }

    /// Decodes the 96 bytes of the uncompressed form.
    ///
    /// - Throws: As `G1Element.init(uncompressed:)`; `identity` for the identity.
    public init(uncompressed bytes: [UInt8]) throws(BLSError) {
        try self.init(G1Element(uncompressed: bytes))
    }

    /// The 48 bytes of the compressed form.
    public var compressed: [UInt8] { element.compressed }

    /// The 96 bytes of the uncompressed form.
    public var uncompressed: [UInt8] { element.uncompressed }

    /// The sum of signatures, which the sum of their keys verifies if all sign one message.
    ///
    /// A sum of keys means something only if each key's owner has proved to hold the secret key:
    /// otherwise one of them can choose a key that cancels the others.
    ///
    /// - Throws: `empty` for no signatures; `identity` if they cancel each other.
    /// - Complexity: O(n).
    public static func aggregate(_ signatures: [Signature]) throws(BLSError) -> Signature {
        guard !signatures.isEmpty else { throw .empty }
        return try Signature(
            signatures.reduce(.identity) { sum, signature in sum + signature.element }
        )
    }
}
