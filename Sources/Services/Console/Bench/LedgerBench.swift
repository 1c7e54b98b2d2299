import Bookkeeping
import Cryptography
import Follower
import LedgerStore
import Platform
import Primitives
import Venue

/// Measures how fast trades get into a ledger store, through the projection and as its follower would store them.
///
/// Each trade is two orders, of a maker and of a taker, by any of many accounts; both pay fees. So a trade is one row of
/// the trades, two orders, two contracts, four entries and three of fees, and four or five changed balances.
enum LedgerBench {
    /// What was measured.
    struct Result {
        var trades: UInt64 = 0
        var rows: UInt64 = 0
        /// From the first order to the last commit: matching, projecting, and storing.
        var wholeNanoseconds: UInt64 = 0
        /// How long the follower's thread waited at each flush; most only gather, see `Bookkeeping.flush`.
        var waits = Durations()
        /// The SHA-256 of the entries, the same for every store.
        var digest = ""
    }

    /// Books that nobody stored before, and trades that fill them.
    private struct Market: ~Copyable {
        static let instruments: UInt32 = 4
        private static let quote = AssetID(0)

        var venue = Venue()
        var events = EventBuffer()
        let accounts: UInt32
        private var sequence: UInt64 = 0
        private var random: UInt64 = 1

        init(accounts: UInt32) { self.accounts = accounts }

        /// Opens accounts and instruments, and gives everybody enough.
        mutating func open(_ bookkeeping: Bookkeeping) {
            for asset in 0...Self.instruments {
                apply(.defineAsset(AssetID(asset)), bookkeeping)
            }
            for number in 0..<Self.instruments {
                let instrument = InstrumentID(number)
                apply(
                    .defineInstrument(
                        InstrumentDefinition(
                            instrument: instrument,
                            base: AssetID(number + 1),
                            quote: Self.quote,
                            lotUnits: 10_000,
                            tickUnits: 100
                        )
                    ),
                    bookkeeping
                )
                apply(
                    .setFees(FeeRule(instrument: instrument, makerRate: 200, takerRate: 500)),
                    bookkeeping
                )
                apply(
                    .setPhase(PhaseChange(instrument: instrument, phase: .continuous)),
                    bookkeeping
                )
            }
            for number in 0..<accounts {
                let account = AccountID(AccountID.reservedCount + number)
                apply(.openAccount(account), bookkeeping)
                for asset in 0...Self.instruments {
                    let transfer = Transfer(
                        account: account,
                        asset: AssetID(asset),
                        amount: 1 << 80
                    )
                    apply(.deposit(transfer), bookkeeping)
                }
            }
        }

        /// Places two orders that trade with each other.
        mutating func trade(_ bookkeeping: Bookkeeping) {
            let instrument = InstrumentID(next(below: Self.instruments))
            let price = Price(Int64(10_000 + next(below: 500)))
            let quantity = Quantity(Int64(1 + next(below: 100)))
            let first = next(below: accounts)
            let second = (first + 1 + next(below: accounts - 1)) % accounts
            let side: Side = next(below: 2) == 0 ? .buy : .sell
            for (number, side, timeInForce) in [
                (first, side, TimeInForce.goodTillCancel),
                (second, side.opposite, TimeInForce.immediateOrCancel),
            ] {
                apply(
                    .placeOrder(
                        NewOrder(
                            account: AccountID(AccountID.reservedCount + number),
                            instrument: instrument,
                            side: side,
                            timeInForce: timeInForce,
                            price: price,
                            quantity: quantity
                        )
                    ),
                    bookkeeping
                )
            }
        }

        private mutating func apply(_ command: Command, _ bookkeeping: Bookkeeping) {
            sequence += 1
            events.removeAll()
            let time = Timestamp(1_700_000_000_000_000_000 + sequence * 1_000)
            venue.apply(command, sequence: sequence, time: time, into: &events)
            bookkeeping.take(events, venue)
        }

        /// A number that looks random and is the same every time (xorshift).
        private mutating func next(below bound: UInt32) -> UInt32 {
            random ^= random << 13
            random ^= random >> 7
            random ^= random << 17
            return UInt32(truncatingIfNeeded: (random >> 32) &* UInt64(bound) >> 32)
        }
    }

    /// Fills an empty store with trades.
    ///
    /// - Parameters:
    ///   - store: The store.
    ///   - tradeCount: How many trades.
    ///   - accounts: How many accounts trade.
    ///   - progress: Is told what is going on.
    /// - Returns: The measurements.
    /// - Throws: `environment` when the store fails; `disagreement` when the ledger differs from the venue.
    static func run(
        _ store: any LedgerStore,
        trades tradeCount: Int,
        accounts: UInt32,
        progress: (String) -> Void
    ) throws(ConsoleError) -> Result {
        var result = Result()
        let bookkeeping = try Console.ledger { () throws(LedgerStoreError) in try Bookkeeping(store)
        }
        var market = Market(accounts: accounts)
        market.open(bookkeeping)
        // The second one finds nothing new, and so stores what the first one gathered.
        for _ in 1...2 { try flush(bookkeeping, &market, &result) }
        try check(store, &market, &result)
        let before = result.rows
        result = Result()
        let clock = LinuxClock()
        progress("filling")
        let perBatch = Int(Follower.commandsMax / 2)
        let start = clock.monotonicNanoseconds()
        for number in 1...tradeCount {
            market.trade(bookkeeping)
            if number % perBatch != 0 { continue }
            try flush(bookkeeping, &market, &result)
            if number % (32 * perBatch) == 0 { progress("\(number.grouped) trades") }
        }
        // As a follower that has caught up.
        try flush(bookkeeping, &market, &result)
        result.wholeNanoseconds = clock.monotonicNanoseconds() - start
        result.trades = UInt64(tradeCount)
        progress("reconciling")
        try check(store, &market, &result)
        result.rows -= before
        return result
    }

    private static func flush(
        _ bookkeeping: Bookkeeping,
        _ market: inout Market,
        _ result: inout Result
    ) throws(ConsoleError) {
        let clock = LinuxClock()
        let start = clock.monotonicNanoseconds()
        do throws(FollowerError) {
            try bookkeeping.flush(&market.venue)
        } catch {
            throw .environment(error.description)
        }
        result.waits.add(clock.monotonicNanoseconds() - start)
    }

    /// Compares the whole ledger with the venue, and takes its digest.
    private static func check(
        _ store: any LedgerStore,
        _ market: inout Market,
        _ result: inout Result
    ) throws(ConsoleError) {
        var differences: [LedgerDifference] = []
        let digest = try Console.ledger { () throws(LedgerStoreError) in
            try store.withBooks { books throws(LedgerStoreError) in
                differences = try Reconciliation(books, market.venue).differences
                return try books.digest()
            }
        }
        if let first = differences.first {
            throw .disagreement("\(differences.count) differences; the first: \(first)")
        }
        for table in digest.tables {
            result.rows += table.rowCount
            if table.name == "ledger_entries" { result.digest = table.digest }
        }
    }
}
