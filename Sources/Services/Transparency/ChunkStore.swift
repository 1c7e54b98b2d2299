internal import Attestation
internal import Cryptography
internal import Database
internal import Journal
internal import Primitives
internal import Projection
internal import Statements
public import Venue

/// A piece of the journal for the observers, as it travels.
public struct StoredChunk: Equatable, Sendable {
    /// The number of the interval that it is.
    public let number: UInt64
    /// The last command in it.
    public let last: UInt64
    /// The whole signed message.
    public let bytes: [UInt8]
}

/// The journal in signed pieces, one an interval, for observers that follow it.
///
/// It is a projection of the journal: deleted, it is built again with the same bytes. It may be behind what it
/// holds after a crash, never ahead of the journal.
public final class ChunkStore: Sendable {
    private let database: Database
    let tells: @Sendable (Command) -> Command

    /// Opens the store, and makes it if it is missing.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - tells: What the observers are told of each command. A venue that tells something else than it carried
    ///     out cheats: its state is another one than that of whoever carries out what was told.
    /// - Throws: `chunks` when it cannot be used.
    public init(
        path: String,
        tells: @escaping @Sendable (Command) -> Command = { command in command }
    ) throws(TransparencyError) {
        self.tells = tells
        database = try Self.wrap { () throws(DatabaseError) in
            try Database(
                path: path,
                migrations: [
                    """
                    CREATE TABLE chunk (
                        number BLOB PRIMARY KEY, last BLOB NOT NULL UNIQUE, hash BLOB NOT NULL,
                        bytes BLOB NOT NULL
                    ) STRICT;
                    """
                ]
            )
        }
    }

    /// The end of what is stored: interval, last command, and hash of the last chunk; zeros when it is empty.
    struct End: Equatable {
        var number: UInt64 = 0
        var last: UInt64 = 0
        var hash = SHA256.Digest(words: (0, 0, 0, 0))
    }

    /// The end of what is stored.
    func end() throws(TransparencyError) -> End {
        try Self.wrap { () throws(DatabaseError) in
            let rows = try database.rows(
                "SELECT number, last, hash FROM chunk ORDER BY number DESC LIMIT 1"
            )
            guard let row = rows.first else { return End() }
            return End(
                number: try row.unsigned(0),
                last: try row.unsigned(1),
                hash: SHA256.Digest(bytes: try row.blob(2))
            )
        }
    }

    /// Appends chunks, all or none.
    func append(_ chunks: [(chunk: StoredChunk, hash: SHA256.Digest)]) throws(TransparencyError) {
        if chunks.isEmpty { return }
        try Self.wrap { () throws(DatabaseError) in
            try database.transaction { transaction throws(DatabaseError) in
                for (chunk, hash) in chunks {
                    try transaction.execute(
                        "INSERT INTO chunk (number, last, hash, bytes) VALUES (?, ?, ?, ?)",
                        [
                            .unsigned(chunk.number), .unsigned(chunk.last), .blob(hash.bytes),
                            .blob(chunk.bytes),
                        ]
                    )
                }
            }
        }
    }

    /// The chunks from the one that holds a command on.
    ///
    /// - Parameters:
    ///   - sequence: The command.
    ///   - countMax: How many at most.
    ///   - bytesMax: How many bytes at most; one chunk is given even if it has more.
    /// - Returns: Their bytes, the oldest first; none when the command is not in a finished interval yet.
    /// - Throws: `chunks`.
    public func chunks(
        from sequence: UInt64,
        countMax: Int = 64,
        bytesMax: Int = 4 << 20
    ) throws(TransparencyError) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var bytes = 0
        var next = sequence
        while found.count < countMax {
            let row = try Self.wrap { () throws(DatabaseError) -> (UInt64, [UInt8])? in
                let rows = try database.rows(
                    "SELECT last, bytes FROM chunk WHERE last >= ? ORDER BY last LIMIT 1",
                    [.unsigned(next)]
                )
                guard let row = rows.first else { return nil }
                return (try row.unsigned(0), try row.blob(1))
            }
            guard let (last, chunk) = row else { return found }
            bytes += chunk.count
            if !found.isEmpty, bytes > bytesMax { return found }
            found.append(chunk)
            next = last + 1
        }
        return found
    }

    private static func wrap<Result>(
        _ body: () throws(DatabaseError) -> Result
    ) throws(TransparencyError) -> Result {
        do throws(DatabaseError) { return try body() } catch { throw .chunks("\(error)") }
    }
}

/// Gathers records and leaves, and makes a chunk of them when their interval ends.
struct ChunkMaker: ~Copyable {
    private let identity: VenueIdentity
    private let store: ChunkStore
    private var end: ChunkStore.End
    private var records = ByteWriter(capacity: 1 << 16)
    private var finished: [(chunk: StoredChunk, hash: SHA256.Digest)] = []

    init(_ store: ChunkStore, identity: VenueIdentity) throws(TransparencyError) {
        self.store = store
        self.identity = identity
        end = try store.end()
    }

    /// The last interval that is stored or will be with the next `flush`.
    var lastNumber: UInt64 { end.number }

    /// Takes a record; those before the end of the store are passed over.
    mutating func take(_ record: JournalRecord) {
        guard record.sequence > end.last else { return }
        switch record.content {
        case .command(let command):
            records.append(record: store.tells(command), time: record.time)
        case .filed(let filing, let document):
            records.append(record: filing, document: document, time: record.time)
        case .stateHash(let hash): records.append(record: hash, time: record.time)
        }
    }

    /// Ends an interval.
    ///
    /// - Parameters:
    ///   - interval: The interval.
    ///   - leaves: Makes its leaves, the genesis leaf first if it is the first; not called for an interval that is
    ///     stored already.
    mutating func close(_ interval: Interval, leaves: () -> [[UInt8]]) {
        guard interval.number > end.number else { return }
        precondition(interval.number == end.number + 1, "intervals come without a gap")
        let chunk = JournalChunk(
            venue: identity.venue,
            first: interval.firstSequence,
            last: interval.lastSequence,
            previous: end.hash,
            records: records.bytes,
            interval: nil,
            leaves: leaves(),
            signer: { message in identity.sign(message) }
        )
        let bytes = chunk.encoded
        let hash = SHA256.hash(of: bytes)
        let stored = StoredChunk(
            number: interval.number,
            last: interval.lastSequence,
            bytes: bytes
        )
        finished.append((stored, hash))
        end = ChunkStore.End(number: interval.number, last: interval.lastSequence, hash: hash)
        records.removeAll()
    }

    /// Stores what was finished, and gives it.
    mutating func flush() throws(TransparencyError) -> [StoredChunk] {
        let chunks = finished
        finished = []
        try store.append(chunks)
        return chunks.map(\.chunk)
    }
}
