public import Cryptography
public import Primitives

/// What a command did.
///
/// Everything outside the venue is a projection of these.
public enum Event: Equatable, BitwiseCopyable, Sendable {
    /// The command was refused and changed nothing.
    case refused(CommandRefused)
    /// An order was accepted; its state is `new`.
    case orderPlaced(OrderPlaced)
    /// An order changed.
    case orderChanged(OrderChanged)
    /// Two orders traded and the trade was novated.
    case traded(Trade)
    /// A service contract ended.
    case contractEnded(ContractEnded)
    /// An auction ended with a price.
    case uncrossed(AuctionResult)
    /// An account was opened.
    case accountOpened(AccountID)
    /// An asset entered an account from outside.
    case deposited(Transfer)
    /// An asset left an account to the outside.
    case withdrawn(Transfer)
    /// The rulebook has a new version.
    case rulebookChanged(RulebookVersion)
    /// An instrument entered a phase.
    case phaseChanged(PhaseChange)
    /// A document was filed.
    case filed(Filing)
    /// Funds were locked as a bond.
    case bondPosted(Transfer)
    /// Funds of a bond were given back.
    case bondReleased(Transfer)
    /// A seat was penalised; what its bonds lose follows, one event an asset.
    case penalised(Penalised)
    /// A bond lost an amount to the insurance account.
    case bondSlashed(Transfer)
}

/// The state of an order.
public enum OrderState: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Accepted, and not yet matched: the first state of an order and the state of a stop that just triggered.
    case new = 0
    /// Waits in the book; nothing of it has traded.
    case open = 1
    /// Waits in the book; something of it has traded.
    case partial = 2
    /// All of it has traded. Final.
    case filled = 3
    /// Ended before all of it traded; the reason says why. Final.
    case cancelled = 4
    /// Refused. Final. Such an order has no name; the event `refused` reports it.
    case rejected = 5
    /// Its time passed. Final.
    case expired = 6
    /// A stop that waits for its trigger price.
    case pendingTrigger = 7
}

/// Why an order changed.
public enum ChangeReason: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// It came to rest, or traded.
    case matching = 0
    /// Its owner cancelled it.
    case cancelled = 1
    /// Its owner amended it.
    case amended = 2
    /// A mass cancel named it.
    case massCancelled = 3
    /// It was an immediate-or-cancel or market order, and nothing more could be taken.
    case immediateRemainder = 4
    /// It was a fill-or-kill order and could not be filled completely.
    case fillOrKill = 5
    /// It met an order of its own account.
    case selfTrade = 6
    /// Its time passed, or its day ended.
    case expired = 7
    /// Its trigger price traded.
    case triggered = 8
    /// Its trigger price followed the market.
    case trailed = 9
    /// The next part of an iceberg is shown, at the end of its queue.
    case replenished = 10
    /// A new price band left it outside.
    case band = 11
    /// The account's funds did not suffice when it triggered, or for its next lot.
    case insufficientFunds = 12
    /// It was moved so that it does not take.
    case repriced = 13
}

/// The answer to a command that was refused.
public struct CommandRefused: Equatable, BitwiseCopyable, Sendable {
    /// Why.
    public var refusal: Refusal
    /// The account that the command named, or the clearing house where it named none.
    public var account: AccountID
    /// The client's name of the order that the command placed or named, or 0.
    public var clientID: UInt64
    /// The venue's name of the order that the command named, or `.none`.
    public var order: OrderID

    package init(refusal: Refusal, account: AccountID, clientID: UInt64, order: OrderID) {
        self.refusal = refusal
        self.account = account
        self.clientID = clientID
        self.order = order
    }
}

/// A new order as the venue accepted it.
public struct OrderPlaced: Equatable, BitwiseCopyable, Sendable {
    /// The venue's name for it.
    public var order: OrderID
    /// The client's name for it, or 0.
    public var clientID: UInt64
    /// The owner.
    public var account: AccountID
    /// What it trades.
    public var instrument: InstrumentID
    /// Its side.
    public var side: Side
    /// Its type.
    public var type: OrderType
    /// How long it may live.
    public var timeInForce: TimeInForce
    /// Its limit price after any repricing, or `.none`.
    public var price: Price
    /// Its quantity.
    public var quantity: Quantity

    package init(
        order: OrderID,
        clientID: UInt64,
        account: AccountID,
        instrument: InstrumentID,
        side: Side,
        type: OrderType,
        timeInForce: TimeInForce,
        price: Price,
        quantity: Quantity
    ) {
        self.order = order
        self.clientID = clientID
        self.account = account
        self.instrument = instrument
        self.side = side
        self.type = type
        self.timeInForce = timeInForce
        self.price = price
        self.quantity = quantity
    }
}

/// A change of an order's state or terms.
public struct OrderChanged: Equatable, BitwiseCopyable, Sendable {
    /// The order.
    public var order: OrderID
    /// The client's name for it, or 0.
    public var clientID: UInt64
    /// The owner.
    public var account: AccountID
    /// What it trades.
    public var instrument: InstrumentID
    /// Its side.
    public var side: Side
    /// The state it is in now.
    public var state: OrderState
    /// Why.
    public var reason: ChangeReason
    /// Its limit price, or `.none`; while it waits for a trigger, the trigger price.
    public var price: Price
    /// What can still trade, hidden part included; what was left over if the state is final.
    public var open: Quantity
    /// What has traded so far.
    public var filled: Quantity

