public import BLS12381
public import Encoding
public import Statements

/// Why a roster, a vote or a certificate is refused; each case names the seat or the value that is wrong.
public enum AttestationError: Error, Equatable, Sendable {
    /// A roster is no roster.
    case malformedRoster(StatementError)
    /// The identity key of a seat is no key.
    case invalidIdentityKey(seat: UInt32)
    /// The share key of a seat is no key.
    case invalidShareKey(seat: UInt32, BLSError)
    /// The group's key is no key.
    case invalidGroupKey(BLSError)
    /// A vote, counted from 0 where it stands in a certificate, is no signed message of the right shape.
    case malformedVote(position: Int, COSEError)
    /// A vote has a header or a member that it must not have, or not what it must; `name` says which.
    case invalidVote(position: Int, name: Text)
    /// A certificate has a member that it must not have, or not what it must; `name` says which.
    case invalidCertificate(name: Text)
    /// The bytes of a certificate are not deterministic CBOR.
    case malformedCertificate(CBORError)
    /// The payload of a certificate attests to no interval and no claim.
    case malformedPayload(StatementError)
    /// A message between the venue and its observers is not deterministic CBOR; `kind` says which message.
    case malformedMessage(kind: Text, CBORError)
    /// A message has a member that it must not have, or not what it must.
    case invalidMessage(kind: Text, name: Text)
    /// A dissent is no signed message of the right shape.
    case malformedDissent(COSEError)
    /// What a dissent says is malformed.
    case invalidDissent(StatementError)
    /// A notice about a seat is no signed message of the right shape.
    case malformedNotice(COSEError)
    /// What a notice about a seat says is malformed.
    case invalidNotice(StatementError)
    /// An attestation is no document of that kind.
    case malformedAttestation(StatementError)
    /// An attestation says something else than the certificate in it; `name` says in what it differs.
    case otherAttestation(name: Text)
    /// A report is no document of that kind.
    case malformedReport(StatementError)
    /// A report is not the one that a claim is about; `name` says in what it differs.
    case otherReport(name: Text)
    /// There are fewer votes than needed.
    case tooFewVotes(found: Int, needed: Int)
    /// A seat votes twice.
    case repeatedSeat(UInt32)
    /// The votes are not in the order of their seats; `UInt32` is the first seat that comes too late.
    case unorderedVotes(UInt32)
    /// The bitmap of signers is not the one that the votes give.
    case wrongSigners(found: UInt64, expected: UInt64)
    /// A vote is by a seat that the roster does not have.
    case unknownSeat(UInt32)
    /// A vote is not about what the certificate is about; `name` says in what it differs.
    case otherVote(seat: UInt32, name: Text)
    /// A vote names another key than the seat's identity key.
    case wrongKeyID(seat: UInt32)
    /// A vote is not signed by the seat's identity key.
    case wrongIdentitySignature(seat: UInt32)
    /// A partial signature is no point of the group.
    case invalidPartial(seat: UInt32, BLSError)
    /// A partial signature is not by the seat's share.
    case wrongPartial(seat: UInt32)
    /// The group's signature is no point of the group.
    case invalidGroupSignature(BLSError)
    /// The group's signature is not by the group's key.
    case wrongGroupSignature
    /// The partial signatures, put together, give another signature than the group's.
    case otherCombination
    /// The partial signatures cannot be put together.
    case notCombined(BLSError)
    /// The roster is another one than the one that was attested with.
    case otherRoster(name: Text)
    /// The interval was attested before the roster held.
    case rosterNotYetValid
    /// The signers are too close to each other.
    case notDiverse(DiversityViolation)
}

