internal import Database

/// The file in which a node keeps its services' keys and values; what is set is durable when the call returns.
public final class KeyValueFile: Sendable {
    fileprivate let database: Database

    private static let migrations: [StaticString] = [
        """
        CREATE TABLE entries (
            service TEXT NOT NULL, bucket TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,
            PRIMARY KEY (service, bucket, key)
        ) WITHOUT ROWID;
        CREATE TABLE sizes (
            service TEXT PRIMARY KEY, keys INTEGER NOT NULL, bytes INTEGER NOT NULL
        ) WITHOUT ROWID;
        """
    ]

    /// Opens the file, which is made first if it is missing.
    ///
    /// - Throws: `ComponentError.keyValue` in the words of the database.
    public init(path: String) throws(ComponentError) {
        do throws(DatabaseError) {
            database = try Database(path: path, migrations: Self.migrations)
        } catch {
            throw .keyValue(error.description)
        }
    }

    /// The keys and values of one service, which no other service sees.
    public func store(
        service: String,
        limits: KeyValueLimits = KeyValueLimits()
    ) -> DurableKeyValueStore {
        DurableKeyValueStore(self, service: service, limits: limits)
    }

    /// Forgets all keys and values of a service.
    ///
    /// - Throws: `ComponentError.keyValue`.
    public func removeService(_ service: String) throws(ComponentError) {
        do throws(DatabaseError) {
            try database.transaction { transaction throws(DatabaseError) in
                let name: [DatabaseValue] = [.text(service)]
                try transaction.execute("DELETE FROM entries WHERE service = ?", name)
                try transaction.execute("DELETE FROM sizes WHERE service = ?", name)
            }
        } catch {
            throw .keyValue(error.description)
        }
    }
}

/// The keys and values of one service, in a node's file.
public final class DurableKeyValueStore: KeyValueStore {
    private let file: KeyValueFile
    private let service: String
    private let limits: KeyValueLimits

    fileprivate init(_ file: KeyValueFile, service: String, limits: KeyValueLimits) {
        self.file = file
        self.service = service
        self.limits = limits
    }

    /// What a transaction decided: a result, or why it changes nothing.
    private enum Decision<Value: Sendable>: Sendable {
        case done(Value)
        case refused(ComponentError)
    }

    /// The value of a key; none without it.
    public func get(_ bucket: String, _ key: String) throws(ComponentError) -> [UInt8]? {
        try transact { transaction throws(DatabaseError) in
            .done(try value(transaction, bucket, key))
        }
    }

    /// Sets the values of keys, all or none.
    public func set(
        _ bucket: String,
        _ pairs: [(key: String, value: [UInt8])]
    ) throws(ComponentError) {
        for (key, value) in pairs {
            try limits.check(bucket, key)
            try limits.check(value: value)
        }
        try transact { transaction throws(DatabaseError) in
            try change(transaction, bucket, pairs)
        }
    }

    /// Removes keys.
    public func delete(_ bucket: String, _ keys: [String]) throws(ComponentError) {
        try transact { transaction throws(DatabaseError) in
            var change = Change()
            for key in keys {
                guard let old = try value(transaction, bucket, key) else { continue }
                change.keys -= 1
                change.bytes -= key.utf8.count + old.count
                try transaction.execute(
                    "DELETE FROM entries WHERE service = ? AND bucket = ? AND key = ?",
                    name(bucket, key)
                )
            }
            let size = try size(transaction)
            try set(transaction, keys: size.keys + change.keys, bytes: size.bytes + change.bytes)
            return .done(())
        }
    }

    /// Some keys in ascending order.
    public func keys(
        _ bucket: String,
        after: String?,
        count: Int
    ) throws(ComponentError) -> [String] {
        try transact { transaction throws(DatabaseError) in
            // The empty key is a key as well, and follows nothing.
            let rows = try transaction.rows(
                """
                SELECT key FROM entries
                WHERE service = ? AND bucket = ? AND (key > ? OR ?) ORDER BY key LIMIT ?
                """,
                name(bucket, after ?? "") + [
                    .integer(after == nil ? 1 : 0),
                    .integer(Int64(min(count, limits.pageCountMax))),
                ]
            )
            var keys: [String] = []
            for row in rows { keys.append(String(decoding: try row.blob(0), as: UTF8.self)) }
            return .done(keys)
        }
    }