    package init(
        order: OrderID,
        clientID: UInt64,
        account: AccountID,
        instrument: InstrumentID,
        side: Side,
        state: OrderState,
        reason: ChangeReason,
        price: Price,
        open: Quantity,
        filled: Quantity
    ) {
        self.order = order
        self.clientID = clientID
        self.account = account
        self.instrument = instrument
        self.side = side
        self.state = state
        self.reason = reason
        self.price = price
        self.open = open
        self.filled = filled
    }
}

/// A trade, and the two contracts that replace it.
public struct Trade: Equatable, BitwiseCopyable, Sendable {
    /// Its number; gives the numbers of the two contracts.
    public var trade: TradeID
    /// What was traded.
    public var instrument: InstrumentID
    /// The side that arrived and took.
    public var takerSide: Side
    /// Whether the contracts were settled in this step (spot) or wait (service).
    public var settlement: SettlementKind
    /// The price: the maker's, or the auction's.
    public var price: Price
    /// How much.
    public var quantity: Quantity
    /// The order that was in the book.
    public var maker: OrderID
    /// The order that arrived.
    public var taker: OrderID
    /// The client's name of the maker's order, or 0.
    public var makerClientID: UInt64
    /// The client's name of the taker's order, or 0.
    public var takerClientID: UInt64
    /// The account that pays.
    public var buyer: AccountID
    /// The account that delivers.
    public var seller: AccountID
    /// What the buyer pays for the goods, in quote units.
    public var notional: Amount
    /// What the buyer pays to the venue, in quote units.
    public var buyerFee: Amount
    /// What the seller pays to the venue, in quote units.
    public var sellerFee: Amount

    package init(
        trade: TradeID,
        instrument: InstrumentID,
        takerSide: Side,
        settlement: SettlementKind,
        price: Price,
        quantity: Quantity,
        maker: OrderID,
        taker: OrderID,
        makerClientID: UInt64,
        takerClientID: UInt64,
        buyer: AccountID,
        seller: AccountID,
        notional: Amount,
        buyerFee: Amount,
        sellerFee: Amount
    ) {
        self.trade = trade
        self.instrument = instrument
        self.takerSide = takerSide
        self.settlement = settlement
        self.price = price
        self.quantity = quantity
        self.maker = maker
        self.taker = taker
        self.makerClientID = makerClientID
        self.takerClientID = takerClientID
        self.buyer = buyer
        self.seller = seller
        self.notional = notional
        self.buyerFee = buyerFee
        self.sellerFee = sellerFee
    }
}

/// How a service contract ended.
public enum ContractOutcome: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Cash and resource changed hands, fees were paid.
    case settled = 1
    /// Both sides got back what they had locked.
    case failed = 2
    /// As failed, because the window passed.
    case expired = 3
}

/// The end of a service contract, both legs.
public struct ContractEnded: Equatable, BitwiseCopyable, Sendable {
    /// The trade from which the contracts were made.
    public var trade: TradeID
    /// What was traded.
    public var instrument: InstrumentID
    /// How it ended.
    public var outcome: ContractOutcome
    /// The account that pays.
    public var buyer: AccountID
    /// The account that delivers.
    public var seller: AccountID
    /// The cash leg, in quote units.
    public var notional: Amount
    /// What the buyer pays to the venue on settlement.
    public var buyerFee: Amount
    /// What the seller pays to the venue on settlement.
    public var sellerFee: Amount
    /// The resource leg, in base units.
    public var delivery: Amount
    /// The SHA-256 of the filed certificate that settled it; none if it was not settled.
    public var certificate: SHA256.Digest?

    package init(
        trade: TradeID,
        instrument: InstrumentID,
        outcome: ContractOutcome,
        buyer: AccountID,
        seller: AccountID,
        notional: Amount,
        buyerFee: Amount,
        sellerFee: Amount,
        delivery: Amount,
        certificate: SHA256.Digest?
    ) {
        self.trade = trade
        self.instrument = instrument
        self.outcome = outcome
        self.buyer = buyer
        self.seller = seller
        self.notional = notional
        self.buyerFee = buyerFee
        self.sellerFee = sellerFee
        self.delivery = delivery
        self.certificate = certificate
    }
}

/// The penalty for a seat's fault.
public struct Penalised: Equatable, BitwiseCopyable, Sendable {
    /// The account whose bonds answer for the seat.
    public var account: AccountID
    /// What the seat did.
    public var fault: SeatFault
    /// The SHA-256 of the evidence.
    public var evidence: SHA256.Digest
    /// How much of its bonds it loses, in millionths.
    public var rate: UInt32

    package init(
        account: AccountID,
        fault: SeatFault,
        evidence: SHA256.Digest,
        rate: UInt32
    ) {
        self.account = account
        self.fault = fault
        self.evidence = evidence
        self.rate = rate
    }
}

/// The result of an auction.
public struct AuctionResult: Equatable, BitwiseCopyable, Sendable {
    /// What was traded.
    public var instrument: InstrumentID
    /// The single price of all its trades.
    public var price: Price
    /// How much traded.
    public var quantity: Quantity

    package init(instrument: InstrumentID, price: Price, quantity: Quantity) {
        self.instrument = instrument
        self.price = price
        self.quantity = quantity
    }
}

/// A version of the rulebook.
public struct RulebookVersion: Equatable, BitwiseCopyable, Sendable {
    /// Grows by one with every rule that is set.
    public var version: UInt64

    package init(version: UInt64) {
        self.version = version
    }
}
