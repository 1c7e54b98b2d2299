/// Why an answer of an observer did not count; every refusal is recorded with one of these.
public enum AttestationRefusal: String, Hashable, Sendable, CaseIterable {
    /// The bytes are no vote and no dissent.
    case malformed
    /// There is no such seat in the roster.
    case unknownSeat
    /// The seat is suspended for now.
    case suspendedSeat
    /// The seat was removed.
    case removedSeat
    /// Another participant of the network sent it than the seat that it names.
    case otherSender
    /// It is about another venue.
    case otherVenue
    /// It is about another epoch.
    case otherEpoch
    /// Nothing is asked under that slot.
    case otherSlot
    /// It names another last command.
    case otherHeight
    /// It is about another digest than what was asked.
    case otherDigest
    /// It names another key than the seat's.
    case otherKey
    /// It is not signed by the seat's identity key.
    case wrongSignature
    /// Its partial signature is no point of the group.
    case invalidPoint
    /// Its partial signature is not by the seat's share.
    case invalidShare
    /// The seat answered already, and the same.
    case duplicate
    /// The seat signed something else for the same slot before.
    case equivocation
    /// It came while too many others waited.
    case overload
}

extension AttestationRefusal: CustomStringConvertible {
    /// What is wrong, as a part of a sentence.
    public var description: String {
        switch self {
        case .malformed: "no vote and no dissent"
        case .unknownSeat: "of no seat of the roster"
        case .suspendedSeat: "of a suspended seat"
        case .removedSeat: "of a removed seat"
        case .otherSender: "sent by another participant than its seat"
        case .otherVenue: "about another venue"
        case .otherEpoch: "about another epoch"
        case .otherSlot: "about nothing that is asked"
        case .otherHeight: "about another command"
        case .otherDigest: "about another digest"
        case .otherKey: "with another key's name"
        case .wrongSignature: "not signed by the seat's identity key"
        case .invalidPoint: "with a partial signature that is no point of the group"
        case .invalidShare: "with a partial signature that is not by the seat's share"
        case .duplicate: "a repetition"
        case .equivocation: "against the seat's own word for the same slot"
        case .overload: "one too many at once"
        }
    }
}
