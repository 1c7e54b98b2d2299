import Attestation
import Committee
import Cryptography
import Encoding
import KeyCeremony
import Platform
import Primitives
import Statements
import Synchronization
import ThresholdKeys
import Transparency
import Venue
import Verification

extension VenueCommittee {
    private var now: Timestamp { Timestamp(LinuxClock().wallNanoseconds()) }

    /// Judges evidence against a seat, files the penalty that follows, and takes its share of the bonds.
    ///
    /// Evidence whose penalty is filed already is carried out only: the bonds may have had no account, or the venue
    /// may have been killed between the two. The venue refuses to take a share twice.
    ///
    /// - Parameters:
    ///   - evidence: The bytes of the evidence; they are kept beside the journal.
    ///   - account: Whose bonds answer for the seat; none for the one that posted them for it, if one did.
    /// - Returns: The penalty.
    /// - Throws: `SeatRefusal` when nothing is proven, or nothing follows from it.
    func penalise(
        evidence: [UInt8],
        account: AccountID?
    ) throws(SeatRefusal) -> PenaltyStatement {
        let record = roster.record
        let penalty: PenaltyStatement
        let answerable: AccountID?
        do {
            let proven = try docket.verification(by: record).prove(evidence)
            // The account is remembered first, so that a venue that is killed in between finishes at its next start.
            if let account { try store.keep(bondAccount: account, of: proven.did) }
            answerable = try account ?? store.bondAccount(of: proven.did)
            let filed = record.penalties.first { penalty in penalty.evidence == proven.evidence }
            if let filed, answerable != nil, try !isCarriedOut(filed) {
                penalty = filed
            } else {
                penalty = try record.penalty(for: proven, at: now)
                try store.evidence.keep(SeatEvidence(decoding: evidence))
                try log.file(.penalty, penalty.encoded)
            }
        } catch {
            throw SeatRefusal(reason: "\(error)")
        }
        if let answerable { try carryOut(penalty, answerable) }
        return penalty
    }

    private func carryOut(_ penalty: PenaltyStatement, _ account: AccountID) throws(SeatRefusal) {
        let order = Penalty(account: account, fault: penalty.fault, evidence: penalty.evidence)
        try submit(.penalise(order), "the penalty is filed, and no bond was taken")
    }

    private func isCarriedOut(_ penalty: PenaltyStatement) throws(SeatRefusal) -> Bool {
        let hash = penalty.evidence
        return try read { venue in venue.hasPenalty(for: hash) }
    }

    /// Takes the share of the bonds for penalties that were filed, if the venue was killed before it could.
    func finishPenalties(_ terminal: Terminal) {
        do {
            for penalty in roster.record.penalties where penalty.rate > 0 {
                guard let account = try store.bondAccount(of: penalty.did),
                    try !isCarriedOut(penalty)
                else { continue }
                try carryOut(penalty, account)
            }
        } catch {
            terminal.note("parallax: a penalty is filed and not carried out: \(error)")
        }
    }

    /// Makes the docket of a venue.
    static func docket(
        _ plan: CommitteePlan,
        _ store: CommitteeStore,
        _ roster: RosterKeeper,
        _ parts: Parts,
        _ terminal: Terminal
    ) -> PenaltyDocket {
        let file: @Sendable ([UInt8]) -> Bool = { evidence in
            parts.penalise.withLock { penalise in penalise }?(evidence) ?? false
        }
        return PenaltyDocket(
            folder: store.evidence,
            identity: plan.log.identity,
            logPath: plan.log.path,
            record: { roster.record },
            file: plan.penalisesUnasked ? file : nil,
            warn: { error in terminal.note("parallax: \(error)") }
        )
    }

    /// Keeps what a key ceremony has shown about its members.
    static func keepEvidence(
        of progress: CeremonyProgress,
        in folder: EvidenceFolder,
        _ terminal: Terminal
    ) {
        let announcement: CeremonyAnnouncement
        let faults: [Fault]
        switch progress {
        case .concluded(_, let ended, let found), .failed(_, let ended, let found):
            (announcement, faults) = (ended, found)
        default: return
        }
        for fault in faults {
            let parameters = announcement.parameters
            guard let evidence = SeatEvidence(badDeal: fault, in: parameters) else { continue }
            do throws(CommitteeError) { try folder.keep(evidence) } catch {
                terminal.note("parallax: \(error)")
            }
        }
    }

    /// Files the penalty for evidence without being asked to.
    ///
    /// - Returns: False to be asked again.
    func penaliseUnasked(_ evidence: [UInt8], _ terminal: Terminal) -> Bool {
        do throws(SeatRefusal) {
            let penalty = try penalise(evidence: evidence, account: nil)
            terminal.note(
                "parallax: seat \(penalty.index) is \(penalty.status.name.string) because of "
                    + "\(penalty.fault.text.string), by evidence \(penalty.evidence.hex)"
            )
            return true
        } catch {
            terminal.note("parallax: a penalty is not filed yet: \(error.reason)")
            return false
        }
    }

    /// Notes whose bonds answer for the observer of a seat.
    func name(_ account: AccountID, for seat: UInt32) throws(SeatRefusal) {
        guard let found = roster.roster?.seats.first(where: { $0.index == seat }) else {
            throw SeatRefusal(reason: "the roster has no seat \(seat)")
        }
        do throws(CommitteeError) {
            try store.keep(bondAccount: account, of: found.did)
        } catch {
            throw SeatRefusal(reason: error.description)
        }
    }

    /// The penalties that are due, each with the command that files it, as JSON.
    var dueObjects: [JSONObject] {
        docket.due.map { due in
            let penalty = due.penalty
            let file = store.evidence.path + "/" + due.name
            var object = JSONObject()
            object.add("file", file)
            object.add("fault", penalty.fault.text.string)
            object.add("seat", penalty.index)
            object.add("epoch", penalty.epoch)
            object.add("observer", penalty.did.description)
            object.add("rate", penalty.rate)
            object.add("status", penalty.status.name.string)
            var command = "parallax committee penalise \(file) --data \(plan.dataPath)"
            if penalty.rate > 0, !hasBondAccount(penalty.did) { command += " --account ACCOUNT" }
            object.add("command", command)
            return object
        }
    }

    private func hasBondAccount(_ did: OrbitDID) -> Bool {
        do throws(CommitteeError) { return try store.bondAccount(of: did) != nil } catch {
            return false
        }
    }
}
