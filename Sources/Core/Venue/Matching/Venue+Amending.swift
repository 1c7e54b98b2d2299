import Primitives

// New terms for live orders. See "Amending" in docs/rules.md.
extension Venue {
    @inline(__always)
    mutating func amendOrder(
        _ amendment: OrderAmendment,
        _ events: inout EventBuffer
    ) throws(Refusal) {
        try checkOpen(amendment.reference.account)
        let slot = try find(amendment.reference)
        let instrument = orders[slot].instrument
        try checkTrading(instrument)
        try checkAmendment(amendment, of: orders[slot])

        let order = orders[slot]
        let quantity = amendment.quantity.lots
        let price = amendment.price == .none ? order.price : amendment.price.ticks
        let trigger = amendment.trigger == .none ? order.trigger : amendment.trigger.ticks
        if price == order.price && trigger == order.trigger && quantity < order.open {
            shrink(slot: slot, by: order.open &- quantity, .amended, &events)
            return
        }
        guard !amendment.keepsPriority else { throw .wouldLosePriority }
        var amended = order
        amended.price = price
        amended.trigger = trigger
        amended.open = quantity
        try replace(order, by: &amended, slot: slot, &events)
    }

    /// Refuses an amendment that makes no sense: refusals 21 to 29.
    @inline(__always)
    private mutating func checkAmendment(
        _ amendment: OrderAmendment,
        of order: Order
    ) throws(Refusal) {
        if amendment.price != .none || amendment.trigger != .none {
            guard amendment.trigger == .none || (order.isPending && !order.isTrailing),
                amendment.price == .none || order.price != 0
            else { throw .invalidOrder }
        }
        try checkQuantity(amendment.quantity.lots, order.instrument)
        guard order.filled <= Limits.quantityMax &- amendment.quantity.lots
        else { throw .invalidQuantity }
        if amendment.price != .none {
            try checkPrice(amendment.price.ticks, order.instrument)
        }
        if amendment.trigger != .none {
            try checkTrigger(amendment.trigger.ticks, order.instrument)
        }
    }

    /// Gives an order terms that cost it its place in the queue.
    @inline(never)
    private mutating func replace(
        _ order: Order,
        by amended: inout Order,
        slot: UInt32,
        _ events: inout EventBuffer
    ) throws(Refusal) {
        if amended.postOnly != .off { _ = try reprice(&amended) }
        let held = hold(of: order)
        let needed = hold(of: amended)
        let balance = balanceIndex(order.account, holdAsset(of: order))
        guard needed - held <= balances[balance].available else { throw .insufficientFunds }
        if amended.postOnly == .reject && wouldTake(amended) { throw .wouldTake }

        if needed > held {
            lock(needed - held, in: balance)
        } else {
            unlock(held - needed, in: balance)
        }
        book.remove(slot: slot)
        if amended.isPending {
            let isTriggered = isTriggered(amended)
            if isTriggered { orders[slot] = amended } else { enqueue(&amended, slot: slot) }
            note(amended, .amended, &events)
            if isTriggered {
                if amended.isTrailing { forgetTrailing(amended, slot: slot) }
                triggered.append(slot)
                workTriggered(&events)
            }
            return
        }
        note(amended, .amended, &events)
        work(&amended, slot: slot, isRegistered: true, budget: 0, &events)
        afterTrades(on: amended.instrument, &events)
    }
}
