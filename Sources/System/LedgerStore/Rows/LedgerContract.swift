public import Cryptography
public import Primitives
public import Venue

/// A trade as the market sees it, without the two accounts.
public struct LedgerTrade: Equatable, BitwiseCopyable, Sendable {
    /// Its number.
    public var trade: TradeID
    /// The command that caused it.
    public var sequence: UInt64
    /// When.
    public var time: Timestamp
    /// What was traded.
    public var instrument: InstrumentID
    /// The side that arrived and took.
    public var takerSide: Side
    /// How it settles.
    public var settlement: SettlementKind
    /// The price.
    public var price: Price
    /// How much, in lots.
    public var quantity: Quantity
    /// What the buyer pays for the goods, in quote units.
    public var notional: Amount

    /// Makes a trade from what the venue says.
    public init(_ trade: Trade, sequence: UInt64, time: Timestamp) {
        self.trade = trade.trade
        self.sequence = sequence
        self.time = time
        instrument = trade.instrument
        takerSide = trade.takerSide
        settlement = trade.settlement
        price = trade.price
        quantity = trade.quantity
        notional = trade.notional
    }
}

/// What becomes of a contract.
public enum LedgerContractState: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// The service was not attested yet.
    case waiting = 0
    /// Cash and resource changed hands; a spot contract from the start.
    case settled = 1
    /// The service was not rendered; both sides have back what they locked.
    case failed = 2
    /// As failed, because the window passed.
    case expired = 3

    /// The state in which a contract ends.
    public init(_ outcome: ContractOutcome) {
        switch outcome {
        case .settled: self = .settled
        case .failed: self = .failed
        case .expired: self = .expired
        }
    }
}

/// One side's contract with the clearing house: what a trade is for the account that made it.
public struct LedgerContract: Equatable, BitwiseCopyable, Sendable {
    /// Whose contract it is.
    public var account: AccountID
    /// Its number; it also gives the number of the trade.
    public var contract: ContractID
    /// What was traded.
    public var instrument: InstrumentID
    /// Whether the account bought or sold.
    public var side: Side
    /// Whether the account's order was the one that arrived and took.
    public var isTaker: Bool
    /// The account's order.
    public var order: OrderID
    /// The client's name of the order, or 0.
    public var clientID: UInt64
    /// How it settles.
    public var settlement: SettlementKind
    /// What became of it.
    public var state: LedgerContractState
    /// The price.
    public var price: Price
    /// How much, in lots.
    public var quantity: Quantity
    /// The cash leg, in quote units.
    public var notional: Amount
    /// What the account pays to the venue, in quote units.
    public var fee: Amount
    /// The resource leg, in base units.
    public var delivery: Amount
    /// The command that made it.
    public var sequence: UInt64
    /// When it was made.
    public var time: Timestamp
    /// The command that ended it; 0 while it waits.
    public var endedSequence: UInt64
    /// When it ended; `.zero` while it waits.
    public var endedTime: Timestamp
    /// The SHA-256 of the filed certificate that settled it; none if no certificate did.
    public var certificate: SHA256.Digest?

    /// Makes the contract of one side of a trade.
    ///
    /// - Parameters:
    ///   - trade: What the venue says.
    ///   - side: Whose contract.
    ///   - delivery: The resource leg, in base units.
    ///   - sequence: The command.
    ///   - time: When it was stamped.
    public init(
        _ trade: Trade,
        side: Side,
        delivery: Amount,
        sequence: UInt64,
        time: Timestamp
    ) {
        let isSpot = trade.settlement == .spot
        isTaker = trade.takerSide == side
        account = side == .buy ? trade.buyer : trade.seller
        contract = side == .buy ? trade.trade.buyerContract : trade.trade.sellerContract
        instrument = trade.instrument
        self.side = side
        order = isTaker ? trade.taker : trade.maker
        clientID = isTaker ? trade.takerClientID : trade.makerClientID
        settlement = trade.settlement
        state = isSpot ? .settled : .waiting
        price = trade.price
        quantity = trade.quantity
        notional = trade.notional
        fee = side == .buy ? trade.buyerFee : trade.sellerFee
        self.delivery = delivery
        self.sequence = sequence
        self.time = time
        endedSequence = isSpot ? sequence : 0
        endedTime = isSpot ? time : .zero
    }

    /// Takes in how it ended.
    public mutating func apply(_ end: LedgerContractEnd) {
        state = end.state
        endedSequence = end.sequence
        endedTime = end.time
        certificate = end.certificate
    }
}

/// How a contract ended that the store knows already.
public struct LedgerContractEnd: Equatable, BitwiseCopyable, Sendable {
    /// Whose contract it is.
    public var account: AccountID
    /// Its number.
    public var contract: ContractID
    /// How it ended.
    public var state: LedgerContractState
    /// The command that ended it.
    public var sequence: UInt64
    /// When.
    public var time: Timestamp
    /// The SHA-256 of the filed certificate that settled it; none if it was not settled.
    public var certificate: SHA256.Digest?

    /// Makes the end of one side's contract from what the venue says.
    public init(_ ended: ContractEnded, side: Side, sequence: UInt64, time: Timestamp) {
        account = side == .buy ? ended.buyer : ended.seller
        contract = side == .buy ? ended.trade.buyerContract : ended.trade.sellerContract
        state = LedgerContractState(ended.outcome)
        self.sequence = sequence
        self.time = time
        certificate = ended.certificate
    }
}
