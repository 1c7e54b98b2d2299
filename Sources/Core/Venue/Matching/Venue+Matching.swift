import Primitives

extension Venue {
    /// Matches an order that arrives, and lets it rest or end.
    ///
    /// Its hold, or the `budget` of a market buy, is locked. It is registered if it can be found
    /// already, because it waited or rested before.
    @inline(__always)
    mutating func work(
        _ slot: UInt32,
        isRegistered: Bool,
        budget: Amount,
        _ events: inout EventBuffer
    ) {
        var budget = budget
        var ending: ChangeReason?
        if !instruments[orders[slot].instrument].isAuction {
            if orders[slot].timeInForce == .fillOrKill && !canFill(slot, budget: budget) {
                ending = .fillOrKill
            } else {
                ending = match(slot, budget: &budget, &events)
            }
        }
        if ending == nil && orders[slot].open > 0 {
            if orders[slot].price != 0 && orders[slot].timeInForce.mayRest {
                rest(slot, isRegistered: isRegistered, &events)
                return
            }
            ending = .immediateRemainder
        }
        release(hold(of: slot) &+ budget, of: slot)
        let state: OrderState = ending == nil ? .filled : .cancelled
        retire(slot, state, ending ?? .matching, isRegistered: isRegistered, &events)
    }

    /// Lets what is left of an order wait in the book.
    @inline(__always)
    private mutating func rest(
        _ slot: UInt32,
        isRegistered: Bool,
        _ events: inout EventBuffer
    ) {
        orders[slot].state = orders[slot].filled == 0 ? .open : .partial
        if orders[slot].isIceberg {
            orders[slot].visible = Swift.min(orders[slot].display, orders[slot].open)
        }
        if !isRegistered { register(slot) }
        enqueue(slot)
        note(slot, .matching, &events)
    }

    /// Trades an order with the opposite side as far as it goes.
    ///
    /// - Returns: Why it must end before it is filled; `nil` when the book has no more for it.
    @inline(__always)
    private mutating func match(
        _ taker: UInt32,
        budget: inout Amount,
        _ events: inout EventBuffer
    ) -> ChangeReason? {
        let side = orders[taker].side
        let opposite = ladder(opposite: side, orders[taker].instrument)
        let limit = limitKey(of: taker)
        while orders[taker].open > 0 {
            let key = book.bestKey(opposite)
            if key > limit { break }
            let maker = book.head(opposite)
            if orders[taker].selfTradePrevention != .none
                && book.nodes[maker].account == orders[taker].account
            {
                if preventSelfTrade(taker, maker: maker, &events) { return .selfTrade }
                continue
            }
            let price = oppositeKey(of: key, side)
            var quantity = Swift.min(orders[taker].open, book.nodes[maker].quantity)
            // Fill-or-kill was decided with its cost in view.
            if orders[taker].price == 0 && side == .buy && orders[taker].timeInForce != .fillOrKill
            {
                quantity = Swift.min(quantity, affordable(taker, price: price, budget: budget))
                if quantity == 0 { return .insufficientFunds }
            }
            exchange(maker, taker, price: price, quantity: quantity, budget: &budget, &events)
            settleInBook(maker, traded: quantity, &events)
        }
        return nil
    }

    /// The worst key at which an order may trade.
    @inline(__always)
    private func limitKey(of slot: UInt32) -> Int64 {
        let side = orders[slot].side
        let price = orders[slot].price
        if price != 0 { return oppositeKey(of: price, side) }
        let instrument = orders[slot].instrument
        guard instruments[instrument].hasBand else {
            return oppositeKey(of: side == .buy ? Limits.priceMax : 1, side)
        }
        return side == .buy
            ? instruments[instrument].bandHigh
            : oppositeKey(of: instruments[instrument].bandLow, .sell)
    }

    /// How many lots a market buy can pay at a price: ⌊budget × 10⁶ / (price × tickUnits × (10⁶ + rate))⌋.
    private mutating func affordable(_ slot: UInt32, price: Int64, budget: Amount) -> Int64 {
        // Nested divisions, so that nothing overflows.
        let rate = 1_000_000 + Amount(orders[slot].takerRate)
        let (quotient, remainder) = budget.quotientAndRemainder(dividingBy: rate)
        let spendable = quotient * 1_000_000 + remainder * 1_000_000 / rate
        let lots = spendable / notional(price, 1, orders[slot].instrument)
        let bounded = Int64(Swift.min(lots, Amount(Limits.quantityMax)))
        return bounded - bounded % instruments[orders[slot].instrument].quantityIncrement
    }

