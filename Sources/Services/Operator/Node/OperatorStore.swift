internal import Database

/// A transaction of the database, where one of a chain could be meant.
typealias DatabaseTransaction = Transaction

/// What a node must remember of services, submissions and transactions: tables in one database.
///
/// Times are milliseconds since 1970. A change of a table is a new migration at the end.
enum OperatorStore {
    static let migrations: [StaticString] = [
        """
        CREATE TABLE services (
            id TEXT PRIMARY KEY,
            definition BLOB NOT NULL,
            uri TEXT NOT NULL,
            paused INTEGER NOT NULL,
            added INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE signers (
            service TEXT PRIMARY KEY,
            hd_index INTEGER NOT NULL UNIQUE
        ) STRICT;
        CREATE TABLE definitions (digest TEXT PRIMARY KEY, definition BLOB NOT NULL) STRICT;
        CREATE TABLE chains (key TEXT PRIMARY KEY, configuration BLOB NOT NULL) STRICT;
        CREATE TABLE own_submissions (
            event BLOB PRIMARY KEY,
            work BLOB NOT NULL,
            service TEXT NOT NULL,
            chain TEXT NOT NULL,
            submission BLOB NOT NULL,
            made INTEGER NOT NULL,
            is_queued INTEGER NOT NULL,
            publish_count INTEGER NOT NULL,
            publish_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX own_submissions_by_time ON own_submissions (chain, publish_at);
        CREATE TABLE queues (
            id BLOB PRIMARY KEY,
            event BLOB NOT NULL,
            service TEXT NOT NULL,
            workflow TEXT NOT NULL,
            chain TEXT NOT NULL,
            action BLOB NOT NULL,
            state INTEGER NOT NULL,
            made INTEGER NOT NULL,
            attempt_count INTEGER NOT NULL,
            attempt_at INTEGER NOT NULL,
            burned_at INTEGER,
            reason TEXT NOT NULL
        ) STRICT;
        CREATE INDEX queues_by_time ON queues (chain, state, attempt_at);
        CREATE INDEX queues_by_event ON queues (event);
        CREATE TABLE queue_entries (
            queue BLOB NOT NULL,
            bucket BLOB NOT NULL,
            signer BLOB NOT NULL,
            submission BLOB NOT NULL,
            received INTEGER NOT NULL,
            PRIMARY KEY (queue, bucket, signer)
        ) STRICT;
        CREATE TABLE timers (
            id INTEGER PRIMARY KEY,
            chain TEXT NOT NULL,
            due INTEGER NOT NULL,
            submission BLOB NOT NULL
        ) STRICT;
        CREATE TABLE transactions (
            id INTEGER PRIMARY KEY,
            chain TEXT NOT NULL,
            sender BLOB NOT NULL,
            nonce INTEGER NOT NULL,
            target BLOB NOT NULL,
            data BLOB NOT NULL,
            gas_limit INTEGER NOT NULL,
            priority_fee TEXT NOT NULL,
            max_fee TEXT NOT NULL,
            hashes BLOB NOT NULL,
            sent_at INTEGER NOT NULL,
            state INTEGER NOT NULL,
            queue BLOB,
            submission BLOB
        ) STRICT;
        CREATE INDEX transactions_by_state ON transactions (chain, state, nonce);
        """,
        """
        ALTER TABLE own_submissions ADD COLUMN queue_at INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE own_submissions ADD COLUMN queue_count INTEGER NOT NULL DEFAULT 0;
        """,
    ]

    /// The timeline of events and the services' logs: what explains, and nothing depends on.
    static let journalMigrations: [StaticString] = [
        """
        CREATE TABLE events (
            id INTEGER PRIMARY KEY,
            event BLOB NOT NULL,
            time INTEGER NOT NULL,
            stage TEXT NOT NULL,
            detail TEXT NOT NULL
        ) STRICT;
        CREATE INDEX events_by_event ON events (event, id);
        CREATE TABLE service_logs (
            id INTEGER PRIMARY KEY,
            service TEXT NOT NULL,
            workflow TEXT NOT NULL,
            time INTEGER NOT NULL,
            level INTEGER NOT NULL,
            line TEXT NOT NULL
        ) STRICT;
        CREATE INDEX service_logs_by_service ON service_logs (service, id);
        """
    ]
}

extension OperatorError {
    /// Runs something of the database and wraps its error.
    static func wrapping<Result>(
        _ body: () throws(DatabaseError) -> Result
    ) throws(OperatorError) -> Result {
        do throws(DatabaseError) {
            return try body()
        } catch {
            throw .database(error)
        }
    }
}
