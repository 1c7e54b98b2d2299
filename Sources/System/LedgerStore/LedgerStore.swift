public import Primitives

/// The ledger as tables: a projection of the journal, which may be deleted and made again.
///
/// One thread appends; any number may read meanwhile, each in a transaction that sees one moment.
public protocol LedgerStore: AnyObject, Sendable {
    /// The last command that the store has taken in durably; 0 for none.
    var cursor: UInt64 { get }

    /// Takes in what some commands did, all of it or nothing.
    ///
    /// A batch that the store has already changes nothing, so that one whose end nobody saw can be
    /// appended again.
    ///
    /// - Parameter batch: What the commands right behind the cursor did.
    /// - Throws: `unavailable` or `diskFull`, after which the same batch may be appended again;
    ///   `wrongSequence` when it does not begin behind the cursor; others of `LedgerStoreError`.
    func append(_ batch: LedgerBatch) throws(LedgerStoreError)

    /// Reads the rows of one account and of nobody else.
    ///
    /// - Parameters:
    ///   - account: The tenant; who is logged in has exactly one.
    ///   - body: Reads; what it gets must not be used afterwards.
    /// - Returns: What `body` returns.
    /// - Throws: `LedgerStoreError`, also what `body` throws.
    func withTenant<Result>(
        _ account: AccountID,
        _ body: (any TenantLedger) throws(LedgerStoreError) -> Result
    ) throws(LedgerStoreError) -> Result

    /// Reads rows of several accounts, after an audit record says who did so and why.
    ///
    /// - Parameters:
    ///   - reason: Why; not empty.
    ///   - requestor: Who asks for it; not empty.
    ///   - audit: Writes the audit record, durably, and gives out the event `audit.cross_tenant.read`;
    ///     it is called before anything is read, and nothing is read when it throws.
    ///   - body: Reads; what it gets must not be used afterwards.
    /// - Returns: What `body` returns.
    /// - Throws: `reasonMissing`, what `audit` throws, or `LedgerStoreError` of the reading.
    func withCrossTenant<Result>(
        reason: String,
        requestor: String,
        audit: (CrossTenantRead) throws(LedgerStoreError) -> Void,
        _ body: (any CrossTenantLedger) throws(LedgerStoreError) -> Result
    ) throws(LedgerStoreError) -> Result

    /// Reads everything to check it against the journal: bookkeeping, not a service for anybody.
    ///
    /// - Parameter body: Reads; what it gets must not be used afterwards.
    /// - Returns: What `body` returns.
    /// - Throws: `LedgerStoreError`, also what `body` throws.
    func withBooks<Result>(
        _ body: (any LedgerBooks) throws(LedgerStoreError) -> Result
    ) throws(LedgerStoreError) -> Result

    /// Empties the tables and sets the cursor to 0, so that they can be made again from the journal.
    ///
    /// - Throws: `LedgerStoreError`; then nothing has changed.
    func removeAll() throws(LedgerStoreError)
}

/// All rows at one moment, for whoever keeps the books.
public protocol LedgerBooks: AnyObject {
    /// The last command that is in what is read here.
    var sequence: UInt64 { get }
    /// All balances, by account and asset.
    func balances() throws(LedgerStoreError) -> [LedgerBalance]
    /// What the entries of each account, asset and kind add up to, by account, asset and kind.
    ///
    /// - Complexity: O(n) in the number of entries.
    func sums() throws(LedgerStoreError) -> [LedgerSum]
    /// The commands whose entries do not add up to zero for an asset; at most 100, lowest first.
    ///
    /// - Complexity: O(n log n) in the number of entries.
    func unbalanced() throws(LedgerStoreError) -> [UInt64]
    /// How many rows of some kinds there are.
    ///
    /// - Complexity: O(n) in the number of rows.
    func counts() throws(LedgerStoreError) -> LedgerCounts
    /// How many rows each table has, and a hash of them; the same for every kind of store.
    ///
    /// - Complexity: O(n) in the number of rows.
    func digest() throws(LedgerStoreError) -> LedgerDigest
}

/// How many rows of some kinds a store has.
public struct LedgerCounts: Equatable, Sendable {
    /// Orders that can still trade.
    public var liveOrders: UInt64
    /// Contracts of services that wait.
    public var waitingContracts: UInt64
    /// All contracts.
    public var contracts: UInt64
    /// All trades.
    public var trades: UInt64
}

/// What two stores have in common exactly when they hold the same rows.
public struct LedgerDigest: Equatable, Sendable {
    /// One table.
    public struct Table: Equatable, Sendable {
        /// Its name.
        public let name: String
        /// How many rows it has.
        public let rowCount: UInt64
        /// SHA-256 of its rows in the order of their keys, in hexadecimal.
        public let digest: String
    }

    /// The last command that is in the tables.
    public let sequence: UInt64
    /// The tables, in a fixed order.
    public let tables: [Table]
}

extension CrossTenantRead {
    /// Checks who reads and why, and has it recorded.
    ///
    /// - Throws: `reasonMissing`, or what `audit` throws.
    static func record(
        reason: String,
        requestor: String,
        _ audit: (CrossTenantRead) throws(LedgerStoreError) -> Void
    ) throws(LedgerStoreError) {
        let isMissing = [reason, requestor].contains { text in
            text.allSatisfy { character in character.isWhitespace }
        }
        if isMissing { throw .reasonMissing }
        try audit(CrossTenantRead(reason: reason, requestor: requestor))
    }
}
