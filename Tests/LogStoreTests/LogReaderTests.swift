import Cryptography
import LogStore
import MerkleLog
import Platform
import SimulatedPlatform
import Testing

@Suite("reading a log") struct LogReaderTests {
    /// A log that was written in commits of these sizes.
    static func log(
        _ sizes: [Int],
        on disk: SimulatedDisk = SimulatedDisk(seed: 1)
    ) throws -> SimulatedLog {
        var log = SimulatedLog(disk)
        var writer = try log.open("writing")
        for size in sizes { try log.commit(&writer, size) }
        return log
    }

    static func reader(_ log: SimulatedLog) throws -> LogReader {
        try LogReader(directory: log.disk.directory(), reading: log.signer.format.read)
    }

    @Test("every entry, every proof and every root are those of the entries") func proofs() throws {
        let log = try Self.log([1, 100, 255, 7, 200])
        let reader = try Self.reader(log)
        #expect(reader.size == 563)
        let leaves = log.acknowledged.map { entry in MerkleTree.leafHash(entry) }
        var roots = [MerkleTree.emptyRoot]
        var range = CompactRange()
        for leaf in leaves {
            range.append(leaf)
            roots.append(range.root)
        }
        for size in 0...563 { #expect(try reader.root(at: UInt64(size)) == roots[size]) }
        for index in stride(from: 0, to: 563, by: 17) {
            #expect(try reader.entry(at: UInt64(index)) == log.acknowledged[index])
            #expect(try reader.leafHash(at: UInt64(index)) == leaves[index])
            for size in [index + 1, (index + 563) / 2 + 1, 563] {
                let proof = try reader.inclusionProof(of: UInt64(index), treeSize: UInt64(size))
                #expect(proof.verifies(leafHash: leaves[index], root: roots[size]))
                let consistency = try reader.consistencyProof(
                    from: UInt64(index + 1),
                    to: UInt64(size)
                )
                #expect(consistency.verifies(oldRoot: roots[index + 1], newRoot: roots[size]))
            }
        }
        #expect(try reader.consistencyProof(from: 0, to: 9).path.isEmpty)
    }

    @Test("what the log has not is refused") func refusals() throws {
        let reader = try Self.reader(Self.log([3, 5]))
        #expect(throws: LogStoreError.noSuchEntry(index: 8, size: 8)) { try reader.entry(at: 8) }
        #expect(throws: LogStoreError.noSuchEntry(index: 3, size: 3)) {
            try reader.inclusionProof(of: 3, treeSize: 3)
        }
        #expect(throws: LogStoreError.noSuchTree(size: 9, largest: 8)) {
            try reader.inclusionProof(of: 3, treeSize: 9)
        }
        #expect(throws: LogStoreError.noSuchTree(size: 9, largest: 8)) { try reader.root(at: 9) }
        #expect(throws: LogStoreError.noSuchTree(size: 9, largest: 8)) {
            try reader.consistencyProof(from: 1, to: 9)
        }
        #expect(throws: LogStoreError.noSuchTree(size: 5, largest: 4)) {
            try reader.consistencyProof(from: 5, to: 4)
        }
        let empty = SimulatedDisk(seed: 1)
        #expect(throws: LogStoreError.noCheckpoint(directory: "disk/")) {
            try LogReader(directory: empty.directory(), reading: TestSigner().format.read)
        }
    }

    @Test("entries are found by number and by subject, also while a writer runs") func index()
        throws
    {
        var log = SimulatedLog(SimulatedDisk(seed: 1))
        var writer = try log.open("writing")
        try log.commit(&writer, 300)
        let older = try Self.reader(log)
        try log.commit(&writer, 100)
        // Staged and written by nobody yet, so found by nobody.
        try writer.append(TestEntries.entry(400))
        for (reader, size) in [(older, 300), (try Self.reader(log), 400)] {
            for index in 0..<UInt64(402) {
                let keys = TestEntries.keys(TestEntries.entry(index).bytes)
                for key in keys {
                    guard case .number = key else { continue }
                    #expect(try reader.leaf(of: key) == (index < size ? index : nil))
                }
            }
            for subject in 0..<UInt64(4) {
                let expected = (0..<UInt64(size)).filter { index in index % 3 == subject }
                let hash = TestEntries.subject(subject)
                #expect(try reader.leaves(of: hash) == expected)
                #expect(try reader.leaf(of: .subject(hash)) == expected.first)
                #expect(
                    try reader.leaves(of: hash, from: 100, countMax: 5)
                        == Array(expected.filter { index in index >= 100 }.prefix(5))
                )
            }
        }
        #expect(try older.leaf(of: .number(.trades, .max)) == nil)
    }

    @Test("subjects are found across sorted runs") func sortedRuns() throws {
        let disk = SimulatedDisk(seed: 1)
        let signer = TestSigner()
        let configuration = SimulatedLog.configuration
        var writer = try LogWriter.open(
            disk.directory(),
            format: signer.format,
            configuration: configuration
        )
        // Two runs and a half of 16,384, in commits that do not end with them; opened again in between.
        var leaf: UInt64 = 0
        for (part, count) in [10_000, 9_000, 20_000, 1_960].enumerated() {
            for _ in 0..<count {
                try writer.append(
                    LogEntry(
                        [UInt8(leaf & 0xff)],
                        keys: [.subject(TestEntries.subject(leaf % 997))]
                    )
                )
                leaf += 1
            }
            try writer.commit(cursor: [UInt8(part)])
            if part == 1 {
                disk.endProcesses()
                writer = try LogWriter.open(
                    disk.directory(),
                    format: signer.format,
                    configuration: configuration
                )
            }
        }
        let reader = try LogReader(directory: disk.directory(), reading: signer.format.read)
        for subject in [0, 1, 500, 996] as [UInt64] {
            let expected = (0..<leaf).filter { index in index % 997 == subject }
            #expect(try reader.leaves(of: TestEntries.subject(subject)) == expected)
            #expect(
                try reader.leaves(of: TestEntries.subject(subject), from: 17_000, countMax: 20)
                    == Array(expected.filter { index in index >= 17_000 }.prefix(20))
            )
        }
        #expect(try reader.leaves(of: TestEntries.subject(997)).isEmpty)
        let summary = try LogAudit.run(reader)
        #expect(summary.subjects == leaf)
    }

    @Test("the same entries in other batches give the same files") func rebuilt() throws {
        func files(_ sizes: [Int]) throws -> [String: [UInt8]] {
            let disk = SimulatedDisk(seed: 1)
            let signer = TestSigner()
            var writer = try LogWriter.open(
                disk.directory(),
                format: signer.format,
                configuration: SimulatedLog.configuration
            )
            for size in sizes {
                for _ in 0..<size { try writer.append(TestEntries.entry(writer.size)) }
                try writer.commit(cursor: [UInt8]("\(writer.size)".utf8))
            }
            var files: [String: [UInt8]] = [:]
            for name in disk.fileNames {
                // Partial tiles are as many as there were checkpoints, except those of the last one; the file of
                // records has the last commit but one.
                if name == "cursor" { continue }
                if let tile = Tile(path: name), tile.isPartial {
                    let last = Tile(tile.content, index: tile.index, inTreeOfSize: 600)
                    if tile != last { continue }
                }
                files[name] = disk.bytes(of: name)
            }
            return files
        }
        let once = try files([600])
        #expect(once.keys.contains("tile/0/002.p/88"))
        #expect(once.keys.contains("index/subjects"))
        #expect(try files([1, 255, 1, 255, 88]) == once)
        #expect(try files([Int](repeating: 7, count: 85) + [5]) == once)
        #expect(try files([0, 300, 0, 300]) == once)
    }

    @Test("partial tiles are removed when the tile is full, and not before") func partials() throws
    {
        let log = try Self.log([10, 20, 30])
        #expect(log.disk.fileNames.contains("tile/0/000.p/10"))
        #expect(log.disk.fileNames.contains("tile/entries/000.p/60"))
        let more = try Self.log([10, 20, 30, 200])
        let names = more.disk.fileNames
        #expect(!names.contains { name in name.hasPrefix("tile/0/000.p/") })
        #expect(!names.contains { name in name.hasPrefix("tile/entries/000.p/") })
        #expect(names.contains("tile/0/000"))
        #expect(names.contains("tile/0/001.p/4"))
        #expect(names.contains("tile/1/000.p/1"))
        #expect(!names.contains { name in name.hasSuffix(".new") })
    }
}
