import Journal
import Platform
import Primitives
import ReferenceVenue
import Sequencer
import Testing
import Venue

@Suite("Sequencer")
struct SequencerTests {
    /// Sizes at which a few hundred commands already need several segments.
    static let small = SequencerConfiguration(
        journal: JournalConfiguration(segmentBytes: 16 << 10, batchBytesMax: 8 << 10),
        queueCapacity: 1 << 12,
        batchCommandsMax: 64,
        snapshotIntervalNanoseconds: 0,
        stateHashCommands: 50
    )

    /// A session of an ordinary venue, with its times.
    static func session(seed: UInt64, count: Int) -> [(command: Command, time: Timestamp)] {
        var generator = CommandGenerator(seed: seed)
        let reference = ReferenceVenue()
        return (0..<count).map { index in
            let step = generator.next(reference)
            _ = reference.apply(step.command, sequence: UInt64(index + 1), time: step.time)
            return step
        }
    }

    @Test("every accepted command is answered once, in order, and survives a restart")
    func answersAndSurvives() throws {
        let directory = try TemporaryDirectory()
        let session = Self.session(seed: 1, count: 2_000)
        let sink = RecordingSink()
        let sequencer = try Sequencer(directory.open(), configuration: Self.small, sink: sink)
        #expect(sequencer.recovery.lastSequence == 0)
        for (index, step) in session.enumerated() {
            let answer = sequencer.submit(step.command, tag: UInt64(index), time: step.time)
            #expect(answer == .accepted)
        }
        guard var venue = sequencer.finish() else {
            Issue.record("the venue was given away before")
            return
        }
        #expect(sink.all.map(\.tag) == (0..<2_000).map { UInt64($0) })
        #expect(sink.all.map(\.sequence) == (1...2_000).map { UInt64($0) })
        #expect(sequencer.submit(.advanceTime) == .stopped)
        #expect(sequencer.counters.durable == 2_000)
        #expect(sequencer.durableSequence == 2_000)

        var replay = try JournalReplay(directory: directory.open())
        try replay.advance()
        #expect(replay.venue.sequence == 2_000)
        let hashes = (replay.venue.stateHash(), venue.stateHash())
        #expect(hashes.0 == hashes.1)
        #expect(replay.reader.tail == .clean)
    }
}
