public import Cryptography

/// Why bytes are not the tile or the bundle that they should be.
public enum TileError: Error, Equatable, Sendable {
    /// A tile of hashes has `found` bytes instead of `expected`.
    case wrongSize(expected: Int, found: Int)
    /// A bundle ends inside the entry that begins at `position`, or before it.
    case truncated(position: Int)
    /// A bundle goes on at `position`, behind its last entry.
    case trailingBytes(position: Int)
}

extension TileError: CustomStringConvertible {
    /// What is wrong and where, in one line.
    public var description: String {
        switch self {
        case .wrongSize(let expected, let found):
            "a tile of \(found) bytes, where it must have \(expected)"
        case .truncated(let position):
            "the entry bundle ends inside the entry at byte \(position)"
        case .trailingBytes(let position):
            "the entry bundle goes on at byte \(position), behind its last entry"
        }
    }
}

extension Tile {
    /// The hashes of a tile, one after the other.
    ///
    /// - Complexity: O(n).
    public static func encode(_ hashes: [SHA256.Digest]) -> [UInt8] {
        precondition((1...widthMax).contains(hashes.count), "a tile is neither empty nor too wide")
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hashes.count * SHA256.Digest.byteCount)
        for hash in hashes { unsafe hash.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) } }
        return bytes
    }

    /// The hashes of this tile from its bytes.
    ///
    /// - Throws: `wrongSize` when they are not as many as the tile's width says.
    /// - Complexity: O(n).
    public func hashes(_ bytes: [UInt8]) throws(TileError) -> [SHA256.Digest] {
        let size = SHA256.Digest.byteCount
        guard bytes.count == width * size else {
            throw .wrongSize(expected: width * size, found: bytes.count)
        }
        return unsafe bytes.withUnsafeBytes { bytes in
            (0..<width).map { place in
                unsafe SHA256.Digest(
                    bytes: UnsafeRawBufferPointer(
                        rebasing: bytes[place * size..<(place + 1) * size]
                    )
                )
            }
        }
    }

    /// The hash of a complete node above neighbouring hashes of a tile, whose number is a power of two.
    ///
    /// - Complexity: O(n).
    public static func node(above hashes: ArraySlice<SHA256.Digest>) -> SHA256.Digest {
        precondition(hashes.count.nonzeroBitCount == 1, "a complete node")
        var level = [SHA256.Digest](hashes)
        while level.count > 1 {
            level = (0..<level.count / 2).map { place in
                MerkleTree.nodeHash(level[2 * place], level[2 * place + 1])
            }
        }
        return level[0]
    }
}

/// The bytes of an entry bundle: each entry behind its length in 16 bits, highest byte first (C2SP tlog-tiles).
public enum EntryBundle {
    /// Most bytes that an entry may have.
    @inlinable public static var entryBytesMax: Int { 65_535 }

    /// Appends an entry, of at most 65,535 bytes, to a bundle.
    ///
    /// - Complexity: O(n).
    public static func append(_ entry: [UInt8], to bundle: inout [UInt8]) {
        precondition(entry.count <= entryBytesMax, "the length has 16 bits")
        bundle.append(UInt8(entry.count >> 8))
        bundle.append(UInt8(entry.count & 0xff))
        bundle.append(contentsOf: entry)
    }

    /// The bundle of some entries, of at most 65,535 bytes each.
    ///
    /// - Complexity: O(n).
    public static func encode(_ entries: [[UInt8]]) -> [UInt8] {
        var bundle: [UInt8] = []
        for entry in entries { append(entry, to: &bundle) }
        return bundle
    }

    /// Where the entries of a bundle are in its bytes, without their lengths.
    ///
    /// - Parameters:
    ///   - bytes: The bundle.
    ///   - width: How many entries it must have.
    /// - Returns: One range for each entry.
    /// - Throws: `truncated` when there are fewer, `trailingBytes` when there are more.
    /// - Complexity: O(width).
    public static func ranges(of bytes: [UInt8], width: Int) throws(TileError) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(width)
        var position = 0
        for _ in 0..<width {
            guard bytes.count - position >= 2 else { throw .truncated(position: position) }
            let count = Int(bytes[position]) << 8 | Int(bytes[position + 1])
            guard bytes.count - position - 2 >= count else { throw .truncated(position: position) }
            ranges.append(position + 2..<position + 2 + count)
            position += 2 + count
        }
        guard position == bytes.count else { throw .trailingBytes(position: position) }
        return ranges
    }

    /// The entries of a bundle.
    ///
    /// - Parameters:
    ///   - bytes: The bundle.
    ///   - width: How many entries it must have.
    /// - Returns: The entries in their order.
    /// - Throws: `truncated` when there are fewer, `trailingBytes` when there are more.
    /// - Complexity: O(n).
    public static func decode(_ bytes: [UInt8], width: Int) throws(TileError) -> [[UInt8]] {
        try ranges(of: bytes, width: width).map { range in [UInt8](bytes[range]) }
    }
}
