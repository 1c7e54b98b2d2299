public import Cryptography
internal import MerkleLog

/// The numbers by which entries are found, each kind counted on its own.
public enum LogSpace: UInt8, CaseIterable, Sendable {
    /// Trades, by the trade's number.
    case trades
    /// Settlements, by the number of the trade that was settled.
    case settlements
    /// Attestations, by the number of the interval.
    case intervals

    /// The name of the file that holds its numbers.
    var fileName: String {
        switch self {
        case .trades: "trades"
        case .settlements: "settlements"
        case .intervals: "intervals"
        }
    }
}

/// What an entry can be found by.
public enum LogKey: Hashable, Sendable {
    /// A number, which no other entry of the same space has.
    case number(LogSpace, UInt64)
    /// The hash of a subject, which any number of entries may have.
    case subject(SHA256.Digest)
}

/// What is appended to a log.
public struct LogEntry: Equatable, Sendable {
    /// The bytes that are published, at most 65,535.
    public var bytes: [UInt8]
    /// What it can be found by; they are not published.
    public var keys: [LogKey]

    /// Makes an entry.
    public init(_ bytes: [UInt8], keys: [LogKey] = []) {
        self.bytes = bytes
        self.keys = keys
    }
}

/// A size of the log's tree and the root that it has then.
public struct TreeHead: Equatable, Sendable {
    /// How many entries there are.
    public var size: UInt64
    /// The root of the tree.
    public var root: SHA256.Digest

    /// Makes a tree head.
    public init(size: UInt64, root: SHA256.Digest) {
        self.size = size
        self.root = root
    }

    /// The head of the log without entries.
    static var empty: TreeHead { TreeHead(size: 0, root: MerkleTree.emptyRoot) }
}

/// How the log's checkpoints are made and read; what they look like is not known here.
public struct CheckpointFormat: Sendable {
    /// Makes the signed checkpoint of a tree head.
    public typealias Signing = @Sendable (_ head: TreeHead) throws(LogStoreError) -> [UInt8]
    /// Reads a checkpoint; throws `foreignCheckpoint` if it is not this log's, or not signed as it must be.
    public typealias Reading = @Sendable (_ checkpoint: [UInt8]) throws(LogStoreError) -> TreeHead

    /// Makes signed checkpoints.
    public let sign: Signing
    /// Reads and checks them.
    public let read: Reading

    /// Makes a format from its two functions.
    public init(sign: @escaping Signing, read: @escaping Reading) {
        self.sign = sign
        self.read = read
    }
}

/// The bounds of what a log takes.
public enum LogLimits {
    /// Most bytes of an entry.
    public static let entryBytesMax = EntryBundle.entryBytesMax
    /// Most bytes of a cursor.
    public static let cursorBytesMax = 4_096
    /// How far a number may be beyond the largest of its space: the numbers lie in a file by their value.
    public static let numberGapMax: UInt64 = 1 << 20
    /// How many subjects are sorted together.
    static let subjectRunCount = 16_384
}
