internal import Platform

/// Why a configuration cannot be used.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file.
    public var path: String
    /// The line, from 1; 0 is the whole file.
    public var line: Int
    /// The key with its tables, such as `node.data`; empty for none.
    public var key: String
    /// What is wrong, and what is allowed.
    public var reason: String

    /// One line: file, line, key, what is wrong and what is allowed.
    public var description: String {
        let place = line == 0 ? path : "\(path):\(line)"
        return key.isEmpty ? "\(place): \(reason)" : "\(place): \(key) \(reason)"
    }
}

/// A table of a configuration file, whose keys are read by name; what was not read in the end is refused.
public struct ConfigurationSection: Sendable {
    /// Most bytes of a file.
    public static let bytesMax = 1 << 20

    private let table: TOMLTable
    private let path: String
    private let prefix: String
    private var known: [String] = []

    /// Reads a file.
    ///
    /// - Throws: `ConfigurationError` when it cannot be read or is no TOML.
    public init(file path: String) throws(ConfigurationError) {
        let bytes: [UInt8]
        do throws(PlatformError) {
            bytes = try WholeFile.read(path)
        } catch {
            throw ConfigurationError(path: path, line: 0, key: "", reason: "\(error)")
        }
        try self.init(bytes, path: path)
    }

    /// Reads the bytes of a file; `path` is for errors.
    ///
    /// - Throws: `ConfigurationError` when they are no TOML.
    public init(_ bytes: [UInt8], path: String) throws(ConfigurationError) {
        guard bytes.count <= Self.bytesMax else {
            throw ConfigurationError(
                path: path,
                line: 0,
                key: "",
                reason: "has more than \(Self.bytesMax) bytes"
            )
        }
        do throws(TOMLError) {
            table = try TOMLParser.table(bytes)
        } catch {
            throw ConfigurationError(path: path, line: error.line, key: "", reason: error.reason)
        }
        self.path = path
        prefix = ""
    }

    private init(_ table: TOMLTable, path: String, prefix: String) {
        self.table = table
        self.path = path
        self.prefix = prefix
    }

    /// Whether a key is there.
    public func has(_ key: String) -> Bool { table[key] != nil }

    /// The error for a key, at its line.
    public func wrong(_ key: String, _ reason: String) -> ConfigurationError {
        let line = table.entries.first { entry in entry.key == key }?.line ?? table.line
        return ConfigurationError(path: path, line: line, key: prefix + key, reason: reason)
    }

    /// The value of a key as it is, without noting that it is known; none if it is not there.
    public func value(_ key: String) -> TOMLValue? { table[key] }

    private mutating func take(_ key: String) -> TOMLValue? {
        known.append(key)
        return table[key]
    }

    private func mismatch(
        _ key: String,
        _ value: TOMLValue?,
        _ expected: String
    ) -> ConfigurationError {
        guard let value else { return wrong(key, "is missing; it must be \(expected)") }
        return wrong(key, "is \(value.kind); it must be \(expected)")
    }

    // MARK: Values

    /// A text that must be there.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - bytes: How many bytes it may have.
    /// - Returns: The text.
    /// - Throws: `ConfigurationError`.
    public mutating func text(
        _ key: String,
        bytes: ClosedRange<Int> = 1...4_096
    ) throws(ConfigurationError) -> String {
        let value = take(key)
        guard case .string(let text) = value else { throw mismatch(key, value, "a text") }
        guard bytes.contains(text.utf8.count) else {
            throw wrong(
                key,
                "has \(text.utf8.count) bytes; it may have \(bytes.lowerBound) to \(bytes.upperBound)"
            )
        }
        return text
    }

    /// A text that may be left out.
    ///
    /// - Throws: `ConfigurationError`.
    public mutating func optionalText(_ key: String) throws(ConfigurationError) -> String? {
        guard has(key) else {
            known.append(key)
            return nil
        }
        return try text(key)
    }

    /// One of some words, with the first as what holds without it.
    ///
    /// - Throws: `ConfigurationError`.
    public mutating func word(
        _ key: String,
        among words: [String]
    ) throws(ConfigurationError) -> String {
        guard let text = try optionalText(key) else { return words[0] }
        guard words.contains(text) else {
            throw wrong(key, "is \"\(text)\"; it must be one of \(words.joined(separator: ", "))")
        }
        return text
    }

    /// A list of texts, empty if it is left out.
    ///
    /// - Throws: `ConfigurationError`.
    public mutating func texts(
        _ key: String,
        count: ClosedRange<Int> = 0...1_024
    ) throws(ConfigurationError) -> [String] {
        let value = take(key)
        var texts: [String] = []
        if let value {
            guard case .array(let items) = value else {
                throw mismatch(key, value, "a list of texts")
            }
            for item in items {
                guard case .string(let text) = item else {
                    throw wrong(key, "has \(item.kind) in its list; all must be texts")
                }
                texts.append(text)
            }
        }
        guard count.contains(texts.count) else {
            throw wrong(
                key,
                "has \(texts.count) items; it may have \(count.lowerBound) to \(count.upperBound)"
            )
        }
        return texts
    }

