import MarketData
import Primitives
import ReferenceVenue
import SeededRandomness
import Synchronization
import Testing
import Venue

@Suite("Channels")
struct ChannelTests {
    private typealias Subscriber = RecordingSubscriber<MarketMessage>

    /// A client of one book and the messages that it has had.
    private struct Client {
        let subscriber = Subscriber()
        let instrument: InstrumentID
        var book: ClientBook?

        mutating func take(_ json: MarketDataJSON) {
            for message in subscriber.take() {
                switch message {
                case .bookSnapshot(let snapshot):
                    book = ClientBook(snapshot)
                    #expect(book?.has(snapshot.checksum, instrument, json) == true)
                case .bookDelta(let delta):
                    #expect(book?.apply(delta) == true)
                    #expect(book?.has(delta.checksum, instrument, json) == true)
                default: Issue.record("a message of another channel: \(message)")
                }
            }
        }
    }

    @Test(
        "whoever subscribes late gets one state and exactly the deltas behind it",
        arguments: UInt64(0)..<20
    )
    func lateSubscribers(seed: UInt64) throws {
        let market = MarketData(listing: try listing())
        let channels = MarketChannels(market) { message in message }
        let followed = FollowedVenue(market)
        var generator = CommandGenerator(seed: seed)
        var random = RandomSource(seed: seed)
        var clients: [Client] = []
        for _ in 0..<800 {
            let step = generator.next(followed.model)
            followed.apply(step.command, at: step.time)
            if random.chance(2) {
                let client = Client(instrument: InstrumentID(UInt32(random.below(3))))
                let answer = channels.subscribe(client.subscriber, to: .book(client.instrument))
                if answer == .subscribed { clients.append(client) }
            }
            guard random.chance(30) else { continue }
            try followed.flush()
            for index in clients.indices {
                clients[index].take(market.json)
                let isEqual = clients[index].book?.equals(market.book(clients[index].instrument))
                #expect(isEqual == true)
            }
        }
        #expect(!clients.isEmpty)
    }

    @Test(
        "of a deep book the best prices are given out, also those that come up from below",
        arguments: UInt64(0)..<12
    )
    func depth(seed: UInt64) throws {
        let depth = 10 + Int(seed % 3)
        let market = MarketData(listing: try listing(), bookDepth: depth)
        let channels = MarketChannels(market) { message in message }
        let followed = FollowedVenue(market)
        var random = RandomSource(seed: seed)
        followed.open()
        try followed.flush()
        var client = Client(instrument: Opening.instrument)
        #expect(channels.subscribe(client.subscriber, to: .book(client.instrument)) == .subscribed)
        var deepest = 0
        for number in 0..<1_500 as Range<UInt64> {
            let orders = followed.model.orders
            let command: Command
            if orders.count > 45 || (!orders.isEmpty && random.chance(40)) {
                let order = random.pick(orders)
                command = .cancelOrder(
                    OrderReference(account: order.placed.account, order: order.id)
                )
            } else {
                let side: Side = random.chance(50) ? .buy : .sell
                let distance = 1 + Int64(random.below(30))
                let price = side == .buy ? 101 - distance : 99 + distance
                command = Opening.order(Opening.alice, side, price, 1 + Int64(random.below(5)))
            }
            followed.apply(command, at: Timestamp(number + 2))
            guard random.chance(40) else { continue }
            try followed.flush()
            client.take(market.json)
            let shown = market.book(Opening.instrument, depth: depth)
            #expect(client.book?.equals(shown) == true)
            deepest = max(deepest, market.book(Opening.instrument)?.bids.count ?? 0)
        }
        #expect(deepest > depth)
    }

