public import BLS12381
public import Encoding

/// Why parameters, keys or bytes are refused; no case carries a secret.
public enum ThresholdKeysError: Error, Equatable, Sendable {
    /// A committee has no seat, more than twelve, or its indices are not ascending numbers of 1 … 12.
    case invalidSeats
    /// Two seats of a committee have the same identity key; the index is the second one's.
    case repeatedIdentity(index: UInt32)
    /// The threshold is not more than half of the seats, or more than all of them.
    case invalidThreshold(threshold: Int, seats: Int)
    /// The venue's name is empty or longer than 64 bytes.
    case invalidVenue
    /// The heights at which the phases end do not ascend.
    case invalidSchedule
    /// A key set of another venue, threshold or committee was given as the one to continue, or its epoch
    /// is not before the new one.
    case invalidPrevious
    /// The secret of a ceremony does not have 32 bytes.
    case wrongSecretLength(Int)
    /// The decryption key does not belong to the encryption key of the seat.
    case wrongDecryptionKey(index: UInt32)
    /// The identity key has a seat neither in the old nor in the new committee.
    case notAMember
    /// The share is not the one that the seat holds in the epoch to continue.
    case wrongShare(index: UInt32)
    /// Two partial signatures have the same index.
    case repeatedIndex(UInt32)
    /// A partial signature has an index that no seat has.
    case unknownIndex(UInt32)
    /// Too few partial signatures are left without the invalid ones.
    case tooFewPartials(valid: Int, needed: Int, invalid: [UInt32])
    /// The ceremony has ended without new keys.
    case ceremonyFailed(CeremonyFailure)
    /// A bundle of this process was refused: what signs and what verifies do not fit.
    case bundleRefused(BundleRefusal)
    /// The bytes are not deterministic CBOR of the expected form.
    case malformed(CBORError)
    /// The bytes are CBOR, but a field has another length, count, order or range than it should.
    case unexpectedField
    /// A point, scalar or key is refused.
    case invalidElement(BLSError)
}

extension ThresholdKeysError: CustomStringConvertible {
    /// What is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .invalidSeats:
            "the committee must have 1 to 12 seats with ascending indices up to 12: correct its list"
        case .repeatedIdentity(let index):
            "seat \(index) has the identity key of another seat: give each seat its own"
        case .invalidThreshold(let threshold, let seats):
            "a threshold of \(threshold) does not fit \(seats) seats: choose more than half of them"
        case .invalidVenue: "the venue's name must have 1 to 64 bytes: shorten it"
        case .invalidSchedule: "the phases must end at ascending heights: correct the schedule"
        case .invalidPrevious:
            "the key set to continue is of another venue, committee or threshold, or of no earlier "
                + "epoch: use the active one"
        case .wrongSecretLength(let count):
            "the ceremony's secret has \(count) bytes, not 32: draw it anew"
        case .wrongDecryptionKey(let index):
            "the decryption key is not that of seat \(index): load the seat's own key"
        case .notAMember: "the identity key has no seat in the ceremony: check both committees"
        case .wrongShare(let index):
            "the share is not that of seat \(index) in the epoch to continue: load the active one"
        case .repeatedIndex(let index):
            "seat \(index) signed twice: pass one partial signature each"
        case .unknownIndex(let index): "no seat has the index \(index): drop its partial signature"
        case .tooFewPartials(let valid, let needed, let invalid):
            "\(valid) partial signatures are valid, \(invalid.count) are not, and \(needed) are needed: "
                + "wait for more"
        case .ceremonyFailed(let failure): "the key ceremony failed: \(failure)"
        case .bundleRefused(let refusal):
            "a bundle that was just signed is refused (\(refusal)): check the identity keys"
        case .malformed(let error):
            "the bytes are not the expected CBOR (\(error)): read them again"
        case .unexpectedField: "a field has the wrong length, count, order or range: read it again"
        case .invalidElement(let error):
            "a point, scalar or key is refused (\(error)): read it again"
        }
    }
}
