public import Cryptography
public import Encoding
import Primitives
public import Venue

/// Why a follower cannot go on, or what the venue says that its journal does not.
public enum FollowError: Error, Equatable, Sendable {
    /// The bytes after command `sequence` are no records.
    case malformedRecord(sequence: UInt64)
    /// What follows command `sequence` is no command.
    case malformedCommand(sequence: UInt64, CommandDecodingError)
    /// The document of command `sequence` is not there, or is another one.
    case wrongDocument(sequence: UInt64)
    /// There are records before the leaves of an interval that has ended.
    case leavesMissing(interval: UInt64)
    /// There are leaves although no interval has ended.
    case leavesUnexpected
    /// The venue's state hash after command `sequence` is not the one that its commands lead to.
    case stateDiffers(sequence: UInt64, venue: SHA256.Digest, own: SHA256.Digest)
    /// An interval has another number of leaves than it must have.
    case leafCount(interval: UInt64, expected: UInt64, found: UInt64)
    /// A leaf says something else than what happened; `what` names the part and both values.
    case leafDiffers(index: UInt64, what: String)
    /// A snapshot is of another venue, or damaged.
    case badSnapshot(Text)
    /// An interval is open, so there is nothing to keep yet.
    case betweenIntervals

    /// Whether the venue said something that is not so, and not only something that cannot be read.
    public var isDisagreement: Bool {
        switch self {
        case .stateDiffers, .leafCount, .leafDiffers, .wrongDocument: true
        default: false
        }
    }
}

extension FollowError: CustomStringConvertible {
    /// One line: where it is and what differs.
    public var description: String {
        switch self {
        case .malformedRecord(let sequence): "what follows command \(sequence) is no record"
        case .malformedCommand(let sequence, _): "what follows command \(sequence) is no command"
        case .wrongDocument(let sequence):
            "the document of command \(sequence) is not the one that its hash names"
        case .leavesMissing(let interval): "the leaves of interval \(interval) are missing"
        case .leavesUnexpected: "there are leaves although no interval has ended"
        case .stateDiffers(let sequence, let venue, let own):
            "the state hash after command \(sequence) is \(venue.hex) for the venue, but its "
                + "commands lead to \(own.hex)"
        case .leafCount(let interval, let expected, let found):
            "interval \(interval) has \(found) leaves, and must have \(expected)"
        case .leafDiffers(let index, let what): "leaf \(index) of the log: \(what)"
        case .badSnapshot(let what): "the snapshot cannot be used: \(what.string)"
        case .betweenIntervals: "an interval is open; a snapshot is made when it has ended"
        }
    }
}
