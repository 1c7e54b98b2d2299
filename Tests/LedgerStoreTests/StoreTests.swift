import LedgerStore
import Primitives
import TestSupport
import Testing
import Venue

/// What every kind of store does.
@Suite("Ledger stores") struct LedgerStoreTests {
    @Test(
        "a store has the rows that were appended, and gives them newest first",
        arguments: StoreKind.all
    )
    func rows(_ kind: StoreKind) throws {
        try kind.withStore { store in
            let batches = (1...5).map { n in SampleBatches.batch(n) }
            for batch in batches { try store.append(batch) }
            #expect(store.cursor == 15)
            try store.withTenant(SampleBatches.alice) { ledger throws(LedgerStoreError) in
                #expect(ledger.scope.account == SampleBatches.alice)
                #expect(ledger.sequence == 15)
                let balances = try ledger.balances()
                #expect(
                    balances == batches[4].balances.filter { $0.account == SampleBatches.alice }
                )
                let entries = try ledger.entries(of: nil, LedgerPageRequest()).rows
                let expected = batches.flatMap(\.entries)
                    .filter { entry in entry.account == SampleBatches.alice }
                #expect(entries == expected.reversed())
                let contracts = try ledger.contracts(LedgerContractFilter(), LedgerPageRequest())
                #expect(contracts.rows.map(\.contract.rawValue) == [10, 8, 6, 4, 2])
                #expect(
                    contracts.rows.map(\.state) == [
                        .waiting, .settled, .settled, .settled, .settled,
                    ]
                )
                #expect(contracts.rows[2].certificate == SampleBatches.certificate)
                #expect(contracts.rows[1] == batches[3].contracts[0])
                let orders = try ledger.orders(LedgerOrderFilter(), LedgerPageRequest()).rows
                #expect(orders.map(\.order.rawValue) == [10, 8, 6, 4, 2])
                #expect(orders[0] == batches[4].placed[0])
                #expect(orders[1].filled == Quantity(5))
                #expect(orders[1].price == Price(11))
                #expect(orders[1].placedSequence == 11)
                #expect(orders[1].changedSequence == 14)
                let audit = try ledger.audit(LedgerPageRequest()).rows
                #expect(audit.map(\.sequence) == [13, 10, 7, 4, 1])
                #expect(audit[0] == batches[4].audit[0])
            }
        }
    }

    @Test("a batch that a store has already changes nothing", arguments: StoreKind.all)
    func idempotent(_ kind: StoreKind) throws {
        try kind.withStore { store in
            for n in 1...3 as ClosedRange<UInt64> { try store.append(SampleBatches.batch(n)) }
            let before = try store.withBooks { books throws(LedgerStoreError) in try books.digest()
            }
            for n in 1...3 as ClosedRange<UInt64> { try store.append(SampleBatches.batch(n)) }
            let after = try store.digest()
            #expect(before == after)
            #expect(before.sequence == 9)
            #expect(throws: LedgerStoreError.self) { try store.append(SampleBatches.batch(5)) }
        }
    }
}
