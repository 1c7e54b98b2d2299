import Journal
import Platform
import ReferenceVenue
import Sequencer
import SimulatedPlatform
import Testing
import Venue
import SeededRandomness

@Suite("Journal on a disk that forgets")
struct DamageTests {
    /// A journal of several segments, with a snapshot in the middle.
    struct Pristine {
        let session = Session.shared[0]
        let configuration = SimulatedVenue.configuration(seed: 7)
        let disk = SimulatedDisk(seed: 1)
        /// Where the last batch is.
        let lastSegment: String
        let lastBatch: Range<Int>
        /// The first command of the last batch.
        let lastFirst: Int

        init(count: Int, snapshotAt snapshot: Int = 0) throws {
            var venue = try SimulatedVenue(session, on: disk, configuration)
            var last = 0
            while venue.sequence < count {
                last = venue.sequence + 1
                try venue.commit(min(7, count - venue.sequence))
                guard snapshot > 0, last <= snapshot, venue.sequence > snapshot else { continue }
                try venue.follower.advance(upTo: venue.writer.durableSequence)
                try venue.follower.writeSnapshot()
            }
            lastFirst = last
            var reader = try JournalReader(directory: disk.directory(), includingArchive: true)
            while try reader.next() != nil {}
            lastSegment = Self.segment(reader.position.segment)
            lastBatch = Int(reader.batchStart)..<Int(reader.position.offset)
            disk.endProcesses()
        }

        static func segment(_ ordinal: UInt64) -> String {
            let digits = String(ordinal)
            return "segment-" + String(repeating: "0", count: 20 - digits.count) + digits
        }

        /// Where the last sector ends that is not zero.
        func usedBytes(of name: String) -> Int {
            let bytes = disk.bytes(of: name)
            let last = bytes.lastIndex { byte in byte != 0 } ?? -1
            return (last + 512) / 512 * 512
        }

        var segments: [String] { disk.fileNames.filter { name in name.hasPrefix("segment-") } }

        /// What recovery gives on a disk: the last command and whether the state is right, or an error.
        func recover(
            _ disk: SimulatedDisk
        ) -> Result<(sequence: Int, isRight: Bool, [JournalWarning]), JournalError> {
            do throws(JournalError) {
                var venue = try SimulatedVenue(session, on: disk, configuration)
                let hash = venue.core.venue.stateHash()
                let isRight = hash == session.hashes[venue.sequence]
                return .success((venue.sequence, isRight, venue.report.warnings))
            } catch {
                return .failure(error)
            }
        }
    }

    @Test("a flipped bit before the last batch stops the start with its file and offset")
    func flippedBit() throws {
        let pristine = try Pristine(count: 300, snapshotAt: 150)
        var random = RandomSource(seed: 2)
        var detected = 0
        for _ in 0..<600 {
            let name = random.pick(pristine.segments)
            let isLast = name == pristine.lastSegment
            let end = isLast ? pristine.lastBatch.lowerBound : pristine.usedBytes(of: name)
            let offset = random.below(end)
            let disk = pristine.disk.copy()
            var bytes = disk.bytes(of: name)
            bytes[offset] ^= 1 << UInt8(random.below(8))
            disk.replace(name, with: bytes)
            switch pristine.recover(disk) {
            case .success:
                Issue.record("a flip at offset \(offset) of \(name) was not noticed")
            case .failure(.damaged(let file, let found, _)):
                detected += 1
                // A damaged segment head may be noticed where the segment before it ends.
                #expect(file == name ? found <= UInt64(offset) : file < name)
            case .failure(let error):
                Issue.record("a flip at offset \(offset) of \(name) gives \(error)")
            }
        }
        #expect(detected == 600)
    }

