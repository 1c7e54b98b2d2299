import Bookkeeping
import Follower
import LedgerStore
import Platform
import Primitives
import ReferenceVenue
import Testing
import TestSupport
import Venue

/// What somebody else changes in the tables is found.
@Suite("Ledger differences") struct DifferenceTests {
    /// One change of the tables, and the words that report it.
    struct Change: CustomTestStringConvertible {
        let sql: String
        let report: String

        var testDescription: String { sql }

        static let all = [
            Change(
                sql: "UPDATE balances SET available_low = available_low + 1 WHERE account = 16",
                report: "stored,"
            ),
            Change(sql: "DELETE FROM balances WHERE account = 17", report: "custody is"),
            Change(
                sql: "UPDATE ledger_entries SET amount_low = amount_low + 1 WHERE kind = 4",
                report: "entries add up to"
            ),
            Change(
                sql: "DELETE FROM ledger_entries WHERE kind = 6",
                report: "do not add up to zero"
            ),
            Change(
                sql: "UPDATE ledger_entries SET amount_high = amount_high - 1 WHERE kind = 6",
                report: "custody entries add up to"
            ),
            Change(
                sql: "DELETE FROM ledger_entries WHERE account = 16",
                report: "entries add up to 0"
            ),
            Change(
                sql: "DELETE FROM ledger_entries WHERE kind = 10",
                report: "do not add up to zero"
            ),
            Change(
                sql: "UPDATE ledger_entries SET amount_low = 5 WHERE kind = 10 AND amount_low > 0",
                report: "bond entries add up to"
            ),
            Change(sql: "UPDATE orders SET state = 4 WHERE state = 1", report: "live orders"),
            Change(sql: "DELETE FROM processed_trades WHERE trade = 1", report: "trades: "),
            Change(sql: "UPDATE contracts SET state = 0", report: "waiting contracts: "),
            Change(sql: "DELETE FROM contracts WHERE account = 16", report: "contracts: "),
        ]
    }

    /// A session with service contracts and bonds.
    private static let seed: UInt64 =
        (0..<100).first { seed in GeneratorProfile.forSeed(seed).name == "services" } ?? 0

    @Test("every kind of change is reported by a reconciliation", arguments: Change.all)
    func reported(_ change: Change) throws {
        try TemporaryDirectory.with { path in
            let file = path + "/ledger.db"
            var session = RandomSession(seed: Self.seed)
            try session.run(1_500, [Bookkeeping(SQLiteLedgerStore(path: file))], flushed: [100])
            try Self.run(change.sql, file)
            let store = try SQLiteLedgerStore(path: file)
            let differences = try BookkeepingTests.differences(store, &session.venue)
            #expect(
                differences.contains { $0.description.contains(change.report) },
                "\(differences)"
            )
        }
    }

    @Test("a ledger whose balances were changed is not written to")
    func stops() throws {
        try TemporaryDirectory.with { path in
            let file = path + "/ledger.db"
            var session = RandomSession(seed: Self.seed)
            try session.run(700, [Bookkeeping(SQLiteLedgerStore(path: file))], flushed: [100])
            try Self.run("UPDATE balances SET available_low = available_low + 1", file)
            let store = try SQLiteLedgerStore(path: file)
            let error = #expect(throws: FollowerError.self) {
                try session.run(10, [Bookkeeping(store)], flushed: [5])
            }
            #expect(error?.description.contains("parallax ledger rebuild") == true)
            #expect(store.cursor == 700)
        }
    }

    private static func run(_ sql: String, _ file: String) throws {
        let script = """
            import sqlite3
            db = sqlite3.connect('\(file)')
            count = db.execute("\(sql)").rowcount
            db.commit()
            assert count > 0, count
            """
        _ = try FinishedProgram.output([Places.python, "-I", "-c", script])
    }
}
