public import Primitives
public import Venue

/// An order as its owner sees it, after the last change.
public struct OwnOrder: Equatable, Sendable {
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
    /// Its state.
    public var state: OrderState
    /// Why it changed last; `matching` where that is not known.
    public var reason: ChangeReason
    /// Its limit price, or `.none`.
    public var price: Price
    /// The price that triggers it while it waits for that, else `.none`.
    public var trigger: Price
    /// How much of an iceberg in the book is shown at a time, else `.zero`.
    public var display: Quantity
    /// What can still trade, or what was left when it ended, in lots.
    public var open: Quantity
    /// What has traded, in lots.
    public var filled: Quantity
    /// When a good-till-time order ends, else `.zero`.
    public var expiresAt: Timestamp
    /// The command of its last change, or the last one that was taken in where that is not known.
    public var sequence: UInt64
    /// The venue's time of that command.
    public var time: Timestamp

    /// Whether it has ended.
    public var isFinal: Bool {
        switch state {
        case .filled, .cancelled, .rejected, .expired: true
        case .new, .open, .partial, .pendingTrigger: false
        }
    }
}

/// One side of a trade as its owner sees it.
public struct OwnFill: Equatable, Sendable {
    /// The number of the trade.
    public var trade: TradeID
    /// The contract with the clearing house.
    public var contract: ContractID
    /// Whose side it is.
    public var account: AccountID
    /// The order that traded.
    public var order: OrderID
    /// The client's name for the order, or 0.
    public var clientID: UInt64
    /// What was traded.
    public var instrument: InstrumentID
    /// The side.
    public var side: Side
    /// Whether the order was in the book before.
    public var isMaker: Bool
    /// The price.
    public var price: Price
    /// How much, in lots.
    public var quantity: Quantity
    /// The price of all of it, in quote units.
    public var notional: Amount
    /// What is paid to the venue, in quote units.
    public var fee: Amount
    /// Whether it settled at once or waits for a service.
    public var settlement: SettlementKind
    /// The command that made it.
    public var sequence: UInt64
    /// The venue's time of that command.
    public var time: Timestamp

    init(_ trade: Trade, side: Side, sequence: UInt64, time: Timestamp) {
        let isBuyer = side == .buy
        isMaker = side != trade.takerSide
        self.trade = trade.trade
        contract = isBuyer ? trade.trade.buyerContract : trade.trade.sellerContract
        account = isBuyer ? trade.buyer : trade.seller
        order = isMaker ? trade.maker : trade.taker
        clientID = isMaker ? trade.makerClientID : trade.takerClientID
        instrument = trade.instrument
        self.side = side
        price = trade.price
        quantity = trade.quantity
        notional = trade.notional
        fee = isBuyer ? trade.buyerFee : trade.sellerFee
        settlement = trade.settlement
        self.sequence = sequence
        self.time = time
    }
}
