import Attestation
import Cryptography
import Encoding
import KeyStore
import MerkleLog
import Primitives
import Projection
import ReferenceVenue
import Statements
import Venue

/// A venue that says what a test wants it to: random commands, documents in between, pieces of the journal with
/// the leaves that its log would have.
final class ScriptedVenue {
    let name: VenueName
    let key = SigningKey(seed: [UInt8](repeating: 9, count: 32))
    private let saltKey = SaltKey(bytes: [UInt8](repeating: 3, count: 32))
    private let issuer: StatementIssuer
    private var generator: CommandGenerator
    private let model = ReferenceVenue()
    private var venue = Venue(ordersCapacity: 1 << 10)
    private var events = EventBuffer()
    private var projection: LeafProjection
    private var records = ByteWriter()
    private var first: UInt64 = 1
    private(set) var tree = CompactRange()
    private var previous = SHA256.Digest(words: (0, 0, 0, 0))
    private(set) var time = Timestamp(1)
    private(set) var pieces: [Piece] = []
    let origin: Text = "venue.example/log"

    /// One interval.
    struct Piece {
        var chunk: JournalChunk
        var interval: Interval
        var time: Timestamp
        var size: UInt64
        var root: SHA256.Digest
    }

    init(seed: UInt64) throws {
        name = try VenueName("venue.example")
        issuer = StatementIssuer(venue: name, publicKey: key.publicKey.bytes)
        generator = CommandGenerator(seed: seed)
        projection = LeafProjection(venue: name)
    }

    var sequence: UInt64 { venue.sequence }

    /// Applies random commands.
    func run(_ count: Int) {
        for _ in 0..<count {
            let (command, time) = generator.next(model)
            apply(command, at: time)
        }
    }

    /// Applies a command, and tells it, or something else.
    func apply(_ command: Command, at time: Timestamp, telling told: Command? = nil) {
        events.removeAll()
        let sequence = venue.sequence + 1
        _ = model.apply(command, sequence: sequence, time: time)
        venue.apply(command, sequence: sequence, time: time, into: &events)
        projection.take(command, sequence: sequence, time: time, events: events, state: venue)
        records.append(record: told ?? command, time: time)
        self.time = time
    }

    /// Does one unit more than it tells, and ends the interval.
    func cheatByOneUnit() throws {
        let account = AccountID(900)
        apply(.openAccount(account), at: time)
        let done = Transfer(account: account, asset: AssetID(0), amount: 1_001)
        let told = Transfer(account: account, asset: AssetID(0), amount: 1_000)
        apply(.deposit(done), at: time, telling: .deposit(told))
        try close()
    }

    var tradeCount: UInt64 { venue.tradeCount }

    /// A service contract that waits.
    func waitingContract(_ trade: TradeID) -> WaitingContract? { venue.waitingContract(trade) }

    /// Files a document.
    func file(_ kind: FilingKind, _ document: [UInt8]) {
        let filing = Filing(kind: kind, content: document)
        events.removeAll()
        let sequence = venue.sequence + 1
        _ = model.apply(.file(filing), sequence: sequence, time: time)
        venue.apply(.file(filing), sequence: sequence, time: time, into: &events)
        projection.take(filing, document: document, sequence: sequence, time: time)
        records.append(record: filing, document: document, time: time)
    }

    /// Ends the interval; `change` may spoil its leaves.
    @discardableResult
    func close(_ change: ([[UInt8]]) -> [[UInt8]] = { $0 }) throws -> Piece {
        let hash = venue.stateHash()
        records.append(record: hash, time: time)
        guard
            let closed = projection.close(
                sequence: venue.sequence,
                time: time,
                hash: hash,
                commitments: { trade in AccountCommitments(trade, key: saltKey) }
            )
        else { throw EmptyInterval() }
        var statements = closed.statements
        if tree.size == 0 {
            statements.insert(.genesis(genesis(closed.time)), at: 0)
        }
        let leaves = change(statements.map(leaf))
        for leaf in leaves { tree.append(MerkleTree.leafHash(leaf)) }
        let chunk = JournalChunk(
            venue: name,
            first: first,
            last: venue.sequence,
            previous: previous,
            records: records.bytes,
            interval: nil,
            leaves: leaves,
            signer: { message in key.sign(message) }
        )
        let piece = Piece(
            chunk: chunk,
            interval: closed.interval,
            time: closed.time,
            size: tree.size,
            root: tree.root
        )
        previous = chunk.hash
        first = venue.sequence + 1
        records = ByteWriter()
        pieces.append(piece)
        return piece
    }

    struct EmptyInterval: Error {}

    private func genesis(_ time: Timestamp) -> GenesisStatement {
        GenesisStatement(
            origin: origin,
            venue: name,
            logKey: "venue.example/log+00000000+AA==",
            venueKey: key.publicKey.bytes,
            groupKey: nil,
            time: time
        )
    }

    private func leaf(_ statement: Statement) -> [UInt8] {
        switch statement {
        case .trade(let content): sign(content)
        case .settlement(let content): sign(content)
        case .rulebook(let content): sign(content)
        case .did(let content): sign(content)
        case .revocation(let content): sign(content)
        case .attestation(let content): sign(content)
        case .epoch(let content): sign(content)
        case .keyRotation(let content): sign(content)
        case .genesis(let content): sign(content)
        case .report(let content): sign(content)
        case .dissent(let content): sign(content)
        case .penalty(let content): sign(content)
        case .decision(let content): sign(content)
        case .audit(let content): sign(content)
        }
    }

    private func sign<Content: StatementContent>(_ content: Content) -> [UInt8] {
        issuer.leaf(content) { message in key.sign(message) }
    }

    /// What the venue asks the observers to sign for a piece.
    func statement(for piece: Piece, roster: EpochStatement) -> IntervalStatement {
        IntervalStatement(
            venue: name,
            epoch: roster.epoch,
            interval: piece.interval,
            time: piece.time,
            log: LogHead(origin: origin, size: piece.size, root: piece.root),
            rosterHash: SHA256.hash(of: roster.encoded)
        )
    }
}
