import Primitives
import Venue
import SeededRandomness

/// Orders and amendments.
extension CommandGenerator {
    mutating func newOrder(_ venue: ReferenceVenue) -> NewOrder {
        let id = instrument()
        let side: Side = random.chance(50) ? .buy : .sell
        let type = random.pick(weighted: profile.types)
        var order = NewOrder(
            account: account(),
            instrument: id,
            side: side,
            type: type,
            timeInForce: timeInForce(type),
            quantity: Quantity(quantity(venue.instrument(id))),
            clientID: random.chance(50) ? 0 : UInt64(1 + random.below(40)),
            selfTradePrevention: random.pick(weighted: profile.preventions)
        )
        setPrices(of: &order, venue.instrument(id))
        let rests = order.timeInForce != .immediateOrCancel && order.timeInForce != .fillOrKill
        let isPriced = type == .limit || type == .stopLimit
        if isPriced && rests && random.chance(profile.icebergPercent) {
            order.display = Quantity(display(of: order, venue.instrument(id)))
        }
        if type == .limit && rests && random.chance(profile.postOnlyPercent) {
            order.postOnly = random.chance(50) ? .reject : .reprice
        }
        if order.timeInForce == .goodTillTime {
            order.expiresAt = Timestamp(time + 1 + UInt64(random.below(30_000)))
        }
        return order
    }

    mutating func amendment(_ venue: ReferenceVenue) -> OrderAmendment {
        guard let order = liveOrder(venue) else {
            return OrderAmendment(reference: reference(nil), quantity: Quantity(1))
        }
        let instrument = venue.instrument(order.placed.instrument)
        let quantity: Int64 =
            switch random.below(10) {
            case 0..<4: max(1, min(order.open, random.from(1...order.open)))
            case 4..<7: order.open
            default: self.quantity(instrument)
            }
        var amendment = OrderAmendment(
            reference: reference(order),
            quantity: Quantity(onIncrement(quantity, instrument?.increments.quantityIncrement))
        )
        if order.price != 0 && random.chance(40) {
            amendment.price = random.chance(20) ? Price(order.price) : Price(price(instrument))
        }
        if order.isWaiting && random.chance(40) {
            amendment.trigger =
                random.chance(20) ? Price(order.trigger) : Price(price(instrument))
        }
        amendment.keepsPriority = random.chance(15)
        return amendment
    }

    private mutating func timeInForce(_ type: OrderType) -> TimeInForce {
        switch type {
        case .market: random.chance(70) ? .immediateOrCancel : .fillOrKill
        case .stop, .stopLimit, .trailingStop:
            random.pick([.goodTillCancel, .goodTillCancel, .goodTillTime, .day])
        case .limit:
            random.pick(weighted: [
                (60, .goodTillCancel), (10, .immediateOrCancel), (12, .fillOrKill),
                (10, .goodTillTime), (10, .day),
            ])
        }
    }

    private mutating func setPrices(of order: inout NewOrder, _ instrument: ReferenceInstrument?) {
        switch order.type {
        case .market: break
        case .limit: order.price = Price(price(instrument))
        case .stop: order.trigger = Price(trigger(order.side, instrument))
        case .stopLimit:
            order.trigger = Price(trigger(order.side, instrument))
            order.price = Price(price(instrument))
        case .trailingStop:
            let trail = (1 + random.from(0...min(profile.priceReach, 5))) * profile.priceStep
            order.trail = Price(onIncrement(trail, instrument?.increments.priceIncrement))
        }
    }

    /// Any price of the profile.
    mutating func anyPrice() -> Int64 {
        let reach = profile.priceReach
        let price = profile.priceCentre + random.from(-reach...reach) * profile.priceStep
        return min(max(price, 1), Limits.priceMax)
    }

    /// A price of the profile that the instrument most likely allows.
    private mutating func price(_ instrument: ReferenceInstrument?) -> Int64 {
        var ticks = anyPrice()
        if random.chance(20), let last = instrument?.lastPrice {
            ticks = min(max(last + random.from(-2...2) * profile.priceStep, 1), Limits.priceMax)
        }
        return onIncrement(ticks, instrument?.increments.priceIncrement)
    }

    /// A trigger price, mostly on the side of the market where it waits.
    private mutating func trigger(_ side: Side, _ instrument: ReferenceInstrument?) -> Int64 {
        guard let last = instrument?.lastPrice, random.chance(80) else { return price(instrument) }
        let distance = random.from(0...4) * profile.priceStep
        let ticks = side == .buy ? last + distance : last - distance
        return onIncrement(
            min(max(ticks, 1), Limits.priceMax),
            instrument?.increments.priceIncrement
        )
    }

    private mutating func quantity(_ instrument: ReferenceInstrument?) -> Int64 {
        let most = min(
            profile.quantityReach,
            instrument?.increments.quantityMax ?? Limits.quantityMax
        )
        let lots = random.chance(2) ? most : random.from(1...most)
        // Now and then one of very different size, so that small and huge orders meet.
        let scaled = profile.quantityReach > 1_000_000 ? lots >> Int64(random.below(36)) : lots
        return onIncrement(max(1, scaled), instrument?.increments.quantityIncrement)
    }

    private mutating func display(
        of order: NewOrder,
        _ instrument: ReferenceInstrument?
    ) -> Int64 {
        let lots = random.from(1...max(1, order.quantity.lots / 2))
        return onIncrement(lots, instrument?.increments.quantityIncrement)
    }

    /// The number rounded down to a multiple of an increment, but not to 0; now and then as it is.
    private mutating func onIncrement(_ number: Int64, _ increment: Int64?) -> Int64 {
        guard let increment, !random.chance(3) else { return number }
        return max(increment, number / increment * increment)
    }
}
