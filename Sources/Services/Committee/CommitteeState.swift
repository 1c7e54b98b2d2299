internal import Attestation
internal import Cryptography
internal import Encoding
internal import Statements

/// All attestations under way, without a clock and without effects of its own.
struct CommitteeState {
    /// What the shell is to do.
    enum Effect {
        case publish(subject: String, message: [UInt8])
        case certified(Certified)
        case dissented(Dissent)
        case rejected(AttestedSlot, seats: [UInt32])
        case postponed(AttestedSlot, startTime: UInt64)
        case escalated(AttestedSlot)
        case faulted(AttestationFault)
    }

    struct Certified {
        var attestation: CertifiedAttestation
        /// Where it is published.
        var subject: String
    }

    /// How many formation times are kept.
    private static let formationCountMax = 1 << 16
    /// How long records are gathered before they are written together.
    private static let recordNanoseconds: UInt64 = 1_000_000_000

    private let timing: CommitteeTiming
    private(set) var keys: CommitteeKeys?
    private var rounds: [AttestedSlot: AttestationRound] = [:]
    /// The slots in the order in which they were begun.
    private var order: [AttestedSlot] = []
    private var seats: [UInt32: CommitteeStatus.SeatLine] = [:]
    private var refusals: [AttestationRefusal: UInt64] = [:]
    private var formations: [UInt64] = []
    private var nextFormation = 0
    private var certificateCount: UInt64 = 0
    private var records = CommitteeRecords()
    private var recordTime: UInt64 = 0

    init(timing: CommitteeTiming) { self.timing = timing }

    /// When `advance` is to be called at the latest.
    var deadline: UInt64? { rounds.values.compactMap(\.deadline).min() }

    mutating func appoint(_ keys: CommitteeKeys, at now: UInt64) -> [Effect] {
        let epoch = keys.roster.statement.epoch
        var effects: [Effect] = []
        for slot in order {
            guard let round = rounds[slot], round.subject.attested.epoch != epoch else { continue }
            effects += abandon(slot, at: now)
        }
        self.keys = keys
        for seat in keys.roster.seats {
            var line =
                seats[seat.index]
                ?? CommitteeStatus.SeatLine(index: seat.index, operatorName: "")
            line.operatorName = seat.statement.operator.string
            line.standing = keys.standing(of: seat.index)
            seats[seat.index] = line
        }
        return effects
    }

    /// Asks for a quorum.
    ///
    /// - Parameters:
    ///   - subject: What is asked.
    ///   - now: The time.
    ///   - before: What is remembered of an earlier time that found no quorum; none if it is asked for the first time.
    /// - Returns: What the shell is to do.
    mutating func begin(
        _ subject: AttestationSubject,
        at now: UInt64,
        before: (waitedNanoseconds: UInt64, isEscalated: Bool)? = nil
    ) -> [Effect] {
        guard let keys, subject.attested.epoch == keys.roster.statement.epoch else { return [] }
        if let round = rounds[subject.slot] {
            // What is asked already is not asked twice, unless it is about something else now.
            if round.subject == subject { return [] }
            _ = abandon(subject.slot, at: now)
        }
        var round = AttestationRound(subject, keys: keys, timing: timing)
        let isEscalated = before?.isEscalated ?? false
        let actions = round.start(
            at: now,
            waitedNanoseconds: before?.waitedNanoseconds ?? 0,
            isEscalated: isEscalated
        )
        rounds[subject.slot] = round
        order.append(subject.slot)
        return effects(of: actions, subject.slot, at: now)
            + (isEscalated ? [.escalated(subject.slot)] : [])
    }

    mutating func retry(_ slot: AttestedSlot, at now: UInt64) -> [Effect] {
        let actions = rounds[slot]?.retry(at: now) ?? []
        return effects(of: actions, slot, at: now)
    }

    /// Asks again about everything that has no quorum yet.
    mutating func retryPending(at now: UInt64) -> [Effect] {
        order.flatMap { slot in retry(slot, at: now) }
    }

    mutating func abandon(_ slot: AttestedSlot, at now: UInt64) -> [Effect] {
        let actions = rounds[slot]?.abandon() ?? []
        return effects(of: actions, slot, at: now)
    }

    mutating func vote(
        _ bytes: [UInt8],
        from sender: Ed25519.PublicKey?,
        at now: UInt64
    ) -> [Effect] {
        let vote: Vote
        do throws(AttestationError) { vote = try Vote(decoding: bytes) } catch {
            refuse(.malformed, seat: seat(of: sender), slot: nil)
            return []
        }
        guard let slot = AttestedSlot(rawValue: vote.slot), rounds[slot] != nil else {
            refuse(.otherSlot, seat: vote.index, slot: nil)
            return []
        }
        let before = rounds[slot]?.attendance
        let actions = rounds[slot]?.receive(vote, from: sender, at: now) ?? []
        noteAnswer(of: vote.index, slot, before, at: now)
        return effects(of: actions, slot, at: now)
    }

