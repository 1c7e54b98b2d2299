// The tables in PostgreSQL and CockroachDB. The table `ledger_schema` says how many migrations of each part are
// done. Each runs in a transaction, and says IF NOT EXISTS or OR REPLACE throughout, because CockroachDB does not
// undo all changes of tables: whatever was interrupted runs again.
//
// The tables and columns are those of SQLite (SQLiteSchema.swift), but that an amount is one NUMERIC(39, 0).
// What only PostgreSQL has, row-level security and settings of tables, is a part of its own.

enum PostgreSQLSchema {
    /// Tables for both; added to at the end, never changed.
    private static let tables = [firstTables]

    private static let firstTables = """
        CREATE TABLE IF NOT EXISTS ledger_cursor (
            id SMALLINT PRIMARY KEY CHECK (id = 1),
            sequence BIGINT NOT NULL
        );
        INSERT INTO ledger_cursor VALUES (1, 0) ON CONFLICT DO NOTHING;
        CREATE TABLE IF NOT EXISTS balances (
            available NUMERIC(39, 0) NOT NULL CHECK (available >= 0),
            locked NUMERIC(39, 0) NOT NULL CHECK (locked >= 0),
            account INTEGER NOT NULL,
            asset INTEGER NOT NULL,
            PRIMARY KEY (account, asset)
        );
        CREATE TABLE IF NOT EXISTS ledger_entries (
            sequence BIGINT NOT NULL,
            time BIGINT NOT NULL,
            trade BIGINT NOT NULL,
            account INTEGER NOT NULL,
            number INTEGER NOT NULL,
            asset INTEGER NOT NULL,
            kind SMALLINT NOT NULL,
            amount NUMERIC(39, 0) NOT NULL,
            PRIMARY KEY (account, sequence, number)
        );
        CREATE TABLE IF NOT EXISTS processed_trades (
            trade BIGINT PRIMARY KEY,
            sequence BIGINT NOT NULL,
            time BIGINT NOT NULL,
            price BIGINT NOT NULL,
            quantity BIGINT NOT NULL,
            instrument INTEGER NOT NULL,
            taker_side SMALLINT NOT NULL,
            settlement SMALLINT NOT NULL,
            notional NUMERIC(39, 0) NOT NULL
        );
        CREATE TABLE IF NOT EXISTS orders (
            order_id BIGINT NOT NULL,
            client_id BIGINT NOT NULL,
            price BIGINT NOT NULL,
            trigger_price BIGINT NOT NULL,
            quantity BIGINT NOT NULL,
            open BIGINT NOT NULL,
            filled BIGINT NOT NULL,
            placed_sequence BIGINT NOT NULL,
            placed_time BIGINT NOT NULL,
            changed_sequence BIGINT NOT NULL,
            changed_time BIGINT NOT NULL,
            account INTEGER NOT NULL,
            instrument INTEGER NOT NULL,
            side SMALLINT NOT NULL,
            type SMALLINT NOT NULL,
            time_in_force SMALLINT NOT NULL,
            state SMALLINT NOT NULL,
            reason SMALLINT NOT NULL,
            PRIMARY KEY (account, order_id)
        );
        CREATE INDEX IF NOT EXISTS orders_live ON orders (account, order_id)
            WHERE state IN (0, 1, 2, 7);
        CREATE TABLE IF NOT EXISTS contracts (
            contract BIGINT NOT NULL,
            order_id BIGINT NOT NULL,
            client_id BIGINT NOT NULL,
            price BIGINT NOT NULL,
            quantity BIGINT NOT NULL,
            sequence BIGINT NOT NULL,
            time BIGINT NOT NULL,
            ended_sequence BIGINT NOT NULL,
            ended_time BIGINT NOT NULL,
            account INTEGER NOT NULL,
            instrument INTEGER NOT NULL,
            side SMALLINT NOT NULL,
            is_taker SMALLINT NOT NULL,
            settlement SMALLINT NOT NULL,
            state SMALLINT NOT NULL,
            notional NUMERIC(39, 0) NOT NULL,
            fee NUMERIC(39, 0) NOT NULL,
            delivery NUMERIC(39, 0) NOT NULL,
            certificate BYTEA CHECK (length(certificate) = 32),
            PRIMARY KEY (account, contract)
        );
        CREATE TABLE IF NOT EXISTS audit (
            sequence BIGINT NOT NULL,
            time BIGINT NOT NULL,
            subject BIGINT NOT NULL,
            detail BIGINT NOT NULL,
            account INTEGER NOT NULL,
            number INTEGER NOT NULL,
            kind SMALLINT NOT NULL,
            amount NUMERIC(39, 0) NOT NULL,
            digest BYTEA CHECK (length(digest) = 32),
            PRIMARY KEY (account, sequence, number)
        );
        """

