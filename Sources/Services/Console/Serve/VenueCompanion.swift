import Platform
import Sequencer

/// Something that works beside a venue in its process, and is stopped after it.
protocol VenueCompanion: Sendable {
    /// Ends the work; what is durable by now is still taken care of.
    func stop()
}

/// Starts what works beside a venue.
protocol VenueCompanionPlan: Sendable {
    /// Starts to work.
    ///
    /// - Parameters:
    ///   - sequencer: The venue.
    ///   - journal: Its journal.
    ///   - terminal: Where to say what the operator should know.
    /// - Returns: What is to be stopped after the sequencer.
    /// - Throws: `ConsoleError` when it cannot be started.
    func start(
        beside sequencer: Sequencer,
        journal: LinuxDirectory,
        _ terminal: Terminal
    ) throws(ConsoleError) -> any VenueCompanion
}
