import Encoding
public import Primitives
public import Venue

/// A novated trade, as the public log tells it: without accounts, only with commitments to them.
public struct TradeStatement: StatementContent {
    /// One side of the trade.
    public struct Party: Hashable, Sendable {
        /// The commitment to its account.
        public var account: AccountCommitment
        /// What it pays to the venue, in quote units; at least 0.
        public var fee: Amount

        /// Joins both parts.
        public init(account: AccountCommitment, fee: Amount) {
            self.account = account
            self.fee = fee
        }
    }

    /// The kind of statement.
    public static var type: StatementType { .trade }

    /// Where it was traded.
    public var venue: VenueName
    /// The number of the trade; it gives the numbers of both contracts.
    public var trade: TradeID
    /// What was traded.
    public var instrument: InstrumentID
    /// What was bought.
    public var base: AssetID
    /// What was paid with.
    public var quote: AssetID
    /// Whether it was settled at once.
    public var settlement: SettlementKind
    /// The price, in ticks; at least 1.
    public var price: Price
    /// How much, in lots; at least 1.
    public var quantity: Quantity
    /// What the buyer pays for the goods, in quote units; at least 0.
    public var notional: Amount
    /// The side that arrived and took.
    public var takerSide: Side
    /// The sequence number of the command that led to the trade; it lies in the interval.
    public var sequence: UInt64
    /// When that command was stamped.
    public var time: Timestamp
    /// The interval that covers it.
    public var interval: Interval
    /// The side that pays.
    public var buyer: Party
    /// The side that delivers.
    public var seller: Party

    /// Tells a trade from the venue's event.
    ///
    /// - Parameters:
    ///   - trade: The event.
    ///   - definition: The definition of the event's instrument.
    ///   - sequence: The sequence number of the command that led to it; it lies in `interval`.
    ///   - time: When that command was stamped.
    ///   - interval: The interval that covers it.
    ///   - venue: Where it was traded.
    ///   - commitments: The commitments to both accounts.
    public init(
        trade: Trade,
        definition: InstrumentDefinition,
        sequence: UInt64,
        time: Timestamp,
        interval: Interval,
        venue: VenueName,
        commitments: AccountCommitments
    ) {
        precondition(trade.instrument == definition.instrument)
        precondition(interval.contains(sequence))
        precondition(StatementLimits.trades.contains(trade.trade.rawValue))
        self.venue = venue
        self.trade = trade.trade
        instrument = trade.instrument
        base = definition.base
        quote = definition.quote
        settlement = trade.settlement
        price = trade.price
        quantity = trade.quantity
        notional = trade.notional
        takerSide = trade.takerSide
        self.sequence = sequence
        self.time = time
        self.interval = interval
        buyer = Party(account: commitments.buyer, fee: trade.buyerFee)
        seller = Party(account: commitments.seller, fee: trade.sellerFee)
    }

    /// Reads a payload.
    ///
    /// - Throws: What is wrong and where.
    public init(decoding payload: [UInt8]) throws(StatementError) {
        var object = try ObjectReader(decoding: payload)
        try object.requireType(.trade)
        venue = try object.venue()
        trade = TradeID(try object.decimal("trade", in: StatementLimits.trades))
        instrument = InstrumentID(try object.number("instrument"))
        base = AssetID(try object.number("base"))
        quote = AssetID(try object.number("quote"))
        settlement = try object.settlement("settlement")
        price = Price(try object.positive("price"))
        quantity = Quantity(try object.positive("quantity"))
        notional = try object.decimalAmount("notional")
        takerSide = try object.side("takerSide")
        sequence = try object.decimal("sequence")
        time = try object.time()
        interval = try object.interval(containing: sequence)
        var party = try object.object("buyer")
        try party.requireContract(trade.buyerContract, at: venue)
        buyer = try party.party()
        party = try object.object("seller")
        try party.requireContract(trade.sellerContract, at: venue)
        seller = try party.party()
        try object.requireEnd()
    }

    /// The payload: canonical JSON.
    public var encoded: [UInt8] {
        var writer = CanonicalWriter(capacity: 1024)
        writer.beginObject()
        writer.member("base", number: base.rawValue)
        writer.name("buyer")
        writer.party(buyer, contract: trade.buyerContract, at: venue)
        writer.member("instrument", number: instrument.rawValue)
        writer.member(interval)
        writer.member("notional", decimal: notional)
        writer.member("price", decimal: price.ticks)
        writer.member("quantity", decimal: quantity.lots)
        writer.member("quote", number: quote.rawValue)
        writer.name("seller")
        writer.party(seller, contract: trade.sellerContract, at: venue)
        writer.member("sequence", decimal: sequence)
        writer.member("settlement", plain: settlement.text)
        writer.member("takerSide", plain: takerSide.text)
        writer.member("time", decimal: time.nanoseconds)
        writer.member("trade", decimal: trade.rawValue)
        writer.type(.trade)
        writer.member("venue", plain: venue.text)
        writer.endObject()
        return writer.bytes
    }

    /// The buyer's contract.
    public var subject: OrbitDID { OrbitDID(contract: trade.buyerContract, at: venue) }
}

extension CanonicalWriter {
    fileprivate mutating func party(
        _ party: TradeStatement.Party,
        contract: ContractID,
        at venue: VenueName
    ) {
        beginObject()
        member("account", hexadecimal: party.account.digest)
        name("contract")
        did(of: contract, at: venue)
        member("fee", decimal: party.fee)
        endObject()
    }
}

extension ObjectReader {
    /// Reads what is left of a party after its contract.
    fileprivate mutating func party() throws(StatementError) -> TradeStatement.Party {
        let party = TradeStatement.Party(
            account: AccountCommitment(digest: try digest("account")),
            fee: try decimalAmount("fee")
        )
        try requireEnd()
        return party
    }

    /// A number from 1 on that fits 63 bits.
    mutating func positive(_ name: Text) throws(StatementError) -> Int64 {
        Int64(try decimal(name, in: 1...UInt64(Int64.max)))
    }

    mutating func side(_ name: Text) throws(StatementError) -> Side {
        let text = try text(name)
        for side in Side.allCases where side.text == text { return side }
        throw invalid(name, "buy or sell")
    }

    mutating func settlement(_ name: Text) throws(StatementError) -> SettlementKind {
        let text = try text(name)
        for kind in SettlementKind.allCases where kind.text == text { return kind }
        throw invalid(name, "spot or service")
    }
}

extension Side {
    /// The side as statements name it.
    var text: Text { self == .buy ? "buy" : "sell" }
}

extension SettlementKind {
    /// The kind of settlement as statements name it.
    var text: Text { self == .spot ? "spot" : "service" }
}
