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
                if orders[slot].isTrailing { forgetTrailing(orders[slot], slot: slot) }
                triggered.append(slot)
            }
        }
        for slot in trailing[Int(instrument)] { follow(price, slot: slot, &events) }
    }

    /// Moves a trailing stop's trigger if the market moved its way.
    private mutating func follow(_ price: Int64, slot: UInt32, _ events: inout EventBuffer) {
        var order = orders[slot]
        let trigger =
            order.side == .buy ? price + order.displayOrTrail : price - order.displayOrTrail
        guard order.side == .buy ? trigger < order.trigger : trigger > order.trigger
        else { return }
        book.remove(slot: slot)
        order.trigger = trigger
        enqueue(&order, slot: slot)
        note(order, .trailed, &events)
    }

    /// Works off the line of triggered orders; what they trade may lengthen it.
    @inline(never)
    mutating func workTriggered(_ events: inout EventBuffer) {
        var next = 0
        while next < triggered.count {
            let slot = triggered[next]
            next += 1
            let instrument = orders[slot].instrument
            start(slot: slot, &events)
            observeTrades(on: instrument, &events)
        }
        triggered.removeAll(keepingCapacity: true)
    }

    /// Turns a stop that triggered into the order that it becomes.
    private mutating func start(slot: UInt32, _ events: inout EventBuffer) {
        var order = orders[slot]
        order.state = .new
        order.trigger = 0
        note(order, .triggered, &events)
        if order.type == .stopLimit {
            guard instruments[order.instrument].bandAllows(order.price)
            else { return cancel(&order, slot: slot, .band, &events) }
            work(&order, slot: slot, isRegistered: true, budget: 0, &events)
            return
        }
        do throws(Refusal) {
            let budget = try reserve(for: order)
            work(&order, slot: slot, isRegistered: true, budget: budget, &events)
        } catch {
            // It reserved nothing, so there is nothing to release.
            order.state = .cancelled
            note(order, .insufficientFunds, &events)
            retire(order, slot: slot, isRegistered: true)
        }
    }

    /// Ends an order that is in no queue and releases its hold.
    private mutating func cancel(
        _ order: inout Order,
        slot: UInt32,
        _ reason: ChangeReason,
        _ events: inout EventBuffer
    ) {
        release(hold(of: order), of: order)
        order.state = .cancelled
        note(order, reason, &events)
        retire(order, slot: slot, isRegistered: true)
    }
}
