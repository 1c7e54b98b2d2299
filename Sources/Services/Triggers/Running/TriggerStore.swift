internal import Database

/// How far each source has come, on the disk.
///
/// A cursor is written only after the dispatcher has what lies before it, so that the worst a crash does is to make a
/// source hand something over again.
final class TriggerStore: Sendable {
    static let migrations: [StaticString] = [
        """
        CREATE TABLE cursor (
            source TEXT NOT NULL,
            name TEXT NOT NULL,
            value INTEGER NOT NULL,
            PRIMARY KEY (source, name)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE block (
            source TEXT NOT NULL,
            number INTEGER NOT NULL,
            hash BLOB NOT NULL,
            PRIMARY KEY (source, number)
        ) STRICT, WITHOUT ROWID;
        """
    ]

    /// Numbers to be set; those given as none are removed.
    typealias Changes = [(name: String, value: Int64?)]

    private let database: Database

    init(path: String) throws(TriggerError) {
        do throws(DatabaseError) {
            database = try Database(path: path, migrations: Self.migrations)
        } catch {
            throw .database(error)
        }
    }

    private func transaction<Result: Sendable>(
        _ body: (borrowing Transaction) throws(DatabaseError) -> Result
    ) throws(TriggerError) -> Result {
        do throws(DatabaseError) { return try database.transaction(body) } catch {
            throw .database(error)
        }
    }

    /// A source's numbers by their names.
    func cursor(_ source: String) throws(TriggerError) -> [String: Int64] {
        try transaction { transaction throws(DatabaseError) in
            var values: [String: Int64] = [:]
            let sql: StaticString = "SELECT name, value FROM cursor WHERE source = ?"
            for row in try transaction.rows(sql, [.text(source)]) {
                values[try row.text(0)] = try row.integer(1)
            }
            return values
        }
    }

    /// Sets some of a source's numbers.
    func setCursor(_ source: String, _ changes: Changes) throws(TriggerError) {
        try transaction { transaction throws(DatabaseError) in
            for (name, value) in changes { try Self.set(source, name, value, transaction) }
        }
    }

    private static func set(
        _ source: String,
        _ name: String,
        _ value: Int64?,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        guard let value else {
            try transaction.execute(
                "DELETE FROM cursor WHERE source = ? AND name = ?",
                [.text(source), .text(name)]
            )
            return
        }
        try transaction.execute(
            """
            INSERT INTO cursor (source, name, value) VALUES (?, ?, ?)
            ON CONFLICT (source, name) DO UPDATE SET value = excluded.value
            """,
            [.text(source), .text(name), .integer(value)]
        )
    }

    /// A block that was followed.
    struct Block: Equatable, Sendable {
        let number: UInt64
        let hash: [UInt8]
    }

    /// The blocks of a chain that are remembered, the newest first.
    func blocks(_ source: String) throws(TriggerError) -> [Block] {
        try transaction { transaction throws(DatabaseError) in
            var blocks: [Block] = []
            let sql: StaticString =
                "SELECT number, hash FROM block WHERE source = ? ORDER BY number DESC"
            for row in try transaction.rows(sql, [.text(source)]) {
                blocks.append(
                    Block(number: UInt64(clamping: try row.integer(0)), hash: try row.blob(1))
                )
            }
            return blocks
        }
    }

    /// Sets a chain's cursor with the blocks before it, in one transaction.
    ///
    /// - Parameters:
    ///   - source: The chain.
    ///   - changes: The cursor's numbers.
    ///   - blocks: What is to be remembered besides.
    ///   - kept: The numbers of blocks that stay remembered; others are forgotten before `blocks` are added.
    /// - Throws: `TriggerError.database`.
    func setChain(
        _ source: String,
        _ changes: Changes,
        adding blocks: [Block],
        keeping kept: Range<UInt64>
    ) throws(TriggerError) {
        try transaction { transaction throws(DatabaseError) in
            try transaction.execute(
                "DELETE FROM block WHERE source = ? AND (number < ? OR number >= ?)",
                [
                    .text(source), .integer(Int64(clamping: kept.lowerBound)),
                    .integer(Int64(clamping: kept.upperBound)),
                ]
            )
            for block in blocks {
                try transaction.execute(
                    """
                    INSERT INTO block (source, number, hash) VALUES (?, ?, ?)
                    ON CONFLICT (source, number) DO UPDATE SET hash = excluded.hash
                    """,
                    [.text(source), .integer(Int64(clamping: block.number)), .blob(block.hash)]
                )
            }
            for (name, value) in changes { try Self.set(source, name, value, transaction) }
        }
    }
}
