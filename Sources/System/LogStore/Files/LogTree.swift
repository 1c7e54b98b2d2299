internal import Cryptography
internal import MerkleLog
internal import Platform

/// The tiles and bundles of a log as they are read from its directory.
struct LogTree: Sendable {
    let directory: any StorageDirectory

    /// The bytes of a tile, cut to its width; what is missing there as a partial tile is looked for in the full one.
    ///
    /// - Throws: `damaged` when there is neither.
    func bytes(of tile: Tile) throws(LogStoreError) -> (bytes: [UInt8], path: String) {
        do throws(PlatformError) {
            if let bytes = try directory.contents(tile.path) { return (bytes, tile.path) }
            if tile.isPartial, let bytes = try directory.contents(tile.full.path) {
                return (Self.cut(bytes, to: tile), tile.full.path)
            }
        } catch {
            throw .platform(error)
        }
        throw .damaged(file: tile.path, .missing)
    }

    /// What a partial tile would have of the bytes of the full one.
    private static func cut(_ bytes: [UInt8], to tile: Tile) -> [UInt8] {
        var end = 0
        if case .entries = tile.content {
            for _ in 0..<tile.width where end + 2 <= bytes.count {
                end += 2 + Int(bytes[end]) << 8 + Int(bytes[end + 1])
            }
        } else {
            end = tile.width * SHA256.Digest.byteCount
        }
        return Array(bytes.prefix(end))
    }

    /// The hashes of a tile.
    func hashes(of tile: Tile) throws(LogStoreError) -> [SHA256.Digest] {
        let (bytes, path) = try bytes(of: tile)
        do throws(TileError) {
            return try tile.hashes(bytes)
        } catch {
            throw LogStoreError(error, in: path)
        }
    }

    /// The entries of a bundle.
    func entries(of tile: Tile) throws(LogStoreError) -> [[UInt8]] {
        let (bytes, path) = try bytes(of: tile)
        do throws(TileError) {
            return try EntryBundle.decode(bytes, width: tile.width)
        } catch {
            throw LogStoreError(error, in: path)
        }
    }

    /// The nodes of a tree of a given size, at most that of the log.
    func nodes(inTreeOfSize size: UInt64) -> NodeSource { NodeSource(self, size: size) }

    /// The root that the tree had at a size, at most the size of the tree whose tiles there are.
    func root(size: UInt64, inTreeOfSize whole: UInt64) throws(LogStoreError) -> SHA256.Digest {
        try MerkleTree.root(over: 0..<size, node: nodes(inTreeOfSize: whole).node)
    }
}

/// Reads the nodes of a tree from tiles, each tile once.
final class NodeSource {
    private let tree: LogTree
    private let size: UInt64
    private var tiles: [Tile: [SHA256.Digest]] = [:]

    init(_ tree: LogTree, size: UInt64) {
        self.tree = tree
        self.size = size
    }

    /// The hash of a complete node.
    func node(_ level: Int, _ index: UInt64) throws(LogStoreError) -> SHA256.Digest {
        guard let place = Tile.holding(level: level, index: index, inTreeOfSize: size) else {
            preconditionFailure("the node is complete in the tree")
        }
        if let hashes = tiles[place.tile] { return Tile.node(above: hashes[place.hashes]) }
        let hashes = try tree.hashes(of: place.tile)
        tiles[place.tile] = hashes
        return Tile.node(above: hashes[place.hashes])
    }
}

extension LogStoreError {
    /// A tile that cannot be read.
    init(_ error: TileError, in file: String) {
        switch error {
        case .wrongSize(let expected, let found):
            self = .damaged(
                file: file,
                .size(expected: UInt64(expected), found: UInt64(found))
            )
        case .truncated(let position), .trailingBytes(let position):
            self = .damaged(file: file, .bundle(position: position))
        }
    }
}
