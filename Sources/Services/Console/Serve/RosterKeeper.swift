import Attestation
import Committee
import KeyStore
import Primitives
import Settlement
import Statements
import Synchronization
import Venue

/// Knows from the journal which roster is in force and whose votes count, and tells the committee.
final class RosterKeeper: Sendable {
    private struct State {
        var record = CommitteeRecord()
        /// What the committee was told last.
        var appointed: (epoch: UInt64, standings: [UInt32: SeatStanding])?
    }

    private let committee: CommitteeService
    private let terminal: Terminal
    private let state = Mutex(State())

    init(_ committee: CommitteeService, _ terminal: Terminal) {
        self.committee = committee
        self.terminal = terminal
    }

    /// The rosters and penalties so far.
    var record: CommitteeRecord { state.withLock { state in state.record } }

    /// The roster in force; none before the first.
    var roster: EpochStatement? {
        state.withLock { state in state.record.history.rosters.last }
    }

    /// Whether a certificate is what it says, by the roster of its epoch.
    func isGood(_ certificate: QuorumCertificate) -> Bool {
        let epoch = certificate.attested.epoch
        guard let statement = record.history.roster(ofEpoch: epoch) else { return false }
        do throws(AttestationError) {
            let roster = try Roster(statement)
            try certificate.check(
                groupKey: roster.groupKey,
                roster: roster,
                verifier: NativeEd25519.verifier
            )
            return true
        } catch {
            terminal.note("parallax: a certificate in the journal is not good: \(error)")
            return false
        }
    }

    /// Takes a roster or a penalty.
    func take(_ document: FiledDocument) {
        do {
            if document.kind == .epoch {
                let roster = try EpochStatement(decoding: document.bytes)
                let filed = document.time
                try state.withLock { state in try state.record.take(roster, filed: filed) }
            } else {
                let penalty = try PenaltyStatement(decoding: document.bytes)
                try state.withLock { state in try state.record.take(penalty) }
            }
        } catch {
            terminal.note("parallax: command \(document.sequence) does not count: \(error)")
        }
    }

    /// Tells the committee, if who may vote has changed; some suspensions end by time alone.
    func appoint(at time: Timestamp) {
        let change = state.withLock { state -> (EpochStatement, [UInt32: SeatStanding])? in
            guard let roster = state.record.history.rosters.last else { return nil }
            var standings: [UInt32: SeatStanding] = [:]
            for seat in roster.seats {
                switch state.record.status(of: seat.did, at: time) {
                case .active, .grace: break
                case .suspended: standings[seat.index] = .suspended
                case .removed: standings[seat.index] = .removed
                }
            }
            if let last = state.appointed, last == (roster.epoch, standings) { return nil }
            state.appointed = (roster.epoch, standings)
            return (roster, standings)
        }
        guard let (statement, standings) = change else { return }
        do {
            committee.appoint(try CommitteeKeys(try Roster(statement), standings: standings))
        } catch {
            terminal.note("parallax: the roster of epoch \(statement.epoch) is of no use: \(error)")
        }
    }
}
