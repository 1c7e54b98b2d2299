internal import Cryptography

/// A feed at one length: its signed tree, from which every block is checked.
///
/// Nodes are numbered as a flat tree: block `i` is node `2i`, and a node of depth `d` lies in the middle of the
/// `2^d` blocks below it. A length is covered by one full tree for each of its binary digits, whose tops are the roots.
struct FeedTree {
    /// A node with the blocks below it.
    struct Place: Equatable {
        let index: UInt64
        /// The first block below it.
        let start: UInt64
        /// How many blocks lie below it: a power of two.
        let count: UInt64
    }

    /// Finds a node by its index; none if it is not there.
    typealias Source = (UInt64) throws(FeedFault) -> FeedLog.Node?

    private let roots: [(place: Place, node: FeedLog.Node)]

    /// Checks the signature of a feed's newest tree.
    ///
    /// - Throws: `badSignature`, or `badHash` when a root is missing.
    init(_ log: FeedLog, _ source: Source) throws(FeedFault) {
        var roots: [(place: Place, node: FeedLog.Node)] = []
        var content: [UInt8] = [2]
        for place in Self.roots(length: log.length) {
            guard let node = try source(place.index) else { throw .badHash(index: place.index) }
            roots.append((place, node))
            content += node.hash + place.index.littleEndianBytes + node.size.littleEndianBytes
        }
        let signed =
            Self.purpose + BLAKE2b.hash(of: content) + log.length.littleEndianBytes
            + log.fork.littleEndianBytes
        let isSigned: Bool
        do throws(Ed25519.KeyError) {
            isSigned = Ed25519.verifies(
                log.signature,
                of: signed,
                by: try Ed25519.PublicKey(bytes: log.key)
            )
        } catch {
            isSigned = false
        }
        guard isSigned else { throw .badSignature }
        self.roots = roots
    }

    /// What the signature is for: the first name in the namespace `hypercore`.
    private static let purpose = BLAKE2b.hash(of: BLAKE2b.hash(of: Array("hypercore".utf8)) + [0])

    /// The tops of the full trees that cover a length, from the largest.
    static func roots(length: UInt64) -> [Place] {
        var places: [Place] = []
        var start: UInt64 = 0
        while start < length {
            let count: UInt64 = 1 << UInt64(63 - (length - start).leadingZeroBitCount)
            places.append(Place(index: 2 * start + count - 1, start: start, count: count))
            start += count
        }
        return places
    }

    /// Where a block's bytes lie and what they hash to, checked from the signed roots down.
    ///
    /// - Returns: None if nodes on the way are not there, as in a feed of which only parts were fetched.
    /// - Throws: `badHash` when a node is not what the one above it says.
    func block(
        _ index: UInt64,
        _ source: Source
    ) throws(FeedFault) -> (offset: UInt64, node: FeedLog.Node)? {
        var offset: UInt64 = 0
        for (place, node) in roots {
            guard index >= place.start + place.count else {
                return try descend(to: index, place, node, offset, source)
            }
            offset &+= node.size
        }
        return nil
    }

    private func descend(
        to index: UInt64,
        _ place: Place,
        _ node: FeedLog.Node,
        _ offset: UInt64,
        _ source: Source
    ) throws(FeedFault) -> (offset: UInt64, node: FeedLog.Node)? {
        var (place, node, offset) = (place, node, offset)
        while place.count > 1 {
            let half = place.count / 2
            let left = Place(index: place.index - half, start: place.start, count: half)
            let right = Place(
                index: place.index + half,
                start: place.start + half,
                count: half
            )
            guard let leftNode = try source(left.index), let rightNode = try source(right.index)
            else { return nil }
            let (size, isBeyond) = leftNode.size.addingReportingOverflow(rightNode.size)
            let content = [1] + size.littleEndianBytes + leftNode.hash + rightNode.hash
            guard !isBeyond, size == node.size, BLAKE2b.hash(of: content) == node.hash else {
                throw .badHash(index: place.index)
            }
            if index < right.start {
                (place, node) = (left, leftNode)
            } else {
                offset += leftNode.size
                (place, node) = (right, rightNode)
            }
        }
        return (offset, node)
    }

    /// The hash of a block's node.
    static func leafHash(_ block: [UInt8]) -> [UInt8] {
        BLAKE2b.hash(of: [0] + UInt64(block.count).littleEndianBytes + block)
    }
}
