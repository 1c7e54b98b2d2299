import MarketData
import Platform
import Primitives
import ReferenceVenue
import SeededRandomness
import SimulatedPlatform
import Synchronization
import Testing
import Venue

/// A clock that tests set.
final class HandClock: Clock {
    private let nanoseconds = Atomic<UInt64>(1)

    func wallNanoseconds() -> UInt64 { nanoseconds.load(ordering: .sequentiallyConsistent) }

    func monotonicNanoseconds() -> UInt64 { nanoseconds.load(ordering: .sequentiallyConsistent) }

    func pass(_ duration: UInt64) { nanoseconds.wrappingAdd(duration, ordering: .relaxed) }
}

@Suite("Restarts of market data")
struct RestartTests {
    private static let second: UInt64 = 1_000_000_000

    /// The volume of all trades, and that of all candles of each interval, over all instruments.
    private static func volumes(_ followed: FollowedVenue) -> (trades: Int128, candles: [Int128]) {
        let candles = CandleInterval.allCases.map { interval in
            (0..<6 as Range<UInt32>).reduce(Int128(0)) { sum, number in
                let candles = followed.market.candles(
                    InstrumentID(number),
                    interval,
                    limit: 500
                )
                return candles.reduce(sum) { sum, candle in sum + candle.volume }
            }
        }
        let trades = followed.trades.reduce(Int128(0)) { sum, trade in
            sum + Int128(trade.trade.quantity.lots)
        }
        return (trades, candles)
    }

