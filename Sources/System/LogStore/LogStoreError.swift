public import Cryptography
public import Platform

/// Why a log cannot be used, or not for what was asked.
public enum LogStoreError: Error, Equatable, Sendable {
    /// The operating system failed.
    case platform(PlatformError)
    /// There is no checkpoint in the directory.
    case noCheckpoint(directory: String)
    /// The checkpoint is not one of this log: it cannot be read, has another origin, or is not signed by the key.
    case foreignCheckpoint(reason: String)
    /// The signer refused.
    case signing(reason: String)
    /// A file is not what was written.
    case damaged(file: String, Damage)
    /// There are tiles and no record of what was published.
    case recordMissing(directory: String)
    /// The published checkpoint contradicts the record of what was decided before it.
    case checkpointContradicts(published: TreeHead, recorded: TreeHead)
    /// An entry has more than 65,535 bytes.
    case entryTooLarge(count: Int)
    /// A cursor has more than 4,096 bytes.
    case cursorTooLarge(count: Int)
    /// The number belongs to another entry already.
    case numberTaken(LogSpace, UInt64, leaf: UInt64)
    /// The number is too far beyond the largest one.
    case numberTooLarge(LogSpace, UInt64)
    /// The log has not so many entries.
    case noSuchEntry(index: UInt64, size: UInt64)
    /// A tree size is above the log's, or the older of two is above the newer.
    case noSuchTree(size: UInt64, largest: UInt64)
    /// The log is full.
    case full
    /// Too many entries wait to be committed.
    case busy
    /// The log was asked to end.
    case closed
    /// The log stopped after an error; the first one is the reason.
    indirect case stopped(LogStoreError)

    /// What is wrong with a file.
    public enum Damage: Equatable, Sendable {
        /// It is missing.
        case missing
        /// It has `found` bytes, where there must be `expected`.
        case size(expected: UInt64, found: UInt64)
        /// The entry at `position` runs over the end of the bundle, or something follows the last one.
        case bundle(position: Int)
        /// The entry is not the one whose hash is in the tile.
        case entry(index: UInt64)
        /// The hash at a place of the tile is not that of the nodes below it.
        case hash(place: Int)
        /// The tiles give another root than the checkpoint.
        case root(size: UInt64, found: SHA256.Digest, expected: SHA256.Digest)
        /// The index names an entry that has not this key.
        case index(position: UInt64)
        /// The checksum is wrong.
        case checksum
    }
}

extension LogStoreError: CustomStringConvertible {
    /// One line: what is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .platform(let error): error.description
        case .noCheckpoint(let directory):
            "\(directory): there is no checkpoint in it; name the directory of a log"
        case .foreignCheckpoint(let reason): "the checkpoint is not this log's: \(reason)"
        case .signing(let reason): "the checkpoint cannot be signed: \(reason)"
        case .damaged(let file, let damage): "\(file): damaged: \(damage)"
        case .recordMissing(let directory):
            "\(directory): there are files of a log and no intact record of what was published; "
                + "move them away and write the log again from the journal"
        case .checkpointContradicts(let published, let recorded):
            "the checkpoint of size \(published.size) with root \(published.root) contradicts the "
                + "record of size \(recorded.size) with root \(recorded.root); one of them is not "
                + "from this directory"
        case .entryTooLarge(let count):
            "an entry of \(count) bytes; at most \(LogLimits.entryBytesMax) are possible"
        case .cursorTooLarge(let count):
            "a cursor of \(count) bytes; at most \(LogLimits.cursorBytesMax) are possible"
        case .numberTaken(let space, let number, let leaf):
            "number \(number) of \(space.fileName) belongs to entry \(leaf) already"
        case .numberTooLarge(let space, let number):
            "number \(number) of \(space.fileName) is too far beyond the largest one"
        case .noSuchEntry(let index, let size):
            "there is no entry \(index): the log has \(size), counted from 0"
        case .noSuchTree(let size, let largest):
            "there is no tree of size \(size): the largest possible here is \(largest)"
        case .full: "the log has as many entries as a tree can have"
        case .busy: "too many entries wait to be committed; try again later"
        case .closed: "the log was asked to end"
        case .stopped(let reason): "the log stopped: \(reason)"
        }
    }
}

extension LogStoreError.Damage: CustomStringConvertible {
    /// What is wrong, in a few words.
    public var description: String {
        switch self {
        case .missing: "the file is missing"
        case .size(let expected, let found): "\(found) bytes where there must be \(expected)"
        case .bundle(let position): "no whole entry at byte \(position)"
        case .entry(let index): "entry \(index) is not the one whose hash is in the tree"
        case .hash(let place): "hash \(place) is not that of the nodes below it"
        case .root(let size, let found, let expected):
            "the root of size \(size) is \(found), and the checkpoint says \(expected)"
        case .index(let position): "the record at byte \(position) names a wrong entry"
        case .checksum: "wrong checksum"
        }
    }
}

extension LogStoreError {
    /// Runs something that uses the platform and wraps what it throws.
    @inline(__always)
    static func wrap<Result: ~Copyable>(
        _ body: () throws(PlatformError) -> Result
    ) throws(LogStoreError) -> Result {
        do throws(PlatformError) { return try body() } catch { throw .platform(error) }
    }
}
