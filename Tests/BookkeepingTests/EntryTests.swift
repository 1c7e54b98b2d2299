import Bookkeeping
import Cryptography
import Follower
import LedgerStore
import Primitives
import Testing
import TestSupport
import Venue

/// What each event becomes in the books.
@Suite("Ledger entries") struct EntryTests {
    private static let buyer = AccountID(16)
    private static let seller = AccountID(17)
    private static let money = AssetID(0)
    private static let goods = AssetID(1)
    private static let spot = InstrumentID(0)
    private static let service = InstrumentID(1)

    /// A venue with its books, in which the buyer has money and the seller goods.
    private struct Books: ~Copyable {
        let store: any LedgerStore
        let bookkeeping: Bookkeeping
        var venue = Venue()
        var events = EventBuffer()

        static func open(_ store: any LedgerStore) throws -> Books {
            var books = Books(store: store, bookkeeping: try Bookkeeping(store))
            try books.begin()
            return books
        }

        private mutating func begin() throws {
            for asset in 0...1 as ClosedRange<UInt32> { try apply(.defineAsset(AssetID(asset))) }
            for (instrument, settlement) in [(spot, SettlementKind.spot), (service, .service)] {
                try apply(
                    .defineInstrument(
                        InstrumentDefinition(
                            instrument: instrument,
                            base: goods,
                            quote: money,
                            settlement: settlement,
                            lotUnits: 10,
                            tickUnits: 100,
                            windowStart: Timestamp(settlement == .spot ? 0 : 1),
                            windowEnd: Timestamp(settlement == .spot ? 0 : 1_000_000)
                        )
                    )
                )
                try apply(
                    .setFees(FeeRule(instrument: instrument, makerRate: 1_000, takerRate: 2_000))
                )
                try apply(.setPhase(PhaseChange(instrument: instrument, phase: .continuous)))
            }
            for account in [buyer, seller] { try apply(.openAccount(account)) }
            try deposit(buyer, money, 1 << 100)
            try deposit(seller, goods, 1_000)
        }

        /// Carries out a command that must not be refused, and stores it.
        mutating func apply(_ command: Command, at time: UInt64 = 10) throws {
            events.removeAll()
            let sequence = venue.sequence + 1
            venue.apply(command, sequence: sequence, time: Timestamp(time), into: &events)
            if events.count > 0, case .refused(let refused) = events[0] {
                Issue.record("\(command) was refused: \(refused.refusal)")
            }
            bookkeeping.take(events, venue)
            try bookkeeping.flush(&venue)
        }

        mutating func deposit(_ account: AccountID, _ asset: AssetID, _ amount: Amount) throws {
            try apply(.deposit(Transfer(account: account, asset: asset, amount: amount)))
        }

        /// Lets the seller's waiting order meet the buyer's: 7 lots for 50 ticks, that is 35,000.
        mutating func trade(_ instrument: InstrumentID) throws {
            for (account, side) in [(seller, Side.sell), (buyer, .buy)] {
                try apply(
                    .placeOrder(
                        NewOrder(
                            account: account,
                            instrument: instrument,
                            side: side,
                            price: Price(50),
                            quantity: Quantity(7)
                        )
                    )
                )
            }
        }

        /// The entries of the last command, as short texts by number.
        func lastEntries() throws -> [String] {
            let sequence = venue.sequence
            var entries: [LedgerEntry] = []
            for account in [.clearingHouse, .fees, .insurance, buyer, seller] {
                entries += try store.withTenant(account) { ledger throws(LedgerStoreError) in
                    try ledger.entries(of: nil, LedgerPageRequest()).rows
                }
            }
            return entries.filter { entry in entry.sequence == sequence }
                .sorted { left, right in left.number < right.number }
                .map { it in
                    "\(it.number) \(it.kind) \(it.account.rawValue) \(it.asset.rawValue) \(it.amount)"
                }
        }

        /// What differs between books and venue.
        mutating func differences() throws -> [LedgerDifference] {
            try BookkeepingTests.differences(store, &venue)
        }
    }

    private static func withBooks(_ body: (inout Books) throws -> Void) throws {
        try TemporaryDirectory.with { path in
            var books = try Books.open(try SQLiteLedgerStore(path: path + "/ledger.db"))
            try body(&books)
            let differences = try books.differences()
            #expect(differences == [])
        }
    }

