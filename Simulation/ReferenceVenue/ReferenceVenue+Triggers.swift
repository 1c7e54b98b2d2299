import Primitives
import Venue

/// Stops: which trigger at a price, and what they do then.
extension ReferenceVenue {
    /// Whether a stop that arrives or was amended triggers at once.
    func triggersNow(_ order: ReferenceOrder) -> Bool {
        let instrument = known(order.placed.instrument)
        guard let last = instrument.lastPrice, instrument.phase == .continuous else { return false }
        return isMet(order, by: last)
    }

    /// Triggers one stop and works off everything that follows from it.
    func trigger(_ order: ReferenceOrder) {
        order.place = .arriving
        line.append(order)
        workOffLine()
    }

    /// Notes a price that traded: stops join the line, then trailing stops follow.
    func observe(_ instrument: InstrumentID, _ price: Int64) {
        for side in [Side.buy, .sell] {
            for order in waitingStops(instrument, side) where isMet(order, by: price) {
                order.place = .arriving
                line.append(order)
            }
        }
        for order in orders
        where order.place == .waiting && order.placed.type == .trailingStop
            && order.placed.instrument == instrument
        {
            let trail = order.placed.trail.ticks
            let followed =
                order.placed.side == .buy
                ? min(order.trigger, price + trail) : max(order.trigger, price - trail)
            if followed == order.trigger { continue }
            order.trigger = followed
            join(order, .waiting)
            report(order, .pendingTrigger, .trailed)
        }
    }

    /// Works off the line of triggered orders, which their own trades may lengthen.
    func workOffLine() {
        while !line.isEmpty {
            let order = line.removeFirst()
            report(order, .new, .triggered)
            if order.isPriceless {
                matchWithoutPrice(order)
            } else if !known(order.placed.instrument).bandAllows(order.price) {
                end(order, .cancelled, .band)
            } else {
                match(order)
            }
        }
    }

    private func matchWithoutPrice(_ order: ReferenceOrder) {
        let hold = requiredHold(
            order.placed,
            price: 0,
            quantity: order.open,
            rate: max(order.makerRate, order.takerRate)
        )
        if hold == 0 || hold > available(to: order.placed) {
            return end(order, .cancelled, .insufficientFunds)
        }
        setHold(of: order, to: hold)
        match(order)
    }

    private func isMet(_ order: ReferenceOrder, by price: Int64) -> Bool {
        order.placed.side == .buy ? price >= order.trigger : price <= order.trigger
    }
}
