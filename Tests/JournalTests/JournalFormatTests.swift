import Cryptography
import Journal
import Platform
import Primitives
import SimulatedPlatform
import Testing
import Venue

@Suite("Format of the journal")
struct JournalFormatTests {
    static let first = "segment-00000000000000000001"

    static func disk(_ journal: HandmadeJournal) -> SimulatedDisk {
        let disk = SimulatedDisk(seed: 1)
        disk.replace(first, with: journal.bytes)
        return disk
    }

    static func records(_ disk: SimulatedDisk) throws(JournalError) -> [JournalRecord] {
        var reader = try JournalReader(directory: disk.directory())
        var records: [JournalRecord] = []
        while let record = try reader.next() { records.append(record) }
        return records
    }

    @Test("a journal written by hand from the description is read")
    func readsHandmade() throws {
        var journal = HandmadeJournal()
        journal.append([.advanceTime, .defineAsset(AssetID(1))])
        journal.append([.openAccount(AccountID(16))])
        let records = try Self.records(Self.disk(journal))
        #expect(records.map(\.sequence) == [1, 2, 3])
        #expect(records.map(\.time) == Array(repeating: Timestamp(1_000), count: 3))
        #expect(
            records.map(\.content) == [
                .command(.advanceTime), .command(.defineAsset(AssetID(1))),
                .command(.openAccount(AccountID(16))),
            ]
        )
    }

    @Test("what the writer writes is what the description says, byte for byte")
    func writesAsDescribed() throws {
        let disk = SimulatedDisk(seed: 1)
        let configuration = JournalConfiguration(segmentBytes: 8_192, batchBytesMax: 4_096)
        var expected = HandmadeJournal()
        do {
            var recovered = try RecoveredJournal(disk.directory(), configuration: configuration)
            var batch = BatchBuilder()
            for commands in [CommandCodingTests.samples, [.advanceTime]] {
                for command in commands {
                    let sequence = max(batch.lastSequence, recovered.writer.durableSequence) + 1
                    batch.append(command, sequence: sequence, time: Timestamp(1_000))
                }
                expected.append(commands)
                try recovered.writer.commit(&batch)
                batch.removeAll()
            }
        }
        #expect(disk.bytes(of: Self.first) == expected.bytes)
    }

    @Test("an intact record that is no command stops the reader with its place")
    func undecodable() throws {
        var journal = HandmadeJournal()
        journal.append([HandmadeJournal.record(type: 999, sequence: 1, [1, 2, 3])])
        let error = JournalError.damaged(
            file: Self.first,
            offset: 576,
            .command(.unknownType(999))
        )
        #expect(throws: error) { try Self.records(Self.disk(journal)) }
    }

    @Test("a state hash of another size than a hash stops the reader")
    func wrongHashSize() throws {
        var journal = HandmadeJournal()
        journal.append([HandmadeJournal.record(type: 0x8001, sequence: 0, [1, 2, 3])])
        let error = JournalError.damaged(file: Self.first, offset: 576, .records)
        #expect(throws: error) { try Self.records(Self.disk(journal)) }
    }

    @Test("a replay that reaches another state than the recorded one is stopped")
    func diverged() throws {
        var journal = HandmadeJournal()
        journal.append([.advanceTime])
        let wrong = [UInt8](repeating: 7, count: 32)
        journal.append(
            [HandmadeJournal.record(type: 0x8001, sequence: 1, wrong)],
            first: 2
        )
        let disk = Self.disk(journal)
        #expect(throws: JournalError.stateDiverged(sequence: 1)) {
            _ = try RecoveredJournal(disk.directory())
        }
    }

    @Test("a gap in the sequence stops the start", arguments: [1, 2, 4, 9] as [UInt64])
    func gap(_ sequence: UInt64) throws {
        var journal = HandmadeJournal()
        journal.append([.advanceTime, .advanceTime])
        let record = HandmadeJournal.record(.advanceTime, sequence: sequence)
        journal.append([record], first: sequence)
        let error = JournalError.damaged(
            file: Self.first,
            offset: 1_024,
            .sequence(expected: 3, found: sequence)
        )
        #expect(throws: error) { try Self.records(Self.disk(journal)) }
    }

    @Test("a journal without its first segments needs a snapshot")
    func historyMissing() throws {
        let disk = SimulatedDisk(seed: 1)
        let name = "segment-00000000000000000002"
        disk.replace(name, with: HandmadeJournal(ordinal: 2).bytes)
        #expect(throws: JournalError.historyMissing(file: name)) {
            _ = try RecoveredJournal(disk.directory())
        }
    }

    @Test("every error says in one line what is wrong and where")
    func descriptions() {
        let platform = PlatformError.failed(.sync, path: "a/b", code: 5)
        let texts = [
            JournalError.platform(platform).description,
            JournalError.stopped(.platform(platform)).description,
            JournalError.damaged(file: "f", offset: 7, .chain).description,
            JournalError.platform(.locked(path: "dir")).description,
            JournalWarning.tornTail(file: "f", offset: 9).description,
        ]
        #expect(
            texts == [
                "a/b: cannot sync: Input/output error",
                "the journal stopped: a/b: cannot sync: Input/output error",
                "f: damaged at offset 7: the batch does not continue the hash chain",
                "dir: in use by another process",
                "f: cut an unfinished batch at offset 9; none of it was acknowledged",
            ]
        )
    }
}
