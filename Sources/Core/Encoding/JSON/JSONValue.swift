/// A value of JSON (RFC 8259) as I-JSON restricts it (RFC 7493), so that it has one canonical form.
public enum JSONValue: Equatable, Sendable {
    /// The absence of a value.
    case null
    /// False or true.
    case boolean(Bool)
    /// A finite double.
    case number(JSONNumber)
    /// A text without lone surrogates.
    case string(Text)
    /// A sequence of values.
    case array([JSONValue])
    /// Values by name.
    case object(JSONObject)

    /// The content if the value is a string.
    public var string: Text? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The number if the value is one.
    public var number: JSONNumber? {
        guard case .number(let value) = self else { return nil }
        return value
    }

    /// The values if the value is an array.
    public var array: [JSONValue]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    /// The members if the value is an object.
    public var object: JSONObject? {
        guard case .object(let value) = self else { return nil }
        return value
    }
}

/// Values by name, in the order of the names' UTF-16 code units (RFC 8785 §3.2.3), each name once.
public struct JSONObject: Equatable, Sendable {
    /// A name and its value.
    public struct Member: Equatable, Sendable {
        /// What the value is found by.
        public let name: Text
        /// What is found.
        public let value: JSONValue

        /// Makes a member from both parts.
        public init(_ name: Text, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The members in ascending order of the names' UTF-16 code units.
    public private(set) var members: [Member]

    /// Makes an object without members.
    public init() { members = [] }

    /// Makes an object from members in any order; none if two names are equal.
    ///
    /// - Complexity: O(n log n).
    public init?(_ members: [Member]) {
        let sorted = members.sorted { left, right in left.name.precedesInUTF16(right.name) }
        for index in sorted.indices.dropFirst() where sorted[index - 1].name == sorted[index].name {
            return nil
        }
        self.members = sorted
    }

    /// Makes an object from members whose names are known to ascend.
    init(ascending members: [Member]) { self.members = members }

    /// The value of a name; none if there is no such name.
    ///
    /// Setting none removes the member.
    ///
    /// - Complexity: O(n).
    public subscript(name: Text) -> JSONValue? {
        get {
            for member in members where member.name == name { return member.value }
            return nil
        }
        set {
            var index = 0
            while index < members.count, members[index].name.precedesInUTF16(name) { index += 1 }
            if index < members.count, members[index].name == name { members.remove(at: index) }
            if let newValue { members.insert(Member(name, newValue), at: index) }
        }
    }
}
