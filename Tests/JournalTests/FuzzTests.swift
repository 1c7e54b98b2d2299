import Cryptography
import Foundation
import Journal
import Platform
import Primitives
import ReferenceVenue
import SimulatedPlatform
import Testing
import Venue
import SeededRandomness

/// Damaged input never stops the process and never passes for something else.
@Suite("Decoders and damaged input")
struct FuzzTests {
    enum Decoder: String, CaseIterable {
        case command
        case journal
        case snapshot

        /// Reads the input to its end; whatever it is, this returns.
        func run(_ bytes: [UInt8]) {
            switch self {
            case .command: Self.readCommand(bytes)
            case .journal: Self.recover(["segment-00000000000000000001": bytes])
            case .snapshot: Self.recover(["snapshot-00000000000000000003": bytes])
            }
        }

        private static func readCommand(_ bytes: [UInt8]) {
            guard bytes.count >= 2 else { return }
            let number = UInt16(bytes[0]) | UInt16(bytes[1]) << 8
            let payload = Array(bytes[2...])
            do throws(CommandDecodingError) {
                let command = try CommandCodingTests.decode(number, payload)
                #expect(CommandCodingTests.encode(command) == payload)
            } catch {
                #expect(!"\(error)".isEmpty)
            }
        }

        private static func recover(_ files: [String: [UInt8]]) {
            let disk = SimulatedDisk(seed: 1)
            for (name, bytes) in files { disk.replace(name, with: bytes) }
            do throws(JournalError) {
                let small = JournalConfiguration(segmentBytes: 8_192, batchBytesMax: 4_096)
                let recovered = try RecoveredJournal(disk.directory(), configuration: small)
                recovered.venue.checkInvariants()
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }

    @Test("no damaged command is taken for another one")
    func commands() {
        var random = RandomSource(seed: 21)
        for _ in 0..<30_000 {
            let command = random.pick(CommandCodingTests.samples)
            var bytes = HandmadeJournal.little(command.typeNumber)
            bytes += CommandCodingTests.encode(command)
            Self.mutate(&bytes, &random)
            Decoder.command.run(bytes)
        }
    }

    @Test("no damaged segment stops the process")
    func segments() {
        var random = RandomSource(seed: 22)
        for _ in 0..<600 {
            var bytes = Self.segment(&random).bytes
            if random.chance(70) { Self.mutate(&bytes, &random) }
            Decoder.journal.run(bytes)
        }
    }

    @Test("no damaged snapshot stops the process")
    func snapshots() throws {
        var random = RandomSource(seed: 23)
        let snapshot = try Self.snapshot()
        for _ in 0..<600 {
            var bytes = snapshot
            Self.mutate(&bytes, &random)
            if random.chance(70) { Self.repairChecksums(&bytes) }
            Decoder.snapshot.run(bytes)
        }
    }

    @Test("inputs that once broke something are read")
    func failCases() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../FailCases").standardized
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { name in name.hasSuffix(".bin") }.sorted()
        #expect(names.count >= 6)
        for name in names {
            let decoder = try #require(
                Decoder.allCases.first { decoder in name.hasPrefix(decoder.rawValue + "-") }
            )
            decoder.run(Array(try Data(contentsOf: folder.appending(path: name))))
        }
    }

    /// Changes, cuts, lengthens and repeats parts.
    private static func mutate(_ bytes: inout [UInt8], _ random: inout RandomSource) {
        for _ in 0...random.below(4) {
            guard !bytes.isEmpty else { return }
            let offset = random.below(bytes.count)
            switch random.below(6) {
            case 0: bytes[offset] ^= 1 << UInt8(random.below(8))
            case 1: bytes[offset] = [0, 1, 0x7F, 0x80, 0xFF][random.below(5)]
            case 2: bytes.removeLast(bytes.count - offset)
            case 3:
                let count = min(random.below(600), bytes.count - offset)
                bytes.insert(contentsOf: Array(bytes[offset..<offset + count]), at: offset)
            case 4:
                let end = min(offset + random.below(64), bytes.count)
                for index in offset..<end { bytes[index] = 0xFF }
            default:
                let end = min(offset + 8, bytes.count)
                for index in offset..<end { bytes[index] = UInt8(random.below(256)) }
            }
        }
    }

    /// A segment whose checksums are right and whose contents make little sense.
    private static func segment(_ random: inout RandomSource) -> HandmadeJournal {
        var journal = HandmadeJournal()
        var sequence: UInt64 = 1
        for _ in 0..<random.below(5) {
            var records: [[UInt8]] = []
            let first = sequence
            for _ in 0...random.below(4) {
                let command = random.pick(CommandCodingTests.samples)
                var payload = CommandCodingTests.encode(command)
                if random.chance(20) { mutate(&payload, &random) }
                if payload.count > 100 { payload.removeLast(payload.count - 100) }
                let type = random.chance(5) ? 0x8001 : command.typeNumber
                let shown = random.chance(3) ? sequence + 1 : sequence
                records.append(HandmadeJournal.record(type: type, sequence: shown, payload))
                sequence += 1
            }
            journal.append(records, first: random.chance(3) ? random.next() : first)
        }
        return journal
    }

    /// The snapshot of a venue with some commands.
    private static func snapshot() throws -> [UInt8] {
        let disk = SimulatedDisk(seed: 1)
        let small = JournalConfiguration(segmentBytes: 8_192, batchBytesMax: 4_096)
        var recovered = try RecoveredJournal(disk.directory(), configuration: small)
        var follower = try SnapshotFollower(disk.directory(), configuration: small)
        var batch = BatchBuilder()
        for (index, command) in [
            Command.defineAsset(AssetID(1)), .defineAsset(AssetID(2)),
            .openAccount(AccountID(16)),
        ].enumerated() {
            batch.append(command, sequence: UInt64(index + 1), time: Timestamp(1))
        }
        try recovered.writer.commit(&batch)
        try follower.advance(upTo: 3)
        try follower.writeSnapshot()
        return disk.bytes(of: "snapshot-00000000000000000003")
    }

    /// Makes the checksums of a snapshot right, so that what they protect is reached.
    private static func repairChecksums(_ bytes: inout [UInt8]) {
        guard bytes.count >= 128 else { return }
        bytes.replaceSubrange(112..<120, with: HandmadeJournal.little(UInt64(bytes.count - 128)))
        let body = CRC32C.checksum(of: Array(bytes[128...]))
        bytes.replaceSubrange(120..<124, with: HandmadeJournal.little(body))
        let head = CRC32C.checksum(of: Array(bytes[..<124]))
        bytes.replaceSubrange(124..<128, with: HandmadeJournal.little(head))
    }
}
