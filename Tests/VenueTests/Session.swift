import Cryptography
import Primitives
import ReferenceVenue
import Testing
import Venue

/// The assets and members of the sessions in the tables.
let dollar = AssetID(0)
let coin = AssetID(1)
let minute = AssetID(2)
let alice = AccountID(16)
let bob = AccountID(17)
let carol = AccountID(18)
let dave = AccountID(19)

/// COIN for DOLLAR, settled at once.
let spot = InstrumentID(0)
/// MINUTE for DOLLAR, settled when it was rendered; its window ends at `windowEnd`.
let service = InstrumentID(1)
let windowEnd = Timestamp(1_000_000)

/// A session for a table: each row is a command and, in the notation of `Notation.swift`, its events.
///
/// Every row is given to the venue and to the reference model; both must say what the row says.
/// Alice, Bob, Carol and Dave have 1,000,000 dollars, 1,000 coins and 1,000 minutes each.
final class Session {
    private let comparison = Comparison()
    private(set) var time = Timestamp(1)

    /// Opens a session whose two instruments are in a phase.
    ///
    /// - Parameters:
    ///   - phase: The phase of both instruments.
    ///   - dollars: How many dollars each member has.
    ///   - coins: How many coins each member has.
    init(_ phase: Phase = .continuous, dollars: Amount = 1_000_000, coins: Amount = 1_000) {
        for asset in [dollar, coin, minute] { apply(.defineAsset(asset)) }
        apply(
            .defineInstrument(InstrumentDefinition(instrument: spot, base: coin, quote: dollar))
        )
        apply(
            .defineInstrument(
                InstrumentDefinition(
                    instrument: service,
                    base: minute,
                    quote: dollar,
                    settlement: .service,
                    windowStart: Timestamp(1),
                    windowEnd: windowEnd
                )
            )
        )
        for account in [alice, bob, carol, dave] {
            apply(.openAccount(account))
            let amounts = [(dollar, dollars), (coin, coins), (minute, 1_000)]
            for (asset, amount) in amounts where amount > 0 {
                apply(.deposit(Transfer(account: account, asset: asset, amount: amount)))
            }
        }
        if phase == .closed { return }
        for instrument in [spot, service] {
            if phase == .closingAuction {
                apply(.setPhase(PhaseChange(instrument: instrument, phase: .continuous)))
            }
            apply(.setPhase(PhaseChange(instrument: instrument, phase: phase)))
        }
    }

    /// Gives a command to both and expects the events that a row states, in one line or in several.
    func check(
        _ command: Command,
        _ expected: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let (events, difference) = comparison.apply(TimedCommand(command: command, time: time))
        comparison.checkInvariants()
        let row = expected.split(separator: "\n").joined(separator: "; ")
        #expect(notation(events) == row, sourceLocation: sourceLocation)
        #expect(difference == nil, sourceLocation: sourceLocation)
        #expect(comparison.differenceOfState() == nil, sourceLocation: sourceLocation)
    }

