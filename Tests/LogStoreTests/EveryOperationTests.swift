import Foundation
import LogStore
import SimulatedPlatform
import Testing
import SeededRandomness
import TestSupport

@Suite("a log on a disk that fails") struct EveryOperationTests {
    /// Set `PARALLAX_SIMULATION_SEED` to repeat one run.
    static let only = UInt64(ProcessInfo.processInfo.environment["PARALLAX_SIMULATION_SEED"] ?? "")

    /// The same life of a log each time: small and large commits, over the edges of tiles.
    static let commits = [1, 254, 3, 257]

    static func live(_ log: inout SimulatedLog, _ writer: inout LogWriter) -> LogStoreError? {
        do throws(LogStoreError) {
            for count in commits { try log.commit(&writer, count) }
            return nil
        } catch {
            return error
        }
    }

    @Test("whichever operation fails and in whatever way, what was signed stays true")
    func everyOperation() throws {
        let undisturbed = SimulatedDisk(seed: 1)
        var log = SimulatedLog(undisturbed)
        var writer = try log.open("undisturbed")
        #expect(Self.live(&log, &writer) == nil)
        log.checkAll("undisturbed")
        let operations = undisturbed.operationCount
        #expect(operations > 100)
        for operation in 1...operations {
            for fault in SimulatedDisk.Fault.allCases {
                Self.check(operation, fault, losesPower: true)
                // The others lose it anyway.
                if fault == .powerFailsBefore || fault == .powerFailsAfter { continue }
                Self.check(operation, fault, losesPower: false)
            }
        }
    }

    private static func check(_ operation: Int, _ fault: SimulatedDisk.Fault, losesPower: Bool) {
        let comment: Comment = "\(fault) at operation \(operation), power lost: \(losesPower)"
        let disk = SimulatedDisk(seed: UInt64(operation))
        var log = SimulatedLog(disk)
        disk.plan(fault, at: operation)
        do throws(LogStoreError) {
            var writer = try log.open(comment)
            if let failure = live(&log, &writer) { throw failure }
            Issue.record("the fault was not noticed; \(comment)")
        } catch {
            #expect(disk.hasFaulted, "\(error); \(comment)")
        }
        if losesPower || disk.isOff { disk.losePower() } else { disk.endProcesses() }
        // Twice: the second start finds what the first one made of it.
        for start in 1...2 {
            do throws(LogStoreError) {
                var writer = try log.open(comment)
                try log.commit(&writer, 7)
                if start == 2 { log.checkAll(comment) }
            } catch {
                Issue.record("\(error); \(comment)")
            }
            disk.losePower()
        }
    }

    @Test("what was acknowledged survives every sequence of failures") func sequences() {
        let seeds = Self.only.map { [$0] } ?? Array(1...UInt64(40 * effort))
        var tally = Tally()
        for seed in seeds { Self.runSession(seed, &tally) }
        guard Self.only == nil else { return }
        // A simulation in which nothing fails proves nothing.
        #expect(tally.recoveries > 300)
        #expect(tally.survivors > 20)
        #expect(tally.published > 5)
    }

    /// What the simulated sessions went through.
    struct Tally {
        var recoveries = 0
        /// How often more was there than was acknowledged.
        var survivors = 0
        /// How often opening had to publish what a commit had decided.
        var published = 0
    }

    /// Writes a log while the disk and the power fail again and again.
    static func runSession(_ seed: UInt64, _ tally: inout Tally) {
        let comment: Comment =
            "repeat with: PARALLAX_SIMULATION_SEED=\(seed) swift test --filter sequences"
        var random = RandomSource(seed: seed)
        let disk = SimulatedDisk(seed: seed)
        var log = SimulatedLog(disk)
        let sizeMax = 300 + random.below(700)
        for start in 1... {
            guard start < 300 else {
                Issue.record("the session does not come to its end; \(comment)")
                return
            }
            let faults = SimulatedDisk.Fault.allCases
            let after = disk.operationCount + 1 + random.below(start < 150 ? 90 : 2_000)
            disk.plan(faults[random.below(faults.count)], at: after)
            do throws(LogStoreError) {
                let before = log.acknowledged.count
                let signed = log.signer.heads.last?.size ?? 0
                var writer = try log.open(comment)
                tally.recoveries += 1
                if log.acknowledged.count > before { tally.survivors += 1 }
                if writer.size > signed { tally.published += 1 }
                while log.acknowledged.count < sizeMax, !disk.hasFaulted {
                    try log.commit(
                        &writer,
                        random.below(4) == 0 ? random.below(280) : random.below(9)
                    )
                }
                if log.acknowledged.count >= sizeMax { break }
            } catch {
                // A failure that was not planned is damage that the disk did not do.
                #expect(disk.hasFaulted, "\(error); \(comment)")
                if !disk.hasFaulted { return }
            }
            if disk.isOff || random.below(2) == 0 { disk.losePower() } else { disk.endProcesses() }
        }
        disk.losePower()
        do throws(LogStoreError) {
            let writer = try log.open(comment)
            #expect(writer.size >= sizeMax, comment)
            log.checkAll(comment)
        } catch {
            Issue.record("\(error); \(comment)")
        }
    }

    @Test("after a failure the log is stopped for good, with the first reason") func stopped()
        throws
    {
        let disk = SimulatedDisk(seed: 1)
        var log = SimulatedLog(disk)
        var writer = try log.open("stopped")
        try log.commit(&writer, 3)
        disk.plan(.failsWithEffect, at: disk.operationCount + 3)
        var errors: [LogStoreError] = []
        for _ in 1...3 {
            do throws(LogStoreError) { try log.commit(&writer, 3) } catch { errors.append(error) }
        }
        try #require(errors.count == 3)
        #expect(errors[1] == .stopped(errors[0]))
        #expect(errors[2] == .stopped(errors[0]))
        #expect(writer.publishedHead.size == 3)
    }
}