    @Test("after any restart everything is as without it, and no volume is lost", arguments: 0..<12)
    func restarts(seed: Int) throws {
        var random = RandomSource(seed: UInt64(seed))
        let disk = SimulatedDisk(seed: UInt64(seed))
        let clock = HandClock()
        func open() throws -> MarketData {
            try MarketData(
                listing: listing(),
                directory: disk.directory(),
                intervalNanoseconds: 10,
                clock: clock
            )
        }
        let undisturbed = FollowedVenue(MarketData(listing: try listing()))
        let followed = FollowedVenue(try open())
        var generator = CommandGenerator(seed: UInt64(seed))
        var shift: UInt64 = 0
        for _ in 0..<1_000 {
            let step = generator.next(followed.model)
            // Time goes on in leaps as well, so that there are many candles and trades leave the tickers.
            if random.chance(3) { shift += UInt64(random.below(40)) * Self.second }
            if random.chance(1) { shift += UInt64(random.below(40_000)) * Self.second }
            let time = Timestamp(step.time.nanoseconds + shift)
            for venue in [undisturbed, followed] { venue.apply(step.command, at: time) }
            if random.chance(20) {
                try followed.flush()
                try undisturbed.flush()
            }
            if random.chance(10) { clock.pass(10) }
            guard random.chance(1) else { continue }
            // Not all of what it took was flushed, and not all of that was stored.
            if random.chance(50) { disk.losePower() } else { disk.endProcesses() }
            try followed.restart(with: open(), flushEvery: random.pick([1, 7, 100, 10_000]))
            try undisturbed.flush()
            #expect(difference(followed.market, undisturbed.market) == nil)
        }
        try followed.flush()
        try undisturbed.flush()
        #expect(difference(followed.market, undisturbed.market) == nil)
        let volumes = Self.volumes(followed)
        for volume in volumes.candles.dropFirst(6) { #expect(volume == volumes.trades) }
        try Self.expectWholeHistory(followed)
    }

    /// Every trade is in the history, page by page.
    private static func expectWholeHistory(_ followed: FollowedVenue) throws {
        for instrument in (0..<6).map({ InstrumentID($0) }) {
            var found: [TradeID] = []
            while true {
                let page = try followed.market.tradeHistory(
                    instrument,
                    limit: 100,
                    before: found.last
                )
                found += page.map(\.trade)
                if page.count < 100 { break }
            }
            let expected = followed.trades.map(\.trade).filter { trade in
                trade.instrument == instrument
            }
            #expect(found == expected.reversed().map(\.trade))
        }
    }

    /// A short life of market data that is stored every now and then.
    private static func live(
        _ disk: SimulatedDisk,
        warn: @escaping @Sendable () -> Void
    ) throws -> FollowedVenue {
        let clock = HandClock()
        let market = try MarketData(
            listing: listing(),
            directory: disk.directory(),
            intervalNanoseconds: 10,
            clock: clock
        ) { _ in warn() }
        let followed = FollowedVenue(market)
        followed.open()
        for number in 0..<12 {
            let time = Timestamp(UInt64(number + 1) * second)
            followed.apply(Opening.order(Opening.alice, .sell, 10, 2), at: time)
            followed.apply(Opening.order(Opening.bob, .buy, 10, 2), at: time)
            if number % 4 == 3 { clock.pass(10) }
            try followed.flush()
        }
        return followed
    }

    @Test("whichever operation of the disk fails, the next start makes up for it")
    func everyOperation() throws {
        let undisturbed = SimulatedDisk(seed: 1)
        let expected = try Self.live(undisturbed) { Issue.record("nothing failed") }
        let operations = undisturbed.operationCount
        #expect(operations > 20)
        var noticed = 0
        for operation in 1...operations {
            for fault in SimulatedDisk.Fault.allCases {
                for losesPower in [true, false] {
                    let comment: Comment = "\(fault) at \(operation), power lost: \(losesPower)"
                    let disk = SimulatedDisk(seed: UInt64(operation))
                    disk.plan(fault, at: operation)
                    let warnings = Counter()
                    let followed = try Self.live(disk) { _ = warnings.increase() }
                    #expect(disk.hasFaulted, comment)
                    // The one operation whose failure does no harm: removing a file that is not there.
                    #expect(warnings.value <= 1, comment)
                    noticed += warnings.value
                    // What is shown is not touched by that.
                    #expect(difference(followed.market, expected.market) == nil, comment)
                    if losesPower || disk.isOff { disk.losePower() } else { disk.endProcesses() }
                    let market = try MarketData(listing: listing(), directory: disk.directory())
                    try followed.restart(with: market, flushEvery: 5)
                    #expect(difference(followed.market, expected.market) == nil, comment)
                    try Self.expectWholeHistory(followed)
                }
            }
        }
        #expect(noticed > operations * 8)
    }

    @Test("a damaged store is noticed and made again")
    func damage() throws {
        let disk = SimulatedDisk(seed: 3)
        let followed = FollowedVenue(
            try MarketData(listing: listing(), directory: disk.directory())
        )
        followed.open()
        for number in 1...20 as ClosedRange<UInt64> {
            let time = Timestamp(number * Self.second)
            followed.apply(Opening.order(Opening.alice, .sell, 10, 2), at: time)
            followed.apply(Opening.order(Opening.bob, .buy, 10, 1), at: time)
        }
        try followed.flush()
        followed.market.save()
        let undisturbed = followed.market
        #expect(undisturbed.cursor == followed.sequence)
        var random = RandomSource(seed: 5)
        for _ in 0..<60 {
            let damaged = disk.copy()
            let name = random.chance(80) ? "market" : "trades-0"
            var bytes = damaged.bytes(of: name)
            if name == "market" {
                random.mutate(&bytes)
                if bytes == damaged.bytes(of: name) { continue }
            } else {
                bytes.removeLast(1 + random.below(100))
            }
            damaged.replace(name, with: bytes)
            let warnings = Counter()
            let market = try MarketData(listing: listing(), directory: damaged.directory()) { _ in
                _ = warnings.increase()
            }
            #expect(warnings.value == 1)
            #expect(market.cursor == 0)
            try followed.restart(with: market, flushEvery: 8)
            #expect(difference(market, undisturbed) == nil)
            try Self.expectWholeHistory(followed)
        }
    }

    @Test("a damaged trade is not shown")
    func damagedTrade() throws {
        let disk = SimulatedDisk(seed: 3)
        let followed = FollowedVenue(
            try MarketData(listing: listing(), directory: disk.directory())
        )
        followed.open()
        let count = UInt64(MarketData.tradesMax) + 10
        for number in 1...count {
            let time = Timestamp(number)
            followed.apply(Opening.order(Opening.alice, .sell, 10, 1), at: time)
            followed.apply(Opening.order(Opening.bob, .buy, 10, 1), at: time)
        }
        try followed.flush()
        let instrument = Opening.instrument
        let oldest = try followed.market.tradeHistory(instrument, before: TradeID(11))
        #expect(oldest.map(\.trade.rawValue) == (1...10).reversed())
        #expect(followed.market.trades(instrument, before: TradeID(11)).isEmpty)
        followed.market.save()
        var bytes = disk.bytes(of: "trades-0")
        bytes[48 * 3 + 20] ^= 1
        disk.replace("trades-0", with: bytes)
        let market = try MarketData(listing: listing(), directory: disk.directory())
        try followed.restart(with: market, flushEvery: 100)
        #expect(market.trades(instrument, limit: 1).map(\.trade.rawValue) == [count])
        #expect(try market.tradeHistory(instrument, limit: 5, before: TradeID(11)).count == 5)
        let path = disk.directory().path + "/trades-0"
        #expect(throws: MarketDataError.damagedTrades(path: path, offset: 48 * 3)) {
            _ = try market.tradeHistory(instrument, before: TradeID(11))
        }
    }

    @Test("market data of another journal ends the follower")
    func otherJournal() throws {
        let disk = SimulatedDisk(seed: 3)
        let first = FollowedVenue(try MarketData(listing: listing(), directory: disk.directory()))
        first.open()
        first.apply(Opening.order(Opening.alice, .sell, 10, 1), at: Timestamp(2))
        first.apply(Opening.order(Opening.bob, .buy, 10, 1), at: Timestamp(2))
        try first.flush()
        first.market.save()
        let other = FollowedVenue(MarketData(listing: try listing()))
        other.open()
        for _ in 0..<5 { other.apply(.advanceTime, at: Timestamp(3)) }
        #expect(throws: (any Error).self) {
            try other.restart(
                with: MarketData(listing: listing(), directory: disk.directory()),
                flushEvery: 100
            )
        }
    }
}
