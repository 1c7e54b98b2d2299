import LedgerStore
import Primitives
import Testing
import Venue

/// Lists in pages, newest first.
@Suite("Ledger pages") struct LedgerPageTests {
    /// All rows of a list, read page by page.
    static func all<Row>(
        limit: Int,
        _ read: (LedgerPageRequest) throws(LedgerStoreError) -> LedgerPage<Row>
    ) throws(LedgerStoreError) -> [Row] {
        var rows: [Row] = []
        var request = LedgerPageRequest(limit: limit)
        while true {
            let page = try read(request)
            rows += page.rows
            guard let next = page.next else { return rows }
            request.cursor = next
        }
    }

    private static func withBatches(
        _ kind: StoreKind,
        _ body: (any TenantLedger) throws -> Void
    ) throws {
        try kind.withStore { store in
            for n in 1...9 as ClosedRange<UInt64> { try store.append(SampleBatches.batch(n)) }
            try store.tenant(SampleBatches.alice, body)
        }
    }

    @Test("pages of any size give the same rows as one large page", arguments: StoreKind.all)
    func pages(_ kind: StoreKind) throws {
        try Self.withBatches(kind) { ledger in
            for limit in [1, 2, 3, 7, 100] {
                let entries = try Self.all(limit: limit) { page throws(LedgerStoreError) in
                    try ledger.entries(of: nil, page)
                }
                let whole = try ledger.entries(of: nil, LedgerPageRequest(limit: 500))
                #expect(entries == whole.rows)
                #expect(entries.count == 9 * 4)
                let orders = try Self.all(limit: limit) { page throws(LedgerStoreError) in
                    try ledger.orders(LedgerOrderFilter(), page)
                }
                #expect(orders.map(\.order.rawValue) == [18, 16, 14, 12, 10, 8, 6, 4, 2])
                let contracts = try Self.all(limit: limit) { page throws(LedgerStoreError) in
                    try ledger.trades(nil, page)
                }
                #expect(contracts.map(\.contract.rawValue) == [18, 16, 14, 12, 10, 8, 6, 4, 2])
                let audit = try Self.all(limit: limit) { page throws(LedgerStoreError) in
                    try ledger.audit(page)
                }
                #expect(audit.map(\.sequence) == [25, 22, 19, 16, 13, 10, 7, 4, 1])
            }
        }
    }

    @Test("filters leave out what they do not name", arguments: StoreKind.all)
    func filters(_ kind: StoreKind) throws {
        try Self.withBatches(kind) { ledger in
            let page = LedgerPageRequest()
            func orders(_ filter: LedgerOrderFilter) throws -> [UInt64] {
                try ledger.orders(filter, page).rows.map { order in order.order.rawValue / 2 }
            }
            // The order of batch n waits until batch n + 1 fills it, partly if n + 1 is a multiple of 3.
            #expect(try orders(LedgerOrderFilter(states: .live)) == [9, 8, 5, 2])
            #expect(try orders(LedgerOrderFilter(states: .ended)) == [7, 6, 4, 3, 1])
            #expect(try orders(LedgerOrderFilter(states: .only(.partial))) == [8, 5, 2])
            let first = InstrumentID(0)
            #expect(try orders(LedgerOrderFilter(instrument: first)) == [8, 6, 4, 2])
            #expect(try orders(LedgerOrderFilter(states: .live, instrument: first)) == [8, 2])
            #expect(try orders(LedgerOrderFilter(instrument: InstrumentID(.max))) == [])
            func contracts(_ filter: LedgerContractFilter) throws -> [UInt64] {
                try ledger.contracts(filter, page).rows.map { row in row.contract.trade.rawValue }
            }
            #expect(try contracts(LedgerContractFilter(state: .waiting)) == [9])
            #expect(try contracts(LedgerContractFilter(settlement: .service)) == [9, 7, 5, 3, 1])
            #expect(try contracts(LedgerContractFilter(order: OrderID(8))) == [4])
            #expect(try contracts(LedgerContractFilter(order: OrderID(.max))) == [])
            let goods = try ledger.entries(of: SampleBatches.goods, page).rows
            #expect(goods.count == 9)
            #expect(goods.allSatisfy { entry in entry.asset == SampleBatches.goods })
        }
    }

    @Test("a cursor of another list, or of nobody, is refused", arguments: StoreKind.all)
    func foreignCursors(_ kind: StoreKind) throws {
        try Self.withBatches(kind) { ledger in
            let cursor = try ledger.entries(of: nil, LedgerPageRequest(limit: 1)).next
            #expect(cursor != nil)
            let texts = [cursor, "", "AA", "no cursor", String(repeating: "A", count: 24), "?"]
            for text in texts {
                #expect(throws: LedgerStoreError.invalidCursor) {
                    try ledger.audit(LedgerPageRequest(limit: 1, cursor: text))
                }
            }
        }
    }

    @Test("a page has 1 to 500 rows", arguments: [.min, -1, 0, 501, .max] as [Int])
    func limits(_ limit: Int) throws {
        try Self.withBatches(.sqlite) { ledger in
            #expect(throws: LedgerStoreError.invalidLimit(limit)) {
                try ledger.orders(LedgerOrderFilter(), LedgerPageRequest(limit: limit))
            }
        }
    }
}
