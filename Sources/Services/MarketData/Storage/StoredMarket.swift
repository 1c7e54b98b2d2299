internal import Cryptography
internal import Primitives

// The format of stored market data, version 1. Integers are little-endian without padding.
//
//     offset  size
//     0       8     "PLXMARKT"
//     8       4     version: 1
//     12      4     CRC-32C of everything from byte 16 on
//     16      8     sequence of the last command in it
//     24      8     the venue's time of that command, nanoseconds
//     32      8     how many trades there were on all instruments
//     40      4     how many instruments follow
//     44      …     instruments, by rising number
//
// Instrument:
//
//     0       4     number
//     4       8     how many trades it had
//     12      8     the last price before the last 24 hours in ticks, or 0
//     20      …     for each interval, from the shortest on: the number of candles in 4 bytes, and the candles
//     …       …     the number of its last trades in 4 bytes, and the trades, as in a file of trades
//
// Candle: start 8, open 8, high 8, low 8, close 8, volume 16, trades 8, last update 8.
//
// It is valid when the checksum is right and it ends where it should. It is replaced as a whole.

/// What is kept of the market in a file, so that a restart need not follow the whole journal again.
struct StoredMarket {
    private static let magic: UInt64 = 0x544b_5241_4d58_4c50
    private static let version: UInt32 = 1
    private static let bodyOffset = 16

    /// The last command in it.
    var sequence: UInt64
    /// The venue's time of that command.
    var time: Timestamp
    /// How many trades there were.
    var tradeCount: UInt64
    /// The markets that the rulebook had, by rising number.
    var markets: [InstrumentMarket]

    /// The bytes of the file.
    func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: 1 << 16)
        writer.append(Self.magic)
        writer.append(Self.version)
        writer.append(UInt32(0))
        writer.append(sequence)
        writer.append(time.nanoseconds)
        writer.append(tradeCount)
        writer.append(UInt32(markets.count))
        for market in markets { Self.append(market, to: &writer) }
        let checksum = unsafe writer.withUnsafeBytes { bytes in
            unsafe CRC32C.checksum(
                of: UnsafeRawBufferPointer(rebasing: bytes[Self.bodyOffset...])
            )
        }
        writer.replace(at: 12, with: checksum)
        return writer.bytes
    }

    /// Reads a file; nil if it is damaged.
    static func decode(_ bytes: [UInt8], _ bounds: MarketBounds) -> StoredMarket? {
        unsafe bytes.withUnsafeBytes { bytes -> StoredMarket? in
            do throws(ByteReaderError) {
                return try unsafe read(bytes, bounds)
            } catch {
                return nil
            }
        }
    }

    private static func read(
        _ bytes: UnsafeRawBufferPointer,
        _ bounds: MarketBounds
    ) throws(ByteReaderError) -> StoredMarket? {
        var reader = unsafe ByteReader(bytes)
        guard try reader.read(UInt64.self) == magic, try reader.read(UInt32.self) == version
        else { return nil }
        let checksum: UInt32 = try reader.read()
        let body = unsafe UnsafeRawBufferPointer(rebasing: bytes[bodyOffset...])
        guard unsafe CRC32C.checksum(of: body) == checksum else { return nil }
        var stored = StoredMarket(
            sequence: try reader.read(),
            time: Timestamp(try reader.read()),
            tradeCount: try reader.read(),
            markets: []
        )
        let count: UInt32 = try reader.read()
        for _ in 0..<count {
            guard let market = try readMarket(&reader, stored.time, bounds) else {
                return nil
            }
            stored.markets.append(market)
        }
        try reader.requireEnd()
        return stored
    }

    private static func append(_ market: InstrumentMarket, to writer: inout ByteWriter) {
        writer.append(market.instrument.rawValue)
        writer.append(market.tradeCount)
        writer.append(market.window.priceBefore.ticks)
        for interval in CandleInterval.allCases {
            let row = market[interval]
            writer.append(UInt32(row.count))
            for candle in row.candles { append(candle, to: &writer) }
        }
        writer.append(UInt32(market.trades.count))
        for index in 0..<market.trades.count {
            StoredTrade.append(market.trades[index], to: &writer)
        }
    }

    private static func append(_ candle: Candle, to writer: inout ByteWriter) {
        writer.append(candle.start.nanoseconds)
        for price in [candle.open, candle.high, candle.low, candle.close] {
            writer.append(price.ticks)
        }
        writer.append(candle.volume)
        writer.append(candle.tradeCount)
        writer.append(candle.lastUpdate.nanoseconds)
    }

    private static func readMarket(
        _ reader: inout ByteReader,
        _ time: Timestamp,
        _ bounds: MarketBounds
    ) throws(ByteReaderError) -> InstrumentMarket? {
        let number: UInt32 = try reader.read()
        guard number < Limits.instrumentsMax else { return nil }
        let instrument = InstrumentID(number)
        let tradeCount: UInt64 = try reader.read()
        let priceBefore = Price(try reader.read())
        var rows: [CandleSeries] = []
        for interval in CandleInterval.allCases {
            var candles: [Candle] = []
            let count: UInt32 = try reader.read()
            for _ in 0..<count { candles.append(try readCandle(&reader)) }
            rows.append(CandleSeries(interval, candles))
        }
        var trades: [MarketTrade] = []
        let count: UInt32 = try reader.read()
        for _ in 0..<count {
            guard let trade = try StoredTrade.read(&reader, instrument) else { return nil }
            trades.append(trade)
        }
        return InstrumentMarket(
            instrument,
            tradeCount: tradeCount,
            trades: trades,
            rows: rows,
            priceBefore: priceBefore,
            time: time,
            bounds
        )
    }

    private static func readCandle(
        _ reader: inout ByteReader
    ) throws(ByteReaderError) -> Candle {
        Candle(
            start: Timestamp(try reader.read()),
            open: Price(try reader.read()),
            high: Price(try reader.read()),
            low: Price(try reader.read()),
            close: Price(try reader.read()),
            volume: try reader.read(),
            tradeCount: try reader.read(),
            lastUpdate: Timestamp(try reader.read())
        )
    }
}
