public import Primitives

extension Venue {
    /// The best price of an instrument's resting orders on one side; `.none` where there are none.
    public func bestPrice(of instrument: InstrumentID, _ side: Side) -> Price {
        // Records and ladders are numbered from 1.
        guard instrument.rawValue < Limits.instrumentsMax,
            instrument.rawValue + 1 < instruments.count
        else { return .none }
        let kind: OrderBook.LadderKind = side == .buy ? .bids : .asks
        let key = book.bestKey(OrderBook.ladder(kind, of: instrument.rawValue + 1))
        return key == .max ? .none : Price(OrderBook.key(key, kind))
    }
}
