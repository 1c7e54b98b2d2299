import Bookkeeping
import Follower
import Journal
import LedgerStore
import Platform
import Primitives
import ReferenceVenue
import Sequencer
import Synchronization
import Testing
import TestSupport
import Venue

/// The ledger beside a running venue.
@Suite("Ledger following", .serialized) struct FollowingTests {
    /// Commands that a random session makes, with their times.
    private static func commands(_ count: Int) -> [(Command, Timestamp)] {
        var generator = CommandGenerator(seed: 2)
        let model = ReferenceVenue()
        return (1...count).map { number in
            let (command, time) = generator.next(model)
            _ = model.apply(command, sequence: UInt64(number), time: time)
            return (command, time)
        }
    }

    private static func submit(_ commands: [(Command, Timestamp)], _ sequencer: Sequencer) {
        for (command, time) in commands {
            while sequencer.submit(command, time: time) == .busy {}
        }
    }

    private static func digest(_ store: any LedgerStore) throws -> LedgerDigest {
        try store.withBooks { books throws(LedgerStoreError) in try books.digest() }
    }

    @Test("a ledger that is deleted and made again from the journal has the same rows")
    func rebuilt() throws {
        let (folder, journal) = (try TemporaryDirectory(), try TemporaryDirectory())
        let directory = try journal.open()
        let sequencer = try Sequencer(directory, sink: IgnoringSink())
        let first = try SQLiteLedgerStore(path: folder.path(of: "first.db"))
        let follower = try Follower(
            sequencer,
            journal: directory,
            projection: Bookkeeping(first),
            name: "ledger"
        )
        Self.submit(Self.commands(3_000), sequencer)
        eventually("the ledger has all") { first.cursor == 3_000 }
        sequencer.stop()
        follower.stop()
        #expect(follower.progress.fault == nil)
        let expected = try Self.digest(first)
        let second = try SQLiteLedgerStore(path: folder.path(of: "second.db"))
        for store in [first, second] {
            var replay = try JournalReplay(directory: directory, usesSnapshots: false)
            let last = try Bookkeeping.rebuild(store, from: &replay)
            #expect(last == 3_000)
            let found = try Self.digest(store)
            #expect(found == expected)
            let differences = try BookkeepingTests.differences(store, &replay.venue)
            #expect(differences == [])
        }
    }

    @Test("the venue goes on while the database is away, and the ledger catches up")
    func databaseAway() throws {
        let (folder, journal) = (try TemporaryDirectory(), try TemporaryDirectory())
        let directory = try journal.open()
        let server = try LocalPostgreSQLServer(folder: LocalPostgreSQLServer.temporaryFolder())
        defer { #expect(throws: Never.self) { try server.remove() } }
        let sequencer = try Sequencer(directory, sink: IgnoringSink())
        let store = try PostgreSQLLedgerStore(PostgreSQLAddress(url: server.url))
        let warnings = Mutex<[FollowerError]>([])
        let follower = try Follower(
            sequencer,
            journal: directory,
            projection: Bookkeeping(store, flushCommands: 16, storeCommands: 64),
            name: "ledger"
        ) { warning in
            warnings.withLock { warnings in warnings.append(warning) }
        }
        let commands = Self.commands(2_400)
        for round in 0..<3 {
            Self.submit(Array(commands[800 * round..<800 * round + 400]), sequencer)
            eventually("the ledger follows") { store.cursor == UInt64(800 * round + 400) }
            server.crash()
            Self.submit(Array(commands[800 * round + 400..<800 * (round + 1)]), sequencer)
            eventually("the venue goes on") {
                sequencer.durableSequence == UInt64(800 * (round + 1))
            }
            eventually("the follower waits") { follower.progress.fault != nil }
            try server.start()
        }
        eventually("the ledger has all") { store.cursor == 2_400 }
        sequencer.stop()
        follower.stop()
        #expect(follower.progress.fault == nil)
        #expect(warnings.withLock { $0.count } == 3)
        let found = try Self.digest(store)
        var replay = try JournalReplay(directory: directory, usesSnapshots: false)
        let other = try SQLiteLedgerStore(path: folder.path(of: "other.db"))
        _ = try Bookkeeping.rebuild(other, from: &replay)
        let expected = try Self.digest(other)
        #expect(found == expected)
    }
}

/// Waits for no reply.
private final class IgnoringSink: ReplySink {
    func deliver(_ batch: borrowing DurableBatch) {}
    func stopped(_ reason: JournalError) {}
}
