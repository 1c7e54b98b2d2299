/// A value of a TOML document (TOML 1.0.0).
public enum TOMLValue: Equatable, Sendable {
    /// A text.
    case string(String)
    /// A whole number of 64 bits.
    case integer(Int64)
    /// A number with a fraction or an exponent, infinite, or not a number.
    case float(Double)
    /// A truth value.
    case boolean(Bool)
    /// A date, a time or both, as it is written; its form and its ranges are right.
    case dateTime(String)
    /// Values, which need not be of one kind.
    case array([TOMLValue])
    /// A table.
    case table(TOMLTable)

    /// What kind of value it is, as a person says it.
    public var kind: String {
        switch self {
        case .string: "a text"
        case .integer: "a whole number"
        case .float: "a number with a fraction"
        case .boolean: "true or false"
        case .dateTime: "a date or time"
        case .array: "a list"
        case .table: "a table"
        }
    }
}

/// A table: its keys with their values, in the order of the document.
public struct TOMLTable: Equatable, Sendable {
    /// One key with its value.
    public struct Entry: Equatable, Sendable {
        /// The key.
        public var key: String
        /// The line that the key is on, from 1.
        public var line: Int
        /// The value.
        public var value: TOMLValue
    }

    /// The keys with their values; no key is there twice.
    public let entries: [Entry]
    /// The line that the table begins on, from 1.
    public let line: Int

    init(entries: [Entry], line: Int) {
        self.entries = entries
        self.line = line
    }

    /// The value of a key; none if the table does not have it.
    public subscript(key: String) -> TOMLValue? {
        entries.first { entry in entry.key == key }?.value
    }
}

/// Why bytes are no TOML document.
public struct TOMLError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The line, from 1.
    public var line: Int
    /// What is wrong, and what would be right.
    public var reason: String

    /// One line: where it is and what is wrong.
    public var description: String { "line \(line): \(reason)" }
}
