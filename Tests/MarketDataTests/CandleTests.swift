import MarketData
import Primitives
import SeededRandomness
import Testing
import Venue

@Suite("Candles and tickers")
struct CandleTests {
    private static let second: UInt64 = 1_000_000_000

    @Test("candles and tickers are what all trades together say", arguments: UInt64(0)..<24)
    func oracle(seed: UInt64) throws {
        let market = MarketData(listing: try listing())
        let followed = FollowedVenue(market)
        var random = RandomSource(seed: seed)
        followed.open()
        var time: UInt64 = 1_700_000_000 * Self.second + UInt64(random.below(1_000_000_000))
        for _ in 0..<120 {
            time += TradePace.pause(after: time) { bound in random.below(bound) }
            Self.trade(followed, &random, at: time)
            if random.chance(20) {
                time += TradePace.pause(after: time) { bound in random.below(bound) }
                followed.apply(.advanceTime, at: Timestamp(time))
            }
            guard random.chance(60) else { continue }
            try followed.flush()
            let oracle = MarketOracle(trades: followed.trades, now: Timestamp(time))
            #expect(oracle.difference(from: market.ticker(Opening.instrument)) == nil)
            let interval = random.pick(CandleInterval.allCases)
            let limit = random.pick([1, 2, 10, 60])
            let end = random.chance(50) ? nil : Timestamp(time - UInt64(random.below(1 << 40)))
            let candles = market.candles(
                Opening.instrument,
                interval,
                limit: limit,
                before: end
            )
            let expected = oracle.candles(interval, limit: limit, before: end)
            #expect(candles.map(ExpectedCandle.init) == expected)
        }
    }

    /// Some trades at one moment.
    private static func trade(
        _ followed: FollowedVenue,
        _ random: inout RandomSource,
        at time: UInt64
    ) {
        let price = 1_000 + Int64(random.below(50))
        let quantity = 1 + Int64(random.below(20))
        followed.apply(
            Opening.order(Opening.alice, .sell, price, quantity + 1),
            at: Timestamp(time)
        )
        followed.apply(Opening.order(Opening.bob, .buy, price, quantity), at: Timestamp(time))
        followed.apply(.massCancel(MassCancel(account: Opening.alice)), at: Timestamp(time))
    }

    @Test("a trade on a border belongs to the interval that begins there")
    func border() throws {
        let market = MarketData(listing: try listing())
        let followed = FollowedVenue(market)
        followed.open()
        let day = 86_400 * Self.second
        let midnight = 19_000 * day
        let late = midnight + 5 * Self.second
        for (time, price) in [(midnight - 1, 10), (midnight, 20), (late, 30)] {
            followed.apply(
                Opening.order(Opening.alice, .sell, Int64(price), 1),
                at: Timestamp(time)
            )
            followed.apply(Opening.order(Opening.bob, .buy, Int64(price), 1), at: Timestamp(time))
        }
        try followed.flush()
        for interval in CandleInterval.allCases where interval != .second {
            let candles = market.candles(Opening.instrument, interval, limit: 500)
            let first = Timestamp(midnight - interval.nanoseconds)
            #expect(candles.first?.start == first)
            #expect(candles.first?.close == Price(10))
            #expect(candles.dropFirst().first?.start == Timestamp(midnight))
            #expect(candles.dropFirst().first?.open == Price(20))
        }
        let seconds = market.candles(Opening.instrument, .second)
        #expect(seconds.map(\.close.ticks) == [10, 20, 20, 20, 20, 20, 30])
        #expect(seconds.map(\.volume) == [1, 1, 0, 0, 0, 0, 1])
        #expect(seconds[3].open == Price(20))
        #expect(seconds[3].high == Price(20))
        #expect(seconds[3].low == Price(20))
        #expect(seconds[3].lastUpdate == Timestamp(midnight))
    }

