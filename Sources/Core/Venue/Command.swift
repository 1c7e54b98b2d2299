public import Primitives

/// Everything that can change the venue.
///
/// Each command is journaled, then applied, in one order.
///
/// `docs/rules.md` says what each does and in which order it is checked.
public enum Command: Equatable, BitwiseCopyable, Sendable {
    /// Places a new order.
    case placeOrder(NewOrder)
    /// Changes an order that is live.
    case amendOrder(OrderAmendment)
    /// Cancels one order.
    case cancelOrder(OrderReference)
    /// Cancels every order of an account, of an instrument, or of an account on an instrument.
    case massCancel(MassCancel)
    /// Lets time pass: expires what is due.
    case advanceTime
    /// Opens an account.
    case openAccount(AccountID)
    /// Credits an account with an asset that the venue received into custody.
    case deposit(Transfer)
    /// Debits an account with an asset that leaves custody.
    case withdraw(Transfer)
    /// Adds an asset to the rulebook.
    case defineAsset(AssetID)
    /// Adds an instrument to the rulebook; it starts closed.
    case defineInstrument(InstrumentDefinition)
    /// Changes the increments and the largest order of an instrument, for orders from now on.
    case setIncrements(IncrementRule)
    /// Changes the fees of an instrument, for orders accepted from now on.
    case setFees(FeeRule)
    /// Changes the price band of an instrument and cancels the orders that it leaves outside.
    case setBand(BandRule)
    /// Changes the limits that hold for every account.
    case setLimits(LimitRule)
    /// Moves an instrument into another phase of trading.
    case setPhase(PhaseChange)
    /// Settles both legs of a service contract: delivery against payment.
    case settleContract(ContractSettlement)
    /// Ends a service contract because the service was not rendered; both sides get back what they locked.
    case failContract(TradeID)
    /// Ends a service contract whose window passed without a settlement.
    case expireContract(TradeID)
    /// Records a document that the venue or an observer filed; changes nothing but the sequence and the time.
    case file(Filing)
    /// Locks funds as a bond that answers for an observer's seat.
    case postBond(Transfer)
    /// Gives back what was locked as a bond.
    case releaseBond(Transfer)
    /// Takes what a seat's fault costs out of the bonds that answer for it.
    case penalise(Penalty)
}

/// The side of an order.
public enum Side: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Pays the quote asset, receives the base asset.
    case buy = 0
    /// Delivers the base asset, receives the quote asset.
    case sell = 1

    /// The other side.
    @inlinable public var opposite: Side { self == .buy ? .sell : .buy }
}

/// What an order does when it arrives.
public enum OrderType: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Trades at its price or better; the rest waits in the book.
    case limit = 0
    /// Trades at any price inside the band while funds last; never rests.
    case market = 1
    /// Waits for its trigger price to trade, then acts as a market order.
    case stop = 2
    /// Waits for its trigger price to trade, then acts as a limit order.
    case stopLimit = 3
    /// A stop whose trigger follows the market at a fixed distance, never away from it.
    case trailingStop = 4
}

/// How long an order may live.
public enum TimeInForce: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Until it is filled or cancelled.
    case goodTillCancel = 0
    /// Fills what it can at once; the rest is cancelled.
    case immediateOrCancel = 1
    /// Fills completely at once, or not at all.
    case fillOrKill = 2
    /// Until `expiresAt`.
    case goodTillTime = 3
    /// Until its instrument closes.
    case day = 4
}

/// What happens to an order that must not trade as the taker.
public enum PostOnly: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// The order may take.
    case off = 0
    /// The order is refused if it would take.
    case reject = 1
    /// The order moves to the best price at which it does not take.
    case reprice = 2
}

/// What happens when an order would trade with another order of its own account.
public enum SelfTradePrevention: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// They trade.
    case none = 0
    /// The incoming order is cancelled.
    case cancelNewest = 1
    /// The resting order is cancelled.
    case cancelOldest = 2
    /// Both are cancelled.
    case cancelBoth = 3
    /// Both are reduced by the smaller quantity, without a trade; what reaches zero is cancelled.
    case decrement = 4
}

/// The fields of a new order.
public struct NewOrder: Equatable, BitwiseCopyable, Sendable {
    /// The client's own name for the order, unique among the account's live orders; 0 for none.
    public var clientID: UInt64
    /// The account that places it and whose funds it uses.
    public var account: AccountID
    /// What it trades.
    public var instrument: InstrumentID
    /// Whether it buys or sells.
    public var side: Side
    /// What it does when it arrives.
    public var type: OrderType
    /// How long it may live.
    public var timeInForce: TimeInForce
    /// What happens if it would take.
    public var postOnly: PostOnly
    /// What happens if it meets an order of its own account.
    public var selfTradePrevention: SelfTradePrevention
    /// Worst price; required for `limit` and `stopLimit`, otherwise `.none`.
    public var price: Price
    /// How much, in lots.
    public var quantity: Quantity
    /// How much of it the book shows at a time (an iceberg); `.zero` shows all.
    public var display: Quantity
    /// The price that starts a stop; required for `stop` and `stopLimit`, otherwise `.none`.
    public var trigger: Price
    /// The distance of a trailing stop's trigger from the market, in ticks; otherwise `.none`.
    public var trail: Price
    /// When a `goodTillTime` order ends; otherwise `.zero`.
    public var expiresAt: Timestamp

