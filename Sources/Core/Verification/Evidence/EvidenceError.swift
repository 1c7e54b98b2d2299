public import Attestation
public import Encoding
public import MerkleLog
public import Statements
public import ThresholdKeys

/// Why evidence proves nothing.
public enum EvidenceError: Error, Equatable, Sendable {
    /// The file is no evidence.
    case malformed(AttestationError)
    /// A part of it is malformed or not signed by whom it must be.
    case invalidPart(AttestationError)
    /// A leaf is no statement of the venue.
    case invalidLeaf(index: UInt64, StatementError)
    /// The roster of an epoch is not given.
    case missingRoster(epoch: UInt64)
    /// A roster is of another venue or group than the trusted one.
    case untrustedRoster(epoch: UInt64)
    /// The roster of the epoch has no such seat.
    case unknownSeat(UInt32)
    /// The votes differ in what they must have in common.
    case otherVotes(Text)
    /// Both votes are for the same digest, which is no fault.
    case sameDigest
    /// The votes are in another order than the one that makes the evidence unique.
    case wrongOrder
    /// Two of the votes are for one slot.
    case sameSlot
    /// The votes are more than 90 days apart.
    case tooFarApart
    /// The partial signature of a vote, counted from 0, is by the seat's share.
    case goodShare(position: Int)
    /// There is no trust to check a checkpoint with.
    case missingTrust
    /// The checkpoint is malformed.
    case invalidCheckpoint(NoteError)
    /// The checkpoint is signed by no known key of the log.
    case untrustedCheckpoint
    /// A leaf is neither in the evidence nor in the log that is given.
    case missingLeaf(index: UInt64)
    /// A leaf is not proven to be in the log.
    case unprovenLeaf(index: UInt64)
    /// The range does not begin and end with an attestation, or has another number of leaves.
    case invalidRange
    /// The range is not 30 days long.
    case wrongSpan(nanoseconds: UInt64)
    /// The range gives other figures.
    case otherCount(AttendanceTally.Count)
    /// The figures are no breach.
    case noBreach(AttendanceTally.Count)
    /// The seat takes no part in a violation of the rule.
    case ruleHolds(DiversityViolation.Rule)
    /// A notice is of another kind, or about another seat; the text says in what it differs.
    case otherNotice(Text)
    /// A notice is signed by nobody who may.
    case notAuthorised
    /// The parameters of a ceremony, or its evidence, are malformed.
    case invalidCeremony(ThresholdKeysError)
    /// The ceremony's seat has another identity key than the roster's, or its evidence proves nothing.
    case ceremonyProvesNothing
}

extension EvidenceError: CustomStringConvertible {
    /// One sentence without a full stop.
    public var description: String {
        switch self {
        case .malformed(let error): error.description
        case .invalidPart(let error): error.description
        case .invalidLeaf(let index, let error): "leaf \(index): \(error.description)"
        case .missingRoster(let epoch): "the roster of epoch \(epoch) is not given"
        case .untrustedRoster(let epoch):
            "the roster of epoch \(epoch) is of another venue or group than the trusted one"
        case .unknownSeat(let seat): "the roster has no seat \(seat)"
        case .otherVotes(let name): "the votes are of another \(name.string)"
        case .sameDigest: "both votes are for the same digest"
        case .wrongOrder: "the votes are not in their order"
        case .sameSlot: "two of the votes are for one slot"
        case .tooFarApart: "the votes are more than 90 days apart"
        case .goodShare(let position): "the partial signature of vote \(position) is good"
        case .missingTrust: "a trust file is needed to check the log's checkpoint"
        case .invalidCheckpoint(let error): "the checkpoint: \(error.description)"
        case .untrustedCheckpoint: "no known key of the log signed the checkpoint"
        case .missingLeaf(let index): "leaf \(index) is not given"
        case .unprovenLeaf(let index): "leaf \(index) is not proven to be in the log"
        case .invalidRange: "the range is not one from an attestation to another"
        case .wrongSpan(let nanoseconds):
            "the range is \(nanoseconds / 1_000_000_000) seconds long, and must be 30 to 31 days"
        case .otherCount(let count):
            "the range has \(count.certificates) certificates, and the seat was there for"
                + " \(count.present)"
        case .noBreach(let count):
            "\(count.present) of \(count.certificates) certificates are no breach"
        case .ruleHolds(let rule): "the seat breaks no rule D\(rule.rawValue + 1)"
        case .otherNotice(let name): "the notice is of another \(name.string)"
        case .notAuthorised: "the notice is signed by nobody who may"
        case .invalidCeremony(let error): "the ceremony: \(error.description)"
        case .ceremonyProvesNothing: "the ceremony's evidence proves nothing against the seat"
        }
    }
}
