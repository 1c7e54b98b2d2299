internal import Cryptography
internal import Primitives

/// A session that may read all rows of all tables.
protocol LedgerBooksSession: LedgerSession {
    /// Goes through a table in the order of its key.
    func scan(
        _ table: LedgerTable,
        _ body: ([LedgerValue]) throws(LedgerStoreError) -> Void
    ) throws(LedgerStoreError)
    /// What the entries of each account, asset and kind add up to.
    func sums() throws(LedgerStoreError) -> [LedgerSum]
    /// The commands whose entries do not add up to zero for an asset; lowest first.
    func unbalanced(limit: Int) throws(LedgerStoreError) -> [UInt64]
}

/// Reads everything in a session.
final class LedgerBooksReader: LedgerBooks {
    /// How many commands `unbalanced` gives at most.
    private static let unbalancedMax = 100

    let sequence: UInt64
    private var session: (any LedgerBooksSession)?

    init(_ session: any LedgerBooksSession, sequence: UInt64) {
        self.session = session
        self.sequence = sequence
    }

    func end() { session = nil }

    private func live() throws(LedgerStoreError) -> any LedgerBooksSession {
        guard let session else { throw .scopeEnded }
        return session
    }

    func balances() throws(LedgerStoreError) -> [LedgerBalance] {
        let session = try live()
        let store = session.store
        var balances: [LedgerBalance] = []
        try session.scan(.balances) { values throws(LedgerStoreError) in
            var row = LedgerRow(values, store: store)
            balances.append(try LedgerBalance(from: &row))
        }
        return balances
    }

    func sums() throws(LedgerStoreError) -> [LedgerSum] { try live().sums() }

    func unbalanced() throws(LedgerStoreError) -> [UInt64] {
        try live().unbalanced(limit: Self.unbalancedMax)
    }

    func counts() throws(LedgerStoreError) -> LedgerCounts {
        let found = try live().rows(.counts, []) { row throws(LedgerStoreError) in
            LedgerCounts(
                liveOrders: try row.number(),
                waitingContracts: try row.number(),
                contracts: try row.number(),
                trades: try row.number()
            )
        }
        guard let counts = found.first else { preconditionFailure("counting gives one row") }
        return counts
    }

    func digest() throws(LedgerStoreError) -> LedgerDigest {
        let session = try live()
        var tables: [LedgerDigest.Table] = []
        for table in LedgerTable.allCases {
            var hasher = SHA256.Hasher()
            var rowCount: UInt64 = 0
            var bytes: [UInt8] = []
            try session.scan(table) { values throws(LedgerStoreError) in
                bytes.removeAll(keepingCapacity: true)
                for value in values { value.append(to: &bytes) }
                hasher.update(bytes)
                rowCount += 1
            }
            tables.append(
                LedgerDigest.Table(
                    name: table.rawValue,
                    rowCount: rowCount,
                    digest: hasher.finalize().hex
                )
            )
        }
        return LedgerDigest(sequence: sequence, tables: tables)
    }
}

extension LedgerValue {
    /// Appends the value in one form for all databases: fixed widths, lowest byte first, and one byte before
    /// what may be nothing.
    fileprivate func append(to bytes: inout [UInt8]) {
        switch self {
        case .integer(let number): bytes.append(littleEndian: UInt64(bitPattern: number), count: 8)
        case .amount(let amount):
            bytes.append(littleEndian: UInt64(truncatingIfNeeded: amount), count: 8)
            bytes.append(littleEndian: UInt64(truncatingIfNeeded: amount >> 64), count: 8)
        case .blob(let content):
            bytes.append(1)
            bytes.append(contentsOf: content)
        case .null: bytes.append(0)
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(littleEndian number: UInt64, count: Int) {
        for index in 0..<count { append(UInt8(truncatingIfNeeded: number >> (8 * UInt64(index)))) }
    }
}
