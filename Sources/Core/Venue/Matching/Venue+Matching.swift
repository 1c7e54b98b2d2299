import Primitives

extension Venue {
    /// Matches an order that arrives, and lets it rest or end.
    ///
    /// Its hold, or the `budget` of a market buy, is locked. It is registered if it can be found
    /// already, because it waited or rested before.
    @inline(__always)
    mutating func work(
        _ order: inout Order,
        slot: UInt32,
        isRegistered: Bool,
        budget: Amount,
        _ events: inout EventBuffer
    ) {
        var budget = budget
        var ending: ChangeReason?
        if !instruments[order.instrument].isAuction {
            if order.timeInForce == .fillOrKill && !canFill(order, budget: budget) {
                ending = .fillOrKill
            } else {
                ending = match(&order, budget: &budget, &events)
            }
        }
        if ending == nil && order.open > 0 {
            if order.price != 0 && order.timeInForce.mayRest {
                order.state = order.filled == 0 ? .open : .partial
                if order.isIceberg { order.visible = Swift.min(order.display, order.open) }
                if !isRegistered { register(order, slot: slot) }
                enqueue(&order, slot: slot)
                note(order, .matching, &events)
                return
            }
            ending = .immediateRemainder
        }
        release(hold(of: order) &+ budget, of: order)
        order.state = ending == nil ? .filled : .cancelled
        note(order, ending ?? .matching, &events)
        retire(order, slot: slot, isRegistered: isRegistered)
    }

    /// Trades an order with the opposite side as far as it goes.
    ///
    /// - Returns: Why it must end before it is filled; `nil` when the book has no more for it.
    @inline(__always)
    private mutating func match(
        _ taker: inout Order,
        budget: inout Amount,
        _ events: inout EventBuffer
    ) -> ChangeReason? {
        let ladder = oppositeLadder(of: taker)
        let limit = limitKey(of: taker)
        while taker.open > 0 {
            let key = book.bestKey(ladder)
            if key > limit { break }
            let slot = book.head(ladder)
            if taker.selfTradePrevention != .none && book.nodes[slot].account == taker.account {
                if preventSelfTrade(&taker, maker: slot, &events) { return .selfTrade }
                continue
            }
            let price = oppositeKey(of: key, taker.side)
            var quantity = Swift.min(taker.open, book.nodes[slot].quantity)
            // Fill-or-kill was decided with its cost in view.
            if taker.price == 0 && taker.side == .buy && taker.timeInForce != .fillOrKill {
                quantity = Swift.min(quantity, affordable(taker, price: price, budget: budget))
                if quantity == 0 { return .insufficientFunds }
            }
            var maker = orders[slot]
            exchange(&maker, &taker, price: price, quantity: quantity, budget: &budget, &events)
            settleInBook(&maker, slot: slot, traded: quantity, &events)
        }
        return nil
    }

    /// The worst key at which an order may trade.
    @inline(__always)
    private func limitKey(of order: Order) -> Int64 {
        if order.price != 0 { return oppositeKey(of: order.price, order.side) }
        let instrument = order.instrument
        guard instruments[instrument].hasBand else {
            return oppositeKey(of: order.side == .buy ? Limits.priceMax : 1, order.side)
        }
        return order.side == .buy
            ? instruments[instrument].bandHigh
            : oppositeKey(of: instruments[instrument].bandLow, .sell)
    }

    /// How many lots a market buy can pay at a price: ⌊budget × 10⁶ / (price × tickUnits × (10⁶ + rate))⌋.
    private mutating func affordable(_ order: Order, price: Int64, budget: Amount) -> Int64 {
        // Nested divisions, so that nothing overflows.
        let rate = 1_000_000 + Amount(order.takerRate)
        let (quotient, remainder) = budget.quotientAndRemainder(dividingBy: rate)
        let spendable = quotient * 1_000_000 + remainder * 1_000_000 / rate
        let lots = spendable / notional(price, 1, order.instrument)
        let bounded = Int64(Swift.min(lots, Amount(Limits.quantityMax)))
        return bounded - bounded % instruments[order.instrument].quantityIncrement
    }

