internal import Cryptography

/// An account or contract of Ethereum.
public struct EthereumAddress: Hashable, Comparable, Sendable {
    /// The 20 bytes.
    public let bytes: [UInt8]

    /// Takes 20 bytes; none for another number.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 20 else { return nil }
        self.bytes = bytes
    }

    /// The address of a public key, the 64 bytes `x ‖ y`.
    init(coordinates: [UInt8]) { bytes = Array(Keccak256.hash(of: coordinates).bytes[12...]) }

    /// Reads `0x` and 40 digits: all in one case, or in the mixed case of EIP-55 and then exactly that.
    ///
    /// - Throws: `badAddress`.
    public init(_ text: String) throws(EthereumError) {
        guard text.utf8.count == 42, text.hasPrefix("0x") else { throw .badAddress(text) }
        do throws(Hex.DecodingError) {
            bytes = try Hex.decode(String(text.dropFirst(2)))
        } catch {
            throw .badAddress(text)
        }
        let digits = text.dropFirst(2)
        let isOneCase = digits == digits.lowercased() || digits == digits.uppercased()
        guard isOneCase || description == text else { throw .badAddress(text) }
    }

    /// The account that is nobody's.
    public static let zero = EthereumAddress(unchecked: [UInt8](repeating: 0, count: 20))

    private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    /// Compares the bytes as a number, as contracts do.
    public static func < (left: Self, right: Self) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    /// The text `0x` and 40 digits in lower case.
    public var lowercased: String { "0x" + Hex.encode(bytes) }

    /// The address of the contract that an account makes with its transaction number `nonce`.
    public func contract(nonce: UInt64) -> EthereumAddress {
        let list = RLP.list([.bytes(bytes), .number(UInt128(nonce))])
        return EthereumAddress(unchecked: Array(Keccak256.hash(of: list.encoded).bytes[12...]))
    }
}

extension EthereumAddress: CustomStringConvertible {
    /// The text with the checksum of EIP-55 in the case of its letters.
    public var description: String {
        let digits = Array(Hex.encode(bytes).utf8)
        let hash = Keccak256.hash(of: digits).bytes
        var text: [UInt8] = Array("0x".utf8)
        for (index, digit) in digits.enumerated() {
            let nibble = index.isMultiple(of: 2) ? hash[index / 2] >> 4 : hash[index / 2] & 15
            let isLetter = digit >= UInt8(ascii: "a")
            text.append(isLetter && nibble >= 8 ? digit - 32 : digit)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
