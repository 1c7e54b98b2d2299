import Journal
import Platform
import Primitives
import Sequencer
import Synchronization
import Venue

/// Files one document in the journal of a venue that is not running.
final class OfflineFiling: ReplySink {
    private static let tag: UInt64 = 1

    private let sequence = Atomic<UInt64>(0)

    /// Files a document and waits until it is durable.
    ///
    /// - Parameters:
    ///   - kind: What it is.
    ///   - document: Checked by the caller.
    ///   - time: The time to stamp.
    ///   - directory: The journal.
    /// - Returns: The sequence number of the command that files it.
    /// - Throws: `ConsoleError` when the venue is running or its journal cannot be used.
    static func file(
        _ kind: FilingKind,
        _ document: [UInt8],
        _ time: Timestamp,
        in directory: LinuxDirectory
    ) throws(ConsoleError) -> UInt64 {
        let sink = OfflineFiling()
        let configuration = SequencerConfiguration(
            snapshotIntervalNanoseconds: 0,
            stateHashCommands: 4_096
        )
        let sequencer = try Console.journal { () throws(JournalError) in
            try Sequencer(directory, configuration: configuration, sink: sink)
        }
        let answer = sequencer.file(kind, document, tag: tag, time: time)
        sequencer.endInterval()
        sequencer.stop()
        if let fault = sequencer.fault {
            try Console.journal { () throws(JournalError) in throw fault }
        }
        let sequence = sink.sequence.load(ordering: .acquiring)
        guard answer == .accepted, sequence > 0 else {
            throw .environment("the journal took no document; see whether its disk is full")
        }
        return sequence
    }

    func deliver(_ batch: borrowing DurableBatch) {
        for index in 0..<batch.count where batch.replies[index].tag == Self.tag {
            sequence.store(batch.replies[index].sequence, ordering: .releasing)
        }
    }

    func stopped(_ reason: JournalError) {}
}
