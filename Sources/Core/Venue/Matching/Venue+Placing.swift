import Primitives

extension Venue {
    @inline(__always)
    mutating func placeOrder(_ new: NewOrder, _ events: inout EventBuffer) throws(Refusal) {
        try checkOpen(new.account)
        guard !new.account.isReserved else { throw .reservedAccount }
        let instrument = try known(new.instrument)
        try checkTrading(instrument)
        try checkTerms(new, instrument)
        try checkRoom(new, instrument)

        var price = new.price.ticks
        if new.postOnly == .reprice { price = try priceNotTaking(price, new.side, instrument) }
        let budget = try reserve(for: new, price: price, instrument)
        if new.postOnly == .reject && wouldTake(price, new.side, instrument) {
            release(
                hold(of: new, price: price, instrument),
                new.account.rawValue,
                new.side,
                instrument
            )
            throw .wouldTake
        }

        let slot = takeSlot()
        fill(slot, new, price: price, instrument)
        events.append(
            OrderPlaced(
                order: OrderID(orders[slot].id),
                clientID: new.clientID,
                account: new.account,
                instrument: new.instrument,
                side: new.side,
                type: new.type,
                timeInForce: new.timeInForce,
                price: Price(price),
                quantity: new.quantity
            )
        )
        if price != new.price.ticks { note(slot, .repriced, &events) }
        switch new.type {
        case .limit, .market:
            work(slot, isRegistered: false, budget: budget, &events)
            afterTrades(on: instrument, &events)
        case .stop, .stopLimit, .trailingStop:
            wait(slot, &events)
        }
    }

    /// Refuses orders on an instrument that takes none now.
    @inline(__always)
    func checkTrading(_ instrument: UInt32) throws(Refusal) {
        let phase = instruments[instrument].phase
        if phase != .continuous || instruments[instrument].settlement == .service {
            let end = instruments[instrument].windowEnd
            if phase == .closed || (end != 0 && end <= header.time) { throw .instrumentClosed }
            if phase == .halted { throw .instrumentHalted }
        }
    }

    /// Refuses terms that make no sense: refusals 21 to 31.
    @inline(__always)
    private mutating func checkTerms(_ new: NewOrder, _ instrument: UInt32) throws(Refusal) {
        let isPlain =
            new.type == .limit && new.trigger == .none && new.trail == .none
            && new.display == .zero && new.postOnly == .off && new.price != .none
        if !isPlain { try checkShape(new) }
        if instruments[instrument].isAuction {
            guard new.type != .market, new.timeInForce.mayRest, new.postOnly == .off
            else { throw .notInThisPhase }
        }
        try checkQuantity(new.quantity.lots, instrument)
        if new.display != .zero {
            guard new.display.lots > 0, new.display <= new.quantity,
                new.display.lots % instruments[instrument].quantityIncrement == 0,
                (new.quantity.lots - 1) / new.display.lots < Limits.icebergPartsMax
            else { throw .invalidDisplay }
        }
        if new.price != .none { try checkPrice(new.price.ticks, instrument) }
        if new.type >= .stop { try checkStop(new, instrument) }
        if new.timeInForce == .goodTillTime {
            guard new.expiresAt.nanoseconds > header.time else { throw .invalidExpiry }
        } else {
            guard new.expiresAt == .zero else { throw .invalidExpiry }
        }
    }

    /// Refuses fields that do not go together.
    @inline(never)
    private mutating func checkShape(_ new: NewOrder) throws(Refusal) {
        let isStop = new.type >= .stop
        let hasPrice = new.type == .limit || new.type == .stopLimit
        let hasTrigger = new.type == .stop || new.type == .stopLimit
        guard hasPrice == (new.price != .none), hasTrigger == (new.trigger != .none),
            (new.type == .trailingStop) == (new.trail != .none),
            new.type != .market || !new.timeInForce.mayRest,
            !isStop || new.timeInForce.mayRest,
            new.postOnly == .off || (new.type == .limit && new.timeInForce.mayRest),
            new.display == .zero || (hasPrice && new.timeInForce.mayRest)
        else { throw .invalidOrder }
    }

    @inline(__always)
    func checkQuantity(
        _ lots: Int64,
        _ instrument: UInt32,
        filled: Int64 = 0
    ) throws(Refusal) {
        guard lots >= 1, lots <= instruments[instrument].quantityMax,
            filled <= Limits.quantityMax &- lots
        else { throw .invalidQuantity }
        let increment = instruments[instrument].quantityIncrement
        guard increment == 1 || lots % increment == 0 else { throw .quantityOffIncrement }
    }

    @inline(__always)
    func checkPrice(_ ticks: Int64, _ instrument: UInt32) throws(Refusal) {
        guard ticks >= 1, ticks <= Limits.priceMax else { throw .invalidPrice }
        let increment = instruments[instrument].priceIncrement
        guard increment == 1 || ticks % increment == 0 else { throw .priceOffIncrement }
        guard instruments[instrument].bandAllows(ticks) else { throw .priceOutsideBand }
    }

    func checkTrigger(_ ticks: Int64, _ instrument: UInt32) throws(Refusal) {
        guard 1...Limits.priceMax ~= ticks, ticks % instruments[instrument].priceIncrement == 0
        else { throw .invalidTrigger }
    }

    @inline(never)
    private mutating func checkStop(_ new: NewOrder, _ instrument: UInt32) throws(Refusal) {
        guard new.type == .trailingStop
        else { return try checkTrigger(new.trigger.ticks, instrument) }
        let trail = new.trail.ticks
        let last = instruments[instrument].lastPrice
        guard 1...Limits.priceMax ~= trail, trail % instruments[instrument].priceIncrement == 0,
            last != 0, 1...Limits.priceMax ~= (new.side == .buy ? last + trail : last - trail)
        else { throw .invalidTrail }
    }