    @Test("a spot trade is four entries that sum to zero per asset, and the fees")
    func spotTrade() throws {
        try Self.withBooks { books in
            try books.trade(Self.spot)
            let entries = try books.lastEntries()
            #expect(
                entries == [
                    "0 payment 16 0 -35000", "1 payment 17 0 35000", "2 delivery 17 1 -70",
                    "3 delivery 16 1 70", "4 fee 16 0 -70", "5 fee 17 0 -35", "6 fee 1 0 105",
                ]
            )
        }
    }

    @Test("money from outside is balanced by custody, and back")
    func custody() throws {
        try Self.withBooks { books in
            try books.deposit(Self.seller, Self.money, 9)
            let deposit = try books.lastEntries()
            #expect(deposit == ["0 deposit 17 0 9", "1 custody 0 0 -9"])
            try books.apply(
                .withdraw(Transfer(account: Self.seller, asset: Self.money, amount: 4))
            )
            let withdrawal = try books.lastEntries()
            #expect(withdrawal == ["0 withdrawal 17 0 -4", "1 custody 0 0 4"])
        }
    }

    private static let holding = [
        "0 contractFunding 16 0 -35070", "1 contractHolding 16 0 35070",
        "2 contractFunding 17 1 -70", "3 contractHolding 17 1 70",
    ]
    private static let release = [
        "0 contractFunding 16 0 35070", "1 contractHolding 16 0 -35070",
        "2 contractFunding 17 1 70", "3 contractHolding 17 1 -70",
    ]

    @Test("a service contract holds both sides' parts until it is settled")
    func settled() throws {
        try Self.withBooks { books in
            try books.trade(Self.service)
            let made = try books.lastEntries()
            #expect(made == Self.holding)
            let certificate = SHA256.hash(of: [1, 2, 3])
            try books.apply(
                .settleContract(
                    ContractSettlement(trade: TradeID(1), certificate: certificate)
                ),
                at: 20
            )
            let settled = try books.lastEntries()
            #expect(
                settled == Self.release + [
                    "4 payment 16 0 -35000", "5 payment 17 0 35000", "6 delivery 17 1 -70",
                    "7 delivery 16 1 70", "8 fee 16 0 -70", "9 fee 17 0 -35", "10 fee 1 0 105",
                ]
            )
            let contract = try books.store.withTenant(Self.buyer) {
                ledger throws(LedgerStoreError) in
                try ledger.contract(TradeID(1).buyerContract)
            }
            #expect(contract?.state == .settled)
            #expect(contract?.certificate == certificate)
            #expect(contract?.endedTime == Timestamp(20))
        }
    }

    @Test("a service contract that fails or expires gives both sides theirs back")
    func notSettled() throws {
        try Self.withBooks { books in
            try books.trade(Self.service)
            try books.trade(Self.service)
            try books.apply(.failContract(TradeID(1)))
            let failed = try books.lastEntries()
            #expect(failed == Self.release)
            try books.apply(.expireContract(TradeID(2)), at: 1_000_000)
            let expired = try books.lastEntries()
            #expect(expired == Self.release)
            let states = try books.store.withTenant(Self.seller) {
                ledger throws(LedgerStoreError) in
                try ledger.trades(nil, LedgerPageRequest()).rows.map(\.state)
            }
            #expect(states == [.expired, .failed])
        }
    }

    @Test(
        "a bond moves between own funds and what it holds, and a penalty to the insurance account"
    )
    func bonds() throws {
        try Self.withBooks { books in
            let bond = Transfer(account: Self.buyer, asset: Self.money, amount: 1_000)
            try books.apply(.postBond(bond))
            let posted = try books.lastEntries()
            #expect(posted == ["0 bondFunding 16 0 -1000", "1 bondHolding 16 0 1000"])
            try books.apply(
                .penalise(
                    Penalty(
                        account: Self.buyer,
                        fault: .attendance,
                        evidence: SHA256.hash(of: [4])
                    )
                )
            )
            let slashed = try books.lastEntries()
            #expect(slashed == ["0 bondHolding 16 0 -100", "1 penalty 2 0 100"])
            let part = Transfer(account: Self.buyer, asset: Self.money, amount: 400)
            try books.apply(.releaseBond(part))
            let released = try books.lastEntries()
            #expect(released == ["0 bondHolding 16 0 -400", "1 bondFunding 16 0 400"])
            let audit = try books.store.withTenant(Self.buyer) {
                ledger throws(LedgerStoreError) in
                try ledger.audit(LedgerPageRequest()).rows.map(\.kind)
            }
            #expect(
                audit == [
                    .bondReleased, .bondSlashed, .penalised, .bondPosted, .deposited,
                    .accountOpened,
                ]
            )
        }
    }

    @Test("what a refused command names is kept, however senseless")
    func refused() throws {
        try Self.withBooks { books in
            books.events.removeAll()
            let reference = OrderReference(account: Self.buyer, order: OrderID(.max))
            let sequence = books.venue.sequence + 1
            books.venue.apply(
                .cancelOrder(reference),
                sequence: sequence,
                time: Timestamp(30),
                into: &books.events
            )
            books.bookkeeping.take(books.events, books.venue)
            try books.bookkeeping.flush(&books.venue)
            let record = try books.store.withTenant(Self.buyer) {
                ledger throws(LedgerStoreError) in
                try ledger.audit(LedgerPageRequest(limit: 1)).rows.first
            }
            #expect(record?.kind == .refused)
            #expect(record?.subject == UInt64(Refusal.unknownOrder.rawValue))
            #expect(record?.detail == .max)
        }
    }
}
