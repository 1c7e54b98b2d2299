import Cryptography
public import Primitives
public import Statements
import Venue

/// Who may sign: a projection of the rosters and penalties in the log.
///
/// It depends on nothing but the statements that it is given and the time that is asked about, so everybody who
/// reads the log comes to the same answer.
public struct CommitteeRecord: Sendable {
    /// How long an observer has to mend a breach of the diversity rules.
    public static var graceNanoseconds: UInt64 { 90 * 86_400 * 1_000_000_000 }
    /// How long an observer has to replace a key that is in other hands.
    public static var rotationNanoseconds: UInt64 { 15 * 60 * 1_000_000_000 }
    /// How many breaches of attendance cost the seat.
    public static var attendanceBreachesMax: Int { 2 }

    /// The rosters.
    public private(set) var history = RosterHistory()
    /// The penalties, in the order of the log.
    public private(set) var penalties: [PenaltyStatement] = []

    /// Makes a record of nothing.
    public init() {}

    /// Takes the next roster of the log.
    ///
    /// - Parameters:
    ///   - roster: The roster.
    ///   - filed: When it was filed, if that is known.
    /// - Throws: Why it does not count; nothing changed then.
    public mutating func take(
        _ roster: EpochStatement,
        filed: Timestamp? = nil
    ) throws(RosterFault) {
        try history.append(roster, filed: filed)
    }

    /// Takes the next penalty of the log.
    ///
    /// - Throws: Why it does not count; nothing changed then.
    public mutating func take(_ penalty: PenaltyStatement) throws(PenaltyRefusal) {
        guard penalty == (try self.penalty(for: ProvenFault(penalty), at: penalty.time)) else {
            throw .otherConsequence
        }
        penalties.append(penalty)
    }

    // MARK: Status

    /// What an observer's seat is at a time.
    public func status(of did: OrbitDID, at time: Timestamp) -> SeatStatus {
        var worst = SeatStatus.active
        var breaches = 0
        for penalty in penalties where penalty.did == did && penalty.time <= time {
            let status: SeatStatus
            switch penalty.fault {
            case .equivocation, .invalidShares: status = .removed
            case .attendance:
                breaches += 1
                status = breaches >= Self.attendanceBreachesMax ? .removed : .active
            case .diversityBreach: status = statusAfterBreach(penalty, at: time)
            case .keyCompromise: status = statusAfterCompromise(penalty, at: time)
            case .sanction: status = statusUnderOrder(penalty, at: time)
            case .badDeal:
                let isOver = rosters(after: penalty, upTo: time).contains { roster in
                    roster.epoch > penalty.epoch
                }
                status = isOver ? .active : .suspended
            }
            if status.rawValue > worst.rawValue { worst = status }
        }
        return worst
    }

    /// The seats of the roster at a time whose votes count, ascending; none before the first roster.
    public func signers(at time: Timestamp) -> [UInt32] {
        guard let roster = history.roster(at: time) else { return [] }
        return roster.seats.filter { seat in maySign(seat.did, at: time) }.map { seat in seat.index
        }
    }

    /// Whether an observer's votes count at a time.
    public func maySign(_ did: OrbitDID, at time: Timestamp) -> Bool {
        switch status(of: did, at: time) {
        case .active, .grace: true
        case .suspended, .removed: false
        }
    }

    /// The rosters that came into force after a penalty.
    private func rosters(
        after penalty: PenaltyStatement,
        upTo time: Timestamp
    ) -> [EpochStatement] {
        history.rosters.filter { roster in
            roster.validFrom > penalty.time && roster.validFrom <= time
        }
    }

    private func statusAfterBreach(
        _ penalty: PenaltyStatement,
        at time: Timestamp
    ) -> SeatStatus {
        // A roster is taken only if it is diverse, so the next one has mended the breach.
        if !rosters(after: penalty, upTo: time).isEmpty { return .active }
        return time < penalty.until ? .grace : .suspended
    }

    private func statusAfterCompromise(
        _ penalty: PenaltyStatement,
        at time: Timestamp
    ) -> SeatStatus {
        let old = history.roster(ofEpoch: penalty.epoch)?.seat(of: penalty.did)?.identityKey
        let isReplaced = rosters(after: penalty, upTo: min(time, penalty.until)).contains {
            roster in
            guard let seat = roster.seat(of: penalty.did) else { return false }
            return seat.identityKey != old
        }
        if isReplaced { return .active }
        return time < penalty.until ? .suspended : .removed
    }

