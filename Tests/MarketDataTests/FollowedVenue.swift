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

    /// Applies a command to all without a flush.
    func apply(_ command: Command, at time: Timestamp) {
        sequence += 1
        for case .traded(let trade) in model.apply(command, sequence: sequence, time: time) {
            trades.append((trade, model.time))
        }
        let record = JournalRecord(sequence: sequence, time: time, content: .command(command))
        records.append(record)
        events.removeAll()
        venue.apply(command, sequence: sequence, time: time, into: &events)
        market.take(record, events, &venue)
    }

    /// Brings the venue about that tests with a script need.
    func open(phase: Phase = .continuous) {
        for command in Opening.commands(phase: phase) { apply(command, at: Timestamp(1)) }
    }

    /// Lets the market data give out what it took.
    func flush() throws { try market.flush(&venue) }

    /// Every sequence number and time stamp so far, with its command.
    func replay(after sequence: UInt64, into other: MarketData, flushEvery step: Int) throws {
        var copy = Venue(ordersCapacity: 64)
        var events = EventBuffer(capacity: 16)
        for record in records {
            guard case .command(let command) = record.content else { continue }
            events.removeAll()
            copy.apply(command, sequence: record.sequence, time: record.time, into: &events)
            if record.sequence <= sequence { continue }
            other.take(record, events, &copy)
            if Int(record.sequence) % step == 0 { try other.flush(&copy) }
        }
        try other.flush(&copy)
    }
}
