/// One data item of CBOR (RFC 8949), with one form for each meaning.
///
/// The numbers are the ones of the generic data model: an integer and a float are different items even if
/// their values are equal (RFC 8949 §4.2.2).
public enum CBORValue: Sendable {
    /// A number from 0 to 2^64 − 1.
    case unsigned(UInt64)
    /// A number from −2^64 to −1; the payload is −1 minus it.
    case negative(UInt64)
    /// A byte string.
    case bytes([UInt8])
    /// A text string.
    case text(Text)
    /// A sequence of items.
    case array([CBORValue])
    /// Values by key.
    case map(CBORMap)
    /// An item with a tag that says what it means.
    indirect case tagged(UInt64, CBORValue)
    /// False or true.
    case boolean(Bool)
    /// The absence of a value.
    case null
    /// A value that could not be made.
    case undefined
    /// A value with no meaning yet: 0 to 19 or 32 to 255. From 20 to 23 it equals one of the cases above; 24 to
    /// 31 cannot be written.
    case simple(UInt8)
    /// A number in binary floating point; all NaNs are the same.
    case float(Double)

    /// The item for a signed number.
    public static func integer(_ value: Int64) -> CBORValue {
        value < 0 ? .negative(UInt64(bitPattern: ~value)) : .unsigned(UInt64(value))
    }

    /// The number if the item is an integer that fits.
    public var integer: Int64? {
        switch self {
        case .unsigned(let value): Int64(exactly: value)
        case .negative(let value): Int64(exactly: value).map { value in ~value }
        default: nil
        }
    }

    /// The number if the item is an integer of at least 0.
    public var unsigned: UInt64? {
        guard case .unsigned(let value) = self else { return nil }
        return value
    }

    /// The content if the item is a byte string.
    public var bytes: [UInt8]? {
        guard case .bytes(let value) = self else { return nil }
        return value
    }

    /// The content if the item is a text string.
    public var text: Text? {
        guard case .text(let value) = self else { return nil }
        return value
    }

    /// The items if the item is an array.
    public var array: [CBORValue]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    /// The entries if the item is a map.
    public var map: CBORMap? {
        guard case .map(let value) = self else { return nil }
        return value
    }
}

extension CBORValue: Equatable {
    /// Whether both have the same deterministic encoding.
    ///
    /// - Complexity: O(n).
    public static func == (left: CBORValue, right: CBORValue) -> Bool {
        left.order(before: right) == 0
    }
}

extension CBORValue {
    /// The head of the deterministic encoding: the first byte and the number that follows it.
    var head: CBORHead {
        switch self {
        case .unsigned(let value): CBORHead(major: .unsigned, argument: value)
        case .negative(let value): CBORHead(major: .negative, argument: value)
        case .bytes(let value): CBORHead(major: .bytes, count: value.count)
        case .text(let value): CBORHead(major: .text, count: value.utf8.count)
        case .array(let value): CBORHead(major: .array, count: value.count)
        case .map(let value): CBORHead(major: .map, count: value.entries.count)
        case .tagged(let tag, _): CBORHead(major: .tag, argument: tag)
        case .boolean(let value): CBORHead(simple: value ? 21 : 20)
        case .null: CBORHead(simple: 22)
        case .undefined: CBORHead(simple: 23)
        case .simple(let value): CBORHead(simple: value)
        case .float(let value): CBORHead(float: value)
        }
    }

    /// Compares the deterministic encodings byte by byte, without making them.
    ///
    /// The result is below 0 if this one comes first, 0 if they are equal, above 0 otherwise. Heads compare as
    /// their parts do, because a larger number never has a shorter form. Items with equal heads have
    /// contents of the same shape, and no encoding is the beginning of another.
    ///
    /// - Complexity: O(n).
    func order(before other: CBORValue) -> Int {
        let head = self.head
        let otherHead = other.head
        if head != otherHead { return head < otherHead ? -1 : 1 }
        switch (self, other) {
        case (.bytes(let left), .bytes(let right)): return Self.order(left, right)
        case (.text(let left), .text(let right)): return Self.order(left.utf8, right.utf8)
        case (.array(let left), .array(let right)):
            for index in left.indices {
                let order = left[index].order(before: right[index])
                if order != 0 { return order }
            }
            return 0
        case (.map(let left), .map(let right)):
            for (entry, otherEntry) in zip(left.entries, right.entries) {
                var order = entry.key.order(before: otherEntry.key)
                if order == 0 { order = entry.value.order(before: otherEntry.value) }
                if order != 0 { return order }
            }
            return 0
        case (.tagged(_, let left), .tagged(_, let right)): return left.order(before: right)
        default: return 0
        }
    }

    /// Compares two sequences of the same length.
    private static func order(_ left: [UInt8], _ right: [UInt8]) -> Int {
        for index in left.indices where left[index] != right[index] {
            return left[index] < right[index] ? -1 : 1
        }
        return 0
    }
}
