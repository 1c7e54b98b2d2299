internal import Journal
internal import Platform
internal import Synchronization

/// How often the snapshot thread catches up with the journal.
private let stepNanoseconds: UInt64 = 100_000_000
/// How many commands it executes before it looks whether it should stop.
private let commandsPerStep: UInt64 = 4_096

extension SequencerState {
    /// The background thread that follows the journal and writes snapshots.
    func writeSnapshots() {
        PlatformThread.yieldToOthers()
        do throws(JournalError) {
            var follower = try SnapshotFollower(directory, configuration: configuration.journal)
            var lastTime = clock.monotonicNanoseconds()
            while !isStopping.load(ordering: .sequentiallyConsistent) {
                try catchUp(&follower)
                let now = clock.monotonicNanoseconds()
                if isDue(follower, sinceNanoseconds: now &- lastTime) {
                    try write(&follower)
                    lastTime = clock.monotonicNanoseconds()
                }
                snapshotDue.wait(timeoutNanoseconds: stepNanoseconds)
            }
            if configuration.snapshotsOnStop { try writeLast(&follower) }
        } catch {
            if case .stateDiverged = error { fail(error) }
            warn(.snapshotFailed(error))
        }
    }

    /// Writes a snapshot of everything, when nothing more can become durable.
    private func writeLast(_ follower: inout SnapshotFollower) throws(JournalError) {
        while !isWritten.load(ordering: .sequentiallyConsistent) { snapshotDue.wait() }
        try follower.advance(upTo: durableSequence.load(ordering: .acquiring))
        try write(&follower)
    }

    private func write(_ follower: inout SnapshotFollower) throws(JournalError) {
        let before = follower.snapshotSequence
        try follower.writeSnapshot()
        if follower.snapshotSequence > before { snapshotCount.wrappingAdd(1, ordering: .relaxed) }
    }

    private func catchUp(_ follower: inout SnapshotFollower) throws(JournalError) {
        while !isStopping.load(ordering: .relaxed) {
            let durable = durableSequence.load(ordering: .acquiring)
            guard follower.sequence < durable else { return }
            try follower.advance(upTo: durable, commandsMax: commandsPerStep)
        }
    }

    private func isDue(_ follower: borrowing SnapshotFollower, sinceNanoseconds: UInt64) -> Bool {
        let commands = configuration.snapshotCommands
        if commands > 0, follower.sequence - follower.snapshotSequence >= commands { return true }
        let interval = configuration.snapshotIntervalNanoseconds
        return interval > 0 && sinceNanoseconds >= interval
    }
}