    /// Makes an order; what is left out has its plainest value.
    public init(
        account: AccountID,
        instrument: InstrumentID,
        side: Side,
        type: OrderType = .limit,
        timeInForce: TimeInForce = .goodTillCancel,
        price: Price = .none,
        quantity: Quantity,
        clientID: UInt64 = 0,
        postOnly: PostOnly = .off,
        selfTradePrevention: SelfTradePrevention = .none,
        display: Quantity = .zero,
        trigger: Price = .none,
        trail: Price = .none,
        expiresAt: Timestamp = .zero
    ) {
        self.clientID = clientID
        self.account = account
        self.instrument = instrument
        self.side = side
        self.type = type
        self.timeInForce = timeInForce
        self.postOnly = postOnly
        self.selfTradePrevention = selfTradePrevention
        self.price = price
        self.quantity = quantity
        self.display = display
        self.trigger = trigger
        self.trail = trail
        self.expiresAt = expiresAt
    }
}

/// Names a live order of an account, by the venue's name or else by the client's.
public struct OrderReference: Equatable, BitwiseCopyable, Sendable {
    /// The account that owns the order; nobody else can name it.
    public var account: AccountID
    /// The venue's name; `.none` to use `clientID`.
    public var order: OrderID
    /// The client's name; used when `order` is `.none`.
    public var clientID: UInt64

    /// Names an order by the venue's name.
    public init(account: AccountID, order: OrderID) {
        self.account = account
        self.order = order
        self.clientID = 0
    }

    /// Names an order by the client's name.
    public init(account: AccountID, clientID: UInt64) {
        self.account = account
        self.order = .none
        self.clientID = clientID
    }
}

/// New terms for a live order.
public struct OrderAmendment: Equatable, BitwiseCopyable, Sendable {
    /// Which order.
    public var reference: OrderReference
    /// The open quantity that the order has afterwards, hidden part included.
    public var quantity: Quantity
    /// The new limit price; `.none` leaves it.
    public var price: Price
    /// The new trigger price of a stop that has not triggered; `.none` leaves it.
    public var trigger: Price
    /// Whether to refuse what would cost the order its place in the queue.
    public var keepsPriority: Bool

    /// Makes an amendment.
    public init(
        reference: OrderReference,
        quantity: Quantity,
        price: Price = .none,
        trigger: Price = .none,
        keepsPriority: Bool = false
    ) {
        self.reference = reference
        self.quantity = quantity
        self.price = price
        self.trigger = trigger
        self.keepsPriority = keepsPriority
    }
}

/// Which orders to cancel together.
public struct MassCancel: Equatable, BitwiseCopyable, Sendable {
    /// The scope of a mass cancel.
    public enum Scope: UInt8, BitwiseCopyable, Sendable, CaseIterable {
        /// All orders of `account`.
        case account = 0
        /// All orders on `instrument`.
        case instrument = 1
        /// The orders of `account` on `instrument`.
        case accountOnInstrument = 2
    }

    /// What is named by the two other fields.
    public var scope: Scope
    /// The account, where the scope names one.
    public var account: AccountID
    /// The instrument, where the scope names one.
    public var instrument: InstrumentID

    /// Cancels all orders of an account.
    public init(account: AccountID) {
        scope = .account
        self.account = account
        instrument = InstrumentID(0)
    }

    /// Cancels all orders on an instrument.
    public init(instrument: InstrumentID) {
        scope = .instrument
        account = AccountID(0)
        self.instrument = instrument
    }

    /// Cancels the orders of an account on an instrument.
    public init(account: AccountID, instrument: InstrumentID) {
        scope = .accountOnInstrument
        self.account = account
        self.instrument = instrument
    }
}

/// An amount of an asset that enters or leaves an account.
public struct Transfer: Equatable, BitwiseCopyable, Sendable {
    /// The account.
    public var account: AccountID
    /// The asset.
    public var asset: AssetID
    /// How much, in the asset's smallest units; above 0.
    public var amount: Amount

    /// Makes a transfer.
    public init(account: AccountID, asset: AssetID, amount: Amount) {
        self.account = account
        self.asset = asset
        self.amount = amount
    }
}
