internal import Platform
internal import Primitives

// A folder of market data:
//
//     market          candles, tickers and the last trades, with a cursor (StoredMarket.swift)
//     trades-0 …      all trades of the instrument of that number, 48 bytes each (StoredTrade.swift)
//     *.new           something that was not finished
//
// Trades are written as they come, and synced before a cursor behind them is stored. At the start what lies beyond the
// stored cursor is cut: it comes again from the journal. Without a valid cursor everything does.

/// The folder in which the market is kept from one start to the next.
struct MarketStore: Sendable {
    private static let name = "market"

    private let directory: any StorageDirectory
    private let clock: any Clock
    private let intervalNanoseconds: UInt64
    private let warn: @Sendable (MarketDataError) -> Void
    private var files: [TradeFile?] = []
    /// Whether writing failed: then nothing more is written, and the next start begins with what was stored last.
    private var hasFailed = false
    private var lastNanoseconds: UInt64
    /// The last command that is stored.
    private(set) var cursor: UInt64 = 0

    /// Opens a folder.
    ///
    /// - Parameters:
    ///   - directory: The folder.
    ///   - bounds: How much is kept in memory.
    ///   - intervalNanoseconds: How long after it was stored it is to be stored again.
    ///   - clock: Says when that is.
    ///   - warn: Hears what is damaged, and that writing failed.
    /// - Returns: What was stored; nil if there is nothing, or it is damaged.
    /// - Throws: `storage` when the folder cannot be used.
    static func open(
        _ directory: any StorageDirectory,
        _ bounds: MarketBounds,
        intervalNanoseconds: UInt64,
        clock: any Clock,
        warn: @escaping @Sendable (MarketDataError) -> Void
    ) throws(MarketDataError) -> (store: MarketStore, stored: StoredMarket?) {
        var store = MarketStore(directory, intervalNanoseconds, clock, warn)
        return try MarketDataError.wrap { () throws(PlatformError) in
            var stored: StoredMarket?
            if let bytes = try store.read() {
                stored = StoredMarket.decode(bytes, bounds)
                if stored == nil { warn(.damagedState(path: directory.path + "/" + name)) }
            }
            do throws(PlatformError) {
                try store.openFiles(stored)
            } catch {
                // A file that is missing, or shorter than the cursor says, is damage too.
                guard stored != nil else { throw error }
                warn(.storage(error))
                stored = nil
                try store.openFiles(nil)
            }
            store.cursor = stored?.sequence ?? 0
            return (store, stored)
        }
    }

    private init(
        _ directory: any StorageDirectory,
        _ intervalNanoseconds: UInt64,
        _ clock: any Clock,
        _ warn: @escaping @Sendable (MarketDataError) -> Void
    ) {
        self.directory = directory
        self.intervalNanoseconds = intervalNanoseconds
        self.clock = clock
        self.warn = warn
        lastNanoseconds = clock.monotonicNanoseconds()
    }

    private func read() throws(PlatformError) -> [UInt8]? {
        do throws(PlatformError) {
            let file = try directory.open(Self.name, readOnly: true)
            var bytes = [UInt8](repeating: 0, count: Int(try file.size()))
            var span = bytes.mutableSpan
            let count = try unsafe span.withUnsafeMutableBytes { bytes throws(PlatformError) in
                try unsafe file.read(into: bytes, at: 0)
            }
            return count == bytes.count ? bytes : []
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }

    /// Opens the files of all instruments that traded, and cuts what lies beyond the cursor.
    private mutating func openFiles(_ stored: StoredMarket?) throws(PlatformError) {
        files = []
        for market in stored?.markets ?? [] where market.tradeCount > 0 {
            try openFile(market.instrument, count: market.tradeCount)
        }
        let names = Set(try directory.list())
        for number in 0..<Limits.instrumentsMax {
            let instrument = InstrumentID(number)
            guard names.contains(TradeFile.name(instrument)) else { continue }
            if number < files.count, files[Int(number)] != nil { continue }
            try openFile(instrument, count: 0)
        }
    }

    private mutating func openFile(
        _ instrument: InstrumentID,
        count: UInt64
    ) throws(PlatformError) {
        while files.count <= instrument.rawValue { files.append(nil) }
        files[Int(instrument.rawValue)] = try TradeFile(instrument, in: directory, count: count)
    }

    /// The file of an instrument, if it ever traded.
    func file(_ instrument: InstrumentID) -> TradeFile? {
        instrument.rawValue < files.count ? files[Int(instrument.rawValue)] : nil
    }

    /// Whether it is time to store the market.
    var isDue: Bool {
        !hasFailed && clock.monotonicNanoseconds() - lastNanoseconds >= intervalNanoseconds
    }

    /// Appends trades, oldest first.
    mutating func append(_ trades: [MarketTrade]) {
        write { store throws(PlatformError) in
            var start = 0
            while start < trades.count {
                let instrument = trades[start].instrument
                var end = start + 1
                while end < trades.count, trades[end].instrument == instrument { end += 1 }
                if store.file(instrument) == nil { try store.openFile(instrument, count: 0) }
                try store.files[Int(instrument.rawValue)]?.append(trades[start..<end])
                start = end
            }
        }
    }

    /// Stores the market as it is, with its cursor, if that is new; all its trades were appended before.
    mutating func save(_ stored: StoredMarket) {
        lastNanoseconds = clock.monotonicNanoseconds()
        guard stored.sequence > cursor else { return }
        write { store throws(PlatformError) in
            for file in store.files { try file?.sync() }
            try store.directory.replace(Self.name, with: stored.encoded())
            store.cursor = stored.sequence
        }
    }

    private mutating func write(_ body: (inout MarketStore) throws(PlatformError) -> Void) {
        if hasFailed { return }
        do throws(PlatformError) {
            try body(&self)
        } catch {
            hasFailed = true
            warn(.storage(error))
        }
    }
}
