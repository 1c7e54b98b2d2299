/// What the file `oplog` of a feed says: the newest signed tree, and what is not in the other files yet.
///
/// The file begins with two slots of 4,096 bytes for headers, of which one is current, and goes on with entries. Both
/// are records: a CRC-32 of the rest, four bytes with the count of the payload above two bits, the payload. The lower
/// bit tells current records from stale ones, the upper one marks entries of a batch that goes on.
struct FeedLog: Equatable {
    /// A node of the tree: how many bytes lie below it, and their hash.
    struct Node: Equatable {
        let size: UInt64
        let hash: [UInt8]
    }

    /// The feed's public key.
    private(set) var key: [UInt8] = []
    /// It grows each time the feed was truncated.
    private(set) var fork: UInt64 = 0
    /// Blocks that the signature covers.
    private(set) var length: UInt64 = 0
    /// The signature over the tree of that length.
    private(set) var signature: [UInt8] = []
    /// Blocks that the last truncation left; none if it is not known.
    private(set) var ancestors: UInt64?
    /// Nodes that may not be in the file `tree`, by their index.
    private(set) var nodes: [UInt64: Node] = [:]
    /// Changes of which blocks are there that may not be in the file `bitfield`, in order.
    private(set) var changes: [(isRemoval: Bool, blocks: Range<UInt64>)] = []

    private static let slotCount = 4_096
    /// No feed is that long; whoever says so must not bring sums to overflow.
    private static let lengthMax: UInt64 = 1 << 48

    private struct Record {
        let isOdd: Bool
        let isPartial: Bool
        let payload: ArraySlice<UInt8>
        let end: Int
    }

    init(_ bytes: [UInt8]) throws(FeedFault) {
        let first = Self.record(bytes, at: 0, limit: Self.slotCount)
        let second = Self.record(bytes, at: Self.slotCount, limit: 2 * Self.slotCount)
        let header: Record
        // Each time a header is written, the bit of its slot flips: equal bits mean that the first is the newer one.
        let entriesAreOdd: Bool
        switch (first, second) {
        case (let first?, let second?):
            entriesAreOdd = first.isOdd != second.isOdd
            header = entriesAreOdd ? second : first
        case (let first?, nil): (header, entriesAreOdd) = (first, false)
        case (nil, let second?): (header, entriesAreOdd) = (second, true)
        case (nil, nil): throw .noHeader
        }
        try readHeader(header.payload)
        var batch: [Record] = []
        var place = 2 * Self.slotCount
        while let record = Self.record(bytes, at: place, limit: bytes.count),
            record.isOdd == entriesAreOdd
        {
            place = record.end
            batch.append(record)
            if record.isPartial { continue }
            for entry in batch { try readEntry(entry.payload) }
            batch = []
        }
        guard length <= Self.lengthMax else { throw .unknown("a length of \(length) blocks") }
    }

    /// The record at a place; none if it is not whole.
    private static func record(_ bytes: [UInt8], at place: Int, limit: Int) -> Record? {
        let limit = min(limit, bytes.count)
        guard place + 8 <= limit else { return nil }
        func word(_ start: Int) -> UInt32 {
            (0..<4).reduce(0) { word, index in
                word | UInt32(bytes[start + index]) << UInt32(8 * index)
            }
        }
        let count = Int(word(place + 4) >> 2)
        guard count > 0, count <= limit - place - 8 else { return nil }
        let end = place + 8 + count
        guard checksum(bytes[place + 4..<end]) == word(place) else { return nil }
        return Record(
            isOdd: bytes[place + 4] & 1 == 1,
            isPartial: bytes[place + 4] & 2 == 2,
            payload: bytes[place + 8..<end],
            end: end
        )
    }

    /// CRC-32 as in Ethernet and gzip (ISO 3309).
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var crc: UInt32 = 0xffff_ffff
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xedb8_8320 : 0) }
        }
        return ~crc
    }

    /// The header of version 0: hash, encoding and signature by name, user data, tree, keys, hints.
    private mutating func readHeader(_ payload: ArraySlice<UInt8>) throws(FeedFault) {
        var reader = FeedReader(payload)
        let version = try reader.byte()
        guard version == 0 else { throw .unknown("version \(version) of the header") }
        for expected in ["blake2b", "raw", "ed25519"] {
            let name = String(decoding: try reader.counted(), as: UTF8.self)
            guard name == expected else { throw .unknown("\"\(name)\" in the header") }
        }
        for _ in 0..<(try reader.number()) {
            _ = try reader.counted()
            _ = try reader.counted()
        }
        fork = try reader.number()
        length = try reader.number()
        _ = try reader.counted()
        signature = try reader.counted()
        key = try reader.counted()
        guard key.count == 32 else { throw .unknown("a key of \(key.count) bytes") }
    }

    /// An entry: its first byte says which parts follow.
    private mutating func readEntry(_ payload: ArraySlice<UInt8>) throws(FeedFault) {
        var reader = FeedReader(payload)
        let parts = try reader.byte()
        if parts & 1 != 0 {
            // User data: a key and a value.
            _ = try reader.counted()
            _ = try reader.counted()
        }
        if parts & 2 != 0 {
            for _ in 0..<(try reader.number()) {
                let index = try reader.number()
                let size = try reader.number()
                nodes[index] = Node(size: size, hash: try reader.bytes(32))
            }
        }
        if parts & 4 != 0 {
            let newFork = try reader.number()
            let kept = try reader.number()
            if newFork != fork { ancestors = min(ancestors ?? kept, kept) }
            fork = newFork
            length = try reader.number()
            signature = try reader.counted()
        }
        if parts & 8 != 0 {
            let isRemoval = try reader.byte() & 1 == 1
            let start = try reader.number()
            let (end, isBeyond) = start.addingReportingOverflow(try reader.number())
            guard !isBeyond else { throw .truncated }
            changes.append((isRemoval, start..<end))
        }
    }

    static func == (left: FeedLog, right: FeedLog) -> Bool {
        left.key == right.key && left.fork == right.fork && left.length == right.length
            && left.signature == right.signature && left.nodes == right.nodes
    }
}
