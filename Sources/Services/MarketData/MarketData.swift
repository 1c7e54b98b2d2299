public import Follower
public import Journal
public import Platform
public import Primitives
internal import Synchronization
public import Venue

/// The market of every instrument: books, tickers, candles, trades, and everybody's own orders.
///
/// It follows the journal, so it shows what is durable and nothing else. Readers, on any thread, see it as it was at
/// the last flush, all parts of the same command. Books and orders come from the venue that the follower brings
/// along and need no history; candles and trades do, and are kept.
public final class MarketData: Projection {
    /// How many trades of an instrument are kept in memory.
    public static let tradesMax = 4_096
    /// How many prices of each side of a book deltas are about, if nothing else is said.
    public static let bookDepthMax = 1_000
    /// How many candles one answer has at most.
    public static let candlesMax = 500
    /// How many trades one answer has at most.
    public static let tradesPageMax = 500

    /// How it is written.
    public let json: MarketDataJSON
    private let gathering = Mutex(Gathering())
    private let state: Mutex<MarketState>
    private let store: Mutex<MarketStore?>
    private let sinks = Mutex<[any MarketSink]>([])

    /// Makes market data that is not stored: at every start it follows the whole journal.
    ///
    /// - Parameters:
    ///   - listing: How prices and quantities are written.
    ///   - bookDepth: How many prices of each side of a book deltas are about; at least 10.
    public init(listing: Listing, bookDepth: Int = MarketData.bookDepthMax) {
        json = MarketDataJSON(listing)
        let bounds = MarketBounds(trades: Self.tradesMax, bookDepth: bookDepth)
        state = Mutex(MarketState(bounds, json))
        store = Mutex(nil)
    }

    /// Makes market data that is stored, to be given to a `Follower`.
    ///
    /// What is stored is a shortcut: if it is damaged, or cannot be written, the journal makes up for it.
    ///
    /// - Parameters:
    ///   - listing: How prices and quantities are written.
    ///   - directory: A folder of its own.
    ///   - intervalNanoseconds: How often it is stored while something happens. What is stored should be no older
    ///     than the oldest snapshot of the journal, or else the next start is slow.
    ///   - clock: Says when that is.
    ///   - warn: Called on the follower's thread, or here, when the store is damaged or cannot be written; in the
    ///     second case it is left alone until the next start.
    /// - Throws: `MarketDataError.storage` when the folder cannot be used.
    public init(
        listing: Listing,
        directory: any StorageDirectory,
        intervalNanoseconds: UInt64 = 20_000_000_000,
        clock: any Clock = LinuxClock(),
        warn: @escaping @Sendable (MarketDataError) -> Void = { _ in }
    ) throws(MarketDataError) {
        json = MarketDataJSON(listing)
        let bounds = MarketBounds(trades: Self.tradesMax, bookDepth: Self.bookDepthMax)
        let opened = try MarketStore.open(
            directory,
            bounds,
            intervalNanoseconds: intervalNanoseconds,
            clock: clock,
            warn: warn
        )
        if let stored = opened.stored {
            state = Mutex(MarketState(stored, bounds, json))
        } else {
            state = Mutex(MarketState(bounds, json))
        }
        store = Mutex(opened.store)
    }

    // MARK: Following

    /// The last command that is stored.
    public var cursor: UInt64 { store.withLock { store in store?.cursor ?? 0 } }

    /// Takes in one record of the journal.
    public func take(
        _ record: JournalRecord,
        _ events: borrowing EventBuffer,
        _ venue: inout Venue
    ) {
        guard case .command = record.content else { return }
        let (sequence, time) = (venue.sequence, venue.time)
        gathering.withLock { gathering in gathering.take(events, sequence, time) }
    }

    /// Gives out what was taken since the last call, and stores it from time to time.
    ///
    /// - Throws: `FollowerError.failed` when what is stored was made from another journal.
    public func flush(_ venue: inout Venue) throws(FollowerError) {
        let update = try gathering.withLock { gathering throws(FollowerError) in
            let trades = gathering.trades
            // Who reads finds in the file what it no longer finds in memory, so the file comes first.
            store.withLock { store in store?.append(trades) }
            let update = state.withLock { state in
                let update = state.take(gathering, venue)
                return state.tradeCount == venue.tradeCount ? update : nil
            }
            gathering.removeAll()
            guard let update else { throw .failed(Self.otherJournal) }
            return update
        }
        if !update.isEmpty {
            for sink in sinks.withLock({ sinks in sinks }) { sink.receive(update) }
        }
        storeIfDue()
    }

    private static let otherJournal =
        "the stored market data has other trades than the journal, so it was made from another one; remove its folder "
        + "to have it made again"

