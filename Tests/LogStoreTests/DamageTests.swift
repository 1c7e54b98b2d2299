import Cryptography
import LogStore
import MerkleLog
import Platform
import SimulatedPlatform
import Testing
import SeededRandomness

@Suite("a damaged log") struct DamageTests {
    static func audit(_ log: SimulatedLog) -> LogStoreError? {
        do throws(LogStoreError) {
            let reader = try LogReader(
                directory: log.disk.directory(),
                reading: log.signer.format.read
            )
            _ = try LogAudit.run(reader, keys: TestEntries.keys)
            return nil
        } catch {
            return error
        }
    }

    @Test("a change of any byte of any file is found by the audit") func everyFile() throws {
        let log = try LogReaderTests.log([200, 100, 213])
        #expect(Self.audit(log) == nil)
        var random = RandomSource(seed: 7)
        var checked = 0
        for name in log.disk.fileNames where name != "lock" {
            if let tile = Tile(path: name), tile.isPartial {
                // Those of older checkpoints are served, but the newest checkpoint does not need them.
                let isLast = tile == Tile(tile.content, index: tile.index, inTreeOfSize: 513)
                if !isLast { continue }
            }
            // A record of a commit before the last one says nothing any more.
            if name == "cursor" { continue }
            let bytes = log.disk.bytes(of: name)
            for _ in 0..<12 where !bytes.isEmpty {
                var changed = bytes
                var place = random.below(bytes.count)
                // A number beyond the size is what a writer is about to publish, so it is passed over.
                if name.hasPrefix("index/"), name != "index/subjects" { place &= ~7 }
                changed[place] ^= 1 << UInt8(random.below(8))
                log.disk.replace(name, with: changed)
                #expect(Self.audit(log) != nil, "\(name)")
                checked += 1
            }
            for changed in [Array(bytes.dropLast()), bytes + [0]] where !name.hasPrefix("index/") {
                log.disk.replace(name, with: changed)
                #expect(Self.audit(log) != nil, "\(name)")
            }
            log.disk.replace(name, with: bytes)
        }
        #expect(checked > 100)
        #expect(Self.audit(log) == nil)
    }

