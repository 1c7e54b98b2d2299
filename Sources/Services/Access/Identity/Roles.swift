/// What a user is at the venue; a user may be several things.
public struct Roles: OptionSet, Hashable, Sendable {
    /// One bit a role; stored, so the numbers never change.
    public let rawValue: UInt8

    /// Makes a set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Trades on the own account.
    public static var trader: Roles { Roles(rawValue: 1) }
    /// Attests what the venue does.
    public static var observer: Roles { Roles(rawValue: 2) }
    /// Reads everything and changes nothing.
    public static var regulator: Roles { Roles(rawValue: 4) }
    /// Runs the venue, and trades nothing.
    public static var `operator`: Roles { Roles(rawValue: 8) }

    /// All roles with their words, in the order in which they are written.
    static let words: [(role: Roles, word: String)] = [
        (.trader, "trader"), (.observer, "observer"), (.regulator, "regulator"),
        (.operator, "operator"),
    ]

    /// The words of the roles, in a fixed order.
    public var words: [String] {
        Self.words.filter { entry in contains(entry.role) }.map(\.word)
    }

    /// The roles that words name; none if one is unknown or occurs twice.
    ///
    /// - Parameter words: The words, in any order.
    public init?(words: [String]) {
        var roles: Roles = []
        for word in words {
            guard let entry = Self.words.first(where: { $0.word == word }),
                !roles.contains(entry.role)
            else { return nil }
            roles.insert(entry.role)
        }
        self = roles
    }
}

/// What a program may do with an API key.
public struct Scopes: OptionSet, Hashable, Sendable {
    /// One bit a scope; stored, so the numbers never change.
    public let rawValue: UInt8

    /// Makes a set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Read the own orders, trades and balances.
    public static var read: Scopes { Scopes(rawValue: 1) }
    /// Place, amend and cancel orders.
    public static var trade: Scopes { Scopes(rawValue: 2) }
    /// Ask for withdrawals.
    public static var withdraw: Scopes { Scopes(rawValue: 4) }
    /// All scopes.
    public static var all: Scopes { [.read, .trade, .withdraw] }

    static let words: [(scope: Scopes, word: String)] = [
        (.read, "read"), (.trade, "trade"), (.withdraw, "withdraw"),
    ]

    /// The words of the scopes, in a fixed order.
    public var words: [String] {
        Self.words.filter { entry in contains(entry.scope) }.map(\.word)
    }

    /// The scopes that words name; none if one is unknown or occurs twice.
    ///
    /// - Parameter words: The words, in any order.
    public init?(words: [String]) {
        var scopes: Scopes = []
        for word in words {
            guard let entry = Self.words.first(where: { $0.word == word }),
                !scopes.contains(entry.scope)
            else { return nil }
            scopes.insert(entry.scope)
        }
        self = scopes
    }
}
