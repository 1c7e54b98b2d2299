/// Unicode text, kept and compared as its bytes in UTF-8.
///
/// `String` treats texts as equal that Unicode calls equivalent, such as `é` in one scalar and in two. What
/// is signed must not: here two texts are equal only if all their bytes are. This also needs no tables
/// of Unicode, so it is small in a browser.
public struct Text: Equatable, Sendable, ExpressibleByStringLiteral {
    /// The text in well-formed UTF-8.
    public let utf8: [UInt8]

    /// The same text as a string.
    ///
    /// - Complexity: O(n).
    public var string: String { String(decoding: utf8, as: UTF8.self) }

    /// Makes a text from a string.
    ///
    /// - Complexity: O(n).
    public init(_ string: String) { utf8 = [UInt8](string.utf8) }

    /// Makes a text from a literal in the source.
    public init(stringLiteral value: String) { self.init(value) }

    /// Makes a text from its bytes; none if they are not well-formed UTF-8.
    ///
    /// - Complexity: O(n).
    public init?(utf8: [UInt8]) {
        guard WellFormedUTF8.firstFault(in: utf8, 0..<utf8.count) == nil else { return nil }
        self.utf8 = utf8
    }

    /// Makes a text from bytes that were checked before.
    init(wellFormed utf8: [UInt8]) { self.utf8 = utf8 }

    /// Whether the text comes first when both are sorted by their UTF-16 code units (RFC 8785 §3.2.3).
    ///
    /// In UTF-8 the order is that of the scalars. In UTF-16 the scalars from U+10000 on are written with
    /// surrogates and so come before those from U+E000 to U+FFFF, whose first byte here is EE or EF.
    ///
    /// - Complexity: O(n).
    func precedesInUTF16(_ other: Text) -> Bool {
        let count = min(utf8.count, other.utf8.count)
        for index in 0..<count where utf8[index] != other.utf8[index] {
            return Self.rank(utf8[index]) < Self.rank(other.utf8[index])
        }
        return utf8.count < other.utf8.count
    }

    /// Puts the first bytes EE and EF behind F0 to F4; both never occur inside a scalar.
    private static func rank(_ byte: UInt8) -> UInt8 { byte | 1 == 0xef ? byte + 0x10 : byte }
}

/// The check for well-formed UTF-8 (The Unicode Standard, table 3-7).
enum WellFormedUTF8 {
    /// Where the first sequence begins that is not well formed; none if all are.
    ///
    /// - Complexity: O(n).
    static func firstFault(in bytes: [UInt8], _ range: Range<Int>) -> Int? {
        var index = range.lowerBound
        while index < range.upperBound {
            let count = sequenceCount(in: bytes, index..<range.upperBound)
            guard count > 0 else { return index }
            index += count
        }
        return nil
    }

    /// How many bytes the sequence at the start of a range has; 0 if it is not well formed.
    static func sequenceCount(in bytes: [UInt8], _ range: Range<Int>) -> Int {
        let first = bytes[range.lowerBound]
        if first < 0x80 { return 1 }
        let count: Int
        // Which second bytes rule out overlong forms, surrogates and what lies beyond U+10FFFF.
        let second: ClosedRange<UInt8>
        switch first {
        case 0xc2...0xdf: (count, second) = (2, 0x80...0xbf)
        case 0xe0: (count, second) = (3, 0xa0...0xbf)
        case 0xed: (count, second) = (3, 0x80...0x9f)
        case 0xe1...0xef: (count, second) = (3, 0x80...0xbf)
        case 0xf0: (count, second) = (4, 0x90...0xbf)
        case 0xf1...0xf3: (count, second) = (4, 0x80...0xbf)
        case 0xf4: (count, second) = (4, 0x80...0x8f)
        default: return 0
        }
        guard range.count >= count, second.contains(bytes[range.lowerBound + 1]) else { return 0 }
        for offset in 2..<max(count, 2) where bytes[range.lowerBound + offset] & 0xc0 != 0x80 {
            return 0
        }
        return count
    }
}
