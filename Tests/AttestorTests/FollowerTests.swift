import Attestation
import Cryptography
import Encoding
import KeyStore
import Primitives
import Projection
import ReferenceVenue
import Statements
import Testing
import Venue

@Suite("Following a journal without trusting it") struct FollowerTests {
    /// A follower of a scripted venue.
    static func follower(_ venue: ScriptedVenue) -> JournalFollower {
        JournalFollower(venue: venue.name, venueKey: venue.key.publicKey.bytes)
    }

    /// Leaves as a follower takes them.
    static func joined(_ leaves: [[UInt8]]) -> [UInt8] {
        var writer = ByteWriter()
        for leaf in leaves {
            writer.append(UInt32(leaf.count))
            writer.append(contentsOf: leaf)
        }
        return writer.bytes
    }

    /// A session with documents of several kinds between its commands.
    static func session(seed: UInt64, intervals: Int, commands: Int = 120) throws -> ScriptedVenue {
        let venue = try ScriptedVenue(seed: seed)
        let seats = try TestSeats()
        for number in 0..<intervals {
            venue.run(commands)
            if number % 3 == 1 {
                let roster = try seats.roster(venue.name, epoch: UInt64(number))
                venue.file(.epoch, roster.encoded)
            }
            if number % 3 == 2 { venue.file(.report, Array("no report".utf8)) }
            venue.run(5)
            try venue.close()
        }
        return venue
    }

    static func follow(
        _ piece: ScriptedVenue.Piece,
        _ follower: inout JournalFollower
    ) throws -> FollowedInterval {
        try unsafe piece.chunk.records.withUnsafeBytes { bytes in
            try unsafe follower.apply(bytes)
        }
        return try check(piece.chunk.leaves, &follower)
    }

    static func check(
        _ leaves: [[UInt8]],
        _ follower: inout JournalFollower
    ) throws -> FollowedInterval {
        try unsafe joined(leaves).withUnsafeBytes { bytes in
            try unsafe follower.check(leaves: bytes)
        }
    }

