public import Cryptography
public import Encoding
import MerkleLog
public import Primitives
public import Statements
public import Venue

/// An interval that the follower has applied itself, and whose leaves say what happened.
public struct FollowedInterval: Equatable, Sendable {
    /// The interval, with the state hash that the follower came to.
    public var interval: Interval
    /// When its last command was stamped.
    public var time: Timestamp
    /// How many leaves the log has after it.
    public var size: UInt64
    /// The root of the log of that size.
    public var root: SHA256.Digest
}

/// Follows a venue's journal without trusting the venue: applies its commands, checks its state hashes, and
/// checks that each leaf of its log says exactly what happened.
///
/// Records come first, up to and with the state hash that ends an interval; then that interval's leaves. Two
/// things are not checked, because nobody but the venue could know them: the commitments to accounts, which its
/// secret hides, and the leaves' signatures, which whoever reads a leaf checks. After an error the follower is of
/// no more use: it is restored from a snapshot.
public struct JournalFollower: ~Copyable {
    var venue: Venue
    var events = EventBuffer(capacity: 64)
    var projection: LeafProjection
    var range = CompactRange()
    let name: VenueName
    let issuer: StatementIssuer
    let venueKey: [UInt8]
    /// What the first leaf says about the log; none before it.
    var genesis: GenesisStatement?
    /// The command whose document comes next.
    private var filing: Filing?
    /// The interval that has ended and whose leaves are awaited.
    private(set) var open: Interval?
    /// The time of the last interval's last command.
    var closedTime = Timestamp(0)
    /// The last command that was applied; 0 before the first.
    ///
    /// It is kept here because asking the venue for it would copy the venue whole (`ARCHITECTURE.md`).
    public private(set) var sequence: UInt64

    /// Makes a follower that starts with the first command.
    ///
    /// - Parameters:
    ///   - name: Whose journal it follows.
    ///   - venueKey: The venue's Ed25519 key, 32 bytes.
    public init(venue name: VenueName, venueKey: [UInt8]) {
        self.init(
            Venue(ordersCapacity: 1 << 10),
            LeafProjection(venue: name),
            name,
            venueKey
        )
    }

    init(
        _ venue: consuming Venue,
        _ projection: consuming LeafProjection,
        _ name: VenueName,
        _ venueKey: [UInt8]
    ) {
        precondition(venueKey.count == 32)
        sequence = venue.sequence
        self.venue = venue
        self.projection = projection
        self.name = name
        self.venueKey = venueKey
        issuer = StatementIssuer(venue: name, publicKey: venueKey)
    }

    /// How many trades there were.
    public var tradeCount: UInt64 { venue.tradeCount }

    /// The log's origin, as its first leaf names it.
    public var origin: Text? { genesis?.origin }

    /// The number of the last interval whose leaves were checked; 0 before the first.
    public var lastInterval: UInt64 { projection.lastNumber }

    /// The hash of the state after the last command.
    public mutating func stateHash() -> SHA256.Digest { venue.stateHash() }

    /// A service contract that waits for its settlement; none if there is no such contract or it has ended.
    public func waitingContract(_ trade: TradeID) -> WaitingContract? {
        venue.waitingContract(trade)
    }

    /// Applies records.
    ///
    /// - Parameter records: Whole records, as `RecordCoding.swift` defines them.
    /// - Throws: `FollowError` with what cannot be read, or is not so.
    public mutating func apply(
        _ records: UnsafeRawBufferPointer
    ) throws(FollowError) {
        var reader = unsafe ByteReader(records)
        while reader.remaining > 0 {
            let record: RecordView
            do throws(ByteReaderError) {
                record = try reader.record()
            } catch {
                throw .malformedRecord(sequence: sequence)
            }
            if let open { throw .leavesMissing(interval: open.number) }
            let end = record.payloadOffset + record.payloadCount
            let range = record.payloadOffset..<end
            let payload = unsafe UnsafeRawBufferPointer(rebasing: records[range])
            if record.type == RecordFormat.documentType {
                try unsafe takeDocument(payload, record.time)
            } else if filing != nil {
                throw .wrongDocument(sequence: sequence)
            } else if record.type == RecordFormat.stateHashType {
                try unsafe close(payload, record.time)
            } else {
                try unsafe apply(record.type, payload, record.time)
            }
        }
    }