    @Test("the audit names the file and the place") func names() throws {
        let log = try LogReaderTests.log([300])
        func damage(_ name: String, at place: Int) -> LogStoreError? {
            let bytes = log.disk.bytes(of: name)
            var changed = bytes
            changed[place] ^= 1
            log.disk.replace(name, with: changed)
            defer { log.disk.replace(name, with: bytes) }
            return Self.audit(log)
        }
        let second = log.acknowledged[0].count + 2
        #expect(
            damage("tile/entries/000", at: second + 3)
                == .damaged(file: "tile/entries/000", .entry(index: 1))
        )
        #expect(
            damage("tile/0/001.p/44", at: 33)
                == .damaged(file: "tile/entries/001.p/44", .entry(index: 257))
        )
        #expect(
            damage("tile/1/000.p/1", at: 5) == .damaged(file: "tile/1/000.p/1", .hash(place: 0))
        )
        #expect(
            damage("index/trades", at: 16) == .damaged(file: "index/trades", .index(position: 16))
        )
        log.disk.remove("tile/0/000")
        #expect(Self.audit(log) == .damaged(file: "tile/0/000", .missing))
    }

    @Test("damage is found when it is read") func reading() throws {
        let log = try LogReaderTests.log([300])
        let reader = try LogReaderTests.reader(log)
        for name in ["tile/entries/000", "tile/0/000"] {
            let bytes = log.disk.bytes(of: name)
            var changed = bytes
            changed[100] ^= 1
            log.disk.replace(name, with: changed)
            // Whichever entry the byte belongs to, reading all of them meets it.
            #expect(throws: LogStoreError.self) {
                for index in 0..<UInt64(256) { _ = try reader.entry(at: index) }
            }
            log.disk.replace(name, with: bytes)
        }
        #expect(try reader.entry(at: 0) == log.acknowledged[0])
    }

    /// What opening for writing says after something was done to the directory.
    static func refusal(_ change: (SimulatedDisk) -> Void) throws -> LogStoreError? {
        let log = try LogReaderTests.log([200, 100])
        log.disk.endProcesses()
        change(log.disk)
        do throws(LogStoreError) {
            _ = try LogWriter.open(
                log.disk.directory(),
                format: log.signer.format,
                configuration: SimulatedLog.configuration
            )
            return nil
        } catch {
            return error
        }
    }

    @Test("a log that does not fit its checkpoint is not opened") func opening() throws {
        #expect(try Self.refusal { _ in } == nil)
        let tile = try Self.refusal { disk in
            var bytes = disk.bytes(of: "tile/0/001.p/44")
            bytes[70] ^= 1
            disk.replace("tile/0/001.p/44", with: bytes)
        }
        guard case .damaged("disk/", .root(size: 300, found: _, expected: _)) = tile else {
            Issue.record("\(String(describing: tile))")
            return
        }
        let entry = try Self.refusal { disk in
            var bytes = disk.bytes(of: "tile/entries/001.p/44")
            bytes[4] ^= 1
            disk.replace("tile/entries/001.p/44", with: bytes)
        }
        #expect(entry == .damaged(file: "tile/entries/001.p/44", .entry(index: 256)))
        let missing = try Self.refusal { disk in disk.remove("tile/1/000.p/1") }
        #expect(missing == .damaged(file: "tile/1/000.p/1", .missing))
        let cut = try Self.refusal { disk in
            disk.replace("index/subjects", with: Array(disk.bytes(of: "index/subjects").dropLast()))
        }
        guard case .damaged(let file, .size) = cut, file.hasSuffix("/subjects") else {
            Issue.record("\(String(describing: cut))")
            return
        }
    }

    @Test("a log without its record or its checkpoint is not begun anew") func missing() throws {
        #expect(
            try Self.refusal { disk in disk.remove("cursor") } == .recordMissing(directory: "disk/")
        )
        #expect(
            try Self.refusal { disk in
                disk.replace("cursor", with: [UInt8](repeating: 0, count: 16_384))
            } == .recordMissing(directory: "disk/")
        )
        #expect(
            try Self.refusal { disk in disk.remove("checkpoint") }
                == .noCheckpoint(directory: "disk/")
        )
    }

    @Test("whichever byte of the record is changed, the log does not become smaller")
    func damagedRecord() throws {
        let log = try LogReaderTests.log([200, 100])
        let bytes = log.disk.bytes(of: "cursor")
        var random = RandomSource(seed: 3)
        var refusals = 0
        for round in 0..<300 {
            log.disk.endProcesses()
            var changed = bytes
            // Both records are short, so half of the changes are made where they are.
            let place = round % 2 == 0 ? random.below(120) : random.below(bytes.count)
            changed[(place + round / 2 % 2 * 8_192) % bytes.count] ^= 1 << UInt8(random.below(8))
            log.disk.replace("cursor", with: changed)
            do throws(LogStoreError) {
                let writer = try LogWriter.open(
                    log.disk.directory(),
                    format: log.signer.format,
                    configuration: SimulatedLog.configuration
                )
                #expect(writer.size == 300)
            } catch {
                guard case .checkpointContradicts = error else {
                    Issue.record("\(error)")
                    return
                }
                refusals += 1
            }
        }
        #expect(refusals > 30)
    }

    @Test("a checkpoint of another log, key or tree is refused") func foreign() throws {
        func published(_ signer: TestSigner, _ sizes: [Int], attempt: Int = 1) throws -> [UInt8] {
            let disk = SimulatedDisk(seed: 1)
            var writer = try LogWriter.open(
                disk.directory(),
                format: signer.format,
                configuration: SimulatedLog.configuration
            )
            for size in sizes {
                for _ in 0..<size {
                    try writer.append(TestEntries.entry(writer.size, attempt: attempt))
                }
                try writer.commit(cursor: [])
            }
            return writer.checkpoint
        }
        func refusal(_ checkpoint: [UInt8]) throws -> LogStoreError? {
            try Self.refusal { disk in disk.replace("checkpoint", with: checkpoint) }
        }
        #expect(
            try refusal(published(TestSigner(origin: "example.com/other"), [300]))
                == .foreignCheckpoint(reason: "its origin is example.com/other")
        )
        #expect(
            try refusal(published(TestSigner(key: "another"), [300]))
                == .foreignCheckpoint(reason: "it is not signed by the key")
        )
        #expect(
            try refusal([UInt8]("nonsense".utf8))
                == .foreignCheckpoint(reason: "it cannot be read")
        )
        for sizes in [[300], [200], [301]] {
            let error = try refusal(published(TestSigner(), sizes, attempt: 2))
            guard case .checkpointContradicts(let published, let recorded) = error else {
                Issue.record("\(sizes): \(String(describing: error))")
                continue
            }
            #expect(published.size == UInt64(sizes[0]))
            #expect(recorded.size == 300)
        }
    }

    @Test("an older checkpoint of the same log is replaced by the newest") func older() throws {
        var log = SimulatedLog(SimulatedDisk(seed: 1))
        var checkpoint: [UInt8] = []
        do {
            var writer = try log.open("writing")
            try log.commit(&writer, 200)
            checkpoint = writer.checkpoint
            try log.commit(&writer, 100)
        }
        let newest = log.disk.bytes(of: "checkpoint")
        #expect(newest != checkpoint)
        log.disk.endProcesses()
        log.disk.replace("checkpoint", with: checkpoint)
        let writer = try log.open("after an older checkpoint")
        #expect(writer.size == 300)
        #expect(writer.checkpoint == newest)
        #expect(log.disk.bytes(of: "checkpoint") == newest)
    }

    @Test("a second writer is refused while the first lives") func second() throws {
        let disk = SimulatedDisk(seed: 1)
        var log = SimulatedLog(disk)
        let writer = try log.open("first")
        #expect(throws: LogStoreError.platform(.locked(path: "disk/"))) {
            _ = try LogWriter.open(disk.directory(), format: log.signer.format)
        }
        #expect(writer.size == 0)
    }

    @Test("an entry that cannot be taken changes nothing") func refused() throws {
        let disk = SimulatedDisk(seed: 1)
        var log = SimulatedLog(disk)
        var writer = try log.open("refusals")
        try log.commit(&writer, 9)
        let root = writer.root
        let large = LogEntry([UInt8](repeating: 1, count: 65_536))
        #expect(throws: LogStoreError.entryTooLarge(count: 65_536)) { try writer.append(large) }
        // Trade 3 is entry 8.
        let taken = LogEntry([1], keys: [.number(.trades, 3)])
        #expect(throws: LogStoreError.numberTaken(.trades, 3, leaf: 8)) { try writer.append(taken) }
        let far = LogEntry([1], keys: [.number(.trades, 1 << 30)])
        #expect(throws: LogStoreError.numberTooLarge(.trades, 1 << 30)) { try writer.append(far) }
        let twice = LogEntry([1], keys: [.number(.trades, 7), .number(.trades, 7)])
        #expect(throws: LogStoreError.numberTaken(.trades, 7, leaf: 9)) { try writer.append(twice) }
        #expect(throws: LogStoreError.cursorTooLarge(count: 4_097)) {
            try writer.commit(cursor: [UInt8](repeating: 0, count: 4_097))
        }
        #expect(writer.size == 9)
        #expect(writer.root == root)
        try writer.append(
            LogEntry([UInt8](repeating: 1, count: 65_535), keys: [.number(.trades, 7)])
        )
        #expect(throws: LogStoreError.numberTaken(.trades, 7, leaf: 9)) {
            try writer.append(LogEntry([1], keys: [.number(.trades, 7)]))
        }
        try writer.commit(cursor: [UInt8](repeating: 0, count: 4_096))
        #expect(writer.size == 10)
        #expect(writer.cursor.count == 4_096)
    }
}
