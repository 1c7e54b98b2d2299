public import Cryptography
public import MerkleLog
public import Platform

/// A log as its published checkpoint describes it, whatever a writer does meanwhile.
///
/// Everything that is read is checked against the root of that checkpoint, so damage on the disk is found and never
/// handed on. A reader is a view of one moment: make another one to see what was published since.
public struct LogReader: Sendable {
    private let directory: any StorageDirectory
    let tree: LogTree

    /// The checkpoint as it was published.
    public let checkpoint: [UInt8]
    /// The tree head that it is about.
    public let head: TreeHead

    /// Opens a log for reading.
    ///
    /// - Parameters:
    ///   - directory: Where it is.
    ///   - read: Reads and checks a checkpoint.
    /// - Throws: `noCheckpoint` when there is no log; what `read` throws; `platform`.
    public init(
        directory: any StorageDirectory,
        reading read: CheckpointFormat.Reading
    ) throws(LogStoreError) {
        self.directory = directory
        tree = LogTree(directory: directory)
        let bytes = try LogStoreError.wrap { () throws(PlatformError) in
            try directory.contents(LogFormat.checkpoint)
        }
        guard let bytes else { throw .noCheckpoint(directory: directory.path) }
        checkpoint = bytes
        head = try read(bytes)
    }

    /// How many entries there are.
    public var size: UInt64 { head.size }

    /// An entry.
    ///
    /// - Throws: `noSuchEntry`; `damaged` when it is not the one that the root is about.
    /// - Complexity: O(size of its bundle).
    public func entry(at index: UInt64) throws(LogStoreError) -> [UInt8] {
        let leafHash = try leafHash(at: index)
        let width = UInt64(Tile.widthMax)
        guard let tile = Tile(.entries, index: index / width, inTreeOfSize: size) else {
            preconditionFailure("there is such an entry")
        }
        let entry = try tree.entries(of: tile)[Int(index % width)]
        guard MerkleTree.leafHash(entry) == leafHash else {
            throw .damaged(file: tile.path, .entry(index: index))
        }
        return entry
    }

    /// The hash of an entry.
    ///
    /// - Throws: `noSuchEntry`; `damaged` when the tiles do not lead from it to the root.
    public func leafHash(at index: UInt64) throws(LogStoreError) -> SHA256.Digest {
        try proveLeaf(index, in: size).leafHash
    }

    /// The proof that an entry is in the tree.
    ///
    /// - Parameters:
    ///   - index: Which entry, counted from 0.
    ///   - treeSize: The size of the tree, at most the log's; the log's if nil.
    /// - Returns: A proof that holds for the root of that size.
    /// - Throws: `noSuchEntry`, `noSuchTree`; `damaged` when the tiles do not lead to the checkpoint's root.
    public func inclusionProof(
        of index: UInt64,
        treeSize: UInt64? = nil
    ) throws(LogStoreError) -> InclusionProof {
        try proveLeaf(index, in: treeSize ?? size).proof
    }

    /// The proof that a tree of the log continues an older one; for an older size of 0 it is empty.
    ///
    /// - Throws: `noSuchTree`; `damaged` when the tiles do not lead to the checkpoint's root.
    public func consistencyProof(
        from oldSize: UInt64,
        to newSize: UInt64
    ) throws(LogStoreError) -> ConsistencyProof {
        guard newSize <= size else { throw .noSuchTree(size: newSize, largest: size) }
        guard oldSize <= newSize else { throw .noSuchTree(size: oldSize, largest: newSize) }
        let proof = try ConsistencyProof(
            oldSize: oldSize,
            newSize: newSize,
            node: tree.nodes(inTreeOfSize: size).node
        )
        if oldSize > 0 {
            let newRoot = try root(at: newSize)
            guard proof.verifies(oldRoot: try root(at: oldSize), newRoot: newRoot) else {
                preconditionFailure("the proof and both roots come from the same nodes")
            }
        }
        return proof
    }

    /// The root of the tree when it had that size.
    ///
    /// - Throws: `noSuchTree`; `damaged` when the tree of the checkpoint does not continue that one.
    public func root(at oldSize: UInt64) throws(LogStoreError) -> SHA256.Digest {
        guard oldSize <= size else { throw .noSuchTree(size: oldSize, largest: size) }
        if oldSize == size { return head.root }
        let nodes = tree.nodes(inTreeOfSize: size)
        let root = try MerkleTree.root(over: 0..<oldSize, node: nodes.node)
        if oldSize == 0 { return root }
        let proof = try ConsistencyProof(oldSize: oldSize, newSize: size, node: nodes.node)
        try require(proof.newRoot(oldRoot: root))
        return root
    }

    private func proveLeaf(
        _ index: UInt64,
        in treeSize: UInt64
    ) throws(LogStoreError) -> (proof: InclusionProof, leafHash: SHA256.Digest) {
        guard treeSize <= size else { throw .noSuchTree(size: treeSize, largest: size) }
        guard index < treeSize else { throw .noSuchEntry(index: index, size: treeSize) }
        let nodes = tree.nodes(inTreeOfSize: size)
        let proof = try InclusionProof(index: index, size: treeSize, node: nodes.node)
        let leafHash = try nodes.node(0, index)
        let root = proof.root(leafHash: leafHash)
        if treeSize == size {
            try require(root)
        } else if try self.root(at: treeSize) != root {
            try require(nil)
        }
        return (proof, leafHash)
    }

    /// Checks that tiles lead to the checkpoint's root.
    private func require(_ root: SHA256.Digest?) throws(LogStoreError) {
        if root == head.root { return }
        throw .damaged(
            file: directory.path + "/" + LogFormat.tiles,
            .root(size: size, found: root ?? MerkleTree.emptyRoot, expected: head.root)
        )
    }
}

extension LogReader {
    /// The entry with a number, or the first of a subject; none if there is none.
    ///
    /// - Throws: `platform`, `damaged`.
    public func leaf(of key: LogKey) throws(LogStoreError) -> UInt64? {
        switch key {
        case .number(let space, let number):
            return try IndexReader(directory).leaf(space, number, below: size)
        case .subject(let subject): return try leaves(of: subject, countMax: 1).first
        }
    }

    /// The entries of a subject, ascending.
    ///
    /// - Parameters:
    ///   - subject: Its hash.
    ///   - first: No entries before this one.
    ///   - countMax: How many at most.
    /// - Returns: Their indices.
    /// - Throws: `platform`; `recordMissing` when the directory holds only what is published.
    /// - Complexity: O(n / 16,384 · log n + result).
    public func leaves(
        of subject: SHA256.Digest,
        from first: UInt64 = 0,
        countMax: Int = .max
    ) throws(LogStoreError) -> [UInt64] {
        try IndexReader(directory)
            .leaves(of: subject, from: first, countMax: countMax, below: size)
    }
}
