import Bookkeeping
import Follower
import LedgerStore
import Primitives
import Testing
import TestSupport
import Venue

/// The projection from events to double entries.
@Suite("Bookkeeping") struct BookkeepingTests {
    @Test(
        "random sessions of every kind keep books that agree with the venue in everything",
        arguments: 0..<16 as Range<UInt64>
    )
    func reconciles(seed: UInt64) throws {
        try TemporaryDirectory.with { path in
            let store = try SQLiteLedgerStore(path: path + "/ledger.db")
            var session = RandomSession(seed: seed)
            for _ in 0..<3 {
                try session.run(700, [try Bookkeeping(store)], flushed: [97])
                let differences = try Self.differences(store, &session.venue)
                #expect(differences == [])
            }
            #expect(store.cursor == 2_100)
        }
    }

    @Test(
        "however often it is flushed, a ledger has the same rows",
        arguments: [1, 5] as [UInt64]
    )
    func flushed(seed: UInt64) throws {
        try TemporaryDirectory.with { path in
            let stores = try [1, 7, 200, 100_000].map { count in
                try SQLiteLedgerStore(path: path + "/\(count).db")
            }
            var session = RandomSession(seed: seed)
            var bookkeepings = try stores.map { store in try Bookkeeping(store) }
            // As when it is far behind: several flushes are stored together, by another thread.
            bookkeepings[1] = try Bookkeeping(stores[1], flushCommands: 7, storeCommands: 50)
            try session.run(1_200, bookkeepings, flushed: [1, 7, 200, 100_000])
            let digests = try stores.map { store in
                try store.withBooks { books throws(LedgerStoreError) in try books.digest() }
            }
            #expect(digests.allSatisfy { digest in digest == digests[0] })
            #expect(digests[0].sequence == 1_200)
            #expect(digests[0].tables.allSatisfy { table in table.rowCount > 0 })
        }
    }

    /// What a whole reconciliation finds.
    static func differences(
        _ store: any LedgerStore,
        _ venue: inout Venue
    ) throws -> [LedgerDifference] {
        try store.withBooks { books throws(LedgerStoreError) in
            try Reconciliation(books, venue).differences
        }
    }
}
