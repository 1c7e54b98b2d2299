internal import Cryptography

/// A value as contracts take and return it (Solidity ABI specification).
public indirect enum ABIValue: Equatable, Sendable {
    /// `uint<n>` of any width.
    case uint(UInt256)
    /// `address`.
    case address(EthereumAddress)
    /// `bool`.
    case bool(Bool)
    /// `bytes<n>` with 1 to 32 bytes.
    case fixedBytes([UInt8])
    /// `bytes`.
    case bytes([UInt8])
    /// `string`.
    case string(String)
    /// `T[]`.
    case array([ABIValue])
    /// A struct, or the arguments of a function.
    case tuple([ABIValue])

    /// Whether the value stands behind the others, with its offset in its place.
    var isDynamic: Bool {
        switch self {
        case .uint, .address, .bool, .fixedBytes: false
        case .bytes, .string, .array: true
        case .tuple(let values): values.contains(where: \.isDynamic)
        }
    }

    /// The encoding; a tuple's is that of its values one after another.
    ///
    /// - Complexity: O(n · depth).
    public var encoded: [UInt8] {
        switch self {
        case .uint(let value): value.bigEndian
        case .address(let address): [UInt8](repeating: 0, count: 12) + address.bytes
        case .bool(let value): Self.word(value ? 1 : 0)
        case .fixedBytes(let bytes): Self.padded(bytes)
        case .bytes(let bytes): Self.word(bytes.count) + Self.padded(bytes)
        case .string(let text): ABIValue.bytes(Array(text.utf8)).encoded
        case .array(let values): Self.word(values.count) + Self.sequence(values)
        case .tuple(let values): Self.sequence(values)
        }
    }

    private static func word(_ value: Int) -> [UInt8] { UInt256(low: UInt128(value)).bigEndian }

    /// Bytes with zeros behind them up to a multiple of 32.
    private static func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: (32 - bytes.count % 32) % 32)
    }

    private static func sequence(_ values: [ABIValue]) -> [UInt8] {
        let parts = values.map(\.encoded)
        let headCount = zip(values, parts).reduce(0) { count, item in
            count + (item.0.isDynamic ? 32 : item.1.count)
        }
        var head: [UInt8] = []
        var tail: [UInt8] = []
        for (value, part) in zip(values, parts) {
            if value.isDynamic {
                head += word(headCount + tail.count)
                tail += part
            } else {
                head += part
            }
        }
        return head + tail
    }
}

/// A function of a contract: the name and the types of what it takes.
public enum ABIFunction {
    /// The four bytes that name a function, such as of `transfer(address,uint256)`.
    public static func selector(_ signature: String) -> [UInt8] {
        Array(Keccak256.hash(of: Array(signature.utf8)).bytes[..<4])
    }

    /// What a transaction carries to call a function.
    public static func call(_ signature: String, _ arguments: [ABIValue] = []) -> [UInt8] {
        selector(signature) + ABIValue.tuple(arguments).encoded
    }

    /// The 32 bytes that name an event, such as of `Transfer(address,address,uint256)`.
    public static func topic(_ signature: String) -> [UInt8] {
        Keccak256.hash(of: Array(signature.utf8)).bytes
    }
}

/// Reads what a contract returned: words of 32 bytes, and what their offsets point to.
public struct ABIDecoder {
    private let bytes: [UInt8]
    private var position = 0

    /// Takes the encoding of a sequence of values.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next value as a number.
    ///
    /// - Throws: `badEncoding`.
    public mutating func uint() throws(EthereumError) -> UInt256 {
        UInt256(bigEndian: try word("uint256"))
    }

    /// The next value as an address.
    ///
    /// - Throws: `badEncoding`, also when the upper 12 bytes are not zero.
    public mutating func address() throws(EthereumError) -> EthereumAddress {
        let word = try word("address")
        guard word.prefix(12).allSatisfy({ $0 == 0 }),
            let address = EthereumAddress(bytes: Array(word.suffix(20)))
        else { throw .badEncoding(type: "address") }
        return address
    }

    /// The next value as bytes of any number.
    ///
    /// - Throws: `badEncoding`.
    public mutating func bytesValue() throws(EthereumError) -> [UInt8] {
        guard let offset = UInt256(bigEndian: try word("bytes")).uint64,
            offset <= UInt64(bytes.count)
        else { throw .badEncoding(type: "bytes") }
        var tail = self
        tail.position = Int(offset)
        guard let count = UInt256(bigEndian: try tail.word("bytes")).uint64,
            count <= UInt64(bytes.count - tail.position)
        else { throw .badEncoding(type: "bytes") }
        return Array(bytes[tail.position..<tail.position + Int(count)])
    }

    /// The next value as text.
    ///
    /// - Throws: `badEncoding`, also when the bytes are not UTF-8.
    public mutating func string() throws(EthereumError) -> String {
        let bytes = try bytesValue()
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .badEncoding(type: "string")
        }
        return text
    }

    private mutating func word(_ type: String) throws(EthereumError) -> ArraySlice<UInt8> {
        guard bytes.count - position >= 32 else { throw .badEncoding(type: type) }
        defer { position += 32 }
        return bytes[position..<position + 32]
    }
}
