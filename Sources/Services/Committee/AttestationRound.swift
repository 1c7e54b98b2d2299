public import Attestation
internal import Statements

/// One attestation from its request to its certificate, or to a person's decision.
///
/// It reads no clock and does nothing itself: every call says what time it is, in nanoseconds of a clock that
/// never runs backwards, and gets back what is to be done. What it guarantees:
///
/// - There is at most one certificate, of eight good shares of distinct seats that are diverse.
/// - Whatever comes and does not count is refused with a reason.
/// - A forged, wrong or contradictory answer never keeps a good one from counting.
/// - When eight diverse seats give good answers, in whatever order and between whatever else, there is a certificate.
public struct AttestationRound: Sendable {
    /// How far the round is.
    public enum Phase: String, Equatable, Sendable {
        /// Observers are asked.
        case asking
        /// The time for signing is over without a quorum; the next attempt comes with the heartbeat.
        case pending
        /// There is a quorum; the certificate waits a moment for the votes of the others.
        case formed
        /// There is a certificate; late votes are still noted.
        case certified
        /// It has ended.
        case ended
    }

    /// What is asked.
    public let subject: AttestationSubject
    /// How far it is.
    public private(set) var phase = Phase.asking
    /// How often was asked.
    public private(set) var attempt = 0
    /// Whether a person was asked.
    public private(set) var isEscalated = false
    /// Who answered so far.
    public internal(set) var attendance: Attendance
    /// When the first request was made.
    public private(set) var startTime: UInt64 = 0
    /// How long it was waited for before this round, such as by a process that was killed, in nanoseconds.
    public private(set) var waitedNanoseconds: UInt64 = 0
    /// When there was a quorum.
    public private(set) var formationTime: UInt64?
    /// When the certificate was made.
    public private(set) var certificateTime: UInt64?

    let keys: CommitteeKeys
    let timing: CommitteeTiming
    /// The good votes so far, at most one of each seat, each partial signature decoded once.
    var votes: [CountedVote] = []
    /// What each seat signed first for the slot, whatever its digest.
    var firstWords: [UInt32: Vote] = [:]
    /// The seats that signed two digests: nothing that they say counts here any more.
    var equivocators: Set<UInt32> = []
    /// The seats whose wrong share was kept as evidence; once is enough for one slot.
    var wrongShares: Set<UInt32> = []
    /// The seats that dissent.
    var dissents: [UInt32: Dissent] = [:]
    private var attemptTime: UInt64 = 0
    private var isRejected = false

    /// Prepares a round.
    ///
    /// - Parameters:
    ///   - subject: What is asked.
    ///   - keys: Who is asked.
    ///   - timing: How long each stage may take.
    public init(_ subject: AttestationSubject, keys: CommitteeKeys, timing: CommitteeTiming) {
        self.subject = subject
        self.keys = keys
        self.timing = timing
        var asked: UInt64 = 0
        for seat in keys.roster.seats where keys.standing(of: seat.index) == .active {
            asked |= 1 << UInt64(seat.index - 1)
        }
        attendance = Attendance(asked: asked)
    }

    /// The seats whose good votes are there, ascending.
    public var voters: [UInt32] { votes.map(\.vote.index).sorted() }

    /// The seats that dissent, ascending, with their reasons.
    public var dissenting: [Dissent] {
        dissents.values.sorted { left, right in left.statement.index < right.statement.index }
    }

    /// When `advance` is to be called at the latest; none when the round has ended.
    public var deadline: UInt64? {
        let escalation = isEscalated ? UInt64.max : escalationTime
        switch phase {
        case .asking: return min(attemptTime + timing.signing, escalation)
        case .pending: return min(attemptTime + timing.heartbeat, escalation)
        case .formed: return attemptTime + timing.gathering
        case .certified: return (certificateTime ?? startTime) + timing.lateness
        case .ended: return nil
        }
    }

    private var escalationTime: UInt64 {
        startTime + timing.escalation - min(waitedNanoseconds, timing.escalation)
    }

    /// Asks for the first time.
    ///
    /// - Parameters:
    ///   - now: The time.
    ///   - waitedNanoseconds: How long an earlier round has waited for the same.
    ///   - isEscalated: Whether a person was asked about that already.
    /// - Returns: What is to be done.
    public mutating func start(
        at now: UInt64,
        waitedNanoseconds: UInt64 = 0,
        isEscalated: Bool = false
    ) -> [AttestationAction] {
        precondition(attempt == 0, "a round starts once")
        startTime = now
        self.waitedNanoseconds = waitedNanoseconds
        self.isEscalated = isEscalated
        return ask(now)
    }