    /// Sets a value if it is still the expected one.
    public func exchange(
        _ bucket: String,
        _ key: String,
        expected: [UInt8]?,
        new: [UInt8]
    ) throws(ComponentError) -> Bool {
        try limits.check(bucket, key)
        try limits.check(value: new)
        return try transact { transaction throws(DatabaseError) in
            guard try value(transaction, bucket, key) == expected else { return .done(false) }
            switch try change(transaction, bucket, [(key, new)]) {
            case .done: return .done(true)
            case .refused(let reason): return .refused(reason)
            }
        }
    }

    /// Adds to a number.
    public func increment(
        _ bucket: String,
        _ key: String,
        by delta: Int64
    ) throws(ComponentError) -> Int64 {
        try limits.check(bucket, key)
        return try transact { transaction throws(DatabaseError) in
            let old = try value(transaction, bucket, key)
            let sum: Int64
            do throws(ComponentError) {
                sum = try KeyValueNumber.sum(KeyValueNumber.number(old), delta)
            } catch {
                return .refused(error)
            }
            switch try change(transaction, bucket, [(key, KeyValueNumber.bytes(sum))]) {
            case .done: return .done(sum)
            case .refused(let reason): return .refused(reason)
            }
        }
    }

    /// How much more or less a service has.
    private struct Change {
        var keys = 0
        var bytes = 0
    }

    private func change(
        _ transaction: borrowing Transaction,
        _ bucket: String,
        _ pairs: [(key: String, value: [UInt8])]
    ) throws(DatabaseError) -> Decision<Void> {
        // What is refused must be refused before anything is written.
        var change = Change()
        var new: [String: Int] = [:]
        for (key, value) in pairs {
            if let count = new[key] {
                change.bytes -= count
            } else if let old = try self.value(transaction, bucket, key) {
                change.bytes -= old.count
            } else {
                change.keys += 1
                change.bytes += key.utf8.count
            }
            change.bytes += value.count
            new[key] = value.count
        }
        let size = try size(transaction)
        let keys = size.keys + change.keys
        let bytes = size.bytes + change.bytes
        do throws(ComponentError) { try limits.check(keys: keys, totalBytes: bytes) } catch {
            return .refused(error)
        }
        for (key, value) in pairs {
            try transaction.execute(
                """
                INSERT INTO entries VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET value = excluded.value
                """,
                name(bucket, key) + [.blob(value)]
            )
        }
        try set(transaction, keys: keys, bytes: bytes)
        return .done(())
    }

    private func name(_ bucket: String, _ key: String) -> [DatabaseValue] {
        [.text(service), .text(bucket), .blob(Array(key.utf8))]
    }

    private func value(
        _ transaction: borrowing Transaction,
        _ bucket: String,
        _ key: String
    ) throws(DatabaseError) -> [UInt8]? {
        try transaction.rows(
            "SELECT value FROM entries WHERE service = ? AND bucket = ? AND key = ?",
            name(bucket, key)
        ).first?.blob(0)
    }

    private func size(
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> (keys: Int, bytes: Int) {
        let rows = try transaction.rows(
            "SELECT keys, bytes FROM sizes WHERE service = ?",
            [.text(service)]
        )
        guard let row = rows.first else { return (0, 0) }
        return (Int(try row.integer(0)), Int(try row.integer(1)))
    }

    private func set(
        _ transaction: borrowing Transaction,
        keys: Int,
        bytes: Int
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO sizes VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET keys = excluded.keys, bytes = excluded.bytes
            """,
            [.text(service), .integer(Int64(keys)), .integer(Int64(bytes))]
        )
    }

    private func transact<Value: Sendable>(
        _ body: (borrowing Transaction) throws(DatabaseError) -> Decision<Value>
    ) throws(ComponentError) -> Value {
        let decision: Decision<Value>
        do throws(DatabaseError) { decision = try file.database.transaction(body) } catch {
            throw .keyValue(error.description)
        }
        switch decision {
        case .done(let value): return value
        case .refused(let reason): throw reason
        }
    }
}
