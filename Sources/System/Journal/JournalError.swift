public import Platform
public import Venue

/// Why a journal cannot be used, or no more.
public enum JournalError: Error, Equatable, Sendable {
    /// The operating system failed.
    case platform(PlatformError)
    /// A file is not what was written, and it is not merely its unfinished end.
    case damaged(file: String, offset: UInt64, Damage)
    /// The first segment is not the first of the journal, and no usable snapshot says what was before.
    case historyMissing(file: String)
    /// A segment between two others is gone.
    case segmentMissing(file: String)
    /// The journal ends before a snapshot that was made from it.
    case endMissing(file: String, snapshotSequence: UInt64)
    /// Replaying the commands gave another state than the one that was recorded.
    case stateDiverged(sequence: UInt64)
    /// The journal stopped after an error; the first one is the reason.
    indirect case stopped(JournalError)

    /// What is wrong with a file.
    public enum Damage: Equatable, Sendable {
        /// The head of a segment is not valid.
        case segmentHeader
        /// The head of a batch is not valid.
        case batchHeader
        /// The records of a batch are not valid.
        case records
        /// A batch does not continue the chain of hashes.
        case chain
        /// A batch does not continue the sequence of commands: a gap, or a repetition.
        case sequence(expected: UInt64, found: UInt64)
        /// A record is intact and is no command.
        case command(CommandDecodingError)
        /// A filed document is not the one that its command names.
        case document
        /// The head of a snapshot is not valid.
        case snapshotHeader
        /// The checksum of a snapshot is wrong.
        case snapshotContents
        /// The contents of a snapshot are intact and give no venue.
        case snapshotVenue(SnapshotError)
    }
}

extension JournalError: CustomStringConvertible {
    /// One line: the file, the offset and what is wrong.
    public var description: String {
        switch self {
        case .platform(let error):
            error.description
        case .damaged(let file, let offset, let damage):
            "\(file): damaged at offset \(offset): \(damage)"
        case .historyMissing(let file):
            "\(file): the segments before it are missing and no usable snapshot replaces them"
        case .segmentMissing(let file):
            "\(file): missing, although later segments exist"
        case .endMissing(let file, let sequence):
            "\(file): the journal ends before command \(sequence), which a snapshot contains"
        case .stateDiverged(let sequence):
            "the state after command \(sequence) is not the recorded one"
        case .stopped(let reason):
            "the journal stopped: \(reason)"
        }
    }
}

extension JournalError.Damage: CustomStringConvertible {
    /// What is wrong, in a few words.
    public var description: String {
        switch self {
        case .segmentHeader: "invalid segment header"
        case .batchHeader: "invalid batch header"
        case .records: "invalid records in a batch"
        case .chain: "the batch does not continue the hash chain"
        case .sequence(let expected, let found): "command \(found) where \(expected) is due"
        case .command(let error): "undecodable command: \(error)"
        case .document: "a filed document is not the one that its command names"
        case .snapshotHeader: "invalid snapshot header"
        case .snapshotContents: "wrong snapshot checksum"
        case .snapshotVenue(let error): "unusable snapshot: \(error)"
        }
    }
}

/// Something the operator should know although the journal works on.
public enum JournalWarning: Equatable, Sendable {
    /// The last batch was not finished when the writer ended; it was never acknowledged and is cut.
    case tornTail(file: String, offset: UInt64)
    /// A snapshot cannot be used; an older one, or the whole journal, is replayed instead.
    case snapshotUnusable(JournalError)
}

extension JournalWarning: CustomStringConvertible {
    /// One line.
    public var description: String {
        switch self {
        case .tornTail(let file, let offset):
            "\(file): cut an unfinished batch at offset \(offset); none of it was acknowledged"
        case .snapshotUnusable(let error):
            "ignored a snapshot: \(error)"
        }
    }
}

extension JournalError {
    /// Runs something that uses the platform and wraps what it throws.
    @inline(__always)
    static func wrap<Result>(
        _ body: () throws(PlatformError) -> Result
    ) throws(JournalError) -> Result {
        do throws(PlatformError) { return try body() } catch { throw .platform(error) }
    }
}
