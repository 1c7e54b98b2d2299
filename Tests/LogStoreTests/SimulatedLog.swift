import Cryptography
import LogStore
import MerkleLog
import Platform
import SimulatedPlatform
import Testing

/// A log on a simulated disk, what it acknowledged, and what it must be.
struct SimulatedLog {
    let disk: SimulatedDisk
    let signer = TestSigner()
    /// The entries that a commit was acknowledged for.
    var acknowledged: [[UInt8]] = []
    /// The entries that were handed over since, acknowledged or not.
    var handedOver: [[UInt8]] = []
    var attempt = 0

    static let configuration = LogConfiguration(syncThreadCount: 0)

    init(_ disk: SimulatedDisk) { self.disk = disk }

    /// Opens the log and checks everything that must hold after a crash.
    mutating func open(_ comment: Comment) throws(LogStoreError) -> LogWriter {
        attempt += 1
        checkPublished(comment)
        let writer = try LogWriter.open(
            disk.directory(),
            format: signer.format,
            configuration: Self.configuration
        )
        #expect(writer.size >= acknowledged.count, comment)
        #expect(writer.size <= handedOver.count, comment)
        #expect(writer.publishedHead.size == writer.size, comment)
        #expect(writer.cursor == cursor(Int(writer.size)), comment)
        acknowledged = Array(handedOver.prefix(Int(writer.size)))
        handedOver = acknowledged
        return writer
    }

    /// Checks that what is published is whole, and is a beginning of what was handed over; also while nobody has
    /// opened the log for writing since a crash.
    func checkPublished(_ comment: Comment) {
        #expect(signer.contradictions == nil, comment)
        do throws(LogStoreError) {
            let reader = try LogReader(directory: disk.directory(), reading: signer.format.read)
            let summary = try LogAudit.run(reader, hasIndex: false)
            #expect(summary.entries == reader.size, comment)
            let count = min(Int(reader.size), handedOver.count)
            #expect(Int(reader.size) <= handedOver.count, comment)
            if count > 0 {
                #expect(try reader.entry(at: reader.size - 1) == handedOver[count - 1], comment)
            }
        } catch .noCheckpoint {
            #expect(acknowledged.isEmpty, comment)
        } catch {
            Issue.record("\(error); \(comment)")
        }
    }

    /// Checks the whole log with its index, and that every tree head that was ever signed is a part of it.
    func checkAll(_ comment: Comment) {
        do throws(LogStoreError) {
            let reader = try LogReader(directory: disk.directory(), reading: signer.format.read)
            let summary = try LogAudit.run(reader, keys: TestEntries.keys)
            #expect(summary.entries == UInt64(acknowledged.count), comment)
            var range = CompactRange()
            var heads = signer.heads[...]
            for entry in acknowledged + [[]] {
                if heads.first?.size == range.size {
                    #expect(heads.popFirst()?.root == range.root, comment)
                }
                range.append(MerkleTree.leafHash(entry))
            }
            #expect(heads.isEmpty, comment)
        } catch {
            Issue.record("\(error); \(comment)")
        }
    }

    /// Appends some entries and commits them.
    mutating func commit(_ writer: inout LogWriter, _ count: Int) throws(LogStoreError) {
        for _ in 0..<count {
            let entry = TestEntries.entry(writer.size, attempt: attempt, padding: count % 7 * 40)
            handedOver.append(entry.bytes)
            try writer.append(entry)
        }
        try writer.commit(cursor: cursor(handedOver.count))
        acknowledged = handedOver
    }

    private func cursor(_ size: Int) -> [UInt8] {
        size == 0 ? [] : [UInt8]("cursor of \(size)".utf8)
    }
}
