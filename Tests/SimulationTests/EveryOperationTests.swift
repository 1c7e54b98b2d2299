import Journal
import Platform
import ReferenceVenue
import Sequencer
import SimulatedPlatform
import Testing
import Venue
import SeededRandomness

@Suite("Every operation fails once")
struct EveryOperationTests {
    /// The same life of a venue each time: commits, segments, snapshots, archiving.
    static func live(_ venue: inout SimulatedVenue) throws(JournalError) {
        var random = RandomSource(seed: 11)
        while venue.sequence < 150 {
            try venue.step(&random)
            guard venue.sequence.isMultiple(of: 5) else { continue }
            try venue.follower.advance(upTo: venue.writer.durableSequence)
            try venue.follower.writeSnapshot()
        }
    }

    @Test("nothing acknowledged is lost, whichever operation fails and in whatever way")
    func everyOperation() throws {
        let session = Session.shared[1]
        let configuration = SimulatedVenue.configuration(seed: 5)
        let undisturbed = SimulatedDisk(seed: 1)
        var venue = try SimulatedVenue(session, on: undisturbed, configuration)
        try Self.live(&venue)
        let operations = undisturbed.operationCount
        #expect(operations > 100)
        for operation in 1...operations {
            for fault in SimulatedDisk.Fault.allCases {
                for losesPower in [true, false] {
                    try Self.check(session, operation, fault, losesPower: losesPower)
                }
            }
        }
    }

    private static func check(
        _ session: Session,
        _ operation: Int,
        _ fault: SimulatedDisk.Fault,
        losesPower: Bool
    ) throws {
        let comment: Comment = "\(fault) at operation \(operation), power lost: \(losesPower)"
        let configuration = SimulatedVenue.configuration(seed: 5)
        let disk = SimulatedDisk(seed: UInt64(operation))
        disk.plan(fault, at: operation)
        var acknowledged: UInt64 = 0
        do throws(JournalError) {
            var venue = try SimulatedVenue(session, on: disk, configuration)
            let failure = run(&venue)
            acknowledged = venue.writer.durableSequence
            if let failure { throw failure }
            Issue.record("the fault was not noticed; \(comment)")
        } catch {
            #expect(disk.hasFaulted, comment)
        }
        if losesPower || disk.isOff { disk.losePower() } else { disk.endProcesses() }
        // Twice: the second start finds what the first one made of it.
        for _ in 1...2 {
            var recovered = try SimulatedVenue(session, on: disk, configuration)
            #expect(recovered.core.venue.sequence >= acknowledged, comment)
            recovered.check()
            try recovered.commit(3)
            acknowledged = recovered.writer.durableSequence
            disk.losePower()
        }
    }

    private static func run(_ venue: inout SimulatedVenue) -> JournalError? {
        do throws(JournalError) {
            try live(&venue)
            return nil
        } catch {
            return error
        }
    }

    @Test("after a failure the writer is stopped for good, with the first reason")
    func stoppedForGood() throws {
        let disk = SimulatedDisk(seed: 1)
        let configuration = SimulatedVenue.configuration(seed: 5)
        var venue = try SimulatedVenue(Session.shared[1], on: disk, configuration)
        try venue.commit(3)
        disk.plan(.failsWithEffect, at: disk.operationCount + 2)
        var errors: [JournalError] = []
        for _ in 1...3 {
            do throws(JournalError) {
                try venue.commit(3)
            } catch {
                errors.append(error)
            }
        }
        try #require(errors.count == 3)
        guard case .platform(.failed(.sync, _, _)) = errors[0] else {
            Issue.record("\(errors[0])")
            return
        }
        #expect(errors[1] == .stopped(errors[0]))
        #expect(errors[2] == .stopped(errors[0]))
        #expect(venue.writer.durableSequence == 3)
    }
}
