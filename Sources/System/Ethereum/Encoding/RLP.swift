/// Recursive length prefix, the encoding of Ethereum's transactions (Yellow Paper, appendix B).
public enum RLP: Equatable, Sendable {
    /// A sequence of bytes.
    case bytes([UInt8])
    /// A sequence of items.
    case list([RLP])

    /// A number: its bytes, the highest first, without zeros in front.
    public static func number(_ value: UInt128) -> RLP { .bytes(Self.significant(value)) }

    /// A number of any width as big-endian bytes, from which zeros in front are removed.
    public static func number(bigEndian bytes: [UInt8]) -> RLP {
        .bytes(Array(bytes.drop { $0 == 0 }))
    }

    /// The encoding.
    ///
    /// - Complexity: O(n · depth).
    public var encoded: [UInt8] {
        switch self {
        case .bytes(let bytes):
            if bytes.count == 1, bytes[0] < 0x80 { return bytes }
            return Self.head(bytes.count, short: 0x80) + bytes
        case .list(let items):
            let content = items.flatMap(\.encoded)
            return Self.head(content.count, short: 0xc0) + content
        }
    }

    private static func head(_ count: Int, short: UInt8) -> [UInt8] {
        guard count > 55 else { return [short + UInt8(count)] }
        let length = significant(UInt128(count))
        return [short + 55 + UInt8(length.count)] + length
    }

    private static func significant(_ value: UInt128) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest > 0 {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
        return bytes.reversed()
    }
}
