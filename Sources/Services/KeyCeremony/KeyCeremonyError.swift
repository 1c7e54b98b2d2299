public import Encoding
public import KeyStore
public import Platform
public import Statements
public import ThresholdKeys

/// Why a committee's file, a document of a ceremony or a member's store is refused.
public enum KeyCeremonyError: Error, Equatable, Sendable {
    /// The file of a committee is not what it must be; the error says where.
    case malformedCommittee(StatementError)
    /// The file of a committee is of another venue.
    case otherVenue(expected: Text, found: Text)
    /// The committee has too few seats for a quorum.
    case seatCount(Int)
    /// The encryption key of a seat is none.
    case invalidEncryptionKey(seat: UInt32, ThresholdKeysError)
    /// A document of a ceremony has a member that it must not have, or not what it must; `name` says which.
    case invalidDocument(name: Text)
    /// A document of a ceremony is no deterministic CBOR.
    case malformedDocument(CBORError)
    /// A ceremony's parameters do not fit together.
    case invalidParameters(ThresholdKeysError)
    /// A ceremony of this epoch runs already.
    case isRunning(epoch: UInt64)
    /// The ceremony would make a new group key, and this member holds a share of the old one.
    case wouldReplaceGroupKey(epoch: UInt64)
    /// The ceremony continues keys that this member knows otherwise.
    case otherPreviousKeys(epoch: UInt64)
    /// This member has no seat in the ceremony.
    case noSeat
    /// A sealed key cannot be used.
    case keys(KeyStoreError)
    /// A file cannot be used.
    case files(PlatformError)
    /// A stored key set cannot be read; `path` says where it lies.
    case damagedKeySet(path: String, ThresholdKeysError)
}

extension KeyCeremonyError: CustomStringConvertible {
    /// What is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .malformedCommittee(let error): "the committee's file is wrong: \(error.description)"
        case .otherVenue(let expected, let found):
            "the committee is of the venue \"\(found.string)\", not of \"\(expected.string)\""
        case .seatCount(let count): "the committee has \(count) seats, and 8 must sign: enrol more"
        case .invalidEncryptionKey(let seat, let error):
            "the encryption key of seat \(seat) is wrong: \(error.description)"
        case .invalidDocument(let name):
            "the document of the key ceremony has a wrong member \"\(name.string)\""
        case .malformedDocument(let error):
            "the document of the key ceremony is malformed: \(error.explanation)"
        case .invalidParameters(let error): "the key ceremony cannot be held: \(error.description)"
        case .isRunning(let epoch): "the key ceremony for epoch \(epoch) is running already"
        case .wouldReplaceGroupKey(let epoch):
            "the venue announced new keys for epoch \(epoch) instead of continuing the group key; "
                + "this seat takes no part"
        case .otherPreviousKeys(let epoch):
            "the venue announced to continue other keys of epoch \(epoch) than this seat holds; "
                + "it takes no part"
        case .noSeat: "this observer has no seat in the key ceremony; enrol it at the venue"
        case .keys(let error): error.description
        case .files(let error): error.description
        case .damagedKeySet(let path, let error):
            "\(path): not the keys of an epoch: \(error.description)"
        }
    }
}
