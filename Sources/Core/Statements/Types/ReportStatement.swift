public import Encoding
public import Primitives

/// What a provider says of a service that it rendered: the evidence that a claim is judged by.
public struct ReportStatement: StatementContent {
    /// The kind of statement.
    public static var type: StatementType { .report }

    /// The venue where the service was traded.
    public var venue: VenueName
    /// The service trade, 1 … 2^54 − 1.
    public var trade: TradeID
    /// Counts the reports about the trade, from 0.
    public var revision: UInt8
    /// What is claimed, such as `downlink_completed`.
    public var claim: Text
    /// The figures, whose members depend on the claim.
    public var details: JSONObject
    /// When the provider reported.
    public var time: Timestamp

    /// Makes a statement of its parts.
    public init(
        venue: VenueName,
        trade: TradeID,
        revision: UInt8,
        claim: Text,
        details: JSONObject,
        time: Timestamp
    ) {
        precondition(StatementLimits.claimedTrades.contains(trade.rawValue))
        precondition(ObjectReader.isClaimName(claim))
        self.venue = venue
        self.trade = trade
        self.revision = revision
        self.claim = claim
        self.details = details
        self.time = time
    }

    /// Reads a payload.
    ///
    /// - Throws: What is wrong and where.
    public init(decoding payload: [UInt8]) throws(StatementError) {
        var object = try ObjectReader(decoding: payload)
        try object.requireType(.report)
        venue = try object.venue()
        trade = TradeID(try object.decimal("trade", in: StatementLimits.claimedTrades))
        revision = try object.revision()
        claim = try object.claimName()
        guard let details = try object.value("details").object else {
            throw object.invalid("details", "an object")
        }
        self.details = details
        time = try object.time()
        try object.requireEnd()
    }

    /// The payload: canonical JSON.
    public var encoded: [UInt8] {
        var writer = CanonicalWriter(capacity: 1024)
        writer.beginObject()
        writer.member("claim", plain: claim)
        writer.name("details")
        writer.value(.object(details))
        writer.member("revision", number: UInt32(revision))
        writer.member("time", decimal: time.nanoseconds)
        writer.member("trade", decimal: trade.rawValue)
        writer.type(.report)
        writer.member("venue", plain: venue.text)
        writer.endObject()
        return writer.bytes
    }

    /// The buyer's contract.
    public var subject: OrbitDID { OrbitDID(contract: trade.buyerContract, at: venue) }
}
