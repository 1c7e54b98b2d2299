internal import Cryptography
internal import MerkleLog
internal import Platform

/// Recomputes everything that a log's directory says from its entries.
public struct LogAudit {
    /// What was checked.
    public struct Summary: Equatable, Sendable {
        /// How many entries there are.
        public var entries: UInt64 = 0
        /// How many bytes they have.
        public var entryBytes: UInt64 = 0
        /// How many tiles of hashes were recomputed.
        public var tiles: UInt64 = 0
        /// How many numbers the index has.
        public var numbers: UInt64 = 0
        /// How many subjects the index has.
        public var subjects: UInt64 = 0
    }

    /// The keys that an entry must have in the index.
    public typealias Keys = (_ entry: [UInt8]) -> [LogKey]

    private let reader: LogReader
    private let keys: Keys?
    private var summary = Summary()
    private var range = CompactRange()
    /// The hashes of each level's last tile.
    private var hashes: [[SHA256.Digest]] = []
    private var index: IndexAudit

    /// Recomputes leaf hashes, every tile, the root and the index.
    ///
    /// - Parameters:
    ///   - reader: The log; its checkpoint was checked when it was made.
    ///   - keys: What each entry must be found by; if nil, it is checked only that the index fits the log.
    ///   - hasIndex: Whether there is an index; a copy of what is published has none.
    ///   - progress: Is told now and then how many entries are done.
    /// - Returns: What was checked.
    /// - Throws: `damaged` with the first thing that is wrong, in the order of the entries; the index comes last.
    /// - Complexity: O(n).
    public static func run(
        _ reader: LogReader,
        keys: Keys? = nil,
        hasIndex: Bool = true,
        progress: (_ entries: UInt64) -> Void = { _ in }
    ) throws(LogStoreError) -> Summary {
        var audit = LogAudit(reader: reader, keys: keys)
        let width = UInt64(Tile.widthMax)
        var place: UInt64 = 0
        while let tile = Tile(.entries, index: place, inTreeOfSize: reader.size) {
            try audit.check(tile)
            place += 1
            if place % 64 == 0 { progress(place * width) }
        }
        try audit.checkPartialTiles()
        guard audit.range.root == reader.head.root else {
            throw .damaged(
                file: LogFormat.checkpoint,
                .root(size: reader.size, found: audit.range.root, expected: reader.head.root)
            )
        }
        if hasIndex { try audit.index.finish(&audit.summary, isComplete: keys != nil) }
        audit.summary.entries = reader.size
        return audit.summary
    }

    private init(reader: LogReader, keys: Keys?) {
        self.reader = reader
        self.keys = keys
        index = IndexAudit(reader.tree.directory, size: reader.size)
    }

    /// Checks one bundle and the tiles that it fills.
    private mutating func check(_ bundle: Tile) throws(LogStoreError) {
        let (bytes, path) = try reader.tree.bytes(of: bundle)
        let ranges: [Range<Int>]
        do throws(TileError) {
            ranges = try EntryBundle.ranges(of: bytes, width: bundle.width)
        } catch {
            throw LogStoreError(error, in: path)
        }
        let leaves = try reader.tree.hashes(
            of: Tile(.hashes(level: 0), index: bundle.index, width: bundle.width)
        )
        for (place, entryRange) in ranges.enumerated() {
            let prefixed = [0] + bytes[entryRange]
            let leafHash = unsafe AcceleratedSHA256.hash(of: prefixed.span.bytes)
            guard leafHash == leaves[place] else {
                throw .damaged(file: path, .entry(index: range.size))
            }
            summary.entryBytes += UInt64(entryRange.count)
            if let keys { try index.check(keys(Array(bytes[entryRange])), leaf: range.size) }
            var completed: [(level: Int, index: UInt64)] = []
            var nodes: [(level: Int, hash: SHA256.Digest)] = []
            range.append(leafHash) { level, index, hash in
                guard level % Tile.height == 0 else { return }
                nodes.append((level / Tile.height, hash))
                completed.append((level / Tile.height, index))
            }
            for (node, place) in zip(nodes, completed) {
                try add(node.hash, level: node.level, index: place.index)
            }
        }
    }

    private mutating func add(
        _ hash: SHA256.Digest,
        level: Int,
        index: UInt64
    ) throws(LogStoreError) {
        if level == hashes.count { hashes.append([]) }
        hashes[level].append(hash)
        if hashes[level].count < Tile.widthMax { return }
        try compare(Tile(.hashes(level: level), index: index / UInt64(Tile.widthMax)))
        hashes[level] = []
    }

    private mutating func checkPartialTiles() throws(LogStoreError) {
        for level in hashes.indices where !hashes[level].isEmpty {
            let count = Tile.nodeCount(level: level, size: reader.size)
            let tile = Tile(
                .hashes(level: level),
                index: count / UInt64(Tile.widthMax),
                width: hashes[level].count
            )
            try compare(tile)
        }
    }

    /// Compares a tile with the hashes that its nodes have.
    private mutating func compare(_ tile: Tile) throws(LogStoreError) {
        guard case .hashes(let level) = tile.content else { return }
        let found = try reader.tree.hashes(of: tile)
        for place in found.indices where found[place] != hashes[level][place] {
            throw .damaged(file: tile.path, .hash(place: place))
        }
        summary.tiles += 1
    }
}
