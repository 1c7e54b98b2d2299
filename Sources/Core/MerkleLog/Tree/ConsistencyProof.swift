public import Cryptography

/// That a tree continues an older one: all leaves of the older one are its first ones (RFC 9162 §2.1.4).
///
/// A value of this type need not be a good proof, or one that can exist: `verifies` and `newRoot` find out.
public struct ConsistencyProof: Equatable, Sendable {
    /// How many leaves the older tree has.
    public var oldSize: UInt64
    /// How many leaves the newer tree has.
    public var newSize: UInt64
    /// The hashes that lead to both roots, from the bottom upwards.
    public var path: [SHA256.Digest]

    /// Makes a proof of what it is given, unchecked.
    public init(oldSize: UInt64, newSize: UInt64, path: [SHA256.Digest]) {
        self.oldSize = oldSize
        self.newSize = newSize
        self.path = path
    }

    /// Makes the proof for two sizes of a tree.
    ///
    /// - Parameters:
    ///   - oldSize: How many leaves the older tree has, at most `newSize`. For 0, as for the same size, the
    ///     path is empty.
    ///   - newSize: How many leaves the newer tree has, at most `MerkleTree.sizeMax`; the source may have
    ///     more.
    ///   - node: Gives the hash of a complete node of the newer tree.
    /// - Throws: What `node` throws.
    /// - Complexity: O(log n).
    public init<Failure: Error>(
        oldSize: UInt64,
        newSize: UInt64,
        node: (_ level: Int, _ index: UInt64) throws(Failure) -> SHA256.Digest
    ) throws(Failure) {
        precondition(newSize <= MerkleTree.sizeMax)
        precondition(oldSize <= newSize, "the older tree is not larger")
        var path: [SHA256.Digest] = []
        if oldSize > 0, oldSize < newSize {
            var subtree = 0..<newSize
            while subtree.upperBound != oldSize {
                let middle =
                    subtree.lowerBound + MerkleTree.split(subtree.upperBound - subtree.lowerBound)
                let left = subtree.lowerBound..<middle
                let right = middle..<subtree.upperBound
                let goesLeft = oldSize <= middle
                path.append(try MerkleTree.root(over: goesLeft ? right : left, node: node))
                subtree = goesLeft ? left : right
            }
            // The older root itself is known to whoever checks the proof.
            if subtree.lowerBound > 0 {
                path.append(try MerkleTree.root(over: subtree, node: node))
            }
        }
        self.init(oldSize: oldSize, newSize: newSize, path: path.reversed())
    }

    /// The root of the newer tree, if the path leads to the root of the older one as well (RFC 9162 §2.1.4.2).
    ///
    /// It is none if not, if the path is shorter or longer than it must be, if the older tree is larger or the newer
    /// one too large. It is none, too, if the older tree is empty: every tree continues that one, so a proof
    /// of it would say nothing, and no root follows from it.
    ///
    /// - Complexity: O(log n).
    public func newRoot(oldRoot: SHA256.Digest) -> SHA256.Digest? {
        guard oldSize > 0, oldSize <= newSize, newSize <= MerkleTree.sizeMax else { return nil }
        if oldSize == newSize { return path.isEmpty ? oldRoot : nil }
        // Upwards from the last node of the older tree that is the root of a complete subtree.
        let level = UInt64(oldSize.trailingZeroBitCount)
        var node = (oldSize - 1) >> level
        var last = (newSize - 1) >> level
        var rest = path[...]
        // The root of an older tree that is complete is not repeated in the path.
        var old = oldRoot
        if node > 0 {
            guard let first = rest.popFirst() else { return nil }
            old = first
        }
        var new = old
        for sibling in rest {
            if last == 0 { return nil }
            if node & 1 == 1 || node == last {
                old = MerkleTree.nodeHash(sibling, old)
                new = MerkleTree.nodeHash(sibling, new)
                if node & 1 == 0 {
                    let skipped = UInt64(node.trailingZeroBitCount)
                    node >>= skipped
                    last >>= skipped
                }
            } else {
                new = MerkleTree.nodeHash(new, sibling)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 && old == oldRoot ? new : nil
    }

    /// Whether the path leads to both roots; false if the older tree is empty, see `newRoot`.
    ///
    /// - Complexity: O(log n).
    public func verifies(oldRoot: SHA256.Digest, newRoot: SHA256.Digest) -> Bool {
        self.newRoot(oldRoot: oldRoot) == newRoot
    }
}
