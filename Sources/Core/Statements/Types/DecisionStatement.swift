public import Encoding
public import Primitives

/// What a person can decide about a contract that waits for a quorum which does not form.
///
/// Nobody can settle one by hand: only a quorum's certificate does.
public enum ContractDecision: UInt8, Hashable, Sendable, CaseIterable {
    /// The observers are asked again.
    case retry
    /// The contract waits until its window ends.
    case wait
    /// The contract fails: both sides get back what they locked.
    case fail

    /// The decision as statements name it.
    public var name: Text {
        switch self {
        case .retry: "retry"
        case .wait: "wait"
        case .fail: "fail"
        }
    }
}

/// Who decided what about a contract that was escalated, and why.
public struct DecisionStatement: StatementContent {
    /// The kind of statement.
    public static var type: StatementType { .decision }

    /// The venue where the service was traded.
    public var venue: VenueName
    /// The service trade.
    public var trade: TradeID
    /// What was decided.
    public var decision: ContractDecision
    /// Who decided: one line of 1 to 512 bytes, such as a name or a DID.
    public var decidedBy: Text
    /// Why: one line of 1 to 512 bytes.
    public var reason: Text
    /// When.
    public var time: Timestamp

    /// Makes a statement of its parts.
    public init(
        venue: VenueName,
        trade: TradeID,
        decision: ContractDecision,
        decidedBy: Text,
        reason: Text,
        time: Timestamp
    ) {
        precondition(StatementLimits.trades.contains(trade.rawValue))
        self.venue = venue
        self.trade = trade
        self.decision = decision
        self.decidedBy = decidedBy
        self.reason = reason
        self.time = time
    }

    /// Reads a payload.
    ///
    /// - Throws: What is wrong and where.
    public init(decoding payload: [UInt8]) throws(StatementError) {
        var object = try ObjectReader(decoding: payload)
        try object.requireType(.decision)
        venue = try object.venue()
        trade = TradeID(try object.decimal("trade", in: StatementLimits.trades))
        let name = try object.text("decision")
        guard let decision = ContractDecision.allCases.first(where: { $0.name == name }) else {
            throw object.invalid("decision", "retry, wait or fail")
        }
        self.decision = decision
        decidedBy = try object.line("decidedBy")
        reason = try object.line("reason")
        time = try object.time()
        try object.requireEnd()
    }

    /// The payload: canonical JSON.
    public var encoded: [UInt8] {
        var writer = CanonicalWriter(capacity: 512)
        writer.beginObject()
        writer.member("decidedBy", text: decidedBy)
        writer.member("decision", plain: decision.name)
        writer.member("reason", text: reason)
        writer.member("time", decimal: time.nanoseconds)
        writer.member("trade", decimal: trade.rawValue)
        writer.type(.decision)
        writer.member("venue", plain: venue.text)
        writer.endObject()
        return writer.bytes
    }

    /// The buyer's contract.
    public var subject: OrbitDID { OrbitDID(contract: trade.buyerContract, at: venue) }
}
