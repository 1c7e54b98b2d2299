public import LedgerStore
public import Primitives

/// Where a ledger and the venue do not agree, or the ledger does not agree with itself.
public enum LedgerDifference: Equatable, Sendable {
    /// A balance is not the venue's.
    case balance(stored: LedgerBalance, available: Amount, locked: Amount)
    /// What the entries of an account and an asset add up to is not what the venue says the account has.
    case entries(account: AccountID, asset: AssetID, sum: Amount, held: Amount)
    /// What the bond entries of an account and an asset add up to is not its bond.
    case bond(account: AccountID, asset: AssetID, sum: Amount, held: Amount)
    /// What all accounts have of an asset is not what the venue keeps for them.
    case custody(asset: AssetID, stored: Amount, custody: Amount)
    /// What the custody entries of an asset add up to is not the opposite of what the venue keeps.
    case custodyEntries(asset: AssetID, sum: Amount, custody: Amount)
    /// The entries of a command do not add up to zero for every asset.
    case unbalanced(sequence: UInt64)
    /// The number of rows of a kind is not the venue's.
    case count(what: String, stored: UInt64, held: UInt64)

    /// How many differences a text names.
    private static let namedMax = 5

    /// Several differences in one line.
    static func text(_ differences: [LedgerDifference]) -> String {
        let named = differences.prefix(namedMax).map(\.description).joined(separator: "; ")
        let rest = differences.count - min(differences.count, namedMax)
        return "the ledger differs from the venue: " + named
            + (rest > 0 ? "; and \(rest) more" : "")
    }
}

extension LedgerDifference: CustomStringConvertible {
    /// One line: what differs, and how.
    public var description: String {
        switch self {
        case .balance(let stored, let available, let locked):
            "account \(stored.account.rawValue) asset \(stored.asset.rawValue): available "
                + "\(stored.available) and locked \(stored.locked) stored, "
                + "\(available) and \(locked) at the venue"
        case .entries(let account, let asset, let sum, let held):
            "account \(account.rawValue) asset \(asset.rawValue): entries add up to \(sum), "
                + "the venue has \(held)"
        case .bond(let account, let asset, let sum, let held):
            "account \(account.rawValue) asset \(asset.rawValue): bond entries add up to \(sum), "
                + "the bond is \(held)"
        case .custody(let asset, let stored, let custody):
            "asset \(asset.rawValue): balances add up to \(stored), custody is \(custody)"
        case .custodyEntries(let asset, let sum, let custody):
            "asset \(asset.rawValue): custody entries add up to \(sum), custody is \(custody)"
        case .unbalanced(let sequence):
            "command \(sequence): its entries do not add up to zero"
        case .count(let what, let stored, let held):
            "\(what): \(stored) stored, \(held) at the venue"
        }
    }
}
