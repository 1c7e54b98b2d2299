import Journal
import Platform
import Primitives
import Sequencer
import SimulatedPlatform
import Synchronization
import Testing
import TestSupport
import Venue

/// The sequencer's documents, and its intervals.
@Suite("Filing")
struct FilingTests {
    /// Segments that hold a few documents each.
    static let configuration = SequencerConfiguration(
        journal: JournalConfiguration(segmentBytes: 512 << 10, batchBytesMax: 256 << 10),
        snapshotIntervalNanoseconds: 0,
        stateHashCommands: 16
    )

    static func document(_ number: Int) -> [UInt8] {
        (0..<(number * 997 % Filing.bytesMax)).map { UInt8(truncatingIfNeeded: $0 &* number) }
    }

    /// Everything in a journal.
    static func records(_ directory: any StorageDirectory) throws -> [JournalRecord] {
        var reader = try JournalReader(directory: directory, includingArchive: true)
        var records: [JournalRecord] = []
        while let record = try reader.next() { records.append(record) }
        #expect(reader.tail == .clean)
        return records
    }

    @Test("documents keep their place among the commands, and survive a restart")
    func survives() throws {
        let directory = try TemporaryDirectory()
        let sink = RecordingSink()
        let sequencer = try Sequencer(
            directory.open(),
            configuration: Self.configuration,
            sink: sink
        )
        for number in 1...300 {
            if number.isMultiple(of: 3) {
                let answer = sequencer.file(
                    .attestation,
                    Self.document(number),
                    tag: UInt64(number),
                    time: Timestamp(UInt64(number))
                )
                #expect(answer == .accepted)
            } else {
                let answer = sequencer.submit(
                    .advanceTime,
                    tag: UInt64(number),
                    time: Timestamp(UInt64(number))
                )
                #expect(answer == .accepted)
            }
        }
        sequencer.stop()
        #expect(sequencer.file(.document, [1]) == .stopped)
        #expect(sink.all.map(\.tag) == (1...300).map { UInt64($0) })
        #expect(sink.all.allSatisfy { reply in reply.refusal == nil })

        var sequence: UInt64 = 0
        var documents = 0
        for record in try Self.records(directory.open()) {
            switch record.content {
            case .stateHash: #expect(record.sequence == sequence)
            case .command(let command):
                sequence += 1
                #expect(command == .advanceTime)
                #expect(!sequence.isMultiple(of: 3))
            case .filed(let filing, let document):
                sequence += 1
                documents += 1
                #expect(document == Self.document(Int(sequence)))
                #expect(filing == Filing(kind: .attestation, content: document))
            }
            #expect(record.sequence == sequence)
        }
        #expect(documents == 100)
        var replay = try JournalReplay(directory: directory.open())
        try replay.advance()
        #expect(replay.venue.sequence == 300)
    }

    @Test("the same document filed twice at once is recorded twice")
    func twice() throws {
        let directory = try TemporaryDirectory()
        let sequencer = try Sequencer(
            directory.open(),
            configuration: Self.configuration,
            sink: RecordingSink()
        )
        for _ in 0..<50 { #expect(sequencer.file(.document, [1, 2, 3]) == .accepted) }
        sequencer.stop()
        let documents = try Self.records(directory.open()).compactMap { record in
            if case .filed(_, let document) = record.content { document } else { nil }
        }
        #expect(documents == Array(repeating: [1, 2, 3], count: 50))
    }

    @Test("a filed document that was changed, with its checksums made right, is found")
    func forged() throws {
        let disk = SimulatedDisk(seed: 1)
        var batch = BatchBuilder()
        let filing = Filing(kind: .epoch, content: [1, 2, 3])
        batch.append(filing, document: [1, 2, 4], sequence: 1, time: Timestamp(1))
        var recovered = try RecoveredJournal(
            disk.directory(),
            configuration: Self.configuration.journal
        )
        let segment = try PreparedSegment.make(
            1,
            in: disk.directory(),
            configuration: Self.configuration.journal
        )
        recovered.writer.provide(segment)
        try recovered.writer.commit(&batch)
        #expect {
            _ = try Self.records(disk.directory())
        } throws: { error in
            guard case .damaged(_, _, .document) = error as? JournalError else { return false }
            return true
        }
    }

