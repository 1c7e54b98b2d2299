import Foundation
import Journal
import Platform
import ReferenceVenue
import SimulatedPlatform
import Testing
import Venue
import SeededRandomness
import TestSupport

@Suite("Journal on a disk that fails")
struct CrashTests {
    /// Set `PARALLAX_SIMULATION_SEED` to repeat one run.
    static let only = UInt64(
        ProcessInfo.processInfo.environment["PARALLAX_SIMULATION_SEED"] ?? ""
    )

    static func seeds(_ count: Int, from first: UInt64) -> [UInt64] {
        if let only { return [only] }
        return (0..<UInt64(count * effort)).map { index in first + index }
    }

    static func repetition(_ seed: UInt64, _ test: String) -> Comment {
        "repeat with: PARALLAX_SIMULATION_SEED=\(seed) swift test --filter \(test)"
    }

    @Test("what was acknowledged survives every sequence of failures")
    func acknowledgedSurvives() {
        var tally = Tally()
        for seed in Self.seeds(150, from: 1) { Self.runSession(seed, &tally) }
        guard Self.only == nil else { return }
        // A simulation in which nothing fails proves nothing.
        #expect(tally.recoveries > 1_000)
        #expect(tally.tornTails > 20)
        #expect(tally.unacknowledgedSurvivors > 20)
        #expect(tally.snapshotStarts > 100)
    }

    /// What the simulated sessions went through.
    struct Tally {
        var recoveries = 0
        var tornTails = 0
        var unacknowledgedSurvivors = 0
        var snapshotStarts = 0
    }

    /// Plays a whole session while the disk and the power fail again and again.
    static func runSession(_ seed: UInt64, _ tally: inout Tally) {
        let comment = repetition(seed, "acknowledgedSurvives")
        var random = RandomSource(seed: seed)
        let session = random.pick(Session.shared)
        let configuration = SimulatedVenue.configuration(seed: seed)
        let disk = SimulatedDisk(seed: seed)
        var acknowledged = 0
        var handedOver = 0
        for start in 1... {
            guard start < 400 else {
                Issue.record("the session does not come to its end; \(comment)")
                return
            }
            let after = disk.operationCount + 1 + random.below(start < 200 ? 45 : 2_000)
            if random.chance(95) { disk.plan(random.pick(SimulatedDisk.Fault.allCases), at: after) }
            do throws(JournalError) {
                var venue = try SimulatedVenue(session, on: disk, configuration)
                // Nothing acknowledged is lost, nothing appears that was never handed over.
                #expect(venue.sequence >= acknowledged, comment)
                #expect(venue.sequence <= handedOver, comment)
                #expect(venue.report.warnings.count <= 1, comment)
                venue.check()
                tally.recoveries += 1
                tally.tornTails += venue.report.warnings.count
                if venue.sequence > acknowledged { tally.unacknowledgedSurvivors += 1 }
                if venue.report.snapshotSequence > 0 { tally.snapshotStarts += 1 }
                acknowledged = venue.sequence
                while !venue.isDone, !disk.hasFaulted {
                    let failure = run(&venue, &random)
                    acknowledged = Int(venue.writer.durableSequence)
                    handedOver = max(handedOver, venue.sequence)
                    if let failure { throw failure }
                }
                venue.check()
                if venue.isDone { break }
            } catch {
                // A failure that was not planned is damage that the disk did not do.
                #expect(disk.hasFaulted, "\(error); \(comment)")
                if !disk.hasFaulted { return }
            }
            if disk.isOff || random.chance(50) { disk.losePower() } else { disk.endProcesses() }
        }
        verify(disk, session, comment)
    }

    private static func run(
        _ venue: inout SimulatedVenue,
        _ random: inout RandomSource
    ) -> JournalError? {
        do throws(JournalError) {
            try venue.step(&random)
            return nil
        } catch {
            return error
        }
    }

    /// Reads everything again from the first command on, archive included.
    private static func verify(_ disk: SimulatedDisk, _ session: Session, _ comment: Comment) {
        disk.losePower()
        do throws(JournalError) {
            var replay = try JournalReplay(directory: disk.directory(), usesSnapshots: false)
            try replay.advance()
            let hash = replay.venue.stateHash()
            #expect(replay.reader.tail == .clean, comment)
            #expect(hash == session.hashes[session.steps.count], comment)
        } catch {
            Issue.record("\(error); \(comment)")
        }
    }
}
