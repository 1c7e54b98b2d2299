/// Reads the compact encoding of Hypercore's files: little-endian, with numbers of one, three, five or nine bytes.
struct FeedReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isEmpty: Bool { rest.isEmpty }

    mutating func byte() throws(FeedFault) -> UInt8 {
        guard let byte = rest.popFirst() else { throw .truncated }
        return byte
    }

    /// A number: one byte up to 0xfc; 0xfd, 0xfe and 0xff announce two, four and eight bytes.
    mutating func number() throws(FeedFault) -> UInt64 {
        switch try byte() {
        case 0xfd: try fixed(2)
        case 0xfe: try fixed(4)
        case 0xff: try fixed(8)
        case let small: UInt64(small)
        }
    }

    mutating func fixed(_ count: Int) throws(FeedFault) -> UInt64 {
        var number: UInt64 = 0
        for (index, byte) in try bytes(count).enumerated() {
            number |= UInt64(byte) << UInt64(8 * index)
        }
        return number
    }

    mutating func bytes(_ count: Int) throws(FeedFault) -> [UInt8] {
        guard count <= rest.count else { throw .truncated }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// Bytes behind their count.
    mutating func counted() throws(FeedFault) -> [UInt8] {
        guard let count = Int(exactly: try number()) else { throw .truncated }
        return try bytes(count)
    }
}

/// Why a feed's files are not what they should be.
enum FeedFault: Error, Equatable {
    /// Something ends too early.
    case truncated
    /// There is no header with a good checksum.
    case noHeader
    /// The feed is of a version or kind that is not known; what, for people.
    case unknown(String)
    /// The signature over the tree is not by the feed's key.
    case badSignature
    /// A block or a node of the tree is not what the nodes above it say.
    case badHash(index: UInt64)
    /// A file could not be read.
    case unreadable(String)
}

extension FeedFault: CustomStringConvertible {
    var description: String {
        switch self {
        case .truncated: "a file ends too early"
        case .noHeader: "the oplog has no whole header"
        case .unknown(let what): "\(what) is not known"
        case .badSignature: "the tree is not signed by the feed's key"
        case .badHash(let index): "node \(index) of the tree has another hash"
        case .unreadable(let reason): reason
        }
    }
}
