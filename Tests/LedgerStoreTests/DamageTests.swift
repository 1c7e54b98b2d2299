import Glibc
import LedgerStore
import Platform
import Primitives
import Synchronization
import Testing
import TestSupport
import Venue

/// What happens when a process, a server or a disk fails.
@Suite("Ledger damage", .serialized) struct LedgerDamageTests {
    /// What a store has that took in batches 1 to `count` without any fault.
    static func expected(_ count: UInt64) throws -> LedgerDigest {
        try TemporaryDirectory.with { path in
            let store = try SQLiteLedgerStore(path: path + "/ledger.db")
            for n in 1..<count + 1 { try store.append(SampleBatches.batch(n)) }
            return try store.digest()
        }
    }

    @Test("a batch of which one row is refused leaves nothing behind", arguments: StoreKind.all)
    func allOrNothing(_ kind: StoreKind) throws {
        try kind.withStore { store in
            try store.append(SampleBatches.batch(1))
            let before = try store.digest()
            var wrong = SampleBatches.batch(2)
            wrong.changed[0].order = OrderID(99)
            #expect(throws: LedgerStoreError.self) { try store.append(wrong) }
            wrong = SampleBatches.batch(2)
            wrong.balances[0].available = -1
            #expect(throws: LedgerStoreError.self) { try store.append(wrong) }
            wrong = SampleBatches.batch(2)
            wrong.audit.append(wrong.audit[0])
            #expect(throws: LedgerStoreError.self) { try store.append(wrong) }
            wrong = SampleBatches.batch(2)
            wrong.placed[0].order = OrderID(1 << 63)
            #expect(
                throws: LedgerStoreError.outOfRange(
                    what: "the number or time of order 9223372036854775808"
                )
            ) {
                try store.append(wrong)
            }
            #expect(store.cursor == 3)
            let after = try store.digest()
            #expect(after == before)
            try store.append(SampleBatches.batch(2))
            let complete = try store.digest()
            #expect(try complete == Self.expected(2))
        }
    }

    @Test(
        "SIGKILL in the middle of batches loses none that was reported, and halves none",
        arguments: StoreKind.all
    )
    func killed(_ kind: StoreKind) async throws {
        let folder = try TemporaryDirectory()
        let (schema, url) =
            try kind == .postgreSQL
            ? (SharedServer.schema().name, SharedServer.url()) : ("", "")
        func open() throws -> any LedgerStore {
            try kind == .postgreSQL
                ? PostgreSQLLedgerStore(PostgreSQLAddress(url: url, schema: schema))
                : SQLiteLedgerStore(path: folder.path(of: "ledger.db"))
        }
        for round in 1...3 {
            let (path, name) = (folder.path, kind.rawValue)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [
                    path = path as String, name = name as String, schema = schema as String,
                    url = url as String, round = round as Int
                ] in
                let store: any LedgerStore =
                    try name == "sqlite"
                    ? SQLiteLedgerStore(path: path + "/ledger.db")
                    : PostgreSQLLedgerStore(PostgreSQLAddress(url: url, schema: schema))
                let progress = unsafe Glibc.open(
                    path + "/progress",
                    O_WRONLY | O_CREAT | O_TRUNC,
                    0o600
                )
                let go = Signal()
                _ = try PlatformThread.start(name: "killer") {
                    go.wait()
                    kill(getpid(), SIGKILL)
                }
                var step = 0
                while true {
                    try store.append(SampleBatches.batch(store.cursor / 3 + 1))
                    let text = Array("\(store.cursor)\n".utf8)
                    _ = unsafe pwrite(progress, text, text.count, 0)
                    if step == 5 + 4 * round { go.notify() }
                    step += 1
                }
            }
            let line = try String(decoding: folder.bytes(of: "progress"), as: UTF8.self)
            let reported = try #require(UInt64(line.prefix { $0 != "\n" }))
            let store = try open()
            #expect(reported...reported + 3 ~= store.cursor)
            let found = try store.digest()
            #expect(try found == Self.expected(store.cursor / 3))
        }
    }

    @Test("a full disk stops the ledger with a clear error, and room lets it go on")
    func diskFull() throws {
        try TemporaryDirectory.with { path in
            let store = try SQLiteLedgerStore(path: path + "/ledger.db", pagesMax: 40)
            var n: UInt64 = 1
            var full: LedgerStoreError?
            while full == nil, n < 10_000 {
                do throws(LedgerStoreError) {
                    try store.append(SampleBatches.batch(n))
                    n += 1
                } catch {
                    full = error
                }
            }
            let error = try #require(full)
            guard case .diskFull = error else {
                Issue.record("\(error)")
                return
            }
            #expect(error.isTemporary)
            #expect(error.description.contains("no room"))
            #expect(store.cursor == 3 * (n - 1))
            let kept = try store.digest()
            #expect(try kept == Self.expected(n - 1))
            #expect(throws: error) { try store.append(SampleBatches.batch(n)) }
            try store.limit(pagesMax: 10_000)
            for next in n...n + 20 { try store.append(SampleBatches.batch(next)) }
            let complete = try store.digest()
            #expect(try complete == Self.expected(n + 20))
        }
    }

    @Test("a file that is no ledger, or a newer one, is not touched")
    func foreignFiles() throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write("no database, but long enough to be looked at as one", to: "a")
        #expect(throws: LedgerStoreError.self) { try SQLiteLedgerStore(path: path) }
        let text = try String(decoding: folder.bytes(of: "a"), as: UTF8.self)
        #expect(text.hasPrefix("no database"))
        let file = folder.path(of: "ledger.db")
        _ = try SQLiteLedgerStore(path: file)
        #expect(try folder.mode(of: "ledger.db") == 0o600)
        try Self.python("db.execute('PRAGMA user_version = 99')", file)
        #expect(throws: LedgerStoreError.newerVersion(store: file, found: 99, known: 1)) {
            try SQLiteLedgerStore(path: file)
        }
        #expect(throws: LedgerStoreError.self) {
            try SQLiteLedgerStore(path: folder.path(of: "missing/ledger.db"))
        }
    }

    /// Runs a statement of Python with the file open as `db`.
    static func python(_ statement: String, _ file: String) throws {
        let script = """
            import sqlite3
            db = sqlite3.connect('\(file)')
            \(statement)
            db.commit()
            """
        _ = try FinishedProgram.output([Places.python, "-I", "-c", script])
    }

    @Test("another program that reads the file sees whole batches, and holds nobody up")
    func concurrentReader() throws {
        try TemporaryDirectory.with { path in
            let store = try SQLiteLedgerStore(path: path + "/ledger.db")
            try store.append(SampleBatches.batch(1))
            let other = try SQLiteLedgerStore(path: path + "/ledger.db")
            try other.withBooks { books throws(LedgerStoreError) in
                // The session keeps the moment of its beginning.
                try store.append(SampleBatches.batch(2))
                let digest = try books.digest()
                #expect(digest.sequence == 3)
                #expect(digest.tables[2].rowCount == 1)
            }
            // Both may append, in turn: the cursor in the file decides.
            #expect(other.cursor == 3)
            try other.append(SampleBatches.batch(2))
            #expect(other.cursor == 6)
            try other.append(SampleBatches.batch(3))
            #expect(throws: LedgerStoreError.self) { try store.append(SampleBatches.batch(5)) }
            try store.append(SampleBatches.batch(4))
            let complete = try store.digest()
            #expect(try complete == Self.expected(4))
        }
    }
}
