import MarketData
import Primitives
import ReferenceVenue
import SeededRandomness
import Testing
import Venue

@Suite("Own orders")
struct OwnOrderTests {
    /// What an owner must know of an order, whoever says it.
    private struct Known: Equatable {
        var order: OrderID
        var account: AccountID
        var clientID: UInt64
        var side: Side
        var type: OrderType
        var timeInForce: TimeInForce
        var price: Int64
        var trigger: Int64
        var open: Int64
        var filled: Int64
        var display: Int64
        var expiresAt: UInt64
        var state: OrderState

        init(_ order: OwnOrder) {
            self.order = order.order
            account = order.account
            clientID = order.clientID
            side = order.side
            type = order.type
            timeInForce = order.timeInForce
            price = order.price.ticks
            trigger = order.trigger.ticks
            open = order.open.lots
            filled = order.filled.lots
            display = order.display.lots
            expiresAt = order.expiresAt.nanoseconds
            state = order.state
        }

        init(_ order: ReferenceOrder) {
            self.order = order.id
            account = order.placed.account
            clientID = order.placed.clientID
            side = order.placed.side
            type = order.placed.type
            timeInForce = order.placed.timeInForce
            price = order.price
            trigger = order.isWaiting ? order.trigger : 0
            open = order.open
            filled = order.filled
            display = order.placed.display.lots
            expiresAt = order.placed.expiresAt.nanoseconds
            state = order.state
        }
    }

    @Test(
        "every account sees its live orders as the reference model has them",
        arguments: UInt64(0)..<20
    )
    func liveOrders(seed: UInt64) throws {
        let market = MarketData(listing: try listing())
        let followed = FollowedVenue(market)
        var generator = CommandGenerator(seed: seed)
        var random = RandomSource(seed: seed)
        for _ in 0..<1_000 {
            let step = generator.next(followed.model)
            followed.apply(step.command, at: step.time)
            guard random.chance(15) else { continue }
            try followed.flush()
            for account in (16..<28).map({ number in AccountID(number) }) {
                let expected = followed.model.orders.filter { order in
                    order.placed.account == account
                }
                #expect(market.orders(of: account).map(Known.init) == expected.map(Known.init))
            }
        }
    }

    @Test("an owner is told every change of every order, up to its end", arguments: UInt64(0)..<20)
    func updates(seed: UInt64) throws {
        let followed = FollowedVenue(MarketData(listing: try listing()))
        var generator = CommandGenerator(seed: seed)
        var random = RandomSource(seed: seed)
        var shown: [OrderID: OwnOrder] = [:]
        var expected: [OrderID: Event] = [:]
        var fills: [(TradeID, AccountID, OrderID, Int64)] = []
        try followed.flush()
        for _ in 0..<800 {
            let step = generator.next(followed.model)
            for event in followed.apply(step.command, at: step.time) {
                switch event {
                case .orderPlaced(let placed): expected[placed.order] = event
                case .orderChanged(let changed): expected[changed.order] = event
                default: break
                }
            }
            guard random.chance(20) else { continue }
            try followed.flush()
            for update in followed.recorder.take() {
                let names = update.orders.map(\.order)
                #expect(Set(names).count == names.count)
                for order in update.orders { shown[order.order] = order }
                fills += update.fills.map { fill in
                    (fill.trade, fill.account, fill.order, fill.quantity.lots)
                }
            }
            #expect(shown.count == expected.count)
            for (name, event) in expected { Self.expect(shown[name], tells: event) }
            for order in followed.model.orders {
                #expect(shown[order.id].map(Known.init) == Known(order))
            }
        }
        try followed.flush()
        for update in followed.recorder.take() {
            fills += update.fills.map { fill in
                (fill.trade, fill.account, fill.order, fill.quantity.lots)
            }
        }
        let both = followed.trades.map(\.trade).flatMap { trade in
            let isBuyerTaking = trade.takerSide == .buy
            let makerAccount = isBuyerTaking ? trade.seller : trade.buyer
            let takerAccount = isBuyerTaking ? trade.buyer : trade.seller
            return [
                (trade.trade, makerAccount, trade.maker, trade.quantity.lots),
                (trade.trade, takerAccount, trade.taker, trade.quantity.lots),
            ]
        }
        #expect(fills.elementsEqual(both) { left, right in left == right })
    }

    private static func expect(_ order: OwnOrder?, tells event: Event) {
        switch event {
        case .orderPlaced(let placed):
            #expect(order?.state == .new)
            #expect(order?.open == placed.quantity)
            #expect(order?.type == placed.type)
        case .orderChanged(let changed):
            #expect(order?.state == changed.state)
            #expect(order?.reason == changed.reason)
            #expect(order?.open == changed.open)
            #expect(order?.filled == changed.filled)
            let price = changed.state == .pendingTrigger ? order?.trigger : order?.price
            #expect(price == changed.price)
        default: Issue.record("no event of an order: \(event)")
        }
    }
}
