import Attestation
import Committee
import Settlement
import Statements
import Synchronization
import Venue

/// Knows from the journal which roster is in force and whose votes count, and tells the committee.
final class RosterKeeper: Sendable {
    private struct State {
        var roster: EpochStatement?
        var penalties: [UInt32: SeatStatus] = [:]
        /// Whether the committee has not been told the last change.
        var isNew = false
    }

    private let committee: CommitteeService
    private let terminal: Terminal
    private let state = Mutex(State())

    init(_ committee: CommitteeService, _ terminal: Terminal) {
        self.committee = committee
        self.terminal = terminal
    }

    /// Takes a roster or a penalty.
    func take(_ document: FiledDocument) {
        do throws(StatementError) {
            if document.kind == .epoch {
                let roster = try EpochStatement(decoding: document.bytes)
                state.withLock { state in
                    state.roster = roster
                    state.penalties = [:]
                    state.isNew = true
                }
            } else {
                let penalty = try PenaltyStatement(decoding: document.bytes)
                state.withLock { state in
                    guard penalty.epoch == state.roster?.epoch else { return }
                    state.penalties[penalty.index] = penalty.status
                    state.isNew = true
                }
            }
        } catch {
            // It was checked before it was filed.
            terminal.note("parallax: command \(document.sequence): \(error)")
        }
    }

    /// Tells the committee, if there is something new.
    func appoint() {
        let change = state.withLock { state -> (EpochStatement, [UInt32: SeatStanding])? in
            guard state.isNew, let roster = state.roster else { return nil }
            state.isNew = false
            let standings = state.penalties.compactMapValues { status -> SeatStanding? in
                switch status {
                case .active, .grace: nil
                case .suspended: .suspended
                case .removed: .removed
                }
            }
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
