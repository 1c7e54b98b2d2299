import Cryptography
package import Primitives
package import Venue

/// A second implementation of `docs/rules.md`, written to be read and checked by eye.
///
/// It shares nothing with the core but the types of commands and events. It keeps plain arrays and
/// looks through all of them for every question; nothing is maintained that could be computed.
/// Dictionaries and sets are only ever asked for one key, never walked through.
package final class ReferenceVenue {
    /// The time of the last command.
    package private(set) var time = Timestamp.zero
    /// The live orders, in the order of their ids.
    package internal(set) var orders: [ReferenceOrder] = []
    /// How many trades there were.
    package internal(set) var tradeCount: UInt64 = 0

    var sequence: UInt64 = 0
    var accounts = Set(0..<AccountID.reservedCount)
    var assets: Set<UInt32> = []
    var instruments: [UInt32: ReferenceInstrument] = [:]
    var ordersPerAccountMax = Limits.ordersMax
    var rulebookVersion: UInt64 = 0

    var balances: [BalanceKey: ReferenceBalance] = [:]
    var custodies: [UInt32: Amount] = [:]
    var waitingContracts: [UInt64: ReferenceContract] = [:]

    /// The bonds in the order in which they were first posted.
    var bonds: [ReferenceBond] = []
    /// The evidence of all penalties.
    var usedEvidence: [SHA256.Digest] = []

    var acceptedCount: UInt64 = 0
    var freeSlots: [UInt32] = []
    var slotsEverUsed: UInt32 = 0
    var joinCount: UInt64 = 0

    /// Triggered orders, first come first.
    var line: [ReferenceOrder] = []
    var events: [Event] = []

    /// Makes an empty venue.
    package init() {}

    /// Applies one command and returns its events.
    ///
    /// - Parameters:
    ///   - command: What to do.
    ///   - sequence: One more than that of the command before; the first is 1.
    ///   - time: When it was stamped; a time before the last one counts as the last one.
    /// - Returns: What happened, in order.
    package func apply(_ command: Command, sequence: UInt64, time: Timestamp) -> [Event] {
        precondition(sequence == self.sequence + 1)
        self.sequence = sequence
        self.time = max(time, self.time)
        events = []
        expireDueOrders()
        carryOut(command)
        precondition(line.isEmpty)
        return events
    }

    /// What an account has of an asset.
    package func balance(of account: AccountID, in asset: AssetID) -> ReferenceBalance {
        balances[BalanceKey(account: account, asset: asset)] ?? ReferenceBalance()
    }

    /// What the venue holds of an asset for its members.
    package func custody(of asset: AssetID) -> Amount { custodies[asset.rawValue] ?? 0 }

    /// The instrument with a number, if it was defined.
    package func instrument(_ id: InstrumentID) -> ReferenceInstrument? {
        instruments[id.rawValue]
    }

    /// How many service contracts wait for their settlement.
    package var waitingContractCount: Int { waitingContracts.count }

    private func expireDueOrders() {
        let due = orders.filter {
            $0.placed.timeInForce == .goodTillTime && $0.placed.expiresAt <= time
        }
        let sorted = due.sorted {
            ($0.placed.expiresAt, $0.id.rawValue) < ($1.placed.expiresAt, $1.id.rawValue)
        }
        for order in sorted { end(order, .expired, .expired) }
    }

    private func carryOut(_ command: Command) {
        switch command {
        case .placeOrder(let new): place(new)
        case .amendOrder(let amendment): amend(amendment)
        case .cancelOrder(let reference): cancel(reference)
        case .massCancel(let scope): massCancel(scope)
        case .advanceTime: break
        case .openAccount(let account): openAccount(account)
        case .deposit(let transfer): deposit(transfer)
        case .withdraw(let transfer): withdraw(transfer)
        case .defineAsset(let asset): defineAsset(asset)
        case .defineInstrument(let definition): defineInstrument(definition)
        case .setIncrements(let rule): setIncrements(rule)
        case .setFees(let rule): setFees(rule)
        case .setBand(let rule): setBand(rule)
        case .setLimits(let rule): setLimits(rule)
        case .setPhase(let change): setPhase(change)
        case .settleContract(let settlement): settle(settlement)
        case .failContract(let trade): endContract(trade, .failed)
        case .expireContract(let trade): endContract(trade, .expired)
        case .file(let filing): events.append(.filed(filing))
        case .postBond(let transfer): postBond(transfer)
        case .releaseBond(let transfer): releaseBond(transfer)
        case .penalise(let penalty): penalise(penalty)
        }
    }

    func refuse(
        _ refusal: Refusal,
        account: AccountID = .clearingHouse,
        clientID: UInt64 = 0,
        order: OrderID = .none
    ) {
        events.append(
            .refused(
                CommandRefused(
                    refusal: refusal,
                    account: account,
                    clientID: clientID,
                    order: order
                )
            )
        )
    }

    /// Reports a change of an order and remembers its state.
    func report(_ order: ReferenceOrder, _ state: OrderState, _ reason: ChangeReason) {
        order.state = state
        let price = state == .pendingTrigger ? order.trigger : order.price
        events.append(
            .orderChanged(
                OrderChanged(
                    order: order.id,
                    clientID: order.placed.clientID,
                    account: order.placed.account,
                    instrument: order.placed.instrument,
                    side: order.placed.side,
                    state: state,
                    reason: reason,
                    price: Price(price),
                    open: Quantity(order.open),
                    filled: Quantity(order.filled)
                )
            )
        )
    }

    /// Ends an order: releases its hold, reports it and frees its slot.
    func end(_ order: ReferenceOrder, _ state: OrderState, _ reason: ChangeReason) {
        precondition(state.isFinal && !order.hasEnded)
        setHold(of: order, to: 0)
        report(order, state, reason)
        orders.removeAll { $0 === order }
        freeSlots.append(order.id.slot)
    }

    /// Puts an order at the end of a queue of the book or of the waiting stops.
    func join(_ order: ReferenceOrder, _ place: ReferenceOrder.Place) {
        joinCount += 1
        order.joined = joinCount
        order.place = place
    }
}
