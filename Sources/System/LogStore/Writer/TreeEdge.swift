internal import Cryptography
internal import MerkleLog
internal import Platform

/// The right edge of the growing tree: the tiles and the bundle that are not full, and what became full since the last
/// commit.
struct TreeEdge {
    private(set) var range = CompactRange()
    /// The hashes of each level's last tile, fewer than 256.
    private var hashes: [[SHA256.Digest]] = []
    /// Whether they changed since the last commit.
    private var isChanged: [Bool] = []
    private var bundle: [UInt8] = []
    private var completed: [(tile: Tile, bytes: [UInt8])] = []
    /// The entry behind its first byte of hashing, kept for its memory.
    private var scratch: [UInt8] = []
    /// How many bytes wait for the next commit.
    private(set) var stagedBytes = 0

    init() {}

    /// Reads the edge of a tree, and checks it.
    ///
    /// - Throws: `damaged` when a tile is missing, is not a tile, or the root is another; or when the last
    ///   bundle has other entries than its tile.
    init(head: TreeHead, in tree: LogTree) throws(LogStoreError) {
        range = try CompactRange(
            size: head.size,
            node: tree.nodes(inTreeOfSize: head.size).node
        )
        guard range.root == head.root else {
            throw .damaged(
                file: tree.directory.path,
                .root(size: head.size, found: range.root, expected: head.root)
            )
        }
        for level in 0..<UInt64.bitWidth / Tile.height {
            let count = Tile.nodeCount(level: level, size: head.size)
            if count == 0 { break }
            hashes.append([])
            isChanged.append(false)
            if count % UInt64(Tile.widthMax) == 0 { continue }
            let index = count / UInt64(Tile.widthMax)
            let width = Int(count % UInt64(Tile.widthMax))
            hashes[level] = try tree.hashes(
                of: Tile(.hashes(level: level), index: index, width: width)
            )
        }
        let width = Int(head.size % UInt64(Tile.widthMax))
        if width == 0 { return }
        let tile = Tile(.entries, index: head.size / UInt64(Tile.widthMax), width: width)
        let entries = try tree.entries(of: tile)
        for (place, entry) in entries.enumerated() {
            guard MerkleTree.leafHash(entry) == hashes[0][place] else {
                let index = tile.index * UInt64(Tile.widthMax) + UInt64(place)
                throw .damaged(file: tile.path, .entry(index: index))
            }
        }
        bundle = EntryBundle.encode(entries)
    }

    var head: TreeHead { TreeHead(size: range.size, root: range.root) }

    /// Appends an entry of at most 65,535 bytes.
    mutating func append(_ entry: [UInt8]) {
        scratch.removeAll(keepingCapacity: true)
        scratch.append(0)
        scratch.append(contentsOf: entry)
        let leafHash = unsafe AcceleratedSHA256.hash(of: scratch.span.bytes)
        let index = range.size
        EntryBundle.append(entry, to: &bundle)
        stagedBytes += entry.count + 2
        if index % UInt64(Tile.widthMax) == UInt64(Tile.widthMax) - 1 {
            completed.append((Tile(.entries, index: index / UInt64(Tile.widthMax)), bundle))
            bundle = []
        }
        var nodes: [(level: Int, index: UInt64, hash: SHA256.Digest)] = []
        range.append(leafHash) { level, index, hash in
            if level % Tile.height == 0 { nodes.append((level / Tile.height, index, hash)) }
        }
        for node in nodes { add(node.hash, level: node.level, index: node.index) }
    }

    private mutating func add(_ hash: SHA256.Digest, level: Int, index: UInt64) {
        if level == hashes.count {
            hashes.append([])
            isChanged.append(false)
        }
        precondition(index % UInt64(Tile.widthMax) == UInt64(hashes[level].count))
        hashes[level].append(hash)
        isChanged[level] = true
        if hashes[level].count == Tile.widthMax {
            let tile = Tile(.hashes(level: level), index: index / UInt64(Tile.widthMax))
            completed.append((tile, Tile.encode(hashes[level])))
            hashes[level] = []
        }
    }

    /// The tiles that a commit must write; from then on they count as written.
    mutating func takeChanged() -> [(tile: Tile, bytes: [UInt8])] {
        var changed = completed
        completed = []
        stagedBytes = 0
        guard !isChanged.isEmpty, isChanged[0] else { return changed }
        if !bundle.isEmpty {
            let index = range.size / UInt64(Tile.widthMax)
            let width = Int(range.size % UInt64(Tile.widthMax))
            changed.append((Tile(.entries, index: index, width: width), bundle))
        }
        for level in hashes.indices where isChanged[level] {
            isChanged[level] = false
            if hashes[level].isEmpty { continue }
            let index =
                Tile.nodeCount(level: level, size: range.size) / UInt64(Tile.widthMax)
            let tile = Tile(.hashes(level: level), index: index, width: hashes[level].count)
            changed.append((tile, Tile.encode(hashes[level])))
        }
        return changed
    }
}
