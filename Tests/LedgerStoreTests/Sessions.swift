import LedgerStore
import Primitives

extension LedgerStore {
    /// Reads one account's rows with code that may throw anything.
    func tenant<Value>(
        _ account: AccountID,
        _ body: (any TenantLedger) throws -> Value
    ) throws -> Value {
        try withTenant(account) { ledger in Result { try body(ledger) } }.get()
    }

    /// The rows of all tables in short.
    func digest() throws -> LedgerDigest {
        try withBooks { books throws(LedgerStoreError) in try books.digest() }
    }
}
