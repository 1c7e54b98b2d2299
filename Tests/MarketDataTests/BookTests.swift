import MarketData
import Primitives
import ReferenceVenue
import SeededRandomness
import Testing
import Venue

@Suite("Books")
struct BookTests {
    private static let instruments = (0..<6).map { InstrumentID($0) }

    @Test("a book is that of the reference model after every flush", arguments: UInt64(0)..<30)
    func equalsReference(seed: UInt64) throws {
        let market = MarketData(listing: try listing())
        let followed = FollowedVenue(market)
        var generator = CommandGenerator(seed: seed)
        var random = RandomSource(seed: seed)
        try followed.flush()
        for _ in 0..<1_000 {
            let step = generator.next(followed.model)
            followed.apply(step.command, at: step.time)
            guard random.chance(30) else { continue }
            try followed.flush()
            compare(market, followed.model)
        }
    }

    private func compare(_ market: MarketData, _ model: ReferenceVenue) {
        for instrument in Self.instruments {
            guard model.instrument(instrument) != nil else {
                #expect(market.book(instrument) == nil)
                continue
            }
            let bids = model.book(instrument, .buy)
            let asks = model.book(instrument, .sell)
            let orders = market.bookOrders(instrument)
            #expect(orders?.bids.map(Shown.init) == bids.map(Shown.init))
            #expect(orders?.asks.map(Shown.init) == asks.map(Shown.init))
            let book = market.book(instrument)
            #expect(book?.bids.map(Aggregated.init) == Aggregated.levels(bids))
            #expect(book?.asks.map(Aggregated.init) == Aggregated.levels(asks))
        }
    }
}

/// An order as a book shows it.
struct Shown: Equatable {
    var order: OrderID
    var price: Int64
    var quantity: Int64

    init(_ order: BookOrder) {
        self.order = order.order
        price = order.price.ticks
        quantity = order.quantity.lots
    }

    init(_ order: ReferenceOrder) {
        self.order = order.id
        price = order.price
        quantity = order.visible
    }
}

/// A level as a book shows it.
struct Aggregated: Equatable {
    var price: Int64
    var quantity: Int64
    var orderCount: Int

    init(_ level: BookLevel) {
        price = level.price.ticks
        quantity = level.quantity.lots
        orderCount = Int(level.orderCount)
    }

    init(price: Int64, quantity: Int64, orderCount: Int) {
        self.price = price
        self.quantity = quantity
        self.orderCount = orderCount
    }

    /// The levels of orders that are sorted by their price.
    static func levels(_ orders: [ReferenceOrder]) -> [Aggregated] {
        var levels: [Aggregated] = []
        for order in orders {
            if let last = levels.last, last.price == order.price {
                levels[levels.count - 1].quantity += order.visible
                levels[levels.count - 1].orderCount += 1
            } else {
                levels.append(
                    Aggregated(price: order.price, quantity: order.visible, orderCount: 1)
                )
            }
        }
        return levels
    }
}
