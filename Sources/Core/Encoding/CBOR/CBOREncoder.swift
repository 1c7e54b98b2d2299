/// Writes items one after the other in deterministic encoding (RFC 8949 §4.2.1).
///
/// A `CBORValue` is written with its keys in order and floats in shortest form. The heads of arrays and maps can
/// also be written alone, so that large parts need not be gathered into a value first; then it is the
/// caller's duty to write as many items as announced, and keys in ascending order of their encodings.
public struct CBOREncoder: Sendable {
    /// What was written.
    public private(set) var bytes: [UInt8] = []

    /// Makes an encoder that has written nothing and has room for some bytes.
    public init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    /// Writes a number.
    public mutating func append(unsigned value: UInt64) {
        append(CBORHead(major: .unsigned, argument: value))
    }

    /// Writes a number.
    public mutating func append(integer value: Int64) { append(CBORValue.integer(value).head) }

    /// Writes a byte string.
    ///
    /// - Complexity: O(n).
    public mutating func append(bytes content: [UInt8]) {
        append(CBORHead(major: .bytes, count: content.count))
        bytes.append(contentsOf: content)
    }

    /// Writes a text string.
    ///
    /// - Complexity: O(n).
    public mutating func append(text: Text) {
        append(CBORHead(major: .text, count: text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// Writes the head of an array; that many items must follow.
    public mutating func append(arrayCount count: Int) {
        append(CBORHead(major: .array, count: count))
    }

    /// Writes the head of a map; that many keys, each with its value, must follow.
    public mutating func append(mapCount count: Int) {
        append(CBORHead(major: .map, count: count))
    }

    /// Writes a tag; the item it belongs to must follow.
    public mutating func append(tag: UInt64) { append(CBORHead(major: .tag, argument: tag)) }

    /// Writes an item with all it contains; a `simple` one must not be from 24 to 31.
    ///
    /// - Complexity: O(n).
    public mutating func append(_ value: CBORValue) {
        append(value.head)
        switch value {
        case .bytes(let content): bytes.append(contentsOf: content)
        case .text(let text): bytes.append(contentsOf: text.utf8)
        case .array(let items):
            for item in items { append(item) }
        case .map(let map):
            for entry in map.entries {
                append(entry.key)
                append(entry.value)
            }
        case .tagged(_, let item): append(item)
        case .unsigned, .negative, .boolean, .null, .undefined, .simple, .float: break
        }
    }

    private mutating func append(_ head: CBORHead) {
        bytes.append(head.initial)
        var shift = 8 * head.width
        while shift > 0 {
            shift -= 8
            bytes.append(UInt8(truncatingIfNeeded: head.argument >> shift))
        }
    }
}

extension CBORValue {
    /// The deterministic encoding, in memory that is allocated once.
    ///
    /// - Complexity: O(n).
    public var encoded: [UInt8] {
        var encoder = CBOREncoder(capacity: encodedCount)
        encoder.append(self)
        return encoder.bytes
    }

    /// How many bytes the deterministic encoding has.
    ///
    /// - Complexity: O(n).
    public var encodedCount: Int {
        var count = 1 + head.width
        switch self {
        case .bytes(let content): count += content.count
        case .text(let text): count += text.utf8.count
        case .array(let items):
            for item in items { count += item.encodedCount }
        case .map(let map):
            for entry in map.entries { count += entry.key.encodedCount + entry.value.encodedCount }
        case .tagged(_, let item): count += item.encodedCount
        case .unsigned, .negative, .boolean, .null, .undefined, .simple, .float: break
        }
        return count
    }
}