    /// A whole number.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - range: What is allowed.
    ///   - standard: What holds if it is left out; without one it must be there.
    /// - Returns: The number.
    /// - Throws: `ConfigurationError`.
    public mutating func integer(
        _ key: String,
        in range: ClosedRange<Int64>,
        standard: Int64? = nil
    ) throws(ConfigurationError) -> Int64 {
        let value = take(key)
        if value == nil, let standard { return standard }
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard case .integer(let number) = value else { throw mismatch(key, value, expected) }
        guard range.contains(number) else {
            throw wrong(key, "is \(number); it must be \(expected)")
        }
        return number
    }

    /// A number, whole or not, that must be there.
    ///
    /// - Throws: `ConfigurationError`.
    public mutating func number(
        _ key: String,
        in range: ClosedRange<Double>
    ) throws(ConfigurationError) -> Double {
        let value = take(key)
        let expected = "a number from \(range.lowerBound) to \(range.upperBound)"
        let number: Double
        switch value {
        case .integer(let integer): number = Double(integer)
        case .float(let float): number = float
        default: throw mismatch(key, value, expected)
        }
        guard range.contains(number) else {
            throw wrong(key, "is \(number); it must be \(expected)")
        }
        return number
    }

    /// A truth value.
    ///
    /// - Throws: `ConfigurationError`.
    public mutating func boolean(
        _ key: String,
        standard: Bool
    ) throws(ConfigurationError) -> Bool {
        let value = take(key)
        if value == nil { return standard }
        guard case .boolean(let truth) = value else { throw mismatch(key, value, "true or false") }
        return truth
    }

    // MARK: Tables

    /// A table that must be there.
    ///
    /// - Throws: `ConfigurationError`.
    public mutating func section(_ key: String) throws(ConfigurationError) -> ConfigurationSection {
        let value = take(key)
        guard case .table(let inner) = value else { throw mismatch(key, value, "a table") }
        return ConfigurationSection(inner, path: path, prefix: prefix + key + ".")
    }

    /// A table that may be left out.
    ///
    /// - Throws: `ConfigurationError`.
    public mutating func optionalSection(
        _ key: String
    ) throws(ConfigurationError) -> ConfigurationSection? {
        guard has(key) else {
            known.append(key)
            return nil
        }
        return try section(key)
    }

    /// The tables of an array of tables; none if it is left out.
    ///
    /// - Throws: `ConfigurationError`.
    public mutating func sections(
        _ key: String
    ) throws(ConfigurationError) -> [ConfigurationSection] {
        guard let value = take(key) else { return [] }
        guard case .array(let items) = value else {
            throw mismatch(key, value, "a list of tables, [[\(prefix)\(key)]]")
        }
        var sections: [ConfigurationSection] = []
        for item in items {
            guard case .table(let inner) = item else {
                throw wrong(key, "has \(item.kind) in its list; all must be tables")
            }
            sections.append(ConfigurationSection(inner, path: path, prefix: prefix + key + "."))
        }
        return sections
    }

    /// The keys that are there, in the order of the file, for tables whose keys are names.
    public var keys: [String] { table.entries.map(\.key) }

    /// Refuses keys that nobody has read.
    ///
    /// - Throws: `ConfigurationError` with the nearest key that is known.
    public func finish() throws(ConfigurationError) {
        for entry in table.entries where !known.contains(entry.key) {
            var reason = "is not known"
            if let near = Self.nearest(to: entry.key, among: known) {
                reason += "; is \(near) meant?"
            } else if !known.isEmpty {
                reason += "; known here are \(known.sorted().joined(separator: ", "))"
            }
            throw wrong(entry.key, reason)
        }
    }

    /// The most similar of some names; none if even that is not similar.
    static func nearest(to name: String, among names: [String]) -> String? {
        let ranked = names.sorted().map { other in (distance(name, other), other) }
        guard let best = ranked.min(by: { left, right in left.0 < right.0 }) else { return nil }
        return best.0 <= max(2, name.utf8.count / 3) ? best.1 : nil
    }

    /// How many characters must be put in, taken out or replaced to make one name of the other.
    private static func distance(_ left: String, _ right: String) -> Int {
        let first = Array(left.utf8)
        let second = Array(right.utf8)
        var row = Array(0...second.count)
        for (index, byte) in first.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (position, other) in second.enumerated() {
                let replaced = diagonal + (byte == other ? 0 : 1)
                diagonal = row[position + 1]
                row[position + 1] = min(replaced, row[position] + 1, diagonal + 1)
            }
        }
        return row[second.count]
    }
}