    /// Refuses an order for which there is no room: refusals 40 to 43.
    @inline(__always)
    private mutating func checkRoom(_ new: NewOrder, _ instrument: UInt32) throws(Refusal) {
        if new.clientID != 0 && find(new.account.rawValue, clientID: new.clientID) != 0 {
            throw .duplicateClientID
        }
        guard accounts[new.account.rawValue &+ 1].liveOrders < header.ordersPerAccountMax
        else { throw .tooManyOrders }
        if new.type == .trailingStop {
            guard instruments[instrument].trailingStops < Limits.trailingStopsMax
            else { throw .tooManyTrailingStops }
        }
        guard header.liveOrders < Limits.ordersMax, header.orderCount < Limits.orderCounterMax,
            hasRoom(forBalances: 2)
        else { throw .venueFull }
        if instruments[instrument].settlement == .service {
            guard header.waitingContracts + header.liveOrders < Limits.contractsMax
            else { throw .venueFull }
        }
    }

    /// Writes a new order into its slot.
    ///
    /// Field by field where it stays: a copy of a freshly built record waits for the stores before it.
    @inline(__always)
    private mutating func fill(
        _ slot: UInt32,
        _ new: NewOrder,
        price: Int64,
        _ instrument: UInt32
    ) {
        header.orderCount &+= 1
        orders.modify(slot) { order in
            order.id = OrderID(counter: header.orderCount, slot: slot).rawValue
            order.clientID = new.clientID
            order.price = price
            order.open = new.quantity.lots
            order.filled = 0
            // Only icebergs have the one, only trailing stops the other.
            order.displayOrTrail = new.display.lots + new.trail.ticks
            order.visible = 0
            order.trigger = new.trigger.ticks
            order.expiresAt = new.expiresAt.nanoseconds
            order.priority = 0
            order.account = new.account.rawValue
            order.instrument = instrument
            order.makerRate = instruments[instrument].makerRate
            order.takerRate = instruments[instrument].takerRate
            order.side = new.side
            order.type = new.type
            order.timeInForce = new.timeInForce
            order.postOnly = new.postOnly
            order.selfTradePrevention = new.selfTradePrevention
            order.state = .new
        }
    }

    /// Whether a limit order would trade at once.
    @inline(__always)
    mutating func wouldTake(_ price: Int64, _ side: Side, _ instrument: UInt32) -> Bool {
        guard instruments[instrument].phase == .continuous else { return false }
        return book.bestKey(ladder(opposite: side, instrument)) <= oppositeKey(of: price, side)
    }

    /// The best price at which a post-only order does not take, at most as good as its own.
    mutating func priceNotTaking(
        _ price: Int64,
        _ side: Side,
        _ instrument: UInt32
    ) throws(Refusal) -> Int64 {
        guard wouldTake(price, side, instrument) else { return price }
        let increment = instruments[instrument].priceIncrement
        let best = book.bestKey(ladder(opposite: side, instrument))
        let moved =
            side == .buy
            ? (best - 1) / increment * increment
            : (OrderBook.key(best, .bids) / increment + 1) * increment
        guard 1...Limits.priceMax ~= moved, instruments[instrument].bandAllows(moved)
        else { throw .wouldTake }
        return moved
    }

    /// The ladder with which an order of `side` trades.
    @inline(__always)
    func ladder(opposite side: Side, _ instrument: UInt32) -> UInt32 {
        OrderBook.ladder(side == .buy ? .asks : .bids, of: instrument)
    }

    /// A price as a key on the ladder with which an order of `side` trades, and the other way round.
    @inline(__always)
    func oppositeKey(of price: Int64, _ side: Side) -> Int64 {
        OrderBook.key(price, side == .buy ? .asks : .bids)
    }

    /// Takes a free slot for an order.
    @inline(__always)
    private mutating func takeSlot() -> UInt32 {
        header.liveOrders &+= 1
        let free = header.freeOrder
        if free != 0 {
            header.freeOrder = UInt32(truncatingIfNeeded: orders[free].price)
            return free
        }
        let slot = orders.append(Order())
        book.extend(toSlots: slot &+ 1)
        ordersOfAccount.extend(toSlots: slot &+ 1)
        return slot
    }

    /// Whether the market is already where a stop triggers.
    mutating func isTriggered(_ slot: UInt32) -> Bool {
        let instrument = orders[slot].instrument
        let last = instruments[instrument].lastPrice
        guard last != 0, instruments[instrument].phase == .continuous else { return false }
        return orders[slot].side == .buy
            ? last >= orders[slot].trigger : last <= orders[slot].trigger
    }

    /// Lets a new stop wait for its trigger, or starts it at once if the market is there already.
    @inline(never)
    private mutating func wait(_ slot: UInt32, _ events: inout EventBuffer) {
        orders[slot].state = .pendingTrigger
        if orders[slot].isTrailing {
            let last = instruments[orders[slot].instrument].lastPrice
            let trail = orders[slot].displayOrTrail
            orders[slot].trigger = orders[slot].side == .buy ? last + trail : last - trail
        }
        register(slot)
        if isTriggered(slot) {
            triggered.append(slot)
            workTriggered(&events)
        } else {
            enqueue(slot)
            note(slot, .matching, &events)
        }
    }
}

extension OrderType {
    /// Whether a type is `right` or one after it: the types from `stop` on wait for a trigger.
    @inline(__always)
    static func >= (left: OrderType, right: OrderType) -> Bool { left.rawValue >= right.rawValue }
}

extension TimeInForce {
    /// Whether an order with this time in force may wait in the book.
    @inline(__always)
    var mayRest: Bool { self != .immediateOrCancel && self != .fillOrKill }
}