    static func restore(_ snapshot: [UInt8], _ venue: ScriptedVenue) throws -> JournalFollower {
        // A closure cannot return what cannot be copied.
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: snapshot.count,
            alignment: 16
        )
        defer { unsafe buffer.deallocate() }
        unsafe buffer.copyBytes(from: snapshot)
        return try unsafe JournalFollower.restore(
            venue: venue.name,
            venueKey: venue.key.publicKey.bytes,
            from: UnsafeRawBufferPointer(buffer)
        )
    }

    static func snapshot(_ follower: inout JournalFollower) throws -> [UInt8] {
        var snapshot = try follower.snapshotHead()
        unsafe follower.writeVenue { bytes in snapshot += unsafe [UInt8](bytes) }
        return snapshot
    }

    static func expect(_ followed: FollowedInterval, is piece: ScriptedVenue.Piece) {
        #expect(followed.interval == piece.interval)
        #expect(followed.time == piece.time)
        #expect(followed.size == piece.size)
        #expect(followed.root == piece.root)
    }

    @Test(
        "comes to the venue's state hashes and the log's roots in sessions of every kind",
        arguments: 0..<UInt64(GeneratorProfile.all.count)
    )
    func follows(seed: UInt64) throws {
        let venue = try Self.session(seed: seed, intervals: 5)
        var follower = Self.follower(venue)
        for piece in venue.pieces { Self.expect(try Self.follow(piece, &follower), is: piece) }
        #expect(follower.sequence == venue.sequence)
    }

    @Test("restored from a snapshot behind any interval, it goes on to the same roots")
    func snapshots() throws {
        let venue = try Self.session(seed: 2, intervals: 9)
        var follower = Self.follower(venue)
        for (index, piece) in venue.pieces.enumerated() {
            _ = try Self.follow(piece, &follower)
            var restored = try Self.restore(Self.snapshot(&follower), venue)
            #expect(restored.followed()?.root == piece.root)
            for later in venue.pieces[(index + 1)...] {
                Self.expect(try Self.follow(later, &restored), is: later)
            }
        }
    }

    @Test("while an interval is open there is no snapshot") func openSnapshot() throws {
        let venue = try Self.session(seed: 2, intervals: 1)
        var follower = Self.follower(venue)
        try unsafe venue.pieces[0].chunk.records.withUnsafeBytes { bytes in
            try unsafe follower.apply(bytes)
        }
        #expect(throws: FollowError.betweenIntervals) { _ = try follower.snapshotHead() }
    }

    @Test("a damaged snapshot is refused, or comes to another state or log")
    func damagedSnapshots() throws {
        let venue = try Self.session(seed: 3, intervals: 2)
        var follower = Self.follower(venue)
        var last: FollowedInterval?
        for piece in venue.pieces { last = try Self.follow(piece, &follower) }
        let snapshot = try Self.snapshot(&follower)
        let headEnd = 12 + Int(snapshot[8]) + Int(snapshot[9]) << 8
        for index in stride(from: headEnd, to: snapshot.count, by: 61) {
            var damaged = snapshot
            damaged[index] ^= 4
            #expect(throws: FollowError.self) { _ = try Self.restore(damaged, venue) }
        }
        for index in 0..<headEnd {
            var damaged = snapshot
            damaged[index] ^= 4
            do {
                var restored = try Self.restore(damaged, venue)
                // What is left is the first leaf, whose origin is compared when somebody asks for a signature.
                #expect(
                    restored.followed()?.root != last?.root
                        || restored.followed()?.time != last?.time
                        || restored.lastInterval != last?.interval.number || index >= headEnd - 600
                )
            } catch is FollowError {
                continue
            }
        }
    }

    @Test("a leaf with any byte changed is refused, but for the commitments and the signature")
    func changedLeaves() throws {
        let venue = try Self.session(seed: 11, intervals: 3)
        var follower = Self.follower(venue)
        _ = try Self.follow(venue.pieces[0], &follower)
        let snapshot = try Self.snapshot(&follower)
        let piece = venue.pieces[1]
        var kinds: Set<StatementType> = []
        for position in piece.chunk.leaves.indices {
            let leaf = piece.chunk.leaves[position]
            let said = try Statement(decoding: SignedStatement(decoding: leaf).payload)
            guard kinds.insert(said.type).inserted else { continue }
            let hidden = said.type == .trade ? Self.commitments(in: leaf) : []
            for index in stride(from: 0, to: leaf.count - 64, by: 3) {
                if hidden.contains(where: { range in range.contains(index) }) { continue }
                var leaves = piece.chunk.leaves
                leaves[position][index] ^= 1
                guard case .leafDiffers = try Self.failure(snapshot, venue, piece, leaves) else {
                    Issue.record("byte \(index) of a \(said.type) was not noticed")
                    continue
                }
            }
        }
        #expect(kinds.contains(.trade))
        #expect(kinds.contains(.epoch))
    }

    private static func commitments(in leaf: [UInt8]) -> [Range<Int>] {
        let name = Array(#""account":""#.utf8)
        return (0..<leaf.count - name.count).filter { start in
            Array(leaf[start..<start + name.count]) == name
        }.map { start in start + name.count..<start + name.count + 64 }
    }

    private static func failure(
        _ snapshot: [UInt8],
        _ venue: ScriptedVenue,
        _ piece: ScriptedVenue.Piece,
        _ leaves: [[UInt8]]
    ) throws -> FollowError? {
        var follower = try restore(snapshot, venue)
        try unsafe piece.chunk.records.withUnsafeBytes { bytes in
            try unsafe follower.apply(bytes)
        }
        do {
            _ = try check(leaves, &follower)
            return nil
        } catch let error as FollowError {
            return error
        }
    }

    @Test("names the member that differs, with both values") func namesMember() throws {
        let venue = try ScriptedVenue(seed: 11)
        venue.run(200)
        try venue.close { leaves in
            leaves.map { leaf in Self.replaced(leaf, #""takerSide":"buy""#, #""takerSide":"bux""#) }
        }
        var follower = Self.follower(venue)
        #expect {
            _ = try Self.follow(venue.pieces[0], &follower)
        } throws: { error in
            "\(error)".hasSuffix(#"takerSide is "bux", and must be "buy""#)
        }
    }

    private static func replaced(_ leaf: [UInt8], _ old: String, _ new: String) -> [UInt8] {
        let bytes = Array(old.utf8)
        for start in 0..<max(0, leaf.count - bytes.count)
        where Array(leaf[start..<start + bytes.count]) == bytes {
            return leaf[..<start] + Array(new.utf8) + leaf[(start + bytes.count)...]
        }
        return leaf
    }

    @Test("a leaf too many or too few is refused", arguments: [-1, 1]) func leafCount(by: Int)
        throws
    {
        let venue = try ScriptedVenue(seed: 4)
        venue.run(100)
        try venue.close { leaves in by < 0 ? leaves.dropLast() : leaves + [leaves[0]] }
        var follower = Self.follower(venue)
        #expect {
            _ = try Self.follow(venue.pieces[0], &follower)
        } throws: { error in
            guard case .leafCount(interval: 1, _, _) = error as? FollowError else { return false }
            return true
        }
    }

    @Test("one unit more than the venue tells is noticed at the end of the interval")
    func oneUnit() throws {
        let venue = try ScriptedVenue(seed: 5)
        venue.run(200)
        try venue.close()
        try venue.cheatByOneUnit()
        var follower = Self.follower(venue)
        _ = try Self.follow(venue.pieces[0], &follower)
        #expect {
            _ = try Self.follow(venue.pieces[1], &follower)
        } throws: { error in
            guard case .stateDiffers = error as? FollowError else { return false }
            return (error as? FollowError)?.isDisagreement == true
        }
    }

    @Test("records with a byte changed end in an error or in the same state, never in a trap")
    func garbage() throws {
        let venue = try Self.session(seed: 6, intervals: 1)
        let piece = venue.pieces[0]
        var refusals = 0
        for index in stride(from: 0, to: piece.chunk.records.count, by: 41) {
            var damaged = piece.chunk.records
            damaged[index] ^= 0x80
            var follower = Self.follower(venue)
            do {
                try unsafe damaged.withUnsafeBytes { bytes in try unsafe follower.apply(bytes) }
                // What a refused command asked for changes nothing.
                let followed = try Self.check(piece.chunk.leaves, &follower)
                #expect(followed.interval.stateHash == piece.interval.stateHash)
            } catch is FollowError {
                refusals += 1
            }
        }
        #expect(refusals > 100)
    }
}