    @Test("an interval ends when it is asked for, and lets no time pass")
    func endsOnRequest() throws {
        let disk = SimulatedDisk(seed: 1)
        let sink = RecordingSink()
        var configuration = Self.configuration
        configuration.stateHashCommands = 0
        let sequencer = try Sequencer(disk.directory(), configuration: configuration, sink: sink)
        #expect(sequencer.submit(.openAccount(AccountID(20)), time: Timestamp(5)) == .accepted)
        sink.wait(for: 1)
        sequencer.endInterval()
        sink.wait(for: 2)
        #expect(sequencer.submit(.openAccount(AccountID(21)), time: Timestamp(6)) == .accepted)
        sink.wait(for: 3)
        sequencer.stop()
        let kinds = try Self.records(disk.directory()).map { record in
            switch record.content {
            case .command(.advanceTime): "time \(record.time.nanoseconds)"
            case .command: "command"
            case .filed: "document"
            case .stateHash: "hash \(record.sequence)"
            }
        }
        #expect(kinds == ["command", "time 5", "hash 2", "command"])
    }

    @Test("an interval ends with the first command after its time")
    func endsByTime() throws {
        let disk = SimulatedDisk(seed: 1)
        var configuration = Self.configuration
        configuration.stateHashCommands = 0
        configuration.stateHashNanoseconds = 3_600_000_000_000
        let sequencer = try Sequencer(
            disk.directory(),
            configuration: configuration,
            sink: RecordingSink()
        )
        for hours in [0, 0.5, 1.5, 2, 2.4, 3, 9] {
            let time = Timestamp(UInt64(hours * 3.6e12) + 1)
            #expect(sequencer.submit(.advanceTime, time: time) == .accepted)
        }
        sequencer.stop()
        let hashes = try Self.records(disk.directory()).compactMap { record in
            if case .stateHash = record.content { record.sequence } else { nil }
        }
        #expect(hashes == [3, 6])
    }

    @Test("an interval ends by itself when nothing more comes")
    func endsIdle() throws {
        let disk = SimulatedDisk(seed: 1)
        let sink = RecordingSink()
        var configuration = Self.configuration
        configuration.stateHashCommands = 0
        configuration.stateHashNanoseconds = 1_000_000
        let sequencer = try Sequencer(disk.directory(), configuration: configuration, sink: sink)
        #expect(sequencer.submit(.openAccount(AccountID(20))) == .accepted)
        sink.wait(for: 2)
        sequencer.stop()
        let records = try Self.records(disk.directory())
        #expect(records.map(\.sequence) == [1, 2, 2])
        #expect(records[1].content == .command(.advanceTime))
    }

    @Test("whoever reads the venue again and again does not keep an interval from ending")
    func endsWhileRead() throws {
        let disk = SimulatedDisk(seed: 1)
        let sink = RecordingSink()
        var configuration = Self.configuration
        configuration.stateHashCommands = 0
        configuration.stateHashNanoseconds = 50_000_000
        let sequencer = try Sequencer(disk.directory(), configuration: configuration, sink: sink)
        let isOver = Atomic<Bool>(false)
        let reader = try PlatformThread.start(name: "reader") {
            while !isOver.load(ordering: .relaxed) {
                sequencer.read { _ in }
                PlatformThread.nap(nanoseconds: 1_000_000)
            }
        }
        #expect(sequencer.submit(.openAccount(AccountID(20))) == .accepted)
        sink.wait(for: 2)
        isOver.store(true, ordering: .relaxed)
        reader.join()
        sequencer.stop()
        let records = try Self.records(disk.directory())
        #expect(records.map(\.sequence) == [1, 2, 2])
    }
}