    @Test("a trade leaves the ticker with the second that is a day later, without any other trade")
    func windowEnd() throws {
        let market = MarketData(listing: try listing())
        let followed = FollowedVenue(market)
        followed.open()
        let start = 1_000_000 * Self.second
        for (time, price) in [(start, 10), (start + 3 * Self.second, 12)] {
            followed.apply(
                Opening.order(Opening.alice, .sell, Int64(price), 4),
                at: Timestamp(time)
            )
            followed.apply(Opening.order(Opening.bob, .buy, Int64(price), 4), at: Timestamp(time))
        }
        func ticker(at time: UInt64) throws -> Ticker? {
            followed.apply(.advanceTime, at: Timestamp(time))
            try followed.flush()
            return market.ticker(Opening.instrument)
        }
        let day = 86_400 * Self.second
        let inside = try ticker(at: start + day - 1)
        #expect(inside?.volume == 8)
        #expect(inside?.open == Price(10))
        _ = followed.recorder.take()
        let outside = try ticker(at: start + day)
        #expect(outside?.volume == 4)
        #expect(outside?.tradeCount == 1)
        #expect(outside?.low == Price(12))
        #expect(outside?.open == Price(10))
        #expect(outside?.change == 2)
        // Nothing traded, and the subscribers hear of it all the same.
        #expect(followed.recorder.take().flatMap(\.tickers) == [outside])
        let later = try ticker(at: start + 2 * day)
        #expect(later?.volume == 0)
        #expect(later?.high == Price.none)
        #expect(later?.low == Price.none)
        #expect(later?.open == Price(12))
        #expect(later?.change == 0)
        #expect(later?.lastTrade?.price == Price(12))
    }

    @Test("a flush over many intervals gives out each candle that it changed, and no others")
    func candleUpdates() throws {
        let market = MarketData(listing: try listing())
        let followed = FollowedVenue(market)
        followed.open()
        try followed.flush()
        _ = followed.recorder.take()
        let start = 1_000_000 * Self.second
        for seconds in [0, 0, 1, 65] as [UInt64] {
            let time = Timestamp(start + seconds * Self.second)
            followed.apply(Opening.order(Opening.alice, .sell, 10, 1), at: time)
            followed.apply(Opening.order(Opening.bob, .buy, 10, 1), at: time)
        }
        try followed.flush()
        let updates = followed.recorder.take().flatMap(\.candles)
        #expect(updates.map(\.interval) == CandleInterval.allCases)
        let counts = updates.map { update in update.candles.map(\.tradeCount) }
        #expect(counts.first == [2, 1, 1])
        #expect(counts.last == [4])
        #expect(updates[3].candles.map(\.tradeCount) == [3, 1])

        followed.apply(Opening.order(Opening.alice, .sell, 10, 1), at: Timestamp(start))
        try followed.flush()
        #expect(followed.recorder.take().flatMap(\.candles).isEmpty)
    }

    @Test("a row of seconds keeps a day, and the rows of longer intervals keep the volume")
    func keeps() throws {
        let market = MarketData(listing: try listing())
        let followed = FollowedVenue(market)
        followed.open()
        let start = 1_000_000 * Self.second
        let count: UInt64 = 2_000
        for number in 0..<count {
            // 100 seconds apart: more than two days.
            let time = Timestamp(start + number * 100 * Self.second)
            followed.apply(Opening.order(Opening.alice, .sell, 10, 1), at: time)
            followed.apply(Opening.order(Opening.bob, .buy, 10, 1), at: time)
            if number % 7 == 0 { try followed.flush() }
        }
        try followed.flush()
        let days = market.candles(Opening.instrument, .day, limit: 500)
        #expect(days.reduce(0) { sum, candle in sum + candle.volume } == Int128(count))
        var oldest = Timestamp(.max)
        while let first = market.candles(Opening.instrument, .second, limit: 500, before: oldest)
            .first
        {
            oldest = first.start
        }
        let last = start + (count - 1) * 100 * Self.second
        #expect(oldest == Timestamp(last - 86_300 * Self.second))
        let oracle = MarketOracle(trades: followed.trades, now: Timestamp(last))
        #expect(oracle.difference(from: market.ticker(Opening.instrument)) == nil)
    }
}