    @Test("whatever happens to the last batch, it is cut with one warning")
    func tornTail() throws {
        let pristine = try Pristine(count: 100)
        var random = RandomSource(seed: 3)
        for round in 0..<300 {
            let disk = pristine.disk.copy()
            var bytes = disk.bytes(of: pristine.lastSegment)
            if round.isMultiple(of: 2) {
                bytes[pristine.lastBatch.lowerBound + random.below(pristine.lastBatch.count)] ^= 1
            } else {
                bytes.removeLast(bytes.count - pristine.lastBatch.lowerBound - 1 - random.below(64))
            }
            disk.replace(pristine.lastSegment, with: bytes)
            let (sequence, isRight, warnings) = try pristine.recover(disk).get()
            #expect(sequence == pristine.lastFirst - 1)
            #expect(isRight)
            let torn = JournalWarning.tornTail(
                file: pristine.lastSegment,
                offset: UInt64(pristine.lastBatch.lowerBound)
            )
            #expect(warnings == [torn])
            // What was cut is gone for good.
            disk.endProcesses()
            let again = try pristine.recover(disk).get()
            #expect(again.sequence == sequence)
            #expect(again.2.isEmpty)
        }
    }

    @Test("a segment that is gone, swapped or repeated stops the start")
    func wrongSegments() throws {
        let pristine = try Pristine(count: 300)
        let segments = pristine.segments
        try #require(segments.count >= 3)
        for name in segments.dropLast() {
            let disk = pristine.disk.copy()
            disk.remove(name)
            #expect(throws: JournalError.self) { try pristine.recover(disk).get() }
        }
        for (index, name) in segments.enumerated() {
            for other in segments[(index + 1)...] {
                let disk = pristine.disk.copy()
                disk.replace(name, with: pristine.disk.bytes(of: other))
                #expect(throws: JournalError.self) { try pristine.recover(disk).get() }
                disk.replace(other, with: pristine.disk.bytes(of: name))
                #expect(throws: JournalError.self) { try pristine.recover(disk).get() }
            }
        }
    }

    @Test("a batch in the place of another one stops the start")
    func movedBatch() throws {
        let pristine = try Pristine(count: 60)
        let name = pristine.lastSegment
        let bytes = pristine.disk.bytes(of: name)
        let size = pristine.lastBatch.count
        for start in stride(from: 512, to: pristine.lastBatch.lowerBound - size, by: 512) {
            // An old batch after the last one, as if it had been written twice.
            var changed = bytes
            changed.replaceSubrange(
                pristine.lastBatch.upperBound..<pristine.lastBatch.upperBound + size,
                with: bytes[start..<start + size]
            )
            let disk = pristine.disk.copy()
            disk.replace(name, with: changed)
            switch pristine.recover(disk) {
            case .success(let found):
                // It was no whole batch, so it looks like the rest of a torn one.
                #expect(found.sequence == 60)
                #expect(found.isRight)
            case .failure(.damaged(_, let offset, .sequence(let expected, let found))):
                #expect(offset == UInt64(pristine.lastBatch.upperBound))
                #expect(expected == 61)
                #expect(found < 61)
            case .failure(let error):
                Issue.record("\(error)")
            }
        }
    }

    @Test("a damaged snapshot is replaced by an older one, or by the whole journal")
    func damagedSnapshot() throws {
        let pristine = try Pristine(count: 300, snapshotAt: 150)
        let name = try #require(
            pristine.disk.fileNames.first { name in name.hasPrefix("snapshot-") }
        )
        var random = RandomSource(seed: 4)
        for _ in 0..<100 {
            let disk = pristine.disk.copy()
            var bytes = disk.bytes(of: name)
            if random.chance(20) {
                bytes.removeLast(1 + random.below(bytes.count))
            } else {
                bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
            }
            disk.replace(name, with: bytes)
            let (sequence, isRight, warnings) = try pristine.recover(disk).get()
            #expect(sequence == 300)
            #expect(isRight)
            try #require(warnings.count == 1)
            guard case .snapshotUnusable(.damaged(file: name, _, _)) = warnings[0] else {
                Issue.record("\(warnings)")
                continue
            }
        }
    }

    @Test("a journal that ends before its snapshot is not continued")
    func endMissing() throws {
        let pristine = try Pristine(count: 160, snapshotAt: 150)
        let disk = pristine.disk.copy()
        let last = try #require(pristine.segments.last)
        var bytes = disk.bytes(of: last)
        bytes.replaceSubrange(512..., with: repeatElement(0, count: bytes.count - 512))
        disk.replace(last, with: bytes)
        guard case .failure(.endMissing(_, let sequence)) = pristine.recover(disk) else {
            Issue.record("the start was not stopped")
            return
        }
        #expect(sequence > 150)
    }
}
