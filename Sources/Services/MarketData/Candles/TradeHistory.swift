internal import Primitives

/// The last trades of one instrument.
struct TradeHistory {
    private let capacity: Int
    /// A ring once it is full; `start` is the oldest then.
    private var ring: [MarketTrade] = []
    private var start = 0

    init(capacity: Int) { self.capacity = capacity }

    /// The newest trade, if there is one.
    var last: MarketTrade? { ring.isEmpty ? nil : self[ring.count - 1] }

    var count: Int { ring.count }

    /// The trade at a place, oldest first.
    subscript(index: Int) -> MarketTrade {
        let place = start + index
        return ring[place < ring.count ? place : place - ring.count]
    }

    mutating func append(_ trade: MarketTrade) {
        if ring.count < capacity {
            ring.append(trade)
            return
        }
        ring[start] = trade
        start = start + 1 == capacity ? 0 : start + 1
    }

    /// The newest trades with a number below one, newest first.
    ///
    /// - Complexity: O(`limit` + log n).
    func newest(_ limit: Int, before trade: TradeID?) -> [MarketTrade] {
        var low = 0
        var high = ring.count
        if let trade {
            while low < high {
                let middle = (low + high) / 2
                if self[middle].trade.rawValue < trade.rawValue {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
        }
        let first = max(high - max(limit, 0), 0)
        return (first..<high).reversed().map { index in self[index] }
    }
}