extension AttestationError: CustomStringConvertible {
    /// One sentence without a full stop: what is wrong, and with which seat.
    public var description: String {
        switch self {
        case .malformedRoster(let error): "the roster is malformed: \(error.description)"
        case .invalidIdentityKey(let seat): "the identity key of seat \(seat) is no Ed25519 key"
        case .invalidShareKey(let seat, let error):
            "the share key of seat \(seat) is no key: \(error.explanation)"
        case .invalidGroupKey(let error): "the group key is no key: \(error.explanation)"
        case .malformedVote(let position, let error):
            "vote \(position) is malformed: \(error.explanation)"
        case .invalidVote(let position, let name):
            "vote \(position) has a wrong \(name.string)"
        case .invalidCertificate(let name):
            "the quorum certificate has a wrong member \(name.string)"
        case .malformedCertificate(let error):
            "the quorum certificate is malformed: \(error.explanation)"
        case .malformedPayload(let error):
            "what the quorum signed is malformed: \(error.description)"
        case .malformedMessage(let kind, let error):
            "the \(kind.string) is malformed: \(error.explanation)"
        case .invalidMessage(let kind, let name):
            "the \(kind.string) has a wrong member \(name.string)"
        case .malformedDissent(let error): "the dissent is malformed: \(error.explanation)"
        case .invalidDissent(let error): "what the dissent says is malformed: \(error.description)"
        case .malformedNotice(let error): "the notice is malformed: \(error.explanation)"
        case .invalidNotice(let error): "what the notice says is malformed: \(error.description)"
        case .malformedAttestation(let error): "the attestation is malformed: \(error.description)"
        case .otherAttestation(let name): "the attestation has another \(name.string)"
        case .malformedReport(let error): "the report is malformed: \(error.description)"
        case .otherReport(let name): "the claim is about another \(name.string) than the report's"
        case .tooFewVotes(let found, let needed): "only \(found) votes, \(needed) are needed"
        case .repeatedSeat(let seat): "seat \(seat) votes twice"
        case .unorderedVotes(let seat): "the vote of seat \(seat) is out of order"
        case .wrongSigners(let found, let expected):
            "the bitmap of signers is \(found), the votes give \(expected)"
        case .unknownSeat(let seat): "the roster has no seat \(seat)"
        case .otherVote(let seat, let name):
            "the vote of seat \(seat) is about another \(name.string)"
        case .wrongKeyID(let seat): "the vote of seat \(seat) names another key"
        case .wrongIdentitySignature(let seat):
            "the vote of seat \(seat) is not signed by its identity key"
        case .invalidPartial(let seat, let error):
            "the partial signature of seat \(seat) is no signature: \(error.explanation)"
        case .wrongPartial(let seat): "the partial signature of seat \(seat) is not by its share"
        case .invalidGroupSignature(let error):
            "the group signature is no signature: \(error.explanation)"
        case .wrongGroupSignature: "the group signature is not by the trusted group key"
        case .otherCombination: "the votes' partial signatures do not give the group signature"
        case .notCombined(let error):
            "the partial signatures cannot be combined: \(error.explanation)"
        case .otherRoster(let name): "the roster has another \(name.string) than was attested"
        case .rosterNotYetValid: "the roster was not yet valid at the time of the attestation"
        case .notDiverse(let violation): violation.description
        }
    }
}

extension BLSError {
    /// What is wrong, as a part of a sentence.
    public var explanation: String {
        switch self {
        case .wrongLength(let expected, let actual): "\(actual) bytes instead of \(expected)"
        case .wrongFlags: "wrong flags"
        case .notCanonical: "not in canonical form"
        case .notOnCurve: "not on the curve"
        case .notInSubgroup: "not in the subgroup"
        case .identity: "the identity"
        case .scalarOutOfRange: "a scalar out of range"
        case .zeroKey: "a key of zero"
        case .keyMaterialTooShort: "too little key material"
        case .emptyTag: "an empty tag"
        case .empty: "nothing to combine"
        case .zeroRandomiser: "a randomiser of zero"
        case .zeroIndex: "an index of zero"
        case .duplicateIndex: "an index occurs twice"
        }
    }
}
