import Committee
import Encoding
import MessageBus
import Platform
import Primitives
import Sequencer
import Settlement
import Statements
import Transparency

extension VenueCommittee {
    /// How venue, log and committee do, as JSON.
    var statusObject: JSONObject {
        let status = committee.status
        let progress = log.progress
        let now = LinuxClock().monotonicNanoseconds()
        var object = JSONObject()
        object.add("venue", identity.venue.text.string)
        object.add("epoch", status.epoch)
        object.add("durableSequence", sequencer.durableSequence)
        object.add("loggedSequence", progress.loggedSequence)
        object.add("logSize", progress.size)
        object.add("unattested", progress.unattested)
        object.add("certificates", status.certificateCount)
        if let hub { object.add("connected", hub.peers.count) }
        if let nats = bus as? NATSBus { object.add("isConnectedToNATS", nats.isConnected) }
        if let fault = progress.fault { object.add("fault", fault.description) }
        var formations = Durations()
        for sample in status.formations { formations.add(sample) }
        object.add("formationP50Nanoseconds", formations.nanoseconds(perMille: 500))
        object.add("formationP99Nanoseconds", formations.nanoseconds(perMille: 990))
        var finalities = Durations()
        for sample in log.finalities { finalities.add(sample) }
        object.add("finalityP50Nanoseconds", finalities.nanoseconds(perMille: 500))
        object.add("finalityP99Nanoseconds", finalities.nanoseconds(perMille: 990))
        var refusals = JSONObject()
        for (reason, count) in status.refusals { refusals.add(reason.rawValue, count) }
        object.add("refusals", refusals)
        object.addEncoded("seats", Self.array(status.seats.map { Self.object(of: $0, now) }))
        object.addEncoded("waiting", Self.array(status.waiting.map { Self.object(of: $0, now) }))
        object.addEncoded("due", Self.array(dueObjects))
        object.add("rotation", rotationObject)
        return object
    }

    /// The service contracts that wait, as JSON.
    var pendingObject: JSONObject {
        var object = JSONObject()
        object.addEncoded("contracts", Self.array(coordinator.pending.map(Self.object)))
        let now = LinuxClock().monotonicNanoseconds()
        let intervals = committee.status.waiting.filter { waiting in waiting.slot.trade == nil }
        object.addEncoded("intervals", Self.array(intervals.map { Self.object(of: $0, now) }))
        object.addEncoded("due", Self.array(dueObjects))
        return object
    }

    private static func array(_ objects: [JSONObject]) -> String {
        "[" + objects.map(\.description).joined(separator: ", ") + "]"
    }

    private static func object(
        of seat: CommitteeStatus.SeatLine,
        _ now: UInt64
    ) -> JSONObject {
        var object = JSONObject()
        object.add("index", seat.index)
        object.add("operator", seat.operatorName)
        object.add("standing", seat.standing.rawValue)
        object.add("timely", seat.timelyCount)
        object.add("late", seat.lateCount)
        object.add("dissents", seat.dissentCount)
        object.add("refused", seat.refusalCount)
        object.add("answerMicroseconds", seat.answerNanoseconds / 1_000)
        if seat.answerTime > 0 {
            object.add("agoMilliseconds", (now - min(seat.answerTime, now)) / 1_000_000)
        }
        if !seat.reason.isEmpty { object.add("reason", seat.reason) }
        return object
    }

    private static func object(
        of waiting: CommitteeStatus.Waiting,
        _ now: UInt64
    ) -> JSONObject {
        var object = JSONObject()
        object.add("what", waiting.slot.description)
        object.add("slot", String(waiting.slot.rawValue))
        object.add("phase", waiting.phase.rawValue)
        object.add("attempts", waiting.attempts)
        let waited = now - min(waiting.startTime, now) + waiting.waitedNanoseconds
        object.add("forMilliseconds", waited / 1_000_000)
        object.add("isEscalated", waiting.isEscalated)
        object.addEncoded(
            "voters",
            "[" + waiting.voters.map(String.init).joined(separator: ", ") + "]"
        )
        let dissents = waiting.dissents.map { dissent in
            var object = JSONObject()
            object.add("seat", dissent.seat)
            object.add("reason", dissent.reason)
            return object
        }
        object.addEncoded("dissents", array(dissents))
        if let acknowledgement = waiting.acknowledgement {
            object.add("acknowledgedBy", acknowledgement.by.string)
            object.add("acknowledgedReason", acknowledgement.reason.string)
        }
        return object
    }

    private static func object(of pending: PendingSettlement) -> JSONObject {
        var object = JSONObject()
        object.add("trade", String(pending.trade.rawValue))
        object.add("windowStart", String(pending.windowStart.nanoseconds))
        object.add("windowEnd", String(pending.windowEnd.nanoseconds))
        if let claim = pending.claim {
            object.add("claim", claim.string)
            object.add("revision", pending.revision)
            object.add("reported", String(pending.reportTime.nanoseconds))
        }
        object.addEncoded(
            "dissents",
            "[" + pending.dissents.map(String.init).joined(separator: ", ") + "]"
        )
        object.add("isEscalated", pending.isEscalated)
        if let decision = pending.decision { object.add("decision", decision.name.string) }
        return object
    }
}
