public import Cryptography

/// That a leaf is in a tree (RFC 9162 §2.1.3).
///
/// A value of this type need not be a good proof, or one that can exist: `verifies` and `root` find out.
public struct InclusionProof: Equatable, Sendable {
    /// Which leaf it is, counted from 0.
    public var index: UInt64
    /// How many leaves the tree has.
    public var size: UInt64
    /// The hashes beside the way from the leaf to the root, from the bottom upwards.
    public var path: [SHA256.Digest]

    /// Makes a proof of what it is given, unchecked.
    public init(index: UInt64, size: UInt64, path: [SHA256.Digest]) {
        self.index = index
        self.size = size
        self.path = path
    }

    /// Makes the proof for a leaf of a tree.
    ///
    /// - Parameters:
    ///   - index: Which leaf, below `size`.
    ///   - size: How many leaves the tree has, at most `MerkleTree.sizeMax`; the source may have more.
    ///   - node: Gives the hash of a complete node of the tree.
    /// - Throws: What `node` throws.
    /// - Complexity: O(log n).
    public init<Failure: Error>(
        index: UInt64,
        size: UInt64,
        node: (_ level: Int, _ index: UInt64) throws(Failure) -> SHA256.Digest
    ) throws(Failure) {
        precondition(size <= MerkleTree.sizeMax)
        precondition(index < size, "the leaf is in the tree")
        var path: [SHA256.Digest] = []
        var subtree = 0..<size
        while subtree.upperBound - subtree.lowerBound > 1 {
            let middle =
                subtree.lowerBound + MerkleTree.split(subtree.upperBound - subtree.lowerBound)
            let left = subtree.lowerBound..<middle
            let right = middle..<subtree.upperBound
            path.append(try MerkleTree.root(over: index < middle ? right : left, node: node))
            subtree = index < middle ? left : right
        }
        self.init(index: index, size: size, path: path.reversed())
    }

    /// The root that the path leads to from a leaf (RFC 9162 §2.1.3.2).
    ///
    /// It is none if the tree has no such leaf or is too large, or the path is shorter or longer than the way is.
    ///
    /// - Complexity: O(log n).
    public func root(leafHash: SHA256.Digest) -> SHA256.Digest? {
        guard index < size, size <= MerkleTree.sizeMax else { return nil }
        var node = index
        var last = size - 1
        var hash = leafHash
        for sibling in path {
            if last == 0 { return nil }
            if node & 1 == 1 || node == last {
                hash = MerkleTree.nodeHash(sibling, hash)
                // At the right edge there are levels on which the node has no sibling; it is not 0 there.
                if node & 1 == 0 {
                    let skipped = UInt64(node.trailingZeroBitCount)
                    node >>= skipped
                    last >>= skipped
                }
            } else {
                hash = MerkleTree.nodeHash(hash, sibling)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 ? hash : nil
    }

    /// Whether the path leads from a leaf to a root.
    ///
    /// - Complexity: O(log n).
    public func verifies(leafHash: SHA256.Digest, root: SHA256.Digest) -> Bool {
        self.root(leafHash: leafHash) == root
    }
}
