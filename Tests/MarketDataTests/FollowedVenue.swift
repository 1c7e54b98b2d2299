import Follower
import Journal
import MarketData
import Primitives
import ReferenceVenue
import Synchronization
import Venue

/// Remembers every update.
final class UpdateRecorder: MarketSink {
    private let gathered = Mutex<[MarketUpdate]>([])

    func receive(_ update: MarketUpdate) {
        gathered.withLock { updates in updates.append(update) }
    }

    /// The updates since the last call.
    func take() -> [MarketUpdate] {
        gathered.withLock { updates in
            defer { updates.removeAll() }
            return updates
        }
    }
}

/// A venue and the reference model side by side, and the market data that follows them as a follower would drive it.
final class FollowedVenue {
    let model = ReferenceVenue()
    let recorder = UpdateRecorder()
    private(set) var market: MarketData
    private(set) var sequence: UInt64 = 0
    /// Every trade so far, as the model reports it, with the time of its command.
    private(set) var trades: [(trade: Trade, time: Timestamp)] = []
    /// The records since the venue began.
    private var records: [JournalRecord] = []
    private var venue = Venue(ordersCapacity: 64)
    private var events = EventBuffer(capacity: 16)

    init(_ market: MarketData) {
        self.market = market
        market.subscribe(recorder)
    }

    /// Applies a command to all without a flush, and returns what it did.
    @discardableResult
    func apply(_ command: Command, at time: Timestamp) -> [Event] {
        sequence += 1
        let expected = model.apply(command, sequence: sequence, time: time)
        for case .traded(let trade) in expected { trades.append((trade, model.time)) }
        let record = JournalRecord(sequence: sequence, time: time, content: .command(command))
        records.append(record)
        events.removeAll()
        venue.apply(command, sequence: sequence, time: time, into: &events)
        market.take(record, events, &venue)
        return expected
    }

    /// Brings the venue about that tests with a script need.
    func open(phase: Phase = .continuous) {
        for command in Opening.commands(phase: phase) { apply(command, at: Timestamp(1)) }
    }

    /// Lets the market data give out what it took.
    func flush() throws { try market.flush(&venue) }

    /// Puts other market data in the place of the one that followed, as a start of the venue does: it gets what lies
    /// behind its cursor.
    ///
    /// - Parameters:
    ///   - other: The market data.
    ///   - step: It is flushed after so many commands.
    /// - Throws: What a flush throws.
    func restart(with other: MarketData, flushEvery step: Int) throws {
        market = other
        market.subscribe(recorder)
        var copy = Venue(ordersCapacity: 64)
        var hasBegun = false
        for record in records {
            guard case .command(let command) = record.content else { continue }
            let isKnown = record.sequence <= market.cursor
            if !isKnown && !hasBegun {
                // A follower flushes also before there is anything new.
                if step > 1 { try market.flush(&copy) }
                hasBegun = true
            }
            events.removeAll()
            copy.apply(command, sequence: record.sequence, time: record.time, into: &events)
            if isKnown { continue }
            market.take(record, events, &copy)
            if Int(record.sequence) % step == 0 { try market.flush(&copy) }
        }
        try market.flush(&copy)
    }
}

/// What is different between two markets, if anything is.
func difference(
    _ left: MarketData,
    _ right: MarketData,
    instruments: Range<UInt32> = 0..<6,
    accounts: Range<UInt32> = 16..<28
) -> String? {
    if left.sequence != right.sequence { return "sequence \(left.sequence), \(right.sequence)" }
    for instrument in instruments.map({ number in InstrumentID(number) }) {
        let books = (left.book(instrument), right.book(instrument))
        if books.0?.bids != books.1?.bids || books.0?.asks != books.1?.asks { return "books" }
        if books.0?.checksum != books.1?.checksum { return "checksums" }
        let orders = (left.bookOrders(instrument), right.bookOrders(instrument))
        if orders.0?.bids != orders.1?.bids || orders.0?.asks != orders.1?.asks { return "orders" }
        let tickers = (left.ticker(instrument), right.ticker(instrument))
        if tickers.0?.lastTrade != tickers.1?.lastTrade { return "last trades" }
        if tickers.0?.volume != tickers.1?.volume { return "volumes" }
        if tickers.0?.tradeCount != tickers.1?.tradeCount { return "counts" }
        if tickers.0?.open != tickers.1?.open { return "opens" }
        if tickers.0?.high != tickers.1?.high { return "highs" }
        if tickers.0?.low != tickers.1?.low { return "lows" }
        if tickers.0?.phase != tickers.1?.phase { return "phases" }
        for interval in CandleInterval.allCases {
            if left.candles(instrument, interval, limit: 500)
                != right.candles(instrument, interval, limit: 500)
            {
                return "candles of \(interval.name)"
            }
        }
        if left.trades(instrument, limit: 500) != right.trades(instrument, limit: 500) {
            return "trades"
        }
    }
    for account in accounts.map({ number in AccountID(number) }) {
        if left.orders(of: account) != right.orders(of: account) { return "orders of \(account)" }
    }
    return nil
}
