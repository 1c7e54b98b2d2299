// The tables in SQLite. `user_version` says how many of the migrations a file has behind it; each runs in a
// transaction with the change of that number, so that one that was interrupted runs again from its beginning.
//
// Tables lie in the order of their keys (WITHOUT ROWID), which begin with the account: a tenant's rows lie
// together, and one write keeps both the row and its index. Amounts are two columns, see SQLiteAmount.swift.
// Numbers are those of the venue; enumerations their stable numbers; times nanoseconds; client order ids the
// 64 bits of theirs, with a sign.

enum SQLiteSchema {
    /// What brings a file from each version to the next; added to at the end, never changed.
    static let migrations = [first]

    private static let first = """
        CREATE TABLE ledger_cursor (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            sequence INTEGER NOT NULL
        ) STRICT;
        INSERT INTO ledger_cursor VALUES (1, 0);
        CREATE TABLE balances (
            account INTEGER NOT NULL,
            asset INTEGER NOT NULL,
            available_high INTEGER NOT NULL CHECK (available_high >= 0),
            available_low INTEGER NOT NULL CHECK (available_low >= 0),
            locked_high INTEGER NOT NULL CHECK (locked_high >= 0),
            locked_low INTEGER NOT NULL CHECK (locked_low >= 0),
            PRIMARY KEY (account, asset)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE ledger_entries (
            account INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            number INTEGER NOT NULL,
            time INTEGER NOT NULL,
            trade INTEGER NOT NULL,
            asset INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            amount_high INTEGER NOT NULL,
            amount_low INTEGER NOT NULL,
            PRIMARY KEY (account, sequence, number)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE processed_trades (
            trade INTEGER PRIMARY KEY,
            sequence INTEGER NOT NULL,
            time INTEGER NOT NULL,
            instrument INTEGER NOT NULL,
            taker_side INTEGER NOT NULL,
            settlement INTEGER NOT NULL,
            price INTEGER NOT NULL,
            quantity INTEGER NOT NULL,
            notional_high INTEGER NOT NULL,
            notional_low INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE orders (
            account INTEGER NOT NULL,
            order_id INTEGER NOT NULL,
            client_id INTEGER NOT NULL,
            instrument INTEGER NOT NULL,
            side INTEGER NOT NULL,
            type INTEGER NOT NULL,
            time_in_force INTEGER NOT NULL,
            state INTEGER NOT NULL,
            reason INTEGER NOT NULL,
            price INTEGER NOT NULL,
            trigger_price INTEGER NOT NULL,
            quantity INTEGER NOT NULL,
            open INTEGER NOT NULL,
            filled INTEGER NOT NULL,
            placed_sequence INTEGER NOT NULL,
            placed_time INTEGER NOT NULL,
            changed_sequence INTEGER NOT NULL,
            changed_time INTEGER NOT NULL,
            PRIMARY KEY (account, order_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX orders_live ON orders (account, order_id) WHERE state IN (0, 1, 2, 7);
        CREATE TABLE contracts (
            account INTEGER NOT NULL,
            contract INTEGER NOT NULL,
            instrument INTEGER NOT NULL,
            side INTEGER NOT NULL,
            is_taker INTEGER NOT NULL,
            order_id INTEGER NOT NULL,
            client_id INTEGER NOT NULL,
            settlement INTEGER NOT NULL,
            state INTEGER NOT NULL,
            price INTEGER NOT NULL,
            quantity INTEGER NOT NULL,
            notional_high INTEGER NOT NULL,
            notional_low INTEGER NOT NULL,
            fee_high INTEGER NOT NULL,
            fee_low INTEGER NOT NULL,
            delivery_high INTEGER NOT NULL,
            delivery_low INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            time INTEGER NOT NULL,
            ended_sequence INTEGER NOT NULL,
            ended_time INTEGER NOT NULL,
            certificate BLOB CHECK (length(certificate) = 32),
            PRIMARY KEY (account, contract)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE audit (
            account INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            number INTEGER NOT NULL,
            time INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            subject INTEGER NOT NULL,
            detail INTEGER NOT NULL,
            amount_high INTEGER NOT NULL,
            amount_low INTEGER NOT NULL,
            digest BLOB CHECK (length(digest) = 32),
            PRIMARY KEY (account, sequence, number)
        ) STRICT, WITHOUT ROWID;
        """

    /// Brings a file to the newest version.
    static func migrate(_ connection: SQLiteConnection) throws(LedgerStoreError) {
        while true {
            try connection.run("BEGIN IMMEDIATE")
            do throws(LedgerStoreError) {
                let isNewest = try step(connection)
                try connection.run("COMMIT")
                if isNewest { return }
            } catch {
                connection.rollBack()
                throw error
            }
        }
    }

    /// Runs one migration in an open transaction; true when there was none to run.
    private static func step(_ connection: SQLiteConnection) throws(LedgerStoreError) -> Bool {
        let version = Int(try connection.number("PRAGMA user_version"))
        guard 0...migrations.count ~= version else {
            throw .newerVersion(store: connection.path, found: version, known: migrations.count)
        }
        if version == migrations.count { return true }
        try connection.run(migrations[version])
        try connection.run("PRAGMA user_version = \(version + 1)")
        return false
    }
}