    /// Whether a fill-or-kill order can be filled completely now.
    private mutating func canFill(_ slot: UInt32, budget: Amount) -> Bool {
        let instrument = orders[slot].instrument
        let side = orders[slot].side
        let limit = limitKey(of: slot)
        var wanted = orders[slot].open
        var cost: Amount = 0
        var level = book.index.ladders[ladder(opposite: side, instrument)].best
        while level != 0 && book.index.key(of: level) <= limit && wanted > 0 {
            let (found, isBlocked) = fillable(slot, at: level)
            let taken = Swift.min(found, wanted)
            let price = oppositeKey(of: book.index.key(of: level), side)
            cost += notional(price, taken, instrument)
            wanted -= taken
            if isBlocked { break }
            level = book.index.level(after: level)
        }
        if wanted > 0 { return false }
        guard orders[slot].price == 0 && side == .buy else { return true }
        return cost + fee(on: cost, rate: orders[slot].takerRate) <= budget
    }

    /// How much an order could take at a level, and whether an order of its own account stops it there.
    private mutating func fillable(
        _ taker: UInt32,
        at level: UInt32
    ) -> (quantity: Int64, isBlocked: Bool) {
        let mode = orders[taker].selfTradePrevention
        let account = orders[taker].account
        var visible: Int64 = 0
        var all: Int64 = 0
        var slot = book.index.levels[level].head
        while slot != 0 {
            if mode == .none || book.nodes[slot].account != account {
                visible += book.nodes[slot].quantity
                all += orders[slot].open
            } else if mode != .cancelOldest {
                return (visible, true)
            }
            slot = book.nodes[slot].next
        }
        return (all, false)
    }

    /// Keeps an order from trading with one of its own account.
    ///
    /// - Returns: Whether the taker ends.
    @inline(never)
    private mutating func preventSelfTrade(
        _ taker: UInt32,
        maker: UInt32,
        _ events: inout EventBuffer
    ) -> Bool {
        switch orders[taker].selfTradePrevention {
        case .none:
            preconditionFailure("called only with a mode")
        case .cancelNewest:
            return true
        case .cancelOldest:
            end(slot: maker, .cancelled, .selfTrade, &events)
            return false
        case .cancelBoth:
            end(slot: maker, .cancelled, .selfTrade, &events)
            return true
        case .decrement:
            let quantity = Swift.min(orders[taker].open, orders[maker].open)
            shrink(maker, by: quantity, .selfTrade, &events)
            let held = hold(of: taker)
            orders[taker].open -= quantity
            release(held - hold(of: taker), of: taker)
            return orders[taker].open == 0
        }
    }

    /// Takes quantity off an order in a queue, where it keeps its place, or ends if nothing is left.
    mutating func shrink(
        _ slot: UInt32,
        by quantity: Int64,
        _ reason: ChangeReason,
        _ events: inout EventBuffer
    ) {
        precondition(quantity <= orders[slot].open)
        let held = hold(of: slot)
        let shown = orders[slot].shown
        orders[slot].open -= quantity
        orders[slot].visible = Swift.min(orders[slot].visible, orders[slot].open)
        release(held - hold(of: slot), of: slot)
        if orders[slot].open == 0 {
            book.remove(slot: slot)
            retire(slot, .cancelled, reason, isRegistered: true, &events)
        } else {
            let less = shown - orders[slot].shown
            if less > 0 { book.reduce(slot: slot, by: less) }
            note(slot, reason, &events)
        }
    }

    /// Updates the book for an order of it that traded, and reports the order.
    @inline(__always)
    mutating func settleInBook(
        _ slot: UInt32,
        traded quantity: Int64,
        _ events: inout EventBuffer
    ) {
        if orders[slot].open == 0 {
            book.remove(slot: slot)
            retire(slot, .filled, .matching, isRegistered: true, &events)
            return
        }
        orders[slot].state = .partial
        if orders[slot].isIceberg {
            orders[slot].visible -= quantity
            if orders[slot].visible == 0 {
                orders[slot].visible = Swift.min(orders[slot].display, orders[slot].open)
                book.remove(slot: slot)
                enqueue(slot)
                note(slot, .replenished, &events)
                return
            }
        }
        book.reduce(slot: slot, by: quantity)
        note(slot, .matching, &events)
    }
}
