import Primitives
import Venue

/// Placing orders. Each check function covers a run of refusal numbers, in their order.
extension ReferenceVenue {
    func place(_ new: NewOrder) {
        if let refusal = refusalBeforePrice(new) {
            return refuse(refusal, account: new.account, clientID: new.clientID)
        }
        let instrument = known(new.instrument)
        let wouldTake = new.postOnly != .off && takes(new, price: new.price.ticks)
        var price = new.price.ticks
        if wouldTake && new.postOnly == .reprice {
            guard let moved = priceThatRests(new) else {
                return refuse(.wouldTake, account: new.account, clientID: new.clientID)
            }
            price = moved
        }
        let isStopWithoutPrice = new.type == .stop || new.type == .trailingStop
        let rate = max(instrument.fees.makerRate, instrument.fees.takerRate)
        let hold =
            isStopWithoutPrice
            ? 0 : requiredHold(new, price: price, quantity: new.quantity.lots, rate: rate)
        if hold > available(to: new) || (hold == 0 && !isStopWithoutPrice) {
            return refuse(.insufficientFunds, account: new.account, clientID: new.clientID)
        }
        if wouldTake && new.postOnly == .reject {
            return refuse(.wouldTake, account: new.account, clientID: new.clientID)
        }
        let order = accept(new, price: price)
        setHold(of: order, to: hold)
        if price != new.price.ticks { report(order, .new, .repriced) }
        start(order)
    }

