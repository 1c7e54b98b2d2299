public import Cryptography

/// A leaf of a log with the proof that it is one.
public struct ProvenLeaf: Equatable, Sendable {
    /// Most hashes of a path.
    public static var pathMax: Int { 64 }

    /// The bytes of the leaf.
    public var bytes: [UInt8]
    /// The path from the leaf to the root.
    public var path: [SHA256.Digest]

    /// Joins both parts.
    public init(bytes: [UInt8], path: [SHA256.Digest]) {
        self.bytes = bytes
        self.path = path
    }
}
