import Primitives
import Venue

/// Matching in the continuous phase.
extension ReferenceVenue {
    /// Matches an arriving order, reports what became of it, and observes the prices of its trades.
    func match(_ taker: ReferenceOrder) {
        if taker.placed.timeInForce == .fillOrKill && !canBeFilled(taker) {
            return end(taker, .cancelled, .fillOrKill)
        }
        var prices: [Int64] = []
        var fundsSuffice = true
        while taker.open > 0 && !taker.hasEnded && fundsSuffice {
            guard let maker = bestOrder(taker.placed.instrument, taker.placed.side.opposite),
                isWithinLimit(taker, maker.price)
            else { break }
            if preventsSelfTrade(taker, maker) {
                preventSelfTrade(taker, maker)
                continue
            }
            let quantity = min(taker.open, maker.visible, mostPayable(taker, maker.price))
            if quantity == 0 {
                fundsSuffice = false
                continue
            }
            trade(maker: maker, taker: taker, price: maker.price, quantity: quantity)
            reportTraded(maker)
            prices.append(maker.price)
        }
        if !taker.hasEnded { finishTaking(taker, fundsSuffice) }
        if let first = prices.first, let last = prices.last {
            observe(taker.placed.instrument, first)
            observe(taker.placed.instrument, last)
        }
    }

    private func finishTaking(_ taker: ReferenceOrder, _ fundsSuffice: Bool) {
        if taker.open == 0 {
            end(taker, .filled, .matching)
        } else if !fundsSuffice {
            end(taker, .cancelled, .insufficientFunds)
        } else if taker.isPriceless || taker.placed.timeInForce == .immediateOrCancel {
            end(taker, .cancelled, .immediateRemainder)
        } else {
            rest(taker)
        }
    }

    /// Whether an order may trade at a price: its own limit, or the band for an order without one.
    private func isWithinLimit(_ taker: ReferenceOrder, _ price: Int64) -> Bool {
        if taker.isPriceless { return known(taker.placed.instrument).bandAllows(price) }
        return taker.placed.side == .buy ? price <= taker.price : price >= taker.price
    }

    /// How many lots the taker may take at a price for want of funds; only a market buy is limited.
    ///
    /// A fill-or-kill order is not: it was decided before that its funds suffice.
    private func mostPayable(_ taker: ReferenceOrder, _ price: Int64) -> Int64 {
        if !taker.isPriceless || taker.placed.side == .sell { return .max }
        if taker.placed.timeInForce == .fillOrKill { return .max }
        let instrument = known(taker.placed.instrument)
        let lots = lotsPayable(
            instrument.definition,
            budget: taker.held,
            price: price,
            rate: taker.takerRate
        )
        let increment = Amount(instrument.increments.quantityIncrement)
        return Int64(clamping: lots - lots % increment)
    }

    /// Whether a fill-or-kill order can be filled completely now.
    private func canBeFilled(_ taker: ReferenceOrder) -> Bool {
        var missing = taker.open
        var cost: Amount = 0
        for (price, lots) in quantitiesWithinReach(of: taker) {
            let quantity = min(missing, lots)
            missing -= quantity
            cost += notional(
                definition(taker.placed.instrument),
                price: price,
                quantity: quantity
            )
        }
        if missing > 0 { return false }
        if !taker.isPriceless || taker.placed.side == .sell { return true }
        return cost + fee(on: cost, rate: taker.takerRate) <= taker.held
    }

    /// What a fill-or-kill order can count on, in matching order.
    private func quantitiesWithinReach(
        of taker: ReferenceOrder
    ) -> [(price: Int64, lots: Int64)] {
        let account = taker.placed.account
        let mode = taker.placed.selfTradePrevention
        let reachable = book(taker.placed.instrument, taker.placed.side.opposite).filter {
            isWithinLimit(taker, $0.price)
        }
        if mode == .none { return reachable.map { ($0.price, $0.open) } }
        let others = reachable.filter { $0.placed.account != account }
        if mode == .cancelOldest { return others.map { ($0.price, $0.open) } }
        guard let wall = reachable.firstIndex(where: { $0.placed.account == account }) else {
            return others.map { ($0.price, $0.open) }
        }
        let wallPrice = reachable[wall].price
        return reachable[..<wall].map { ($0.price, $0.price == wallPrice ? $0.visible : $0.open) }
    }

