import Committee
import Cryptography
import Encoding
import Platform
import Primitives
import Settlement
import Statements
import Transparency
import Venue

/// What a person can decide about an interval that waits for its quorum: nobody can attest by hand.
enum IntervalDecision {
    /// The observers are asked again at once.
    case retry
    /// It is known and accepted that the interval waits.
    case acknowledge

    /// The decision of a name; none if there is no such decision.
    init?(_ name: Text) {
        switch name {
        case "retry": self = .retry
        case "acknowledge": self = .acknowledge
        default: return nil
        }
    }

    /// What the audit statement says was done.
    var event: Text {
        switch self {
        case .retry: Acknowledgement.retryEvent
        case .acknowledge: Acknowledgement.event
        }
    }
}

extension VenueCommittee {
    /// Takes an audit statement of the journal.
    static func take(audit document: FiledDocument, _ committee: CommitteeService) {
        do throws(StatementError) {
            committee.take(try AuditStatement(decoding: document.bytes))
        } catch {
            // It was checked before it was filed; what slipped through says nothing here.
        }
    }

    /// Files what a person decided about an interval without a quorum, and asks the observers again if it is that.
    ///
    /// - Throws: `SeatRefusal` when no such interval waits, or the venue takes no document now.
    func decide(
        about interval: UInt64,
        _ decision: IntervalDecision,
        by name: Text,
        reason: Text
    ) throws(SeatRefusal) {
        let slot = AttestedSlot.interval(interval)
        guard committee.status.waiting.contains(where: { waiting in waiting.slot == slot }) else {
            throw SeatRefusal(reason: "interval \(interval) does not wait for a quorum")
        }
        try audit(decision.event, by: name, reason: reason, Acknowledgement.record(of: slot))
        if decision == .retry { committee.retry(slot) }
    }

    /// Files that somebody did something, and why: it becomes a leaf of the log.
    func audit(
        _ event: Text,
        by name: Text,
        reason: Text,
        _ record: SHA256.Digest
    ) throws(SeatRefusal) {
        let statement = AuditStatement(
            venue: identity.venue,
            event: event,
            requestor: name,
            reason: reason,
            record: record,
            time: Timestamp(LinuxClock().wallNanoseconds())
        )
        do throws(TransparencyError) {
            try log.file(.audit, statement.encoded)
        } catch {
            throw SeatRefusal(reason: "\(error)")
        }
    }
}
