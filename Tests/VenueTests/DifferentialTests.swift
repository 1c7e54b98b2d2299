import Foundation
import Testing
import TestSupport

/// The venue against the reference model, over random sessions.
///
/// `PARALLAX_SIMULATION_SEEDS` multiplies the number of sessions, `PARALLAX_SIMULATION_START` is the
/// first seed, `PARALLAX_SIMULATION_SEED` plays only one.
@Suite("Venue against reference model")
struct DifferentialTests {
    static let shards = 8
    static let steps = 1_000

    /// How many seeds each shard plays: 2 million commands in release.
    static var seedsPerShard: UInt64 {
        #if DEBUG
            let usual: UInt64 = 6
        #else
            let usual: UInt64 = 250
        #endif
        return usual * UInt64(effort)
    }

    static func number(_ variable: String) -> UInt64? {
        ProcessInfo.processInfo.environment[variable].flatMap { UInt64($0) }
    }

    @Test("they agree on every event and balance", arguments: 0..<shards)
    func agree(shard: Int) {
        if let seed = Self.number("PARALLAX_SIMULATION_SEED") {
            if seed % UInt64(Self.shards) == UInt64(shard) { play(seed) }
            return
        }
        let start = Self.number("PARALLAX_SIMULATION_START") ?? 0
        for index in 0..<Self.seedsPerShard {
            if !play(start + index * UInt64(Self.shards) + UInt64(shard)) { return }
        }
    }

    @discardableResult private func play(_ seed: UInt64) -> Bool {
        guard let failure = RandomSession(seed: seed, steps: Self.steps).play() else { return true }
        Issue.record("\(failure)")
        return false
    }
}
