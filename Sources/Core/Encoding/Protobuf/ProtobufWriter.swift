/// Writes a message of Protocol Buffers field by field.
///
/// As proto3 wants it, a field is left out when its value is the one that a reader assumes without it: 0, false, or
/// nothing. Where presence itself says something, in a list or a oneof, the field is always written.
public struct ProtobufWriter: Sendable {
    /// What was written.
    public private(set) var bytes: [UInt8]

    /// Makes an empty message with room for so many bytes.
    public init(capacity: Int = 128) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Adds a whole number, unless it is 0.
    public mutating func add(_ number: UInt32, _ value: UInt64) {
        if value == 0 { return }
        tag(number, 0)
        varint(value)
    }

    /// Adds a whole number with a sign as `int64`, unless it is 0.
    public mutating func add(_ number: UInt32, signed value: Int64) {
        add(number, UInt64(bitPattern: value))
    }

    /// Adds a truth value, unless it is false.
    public mutating func add(_ number: UInt32, _ value: Bool) { add(number, value ? 1 : 0) }

    /// Adds a text, unless it is empty.
    ///
    /// - Complexity: O(n).
    public mutating func add(_ number: UInt32, _ text: String) {
        if text.utf8.isEmpty { return }
        tag(number, 2)
        varint(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// Adds bytes, unless there are none.
    ///
    /// - Complexity: O(n).
    public mutating func add(_ number: UInt32, bytes value: [UInt8]) {
        if value.isEmpty { return }
        tag(number, 2)
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// Adds a text of ASCII that `body` appends, such as a decimal number; nothing if it appends nothing.
    ///
    /// - Complexity: O(n).
    public mutating func add(_ number: UInt32, text body: (inout [UInt8]) -> Void) {
        let start = bytes.count
        tag(number, 2)
        let content = bytes.count
        body(&bytes)
        if bytes.count == content {
            bytes.removeLast(content - start)
        } else {
            insertLength(of: content)
        }
    }

    /// Adds a message that `body` writes, even if it is empty.
    ///
    /// - Complexity: O(n).
    public mutating func add(_ number: UInt32, message body: (inout ProtobufWriter) -> Void) {
        tag(number, 2)
        let content = bytes.count
        body(&self)
        insertLength(of: content)
    }

    /// Writes how long the bytes from a position on are before them.
    private mutating func insertLength(of content: Int) {
        let length = UInt64(bytes.count - content)
        var prefix: [UInt8] = []
        Self.append(length, to: &prefix)
        bytes.insert(contentsOf: prefix, at: content)
    }

    private mutating func tag(_ number: UInt32, _ type: UInt64) {
        precondition(number >= 1, "fields are counted from 1")
        precondition(number <= ProtobufReader.numberMax, "the number of a field has 29 bits")
        varint(UInt64(number) << 3 | type)
    }

    private mutating func varint(_ value: UInt64) { Self.append(value, to: &bytes) }

    private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
