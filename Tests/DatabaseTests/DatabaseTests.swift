import Database
import Platform
import SeededRandomness
import Synchronization
import Testing
import TestSupport

@Suite("Database") struct DatabaseTests {
    static let tables: [StaticString] = [
        "CREATE TABLE entry (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT",
        """
        CREATE TABLE part (
            entry TEXT NOT NULL REFERENCES entry (key),
            number INTEGER NOT NULL CHECK (number > 0)
        ) STRICT;
        CREATE INDEX part_by_entry ON part (entry);
        """,
    ]

    @Test("gives every value back with exactly its type, also after it was opened again")
    func values() throws {
        let folder = try TemporaryDirectory()
        let values: [DatabaseValue] = [
            .integer(.min), .integer(.max), .integer(0), .real(-0.5), .real(.infinity), .null,
            .text(""), .text("a\u{0}b"), .text("\u{1F6F0}"), .blob([]), .blob([0, 255]),
            .unsigned(0), .unsigned(.max),
        ]
        let migrations: [StaticString] = [
            "CREATE TABLE anything (number INTEGER PRIMARY KEY, value ANY) STRICT"
        ]
        do {
            let database = try Database(path: folder.file, migrations: migrations)
            try database.transaction { transaction throws(DatabaseError) in
                for value in values {
                    let count = try transaction.execute(
                        "INSERT INTO anything (value) VALUES (?)",
                        [value]
                    )
                    #expect(count == 1)
                }
            }
        }
        let database = try Database(path: folder.file, migrations: migrations)
        let rows = try database.transaction { transaction throws(DatabaseError) in
            try transaction.rows("SELECT value FROM anything ORDER BY number")
        }
        #expect(rows.map { row in row.values } == values.map { [$0] })
        #expect(try rows[0].integer(0) == .min)
        #expect(try rows[3].real(0) == -0.5)
        #expect(rows[5].isNull(0))
        #expect(try rows[7].text(0) == "a\u{0}b")
        #expect(try rows[10].blob(0) == [0, 255])
        #expect(try rows[12].unsigned(0) == .max)
        #expect(
            throws: DatabaseError.unexpectedType(path: folder.file, column: 0, expected: "text")
        ) {
            try rows[0].text(0)
        }
        #expect(throws: DatabaseError.self) { try rows[7].integer(0) }
        #expect(throws: DatabaseError.self) { try rows[0].blob(0) }
        #expect(throws: DatabaseError.self) { try rows[0].real(0) }
        #expect(throws: DatabaseError.self) { try rows[10].unsigned(0) }
    }

    @Test("numbers without a sign keep their order")
    func unsignedOrder() throws {
        let folder = try TemporaryDirectory()
        let database = try Database(
            path: folder.file,
            migrations: ["CREATE TABLE slot (number BLOB PRIMARY KEY) STRICT"]
        )
        let numbers: [UInt64] = [1 << 63, 0, .max, 255, 256, 1 << 32, (1 << 63) - 1]
        let sorted = try database.transaction { transaction throws(DatabaseError) in
            for number in numbers {
                try transaction.execute("INSERT INTO slot VALUES (?)", [.unsigned(number)])
            }
            return try transaction.rows("SELECT number FROM slot ORDER BY number")
        }
        #expect(try sorted.map { try $0.unsigned(0) } == numbers.sorted())
    }

    @Test("undoes all of a transaction that throws, and keeps the rules of the tables")
    func rollback() throws {
        let folder = try TemporaryDirectory()
        let database = try Database(path: folder.file, migrations: Self.tables)
        func refused(_ body: (borrowing Transaction) throws(DatabaseError) -> Void) -> Bool {
            do throws(DatabaseError) {
                try database.transaction { transaction throws(DatabaseError) in
                    try transaction.execute("INSERT INTO entry VALUES ('a', x'00')")
                    try body(transaction)
                }
                return false
            } catch {
                if case .constraint = error { return true }
                return false
            }
        }
        #expect(
            refused { transaction throws(DatabaseError) in
                try transaction.execute("INSERT INTO entry VALUES ('a', x'01')")
            }
        )
        #expect(
            refused { transaction throws(DatabaseError) in
                try transaction.execute("INSERT INTO part VALUES ('missing', 1)")
            }
        )
        #expect(
            refused { transaction throws(DatabaseError) in
                try transaction.execute("INSERT INTO part VALUES ('a', 0)")
            }
        )
        #expect(
            refused { transaction throws(DatabaseError) in
                try transaction.execute("INSERT INTO entry VALUES ('b', ?)", [.text("no blob")])
            }
        )
        #expect(throws: DatabaseError.stopped(path: "mine")) {
            try database.transaction { transaction throws(DatabaseError) in
                try transaction.execute("INSERT INTO entry VALUES ('a', x'00')")
                throw .stopped(path: "mine")
            }
        }
        let rows = try database.rows("SELECT * FROM entry")
        #expect(rows.isEmpty)
        try database.checkIntegrity()
    }

    @Test("migrations run once each, and a failing one leaves the version before it")
    func migrations() throws {
        let folder = try TemporaryDirectory()
        _ = try Database(path: folder.file, migrations: Array(Self.tables[..<1]))
        #expect(throws: DatabaseError.self) {
            try Database(
                path: folder.file,
                migrations: [Self.tables[0], "CREATE TABLE later (a INTEGER) STRICT; no SQL;"]
            )
        }
        let database = try Database(path: folder.file, migrations: Self.tables)
        let names = try database.rows(
            "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
        )
        #expect(try names.map { try $0.text(0) } == ["entry", "part"])
    }

    @Test("refuses a file of a newer program, and leaves it as it is")
    func newerVersion() throws {
        let folder = try TemporaryDirectory()
        _ = try Database(path: folder.file, migrations: Self.tables)
        let expected = DatabaseError.newerVersion(path: folder.file, found: 2, known: 1)
        #expect(throws: expected) {
            try Database(path: folder.file, migrations: Array(Self.tables[..<1]))
        }
        #expect(expected.description.contains("newer"))
        _ = try Database(path: folder.file, migrations: Self.tables)
    }

    @Test("a second opening in the same process is refused, until the first is gone")
    func secondOpening() throws {
        let folder = try TemporaryDirectory()
        var first: Database? = try Database(path: folder.file, migrations: Self.tables)
        #expect(throws: DatabaseError.locked(path: folder.file)) {
            try Database(path: folder.file, migrations: Self.tables, busyMilliseconds: 1)
        }
        // The refused opening has not loosened the lock.
        #expect(throws: DatabaseError.locked(path: folder.file)) {
            try Database(path: folder.file, migrations: Self.tables, busyMilliseconds: 1)
        }
        try first?.execute("INSERT INTO entry VALUES ('a', x'00')")
        first = nil
        _ = try Database(path: folder.file, migrations: Self.tables, busyMilliseconds: 1)
    }

    @Test("only the owner may read the files")
    func modes() throws {
        let folder = try TemporaryDirectory()
        let database = try Database(path: folder.file, migrations: Self.tables)
        try database.execute("INSERT INTO entry VALUES ('a', x'00')")
        #expect(try folder.mode(of: "test.db") == 0o600)
        #expect(try folder.mode(of: "test.db-wal") == 0o600)
    }

    @Test("threads take turns, and none sees half of a transaction of another")
    func threads() throws {
        let folder = try TemporaryDirectory()
        let database = try Database(
            path: folder.file,
            migrations: [
                """
                CREATE TABLE balance (name TEXT PRIMARY KEY, amount INTEGER NOT NULL) STRICT;
                INSERT INTO balance VALUES ('a', 1000), ('b', 0);
                """
            ]
        )
        let sums = Mutex<[Int64]>([])
        let failures = Atomic<Int>(0)
        let threads = try (0..<4).map { number in
            try PlatformThread.start(name: "database \(number)") {
                do throws(DatabaseError) {
                    for _ in 0..<25 {
                        let sum = try database.transaction { transaction throws(DatabaseError) in
                            try transaction.execute(
                                "UPDATE balance SET amount = amount - 1 WHERE name = 'a'"
                            )
                            try transaction.execute(
                                "UPDATE balance SET amount = amount + 1 WHERE name = 'b'"
                            )
                            return try transaction.rows("SELECT sum(amount) FROM balance")[0]
                                .integer(0)
                        }
                        sums.withLock { $0.append(sum) }
                    }
                } catch {
                    failures.add(1, ordering: .relaxed)
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(failures.load(ordering: .relaxed) == 0)
        #expect(sums.withLock { $0 } == [Int64](repeating: 1_000, count: 100))
        let rows = try database.rows("SELECT amount FROM balance ORDER BY name")
        #expect(try rows.map { try $0.integer(0) } == [900, 100])
    }
}
