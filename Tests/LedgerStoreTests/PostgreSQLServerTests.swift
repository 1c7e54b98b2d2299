import Glibc
import LedgerStore
import Platform
import Primitives
import Synchronization
import Testing
import TestSupport
import Venue

/// What depends on the server: its restarts, its conflicts, its passwords and its TLS.
@Suite("Ledger server", .serialized) struct PostgreSQLServerTests {
    private static func withServer(
        password: String? = nil,
        port: Int = 5_432,
        settings: [String] = [],
        _ body: (LocalPostgreSQLServer, String) throws -> Void
    ) throws {
        let folder = try LocalPostgreSQLServer.temporaryFolder()
        var file: String?
        if let password {
            let path = folder + ".password"
            _ = try FinishedProgram.run(
                ["sh", "-c", "umask 077; cat > \(path); chown postgres \(path) || true"],
                input: Array(password.utf8)
            )
            file = path
        }
        defer { if let file { _ = unsafe unlink(file) } }
        let server = try LocalPostgreSQLServer(
            folder: folder,
            passwordFile: file,
            port: port,
            settings: settings
        )
        defer { #expect(throws: Never.self) { try server.remove() } }
        try body(server, file ?? "")
    }

    @Test("a server that is restarted under load loses nothing and doubles nothing")
    func restarts() throws {
        try Self.withServer { server, _ in
            let store = try PostgreSQLLedgerStore(PostgreSQLAddress(url: server.url))
            let last: UInt64 = 400
            let ended = Signal()
            let faults = Mutex<[LedgerStoreError]>([])
            let thread = try PlatformThread.start(name: "appender") {
                // As a follower does: the same batch again until it is stored.
                while store.cursor < 3 * last {
                    do throws(LedgerStoreError) {
                        try store.append(SampleBatches.batch(store.cursor / 3 + 1))
                    } catch {
                        faults.withLock { faults in faults.append(error) }
                        if !error.isTemporary { break }
                        PlatformThread.nap(nanoseconds: 2_000_000)
                    }
                }
                ended.notify()
            }
            for round in 1...3 as ClosedRange<UInt64> {
                eventually("it went on") { store.cursor > round * last / 2 }
                if round == 2 { server.stop() } else { server.crash() }
                let faultCount = faults.withLock { faults in faults.count }
                eventually("it noticed") { faults.withLock { $0.count } > faultCount }
                #expect(throws: LedgerStoreError.self) {
                    try store.withTenant(SampleBatches.alice) { ledger in ledger.sequence }
                }
                try server.start()
            }
            thread.join()
            #expect(faults.withLock { faults in faults.filter { !$0.isTemporary } } == [])
            let found = try store.digest()
            #expect(try found == LedgerDamageTests.expected(last))
        }
    }

    @Test("while a server is away it is not asked again and again")
    func backsOff() throws {
        try Self.withServer { server, _ in
            let store = try PostgreSQLLedgerStore(PostgreSQLAddress(url: server.url))
            server.stop()
            #expect(throws: LedgerStoreError.self) { try store.append(SampleBatches.batch(1)) }
            var texts: [String] = []
            for _ in 1...4 {
                do throws(LedgerStoreError) {
                    try store.append(SampleBatches.batch(1))
                } catch {
                    #expect(error.isTemporary)
                    texts.append(error.description)
                }
            }
            #expect(texts.count == 4)
            #expect(texts.last?.contains("the next attempt is in") == true)
            try server.start()
            eventually("it came back") {
                Result { try store.append(SampleBatches.batch(1)) }.isSuccess
            }
            #expect(store.cursor == 3)
        }
    }

    @Test("what meets another transaction is repeated after a while")
    func conflicts() throws {
        let (schema, address) = try SharedServer.schema()
        let store = try PostgreSQLLedgerStore(address)
        try store.append(SampleBatches.batch(1))
        // A sequence counts also what is undone.
        let answer = try RowLevelSecurityTests.psql(
            schema,
            """
            CREATE SEQUENCE attempts;
            CREATE FUNCTION conflict() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('\(schema).attempts') < 4 THEN
                    RAISE EXCEPTION 'restart transaction' USING ERRCODE = '40001';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER conflict BEFORE UPDATE ON ledger_cursor
                FOR EACH ROW EXECUTE FUNCTION conflict()
            """
        )
        #expect(answer == "")
        try store.append(SampleBatches.batch(2))
        let attempts = try RowLevelSecurityTests.psql(schema, "SELECT last_value FROM attempts")
        #expect(attempts == "4")
        let found = try store.digest()
        #expect(try found == LedgerDamageTests.expected(2))
    }

