public import Cryptography
internal import Encoding
internal import Journal
internal import LogStore
internal import MerkleLog
public import Platform
public import Primitives
internal import Projection
public import Statements
internal import Venue

/// An interval whose leaves are in the log.
public struct LoggedInterval: Equatable, Sendable {
    /// The interval.
    public var interval: Interval
    /// When its last command was stamped.
    public var time: Timestamp
    /// The size of the log behind its leaves.
    public var size: UInt64
    /// The root of the log of that size.
    public var root: SHA256.Digest
}

/// Makes the log from the journal, and keeps it up to date.
///
/// The log is a projection: deleted, it is built again with the same bytes.
public struct LogBuilder: ~Copyable {
    private let identity: VenueIdentity
    private let logDirectory: any StorageDirectory
    private var replay: JournalReplay
    private var projection: LeafProjection
    private var writer: LogWriter
    private var cursor: LogCursor
    /// The size of the log behind the leaves of the interval that the projection ended last.
    private var size: UInt64
    /// Makes the journal's pieces for the observers; none if nobody follows.
    private var chunks: ChunkMaker?
    private var newChunks: [StoredChunk] = []
    /// Intervals that a quorum should attest to and whose certificates are not in the log, the oldest first.
    public private(set) var unattested: [LoggedInterval] = []

    /// Opens the log and goes on where it ends, or begins it.
    ///
    /// - Parameters:
    ///   - journal: The journal.
    ///   - log: The log's directory.
    ///   - identity: Whose log it is.
    ///   - chunks: Where to keep the journal in pieces for observers; none if nobody follows.
    /// - Returns: The builder, which holds the log's lock.
    /// - Throws: `TransparencyError` when either cannot be used, or the log was made from another journal.
    public static func open(
        journal: any StorageDirectory,
        log: any StorageDirectory,
        identity: VenueIdentity,
        chunks: ChunkStore? = nil
    ) throws(TransparencyError) -> LogBuilder {
        let writer = try TransparencyError.wrap { () throws(LogStoreError) in
            try LogWriter.open(log, format: identity.checkpointFormat)
        }
        var cursor = LogCursor()
        if !writer.cursor.isEmpty {
            guard let found = LogCursor(writer.cursor) else {
                throw .foreignLog("its cursor is none")
            }
            cursor = found
        }
        let replay: JournalReplay
        do throws(JournalError) {
            replay = try JournalReplay(following: journal, after: cursor.attested.sequence)
        } catch {
            throw .journal(error)
        }
        var builder = LogBuilder(identity, log, replay, writer, cursor)
        if let chunks {
            var maker = try ChunkMaker(chunks, identity: identity)
            if maker.lastNumber < cursor.attested.number {
                try catchUp(&maker, journal, identity, through: cursor.attested.number)
            }
            builder.chunks = consume maker
        }
        return builder
    }

    private init(
        _ identity: VenueIdentity,
        _ logDirectory: any StorageDirectory,
        _ replay: consuming JournalReplay,
        _ writer: consuming LogWriter,
        _ cursor: LogCursor
    ) {
        self.identity = identity
        self.logDirectory = logDirectory
        self.replay = replay
        self.writer = writer
        self.cursor = cursor
        projection = LeafProjection(
            venue: identity.venue,
            afterInterval: cursor.attested.number,
            endingWith: cursor.attested.sequence
        )
        size = cursor.attestedSize
    }

    /// Makes the pieces that the store lacks before the place where the builder goes on.
    private static func catchUp(
        _ maker: inout ChunkMaker,
        _ journal: any StorageDirectory,
        _ identity: VenueIdentity,
        through number: UInt64
    ) throws(TransparencyError) {
        var replay: JournalReplay
        do throws(JournalError) {
            replay = try JournalReplay(directory: journal, usesSnapshots: false)
        } catch {
            throw .journal(error)
        }
        var projection = LeafProjection(venue: identity.venue)
        while maker.lastNumber < number {
            let record: JournalRecord?
            do throws(JournalError) { record = try replay.next() } catch { throw .journal(error) }
            guard let record else { throw .foreignLog("it goes on behind the journal's end") }
            maker.take(record)
            guard let closed = project(record, &projection, replay, identity) else { continue }
            maker.close(closed.interval) { leaves(closed, identity) }
            _ = try maker.flush()
        }
    }

    /// The leaves of an interval as the log has them.
    private static func leaves(_ closed: ClosedInterval, _ identity: VenueIdentity) -> [[UInt8]] {
        let first =
            closed.interval.number == 1 ? [identity.leaf(.genesis(genesis(closed, identity)))] : []
        return first + closed.statements.map { statement in identity.leaf(statement) }
    }

    /// Why documents that were filed are not in the log.
    public var refusedDocuments: [TransparencyError] {
        projection.refused.map { refused in
            .documentInvalid(sequence: refused.sequence, "\(refused.error)")
        }
    }

    /// The size of the published log.
    public var publishedSize: UInt64 { writer.publishedHead.size }

    /// The last command whose interval is in the log.
    public var loggedSequence: UInt64 { cursor.logged.sequence }

