import Cryptography
import Journal
import Platform
import Primitives
import Sequencer
import Venue

/// Measures how long a venue takes to be ready again: from all commands, and from a snapshot.
enum RecoveryBench {
    struct Result {
        var commands: UInt64 = 0
        var replayNanoseconds: UInt64 = 0
        var snapshotSequence: UInt64 = 0
        var snapshotNanoseconds: UInt64 = 0
        var journalBytes: UInt64 = 0
        var stateHash = ""
    }

    /// Writes a journal of generated commands and recovers it twice.
    ///
    /// - Parameters:
    ///   - count: How many commands.
    ///   - path: An empty directory for the journal.
    ///   - progress: Is told what is going on.
    /// - Returns: The measurements.
    /// - Throws: `disagreement` when a recovery gives another state; `environment` when the disk fails.
    static func run(
        _ count: Int,
        path: String,
        progress: (String) -> Void
    ) throws(ConsoleError) -> Result {
        let directory = try Console.platform { () throws(PlatformError) in
            try LinuxDirectory.open(path)
        }
        var result = Result()
        let stateHash = try write(count, directory, &result, progress)
        result.stateHash = stateHash.hex
        let clock = LinuxClock()
        progress("replaying \(count.grouped) commands")
        var start = clock.monotonicNanoseconds()
        var report = try recover(directory, expecting: stateHash)
        result.replayNanoseconds = clock.monotonicNanoseconds() - start
        result.commands = report.replayedCount
        progress("writing a snapshot")
        // A tenth of the commands comes after the snapshot: a restart finds some, not none.
        try Console.journal { () throws(JournalError) in
            var follower = try SnapshotFollower(directory, configuration: JournalConfiguration())
            try follower.advance(
                upTo: report.lastSequence,
                commandsMax: report.lastSequence / 10 * 9
            )
            try follower.writeSnapshot()
        }
        progress("restarting from the snapshot")
        start = clock.monotonicNanoseconds()
        report = try recover(directory, expecting: stateHash)
        result.snapshotNanoseconds = clock.monotonicNanoseconds() - start
        result.snapshotSequence = report.snapshotSequence
        return result
    }

    /// Writes the journal and returns the hash of the last state.
    private static func write(
        _ count: Int,
        _ directory: LinuxDirectory,
        _ result: inout Result,
        _ progress: (String) -> Void
    ) throws(ConsoleError) -> SHA256.Digest {
        let sequencer = try Console.journal { () throws(JournalError) in
            try Sequencer(
                directory,
                configuration: SequencerConfiguration(snapshotIntervalNanoseconds: 0),
                sink: UnheardReplies()
            )
        }
        for command in FlowSession.setUp() { try submit(command, Timestamp(1), sequencer) }
        var generator = FlowGenerator(seed: 1)
        for number in 0..<count {
            let row = generator.next()
            try submit(FlowSession.command(for: row), row.time, sequencer)
            if number % 500_000 == 0 { progress("writing \(number.grouped) commands") }
        }
        guard var venue = sequencer.finish(), sequencer.fault == nil else {
            throw .environment(
                "the journal failed: \(sequencer.fault?.description ?? "no venue"); make room"
            )
        }
        result.journalBytes = sequencer.counters.bytes
        return venue.stateHash()
    }

    private static func submit(
        _ command: Command,
        _ time: Timestamp,
        _ sequencer: Sequencer
    ) throws(ConsoleError) {
        while true {
            switch sequencer.submit(command, time: time) {
            case .accepted: return
            case .busy: PlatformThread.nap(nanoseconds: 50_000)
            case .stopped: throw .disagreement("the sequencer stopped")
            case .failed(let error):
                try Console.journal { () throws(JournalError) in throw error }
            }
        }
    }

    private static func recover(
        _ directory: LinuxDirectory,
        expecting hash: SHA256.Digest
    ) throws(ConsoleError) -> RecoveredJournal.Report {
        var recovered = try Console.journal { () throws(JournalError) in
            try RecoveredJournal(directory)
        }
        let found = recovered.venue.stateHash()
        if found != hash {
            throw .disagreement("recovered the state \(found.hex) instead of \(hash.hex)")
        }
        return recovered.report
    }
}
