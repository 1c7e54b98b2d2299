import Encoding
import MarketData
import Primitives
import ReferenceVenue
import SeededRandomness
import Testing
import Venue

@Suite("Market data as JSON")
struct JSONTests {
    /// A market with two bids, one ask that is an iceberg, and one trade; at 2026-11-21T18:00:00Z.
    private static func market() throws -> MarketData {
        let market = MarketData(listing: try listing())
        let followed = FollowedVenue(market)
        followed.open()
        let time = Timestamp(1_795_284_000_000_000_000)
        for command in [
            Opening.order(Opening.alice, .sell, 5_000_025, 30, display: 10),
            Opening.order(Opening.bob, .buy, 5_000_000, 12_345),
            Opening.order(Opening.bob, .buy, 5_000_025, 4),
            Opening.order(Opening.alice, .buy, 4_999_999, 1),
        ] {
            followed.apply(command, at: time)
        }
        try followed.flush()
        return market
    }

    private static func text(_ bytes: [UInt8]?) -> String {
        String(decoding: bytes ?? [], as: UTF8.self)
    }

    @Test("the checksum is that of zlib")
    func crc() {
        #expect(BookChecksum.crc32("123456789".utf8) == 0xcbf4_3926)
        #expect(BookChecksum.crc32([]) == 0)
    }

    @Test("a book has the members that FastEx's clients know, and its sequence and checksum")
    func book() throws {
        let market = try Self.market()
        let text = "50000.00:1.2345|49999.99:0.0001#50000.25:0.0006"
        let checksum = BookChecksum.crc32(text.utf8)
        let book = try #require(market.book(Opening.instrument))
        let expected = """
            {"instrument":"BTC-USD","sequence":14,"time":"2026-11-21T18:00:00.000000000Z",\
            "best_bid":"50000.00","best_ask":"50000.25","spread":"0.25","bid_depth":2,"ask_depth":1,\
            "bids":[{"price":"50000.00","quantity":"1.2345","order_count":1},\
            {"price":"49999.99","quantity":"0.0001","order_count":1}],\
            "asks":[{"price":"50000.25","quantity":"0.0006","order_count":1}],"checksum":\(checksum)}
            """
        #expect(Self.text(market.json.book(book)) == expected)
        let shallow = try #require(market.book(Opening.instrument, depth: 1))
        #expect(shallow.bids.count == 1)
        #expect(shallow.checksum == checksum)
        let message = """
            {"type":"snapshot","channel":"book","instrument":"BTC-USD","sequence":14,\
            "time":"2026-11-21T18:00:00.000000000Z","bids":[["50000.00","1.2345",1],\
            ["49999.99","0.0001",1]],"asks":[["50000.25","0.0006",1]],"checksum":\(checksum)}
            """
        #expect(Self.text(market.json.snapshot(book)) == message)
    }

    @Test("a ticker, a trade and a candle are written exactly")
    func trades() throws {
        let market = try Self.market()
        let time = "\"2026-11-21T18:00:00.000000000Z\""
        let ticker = try #require(market.ticker(Opening.instrument))
        let expectedTicker = """
            {"instrument":"BTC-USD","sequence":14,"time":\(time),"phase":"continuous",\
            "last_price":"50000.25","last_qty":"0.0004","last_trade":\(time),"last_trade_id":"1",\
            "best_bid":"50000.00","best_bid_qty":"1.2345","best_ask":"50000.25",\
            "best_ask_qty":"0.0006","volume":"0.0004","trade_count":1,"open":"50000.25",\
            "high":"50000.25","low":"50000.25","change":"0.00"}
            """
        #expect(Self.text(market.json.ticker(ticker)) == expectedTicker)
        let trades = market.trades(Opening.instrument)
        let expectedTrades = """
            {"instrument":"BTC-USD","trades":[{"trade_id":"1","price":"50000.25",\
            "quantity":"0.0004","taker_side":"BUY","sequence":\(trades[0].sequence),"time":\(time)}]}
            """
        #expect(Self.text(market.json.trades(trades, of: Opening.instrument)) == expectedTrades)
        let candles = market.candles(Opening.instrument, .day, limit: 5)
        let expectedCandles = """
            {"instrument":"BTC-USD","interval":"1d","limit":5,"candles":[{"instrument":"BTC-USD",\
            "bucket_start":"2026-11-21T00:00:00.000000000Z","open":"50000.25","high":"50000.25",\
            "low":"50000.25","close":"50000.25","volume":"0.0004","trades":1,"last_update":\(time)}]}
            """
        let text = Self.text(market.json.candles(candles, of: Opening.instrument, .day, limit: 5))
        #expect(text == expectedCandles)
    }