    @inline(__always)
    private mutating func apply(
        _ type: UInt16,
        _ payload: UnsafeRawBufferPointer,
        _ time: Timestamp
    ) throws(FollowError) {
        let command: Command
        do throws(CommandDecodingError) {
            command = try unsafe Command(typeNumber: type, payload: payload)
        } catch {
            throw .malformedCommand(sequence: sequence, error)
        }
        events.removeAll()
        sequence &+= 1
        venue.apply(command, sequence: sequence, time: time, into: &events)
        projection.take(command, sequence: sequence, time: time, events: events, state: venue)
        if case .file(let filing) = command { self.filing = filing }
    }

    private mutating func takeDocument(
        _ bytes: UnsafeRawBufferPointer,
        _ time: Timestamp
    ) throws(FollowError) {
        guard let filing else { throw .wrongDocument(sequence: sequence) }
        let document = unsafe [UInt8](bytes)
        guard SHA256.hash(of: document) == filing.digest else {
            throw .wrongDocument(sequence: sequence)
        }
        projection.take(filing, document: document, sequence: sequence, time: time)
        self.filing = nil
    }

    private mutating func close(
        _ bytes: UnsafeRawBufferPointer,
        _ time: Timestamp
    ) throws(FollowError) {
        guard bytes.count == SHA256.Digest.byteCount else {
            throw .malformedRecord(sequence: sequence)
        }
        let told = unsafe SHA256.Digest(bytes: [UInt8](bytes))
        let own = venue.stateHash()
        guard told == own else {
            throw .stateDiffers(sequence: sequence, venue: told, own: own)
        }
        guard let interval = projection.next(endingWith: sequence, own) else {
            throw .malformedRecord(sequence: sequence)
        }
        open = interval
        closedTime = time
    }

    /// Checks the leaves of the interval that has just ended.
    ///
    /// - Parameter leaves: All of them in their order, each as u32 size, lowest byte first, and its bytes.
    /// - Returns: What the interval led to.
    /// - Throws: `FollowError` with what cannot be read, or is not so.
    public mutating func check(
        leaves: UnsafeRawBufferPointer
    ) throws(FollowError) -> FollowedInterval {
        guard let open else { throw .leavesUnexpected }
        var reader = unsafe ByteReader(leaves)
        var next = 0
        let isFirst = range.size == 0
        let expected = projection.entries.count + (isFirst ? 1 : 0)
        var found = 0
        while reader.remaining > 0 {
            guard found < expected, let leaf = unsafe Self.leaf(&reader) else {
                throw .leafCount(
                    interval: open.number,
                    expected: UInt64(expected),
                    found: UInt64(found) + 1
                )
            }
            found += 1
            if range.size == 0 {
                try unsafe checkGenesis(leaf)
            } else {
                try unsafe check(leaf, against: next, open)
                next += 1
            }
            range.append(unsafe MerkleTree.leafHash(RawSpan(_unsafeBytes: leaf)))
        }
        guard found == expected else {
            throw .leafCount(
                interval: open.number,
                expected: UInt64(expected),
                found: UInt64(found)
            )
        }
        projection.end(open)
        self.open = nil
        return FollowedInterval(
            interval: open,
            time: closedTime,
            size: range.size,
            root: range.root
        )
    }

    private static func leaf(_ reader: inout ByteReader) -> UnsafeRawBufferPointer? {
        do throws(ByteReaderError) {
            let size: UInt32 = try reader.read()
            guard size <= UInt32(Int32.max) else { return nil }
            return try unsafe reader.read(count: Int(size))
        } catch {
            return nil
        }
    }
}
