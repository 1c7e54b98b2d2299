/// Values by key, in the order of the keys' deterministic encodings (RFC 8949 §4.2.1), each key once.
public struct CBORMap: Equatable, Sendable {
    /// A key and its value.
    public struct Entry: Equatable, Sendable {
        /// What the value is found by.
        public let key: CBORValue
        /// What is found.
        public let value: CBORValue

        /// Makes an entry from both parts.
        public init(_ key: CBORValue, _ value: CBORValue) {
            self.key = key
            self.value = value
        }
    }

    /// The entries in ascending order of the keys' encodings.
    public private(set) var entries: [Entry]

    /// Makes a map without entries.
    public init() { entries = [] }

    /// Makes a map from entries in any order; none if two keys are equal.
    ///
    /// - Complexity: O(n log n).
    public init?(_ entries: [Entry]) {
        let sorted = entries.sorted { left, right in left.key.order(before: right.key) < 0 }
        for index in sorted.indices.dropFirst() where sorted[index - 1].key == sorted[index].key {
            return nil
        }
        self.entries = sorted
    }

    /// Makes a map from entries whose keys are known to ascend.
    init(ascending entries: [Entry]) { self.entries = entries }

    /// The value of a key; none if there is no such key.
    ///
    /// Setting none removes the entry.
    ///
    /// - Complexity: O(n).
    public subscript(key: CBORValue) -> CBORValue? {
        get {
            for entry in entries where entry.key == key { return entry.value }
            return nil
        }
        set {
            var index = 0
            while index < entries.count, entries[index].key.order(before: key) < 0 { index += 1 }
            if index < entries.count, entries[index].key == key { entries.remove(at: index) }
            if let newValue { entries.insert(Entry(key, newValue), at: index) }
        }
    }

    /// The value of a number as key; none if there is no such key.
    ///
    /// Setting none removes the entry.
    ///
    /// - Complexity: O(n).
    public subscript(key: Int64) -> CBORValue? {
        get { self[.integer(key)] }
        set { self[.integer(key)] = newValue }
    }

    /// The value of a text as key; none if there is no such key.
    ///
    /// Setting none removes the entry.
    ///
    /// - Complexity: O(n).
    public subscript(key: Text) -> CBORValue? {
        get { self[.text(key)] }
        set { self[.text(key)] = newValue }
    }
}