    private func storeIfDue() {
        store.withLock { store in
            guard store?.isDue ?? false else { return }
            store?.save(state.withLock { state in state.stored })
        }
    }

    /// Stores what was given out so far, so that the next start is quick; to be called when the follower has ended.
    public func save() {
        store.withLock { store in store?.save(state.withLock { state in state.stored }) }
    }

    // MARK: Listening

    /// Gives every change from the next flush on to a sink, until it is removed.
    public func subscribe(_ sink: any MarketSink) {
        sinks.withLock { sinks in sinks.append(sink) }
    }

    /// Gives nothing to a sink any more; an update that is on its way may still arrive.
    public func unsubscribe(_ sink: any MarketSink) {
        sinks.withLock { sinks in sinks.removeAll { other in other === sink } }
    }

    // MARK: Reading

    /// The last command in what readers see.
    public var sequence: UInt64 { state.withLock { state in state.sequence } }

    /// The best prices of a book.
    ///
    /// - Parameters:
    ///   - instrument: What is traded.
    ///   - depth: How many prices of each side at most.
    /// - Returns: Nil if the rulebook has no such instrument.
    public func book(_ instrument: InstrumentID, depth: Int = .max) -> BookSnapshot? {
        read { state in state.book(instrument, depth: depth) }
    }

    /// The orders at the best prices of a book.
    ///
    /// - Parameters:
    ///   - instrument: What is traded.
    ///   - depth: How many prices of each side at most.
    /// - Returns: Nil if the rulebook has no such instrument.
    public func bookOrders(_ instrument: InstrumentID, depth: Int = .max) -> BookOrdersSnapshot? {
        read { state in state.bookOrders(instrument, depth: depth) }
    }

    /// The ticker; nil if the rulebook has no such instrument.
    public func ticker(_ instrument: InstrumentID) -> Ticker? {
        read { state in state.ticker(instrument) }
    }

    /// The candles of the newest intervals, oldest first; those without a trade carry the last price before them.
    ///
    /// - Parameters:
    ///   - instrument: What is traded.
    ///   - interval: How long the intervals are.
    ///   - limit: How many at most; 1 … `candlesMax`.
    ///   - end: The intervals begin before this time; without it, the current one is the last.
    /// - Returns: None before the first trade, and none for an instrument that the rulebook does not have.
    public func candles(
        _ instrument: InstrumentID,
        _ interval: CandleInterval,
        limit: Int = 100,
        before end: Timestamp? = nil
    ) -> [Candle] {
        read { state in state.candles(instrument, interval, limit: limit, before: end) }
    }

    /// The newest trades, newest first.
    ///
    /// - Parameters:
    ///   - instrument: What is traded.
    ///   - limit: How many at most; 1 … `tradesPageMax`.
    ///   - trade: Only those with a lower number.
    /// - Returns: None for an instrument that the rulebook does not have.
    public func trades(
        _ instrument: InstrumentID,
        limit: Int = 100,
        before trade: TradeID? = nil
    ) -> [MarketTrade] {
        read { state in state.trades(instrument, limit: limit, before: trade) }
    }

    /// The live orders of an account, by their names.
    public func orders(of account: AccountID) -> [OwnOrder] {
        read { state in state.orders(of: account) }
    }

    /// The newest trades, newest first, also those that memory no longer holds if the market data is stored.
    ///
    /// It reads a file when it must, so it is not for threads that must not block.
    ///
    /// - Parameters:
    ///   - instrument: What is traded.
    ///   - limit: How many at most; 1 … `tradesPageMax`.
    ///   - trade: Only those with a lower number.
    /// - Returns: None for an instrument that the rulebook does not have.
    /// - Throws: `MarketDataError` when the file cannot be read, or is damaged.
    public func tradeHistory(
        _ instrument: InstrumentID,
        limit: Int = 100,
        before trade: TradeID? = nil
    ) throws(MarketDataError) -> [MarketTrade] {
        let limit = min(limit, Self.tradesPageMax)
        let recent = trades(instrument, limit: limit, before: trade)
        guard recent.count < limit, let file = store.withLock({ store in store?.file(instrument) })
        else { return recent }
        guard let end = recent.last?.trade ?? trade else { return recent }
        return recent + (try file.newest(limit - recent.count, before: end))
    }

    /// Looks at several things at once, all at the same command, and before anything later is given to a sink.
    ///
    /// - Parameter body: Must not block, nor read from here in any other way.
    /// - Returns: What `body` returns.
    public func read<Result: Sendable>(_ body: (borrowing MarketState) -> Result) -> Result {
        state.withLock { state in body(state) }
    }
}
