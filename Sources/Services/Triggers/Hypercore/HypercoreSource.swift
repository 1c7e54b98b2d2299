internal import ComponentHost
internal import Cryptography
internal import Platform

/// A Hypercore feed that another program keeps in a directory of this machine.
public struct HypercoreFeed: Equatable, Sendable {
    /// The feed's key: 64 hexadecimal digits.
    public var key: String
    /// The directory with the files `oplog`, `tree`, `data` and `bitfield`.
    public var directory: String

    /// Makes a feed.
    public init(key: String, directory: String) {
        self.key = key
        self.directory = directory
    }

    /// Whether a text can be a feed's key.
    public static func isKey(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.unicodeScalars.allSatisfy { scalar in scalar.properties.isASCIIHexDigit }
    }
}

/// Delivers what is appended to a Hypercore feed, each block once, checked against the feed's key.
///
/// Blocks come in the order of their indexes. Of a feed that was fetched in parts, those that are there are delivered;
/// one that arrives later is delivered then, if it is not further behind than what is remembered.
final class HypercoreSource: TriggerSource {
    private let feed: HypercoreFeed
    private let name: String
    private let store: TriggerStore
    /// All blocks below it were delivered.
    private var next: UInt64
    private var fork: UInt64
    /// Blocks above `next` that were delivered.
    private var ahead: Set<UInt64>
    private var pending: TriggerStore.Changes = []
    private var seen: [UInt8] = []

    /// Blocks of one batch.
    private static let batchCountMax = 256
    /// Bytes of the blocks of one batch, and of a block.
    private static let batchBytesMax = 8 << 20
    /// Blocks above the first missing one that are looked at.
    private static let aheadCountMax: UInt64 = 4_096
    /// Bytes of the oplog; Hypercore begins it anew long before.
    private static let logBytesMax: UInt64 = 64 << 20

    init(_ feed: HypercoreFeed, store: TriggerStore) throws(TriggerError) {
        self.feed = feed
        name = Self.name(feed)
        self.store = store
        var cursor = try store.cursor(name)
        next = UInt64(clamping: cursor.removeValue(forKey: "next") ?? 0)
        fork = UInt64(clamping: cursor.removeValue(forKey: "fork") ?? 0)
        ahead = Set(cursor.keys.compactMap { UInt64($0) })
    }

    static func name(_ feed: HypercoreFeed) -> String { "hypercore:" + feed.key.lowercased() }

    func poll(_ watched: [Trigger]) throws(TriggerError) -> SourceBatch {
        let triggers = watched.filter { trigger in
            guard case .hypercoreAppend(let key) = trigger else { return false }
            return key.lowercased() == feed.key.lowercased()
        }
        guard !triggers.isEmpty else { return SourceBatch() }
        do throws(FeedFault) {
            let files = try FeedFiles(feed.directory, logBytesMax: Self.logBytesMax)
            if files.logBytes == seen { return SourceBatch() }
            let log = try FeedLog(files.logBytes)
            guard Hex.encode(log.key) == feed.key.lowercased() else {
                throw .unknown("the feed's key \(Hex.encode(log.key))")
            }
            return try read(files, log, triggers)
        } catch {
            throw .damaged(source: name, reason: "\(error)")
        }
    }

    func commit() throws(TriggerError) {
        try store.setCursor(name, pending)
        for (name, value) in pending {
            switch name {
            case "next": next = UInt64(clamping: value ?? 0)
            case "fork": fork = UInt64(clamping: value ?? 0)
            default:
                guard let index = UInt64(name) else { continue }
                if value == nil { ahead.remove(index) } else { ahead.insert(index) }
            }
        }
        pending = []
    }

    private func read(
        _ files: FeedFiles,
        _ log: FeedLog,
        _ triggers: [Trigger]
    ) throws(FeedFault) -> SourceBatch {
        var batch = SourceBatch()
        guard log.length > 0 else { return batch }
        let tree = try FeedTree(log) { index throws(FeedFault) in try files.node(index, log) }
        var (next, ahead) = (next, ahead)
        if log.fork != fork {
            // What was truncated may have come back with other contents; what did not change is known downstream.
            next = min(next, log.ancestors ?? 0)
            ahead = []
        }
        let end = min(log.length, next + Self.aheadCountMax)
        var bytesLeft = Self.batchBytesMax
        var delivered: Set<UInt64> = []
        var index = next
        while index < end, delivered.count < Self.batchCountMax, bytesLeft > 0 {
            defer { index += 1 }
            guard !ahead.contains(index), try files.has(index, log),
                let block = try block(index, files, log, tree, limit: bytesLeft)
            else { continue }
            bytesLeft -= block.count
            delivered.insert(index)
            batch.occurrences += triggers.map { occurrence(index, block, $0) }
        }
        batch.isMore = index < end
        if !batch.isMore { seen = files.logBytes }
        note(delivered.union(ahead), from: next, log, &batch)
        batch.position = "block \(self.next) of \(log.length)"
        return batch
    }

