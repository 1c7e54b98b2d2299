/// Writes one JSON object (RFC 8259), its members in the order in which they are added.
public struct JSONObject: CustomStringConvertible, Sendable {
    private var members = ""

    /// Makes an object without members.
    public init() {}

    /// Adds a whole number, in full precision.
    public mutating func add(_ key: String, _ value: some BinaryInteger) {
        addRaw(key, String(value))
    }

    /// Adds a number; `null` where it is not finite, because JSON has no word for that.
    public mutating func add(_ key: String, _ value: Double) {
        addRaw(key, value.isFinite ? value.description : "null")
    }

    /// Adds a truth value.
    public mutating func add(_ key: String, _ value: Bool) { addRaw(key, value ? "true" : "false") }

    /// Adds a text.
    public mutating func add(_ key: String, _ value: String) { addRaw(key, Self.escaped(value)) }

    /// Adds an array of texts.
    public mutating func add(_ key: String, _ values: [String]) {
        addRaw(key, "[" + values.map(Self.escaped).joined(separator: ", ") + "]")
    }

    /// Adds an object.
    public mutating func add(_ key: String, _ value: JSONObject) { addRaw(key, value.description) }

    /// Adds a value that is JSON already.
    mutating func addEncoded(_ key: String, _ value: String) { addRaw(key, value) }

    /// The object on one line.
    public var description: String { "{" + members + "}" }

    private mutating func addRaw(_ key: String, _ value: String) {
        if !members.isEmpty { members += ", " }
        members += Self.escaped(key) + ": " + value
    }

    private static func escaped(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
