import Primitives
import Venue

/// Phases and auctions.
extension ReferenceVenue {
    func setPhase(_ change: PhaseChange) {
        guard let instrument = instrument(change.instrument) else {
            return refuse(.unknownInstrument)
        }
        if !isLegal(from: instrument.phase, to: change.phase) {
            return refuse(.illegalPhaseChange)
        }
        instrument.phase = change.phase
        events.append(.phaseChanged(change))
        if change.phase == .continuous || change.phase == .closed { uncross(instrument) }
        if change.phase == .closed {
            for order in instrumentOrder(change.instrument)
            where order.placed.timeInForce == .day {
                end(order, .expired, .expired)
            }
        }
        if change.phase == .continuous, let last = instrument.lastPrice {
            observe(change.instrument, last)
            workOffLine()
        }
    }

    private func isLegal(from source: Phase, to target: Phase) -> Bool {
        switch source {
        case .closed: target == .openingAuction || target == .continuous
        case .openingAuction: target == .continuous || target == .halted || target == .closed
        case .continuous: target != .continuous
        case .closingAuction: target == .continuous || target == .halted || target == .closed
        case .halted: target != .halted
        }
    }

    /// Trades at one price until no more can; again, if self-trade prevention left the book crossed.
    private func uncross(_ instrument: ReferenceInstrument) {
        let id = instrument.definition.instrument
        while let price = auctionPrice(instrument) {
            var traded: Int64 = 0
            while let buy = bestOrder(id, .buy), let sell = bestOrder(id, .sell),
                buy.price >= price, sell.price <= price
            {
                traded += meet(buy, sell, price)
            }
            if traded > 0 {
                events.append(
                    .uncrossed(
                        AuctionResult(
                            instrument: id,
                            price: Price(price),
                            quantity: Quantity(traded)
                        )
                    )
                )
            }
        }
    }

    /// Lets two orders of the book trade at the auction price; returns how much they traded.
    private func meet(_ buy: ReferenceOrder, _ sell: ReferenceOrder, _ price: Int64) -> Int64 {
        let maker = buy.joined < sell.joined ? buy : sell
        let taker = buy.joined < sell.joined ? sell : buy
        if preventsSelfTrade(taker, maker) {
            preventSelfTrade(taker, maker)
            return 0
        }
        let quantity = min(buy.visible, sell.visible)
        trade(maker: maker, taker: taker, price: price, quantity: quantity)
        reportTraded(maker)
        reportTraded(taker)
        return quantity
    }

    /// The price at which a crossed book uncrosses; nil if it is not crossed.
    private func auctionPrice(_ instrument: ReferenceInstrument) -> Int64? {
        let buys = book(instrument.definition.instrument, .buy)
        let sells = book(instrument.definition.instrument, .sell)
        guard let bid = buys.first?.price, let ask = sells.first?.price, bid >= ask else {
            return nil
        }
        let prices = Set((buys + sells).map(\.price)).filter { ask <= $0 && $0 <= bid }.sorted()
        var candidates = prices.map { price in
            AuctionCandidate(
                price: price,
                demand: buys.filter { $0.price >= price }.reduce(0) { $0 + Amount($1.open) },
                supply: sells.filter { $0.price <= price }.reduce(0) { $0 + Amount($1.open) }
            )
        }
        candidates.keepLowest { -$0.volume }
        candidates.keepLowest { abs($0.surplus) }
        if candidates.allSatisfy({ $0.surplus > 0 }) { return candidates.last?.price }
        if candidates.allSatisfy({ $0.surplus < 0 }) { return candidates.first?.price }
        if let last = instrument.lastPrice {
            candidates.keepLowest { Amount(abs($0.price - last)) }
        }
        return candidates.first?.price
    }
}

/// A price at which an auction might trade.
private struct AuctionCandidate {
    var price: Int64
    var demand: Amount
    var supply: Amount

    var volume: Amount { min(demand, supply) }
    var surplus: Amount { demand - supply }
}

extension [AuctionCandidate] {
    /// Keeps those for which `measure` is lowest, in their order.
    fileprivate mutating func keepLowest(_ measure: (AuctionCandidate) -> Amount) {
        guard let lowest = map(measure).min() else { return }
        removeAll { measure($0) != lowest }
    }
}
