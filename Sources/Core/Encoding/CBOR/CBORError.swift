/// Why bytes are not the deterministic CBOR they should be; positions count bytes from 0.
public enum CBORError: Error, Equatable, Sendable {
    /// There are more bytes than the limit allows; `position` is the first one beyond it.
    case tooLarge(position: Int)
    /// The array, map or tag at `position` lies deeper than the limit allows.
    case tooDeep(position: Int)
    /// The bytes end inside the item that starts at `position`.
    case truncated(position: Int)
    /// The bytes go on at `position`, where they should end.
    case trailingBytes(position: Int)
    /// The first byte at `position` has no meaning where it stands.
    case reserved(position: Int)
    /// The string, array or map at `position` does not say how long it is.
    case indefiniteLength(position: Int)
    /// The number, length or tag at `position` has a shorter form.
    case notShortest(position: Int)
    /// The float at `position` has a shorter form, or is another NaN than 7E00.
    case notShortestFloat(position: Int)
    /// The text has at `position` something else than well-formed UTF-8.
    case invalidUTF8(position: Int)
    /// The key at `position` should stand before the one that precedes it.
    case unsortedKey(position: Int)
    /// The key at `position` occurred before in the same map.
    case duplicateKey(position: Int)
    /// The item at `position` is of another type than asked for.
    case unexpectedType(position: Int)
}

/// Forms that deterministic encoding forbids, and that a decoder can be told to accept in messages of others.
///
/// Their meaning is clear all the same. Duplicate keys, malformed text and trailing bytes are never accepted.
public struct CBORLeniency: OptionSet, Equatable, Sendable {
    /// One bit a form.
    public let rawValue: UInt8

    /// Makes a set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Maps whose keys are in any order.
    public static var unsortedKeys: CBORLeniency { CBORLeniency(rawValue: 1) }
    /// Numbers, lengths, tags and floats that have a shorter form.
    public static var longForms: CBORLeniency { CBORLeniency(rawValue: 2) }
    /// Strings, arrays and maps that end with a break instead of beginning with their length.
    public static var indefiniteLengths: CBORLeniency { CBORLeniency(rawValue: 4) }
    /// All of these: what RFC 8949 calls valid.
    public static var all: CBORLeniency { [.unsortedKeys, .longForms, .indefiniteLengths] }
}