    @Test("migrations run again from where they were interrupted, and leave rows alone")
    func migrations() throws {
        let (schema, address) = try SharedServer.schema()
        try PostgreSQLLedgerStore(address).append(SampleBatches.batch(1))
        let before = try LedgerDamageTests.expected(1)
        // As after a crash in a database that does not undo changes of tables.
        for part in ["tables", "row_level_security"] {
            let change = "UPDATE ledger_schema SET version = 0 WHERE part = '\(part)'"
            #expect(try RowLevelSecurityTests.psql(schema, change) == "")
            let store = try PostgreSQLLedgerStore(address)
            #expect(try store.digest() == before)
        }
        let change = "UPDATE ledger_schema SET version = 7"
        #expect(try RowLevelSecurityTests.psql(schema, change) == "")
        #expect(
            throws: LedgerStoreError.newerVersion(store: address.name, found: 7, known: 1)
        ) { try PostgreSQLLedgerStore(address) }
    }

    @Test("a password comes from a file of its owner, and shows nowhere")
    func passwords() throws {
        let secret = "s3cret-and-long"
        let port = 20_000 + Int(getpid()) % 20_000
        try Self.withServer(password: secret, port: port) { server, file in
            let url = "postgresql://postgres@127.0.0.1:\(port)/postgres"
            let address = try PostgreSQLAddress(url: url, passwordFile: file)
            let store = try PostgreSQLLedgerStore(address)
            try store.append(SampleBatches.batch(1))
            #expect(store.cursor == 3)
            #expect(address.name == "postgresql 127.0.0.1:\(port)/postgres")
            // The server's list of processes shows who is connected, and nothing of how.
            let list = try FinishedProgram.run(["ps", "-eo", "args"]).text
            #expect(!list.contains(secret))
            let wrong = "postgresql://postgres:wr0ng-password@127.0.0.1:\(port)/postgres"
            let error = #expect(throws: LedgerStoreError.self) {
                try PostgreSQLLedgerStore(PostgreSQLAddress(url: wrong))
            }
            #expect(error?.description.contains("authentication failed") == true)
            #expect(error?.description.contains("wr0ng-password") == false)
            // The server has no TLS, and must not be talked to without.
            let unsafe = #expect(throws: LedgerStoreError.self) {
                try PostgreSQLLedgerStore(
                    PostgreSQLAddress(url: url + "?sslmode=require", passwordFile: file)
                )
            }
            #expect(unsafe?.description.contains("SSL") == true)
            _ = try FinishedProgram.output(["chmod", "644", file])
            let open = #expect(throws: LedgerStoreError.self) {
                try PostgreSQLAddress(url: url, passwordFile: file)
            }
            #expect(open?.description.contains("others may read") == true)
        }
    }

    @Test(
        "an address that makes no sense is refused without repeating it",
        arguments: [
            "postgresql://user:s3cret%zz@host/db", "host='unended s3cret",
        ]
    )
    func addresses(_ url: String) {
        let error = #expect(throws: LedgerStoreError.self) { try PostgreSQLAddress(url: url) }
        #expect(error?.description.contains("s3cret") == false)
    }

    @Test("an address shows where the database is, and nothing secret")
    func description() throws {
        let address = try PostgreSQLAddress(url: "postgresql://user:s3cret@host:99/db")
        var dumped = ""
        dump(address, to: &dumped)
        for text in ["\(address)", String(reflecting: address), dumped] {
            #expect(!text.contains("s3cret"))
            #expect(text.contains("postgresql host:99/db"))
        }
    }

    @Test("a schema's name is never SQL", arguments: ["", "1a", "a b", "a;b", "A", "a\"b", "ä"])
    func schemas(_ schema: String) {
        #expect(throws: LedgerStoreError.self) {
            try PostgreSQLAddress(url: "postgresql:///", schema: schema)
        }
    }

    @Test("TLS goes as the URL says: the right authority is trusted, another is not")
    func tls() throws {
        let folder = try LocalPostgreSQLServer.temporaryFolder()
        defer { #expect(throws: Never.self) { try TemporaryFolder.remove(folder) } }
        for name in ["server", "other"] {
            _ = try FinishedProgram.output([
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
                "\(folder)/\(name).key", "-out", "\(folder)/\(name).crt",
            ])
        }
        _ = try FinishedProgram.run(["chown", "-R", "postgres", folder])
        let port = 40_000 + Int(getpid()) % 20_000
        try Self.withServer(
            password: "pw",
            port: port,
            settings: [
                "ssl=on", "ssl_cert_file=\(folder)/server.crt",
                "ssl_key_file=\(folder)/server.key",
            ]
        ) { _, file in
            let url = "postgresql://postgres@localhost:\(port)/postgres?sslmode=verify-full"
            func open(_ authority: String) throws -> PostgreSQLLedgerStore {
                try PostgreSQLLedgerStore(
                    PostgreSQLAddress(
                        url: "\(url)&sslrootcert=\(folder)/\(authority).crt",
                        passwordFile: file
                    )
                )
            }
            let store = try open("server")
            try store.append(SampleBatches.batch(1))
            let error = #expect(throws: LedgerStoreError.self) { try open("other") }
            #expect(error?.description.contains("certificate verify failed") == true)
        }
    }
}

extension Result {
    fileprivate var isSuccess: Bool {
        if case .success = self { true } else { false }
    }
}
