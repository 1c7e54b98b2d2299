public import Cryptography
import Encoding
public import Primitives
public import Venue

/// The end of a service contract, both legs.
public struct SettlementStatement: StatementContent {
    /// The kind of statement.
    public static var type: StatementType { .settlement }

    /// Where it was traded.
    public var venue: VenueName
    /// The trade from which the contracts were made.
    public var trade: TradeID
    /// What was traded.
    public var instrument: InstrumentID
    /// How it ended.
    public var outcome: ContractOutcome
    /// The cash leg, in quote units; at least 0.
    public var notional: Amount
    /// The resource leg, in base units; at least 0.
    public var delivery: Amount
    /// What the buyer pays to the venue on settlement; at least 0.
    public var buyerFee: Amount
    /// What the seller pays to the venue on settlement; at least 0.
    public var sellerFee: Amount
    /// The SHA-256 of the payload of the claim's attestation in the log; there is one exactly if the contract
    /// was settled.
    public var certificate: SHA256.Digest?
    /// The sequence number of the command that ended it; it lies in the interval.
    public var sequence: UInt64
    /// When that command was stamped.
    public var time: Timestamp
    /// The interval that covers it.
    public var interval: Interval

    /// Tells the end of a contract from the venue's event.
    ///
    /// - Parameters:
    ///   - ended: The event.
    ///   - sequence: The sequence number of the command that led to it; it lies in `interval`.
    ///   - time: When that command was stamped.
    ///   - interval: The interval that covers it.
    ///   - venue: Where it was traded.
    public init(
        ended: ContractEnded,
        sequence: UInt64,
        time: Timestamp,
        interval: Interval,
        venue: VenueName
    ) {
        precondition(interval.contains(sequence))
        precondition((ended.outcome == .settled) == (ended.certificate != nil))
        precondition(StatementLimits.trades.contains(ended.trade.rawValue))
        self.venue = venue
        trade = ended.trade
        instrument = ended.instrument
        outcome = ended.outcome
        notional = ended.notional
        delivery = ended.delivery
        buyerFee = ended.buyerFee
        sellerFee = ended.sellerFee
        certificate = ended.certificate
        self.sequence = sequence
        self.time = time
        self.interval = interval
    }

    /// Reads a payload.
    ///
    /// - Throws: What is wrong and where.
    public init(decoding payload: [UInt8]) throws(StatementError) {
        var object = try ObjectReader(decoding: payload)
        try object.requireType(.settlement)
        venue = try object.venue()
        trade = TradeID(try object.decimal("trade", in: StatementLimits.trades))
        instrument = InstrumentID(try object.number("instrument"))
        outcome = try object.outcome()
        certificate = outcome == .settled ? try object.digest("certificate") : nil
        notional = try object.decimalAmount("notional")
        delivery = try object.decimalAmount("delivery")
        sequence = try object.decimal("sequence")
        time = try object.time()
        interval = try object.interval(containing: sequence)
        var party = try object.object("buyer")
        try party.requireContract(trade.buyerContract, at: venue)
        buyerFee = try party.decimalAmount("fee")
        try party.requireEnd()
        party = try object.object("seller")
        try party.requireContract(trade.sellerContract, at: venue)
        sellerFee = try party.decimalAmount("fee")
        try party.requireEnd()
        try object.requireEnd()
    }

    /// The payload: canonical JSON.
    public var encoded: [UInt8] {
        var writer = CanonicalWriter(capacity: 1024)
        writer.beginObject()
        writer.name("buyer")
        writer.party(fee: buyerFee, contract: trade.buyerContract, at: venue)
        if let certificate { writer.member("certificate", hexadecimal: certificate) }
        writer.member("delivery", decimal: delivery)
        writer.member("instrument", number: instrument.rawValue)
        writer.member(interval)
        writer.member("notional", decimal: notional)
        writer.member("outcome", plain: outcome.text)
        writer.name("seller")
        writer.party(fee: sellerFee, contract: trade.sellerContract, at: venue)
        writer.member("sequence", decimal: sequence)
        writer.member("time", decimal: time.nanoseconds)
        writer.member("trade", decimal: trade.rawValue)
        writer.type(.settlement)
        writer.member("venue", plain: venue.text)
        writer.endObject()
        return writer.bytes
    }

    /// The buyer's contract.
    public var subject: OrbitDID { OrbitDID(contract: trade.buyerContract, at: venue) }
}

extension CanonicalWriter {
    fileprivate mutating func party(fee: Amount, contract: ContractID, at venue: VenueName) {
        beginObject()
        name("contract")
        did(of: contract, at: venue)
        member("fee", decimal: fee)
        endObject()
    }
}

extension ObjectReader {
    fileprivate mutating func outcome() throws(StatementError) -> ContractOutcome {
        let text = try text("outcome")
        for outcome in ContractOutcome.allCases where outcome.text == text { return outcome }
        throw invalid("outcome", "settled, failed or expired")
    }
}

extension ContractOutcome {
    /// The outcome as statements name it.
    var text: Text {
        switch self {
        case .settled: "settled"
        case .failed: "failed"
        case .expired: "expired"
        }
    }
}