    /// Brings the log up to date, and publishes it.
    ///
    /// - Parameters:
    ///   - upTo: The last command that is known to be durable; without it, to the end of the journal.
    ///   - leavesMax: After so many leaves it publishes and returns, even if there is more.
    /// - Returns: Whether there may be more.
    /// - Throws: `TransparencyError`; the log is of no more use then, and can be opened again.
    public mutating func advance(
        upTo: UInt64 = .max,
        leavesMax: Int = 4_096
    ) throws(TransparencyError) -> Bool {
        var leaves = 0
        var isBehind = true
        while leaves < leavesMax {
            guard let record = try next(upTo: upTo) else {
                isBehind = false
                break
            }
            chunks?.take(record)
            guard let closed = Self.project(record, &projection, replay, identity) else { continue }
            if closed.interval.number > cursor.logged.number { leaves += closed.statements.count }
            try log(closed)
        }
        if writer.size > writer.publishedHead.size || cursor.bytes != writer.cursor {
            try publish()
        }
        if chunks != nil { newChunks += try chunks?.flush() ?? [] }
        return isBehind
    }

    /// The pieces of the journal that were made since the last call; what they say is in the published log.
    public mutating func takeChunks() -> [StoredChunk] {
        let taken = newChunks
        newChunks = []
        return taken
    }

    private mutating func next(upTo: UInt64) throws(TransparencyError) -> JournalRecord? {
        do throws(JournalError) { return try replay.next(upTo: upTo) } catch {
            throw .journal(error)
        }
    }

    /// Takes a record that was just replayed; gives the interval that it ends.
    private static func project(
        _ record: JournalRecord,
        _ projection: inout LeafProjection,
        _ replay: borrowing JournalReplay,
        _ identity: VenueIdentity
    ) -> ClosedInterval? {
        switch record.content {
        case .command(let command):
            projection.take(
                command,
                sequence: record.sequence,
                time: record.time,
                events: replay.events,
                state: replay.venue
            )
        case .filed(let filing, let document):
            projection.take(
                filing,
                document: document,
                sequence: record.sequence,
                time: record.time
            )
        case .stateHash(let hash):
            return projection.close(
                sequence: record.sequence,
                time: record.time,
                hash: hash
            ) { trade in AccountCommitments(trade, key: identity.saltKey) }
        }
        return nil
    }

    /// Appends the leaves of an interval, unless they are there already.
    private mutating func log(_ closed: ClosedInterval) throws(TransparencyError) {
        let isNew = closed.interval.number > cursor.logged.number
        if size == 0 {
            if isNew { try begin(closed) }
            size = 1
        }
        chunks?.close(closed.interval) { Self.leaves(closed, identity) }
        for statement in closed.statements {
            var draft = LeafDraft(statement)
            if case .attestation(let attestation) = draft.statement,
                case .interval = attestation.slot
            {
                let count = unattested.count
                unattested.removeAll { logged in logged.interval.number == attestation.number }
                // One that was filed again is a leaf too, but the index keeps the first.
                if unattested.count == count { draft.keys = [] }
            }
            if isNew { try append(draft) }
        }
        size += UInt64(closed.statements.count)
        if isNew {
            cursor.logged = LogCursor.Mark(closed.interval)
            cursor.stateHash = closed.interval.stateHash
        } else if closed.interval.number == cursor.logged.number {
            try check(closed)
        }
        if closed.isWorthAttesting { unattested.append(try logged(closed)) }
        if unattested.isEmpty {
            cursor.attested = LogCursor.Mark(closed.interval)
            cursor.attestedSize = size
        }
    }

    /// Where the log ended when it was opened, it must be the log of this journal.
    private func check(_ closed: ClosedInterval) throws(TransparencyError) {
        guard LogCursor.Mark(closed.interval) == cursor.logged,
            closed.interval.stateHash == cursor.stateHash, size == writer.publishedHead.size
        else {
            throw .foreignLog("interval \(closed.interval.number) ends otherwise there")
        }
    }

    private func logged(_ closed: ClosedInterval) throws(TransparencyError) -> LoggedInterval {
        let root = try TransparencyError.wrap { () throws(LogStoreError) in
            try size == writer.size
                ? writer.root
                : LogReader(
                    directory: logDirectory,
                    reading: identity.checkpointFormat.read
                ).root(at: size)
        }
        return LoggedInterval(interval: closed.interval, time: closed.time, size: size, root: root)
    }

    /// The first leaf: who keeps the log.
    private mutating func begin(_ closed: ClosedInterval) throws(TransparencyError) {
        try append(LeafDraft(.genesis(Self.genesis(closed, identity))))
    }

    private static func genesis(
        _ closed: ClosedInterval,
        _ identity: VenueIdentity
    ) -> GenesisStatement {
        GenesisStatement(
            origin: identity.origin,
            venue: identity.venue,
            logKey: identity.firstLogKey.vkey,
            venueKey: identity.venueKey.bytes,
            groupKey: nil,
            time: closed.time
        )
    }

    private mutating func append(_ draft: LeafDraft) throws(TransparencyError) {
        let leaf = identity.leaf(draft.statement)
        try TransparencyError.wrap { () throws(LogStoreError) in
            _ = try writer.append(LogEntry(leaf, keys: draft.keys))
        }
    }

    private mutating func publish() throws(TransparencyError) {
        let bytes = cursor.bytes
        try TransparencyError.wrap { () throws(LogStoreError) in
            _ = try writer.commit(cursor: bytes)
        }
    }
}

extension LogCursor.Mark {
    init(_ interval: Interval) {
        self.init(number: interval.number, sequence: interval.lastSequence)
    }
}
