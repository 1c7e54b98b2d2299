import Cryptography
import MerkleLog
import Testing

@Suite("the tree of a log") struct TreeTests {
    static let sizeMax = 130
    static let tree = ReferenceTree(size: sizeMax)
    static let nodes = NodeTable(tree.leaves)

    @Test("its hashes are those of RFC 6962") func hashes() {
        #expect(
            MerkleTree.emptyRoot.hex
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        )
        #expect(MerkleTree.leafHash([]) == SHA256.hash(of: [0]))
        let entry: [UInt8] = Array(0..<200)
        #expect(MerkleTree.leafHash(entry) == SHA256.hash(of: [0] + entry))
        let (left, right) = (SHA256.hash(of: [1]), SHA256.hash(of: [2]))
        #expect(MerkleTree.nodeHash(left, right) == SHA256.hash(of: [1] + left.bytes + right.bytes))
    }

    @Test("growing leaf by leaf gives the root of every size") func roots() {
        var range = CompactRange()
        for size in 0...Self.sizeMax {
            let root = Self.tree.root(size: size)
            #expect(range.size == UInt64(size))
            #expect(range.root == root)
            #expect(CompactRange(size: range.size, nodes: range.nodes) == range)
            #expect(CompactRange(size: range.size, nodes: range.nodes + [root]) == nil)
            #expect(CompactRange(size: range.size, node: Self.nodes.node) == range)
            #expect(MerkleTree.root(over: 0..<UInt64(size), node: Self.nodes.node) == root)
            if size < Self.sizeMax { range.append(Self.tree.leaves[size]) }
        }
        #expect(CompactRange(size: 1 << 63, nodes: [MerkleTree.emptyRoot]) == nil)
    }

    @Test("a leaf completes exactly the nodes that end with it") func completed() {
        var range = CompactRange()
        for (index, leaf) in Self.tree.leaves.enumerated() {
            var found: [String] = []
            range.append(leaf) { level, place, hash in
                found.append("\(level) \(place) \(hash == Self.nodes.node(level, place))")
            }
            let size = index + 1
            let expected = (0...size.trailingZeroBitCount).map { level in
                "\(level) \(size >> level - 1) true"
            }
            #expect(found == expected)
        }
    }

    @Test("every leaf of every size has the path of RFC 6962, and only that one holds")
    func inclusion() {
        for size in 1...Self.sizeMax {
            let root = Self.tree.root(size: size)
            for index in 0..<size {
                let proof = InclusionProof(
                    index: UInt64(index),
                    size: UInt64(size),
                    node: Self.nodes.node
                )
                let expected = Self.tree.inclusion(index, 0..<size)
                let leaf = Self.tree.leaves[index]
                #expect(proof.path == expected)
                #expect(proof.verifies(leafHash: leaf, root: root))
                #expect(proof.root(leafHash: leaf) == root)
                checkRefusals(proof, leaf, root)
            }
        }
    }

    /// Proofs near a good one do not hold.
    private func checkRefusals(_ good: InclusionProof, _ leaf: SHA256.Digest, _ root: SHA256.Digest)
    {
        func refuses(_ change: (inout InclusionProof) -> Void) -> Bool {
            var proof = good
            change(&proof)
            return !proof.verifies(leafHash: leaf, root: root)
        }
        #expect(refuses { $0.path.append(root) })
        #expect(refuses { $0.path.insert(leaf, at: 0) })
        #expect(refuses { $0.index = $0.size })
        #expect(refuses { $0.index ^= 1 } || good.size == 1)
        #expect(refuses { $0.size = $0.index })
        if !good.path.isEmpty {
            #expect(refuses { $0.path.removeLast() })
            #expect(refuses { $0.path.removeFirst() })
            #expect(refuses { $0.path[$0.path.count / 2].words.2 ^= 1 << 40 })
        }
        #expect(!good.verifies(leafHash: root, root: root) || good.size == 1)
        #expect(!good.verifies(leafHash: leaf, root: leaf) || good.size == 1)
    }

    @Test("every pair of sizes has the path of RFC 6962, and only that one holds")
    func consistency() {
        let roots = (0...Self.sizeMax).map { size in Self.tree.root(size: size) }
        for new in 1...Self.sizeMax {
            for old in 1...new {
                let proof = ConsistencyProof(
                    oldSize: UInt64(old),
                    newSize: UInt64(new),
                    node: Self.nodes.node
                )
                #expect(proof.path == Self.tree.consistency(old, 0..<new, isKnown: true))
                #expect(proof.verifies(oldRoot: roots[old], newRoot: roots[new]))
                #expect(proof.newRoot(oldRoot: roots[old]) == roots[new])
                checkRefusals(proof, roots[old], roots[new])
            }
        }
    }

    private func checkRefusals(
        _ good: ConsistencyProof,
        _ oldRoot: SHA256.Digest,
        _ newRoot: SHA256.Digest
    ) {
        func refuses(_ change: (inout ConsistencyProof) -> Void) -> Bool {
            var proof = good
            change(&proof)
            return !proof.verifies(oldRoot: oldRoot, newRoot: newRoot)
        }
        #expect(refuses { $0.path.append(newRoot) })
        #expect(refuses { $0.path.insert(oldRoot, at: 0) })
        #expect(refuses { $0.oldSize = 0 })
        #expect(refuses { $0.newSize = $0.oldSize - 1 })
        guard good.oldSize < good.newSize else { return }
        #expect(refuses { swap(&$0.oldSize, &$0.newSize) })
        #expect(refuses { $0.newSize = $0.oldSize })
        #expect(refuses { $0.path = [] })
        #expect(refuses { $0.path.removeLast() })
        #expect(refuses { $0.path.removeFirst() })
        for place in good.path.indices {
            #expect(refuses { $0.path[place].words.3 ^= 1 })
        }
        #expect(!good.verifies(oldRoot: newRoot, newRoot: newRoot))
        #expect(!good.verifies(oldRoot: newRoot, newRoot: oldRoot))
        #expect(!good.verifies(oldRoot: oldRoot, newRoot: oldRoot))
    }

    @Test("the empty tree proves nothing, and has the empty path") func emptyTree() {
        let root = MerkleTree.emptyRoot
        for size: UInt64 in [0, 1, 7] {
            let proof = ConsistencyProof(oldSize: 0, newSize: size, node: Self.nodes.node)
            #expect(proof.path.isEmpty)
            #expect(!proof.verifies(oldRoot: root, newRoot: root))
            #expect(!proof.verifies(oldRoot: root, newRoot: Self.tree.root(size: Int(size))))
        }
        #expect(!InclusionProof(index: 0, size: 0, path: []).verifies(leafHash: root, root: root))
    }

    @Test(
        "numbers up to the limit are counted right, and larger ones refused",
        arguments: [1, 2, 3, 1 << 62, 1 << 62 + 1, 1 << 63 - 2, 1 << 63 - 1] as [UInt64]
    )
    func largeNumbers(size: UInt64) {
        // A tree in which every complete node of one level has one hash: all leaves are the same.
        var hashes = [MerkleTree.leafHash([])]
        for _ in 1..<64 {
            hashes.append(MerkleTree.nodeHash(hashes[hashes.count - 1], hashes[hashes.count - 1]))
        }
        let node = { (level: Int, _: UInt64) in hashes[level] }
        let range = CompactRange(size: size, node: node)
        for index in [0, size / 3, size - 1] {
            let proof = InclusionProof(index: index, size: size, node: node)
            #expect(proof.path.count <= 63)
            #expect(proof.verifies(leafHash: hashes[0], root: range.root))
            var larger = proof
            larger.size += 1 << 63
            #expect(larger.root(leafHash: hashes[0]) == nil)
            larger.index += 1 << 63
            #expect(larger.root(leafHash: hashes[0]) == nil)
            let old = CompactRange(size: index + 1, node: node)
            let consistency = ConsistencyProof(oldSize: index + 1, newSize: size, node: node)
            #expect(consistency.verifies(oldRoot: old.root, newRoot: range.root))
            var tooLarge = consistency
            tooLarge.newSize += 1 << 63
            #expect(tooLarge.newRoot(oldRoot: old.root) == nil)
        }
        let full = [SHA256.Digest](repeating: hashes[0], count: 64)
        for bound: UInt64 in [1 << 63, .max] {
            let proof = InclusionProof(index: bound - 1, size: bound, path: full)
            #expect(proof.root(leafHash: hashes[0]) == nil)
            let consistency = ConsistencyProof(oldSize: bound, newSize: bound, path: [])
            #expect(consistency.newRoot(oldRoot: hashes[0]) == nil)
        }
    }
}