    /// Reports an order of the book after a trade: filled, partial, or showing its next part.
    func reportTraded(_ order: ReferenceOrder) {
        if order.open == 0 {
            end(order, .filled, .matching)
        } else if order.visible == 0 {
            order.visible = order.freshlyVisible
            join(order, .book)
            report(order, .partial, .replenished)
        } else {
            report(order, .partial, .matching)
        }
    }
}

/// Self-trade prevention, in the continuous phase and in auctions.
extension ReferenceVenue {
    func preventsSelfTrade(_ taker: ReferenceOrder, _ maker: ReferenceOrder) -> Bool {
        taker.placed.account == maker.placed.account && taker.placed.selfTradePrevention != .none
    }

    func preventSelfTrade(_ taker: ReferenceOrder, _ maker: ReferenceOrder) {
        switch taker.placed.selfTradePrevention {
        case .none: preconditionFailure("they would trade")
        case .cancelNewest: end(taker, .cancelled, .selfTrade)
        case .cancelOldest: end(maker, .cancelled, .selfTrade)
        case .cancelBoth:
            end(maker, .cancelled, .selfTrade)
            end(taker, .cancelled, .selfTrade)
        case .decrement:
            let quantity = min(taker.open, maker.open)
            decrement(maker, by: quantity)
            decrement(taker, by: quantity)
        }
    }

    private func decrement(_ order: ReferenceOrder, by quantity: Int64) {
        order.open -= quantity
        order.visible = min(order.visible, order.open)
        if order.open == 0 { return end(order, .cancelled, .selfTrade) }
        refreshHold(order)
        // An order that is still arriving reports where it ends up once it has arrived.
        if order.place == .book { report(order, order.state, .selfTrade) }
    }
}

/// Novation and the money of a trade.
extension ReferenceVenue {
    func trade(maker: ReferenceOrder, taker: ReferenceOrder, price: Int64, quantity: Int64) {
        let instrument = known(maker.placed.instrument)
        let definition = instrument.definition
        let notional = notional(definition, price: price, quantity: quantity)
        let makerFee = fee(on: notional, rate: maker.makerRate)
        let takerFee = fee(on: notional, rate: taker.takerRate)
        let takerBuys = taker.placed.side == .buy
        let contract = ReferenceContract(
            instrument: definition.instrument,
            buyer: takerBuys ? taker.placed.account : maker.placed.account,
            seller: takerBuys ? maker.placed.account : taker.placed.account,
            notional: notional,
            buyerFee: takerBuys ? takerFee : makerFee,
            sellerFee: takerBuys ? makerFee : takerFee,
            delivery: delivery(definition, quantity: quantity)
        )

        tradeCount += 1
        instrument.lastPrice = price
        events.append(
            .traded(
                Trade(
                    trade: TradeID(tradeCount),
                    instrument: definition.instrument,
                    takerSide: taker.placed.side,
                    settlement: definition.settlement,
                    price: Price(price),
                    quantity: Quantity(quantity),
                    maker: maker.id,
                    taker: taker.id,
                    makerClientID: maker.placed.clientID,
                    takerClientID: taker.placed.clientID,
                    buyer: contract.buyer,
                    seller: contract.seller,
                    notional: notional,
                    buyerFee: contract.buyerFee,
                    sellerFee: contract.sellerFee
                )
            )
        )

        (takerBuys ? taker : maker).held -= contract.notional + contract.buyerFee
        (takerBuys ? maker : taker).held -= contract.delivery
        switch definition.settlement {
        case .spot: exchange(contract)
        case .service: waitingContracts[tradeCount] = contract
        }
        for order in [maker, taker] {
            order.open -= quantity
            order.filled += quantity
            if order.place == .book { order.visible -= quantity }
            refreshHold(order)
        }
    }

    /// Makes the hold of an order what the rules give for its open quantity and releases the rest.
    ///
    /// A buy order without a price keeps what is left of its budget until it ends.
    func refreshHold(_ order: ReferenceOrder) {
        if order.isPriceless && (order.placed.side == .buy || order.place == .waiting) { return }
        let rate = max(order.makerRate, order.takerRate)
        let hold = requiredHold(
            order.placed,
            price: order.price,
            quantity: order.open,
            rate: rate
        )
        precondition(hold <= order.held)
        setHold(of: order, to: hold)
    }
}