    /// Lets time pass.
    public mutating func advance(to now: UInt64) -> [AttestationAction] {
        var actions: [AttestationAction] = []
        if phase == .certified, now >= (certificateTime ?? startTime) + timing.lateness {
            return end()
        }
        if phase == .formed, now >= attemptTime + timing.gathering {
            return settle(at: now)
        }
        if phase == .asking, now >= attemptTime + timing.signing {
            phase = .pending
            actions.append(.postpone)
        }
        guard phase == .pending else { return actions }
        if !isEscalated, now >= escalationTime {
            isEscalated = true
            actions.append(.escalate)
        }
        if now >= attemptTime + timing.heartbeat { actions += ask(now) }
        return actions
    }

    /// Asks again at once, because a person decided so or the network is back.
    public mutating func retry(at now: UInt64) -> [AttestationAction] {
        guard phase == .pending || phase == .asking else { return [] }
        return ask(now)
    }

    /// Ends the round without a certificate, because a person decided so or what it was about is over.
    public mutating func abandon() -> [AttestationAction] {
        guard phase == .pending || phase == .asking else { return [] }
        return end()
    }

    private mutating func ask(_ now: UInt64) -> [AttestationAction] {
        phase = .asking
        attempt += 1
        attemptTime = now
        return [.ask(attempt: attempt)]
    }

    private mutating func end() -> [AttestationAction] {
        phase = .ended
        return [.retire(attendance)]
    }

    /// Notes that a seat answered.
    mutating func attend(_ seat: UInt32, at now: UInt64) {
        let bit = UInt64(1) << UInt64(seat - 1)
        guard attendance.timely & bit == 0, attendance.late & bit == 0 else { return }
        if now <= startTime + timing.signing {
            attendance.timely |= bit
        } else {
            attendance.late |= bit
        }
    }

    /// Sees whether the good votes make a quorum, and whether everybody has voted then.
    mutating func tryToCertify(at now: UInt64) -> [AttestationAction] {
        var actions: [AttestationAction] = []
        while phase == .asking || phase == .pending {
            guard let chosen = Quorum.choose(from: votes, roster: keys.roster.statement) else {
                return actions
            }
            let invalid = Quorum.invalid(chosen, about: subject, keys: keys)
            if invalid.isEmpty {
                phase = .formed
                formationTime = now
            } else {
                actions += remove(invalid)
            }
        }
        guard phase == .formed else { return actions }
        let isComplete = votes.count + dissents.count >= keys.activeCount
        if now >= attemptTime + timing.gathering || isComplete { actions += settle(at: now) }
        return actions
    }

    /// Makes the certificate of all good votes, or of the eight that are known to be good.
    private mutating func settle(at now: UInt64) -> [AttestationAction] {
        var actions = remove(Quorum.invalid(votes, about: subject, keys: keys))
        // What became of seats that contradicted themselves meanwhile: their votes are gone, the rest may still do.
        let isWhole = Quorum.isDiverse(votes, roster: keys.roster.statement)
        guard
            let chosen = isWhole ? votes : Quorum.choose(from: votes, roster: keys.roster.statement)
        else {
            phase = .asking
            return actions
        }
        phase = .certified
        certificateTime = now
        actions.append(.settle(Quorum.certificate(of: chosen, about: subject)))
        return actions
    }

    /// Takes votes away whose partial signatures are wrong, and blames their seats.
    private mutating func remove(_ seats: [UInt32]) -> [AttestationAction] {
        var actions: [AttestationAction] = []
        for seat in seats {
            guard let position = votes.firstIndex(where: { $0.vote.index == seat }) else {
                preconditionFailure("only votes that are there are blamed")
            }
            actions += blame(votes[position].vote, .invalidShare)
            votes.remove(at: position)
        }
        return actions
    }

    /// Refuses a vote whose partial signature is wrong, and keeps it as evidence the first time.
    mutating func blame(_ vote: Vote, _ reason: AttestationRefusal) -> [AttestationAction] {
        let isFirst = wrongShares.insert(vote.index).inserted
        let fault = AttestationFault.invalidShare(vote, payload: subject.attested.encoded)
        return (isFirst ? [.keep(fault)] : [])
            + [.refuse(reason, seat: vote.index)]
    }

    /// Says once that too many dissent for a quorum.
    mutating func tryToReject() -> [AttestationAction] {
        guard !isRejected, phase == .asking || phase == .pending,
            keys.activeCount - dissents.count < CommitteeKeys.threshold
        else { return [] }
        isRejected = true
        return [.reject(dissents: dissents.keys.sorted())]
    }
}
