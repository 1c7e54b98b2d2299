public import Cryptography

/// The hashes of an append-only log's tree (RFC 6962 §2.1, RFC 9162 §2.1, with SHA-256).
///
/// Leaves and inner nodes are hashed with different first bytes, so that neither can be taken for the other.
/// A node of level L and index N, where it is *complete*, stands above the leaves N·2^L up to (N + 1)·2^L.
public enum MerkleTree {
    /// Most leaves that a tree may have: one less than 2^63, so that no sum of two indices overflows.
    @inlinable public static var sizeMax: UInt64 { 1 << 63 - 1 }

    /// The root of the tree without leaves: the hash of nothing.
    public static var emptyRoot: SHA256.Digest { SHA256.hash(of: []) }

    /// The hash of a leaf: SHA-256(0x00 ‖ entry).
    ///
    /// - Complexity: O(n).
    public static func leafHash(_ entry: [UInt8]) -> SHA256.Digest {
        unsafe entry.withUnsafeBytes { bytes in leafHash(unsafe bytes.bytes) }
    }

    /// The hash of a leaf: SHA-256(0x00 ‖ entry).
    ///
    /// - Complexity: O(n).
    public static func leafHash(_ entry: RawSpan) -> SHA256.Digest {
        var hasher = SHA256.Hasher()
        var prefix: UInt8 = 0
        unsafe withUnsafeBytes(of: &prefix) { bytes in unsafe hasher.update(bytes) }
        hasher.update(entry)
        return hasher.finalize()
    }

    /// The hash of an inner node: SHA-256(0x01 ‖ left ‖ right).
    public static func nodeHash(_ left: SHA256.Digest, _ right: SHA256.Digest) -> SHA256.Digest {
        var hasher = SHA256.Hasher()
        var prefix: UInt8 = 1
        unsafe withUnsafeBytes(of: &prefix) { bytes in unsafe hasher.update(bytes) }
        unsafe left.withUnsafeBytes { bytes in unsafe hasher.update(bytes) }
        unsafe right.withUnsafeBytes { bytes in unsafe hasher.update(bytes) }
        return hasher.finalize()
    }

    /// The root of the subtree above some leaves, from its complete nodes.
    ///
    /// - Parameters:
    ///   - range: The leaves; the first is a multiple of a power of two that is not below their number, as
    ///     it is for every subtree of RFC 6962's tree. No leaves give the root of the empty tree.
    ///   - node: Gives the hash of a complete node; asked for log2(n) of them at most.
    /// - Returns: The root.
    /// - Throws: What `node` throws.
    /// - Complexity: O(log n).
    public static func root<Failure: Error>(
        over range: Range<UInt64>,
        node: (_ level: Int, _ index: UInt64) throws(Failure) -> SHA256.Digest
    ) throws(Failure) -> SHA256.Digest {
        precondition(range.upperBound <= sizeMax, "the leaves are those of a tree")
        var end = range.upperBound
        var count = end - range.lowerBound
        precondition(isSubtree(range), "the leaves are those of a subtree")
        guard count > 0 else { return emptyRoot }
        // The complete nodes from right to left, each joined with what is right of it.
        var root: SHA256.Digest?
        while count > 0 {
            let level = count.trailingZeroBitCount
            let left = try node(level, (end - 1) >> UInt64(level))
            root = root.map { right in nodeHash(left, right) } ?? left
            end -= 1 << UInt64(level)
            count -= 1 << UInt64(level)
        }
        return root ?? emptyRoot
    }

    /// Whether the leaves are all of those under one node of some tree that ends with them or later.
    private static func isSubtree(_ range: Range<UInt64>) -> Bool {
        let count = range.upperBound - range.lowerBound
        if count <= 1 || range.lowerBound == 0 { return true }
        let bits = UInt64.bitWidth - (count - 1).leadingZeroBitCount
        return range.lowerBound.trailingZeroBitCount >= bits
    }

    /// The largest power of two below a number, which must be at least 2: where a tree of that size is
    /// divided (RFC 6962 §2.1).
    static func split(_ count: UInt64) -> UInt64 {
        precondition(count >= 2, "a single leaf is not divided")
        return 1 << UInt64(UInt64.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }
}
