import Committee
import Cryptography
import Encoding
import HTTP
import KeyCeremony
import Platform
import Sequencer
import Settlement
import Transparency
import Venue

/// What a venue with a committee is started with.
struct CommitteePlan: VenueCompanionPlan {
    /// Keeps the log.
    var log: VenueLog
    /// Who is enrolled; none to go on with the roster of the journal.
    var committee: CommitteeFile?
    /// Where observers connect.
    var listen: String
    /// Servers of NATS to meet observers at, instead of listening.
    var servers: NATSSettings?
    /// Where the control surface listens.
    var control: SocketAddress
    /// The directory of what the venue keeps beside its journal.
    var dataPath: String
    /// How service contracts end.
    var policy: SettlementPolicy
    /// How long the stages of an attestation may take.
    var timing = CommitteePlan.standardTiming
    /// Whether penalties for what the venue has seen itself are filed without asking anybody.
    var penalisesUnasked = false
    /// Whether the observers are told another command than was carried out, to show that it is noticed.
    var cheats = false

    func start(
        beside sequencer: Sequencer,
        journal: LinuxDirectory,
        _ terminal: Terminal
    ) throws(ConsoleError) -> any VenueCompanion {
        try VenueCommittee(self, sequencer, journal, terminal)
    }

    /// The times of the rulebook; a certificate waits for the votes behind the eighth as long as seats have for their
    /// answers, because whoever is not in it counts as absent.
    static var standardTiming: CommitteeTiming {
        var timing = CommitteeTiming()
        timing.gathering = timing.signing
        return timing
    }

    /// The pieces of the journal that observers get.
    func chunks() throws(ConsoleError) -> ChunkStore {
        let cheats = cheats
        let tells: @Sendable (Command) -> Command = { command in
            cheats ? Self.understate(command) : command
        }
        return try Console.transparency { () throws(TransparencyError) in
            try ChunkStore(path: dataPath + "/chunks.db", tells: tells)
        }
    }

    /// Tells of every deposit that it was one unit less than what the engine credited.
    private static func understate(_ command: Command) -> Command {
        guard case .deposit(var transfer) = command, transfer.amount > 1 else { return command }
        transfer.amount -= 1
        return .deposit(transfer)
    }
}
