/// One of the files in which a log publishes its tree and its entries (C2SP tlog-tiles).
///
/// A tile of level L holds up to 256 neighbouring complete nodes of the tree's level 8·L; each stands above a
/// full tile of the level below. An entry bundle holds the entries whose hashes are in the tile of level 0 with the
/// same index.
public struct Tile: Hashable, Sendable {
    /// What is in it.
    public enum Content: Hashable, Sendable {
        /// Hashes of 32 bytes; the level is from 0 to 63.
        case hashes(level: Int)
        /// Entries of the log.
        case entries
    }

    /// How many hashes or entries a full tile has.
    @inlinable public static var widthMax: Int { 256 }
    /// How many levels of the tree a level of tiles spans.
    @inlinable public static var height: Int { 8 }
    /// The highest level that a path may name.
    @inlinable public static var levelMax: Int { 63 }

    /// What is in it.
    public let content: Content
    /// Its place among those with the same kind of content, from the left, counted from 0.
    public let index: UInt64
    /// How many hashes or entries it has, from 1 to 256.
    public let width: Int

    /// Makes a tile of what must be in these ranges.
    public init(_ content: Content, index: UInt64, width: Int = Tile.widthMax) {
        precondition(index <= MerkleTree.sizeMax)
        precondition((1...Self.widthMax).contains(width))
        if case .hashes(let level) = content { precondition((0...Self.levelMax).contains(level)) }
        self.content = content
        self.index = index
        self.width = width
    }

    /// Whether it has fewer hashes or entries than it can have.
    public var isPartial: Bool { width < Self.widthMax }

    /// The same tile, full.
    public var full: Tile { Tile(content, index: index) }
}

extension Tile {
    /// How many complete nodes there are on a level of tiles.
    ///
    /// - Parameters:
    ///   - level: The level of tiles, from 0 to 63.
    ///   - size: How many leaves the tree has.
    /// - Returns: Their number, in all tiles of the level together.
    public static func nodeCount(level: Int, size: UInt64) -> UInt64 {
        precondition((0...levelMax).contains(level))
        return level < UInt64.bitWidth / height ? size >> UInt64(level * height) : 0
    }

    /// The tile with a given index in a tree of a given size; none if the tree has no such tile.
    ///
    /// - Parameters:
    ///   - content: What is in it.
    ///   - index: Its place.
    ///   - size: How many leaves the tree has.
    public init?(_ content: Content, index: UInt64, inTreeOfSize size: UInt64) {
        var count = size
        if case .hashes(let level) = content { count = Self.nodeCount(level: level, size: size) }
        let width = UInt64(Self.widthMax)
        guard index <= MerkleTree.sizeMax / width, index * width < count else { return nil }
        self.init(content, index: index, width: Int(min(width, count - index * width)))
    }

    /// The tiles that a log writes when its tree grows: those with a node or an entry that is new.
    ///
    /// - Parameters:
    ///   - oldSize: How many leaves the tree had.
    ///   - newSize: How many it has, at least as many and at most `MerkleTree.sizeMax`.
    /// - Returns: The tiles, full or partial as the new size has them; entries first, then hashes from the
    ///   lowest level up, each from the left to the right.
    /// - Complexity: O(number of tiles).
    public static func written(from oldSize: UInt64, to newSize: UInt64) -> [Tile] {
        precondition(oldSize <= newSize)
        precondition(newSize <= MerkleTree.sizeMax)
        var tiles: [Tile] = []
        func add(_ content: Content, _ oldCount: UInt64, _ newCount: UInt64) {
            var index = oldCount / UInt64(widthMax)
            while index * UInt64(widthMax) < newCount, oldCount < newCount {
                let width = min(UInt64(widthMax), newCount - index * UInt64(widthMax))
                tiles.append(Tile(content, index: index, width: Int(width)))
                index += 1
            }
        }
        add(.entries, oldSize, newSize)
        for level in 0..<UInt64.bitWidth / height {
            add(
                .hashes(level: level),
                nodeCount(level: level, size: oldSize),
                nodeCount(level: level, size: newSize)
            )
        }
        return tiles
    }

    /// Where a complete node of the tree is found.
    ///
    /// - Parameters:
    ///   - level: The node's level in the tree, the leaves' being 0.
    ///   - index: Its place on that level.
    ///   - size: How many leaves the tree has, at most `MerkleTree.sizeMax`.
    /// - Returns: In which tile, as wide as a tree of that size has it, and above which of the tile's hashes: one
    ///   where the node's level is a multiple of 8, more otherwise. None if the node is not complete in that tree.
    public static func holding(
        level: Int,
        index: UInt64,
        inTreeOfSize size: UInt64
    ) -> (tile: Tile, hashes: Range<Int>)? {
        guard size <= MerkleTree.sizeMax, (0..<UInt64.bitWidth - 1).contains(level),
            index < size >> UInt64(level)
        else { return nil }
        let tileLevel = level / height
        let above = UInt64(level % height)
        // Complete in the tree, so below its size: no bits are lost.
        let first = index << above
        let tile = Tile(
            .hashes(level: tileLevel),
            index: first / UInt64(widthMax),
            inTreeOfSize: size
        )
        guard let tile else { return nil }
        let start = Int(first % UInt64(widthMax))
        return (tile, start..<start + 1 << Int(above))
    }
}
