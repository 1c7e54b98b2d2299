import Cryptography
import Encoding
import MerkleLog
import Primitives
public import Statements
import Venue

// Format of a follower's snapshot, little-endian:
//
//     offset  size
//     0       8     "PLXFOLW1"
//     8       4     size n of what follows up to the venue
//     12      8     number of the last interval
//     20      8     its last command
//     28      8     the time of that
//     36      8     size of the log
//     44      1     k, how many hashes follow
//     45      32 k  the roots of the log's complete subtrees, from the left to the right
//     …       4     size of the first leaf's payload
//     …       …     the first leaf's payload
//     12 + n  …     the venue (Venue+Snapshot.swift), to the end
//
// It is made only where an interval has ended, so there is nothing else to keep. What it says is checked
// against itself; that it is the right one is for the host to know, which keeps it signed.

private let magic: UInt64 = 0x3157_4C4F_4658_4C50

extension JournalFollower {
    /// What of the snapshot is not in the venue's tables.
    public func snapshotHead() throws(FollowError) -> [UInt8] {
        guard open == nil, venue.sequence == projection.lastSequence, venue.sequence > 0 else {
            throw .betweenIntervals
        }
        guard let genesis else { throw .betweenIntervals }
        var writer = ByteWriter(capacity: 2_048)
        writer.append(magic)
        writer.append(UInt32(0))
        writer.append(projection.lastNumber)
        writer.append(projection.lastSequence)
        writer.append(closedTime.nanoseconds)
        writer.append(range.size)
        writer.append(UInt8(range.nodes.count))
        for node in range.nodes { writer.append(contentsOf: node.bytes) }
        let payload = genesis.encoded
        writer.append(UInt32(payload.count))
        writer.append(contentsOf: payload)
        writer.replace(at: 8, with: UInt32(writer.count - 12))
        return writer.bytes
    }

    /// Writes the venue's part of the snapshot, in pieces that follow the head.
    public mutating func writeVenue(_ write: (UnsafeRawBufferPointer) -> Void) {
        unsafe venue.writeSnapshot { bytes in unsafe write(bytes) }
    }

    /// Restores a follower.
    ///
    /// - Parameters:
    ///   - name: Whose journal it follows.
    ///   - venueKey: The venue's Ed25519 key, 32 bytes.
    ///   - snapshot: The head, and the venue behind it.
    /// - Returns: The follower, and what its last interval led to.
    /// - Throws: `badSnapshot`.
    public static func restore(
        venue name: VenueName,
        venueKey: [UInt8],
        from snapshot: UnsafeRawBufferPointer
    ) throws(FollowError) -> JournalFollower {
        let head: Head
        do throws(ByteReaderError) {
            head = try unsafe Head(snapshot)
        } catch {
            throw .badSnapshot("its head is malformed")
        }
        guard let range = CompactRange(size: head.size, nodes: head.nodes), range.size > 0 else {
            throw .badSnapshot("its log is none")
        }
        let genesis: GenesisStatement
        do throws(StatementError) {
            genesis = try GenesisStatement(decoding: head.genesis)
        } catch {
            throw .badSnapshot("its first leaf is none")
        }
        guard genesis.venue == name, genesis.venueKey == venueKey else {
            throw .badSnapshot("it is of another venue")
        }
        let state: Venue
        do throws(SnapshotError) {
            let bytes = unsafe UnsafeRawBufferPointer(rebasing: snapshot[head.end...])
            state = try unsafe Venue.restore(from: RawSpan(_unsafeBytes: bytes))
        } catch {
            throw .badSnapshot("its tables are damaged")
        }
        guard state.sequence == head.lastSequence else {
            throw .badSnapshot("its tables are of another time")
        }
        let projection = LeafProjection(
            venue: name,
            afterInterval: head.lastNumber,
            endingWith: head.lastSequence
        )
        var follower = JournalFollower(state, projection, name, venueKey)
        follower.range = range
        follower.genesis = genesis
        follower.closedTime = Timestamp(head.time)
        return follower
    }

    /// What the last interval led to; none before the first one's leaves, or while one is open.
    public mutating func followed() -> FollowedInterval? {
        guard open == nil, range.size > 0, venue.sequence == projection.lastSequence else {
            return nil
        }
        return FollowedInterval(
            interval: Interval(
                number: projection.lastNumber,
                firstSequence: projection.lastSequence,
                lastSequence: projection.lastSequence,
                stateHash: venue.stateHash()
            ),
            time: closedTime,
            size: range.size,
            root: range.root
        )
    }

    private struct Head {
        var lastNumber: UInt64
        var lastSequence: UInt64
        var time: UInt64
        var size: UInt64
        var nodes: [SHA256.Digest] = []
        var genesis: [UInt8]
        /// Where the venue begins.
        var end: Int

        init(_ bytes: UnsafeRawBufferPointer) throws(ByteReaderError) {
            var reader = unsafe ByteReader(bytes)
            guard try reader.read(UInt64.self) == magic else { throw .truncated(position: 0) }
            let size: UInt32 = try reader.read()
            lastNumber = try reader.read()
            lastSequence = try reader.read()
            time = try reader.read()
            self.size = try reader.read()
            let count: UInt8 = try reader.read()
            for _ in 0..<count {
                let node = try unsafe reader.read(count: SHA256.Digest.byteCount)
                nodes.append(unsafe SHA256.Digest(bytes: [UInt8](node)))
            }
            let genesisCount: UInt32 = try reader.read()
            guard genesisCount <= UInt32(StatementLimits.payloadMax) else {
                throw .truncated(position: reader.position)
            }
            genesis = unsafe [UInt8](try unsafe reader.read(count: Int(genesisCount)))
            end = reader.position
            guard Int(size) == end - 12, lastNumber > 0 else {
                throw .trailingBytes(position: end)
            }
        }
    }
}
