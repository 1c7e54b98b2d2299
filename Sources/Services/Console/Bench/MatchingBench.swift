import Cryptography
import Platform
import Primitives
import Venue

/// Measures the core alone, on one thread: no journal, no queue.
enum MatchingBench {
    struct Result {
        var commands = 0
        var trades: UInt64 = 0
        var bareMessagesPerSecond = 0.0
        var fullCommandsPerSecond = 0.0
        var latencies = Durations()
        /// What taking the time costs, which is subtracted from every latency.
        var clockNanoseconds: UInt64 = 0
        var memoryBytes = 0
        /// Of the whole state with all those orders, after the commands of a quarter of a second.
        var stateHashNanoseconds: UInt64 = 0
        var stateHash = ""
    }

    /// Cancelled and placed again, they are the commands of a quarter of a second at 265,000 a second.
    private static let replacements = 33_125

    /// Measures everything.
    ///
    /// - Parameters:
    ///   - flow: What to match.
    ///   - runs: How often; the result is the median.
    ///   - resting: How many orders rest while memory is measured.
    ///   - progress: Is told what is going on.
    /// - Returns: The measurements.
    /// - Throws: `disagreement` when runs differ that must not.
    static func run(
        _ flow: [FlowCommand],
        runs: Int,
        resting: Int,
        progress: (String) -> Void
    ) throws(ConsoleError) -> Result {
        var result = Result()
        result.commands = flow.count
        // First, while the process has nothing that a venue could use again.
        progress("memory of \(resting.grouped) resting orders")
        let clock = LinuxClock()
        (result.memoryBytes, result.stateHashNanoseconds) = try rest(resting, clock)
        result.clockNanoseconds = clockCost(clock)
        result.latencies = Durations(capacity: flow.count * runs)
        let messages = BookMessages(flow)
        var bare: [Double] = []
        var full: [Double] = []
        for run in 1...runs {
            progress("run \(run) of \(runs)")
            var book = messages.warmBook()
            var start = clock.monotonicNanoseconds()
            book.run(messages.measured)
            bare.append(Double(clock.monotonicNanoseconds() - start))
            result.trades = book.tradeCount - messages.warmUpTrades
            var session = VenueSession(warmedUpWith: flow)
            start = clock.monotonicNanoseconds()
            session.apply(flow)
            full.append(Double(clock.monotonicNanoseconds() - start))
            let hash = session.stateHash
            if !result.stateHash.isEmpty && hash != result.stateHash {
                throw .disagreement("run \(run) ended with state hash \(hash), another before")
            }
            result.stateHash = hash
            if session.trades != result.trades {
                throw .disagreement(
                    "the bare book made \(result.trades) trades, the core \(session.trades)"
                )
            }
            var timed = VenueSession(warmedUpWith: flow)
            timed.apply(
                flow,
                latencies: &result.latencies,
                clock: clock,
                cost: result.clockNanoseconds
            )
        }
        result.bareMessagesPerSecond = Double(flow.count) / bare.median * 1e9
        result.fullCommandsPerSecond = Double(flow.count) / full.median * 1e9
        return result
    }

    /// How much memory a venue needs for so many orders in the book, and how long the hash of its state takes.
    private static func rest(
        _ count: Int,
        _ clock: LinuxClock
    ) throws(ConsoleError) -> (bytes: Int, hashNanoseconds: UInt64) {
        let before = try residentBytes()
        var session = VenueSession()
        session.rest(count)
        let after = try residentBytes()
        if session.liveOrderCount != count {
            throw .disagreement("\(session.liveOrderCount) of \(count) orders rest")
        }
        _ = session.stateHash
        session.replaceOrders(replacements, among: count)
        let start = clock.monotonicNanoseconds()
        _ = session.stateHash
        return (max(after - before, 0), clock.monotonicNanoseconds() - start)
    }

    private static func residentBytes() throws(ConsoleError) -> Int {
        do { return try Machine.residentBytes() } catch { throw .environment("\(error)") }
    }

    /// The usual difference between two readings of the clock with nothing in between.
    private static func clockCost(_ clock: LinuxClock) -> UInt64 {
        var costs = Durations(capacity: 10_001)
        for _ in 0..<10_001 {
            let start = clock.monotonicNanoseconds()
            costs.add(clock.monotonicNanoseconds() - start)
        }
        return costs.nanoseconds(perMille: 500)
    }
}

/// A flow as messages for a bare book, which must be called by the names that the book gives them.
private struct BookMessages: ~Copyable {
    private(set) var warmUp: Pool<BookMessage>
    private(set) var measured: Pool<BookMessage>
    private(set) var warmUpTrades: UInt64 = 0
    private let capacity: UInt32 = 1 << 16

