import LedgerStore
import TestSupport
import Testing

/// The kinds of store that there are.
enum StoreKind: String, CustomTestStringConvertible {
    case sqlite

    static let all: [StoreKind] = [.sqlite]

    var testDescription: String { rawValue }

    /// Lends an empty store.
    func withStore(_ body: (any LedgerStore) throws -> Void) throws {
        switch self {
        case .sqlite:
            try TemporaryDirectory.with { path in
                try body(try SQLiteLedgerStore(path: path + "/ledger.db"))
            }
        }
    }
}
