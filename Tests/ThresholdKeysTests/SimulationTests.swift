import Foundation
import SimulatedCommittee
import Testing
import TestSupport

/// Key generation and resharing under faults, over random histories.
///
/// `PARALLAX_SIMULATION_SEEDS` multiplies the number of histories, `PARALLAX_SIMULATION_START` is the first
/// seed, `PARALLAX_SIMULATION_SEED` plays only one.
@Suite("Threshold keys: simulation") struct SimulationTests {
    static func number(_ variable: String) -> UInt64? {
        ProcessInfo.processInfo.environment[variable].flatMap { UInt64($0) }
    }

    /// The seeds to play when so many are usual.
    static func seeds(_ usual: UInt64) -> [UInt64] {
        if let seed = number("PARALLAX_SIMULATION_SEED") { return [seed] }
        let start = number("PARALLAX_SIMULATION_START") ?? 0
        return Array(start..<(start + usual * UInt64(effort)))
    }

    private func play(
        _ size: SimulatedHistory.Size,
        usual: UInt64,
        ceremonies: Int
    ) throws -> [SimulatedHistory.Summary] {
        var summaries: [SimulatedHistory.Summary] = []
        for seed in Self.seeds(usual) {
            var history = SimulatedHistory(seed: seed, size: size, ceremonyCount: ceremonies)
            summaries.append(try history.play())
        }
        return summaries
    }

    @Test("with twelve seats all honest members get one key, or the old one stays")
    func fullCommittees() throws {
        let summaries = try play(.full, usual: 3, ceremonies: 3)
        #expect(summaries.contains { $0.activated > 0 })
    }

    @Test("with five to eight seats all honest members get one key, or the old one stays")
    func smallCommittees() throws {
        let summaries = try play(.small, usual: 16, ceremonies: 3)
        #expect(summaries.contains { $0.activated > 0 })
        guard summaries.count >= 16 else { return }
        // Else the simulation would show nothing.
        #expect(summaries.contains { $0.failed > 0 })
        #expect(Set(summaries.flatMap { $0.faults }).count >= 8)
    }
}
