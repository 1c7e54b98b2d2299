import Cryptography
import MerkleLog

/// The tree as RFC 6962 §2.1 defines it, computed anew from all leaves each time.
struct ReferenceTree {
    var leaves: [SHA256.Digest] = []

    /// A tree of so many leaves that all differ.
    init(size: Int) {
        leaves = (0..<size).map { index in MerkleTree.leafHash([UInt8]("leaf \(index)".utf8)) }
    }

    init(_ leaves: [SHA256.Digest]) { self.leaves = leaves }

    func root(_ range: Range<Int>) -> SHA256.Digest {
        if range.isEmpty { return SHA256.hash(of: []) }
        if range.count == 1 { return leaves[range.lowerBound] }
        let middle = range.lowerBound + Self.split(range.count)
        let left = root(range.lowerBound..<middle)
        let right = root(middle..<range.upperBound)
        return SHA256.hash(of: [1] + left.bytes + right.bytes)
    }

    func root(size: Int) -> SHA256.Digest { root(0..<size) }

    func inclusion(_ index: Int, _ range: Range<Int>) -> [SHA256.Digest] {
        if range.count == 1 { return [] }
        let middle = range.lowerBound + Self.split(range.count)
        let left = range.lowerBound..<middle
        let right = middle..<range.upperBound
        return index < middle
            ? inclusion(index, left) + [root(right)]
            : inclusion(index, right) + [root(left)]
    }

    func consistency(_ old: Int, _ range: Range<Int>, isKnown: Bool) -> [SHA256.Digest] {
        if old == range.upperBound { return isKnown ? [] : [root(range)] }
        let middle = range.lowerBound + Self.split(range.count)
        let left = range.lowerBound..<middle
        let right = middle..<range.upperBound
        return old <= middle
            ? consistency(old, left, isKnown: isKnown) + [root(right)]
            : consistency(old, right, isKnown: false) + [root(left)]
    }

    /// The hash of a complete node.
    func node(_ level: Int, _ index: UInt64) -> SHA256.Digest {
        root(Int(index) << level..<Int(index + 1) << level)
    }

    private static func split(_ count: Int) -> Int {
        var split = 1
        while split * 2 < count { split *= 2 }
        return split
    }
}

/// All complete nodes of a tree, so that many proofs are made quickly.
struct NodeTable {
    private var nodes: [[SHA256.Digest]] = []

    init(_ leaves: [SHA256.Digest]) {
        var level = leaves
        while !level.isEmpty {
            nodes.append(level)
            level = (0..<level.count / 2).map {
                MerkleTree.nodeHash(level[2 * $0], level[2 * $0 + 1])
            }
        }
    }

    func node(_ level: Int, _ index: UInt64) -> SHA256.Digest { nodes[level][Int(index)] }
}
