internal import Primitives
public import Statements

/// What happens to an observer, for whoever looks on.
public enum AttestorEvent: Equatable, Sendable {
    /// It goes on behind an interval that its snapshot has.
    case restored(interval: UInt64)
    /// It begins with the first command; the text says why it cannot use its snapshot, if it has one.
    case beganAnew(String?)
    /// A roster was filed; the index of its own seat, none if it has none in it.
    case roster(epoch: UInt64, seat: UInt32?)
    /// It signed.
    case voted(AttestedSlot)
    /// It refused to sign, with the reason.
    case dissented(AttestedSlot, String)
    /// It can neither sign nor refuse; the text says why.
    case unanswered(AttestedSlot, String)
    /// The venue said what is not so; it signs nothing any more.
    case diverged(String)
    /// Something that came is not used; the text says why.
    case ignored(String)
    /// The re-execution stopped and begins again at its snapshot.
    case restarting(String)
    /// It wrote a snapshot.
    case snapshot(interval: UInt64)
    /// It cannot go on; the text says why.
    case failed(String)
}

extension AttestorEvent: CustomStringConvertible {
    /// One line without a full stop.
    public var description: String {
        switch self {
        case .restored(let interval): "goes on behind interval \(interval)"
        case .beganAnew(nil): "begins with the first command"
        case .beganAnew(let reason?): "begins with the first command: \(reason)"
        case .roster(let epoch, let seat?): "has seat \(seat) of epoch \(epoch)"
        case .roster(let epoch, nil): "has no seat in epoch \(epoch)"
        case .voted(let slot): "voted for \(slot)"
        case .dissented(let slot, let reason): "dissents from \(slot): \(reason)"
        case .unanswered(let slot, let reason): "gives no answer for \(slot): \(reason)"
        case .diverged(let reason): "signs nothing any more: \(reason)"
        case .ignored(let reason): "ignored: \(reason)"
        case .restarting(let reason): "re-execution begins again at the snapshot: \(reason)"
        case .snapshot(let interval): "wrote a snapshot behind interval \(interval)"
        case .failed(let reason): "cannot go on: \(reason)"
        }
    }
}
