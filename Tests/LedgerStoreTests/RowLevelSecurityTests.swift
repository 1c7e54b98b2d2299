import LedgerStore
import Platform
import Primitives
import TestSupport
import Testing
import Venue

/// What PostgreSQL itself keeps apart, whatever SQL it gets.
@Suite("Ledger row-level security") struct RowLevelSecurityTests {
    /// The answer of `psql` to some statements, one line a row, or its error.
    static func psql(_ schema: String, _ statements: String) throws -> String {
        let program = try FinishedProgram.run([
            "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", try SharedServer.url(), "-c",
            "SET search_path = \(schema); \(statements)",
        ])
        let output = program.ending == .exited(0) ? program.text : program.errors
        return output.split(separator: "\n").joined(separator: "|")
    }

    private static let tables = [
        "balances", "ledger_entries", "processed_trades", "orders", "contracts", "audit",
    ]

    private static func withSchema(_ body: (String) throws -> Void) throws {
        let (schema, address) = try SharedServer.schema()
        let store = try PostgreSQLLedgerStore(address)
        for n in 1...3 as ClosedRange<UInt64> { try store.append(SampleBatches.batch(n)) }
        try body(schema)
    }

    /// As the role that reads, in a transaction that says who it is for, if it does.
    private static func asReader(_ schema: String, _ setting: String, _ query: String) -> String {
        "BEGIN; SET LOCAL ROLE \(schema)_reader; \(setting) \(query); COMMIT"
    }

    @Test("who forgets the scope sees nothing, the owner of the tables included")
    func forgottenScope() throws {
        try Self.withSchema { schema in
            for table in Self.tables {
                let query = "SELECT count(*) FROM \(table)"
                let seen = try Self.psql(schema, Self.asReader(schema, "", query))
                #expect(seen == "0")
                // The server's first role may read everything, so an ordinary owner takes its place.
                let owner = """
                    CREATE ROLE \(schema)_\(table)_owner NOLOGIN;
                    GRANT USAGE ON SCHEMA \(schema) TO \(schema)_\(table)_owner;
                    ALTER TABLE \(table) OWNER TO \(schema)_\(table)_owner;
                    SET ROLE \(schema)_\(table)_owner; \(query)
                    """
                let seenByOwner = try Self.psql(schema, owner)
                #expect(seenByOwner == "0")
            }
        }
    }

    @Test("SQL without a condition gives the tenant's own rows only")
    func noCondition() throws {
        try Self.withSchema { schema in
            let counts = ["balances": "2", "ledger_entries": "12", "orders": "3", "contracts": "3"]
            for (table, count) in counts.sorted(by: { $0.key < $1.key }) {
                let query = "SELECT count(*), min(account), max(account) FROM \(table)"
                let setting = "SET LOCAL parallax.tenant = '16';"
                let answer = try Self.psql(schema, Self.asReader(schema, setting, query))
                #expect(answer == "\(count)|16|16", "\(table)")
            }
            // A trade names both sides' order flow; tenants see their contracts instead.
            let setting = "SET LOCAL parallax.tenant = '16';"
            let query = "SELECT count(*) FROM processed_trades"
            #expect(try Self.psql(schema, Self.asReader(schema, setting, query)) == "0")
            let all = "SET LOCAL parallax.cross_tenant = 'on';"
            #expect(try Self.psql(schema, Self.asReader(schema, all, query)) == "3")
        }
    }

    @Test("the scope ends with its transaction")
    func scopeEnds() throws {
        try Self.withSchema { schema in
            let answer = try Self.psql(
                schema,
                """
                SET ROLE \(schema)_reader;
                BEGIN; SET LOCAL parallax.tenant = '16'; SELECT count(*) FROM orders; COMMIT;
                SELECT count(*) FROM orders
                """
            )
            #expect(answer == "3|0")
        }
    }

    @Test(
        "the role that reads changes nothing",
        arguments: [
            "DELETE FROM orders", "UPDATE balances SET available = 0",
            "INSERT INTO ledger_cursor VALUES (2, 2)", "TRUNCATE audit", "DROP TABLE orders",
            "ALTER TABLE orders DISABLE ROW LEVEL SECURITY",
            "UPDATE ledger_cursor SET sequence = 0",
        ]
    )
    func readerWrites(_ statement: String) throws {
        try Self.withSchema { schema in
            let setting = "SET LOCAL parallax.cross_tenant = 'on';"
            let answer = try Self.psql(schema, Self.asReader(schema, setting, statement))
            #expect(answer.contains("ERROR"))
            #expect(answer.contains("permission denied") || answer.contains("must be owner"))
        }
    }

    @Test("the tables' owner writes only when it says that it keeps the books")
    func ownerWrites() throws {
        try Self.withSchema { schema in
            let role = "\(schema)_keeper"
            let insert = "INSERT INTO balances VALUES (1, 0, 99, 99)"
            let begin = """
                CREATE ROLE \(role) NOLOGIN; GRANT USAGE ON SCHEMA \(schema) TO \(role);
                ALTER TABLE balances OWNER TO \(role); SET ROLE \(role);
                """
            let answer = try Self.psql(schema, "\(begin) \(insert)")
            #expect(answer.contains("violates row-level security policy"))
        }
    }
}
