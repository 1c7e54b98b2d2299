import Database
import Foundation
import Platform
import SeededRandomness
import Testing
import TestSupport

/// What happens when a file, its device or its process breaks.
@Suite("Database damage", .serialized) struct DatabaseDamageTests {
    private static let tables: [StaticString] = [
        """
        CREATE TABLE entry (number INTEGER PRIMARY KEY, value BLOB NOT NULL) STRICT;
        CREATE TABLE total (count INTEGER NOT NULL) STRICT;
        INSERT INTO total VALUES (0);
        """
    ]

    private static func add(
        _ value: [UInt8],
        to database: Database
    ) throws(DatabaseError) -> Int64 {
        try database.transaction { transaction throws(DatabaseError) in
            try transaction.execute("INSERT INTO entry (value) VALUES (?)", [.blob(value)])
            try transaction.execute("UPDATE total SET count = count + 1")
            return try transaction.rows("SELECT count FROM total")[0].integer(0)
        }
    }

    /// How many entries there are by each of the two accounts of it.
    private static func counts(_ database: Database) throws(DatabaseError) -> [Int64] {
        try database.transaction { transaction throws(DatabaseError) in
            [
                try transaction.rows("SELECT count(*) FROM entry")[0].integer(0),
                try transaction.rows("SELECT count FROM total")[0].integer(0),
            ]
        }
    }

    @Test(
        "SIGKILL in the middle of transactions loses nothing committed, and keeps nothing half done"
    )
    func killed() async throws {
        let folder = try TemporaryDirectory()
        var committed: Int64 = 0
        for round in 1...5 {
            let (path, seed) = (folder.path, UInt64(round))
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = path as String, seed = seed as UInt64] in
                let database = try Database(path: path + "/test.db", migrations: Self.tables)
                let progress = unsafe open(path + "/progress", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
                var random = RandomSource(seed: seed)
                let last = 20 + random.below(40)
                // The kill comes from another thread while transactions go on.
                let go = Signal()
                _ = try PlatformThread.start(name: "killer") {
                    go.wait()
                    kill(getpid(), SIGKILL)
                }
                for step in 0..<1_000_000 {
                    let bytes = random.bytes(1 + random.below(20_000))
                    let count = try Self.add(bytes, to: database)
                    let text = Array("\(count)\n".utf8)
                    _ = unsafe pwrite(progress, text, text.count, 0)
                    if step == last { go.notify() }
                }
            }
            let text = try String(contentsOfFile: folder.path + "/progress", encoding: .utf8)
            let reported = try #require(
                Int64(text.split(separator: "\n", omittingEmptySubsequences: true)[0])
            )
            #expect(reported > committed)
            let database = try Database(path: folder.file, migrations: Self.tables)
            let counts = try Self.counts(database)
            #expect(counts[0] == counts[1])
            // The one that was under way when the process ended may have been committed.
            #expect(reported...reported + 1 ~= counts[0])
            try database.checkIntegrity()
            committed = counts[0]
        }
    }

    @Test(
        "another process is refused clearly while one has the file"
    )
    func otherProcess() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file
        let database = try Database(path: path, migrations: Self.tables)
        await #expect(processExitsWith: .exitCode(3)) { [path = path as String] in
            do throws(DatabaseError) {
                _ = try Database(path: path, migrations: Self.tables, busyMilliseconds: 10)
            } catch .locked {
                exit(3)
            } catch {
                exit(4)
            }
            exit(5)
        }
        #expect(try Self.add([1], to: database) == 1)
        #expect(DatabaseError.locked(path: path).description.contains("another process"))
    }

    @Test("a file that may not grow further keeps what was committed, and takes more when it may")
    func full() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file
        await #expect(processExitsWith: .exitCode(3)) { [path = path as String] in
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 300_000, rlim_max: .max)
            _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let database = try Database(path: path, migrations: Self.tables)
            var count: Int64 = 0
            do throws(DatabaseError) {
                while true {
                    count = try Self.add([UInt8](repeating: 7, count: 10_000), to: database)
                }
            } catch .diskFull(_, _, _) {
                // Nothing is lost in this process, and there is more room now.
                limit.rlim_cur = .max
                _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
                let counts = try Self.counts(database)
                guard count > 0, counts == [count, count] else { exit(4) }
                guard try Self.add([1], to: database) == count + 1 else { exit(5) }
                exit(3)
            } catch {
                exit(6)
            }
        }
        let database = try Database(path: path, migrations: Self.tables)
        let counts = try Self.counts(database)
        #expect(counts[0] == counts[1])
        #expect(counts[0] > 10)
        try database.checkIntegrity()
    }

    @Test("a file that is no database is refused and not changed")
    func notDatabase() throws {
        let folder = try TemporaryDirectory()
        let bytes = Data((0..<5_000).map { UInt8(truncatingIfNeeded: $0 / 3) })
        try bytes.write(to: URL(filePath: folder.file))
        do throws(DatabaseError) {
            _ = try Database(path: folder.file, migrations: Self.tables)
            Issue.record("the file was accepted")
        } catch {
            guard case .corrupt(let path, _, _) = error else { throw error }
            #expect(path == folder.file)
            #expect(error.description.contains("damaged"))
        }
        #expect(try Data(contentsOf: URL(filePath: folder.file)) == bytes)
    }

    @Test("a damaged page is noticed, and then the database does nothing more")
    func damagedPage() throws {
        let folder = try TemporaryDirectory()
        do {
            let database = try Database(path: folder.file, migrations: Self.tables)
            for _ in 0..<20 { _ = try Self.add([UInt8](repeating: 9, count: 3_000), to: database) }
        }
        var bytes = try Data(contentsOf: URL(filePath: folder.file))
        for index in 4_096..<bytes.count where index % 4_096 < 100 { bytes[index] ^= 0xA5 }
        try bytes.write(to: URL(filePath: folder.file))
        let database = try Database(path: folder.file, migrations: Self.tables)
        do throws(DatabaseError) {
            try database.checkIntegrity()
            Issue.record("the damage was not seen")
        } catch {
            guard case .corrupt = error else { throw error }
        }
        #expect(throws: DatabaseError.stopped(path: folder.file)) {
            try Self.add([1], to: database)
        }
    }

    @Test("a folder that is not there, and one that is not writable as a file, are clear errors")
    func noFolder() throws {
        let folder = try TemporaryDirectory()
        for path in [folder.path + "/missing/test.db", folder.path] {
            do throws(DatabaseError) {
                _ = try Database(path: path, migrations: Self.tables)
                Issue.record("\(path) was opened")
            } catch {
                guard case .cannotOpen(path, _, _) = error else { throw error }
                #expect(error.description.hasPrefix(path))
            }
        }
    }
}