    @Test("own orders and fills are written exactly")
    func own() throws {
        let market = MarketData(listing: try listing())
        let followed = FollowedVenue(market)
        followed.open()
        followed.apply(Opening.order(Opening.alice, .sell, 100, 30, display: 10), at: Timestamp(5))
        try followed.flush()
        _ = followed.recorder.take()
        followed.apply(Opening.order(Opening.bob, .buy, 100, 4), at: Timestamp(6))
        try followed.flush()
        let update = try #require(followed.recorder.take().first)
        #expect(update.orders.count == 2)
        #expect(update.fills.count == 2)
        let maker = try #require(market.orders(of: Opening.alice).first)
        let expectedOrder = """
            {"type":"order","channel":"orders","order_id":"\(maker.order.rawValue)",\
            "client_order_id":null,"instrument":"BTC-USD","side":"SELL","order_type":"LIMIT",\
            "time_in_force":"GTC","status":"partial","reason":"matching","price":"1.00",\
            "trigger_price":null,"display_quantity":"0.0010","quantity":"0.0030",\
            "filled_qty":"0.0004","remaining_qty":"0.0026","expires_at":null,\
            "sequence":\(followed.sequence),"time":"1970-01-01T00:00:00.000000006Z"}
            """
        #expect(Self.text(market.json.message(update.orders[1])) == expectedOrder)
        let expectedFill = """
            {"type":"fill","channel":"orders","instrument":"BTC-USD","trade_id":"1",\
            "contract_id":"3","order_id":"\(maker.order.rawValue)","client_order_id":null,\
            "side":"SELL","liquidity":"maker","price":"1.00","quantity":"0.0004",\
            "notional":"0.000400","fee":"0.000000","settlement":"spot",\
            "sequence":\(followed.sequence),"time":"1970-01-01T00:00:00.000000006Z"}
            """
        #expect(Self.text(market.json.message(update.fills[0])) == expectedFill)
    }

    @Test("every message is JSON, whatever happens in the venue", arguments: UInt64(0)..<10)
    func wellFormed(seed: UInt64) throws {
        let market = MarketData(listing: try listing())
        let channels = MarketChannels(market) { message in market.json.bytes(message) }
        let followed = FollowedVenue(market)
        var generator = CommandGenerator(seed: seed)
        let subscriber = RecordingSubscriber<[UInt8]>()
        for step in 0..<400 {
            let next = generator.next(followed.model)
            followed.apply(next.command, at: next.time)
            if step % 5 == 0 { try followed.flush() }
            if step == 20 { Self.subscribe(subscriber, to: channels) }
        }
        try followed.flush()
        let messages = subscriber.take()
        #expect(messages.count > 20)
        for message in messages {
            let value = try JSONValue(decoding: message)
            #expect(value.object?["type"] != nil)
            #expect(value.object?["channel"] != nil)
        }
        for instrument in (0..<6).map({ InstrumentID($0) }) {
            guard let ticker = market.ticker(instrument), let book = market.book(instrument),
                let orders = market.bookOrders(instrument)
            else { continue }
            for answer in [
                market.json.ticker(ticker), market.json.book(book), market.json.orders(orders),
            ] {
                _ = try JSONValue(decoding: answer)
            }
        }
    }

    private static func subscribe(
        _ subscriber: RecordingSubscriber<[UInt8]>,
        to channels: MarketChannels<[UInt8]>
    ) {
        let instrument = Opening.instrument
        let all: [MarketChannel] = [
            .book(instrument), .trades(instrument), .ticker(instrument),
            .candles(instrument, .second), .orders(AccountID(16)), .orders(AccountID(17)),
        ]
        for channel in all { #expect(channels.subscribe(subscriber, to: channel) == .subscribed) }
    }
}
