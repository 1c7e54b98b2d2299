import Attestation
import BLS12381
public import Cryptography
public import Encoding
public import MerkleLog
public import Primitives
public import Statements
public import Venue
import Verification

/// A venue with real keys, a log of trades, witnesses and observers: the maker of whole bundles for tests.
///
/// Every part of a bundle can be made alone and with other arguments, so that a test can put together one that is
/// wrong in a single place.
public struct SimulatedVenueLog: Sendable {
    /// The log's origin.
    public static var origin: Text { "log.example/parallax" }
    /// The nanosecond at which everything happens.
    public static var time: Timestamp { Timestamp(1_790_000_000_000_000_000) }
    /// How many trades a log has by default.
    public static var tradeCount: Int { 24 }

    /// The venue.
    public let venue: VenueName
    /// Signs statements.
    public let issuerKey: SimulatedSigner
    /// Signs checkpoints and receipts.
    public let logKey: SimulatedSigner
    /// Cosign checkpoints.
    public let witnesses: [SimulatedSigner]
    /// Attest to intervals.
    public var committee: SimulatedCertifiers
    /// The trades, in their order; their leaves are 1, 2, ….
    public let trades: [Trade]
    /// The leaves; the first is the genesis statement.
    public private(set) var leaves: [[UInt8]]
    /// The interval of all trades.
    public let interval: Interval
    private let saltSeed = [UInt8](repeating: 0x5a, count: 32)

    /// Makes a log of trades.
    ///
    /// - Throws: Never, unless a limit is broken.
    public init(tradeCount: Int = Self.tradeCount, label: String = "venue") throws {
        venue = try VenueName("orbit-1.example")
        issuerKey = SimulatedSigner("\(label) issuer")
        logKey = SimulatedSigner("\(label) log")
        witnesses = (1...3).map { number in SimulatedSigner("witness \(number)") }
        committee = try SimulatedCertifiers(venue: venue, validFrom: Self.time)
        interval = Interval(
            number: 3,
            firstSequence: 100,
            lastSequence: 100 + UInt64(tradeCount),
            stateHash: SHA256.hash(of: Array("\(label) state".utf8))
        )
        trades = (1...tradeCount).map { number in Self.trade(UInt64(number)) }
        leaves = []
        append(try genesis())
        for trade in trades { append(statement(of: trade)) }
    }

    // MARK: Leaves

    /// A trade whose numbers follow from its own.
    public static func trade(_ number: UInt64) -> Trade {
        let price = 10_000 + Int64(number % 50)
        return Trade(
            trade: TradeID(number),
            instrument: InstrumentID(1),
            takerSide: number.isMultiple(of: 2) ? .buy : .sell,
            settlement: .spot,
            price: Price(price),
            quantity: Quantity(Int64(number)),
            maker: OrderID(counter: number, slot: 1),
            taker: OrderID(counter: number, slot: 2),
            makerClientID: 0,
            takerClientID: 0,
            buyer: AccountID(16 + UInt32(number % 7)),
            seller: AccountID(32 + UInt32(number % 5)),
            notional: Amount(price) * Amount(number),
            buyerFee: 3,
            sellerFee: 1
        )
    }

    /// What the log says about a trade.
    public func statement(of trade: Trade) -> TradeStatement {
        TradeStatement(
            trade: trade,
            definition: InstrumentDefinition(
                instrument: trade.instrument,
                base: AssetID(2),
                quote: AssetID(1)
            ),
            sequence: interval.firstSequence + trade.trade.rawValue,
            time: Self.time,
            interval: interval,
            venue: venue,
            commitments: AccountCommitments(trade, key: SaltKey(bytes: saltSeed))
        )
    }

    /// What opens one side of a trade.
    public func disclosure(of trade: Trade, side: Side) -> Disclosure {
        Disclosure(trade, side: side, key: SaltKey(bytes: saltSeed))
    }

    /// Signs a statement and appends it to the log.
    @discardableResult
    public mutating func append<Content: StatementContent>(_ content: Content) -> UInt64 {
        leaves.append(signed(content).encoded)
        return UInt64(leaves.count - 1)
    }

