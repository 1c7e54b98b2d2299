import LedgerStore
import Primitives
import Synchronization
import TestSupport
import Testing
import Venue

/// Nobody sees the rows of others.
@Suite("Ledger tenants") struct LedgerTenantTests {
    @Test("every statement of a tenant asks for the account first, and no other is one")
    func statements() {
        var others: [LedgerStatement] = []
        for statement in LedgerStatement.allCases {
            for dialect in [SQLDialect.sqlite, .postgreSQL] {
                let sql = statement.sql(dialect)
                let tables = sql.components(of: " FROM ")
                if statement.isOfTenant {
                    #expect(tables.count == 2, "one table, no part of another: \(sql)")
                    #expect(sql.contains(LedgerStatement.tenantCondition))
                    // The condition holds whatever else does: nothing before it, and no OR beside it.
                    let rest = sql.components(of: LedgerStatement.tenantCondition)[1]
                    #expect(rest.isEmpty || rest.hasPrefix(" AND ") || rest.hasPrefix(" ORDER BY "))
                    #expect(!rest.withoutParentheses.contains(" OR "))
                }
            }
            if !statement.isOfTenant { others.append(statement) }
        }
        #expect(others == [.allBalances, .allTrades, .cursor, .counts])
    }

    @Test("a tenant's lists have its own rows only", arguments: StoreKind.all)
    func ownRows(_ kind: StoreKind) throws {
        try kind.withStore { store in
            for n in 1...5 as ClosedRange<UInt64> { try store.append(SampleBatches.batch(n)) }
            for account in [SampleBatches.alice, SampleBatches.bob, AccountID(18)] {
                let count = try store.tenant(account) { ledger in
                    let page = LedgerPageRequest(limit: 500)
                    var accounts = try ledger.balances().map(\.account)
                    accounts += try ledger.entries(of: nil, page).rows.map(\.account)
                    accounts += try ledger.orders(LedgerOrderFilter(), page).rows.map(\.account)
                    accounts += try ledger.trades(nil, page).rows.map(\.account)
                    accounts += try ledger.audit(page).rows.map(\.account)
                    #expect(accounts.allSatisfy { it in it == account })
                    return accounts.count
                }
                #expect((count == 0) == (account == AccountID(18)))
            }
            // Bob sold in trade 1; to Alice his order and his contract do not exist.
            try store.tenant(SampleBatches.alice) { ledger in
                let order = try ledger.order(OrderID(3))
                #expect(order == nil)
                let contract = try ledger.contract(TradeID(1).sellerContract)
                #expect(contract == nil)
                let own = try ledger.contract(TradeID(1).buyerContract)
                #expect(own?.account == SampleBatches.alice)
            }
        }
    }

    @Test("a ledger that is kept beyond its session reads nothing", arguments: StoreKind.all)
    func keptLedger(_ kind: StoreKind) throws {
        try kind.withStore { store in
            try store.append(SampleBatches.batch(1))
            let kept = try store.withTenant(SampleBatches.alice) { ledger in ledger }
            #expect(throws: LedgerStoreError.scopeEnded) { try kept.balances() }
            let books = try store.withBooks { books in books }
            #expect(throws: LedgerStoreError.scopeEnded) { try books.digest() }
            var inner: (any TenantLedger)?
            let all = try store.withCrossTenant(
                reason: "case 7",
                requestor: "regulator",
                audit: { _ in }
            ) { ledger throws(LedgerStoreError) in
                inner = try ledger.tenant(SampleBatches.bob)
                return ledger
            }
            #expect(throws: LedgerStoreError.scopeEnded) { try all.balances(after: nil, limit: 1) }
            #expect(throws: LedgerStoreError.scopeEnded) { try inner?.balances() }
        }
    }

    @Test("a read across tenants is recorded before anything is read", arguments: StoreKind.all)
    func recorded(_ kind: StoreKind) throws {
        try kind.withStore { store in
            for n in 1...3 as ClosedRange<UInt64> { try store.append(SampleBatches.batch(n)) }
            var steps: [String] = []
            let balances = try store.withCrossTenant(
                reason: "case 7",
                requestor: "regulator",
                audit: { read in
                    steps.append("\(CrossTenantRead.eventName) \(read.requestor): \(read.reason)")
                },
                { ledger throws(LedgerStoreError) in
                    steps.append("read")
                    let first = try ledger.balances(after: nil, limit: 1)
                    let rest = try ledger.balances(after: first.last, limit: 500)
                    let trades = try ledger.trades(of: nil, LedgerPageRequest()).rows
                    #expect(trades.map(\.trade.rawValue) == [3, 2, 1])
                    let some = try ledger.trades(of: InstrumentID(1), LedgerPageRequest()).rows
                    #expect(some.map(\.trade.rawValue) == [3, 1])
                    let bob = try ledger.tenant(SampleBatches.bob).balances()
                    #expect(rest.suffix(2) == bob[...])
                    return first + rest
                }
            )
            #expect(steps == ["audit.cross_tenant.read regulator: case 7", "read"])
            #expect(balances == SampleBatches.batch(3).balances)
        }
    }

    @Test("without a reason, a requestor or a record nothing is read", arguments: StoreKind.all)
    func notRecorded(_ kind: StoreKind) throws {
        try kind.withStore { store in
            for (reason, requestor) in [("", "me"), ("case", ""), (" \n", "me")] {
                #expect(throws: LedgerStoreError.reasonMissing) {
                    try store.withCrossTenant(
                        reason: reason,
                        requestor: requestor,
                        audit: { _ in Issue.record("what is not allowed is not recorded") }
                    ) { _ in Issue.record("nothing is read") }
                }
            }
            #expect(throws: LedgerStoreError.auditFailed("disk full")) {
                try store.withCrossTenant(
                    reason: "case",
                    requestor: "me",
                    audit: { _ throws(LedgerStoreError) in throw .auditFailed("disk full") }
                ) { _ in Issue.record("nothing is read") }
            }
        }
    }
}

extension String {
    /// The parts between a separator.
    fileprivate func components(of separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }

    /// The text outside all parentheses.
    fileprivate var withoutParentheses: String {
        var depth = 0
        return String(
            filter { character in
                if character == "(" { depth += 1 }
                defer { if character == ")" { depth -= 1 } }
                return depth == 0
            }
        )
    }
}
