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
