import Attestation
import Cryptography
import KeyStore
import LogStore
import Platform
import Primitives
import Projection
import SimulatedPlatform
import Statements
import TestSupport
import Testing
import Transparency
import Venue

@Suite("The journal in pieces for observers") struct ChunkTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// Builds a log and its pieces, in one go or from many openings.
    private static func build(
        _ journal: SimulatedDisk,
        _ log: SimulatedDisk,
        _ path: String,
        reopensAfter leavesMax: Int
    ) throws {
        var isBehind = true
        while isBehind {
            let store = try ChunkStore(path: path)
            var builder = try LogBuilder.open(
                journal: journal.directory(),
                log: log.directory(),
                identity: TestVenue.identity(),
                chunks: store
            )
            isBehind = try builder.advance(leavesMax: leavesMax)
        }
    }

    private static func chunks(_ path: String) throws -> [[UInt8]] {
        let store = try ChunkStore(path: path)
        var chunks: [[UInt8]] = []
        var next: UInt64 = 1
        while true {
            let found = try store.chunks(from: next, countMax: 7)
            if found.isEmpty { return chunks }
            chunks += found
            next = try JournalChunk(decoding: found[found.count - 1]).last + 1
        }
    }

    @Test("an observer that follows them comes to the log's root and the venue's state")
    func follows() throws {
        let journal = SimulatedDisk(seed: 1)
        try TestVenue.play(TestVenue.session(seed: 12, count: 1_500), to: journal)
        let log = SimulatedDisk(seed: 2)
        let folder = folder.path
        let path = folder + "/chunks.db"
        try Self.build(journal, log, path, reopensAfter: 10_000)

        let identity = try TestVenue.identity()
        var follower = JournalFollower(venue: identity.venue, venueKey: identity.venueKey.bytes)
        var previous = SHA256.Digest(words: (0, 0, 0, 0))
        var sequence: UInt64 = 0
        var last: FollowedInterval?
        for bytes in try Self.chunks(path) {
            let chunk = try JournalChunk(decoding: bytes)
            #expect(chunk.isSigned(by: identity.venueKey, verifier: NativeEd25519.verifies))
            #expect(chunk.previous == previous)
            #expect(chunk.first == sequence + 1)
            #expect(chunk.interval == nil)
            (previous, sequence) = (chunk.hash, chunk.last)
            try unsafe chunk.records.withUnsafeBytes { records in
                try unsafe follower.apply(records)
            }
            var leaves: [UInt8] = []
            for leaf in chunk.leaves {
                let size = UInt32(leaf.count)
                for shift in stride(from: 0, to: 32, by: 8) {
                    leaves.append(UInt8(truncatingIfNeeded: size >> UInt32(shift)))
                }
                leaves += leaf
            }
            last = try unsafe leaves.withUnsafeBytes { bytes in
                try unsafe follower.check(leaves: bytes)
            }
        }
        let head = try LogBuilderTests.reader(log).head
        #expect(last?.size == head.size)
        #expect(last?.root == head.root)
        #expect(last?.interval.number ?? 0 > 20)
    }

    @Test("however often the log is opened again, and if the pieces are lost, they are the same")
    func isProjection() throws {
        let journal = SimulatedDisk(seed: 1)
        try TestVenue.play(TestVenue.session(seed: 13, count: 600), to: journal)
        let folder = folder.path
        let log = SimulatedDisk(seed: 2)
        try Self.build(journal, log, folder + "/whole.db", reopensAfter: 10_000)
        let whole = try Self.chunks(folder + "/whole.db")
        #expect(whole.count > 10)
        try Self.build(journal, SimulatedDisk(seed: 3), folder + "/often.db", reopensAfter: 5)
        #expect(try Self.chunks(folder + "/often.db") == whole)
        // The log is there, its pieces are not.
        try Self.build(journal, log, folder + "/lost.db", reopensAfter: 10_000)
        #expect(try Self.chunks(folder + "/lost.db") == whole)
    }
}
