public import Cryptography

/// A tree that only grows, as the roots of its complete subtrees: all that is needed to append and to know the root.
///
/// It keeps one hash for each bit that is set in its size, at most 63.
public struct CompactRange: Equatable, Sendable {
    /// How many leaves the tree has.
    public private(set) var size: UInt64
    /// The roots of the complete subtrees from the left to the right, which is from the largest to the smallest.
    public private(set) var nodes: [SHA256.Digest]

    /// Makes the tree without leaves.
    public init() {
        size = 0
        nodes = []
    }

    /// Makes a tree from the roots of its complete subtrees; none if their number is not the one that belongs to
    /// the size, or the size is larger than a tree may be.
    public init?(size: UInt64, nodes: [SHA256.Digest]) {
        guard size <= MerkleTree.sizeMax, nodes.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.nodes = nodes
    }

    /// Makes a tree of a given size from a source of its complete nodes.
    ///
    /// - Parameters:
    ///   - size: How many leaves it has, at most `MerkleTree.sizeMax`.
    ///   - node: Gives the hash of a complete node.
    /// - Throws: What `node` throws.
    /// - Complexity: O(log n).
    public init<Failure: Error>(
        size: UInt64,
        node: (_ level: Int, _ index: UInt64) throws(Failure) -> SHA256.Digest
    ) throws(Failure) {
        precondition(size <= MerkleTree.sizeMax)
        self.size = size
        nodes = []
        for level in stride(from: UInt64.bitWidth - 1, through: 0, by: -1) {
            let count = size >> UInt64(level)
            if count & 1 == 1 { nodes.append(try node(level, count - 1)) }
        }
    }

    /// The root of the tree.
    ///
    /// - Complexity: O(log n).
    public var root: SHA256.Digest {
        guard var root = nodes.last else { return MerkleTree.emptyRoot }
        for left in nodes.dropLast().reversed() { root = MerkleTree.nodeHash(left, root) }
        return root
    }

    /// Appends a leaf; the tree must have fewer than `MerkleTree.sizeMax`.
    ///
    /// - Complexity: O(1) amortised.
    public mutating func append(_ leafHash: SHA256.Digest) {
        append(leafHash) { _, _, _ in }
    }

    /// Appends a leaf; the tree must have fewer than `MerkleTree.sizeMax`.
    ///
    /// - Parameters:
    ///   - leafHash: Its hash.
    ///   - completed: Is told every node that the leaf completes, from the leaf itself upwards.
    /// - Complexity: O(1) amortised.
    public mutating func append(
        _ leafHash: SHA256.Digest,
        completed: (_ level: Int, _ index: UInt64, _ hash: SHA256.Digest) -> Void
    ) {
        precondition(size < MerkleTree.sizeMax, "the tree has room for one more leaf")
        var hash = leafHash
        var level = 0
        var index = size
        completed(level, index, hash)
        // An odd index has its left neighbour waiting at the end of the roots.
        while index & 1 == 1 {
            hash = MerkleTree.nodeHash(nodes.removeLast(), hash)
            index >>= 1
            level += 1
            completed(level, index, hash)
        }
        nodes.append(hash)
        size += 1
        assert(nodes.count == size.nonzeroBitCount)
    }
}
