/// The tables of `access.db`.
///
/// Times are nanoseconds since 1970-01-01T00:00:00Z by the wall clock. What is secret is not in them: refresh
/// tokens and API keys are there by their hashes, and the keys that sign tokens by their numbers.
enum AccessSchema {
    static let migrations: [StaticString] = [
        """
        CREATE TABLE user (
            id BLOB PRIMARY KEY,
            name TEXT NOT NULL,
            folded TEXT NOT NULL UNIQUE,
            account INTEGER NOT NULL UNIQUE,
            roles INTEGER NOT NULL,
            state INTEGER NOT NULL,
            created INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX user_state ON user (state) WHERE state <> 1;
        CREATE TABLE key (
            id BLOB PRIMARY KEY,
            user BLOB NOT NULL REFERENCES user,
            kind INTEGER NOT NULL,
            handle BLOB NOT NULL,
            key BLOB NOT NULL,
            label TEXT NOT NULL,
            counter INTEGER NOT NULL,
            flags INTEGER NOT NULL,
            transports TEXT NOT NULL,
            added_by BLOB,
            created INTEGER NOT NULL,
            used INTEGER,
            revoked INTEGER,
            UNIQUE (kind, handle)
        ) STRICT;
        CREATE INDEX key_user ON key (user);
        CREATE TABLE session (
            id BLOB PRIMARY KEY,
            user BLOB NOT NULL REFERENCES user,
            key BLOB NOT NULL REFERENCES key,
            created INTEGER NOT NULL,
            expires INTEGER NOT NULL,
            issued INTEGER NOT NULL,
            generation INTEGER NOT NULL,
            refresh BLOB NOT NULL,
            revoked INTEGER
        ) STRICT;
        CREATE INDEX session_user ON session (user);
        CREATE INDEX session_key ON session (key);
        CREATE INDEX session_expires ON session (expires);
        CREATE INDEX session_revoked ON session (issued) WHERE revoked IS NOT NULL;
        CREATE TABLE api_key (
            id TEXT PRIMARY KEY,
            user BLOB NOT NULL REFERENCES user,
            key BLOB NOT NULL REFERENCES key,
            label TEXT NOT NULL,
            secret BLOB,
            public_key BLOB,
            scopes INTEGER NOT NULL,
            addresses TEXT NOT NULL,
            created INTEGER NOT NULL,
            expires INTEGER,
            used INTEGER,
            revoked INTEGER
        ) STRICT;
        CREATE INDEX api_key_user ON api_key (user);
        CREATE INDEX api_key_key ON api_key (key);
        CREATE TABLE token_key (
            number INTEGER PRIMARY KEY,
            created INTEGER NOT NULL,
            retired INTEGER
        ) STRICT;
        CREATE TABLE audit (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            time INTEGER NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,
            subject TEXT NOT NULL,
            address TEXT NOT NULL,
            outcome TEXT NOT NULL
        ) STRICT;
        CREATE TABLE latest (time INTEGER NOT NULL) STRICT;
        INSERT INTO latest VALUES (0);
        """
    ]
}
