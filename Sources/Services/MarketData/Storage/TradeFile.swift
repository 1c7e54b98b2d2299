internal import Platform
internal import Primitives

/// All trades of one instrument in a file, oldest first.
struct TradeFile: Sendable {
    private let instrument: InstrumentID
    private let path: String
    private let file: any StorageFile
    /// How many trades it has.
    private(set) var count: UInt64

    /// The name of an instrument's file.
    static func name(_ instrument: InstrumentID) -> String { "trades-\(instrument.rawValue)" }

    /// Opens a file of which the first `count` trades hold; the rest is cut, to be written again.
    init(
        _ instrument: InstrumentID,
        in directory: any StorageDirectory,
        count: UInt64
    ) throws(PlatformError) {
        let name = Self.name(instrument)
        self.instrument = instrument
        self.count = count
        path = directory.path + "/" + name
        do throws(PlatformError) {
            file = try directory.open(name, readOnly: false)
        } catch {
            guard error.isNotFound, count == 0 else { throw error }
            file = try directory.create(name)
        }
        let bytes = count * UInt64(StoredTrade.byteCount)
        let size = try file.size()
        guard size >= bytes else { throw .endOfFile(path: path, offset: size) }
        if size > bytes { try file.truncate(to: bytes) }
    }

    /// Appends trades; they are durable after `sync`.
    mutating func append(_ trades: some Sequence<MarketTrade>) throws(PlatformError) {
        var writer = ByteWriter(capacity: 1 << 12)
        for trade in trades { StoredTrade.append(trade, to: &writer) }
        let offset = count * UInt64(StoredTrade.byteCount)
        try unsafe writer.withUnsafeBytes { bytes throws(PlatformError) in
            try unsafe file.write(bytes, at: offset)
        }
        count += UInt64(writer.count / StoredTrade.byteCount)
    }

    func sync() throws(PlatformError) { try file.syncData() }

    /// The newest trades with a number below one, newest first.
    ///
    /// - Complexity: O(`limit` + log n) reads.
    func newest(_ limit: Int, before trade: TradeID) throws(MarketDataError) -> [MarketTrade] {
        var low: UInt64 = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            let found = try read(middle..<(middle + 1))
            if found[0].trade.rawValue < trade.rawValue { low = middle + 1 } else { high = middle }
        }
        let first = high - min(high, UInt64(max(limit, 0)))
        return try read(first..<high).reversed()
    }

    private func read(_ range: Range<UInt64>) throws(MarketDataError) -> [MarketTrade] {
        let size = UInt64(StoredTrade.byteCount)
        var bytes = [UInt8](repeating: 0, count: range.count * StoredTrade.byteCount)
        var span = bytes.mutableSpan
        let offset = range.lowerBound * size
        let read = try MarketDataError.wrap { () throws(PlatformError) in
            try unsafe span.withUnsafeMutableBytes { bytes throws(PlatformError) in
                try unsafe file.read(into: bytes, at: offset)
            }
        }
        guard read == bytes.count else {
            throw .damagedTrades(path: path, offset: offset + UInt64(read))
        }
        return try unsafe bytes.span.withUnsafeBytes { bytes throws(MarketDataError) in
            try unsafe decode(bytes, at: offset)
        }
    }

    private func decode(
        _ bytes: UnsafeRawBufferPointer,
        at offset: UInt64
    ) throws(MarketDataError) -> [MarketTrade] {
        var reader = unsafe ByteReader(bytes)
        var trades: [MarketTrade] = []
        while reader.remaining > 0 {
            let position = offset + UInt64(reader.position)
            do throws(ByteReaderError) {
                guard let trade = try StoredTrade.read(&reader, instrument) else {
                    throw ByteReaderError.truncated(position: reader.position)
                }
                trades.append(trade)
            } catch {
                throw .damagedTrades(path: path, offset: position)
            }
        }
        return trades
    }
}
