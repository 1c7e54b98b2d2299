import Journal
import Platform
import Primitives
import ReferenceVenue
import Sequencer
import SimulatedPlatform
import Testing
import Venue
import SeededRandomness

/// A venue process on a simulated disk, driven step by step on one thread.
///
/// It does what the sequencer's threads do, in an order that the seed decides.
struct SimulatedVenue: ~Copyable {
    let session: Session
    let directory: any StorageDirectory
    let configuration: JournalConfiguration
    var core: SequencerCore
    var writer: JournalWriter
    var follower: SnapshotFollower
    let report: RecoveredJournal.Report
    private var batch = DurableBatch(commandsMax: 64)

    static func configuration(seed: UInt64) -> SequencerConfiguration {
        var random = RandomSource(seed: seed)
        return SequencerConfiguration(
            journal: JournalConfiguration(
                segmentBytes: random.pick([8 << 10, 12 << 10, 40 << 10]),
                batchBytesMax: random.pick([4_096, 6_000, 7_680])
            ),
            batchCommandsMax: random.pick([4, 64]),
            stateHashCommands: random.pick([0, 1, 17])
        )
    }

    /// Starts the process: recovers the journal.
    init(
        _ session: Session,
        on disk: SimulatedDisk,
        _ configuration: SequencerConfiguration
    ) throws(JournalError) {
        let directory = disk.directory()
        let recovered = try RecoveredJournal(directory, configuration: configuration.journal)
        follower = try SnapshotFollower(directory, configuration: configuration.journal)
        self.session = session
        self.directory = directory
        self.configuration = configuration.journal
        report = recovered.report
        core = SequencerCore(venue: recovered.venue, configuration: configuration)
        writer = recovered.writer
    }

    /// How many commands were carried out, durable or not.
    var sequence: Int { Int(core.venue.sequence) }

    /// Whether the session is over and all of it durable.
    var isDone: Bool { Int(writer.durableSequence) == session.steps.count }

    /// Carries out up to `count` further commands of the session, as far as a batch has room, and commits them.
    mutating func commit(_ count: Int) throws(JournalError) {
        batch.removeAll()
        for step in session.steps[sequence...].prefix(count) where core.hasRoom(batch) {
            core.execute(
                Submission(command: step.command, time: step.time),
                now: 0,
                into: &batch
            )
        }
        try writer.commit(&batch.records)
    }

    /// One random thing that a running venue does.
    mutating func step(_ random: inout RandomSource) throws(JournalError) {
        switch random.below(10) {
        case 0:
            if let ordinal = writer.segmentToPrepare {
                writer.provide(
                    try PreparedSegment.make(
                        ordinal,
                        in: directory,
                        configuration: configuration
                    )
                )
            }
        case 1:
            try follower.advance(
                upTo: writer.durableSequence,
                commandsMax: UInt64(1 + random.below(60))
            )
        case 2 where random.chance(40):
            try follower.writeSnapshot()
        default:
            try commit(1 + random.below(12))
        }
    }

    /// Checks that the venue is what the undisturbed one was at the same command.
    mutating func check() {
        core.venue.checkInvariants()
        let hash = core.venue.stateHash()
        #expect(hash == session.hashes[sequence])
    }
}