    /// Gives a command to both and returns its events; they must agree.
    func events(
        _ command: Command,
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> [String] {
        let (events, difference) = comparison.apply(TimedCommand(command: command, time: time))
        #expect(difference == nil, sourceLocation: sourceLocation)
        return events.map { notation($0) }
    }

    /// Gives a command to both without stating its events; they must agree nevertheless.
    func apply(_ command: Command, sourceLocation: SourceLocation = #_sourceLocation) {
        _ = events(command, sourceLocation: sourceLocation)
    }

    /// Lets a venue that was read back from a snapshot run along from here.
    func restoreFromSnapshot(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let difference = try comparison.restoreFromSnapshot()
        #expect(difference == nil, sourceLocation: sourceLocation)
    }

    /// Lets the next commands be stamped with another time.
    func setTime(_ nanoseconds: UInt64) { time = Timestamp(nanoseconds) }

    /// What an account has, as `available+locked`.
    func money(_ account: AccountID, _ asset: AssetID) -> String {
        let balance = comparison.balance(of: account, in: asset)
        return "\(balance.available)+\(balance.locked)"
    }

    /// The venue's name of the order that was accepted n-th, while it lives.
    func id(_ number: UInt64, sourceLocation: SourceLocation = #_sourceLocation) -> OrderID {
        let order = comparison.model.orders.first {
            $0.id.rawValue >> OrderID.slotBits == number
        }
        #expect(order != nil, sourceLocation: sourceLocation)
        return order?.id ?? .none
    }

    /// The owner of a live order.
    private func owner(_ number: UInt64) -> AccountID {
        let order = comparison.model.orders.first {
            $0.id.rawValue >> OrderID.slotBits == number
        }
        return order?.placed.account ?? .clearingHouse
    }

    /// Cancels the order that was accepted n-th, in its owner's name.
    func cancel(_ number: UInt64) -> Command {
        .cancelOrder(OrderReference(account: owner(number), order: id(number)))
    }

    /// Amends the order that was accepted n-th, in its owner's name.
    func amend(
        _ number: UInt64,
        _ quantity: Int64,
        at price: Int64 = 0,
        trigger: Int64 = 0,
        keepsPriority: Bool = false
    ) -> Command {
        .amendOrder(
            OrderAmendment(
                reference: OrderReference(account: owner(number), order: id(number)),
                quantity: Quantity(quantity),
                price: Price(price),
                trigger: Price(trigger),
                keepsPriority: keepsPriority
            )
        )
    }
}

/// A limit order.
func limit(
    _ account: AccountID,
    _ side: Side,
    _ quantity: Int64,
    at price: Int64,
    _ timeInForce: TimeInForce = .goodTillCancel,
    postOnly: PostOnly = .off,
    prevention: SelfTradePrevention = .none,
    display: Int64 = 0,
    expires: UInt64 = 0,
    client: UInt64 = 0,
    of instrument: InstrumentID = spot
) -> Command {
    .placeOrder(
        NewOrder(
            account: account,
            instrument: instrument,
            side: side,
            timeInForce: timeInForce,
            price: Price(price),
            quantity: Quantity(quantity),
            clientID: client,
            postOnly: postOnly,
            selfTradePrevention: prevention,
            display: Quantity(display),
            expiresAt: Timestamp(expires)
        )
    )
}

/// A market order.
func market(
    _ account: AccountID,
    _ side: Side,
    _ quantity: Int64,
    _ timeInForce: TimeInForce = .immediateOrCancel,
    prevention: SelfTradePrevention = .none,
    of instrument: InstrumentID = spot
) -> Command {
    .placeOrder(
        NewOrder(
            account: account,
            instrument: instrument,
            side: side,
            type: .market,
            timeInForce: timeInForce,
            quantity: Quantity(quantity),
            selfTradePrevention: prevention
        )
    )
}

/// A stop, or with a price a stop-limit order.
func stop(
    _ account: AccountID,
    _ side: Side,
    _ quantity: Int64,
    trigger: Int64,
    at price: Int64 = 0,
    _ timeInForce: TimeInForce = .goodTillCancel,
    prevention: SelfTradePrevention = .none,
    display: Int64 = 0,
    expires: UInt64 = 0,
    client: UInt64 = 0
) -> Command {
    .placeOrder(
        NewOrder(
            account: account,
            instrument: spot,
            side: side,
            type: price == 0 ? .stop : .stopLimit,
            timeInForce: timeInForce,
            price: Price(price),
            quantity: Quantity(quantity),
            clientID: client,
            selfTradePrevention: prevention,
            display: Quantity(display),
            trigger: Price(trigger),
            expiresAt: Timestamp(expires)
        )
    )
}

/// A trailing stop.
func trailing(_ account: AccountID, _ side: Side, _ quantity: Int64, by trail: Int64) -> Command {
    .placeOrder(
        NewOrder(
            account: account,
            instrument: spot,
            side: side,
            type: .trailingStop,
            quantity: Quantity(quantity),
            trail: Price(trail)
        )
    )
}

/// Moves an instrument into a phase.
func phase(_ phase: Phase, of instrument: InstrumentID = spot) -> Command {
    .setPhase(PhaseChange(instrument: instrument, phase: phase))
}

/// Sets the fees of the spot instrument, in millionths.
func fees(maker: UInt32, taker: UInt32, of instrument: InstrumentID = spot) -> Command {
    .setFees(FeeRule(instrument: instrument, makerRate: maker, takerRate: taker))
}

/// Sets the band of the spot instrument; without prices there is none.
func band(_ low: Int64 = 0, _ high: Int64 = 0) -> Command {
    .setBand(BandRule(instrument: spot, low: Price(low), high: Price(high)))
}

/// Sets the increments of the spot instrument.
func increments(
    price: Int64 = 1,
    quantity: Int64 = 1,
    most: Int64 = Limits.quantityMax
) -> Command {
    .setIncrements(
        IncrementRule(
            instrument: spot,
            priceIncrement: price,
            quantityIncrement: quantity,
            quantityMax: most
        )
    )
}

/// Settles a service contract on some certificate.
func settle(_ trade: UInt64) -> Command {
    .settleContract(
        ContractSettlement(
            trade: TradeID(trade),
            certificate: SHA256.Digest(words: (trade, 1, 0, 0))
        )
    )
}

/// Moves money from outside into an account.
func deposit(_ account: AccountID, _ asset: AssetID, _ amount: Amount) -> Command {
    .deposit(Transfer(account: account, asset: asset, amount: amount))
}

/// Moves money out of an account to the outside.
func withdraw(_ account: AccountID, _ asset: AssetID, _ amount: Amount) -> Command {
    .withdraw(Transfer(account: account, asset: asset, amount: amount))
}
