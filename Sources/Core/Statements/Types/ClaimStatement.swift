public import Cryptography
public import Encoding
public import Primitives

/// What observers attest to before a service contract is settled: a component accepted the provider's report.
public struct ClaimStatement: StatementContent {
    /// The kind of statement.
    public static var type: StatementType { .claim }

    /// The venue where the service was traded.
    public var venue: VenueName
    /// The epoch of the roster.
    public var epoch: UInt64
    /// The service trade, 1 … 2^54 − 1.
    public var trade: TradeID
    /// Counts what is claimed about the trade, from 0: another report makes another slot.
    public var revision: UInt8
    /// What is claimed, such as `downlink_completed`.
    public var claim: Text
    /// The SHA-256 of the program that judges the claim.
    public var component: SHA256.Digest
    /// The SHA-256 of the report's bytes.
    public var report: SHA256.Digest
    /// When the attestation was asked for.
    public var time: Timestamp
    /// The SHA-256 of the roster's bytes.
    public var rosterHash: SHA256.Digest

    /// Makes a statement of its parts.
    public init(
        venue: VenueName,
        epoch: UInt64,
        trade: TradeID,
        revision: UInt8,
        claim: Text,
        component: SHA256.Digest,
        report: SHA256.Digest,
        time: Timestamp,
        rosterHash: SHA256.Digest
    ) {
        precondition(StatementLimits.claimedTrades.contains(trade.rawValue))
        precondition(ObjectReader.isClaimName(claim))
        self.venue = venue
        self.epoch = epoch
        self.trade = trade
        self.revision = revision
        self.claim = claim
        self.component = component
        self.report = report
        self.time = time
        self.rosterHash = rosterHash
    }

    /// Reads a payload.
    ///
    /// - Throws: What is wrong and where.
    public init(decoding payload: [UInt8]) throws(StatementError) {
        var object = try ObjectReader(decoding: payload)
        try object.requireType(.claim)
        venue = try object.venue()
        epoch = try object.decimal("epoch")
        trade = TradeID(try object.decimal("trade", in: StatementLimits.claimedTrades))
        revision = try object.revision()
        claim = try object.claimName()
        component = try object.digest("component")
        report = try object.digest("report")
        time = try object.time()
        rosterHash = try object.digest("roster")
        try object.requireEnd()
    }

    /// The payload: canonical JSON.
    public var encoded: [UInt8] {
        var writer = CanonicalWriter(capacity: 512)
        writer.beginObject()
        writer.member("claim", plain: claim)
        writer.member("component", hexadecimal: component)
        writer.member("epoch", decimal: epoch)
        writer.member("report", hexadecimal: report)
        writer.member("revision", number: UInt32(revision))
        writer.member("roster", hexadecimal: rosterHash)
        writer.member("time", decimal: time.nanoseconds)
        writer.member("trade", decimal: trade.rawValue)
        writer.type(.claim)
        writer.member("venue", plain: venue.text)
        writer.endObject()
        return writer.bytes
    }

    /// The SHA-256 of the payload: what votes and the group's signature are about.
    public var digest: SHA256.Digest { SHA256.hash(of: encoded) }

    /// The slot that an observer's vote takes.
    public var slot: AttestedSlot { .claim(trade, revision: revision) }

    /// The buyer's contract.
    public var subject: OrbitDID { OrbitDID(contract: trade.buyerContract, at: venue) }
}

extension ObjectReader {
    /// Whether a text can name a claim: 1 to 64 of a-z, 0-9 and '_', a letter first.
    static func isClaimName(_ text: Text) -> Bool {
        let bytes = text.utf8
        guard (1...StatementLimits.claimNameMax).contains(bytes.count) else { return false }
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return letters.contains(bytes[0])
            && bytes.allSatisfy { byte in
                letters.contains(byte) || digits.contains(byte) || byte == UInt8(ascii: "_")
            }
    }

    /// Reads the member `claim`.
    mutating func claimName() throws(StatementError) -> Text {
        let name = try text("claim")
        guard Self.isClaimName(name) else {
            throw invalid("claim", "1 to 64 of a-z, 0-9 and '_', a letter first")
        }
        return name
    }

    /// Reads the member `revision`.
    mutating func revision() throws(StatementError) -> UInt8 {
        UInt8(truncatingIfNeeded: try number("revision", in: 0...UInt32(UInt8.max)))
    }
}
