/// The header fields of a message, in their order (RFC 9110 §5).
public struct HTTPHeaders: Equatable, Sendable {
    /// One field line.
    public struct Field: Equatable, Sendable {
        /// Its name in lower case.
        public let name: String
        /// Its value without white space at the ends.
        public let value: String
    }

    /// The field lines as they came.
    public private(set) var fields: [Field] = []

    /// Makes headers without fields.
    public init() {}

    /// Makes headers from names and values.
    public init(_ fields: KeyValuePairs<String, String>) {
        self.fields.reserveCapacity(fields.count)
        for (name, value) in fields { add(name, value) }
    }

    /// Adds a field line.
    ///
    /// The name must be a token and the value have no control characters: they are written as they are.
    public mutating func add(_ name: String, _ value: String) {
        precondition(HeadForm.isToken(name.utf8), "the name of a field is a token")
        precondition(
            value.utf8.allSatisfy(HeadForm.isValueByte),
            "a value has no control characters"
        )
        let isUpper = { (byte: UInt8) in (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
        fields.append(
            Field(name: name.utf8.contains(where: isUpper) ? name.lowercased() : name, value: value)
        )
    }

    /// Adds a field line that was read and checked.
    mutating func addRead(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// The values of all field lines with a name, in whatever case it is written.
    public func values(_ name: String) -> [String] {
        let name = name.lowercased()
        return fields.filter { $0.name == name }.map(\.value)
    }

    /// The value of the first field line with a name, in whatever case it is written.
    public subscript(name: String) -> String? {
        let name = name.lowercased()
        return fields.first { $0.name == name }?.value
    }
}