    @Test("trades, tickers, candles and own orders reach their subscribers and nobody else")
    func everyChannel() throws {
        let market = MarketData(listing: try listing())
        let channels = MarketChannels(market) { message in message }
        let followed = FollowedVenue(market)
        followed.open()
        try followed.flush()
        let instrument = Opening.instrument
        let all: [MarketChannel] = [
            .trades(instrument), .ticker(instrument), .candles(instrument, .minute),
            .orders(Opening.alice),
        ]
        let subscribers = all.map { channel in
            let subscriber = Subscriber()
            #expect(channels.subscribe(subscriber, to: channel) == .subscribed)
            return subscriber
        }
        let stranger = Subscriber()
        #expect(channels.subscribe(stranger, to: .orders(AccountID(30))) == .subscribed)
        #expect(channels.subscribe(stranger, to: .book(InstrumentID(9))) == .unknownInstrument)
        for subscriber in subscribers + [stranger] { #expect(subscriber.take().count == 1) }

        followed.apply(Opening.order(Opening.alice, .sell, 101, 5), at: Timestamp(100))
        followed.apply(Opening.order(Opening.bob, .buy, 101, 3), at: Timestamp(101))
        try followed.flush()
        let messages = subscribers.map { subscriber in subscriber.take() }
        guard case .trades(_, let trades) = messages[0].first,
            case .ticker(let ticker) = messages[1].first,
            case .candles(let candles) = messages[2].first,
            case .order(let order) = messages[3].first, case .fill(let fill) = messages[3].last
        else {
            Issue.record("other messages than expected: \(messages)")
            return
        }
        #expect(messages.map(\.count) == [1, 1, 1, 2])
        #expect(trades.map(\.quantity) == [Quantity(3)])
        #expect(ticker.lastTrade == trades[0])
        #expect(candles.candles.map(\.volume) == [3])
        #expect(order.open == Quantity(2))
        #expect(order.state == .partial)
        #expect(fill.isMaker)
        #expect(fill.order == order.order)
        #expect(stranger.take().isEmpty)
    }

    @Test("who is behind is told to subscribe again and gets nothing more until then")
    func slowSubscriber() throws {
        let market = MarketData(listing: try listing())
        let channels = MarketChannels(market) { message in message }
        let followed = FollowedVenue(market)
        followed.open()
        try followed.flush()
        let channel = MarketChannel.book(Opening.instrument)
        let (slow, quick) = (Subscriber(), Subscriber())
        for subscriber in [slow, quick] {
            #expect(channels.subscribe(subscriber, to: channel) == .subscribed)
        }
        slow.fallBehind(true)
        for round in 0..<5 {
            let order = Opening.order(Opening.alice, .sell, 101 + Int64(round), 5)
            followed.apply(order, at: Timestamp(100))
            try followed.flush()
        }
        let messages = slow.take()
        #expect(messages.count == 2)
        guard case .resubscribe(let left) = messages.last else {
            Issue.record("it was not told")
            return
        }
        #expect(left == channel)
        #expect(quick.take().count == 6)

        slow.fallBehind(false)
        #expect(channels.subscribe(slow, to: channel) == .subscribed)
        followed.apply(Opening.order(Opening.alice, .sell, 200, 5), at: Timestamp(101))
        try followed.flush()
        var client = Client(instrument: Opening.instrument)
        for message in slow.take() { client.subscriber.send(message) }
        client.take(market.json)
        #expect(client.book?.equals(market.book(Opening.instrument)) == true)
    }

    @Test("a message is encoded once for all its subscribers, and never without one")
    func encodesOnce() throws {
        let market = MarketData(listing: try listing())
        let count = Counter()
        let channels = MarketChannels(market) { _ in count.increase() }
        let followed = FollowedVenue(market)
        followed.open()
        followed.apply(Opening.order(Opening.alice, .sell, 101, 5), at: Timestamp(100))
        try followed.flush()
        #expect(count.value == 0)
        let subscribers = (0..<10).map { _ in RecordingSubscriber<Int>() }
        for subscriber in subscribers {
            #expect(channels.subscribe(subscriber, to: .book(Opening.instrument)) == .subscribed)
        }
        #expect(count.value == 1)
        followed.apply(Opening.order(Opening.alice, .sell, 102, 5), at: Timestamp(101))
        try followed.flush()
        #expect(count.value == 2)
        for subscriber in subscribers { #expect(subscriber.take() == [1, 2]) }
    }

    @Test("a subscriber has a bounded number of channels, and gives them back")
    func bounds() throws {
        let market = MarketData(listing: try listing())
        let channels = MarketChannels(market, channelsMax: 2) { message in message }
        let subscriber = Subscriber()
        let accounts = (0..<3).map { number in MarketChannel.orders(AccountID(16 + number)) }
        #expect(channels.subscribe(subscriber, to: accounts[0]) == .subscribed)
        #expect(channels.subscribe(subscriber, to: accounts[1]) == .subscribed)
        #expect(channels.subscribe(subscriber, to: accounts[2]) == .tooMany)
        #expect(channels.subscribe(subscriber, to: accounts[1]) == .subscribed)
        channels.unsubscribe(subscriber, from: accounts[0])
        #expect(channels.subscribe(subscriber, to: accounts[2]) == .subscribed)
        #expect(channels.activeChannelCount == 2)
        channels.remove(subscriber)
        #expect(channels.activeChannelCount == 0)
    }
}

/// Counts calls on any thread.
final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .sequentiallyConsistent) }

    func increase() -> Int { count.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue }
}