    /// Notes what `commit` writes: the first block that is missing, and those above it that are not.
    private func note(
        _ delivered: Set<UInt64>,
        from start: UInt64,
        _ log: FeedLog,
        _ batch: inout SourceBatch
    ) {
        var reached = start
        while delivered.contains(reached) { reached += 1 }
        let left = delivered.filter { $0 > reached }
        var changes: TriggerStore.Changes = []
        if reached != next { changes.append(("next", Int64(clamping: reached))) }
        if log.fork != fork { changes.append(("fork", Int64(clamping: log.fork))) }
        changes += ahead.subtracting(left).sorted().map { ("\($0)", nil) }
        changes += left.subtracting(ahead).sorted().map { ("\($0)", 1) }
        pending = changes
        batch.hasProgress = !changes.isEmpty
    }

    private func block(
        _ index: UInt64,
        _ files: FeedFiles,
        _ log: FeedLog,
        _ tree: FeedTree,
        limit: Int
    ) throws(FeedFault) -> [UInt8]? {
        let found = try tree.block(index) { node throws(FeedFault) in try files.node(node, log) }
        guard let (offset, node) = found else { return nil }
        guard node.size <= UInt64(Self.batchBytesMax) else {
            throw .unknown("a block of \(node.size) bytes")
        }
        let block = try files.data(Int(node.size), at: offset)
        guard FeedTree.leafHash(block) == node.hash else { throw .badHash(index: 2 * index) }
        return block
    }

    private func occurrence(
        _ index: UInt64,
        _ block: [UInt8],
        _ trigger: Trigger
    ) -> TriggerOccurrence {
        TriggerOccurrence(
            .watchers(of: trigger),
            .hypercoreAppend(feedKey: feed.key, index: index, data: block),
            name: [
                Array(name.utf8), TriggerCoding.key(trigger), index.littleEndianBytes,
                FeedTree.leafHash(block),
            ]
        )
    }
}

/// The files of a feed.
struct FeedFiles {
    let logBytes: [UInt8]
    private let tree: (any StorageFile)?
    private let bits: (any StorageFile)?
    private let data: (any StorageFile)?

    init(_ path: String, logBytesMax: UInt64) throws(FeedFault) {
        let size: UInt64
        do throws(PlatformError) {
            let directory = try LinuxDirectory.open(path)
            let log = try directory.open("oplog", readOnly: true)
            size = try log.size()
            logBytes = try Self.bytes(log, Int(min(size, logBytesMax)), at: 0)
            tree = try Self.open("tree", directory)
            bits = try Self.open("bitfield", directory)
            data = try Self.open("data", directory)
        } catch {
            throw .unreadable("\(error)")
        }
        guard size <= logBytesMax else { throw .unknown("an oplog of \(size) bytes") }
    }

    /// A file that a feed without flushed blocks does not have.
    private static func open(
        _ name: String,
        _ directory: LinuxDirectory
    ) throws(PlatformError) -> (any StorageFile)? {
        do throws(PlatformError) { return try directory.open(name, readOnly: true) } catch {
            if error.isNotFound { return nil }
            throw error
        }
    }

    private func read(
        _ file: (any StorageFile)?,
        _ count: Int,
        at offset: UInt64
    ) throws(FeedFault) -> [UInt8] {
        guard let file else { return [] }
        do throws(PlatformError) { return try Self.bytes(file, count, at: offset) } catch {
            throw .unreadable("\(error)")
        }
    }

    private static func bytes(
        _ file: any StorageFile,
        _ count: Int,
        at offset: UInt64
    ) throws(PlatformError) -> [UInt8] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
        defer { unsafe buffer.deallocate() }
        let filled = try unsafe file.read(into: buffer, at: offset)
        return unsafe Array(buffer[..<filled])
    }

    /// A node of the tree; none if it is not there.
    func node(_ index: UInt64, _ log: FeedLog) throws(FeedFault) -> FeedLog.Node? {
        if let node = log.nodes[index] { return node }
        guard index < 1 << 56 else { return nil }
        let bytes = try read(tree, 40, at: index * 40)
        // What was never written is zero, and no node has that hash.
        guard bytes.count == 40, bytes.contains(where: { $0 != 0 }) else { return nil }
        var reader = FeedReader(bytes[...])
        let size = try reader.fixed(8)
        return FeedLog.Node(size: size, hash: try reader.bytes(32))
    }

    /// Whether a block is there.
    func has(_ index: UInt64, _ log: FeedLog) throws(FeedFault) -> Bool {
        for change in log.changes.reversed() where change.blocks.contains(index) {
            return !change.isRemoval
        }
        let byte = try read(bits, 1, at: index / 8).first ?? 0
        return byte >> UInt8(index % 8) & 1 == 1
    }

    func data(_ count: Int, at offset: UInt64) throws(FeedFault) -> [UInt8] {
        if count == 0 { return [] }
        let bytes = try read(data, count, at: offset)
        guard bytes.count == count else { throw .truncated }
        return bytes
    }
}