    mutating func dissent(
        _ bytes: [UInt8],
        from sender: Ed25519.PublicKey?,
        at now: UInt64
    ) -> [Effect] {
        let dissent: Dissent
        do throws(AttestationError) { dissent = try Dissent(decoding: bytes) } catch {
            refuse(.malformed, seat: seat(of: sender), slot: nil)
            return []
        }
        let (slot, index) = (dissent.statement.slot, dissent.statement.index)
        guard rounds[slot] != nil else {
            refuse(.otherSlot, seat: index, slot: nil)
            return []
        }
        let before = rounds[slot]?.attendance
        let actions = rounds[slot]?.receive(dissent, from: sender, at: now) ?? []
        noteAnswer(of: index, slot, before, at: now)
        return effects(of: actions, slot, at: now)
    }

    mutating func advance(to now: UInt64) -> [Effect] {
        var result: [Effect] = []
        for slot in order {
            guard let deadline = rounds[slot]?.deadline, deadline <= now else { continue }
            let actions = rounds[slot]?.advance(to: now) ?? []
            result += effects(of: actions, slot, at: now)
        }
        return result
    }

    /// The seat of a participant of the network.
    private func seat(of sender: Ed25519.PublicKey?) -> UInt32? {
        guard let sender else { return nil }
        return keys?.roster.seats.first { seat in seat.identityKey == sender }?.index
    }

    /// Notes how long an answer took if it was the seat's first for the slot.
    private mutating func noteAnswer(
        of index: UInt32,
        _ slot: AttestedSlot,
        _ before: Attendance?,
        at now: UInt64
    ) {
        guard let round = rounds[slot], let before, round.attendance != before else { return }
        guard var line = seats[index] else { return }
        if round.attendance.timely != before.timely { line.timelyCount += 1 }
        if round.attendance.late != before.late { line.lateCount += 1 }
        line.answerNanoseconds = now - min(round.startTime, now)
        line.answerTime = now
        seats[index] = line
    }

    private mutating func refuse(
        _ reason: AttestationRefusal,
        seat: UInt32?,
        slot: AttestedSlot?
    ) {
        refusals[reason, default: 0] += 1
        if let seat, seats[seat] != nil { seats[seat]?.refusalCount += 1 }
        records.add(CommitteeRecords.Refusal(reason: reason, seat: seat, slot: slot))
    }

    private mutating func effects(
        of actions: [AttestationAction],
        _ slot: AttestedSlot,
        at now: UInt64
    ) -> [Effect] {
        guard let round = rounds[slot] else { return [] }
        var effects: [Effect] = []
        for action in actions {
            switch action {
            case .ask:
                let subject = round.subject
                effects.append(
                    .publish(subject: subject.requestSubject, message: subject.request)
                )
            case .refuse(let reason, let seat): refuse(reason, seat: seat, slot: slot)
            case .keep(let fault): effects.append(.faulted(fault))
            case .file(let dissent):
                seats[dissent.statement.index]?.dissentCount += 1
                seats[dissent.statement.index]?.reason = dissent.statement.reason.string
                effects.append(.dissented(dissent))
            case .settle(let certificate):
                effects.append(.certified(settle(certificate, round, at: now)))
            case .postpone:
                effects.append(.postponed(slot, startTime: round.startTime))
            case .escalate: effects.append(.escalated(slot))
            case .reject(let seats): effects.append(.rejected(slot, seats: seats))
            case .retire(let attendance):
                records.add(CommitteeRecords.Presence(slot: slot, attendance: attendance))
                rounds[slot] = nil
                order.removeAll { $0 == slot }
            }
        }
        return effects
    }

    private mutating func settle(
        _ certificate: QuorumCertificate,
        _ round: AttestationRound,
        at now: UInt64
    ) -> Certified {
        certificateCount += 1
        let formed = round.formationTime ?? now
        let formation = formed - min(round.startTime, formed)
        if formations.count < Self.formationCountMax {
            formations.append(formation)
        } else {
            formations[nextFormation % Self.formationCountMax] = formation
        }
        nextFormation += 1
        return Certified(
            attestation: CertifiedAttestation(
                certificate: certificate,
                slot: round.subject.slot,
                formationNanoseconds: formation,
                attempts: round.attempt
            ),
            subject: round.subject.settledSubject
        )
    }

    /// What is to be written, if enough time has passed since the last writing.
    mutating func takeRecords(at now: UInt64, all: Bool) -> CommitteeRecords {
        guard all || now >= recordTime + Self.recordNanoseconds else { return CommitteeRecords() }
        recordTime = now
        let taken = records
        records = CommitteeRecords()
        return taken
    }

    var status: CommitteeStatus {
        var status = CommitteeStatus()
        status.epoch = keys?.roster.statement.epoch ?? 0
        status.seats = seats.values.sorted { left, right in left.index < right.index }
        status.certificateCount = certificateCount
        status.formations = formations
        for reason in AttestationRefusal.allCases {
            if let count = refusals[reason] { status.refusals.append((reason, count)) }
        }
        for slot in order {
            guard let round = rounds[slot], round.phase != .certified, round.phase != .ended
            else { continue }
            status.waiting.append(
                CommitteeStatus.Waiting(
                    slot: slot,
                    phase: round.phase,
                    attempts: round.attempt,
                    startTime: round.startTime,
                    waitedNanoseconds: round.waitedNanoseconds,
                    isEscalated: round.isEscalated,
                    voters: round.voters,
                    dissents: round.dissenting.map { dissent in
                        (dissent.statement.index, dissent.statement.reason.string)
                    }
                )
            )
        }
        return status
    }
}