    /// Whether a fill-or-kill order can be filled completely now.
    private mutating func canFill(_ order: Order, budget: Amount) -> Bool {
        let limit = limitKey(of: order)
        var wanted = order.open
        var cost: Amount = 0
        var level = book.index.ladders[oppositeLadder(of: order)].best
        while level != 0 && book.index.key(of: level) <= limit && wanted > 0 {
            let (found, isBlocked) = fillable(order, at: level)
            let taken = Swift.min(found, wanted)
            let price = oppositeKey(of: book.index.key(of: level), order.side)
            cost += notional(price, taken, order.instrument)
            wanted -= taken
            if isBlocked { break }
            level = book.index.level(after: level)
        }
        if wanted > 0 { return false }
        guard order.price == 0 && order.side == .buy else { return true }
        return cost + fee(on: cost, rate: order.takerRate) <= budget
    }

    /// How much an order could take at a level, and whether an order of its own account stops it there.
    private mutating func fillable(_ order: Order, at level: UInt32) -> (
        quantity: Int64, isBlocked: Bool
    ) {
        let mode = order.selfTradePrevention
        var visible: Int64 = 0
        var all: Int64 = 0
        var slot = book.index.levels[level].head
        while slot != 0 {
            if mode == .none || book.nodes[slot].account != order.account {
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
        _ taker: inout Order,
        maker slot: UInt32,
        _ events: inout EventBuffer
    ) -> Bool {
        switch taker.selfTradePrevention {
        case .none:
            preconditionFailure("called only with a mode")
        case .cancelNewest:
            return true
        case .cancelOldest:
            end(slot: slot, .cancelled, .selfTrade, &events)
            return false
        case .cancelBoth:
            end(slot: slot, .cancelled, .selfTrade, &events)
            return true
        case .decrement:
            let quantity = Swift.min(taker.open, orders[slot].open)
            shrink(slot: slot, by: quantity, .selfTrade, &events)
            let held = hold(of: taker)
            taker.open -= quantity
            release(held - hold(of: taker), of: taker)
            return taker.open == 0
        }
    }

    /// Takes quantity off an order in the book, which keeps its place, or ends if nothing is left.
    mutating func shrink(
        slot: UInt32,
        by quantity: Int64,
        _ reason: ChangeReason,
        _ events: inout EventBuffer
    ) {
        var order = orders[slot]
        precondition(quantity <= order.open)
        let held = hold(of: order)
        let shown = order.shown
        order.open -= quantity
        order.visible = Swift.min(order.visible, order.open)
        release(held - hold(of: order), of: order)
        if order.open == 0 {
            book.remove(slot: slot)
            order.state = .cancelled
            note(order, reason, &events)
            retire(order, slot: slot, isRegistered: true)
        } else {
            if order.shown < shown { book.reduce(slot: slot, by: shown - order.shown) }
            orders[slot] = order
            note(order, reason, &events)
        }
    }

    /// Updates the book and the record of an order of the book that traded, and reports it.
    @inline(__always)
    mutating func settleInBook(
        _ order: inout Order,
        slot: UInt32,
        traded quantity: Int64,
        _ events: inout EventBuffer
    ) {
        if order.open == 0 {
            book.remove(slot: slot)
            order.state = .filled
            note(order, .matching, &events)
            retire(order, slot: slot, isRegistered: true)
            return
        }
        order.state = .partial
        if order.isIceberg {
            order.visible -= quantity
            if order.visible == 0 {
                order.visible = Swift.min(order.display, order.open)
                book.remove(slot: slot)
                enqueue(&order, slot: slot)
                note(order, .replenished, &events)
                return
            }
        }
        book.reduce(slot: slot, by: quantity)
        orders[slot] = order
        note(order, .matching, &events)
    }
}
