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
        try checkAmendment(amendment, of: slot)

        let quantity = amendment.quantity.lots
        let price = amendment.price == .none ? orders[slot].price : amendment.price.ticks
        let trigger = amendment.trigger == .none ? orders[slot].trigger : amendment.trigger.ticks
        if price == orders[slot].price && trigger == orders[slot].trigger
            && quantity < orders[slot].open
        {
            shrink(slot, by: orders[slot].open &- quantity, .amended, &events)
            return
        }
        guard !amendment.keepsPriority else { throw .wouldLosePriority }
        try replace(slot, quantity: quantity, price: price, trigger: trigger, &events)
    }

    /// Refuses an amendment that makes no sense: refusals 21 to 29.
    @inline(__always)
    private mutating func checkAmendment(
        _ amendment: OrderAmendment,
        of slot: UInt32
    ) throws(Refusal) {
        let instrument = orders[slot].instrument
        if amendment.price != .none || amendment.trigger != .none {
            let hasTrigger = orders[slot].isPending && !orders[slot].isTrailing
            guard amendment.trigger == .none || hasTrigger,
                amendment.price == .none || orders[slot].price != 0
            else { throw .invalidOrder }
        }
        let quantity = amendment.quantity.lots
        try checkQuantity(quantity, instrument, filled: orders[slot].filled)
        let display = orders[slot].display
        if display != 0 && quantity > orders[slot].open {
            guard (quantity - 1) / display < Limits.icebergPartsMax else { throw .invalidDisplay }
        }
        if amendment.price != .none { try checkPrice(amendment.price.ticks, instrument) }
        if amendment.trigger != .none { try checkTrigger(amendment.trigger.ticks, instrument) }
    }

    /// Gives an order terms that cost it its place in the queue.
    @inline(never)
    private mutating func replace(
        _ slot: UInt32,
        quantity: Int64,
        price: Int64,
        trigger: Int64,
        _ events: inout EventBuffer
    ) throws(Refusal) {
        var price = price
        let side = orders[slot].side
        let instrument = orders[slot].instrument
        if orders[slot].postOnly == .reprice {
            price = try priceNotTaking(price, side, instrument)
        }
        try replaceHold(slot, quantity: quantity, price: price)
        book.remove(slot: slot)
        orders[slot].price = price
        orders[slot].trigger = trigger
        orders[slot].open = quantity
        if !orders[slot].isPending {
            note(slot, .amended, &events)
            work(slot, isRegistered: true, budget: 0, &events)
            afterTrades(on: instrument, &events)
        } else if isTriggered(slot) {
            note(slot, .amended, &events)
            if orders[slot].isTrailing { forgetTrailing(slot) }
            triggered.append(slot)
            workTriggered(&events)
        } else {
            enqueue(slot)
            note(slot, .amended, &events)
        }
    }

    /// Locks or releases what new terms need more or less than the present ones.
    private mutating func replaceHold(
        _ slot: UInt32,
        quantity: Int64,
        price: Int64
    ) throws(Refusal) {
        let account = orders[slot].account
        let side = orders[slot].side
        let instrument = orders[slot].instrument
        let held = hold(of: slot)
        var needed: Amount = 0
        if price != 0 {
            needed =
                side == .sell
                ? delivery(quantity, instrument)
                : buyHold(price, quantity, rate: orders[slot].holdRate, instrument)
        }
        let balance = holdBalance(account, side, instrument)
        guard needed - held <= balances[balance].available else { throw .insufficientFunds }
        if orders[slot].postOnly == .reject && wouldTake(price, side, instrument) {
            throw .wouldTake
        }
        if needed > held {
            lock(needed - held, in: balance)
        } else {
            unlock(held - needed, in: balance)
        }
    }
}