    private func statusUnderOrder(
        _ penalty: PenaltyStatement,
        at time: Timestamp
    ) -> SeatStatus {
        let isLifted = penalties.contains { other in
            other.did == penalty.did && other.fault == .sanction && other.status == .active
                && other.time >= penalty.time && other.time <= time
        }
        let isOver = penalty.until != .zero && penalty.until <= time
        return isLifted || isOver ? .active : .suspended
    }

    // MARK: Penalties

    /// The penalty that follows from a proven fault.
    ///
    /// - Parameters:
    ///   - fault: What the evidence shows.
    ///   - time: When the penalty is decided.
    /// - Returns: What is filed, and after that carried out by the command `penalise`.
    /// - Throws: Why there is no penalty.
    public func penalty(
        for fault: ProvenFault,
        at time: Timestamp
    ) throws(PenaltyRefusal) -> PenaltyStatement {
        guard let roster = history.roster(ofEpoch: fault.epoch), roster.venue == fault.venue,
            roster.seat(of: fault.did)?.index == fault.index
        else { throw .unknownSeat }
        for penalty in penalties where penalty.evidence == fault.evidence { throw .evidenceUsed }
        guard status(of: fault.did, at: time) != .removed else { throw .alreadyRemoved }
        try checkRepetition(of: fault, at: time)
        let (status, until) = consequence(of: fault, at: time)
        return PenaltyStatement(
            venue: fault.venue,
            epoch: fault.epoch,
            index: fault.index,
            did: fault.did,
            fault: fault.fault,
            evidence: fault.evidence,
            rate: fault.fault.penaltyRate,
            status: status,
            until: until,
            time: time
        )
    }

    private func checkRepetition(
        of fault: ProvenFault,
        at time: Timestamp
    ) throws(PenaltyRefusal) {
        let before = penalties.last { penalty in
            penalty.did == fault.did && penalty.fault == fault.fault
        }
        switch fault.fault {
        case .equivocation, .invalidShares, .badDeal: return
        case .attendance:
            // Days that were paid for cannot be paid for again; a filed penalty says when it was decided.
            if let before, fault.from != .zero, fault.from <= before.time { throw .sameDays }
        case .diversityBreach:
            guard history.roster(at: time)?.epoch == fault.epoch else { throw .notInForce }
            guard let before else { return }
            if statusAfterBreach(before, at: time) != .active { throw .stillOpen }
        case .keyCompromise:
            // Otherwise a key that was replaced long ago could cost the seat.
            let old = history.roster(ofEpoch: fault.epoch)?.seat(of: fault.did)?.identityKey
            guard history.roster(at: time)?.seat(of: fault.did)?.identityKey == old else {
                throw .notInForce
            }
            guard let before else { return }
            if statusAfterCompromise(before, at: time) != .active { throw .stillOpen }
        case .sanction:
            let isOpen =
                before.map { statusUnderOrder($0, at: time) == .suspended } ?? false
            if fault.order == .lift, !isOpen { throw .nothingToLift }
        }
    }

    private func consequence(
        of fault: ProvenFault,
        at time: Timestamp
    ) -> (status: SeatStatus, until: Timestamp) {
        switch fault.fault {
        case .equivocation, .invalidShares: return (.removed, .zero)
        case .attendance:
            let breaches = penalties.count { penalty in
                penalty.did == fault.did && penalty.fault == .attendance
            }
            return breaches + 1 >= Self.attendanceBreachesMax ? (.removed, .zero) : (.active, .zero)
        case .diversityBreach:
            return (.grace, Self.time(time, plus: Self.graceNanoseconds))
        case .keyCompromise:
            return (.suspended, Self.time(time, plus: Self.rotationNanoseconds))
        case .sanction:
            switch fault.order {
            case .suspend(let until): return (.suspended, until)
            case .lift: return (.active, .zero)
            case nil: return (.suspended, .zero)
            }
        case .badDeal: return (.suspended, .zero)
        }
    }

    private static func time(_ time: Timestamp, plus nanoseconds: UInt64) -> Timestamp {
        let (sum, overflows) = time.nanoseconds.addingReportingOverflow(nanoseconds)
        return Timestamp(overflows ? .max : sum)
    }
}

extension ProvenFault {
    /// What a filed penalty says was proven; the evidence itself is not in the log.
    fileprivate init(_ penalty: PenaltyStatement) {
        self.init(
            venue: penalty.venue,
            epoch: penalty.epoch,
            index: penalty.index,
            did: penalty.did,
            fault: penalty.fault,
            evidence: penalty.evidence,
            order: penalty.fault == .sanction
                ? (penalty.status == .active ? .lift : .suspend(until: penalty.until)) : nil
        )
    }
}

extension EpochStatement {
    /// The seat of an observer; none if it holds none.
    public func seat(of did: OrbitDID) -> Seat? { seats.first { seat in seat.did == did } }
}