    /// What only PostgreSQL has; added to at the end, never changed.
    private static func security(_ role: String) -> [String] {
        [firstSecurity(role)]
    }

    /// Row-level security: whoever says nothing sees nothing.
    ///
    /// Whoever reads sees the rows of the tenant that the transaction names, or all if it says so; whoever writes,
    /// the owner of the tables included, must say so too.
    /// The conditions are queries of their own, so that the server asks for a setting once a statement.
    private static func firstSecurity(_ role: String) -> String {
        var script = """
            DO $$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '\(role)') THEN
                    CREATE ROLE \(role) NOLOGIN;
                END IF;
                IF NOT pg_has_role(current_user, '\(role)', 'MEMBER') THEN
                    EXECUTE format('GRANT \(role) TO %I', current_user);
                END IF;
                EXECUTE format('GRANT USAGE ON SCHEMA %I TO \(role)', current_schema());
            END $$;
            GRANT SELECT ON ledger_cursor TO \(role);
            ALTER TABLE balances SET (fillfactor = 50);
            ALTER TABLE orders SET (fillfactor = 80);
            """
        let tenant = "(SELECT nullif(current_setting('parallax.tenant', true), '')::bigint)"
        for table in LedgerTable.allCases {
            let name = table.rawValue
            script += """
                GRANT SELECT ON \(name) TO \(role);
                ALTER TABLE \(name) ENABLE ROW LEVEL SECURITY;
                ALTER TABLE \(name) FORCE ROW LEVEL SECURITY;
                DROP POLICY IF EXISTS bookkeeping ON \(name);
                CREATE POLICY bookkeeping ON \(name) TO CURRENT_USER
                    USING ((SELECT current_setting('parallax.bookkeeping', true)) = 'on')
                    WITH CHECK ((SELECT current_setting('parallax.bookkeeping', true)) = 'on');
                DROP POLICY IF EXISTS cross_tenant ON \(name);
                CREATE POLICY cross_tenant ON \(name) FOR SELECT TO \(role)
                    USING ((SELECT current_setting('parallax.cross_tenant', true)) = 'on');
                DROP POLICY IF EXISTS tenant ON \(name);

                """
            // A trade has no account: tenants see their contracts instead.
            if table == .trades { continue }
            script += """
                CREATE POLICY tenant ON \(name) FOR SELECT TO \(role)
                    USING (account = \(tenant));

                """
        }
        return script
    }

    /// Brings the tables to the newest version.
    ///
    /// - Parameters:
    ///   - connection: To the database, as the owner of the tables.
    ///   - role: The role that reads; nil where there is no row-level security.
    /// - Throws: `LedgerStoreError`.
    static func migrate(
        _ connection: PostgreSQLConnection,
        role: String?
    ) throws(LedgerStoreError) {
        let schema = connection.address.schema
        let found = try connection.run(
            "SELECT 1 FROM information_schema.schemata WHERE schema_name = '\(schema)'"
        )
        // Others may be doing the same just now.
        if found.rowCount == 0 { try connection.run("CREATE SCHEMA IF NOT EXISTS \(schema)") }
        try connection.run(
            """
            CREATE TABLE IF NOT EXISTS ledger_schema (
                part TEXT PRIMARY KEY, version INTEGER NOT NULL
            );
            """
        )
        try migrate(connection, "tables", tables)
        if let role { try migrate(connection, "row_level_security", security(role)) }
    }

    private static func migrate(
        _ connection: PostgreSQLConnection,
        _ part: String,
        _ migrations: [String]
    ) throws(LedgerStoreError) {
        try connection.run(
            "INSERT INTO ledger_schema VALUES ('\(part)', 0) ON CONFLICT (part) DO NOTHING"
        )
        var isNewest = false
        while !isNewest {
            try connection.run("BEGIN")
            do throws(LedgerStoreError) {
                isNewest = try step(connection, part, migrations)
                try connection.run("COMMIT")
            } catch {
                connection.rollBack()
                throw error
            }
        }
    }

    /// Runs one migration in an open transaction; true when there was none to run.
    private static func step(
        _ connection: PostgreSQLConnection,
        _ part: String,
        _ migrations: [String]
    ) throws(LedgerStoreError) -> Bool {
        // Whoever else migrates waits here until this transaction has ended.
        let found = try connection.run(
            "SELECT version FROM ledger_schema WHERE part = '\(part)' FOR UPDATE"
        )
        guard let number = found.integer(0, 0) else {
            throw .corrupt(store: connection.store, message: "it has no version")
        }
        let version = Int(number)
        guard 0...migrations.count ~= version else {
            throw .newerVersion(store: connection.store, found: version, known: migrations.count)
        }
        if version == migrations.count { return true }
        try connection.run(migrations[version])
        try connection.run(
            "UPDATE ledger_schema SET version = \(version + 1) WHERE part = '\(part)'"
        )
        return false
    }
}
