package import Primitives
package import Venue

/// The queues of the book and of the waiting stops, computed from the live orders when asked for.
extension ReferenceVenue {
    /// The orders of one side of an instrument's book in the order in which they match.
    package func book(_ instrument: InstrumentID, _ side: Side) -> [ReferenceOrder] {
        resting(instrument, side, .book).sorted { matchesBefore($0, $1) }
    }

    /// The first order to match on one side of an instrument's book.
    func bestOrder(_ instrument: InstrumentID, _ side: Side) -> ReferenceOrder? {
        var best: ReferenceOrder?
        for order in orders
        where order.place == .book && order.placed.instrument == instrument
            && order.placed.side == side
        {
            guard let present = best else {
                best = order
                continue
            }
            if matchesBefore(order, present) { best = order }
        }
        return best
    }

    /// The waiting stops of one side in the order in which they trigger: buy stops from the lowest
    /// trigger up, sell stops from the highest down.
    func waitingStops(_ instrument: InstrumentID, _ side: Side) -> [ReferenceOrder] {
        resting(instrument, side, .waiting).sorted {
            let left = side == .buy ? $0.trigger : -$0.trigger
            let right = side == .buy ? $1.trigger : -$1.trigger
            return (left, $0.joined) < (right, $1.joined)
        }
    }

    /// All live orders of an instrument in the order that `docs/rules.md` calls instrument order.
    func instrumentOrder(_ instrument: InstrumentID) -> [ReferenceOrder] {
        book(instrument, .buy) + book(instrument, .sell) + waitingStops(instrument, .buy)
            + waitingStops(instrument, .sell)
    }

    private func resting(
        _ instrument: InstrumentID,
        _ side: Side,
        _ place: ReferenceOrder.Place
    ) -> [ReferenceOrder] {
        orders.filter {
            $0.place == place && $0.placed.instrument == instrument && $0.placed.side == side
        }
    }

    private func matchesBefore(_ left: ReferenceOrder, _ right: ReferenceOrder) -> Bool {
        if left.price == right.price { return left.joined < right.joined }
        return left.placed.side == .buy ? left.price > right.price : left.price < right.price
    }
}