    /// Signs a statement with the venue's key.
    public func signed<Content: StatementContent>(_ content: Content) -> SignedStatement {
        StatementIssuer(venue: venue, publicKey: issuerKey.publicKey)
            .sign(content, signer: issuerKey.sign)
    }

    private func genesis() throws -> GenesisStatement {
        GenesisStatement(
            origin: Self.origin,
            venue: venue,
            logKey: try logKey.noteKey(Self.origin).vkey,
            venueKey: issuerKey.publicKey,
            groupKey: committee.groupKey.compressed,
            time: Self.time
        )
    }

    // MARK: The tree

    /// How many leaves there are.
    public var size: UInt64 { UInt64(leaves.count) }

    /// The hash of a complete node, computed from the leaves.
    public func node(_ level: Int, _ index: UInt64) -> SHA256.Digest {
        guard level > 0 else { return MerkleTree.leafHash(leaves[Int(index)]) }
        return MerkleTree.nodeHash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))
    }

    /// The root at a size.
    public func root(_ size: UInt64) -> SHA256.Digest {
        MerkleTree.root(over: 0..<size, node: node)
    }

    /// The log at a size.
    public func head(_ size: UInt64) -> LogHead {
        LogHead(origin: Self.origin, size: size, root: root(size))
    }

    /// The log's checkpoint at a size, cosigned by some witnesses.
    ///
    /// - Throws: Never, unless a limit is broken.
    public func checkpoint(_ size: UInt64, witnesses count: Int = 3) throws -> SignedCheckpoint {
        try checkpoint(head(size), witnesses: count)
    }

    /// A checkpoint of any head, signed by the log and by some witnesses.
    ///
    /// - Throws: Never, unless a limit is broken.
    public func checkpoint(
        _ head: LogHead,
        witnesses count: Int = 3
    ) throws -> SignedCheckpoint {
        let checkpoint = try Checkpoint(origin: head.origin, size: head.size, root: head.root)
        var signatures = [
            NoteSignature(
                signing: checkpoint.body,
                key: try logKey.noteKey(head.origin),
                signer: logKey.sign
            )
        ]
        for (position, witness) in witnesses.prefix(count).enumerated() {
            signatures.append(
                NoteSignature(
                    cosigning: checkpoint,
                    timestamp: 1_790_000_100 + UInt64(position),
                    key: try witness.witnessKey(Text("witness-\(position + 1).example")),
                    signer: witness.sign
                )
            )
        }
        return try SignedCheckpoint(checkpoint, signatures: signatures)
    }

    // MARK: Parts of a bundle

    /// The file of the proof that a leaf is in the log.
    ///
    /// - Throws: Never, unless a limit is broken.
    public func logProof(
        _ index: UInt64,
        _ size: UInt64,
        witnesses count: Int = 3
    ) throws -> TlogProof {
        try TlogProof(
            index: index,
            path: InclusionProof(index: index, size: size, node: node).path,
            checkpoint: checkpoint(size, witnesses: count)
        )
    }

    /// The log's receipt that a leaf is in it.
    public func inclusionReceipt(
        _ index: UInt64,
        _ size: UInt64,
        subject: Text
    ) -> COSEReceipt? {
        receipts.inclusion(
            InclusionProof(index: index, size: size, node: node),
            root: root(size),
            subject: subject,
            signer: logKey.sign
        )
    }

    /// The log's receipt that it continued what it was.
    public func consistencyReceipt(_ oldSize: UInt64, _ newSize: UInt64) -> COSEReceipt? {
        receipts.consistency(
            ConsistencyProof(oldSize: oldSize, newSize: newSize, node: node),
            newRoot: root(newSize),
            signer: logKey.sign
        )
    }

    private var receipts: ReceiptIssuer {
        ReceiptIssuer(origin: Self.origin, publicKey: logKey.publicKey)
    }

    /// What the observers attest to, when the log had a size.
    public func attested(_ logSize: UInt64) -> IntervalStatement {
        IntervalStatement(
            venue: venue,
            epoch: committee.roster.epoch,
            interval: interval,
            time: Timestamp(Self.time.nanoseconds + 5),
            log: head(logSize),
            rosterHash: SHA256.hash(of: committee.roster.encoded)
        )
    }
}
