import Attestation
import Cryptography
import Encoding
import KeyCeremony
import KeyStore
import LogStore
import MerkleLog
import Platform
import Primitives
import Sequencer
import Statements
import Synchronization
import Transparency
import Venue
import Verification

/// Why the operator's order about a seat is not carried out.
struct SeatRefusal: Error {
    /// What is wrong and what to do.
    var reason: String
}

extension VenueCommittee {
    private var now: Timestamp { Timestamp(LinuxClock().wallNanoseconds()) }

    /// Judges evidence against a seat, files the penalty that follows, and takes its share of the bonds.
    ///
    /// - Parameters:
    ///   - evidence: The bytes of the evidence; they are kept beside the journal.
    ///   - account: Whose bonds answer for the seat; none if it posted none.
    /// - Returns: The penalty.
    /// - Throws: `SeatRefusal` when nothing is proven, or nothing follows from it.
    func penalise(
        evidence: [UInt8],
        account: AccountID?
    ) throws(SeatRefusal) -> PenaltyStatement {
        let record = roster.record
        let penalty: PenaltyStatement
        do {
            let proven = try judge(record).prove(evidence)
            penalty = try record.penalty(for: proven, at: now)
            let name = penalty.fault.text.string + "-" + penalty.evidence.hex + ".cbor"
            try LinuxDirectory.open(plan.dataPath).subdirectory("evidence")
                .replace(name, with: evidence)
            try log.file(.penalty, penalty.encoded)
        } catch {
            throw SeatRefusal(reason: "\(error)")
        }
        guard let account else { return penalty }
        let order = Penalty(account: account, fault: penalty.fault, evidence: penalty.evidence)
        try submit(.penalise(order), "the penalty is filed, and no bond was taken")
        return penalty
    }

    private func judge(_ record: CommitteeRecord) throws -> EvidenceVerification {
        let rosters = record.history.rosters
        guard let newest = rosters.last else {
            throw SeatRefusal(reason: "there is no roster yet")
        }
        let reader = try LogReader(
            directory: LinuxDirectory.open(plan.log.path),
            reading: identity.checkpointFormat.read
        )
        return EvidenceVerification(
            rosters: try rosters.map { roster in try Roster(roster) },
            trust: try identity.trust(roster: newest),
            verifier: NativeEd25519.verifier,
            leaf: { index, size in Console.provenLeaf(reader, index, size) }
        )
    }

    /// Posts or releases a bond.
    ///
    /// - Returns: The bond afterwards.
    /// - Throws: `SeatRefusal` when there is not enough.
    func changeBond(
        _ transfer: Transfer,
        isReleased: Bool
    ) throws(SeatRefusal) -> Amount {
        let before = try read { venue in
            (
                bond: venue.bond(of: transfer.account, in: transfer.asset),
                balance: venue.balance(of: transfer.account, in: transfer.asset)
            )
        }
        if isReleased {
            guard transfer.amount <= before.bond else {
                throw SeatRefusal(reason: "the bond is \(before.bond); release at most that")
            }
        } else {
            guard transfer.amount <= before.balance.available else {
                throw SeatRefusal(
                    reason:
                        "the account has \(before.balance.available) available; post at most that"
                )
            }
        }
        try submit(isReleased ? .releaseBond(transfer) : .postBond(transfer), "nothing changed")
        let expected = before.bond + (isReleased ? -transfer.amount : transfer.amount)
        for _ in 0..<Self.readsMax {
            let bond = try read { venue in venue.bond(of: transfer.account, in: transfer.asset) }
            if bond == expected { return bond }
            PlatformThread.nap(nanoseconds: Self.pauseNanoseconds)
        }
        throw SeatRefusal(
            reason: "the venue refused it; is \(transfer.account.rawValue) an open account and "
                + "\(transfer.asset.rawValue) an asset?"
        )
    }

    private static var readsMax: Int { 200 }
    private static var pauseNanoseconds: UInt64 { 10_000_000 }

    private func submit(_ command: Command, _ otherwise: String) throws(SeatRefusal) {
        switch sequencer.submit(command, tag: Reply.timerTag) {
        case .accepted: return
        case .busy: throw SeatRefusal(reason: "the venue is busy; \(otherwise); try again")
        case .stopped: throw SeatRefusal(reason: "the venue is stopping; \(otherwise)")
        case .failed(let error): throw SeatRefusal(reason: "\(error); \(otherwise)")
        }
    }

    /// Looks at the venue between two commands.
    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (inout Venue) -> Value
    ) throws(SeatRefusal) -> Value {
        let answer = Answer<Value>()
        sequencer.read { venue in answer.give(body(&venue)) }
        guard let value = answer.wait(nanoseconds: 2_000_000_000) else {
            throw SeatRefusal(reason: "the venue does not answer; it may be stopping")
        }
        return value
    }

    private final class Answer<Value: Sendable>: Sendable {
        private let value = Mutex<Value?>(nil)
        private let isThere = Signal()

        func give(_ found: Value) {
            value.withLock { value in value = found }
            isThere.notify()
        }

        func wait(nanoseconds: UInt64) -> Value? {
            isThere.wait(timeoutNanoseconds: nanoseconds)
            return value.withLock { value in value }
        }
    }

    /// Begins to hand the keys on to another committee, which keeps the group's key.
    ///
    /// - Returns: Which seats change hands, and how many have to in a quarter (D4).
    /// - Throws: `SeatRefusal` when the committee is not diverse, or of another venue.
    func rotate(to committee: CommitteeFile) throws(SeatRefusal) -> SeatRotation {
        guard committee.venue == identity.venue else {
            throw SeatRefusal(
                reason: "it is the committee of \(committee.venue.text.string), this venue is "
                    + identity.venue.text.string
            )
        }
        guard let old = roster.roster else {
            throw SeatRefusal(reason: "there is no committee yet to rotate")
        }
        do {
            let seats = try committee.rosterSeats
            if let violation = DiversityRules.violations(of: seats).first {
                throw SeatRefusal(reason: violation.description)
            }
            var new = old
            new.seats = seats
            relay.begin(committee)
            return DiversityRules.rotation(from: old, to: new)
        } catch let error as SeatRefusal {
            throw error
        } catch {
            throw SeatRefusal(reason: "\(error)")
        }
    }
}

extension CommitteeFile {
    /// The seats as a roster has them, before there are share keys.
    var rosterSeats: [EpochStatement.Seat] {
        get throws(StatementError) {
            var list: [EpochStatement.Seat] = []
            for seat in seats {
                list.append(
                    EpochStatement.Seat(
                        index: seat.index,
                        did: try seat.did(at: venue),
                        operator: seat.operator,
                        group: seat.group,
                        region: seat.region,
                        category: seat.category,
                        identityKey: seat.identityKey.bytes,
                        shareKey: [UInt8](repeating: 0, count: 96)
                    )
                )
            }
            return list
        }
    }
}