    /// A book names its orders by their slots and a counter, so the names are found by running it.
    init(_ flow: [FlowCommand]) {
        warmUp = Pool(capacity: UInt32(flow.count))
        measured = Pool(capacity: UInt32(flow.count))
        var book = BareBook(ordersCapacity: capacity)
        var names: [UInt64: (order: OrderID, side: Side, price: Price)] = [:]
        for row in flow { warmUp.append(Self.run(row, &book, &names)) }
        // Whatever rests would meet the second pass.
        for row in flow where row.operation == .new {
            warmUp.append(Self.run(.cancel(row.order, at: row.time), &book, &names))
        }
        warmUpTrades = book.tradeCount
        for row in flow { measured.append(Self.run(row, &book, &names)) }
    }

    private static func run(
        _ row: FlowCommand,
        _ book: inout BareBook,
        _ names: inout [UInt64: (order: OrderID, side: Side, price: Price)]
    ) -> BookMessage {
        let known = names[row.order] ?? (.none, .buy, .none)
        let message =
            switch row.operation {
            case .new:
                BookMessage(
                    kind: row.timeInForce == .immediateOrCancel ? .immediate : .add,
                    side: row.side,
                    order: .none,
                    price: row.price,
                    quantity: row.quantity
                )
            case .amend:
                BookMessage(
                    kind: .reduce,
                    side: known.side,
                    order: known.order,
                    price: known.price,
                    quantity: row.quantity
                )
            case .cancel:
                BookMessage(
                    kind: .cancel,
                    side: known.side,
                    order: known.order,
                    price: known.price,
                    quantity: .zero
                )
            }
        let first = book.reportCount
        book.apply(message)
        if row.operation == .new {
            names[row.order] = (book.report(first).order, row.side, row.price)
        }
        return message
    }

    /// A book that has worked off the flow once, so that its memory is in place, and is empty again.
    func warmBook() -> BareBook {
        var book = BareBook(ordersCapacity: capacity)
        book.run(warmUp)
        return book
    }
}

/// A venue with the members of a flow.
private struct VenueSession: ~Copyable {
    private var venue = Venue(pageHash: AcceleratedSHA256.hash)
    private var events = EventBuffer()
    private var sequence: UInt64 = 0
    private var tradesBefore: UInt64 = 0

    init() {
        for command in FlowSession.setUp() { apply(command, at: .zero) }
        events.removeAll()
    }

    /// A venue that has worked off the flow once, so that its memory is in place, and has an empty book.
    init(warmedUpWith flow: [FlowCommand]) {
        self.init()
        apply(flow)
        apply(.massCancel(MassCancel(instrument: FlowSession.instrument)), at: .zero)
        events.removeAll()
        tradesBefore = venue.tradeCount
    }

    var trades: UInt64 { venue.tradeCount - tradesBefore }
    var stateHash: String { mutating get { venue.stateHash().hex } }
    var liveOrderCount: Int { Int(venue.liveOrderCount) }

    @inline(__always)
    private mutating func apply(_ command: Command, at time: Timestamp) {
        sequence += 1
        venue.apply(command, sequence: sequence, time: time, into: &events)
    }

    mutating func apply(_ flow: [FlowCommand]) {
        for row in flow {
            apply(FlowSession.command(for: row), at: row.time)
            if events.count > 512 { events.removeAll() }
        }
    }

    mutating func apply(
        _ flow: [FlowCommand],
        latencies: inout Durations,
        clock: LinuxClock,
        cost: UInt64
    ) {
        for row in flow {
            let start = clock.monotonicNanoseconds()
            apply(FlowSession.command(for: row), at: row.time)
            let elapsed = clock.monotonicNanoseconds() - start
            latencies.add(elapsed - min(elapsed, cost))
            events.removeAll()
        }
    }

    /// Fills the book: bids below and asks above, over thousands of prices.
    mutating func rest(_ count: Int) {
        var random = SplitMix64(seed: 1)
        for order in 1...UInt64(count) { place(order, &random) }
    }

    /// Cancels and places again `count` of the orders that rest, all over the book.
    mutating func replaceOrders(_ count: Int, among resting: Int) {
        var random = SplitMix64(seed: 2)
        for _ in 0..<count {
            let order = 1 + UInt64(random.below(UInt64(resting)))
            apply(FlowSession.command(for: .cancel(order, at: .zero)), at: .zero)
            place(order, &random)
        }
    }

    private mutating func place(_ order: UInt64, _ random: inout SplitMix64) {
        let distance = Int64(random.below(8_192))
        let isBuy = order.isMultiple(of: 2)
        let row = FlowCommand.new(
            order,
            isBuy ? .buy : .sell,
            .goodTillCancel,
            quantity: Quantity(Int64(1 + random.below(1_000))),
            price: Price(isBuy ? 50_000 - distance : 50_001 + distance),
            at: .zero
        )
        apply(FlowSession.command(for: row), at: row.time)
        if events.count > 512 { events.removeAll() }
    }
}
