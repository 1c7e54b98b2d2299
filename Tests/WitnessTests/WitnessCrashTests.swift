import Encoding
import Foundation
import MerkleLog
import SimulatedPlatform
import Testing
import TestSupport
import Witness

/// Lets every operation of the disk fail in every way, once: what was given out must never be contradicted.
@Suite("witness across crashes") struct WitnessCrashTests {
    private static let seeds = 1..<(1 + 3 * UInt64(effort))

    @Test(
        "no fault makes a witness cosign two roots for one size, or a smaller tree",
        arguments: seeds
    )
    func faults(seed: UInt64) throws {
        let operations = try run(seed: seed, fault: nil, at: 0)
        #expect(operations > 12)
        for operation in 1...operations {
            for fault in SimulatedDisk.Fault.allCases {
                _ = try run(seed: seed, fault: fault, at: operation)
            }
        }
    }

    private func start(_ disk: SimulatedDisk, _ log: SampleLog) throws -> Witness {
        try Witness(
            directory: disk.directory(),
            configuration: log.configuration,
            signer: SampleKey("witness.example", 50, cosigns: true).witnessSigner,
            clock: ManualClock()
        )
    }

    /// Lets a log grow under a fault, restarts, and tries to have a split copy of it cosigned.
    private func run(seed: UInt64, fault: SimulatedDisk.Fault?, at operation: Int) throws -> Int {
        let disk = SimulatedDisk(seed: seed)
        let log = try SampleLog()
        let where_ = "seed \(seed), \(fault.map { "\($0)" } ?? "no fault") at \(operation)"
        if let fault { disk.plan(fault, at: operation) }
        var given: UInt64 = 0
        var failed = false
        if let witness = try? start(disk, log) {
            for next: UInt64 in [1, 2, 4] {
                do {
                    let verdict = try witness.addCheckpoint(log.request(given, next))
                    try #require(timestamp(verdict) != nil, "\(where_): \(verdict)")
                    // After a failure nothing more is said.
                    #expect(!failed, "\(where_)")
                    given = next
                } catch is WitnessError {
                    failed = true
                }
            }
        }
        let operations = disk.operationCount
        if disk.isOff || seed.isMultiple(of: 2) { disk.losePower() } else { disk.endProcesses() }
        let witness = try start(disk, log)
        // Whoever splits the log at any leaf that was given out gets nothing.
        for size in stride(from: given, to: 0, by: -1) {
            let split = try SampleLog(splitsAt: size - 1, tag: 1)
            for old in Set([0, size, given]) {
                for new in max(old, size)...given {
                    let verdict = try witness.addCheckpoint(split.request(old, new))
                    #expect(timestamp(verdict) == nil, "\(where_): \(old) to \(new)")
                }
            }
        }
        // The true log goes on from what the witness says.
        if case .conflict(let known) = try witness.addCheckpoint(log.request(9, 9)) {
            #expect(known >= given, "\(where_)")
            let verdict = try witness.addCheckpoint(log.request(known, 9))
            #expect(timestamp(verdict) != nil, "\(where_): \(verdict)")
        }
        return operations
    }
}
