/// What went wrong in a simulation.
package struct SimulationFailure: Error, CustomStringConvertible {
    /// The seed that decides everything.
    package let seed: UInt64
    /// What did not hold, and where.
    package let reason: String

    /// What went wrong, and the command that shows it again.
    package var description: String {
        """
        seed \(seed): \(reason)
        repeat: PARALLAX_SIMULATION_SEED=\(seed) swift test -c release --filter ThresholdKeysTests
        """
    }
}