    private func accept(_ new: NewOrder, price: Int64) -> ReferenceOrder {
        let instrument = known(new.instrument)
        acceptedCount += 1
        let slot: UInt32
        if let freed = freeSlots.popLast() {
            slot = freed
        } else {
            slotsEverUsed += 1
            slot = slotsEverUsed
        }
        let trigger = new.type == .trailingStop ? firstTrigger(new) ?? 0 : new.trigger.ticks
        let order = ReferenceOrder(
            id: OrderID(counter: acceptedCount, slot: slot),
            placed: new,
            price: price,
            trigger: trigger,
            fees: instrument.fees
        )
        orders.append(order)
        for asset in [instrument.definition.base, instrument.definition.quote] {
            change(new.account, asset) { _ in }
        }
        events.append(
            .orderPlaced(
                OrderPlaced(
                    order: order.id,
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
        )
        return order
    }

    /// What an accepted order does first.
    private func start(_ order: ReferenceOrder) {
        switch order.placed.type {
        case .limit, .market: restOrMatch(order)
        case .stop, .stopLimit, .trailingStop:
            if triggersNow(order) {
                trigger(order)
            } else {
                join(order, .waiting)
                report(order, .pendingTrigger, .matching)
            }
        }
    }

    /// A limit order that is new or has new terms rests in an auction and is matched otherwise.
    func restOrMatch(_ order: ReferenceOrder) {
        order.place = .arriving
        if known(order.placed.instrument).isInAuction {
            rest(order)
        } else {
            match(order)
            workOffLine()
        }
    }

    /// Puts an order at the end of its price's queue.
    func rest(_ order: ReferenceOrder) {
        order.visible = order.freshlyVisible
        join(order, .book)
        report(order, order.filled == 0 ? .open : .partial, .matching)
    }

    /// The first trigger of a trailing stop, if the instrument ever traded.
    func firstTrigger(_ new: NewOrder) -> Int64? {
        guard let last = known(new.instrument).lastPrice else { return nil }
        return new.side == .buy ? last + new.trail.ticks : last - new.trail.ticks
    }

    /// Whether a post-only order would take at a price; it is looked at in the continuous phase only.
    func takes(_ order: NewOrder, price: Int64) -> Bool {
        if known(order.instrument).phase != .continuous { return false }
        guard let best = bestOrder(order.instrument, order.side.opposite) else { return false }
        return order.side == .buy ? best.price <= price : best.price >= price
    }

    /// The price nearest to the best opposite price at which a post-only order rests, if it may have it.
    func priceThatRests(_ order: NewOrder) -> Int64? {
        let instrument = known(order.instrument)
        guard let best = bestOrder(order.instrument, order.side.opposite) else { return nil }
        let increment = instrument.increments.priceIncrement
        let price =
            order.side == .buy
            ? (best.price - 1) / increment * increment : (best.price / increment + 1) * increment
        let isAllowed = (1...Limits.priceMax).contains(price) && instrument.bandAllows(price)
        return isAllowed ? price : nil
    }
}

/// The refusals of a new order that come before its funds are looked at.
extension ReferenceVenue {
    private func refusalBeforePrice(_ new: NewOrder) -> Refusal? {
        if !accounts.contains(new.account.rawValue) { return .unknownAccount }
        if new.account.isReserved { return .reservedAccount }
        guard let instrument = instrument(new.instrument) else { return .unknownInstrument }
        if let refusal = tradingRefusal(instrument) { return refusal }
        if !fieldsGoTogether(new) { return .invalidOrder }
        if instrument.isInAuction && !mayGatherInAuction(new) { return .notInThisPhase }
        if let refusal = quantityRefusal(new.quantity.lots, instrument) { return refusal }
        if let refusal = displayRefusal(new, instrument) { return refusal }
        if new.price != .none {
            if let refusal = priceRefusal(new.price.ticks, instrument) { return refusal }
        }
        if new.trigger != .none && !isValid(new.trigger.ticks, instrument) {
            return .invalidTrigger
        }
        if new.trail != .none {
            if !isValid(new.trail.ticks, instrument) { return .invalidTrail }
            guard let trigger = firstTrigger(new) else { return .invalidTrail }
            if !(1...Limits.priceMax).contains(trigger) { return .invalidTrail }
        }
        if new.timeInForce == .goodTillTime && new.expiresAt <= time { return .invalidExpiry }
        if new.timeInForce != .goodTillTime && new.expiresAt != .zero { return .invalidExpiry }
        return roomRefusal(new, instrument)
    }

    /// 13 and 14: whether the instrument takes orders and amendments.
    func tradingRefusal(_ instrument: ReferenceInstrument) -> Refusal? {
        if instrument.phase == .closed { return .instrumentClosed }
        let isService = instrument.definition.settlement == .service
        if isService && instrument.definition.windowEnd <= time { return .instrumentClosed }
        return instrument.phase == .halted ? .instrumentHalted : nil
    }

    private func fieldsGoTogether(_ new: NewOrder) -> Bool {
        let needsPrice = new.type == .limit || new.type == .stopLimit
        let needsTrigger = new.type == .stop || new.type == .stopLimit
        let needsTrail = new.type == .trailingStop
        let isStop = needsTrigger || needsTrail
        let isImmediate =
            new.timeInForce == .immediateOrCancel || new.timeInForce == .fillOrKill
        if needsPrice != (new.price != .none) { return false }
        if needsTrigger != (new.trigger != .none) { return false }
        if needsTrail != (new.trail != .none) { return false }
        if new.type == .market && !isImmediate { return false }
        if isStop && isImmediate { return false }
        if new.postOnly != .off && (new.type != .limit || isImmediate) { return false }
        if new.display != .zero && (!needsPrice || isImmediate) { return false }
        return true
    }

    private func mayGatherInAuction(_ new: NewOrder) -> Bool {
        if new.type == .market || new.postOnly != .off { return false }
        return new.timeInForce != .immediateOrCancel && new.timeInForce != .fillOrKill
    }

    /// 23 and 24.
    func quantityRefusal(_ lots: Int64, _ instrument: ReferenceInstrument) -> Refusal? {
        let rule = instrument.increments
        if lots < 1 || lots > rule.quantityMax { return .invalidQuantity }
        return lots % rule.quantityIncrement == 0 ? nil : .quantityOffIncrement
    }

    private func displayRefusal(_ new: NewOrder, _ instrument: ReferenceInstrument) -> Refusal? {
        let lots = new.display.lots
        if lots < 0 || lots > new.quantity.lots { return .invalidDisplay }
        if lots % instrument.increments.quantityIncrement != 0 { return .invalidDisplay }
        return hasTooManyParts(new.quantity.lots, display: lots) ? .invalidDisplay : nil
    }

    /// Whether an iceberg would be shown in more parts than it may.
    func hasTooManyParts(_ lots: Int64, display: Int64) -> Bool {
        display > 0 && Amount(lots) > Amount(display) * Amount(Limits.icebergPartsMax)
    }

    /// 26, 27 and 28.
    func priceRefusal(_ ticks: Int64, _ instrument: ReferenceInstrument) -> Refusal? {
        if !(1...Limits.priceMax).contains(ticks) { return .invalidPrice }
        if ticks % instrument.increments.priceIncrement != 0 { return .priceOffIncrement }
        return instrument.bandAllows(ticks) ? nil : .priceOutsideBand
    }

    /// Whether a trigger or a trail is in range and on the increment.
    func isValid(_ ticks: Int64, _ instrument: ReferenceInstrument) -> Bool {
        (1...Limits.priceMax).contains(ticks) && ticks % instrument.increments.priceIncrement == 0
    }

    /// 40 to 43.
    private func roomRefusal(_ new: NewOrder, _ instrument: ReferenceInstrument) -> Refusal? {
        let own = orders.filter { $0.placed.account == new.account }
        if new.clientID != 0 && own.contains(where: { $0.placed.clientID == new.clientID }) {
            return .duplicateClientID
        }
        if own.count >= Int(ordersPerAccountMax) { return .tooManyOrders }
        if new.type == .trailingStop {
            let trailing = orders.count {
                $0.placed.type == .trailingStop && $0.placed.instrument == new.instrument
            }
            if trailing >= Int(Limits.trailingStopsMax) { return .tooManyTrailingStops }
        }
        if orders.count >= Int(Limits.ordersMax) { return .venueFull }
        if acceptedCount >= Limits.orderCounterMax { return .venueFull }
        let definition = instrument.definition
        if missingBalances(of: new.account, in: [definition.base, definition.quote])
            > roomForBalances
        {
            return .venueFull
        }
        let isService = definition.settlement == .service
        if isService && waitingContracts.count + orders.count >= Int(Limits.contractsMax) {
            return .venueFull
        }
        return nil
    }
}
