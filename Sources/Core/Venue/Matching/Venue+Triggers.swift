import Primitives

// Stops. See "Triggers" in docs/rules.md.
extension Venue {
    /// After a taker's last event: lets stops see its trades, and works off what they start.
    @inline(__always)
    mutating func afterTrades(on instrument: UInt32, _ events: inout EventBuffer) {
        if firstPrice == 0 { return }
        observeTrades(on: instrument, &events)
        if !triggered.isEmpty { workTriggered(&events) }
    }

    /// Lets stops see the first and the last price of the taker that was at work.
    @inline(__always)
    private mutating func observeTrades(on instrument: UInt32, _ events: inout EventBuffer) {
        let first = firstPrice
        let last = lastPrice
        firstPrice = 0
        lastPrice = 0
        let buyStops = OrderBook.ladder(.buyStops, of: instrument)
        let sellStops = OrderBook.ladder(.sellStops, of: instrument)
        if first == 0 || (book.bestKey(buyStops) == .max && book.bestKey(sellStops) == .max) {
            return
        }
        observe(first, on: instrument, &events)
        if last != first { observe(last, on: instrument, &events) }
    }

    /// Moves stops that a price starts into the line of triggered orders; lets trailing stops follow it.
    @inline(never)
    mutating func observe(
        _ price: Int64,
        on instrument: UInt32,
        _ events: inout EventBuffer
    ) {
        for kind in [OrderBook.LadderKind.buyStops, .sellStops] {
            let ladder = OrderBook.ladder(kind, of: instrument)
            let limit = OrderBook.key(price, kind)
            while book.bestKey(ladder) <= limit {
                let slot = book.head(ladder)
                book.remove(slot: slot)
                if orders[slot].isTrailing { forgetTrailing(slot) }
                triggered.append(slot)
            }
        }
        for slot in trailing[Int(instrument)] { follow(price, slot: slot, &events) }
    }

    /// Moves a trailing stop's trigger if the market moved its way.
    private mutating func follow(_ price: Int64, slot: UInt32, _ events: inout EventBuffer) {
        let isBuy = orders[slot].side == .buy
        let trail = orders[slot].displayOrTrail
        let trigger = isBuy ? price + trail : price - trail
        let present = orders[slot].trigger
        guard isBuy ? trigger < present : trigger > present else { return }
        book.remove(slot: slot)
        orders[slot].trigger = trigger
        enqueue(slot)
        note(slot, .trailed, &events)
    }

    /// Works off the line of triggered orders; what they trade may lengthen it.
    @inline(never)
    mutating func workTriggered(_ events: inout EventBuffer) {
        var next = 0
        while next < triggered.count {
            let slot = triggered[next]
            next += 1
            let instrument = orders[slot].instrument
            start(slot, &events)
            observeTrades(on: instrument, &events)
        }
        triggered.removeAll(keepingCapacity: true)
    }

    /// Turns a stop that triggered into the order that it becomes.
    private mutating func start(_ slot: UInt32, _ events: inout EventBuffer) {
        orders[slot].state = .new
        orders[slot].trigger = 0
        note(slot, .triggered, &events)
        let instrument = orders[slot].instrument
        if orders[slot].type == .stopLimit {
            if instruments[instrument].bandAllows(orders[slot].price) {
                work(slot, isRegistered: true, budget: 0, &events)
            } else {
                release(hold(of: slot), of: slot)
                retire(slot, .cancelled, .band, isRegistered: true, &events)
            }
            return
        }
        do throws(Refusal) {
            let budget = try reserveAtMarket(slot, instrument)
            work(slot, isRegistered: true, budget: budget, &events)
        } catch {
            // It reserved nothing, so there is nothing to release.
            retire(slot, .cancelled, .insufficientFunds, isRegistered: true, &events)
        }
    }

    /// Reserves for a stop without a price, which takes its hold when it triggers.
    private mutating func reserveAtMarket(
        _ slot: UInt32,
        _ instrument: UInt32
    ) throws(Refusal) -> Amount {
        let account = orders[slot].account
        if orders[slot].side == .buy {
            return try reserveBudget(account, orders[slot].open, orders[slot].holdRate, instrument)
        }
        try reserve(hold(of: slot), account, .sell, instrument)
        return 0
    }
}
