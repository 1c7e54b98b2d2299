internal import Cryptography

/// A number of 256 bits, as contracts have them; enough to carry, compare and print it.
public struct UInt256: Hashable, Comparable, Sendable {
    /// The upper half.
    public let high: UInt128
    /// The lower half.
    public let low: UInt128

    /// Makes a number from its halves.
    public init(high: UInt128 = 0, low: UInt128) {
        self.high = high
        self.low = low
    }

    /// Makes a number from at most 32 bytes, the highest first; more are an error of the caller.
    public init(bigEndian bytes: some Collection<UInt8>) {
        precondition(bytes.count <= 32, "the number has 256 bits")
        var high: UInt128 = 0
        var low: UInt128 = 0
        for byte in bytes {
            high = high << 8 | low >> 120
            low = low << 8 | UInt128(byte)
        }
        self.init(high: high, low: low)
    }

    /// Reads a number as JSON-RPC writes it: `0x` and 1 to 64 digits.
    ///
    /// - Throws: `badQuantity`.
    public init(quantity text: String) throws(EthereumError) {
        let digits = text.dropFirst(2)
        guard text.hasPrefix("0x"), (1...64).contains(digits.utf8.count) else {
            throw .badQuantity(text)
        }
        do throws(Hex.DecodingError) {
            let isOdd = !digits.utf8.count.isMultiple(of: 2)
            self.init(bigEndian: try Hex.decode((isOdd ? "0" : "") + digits))
        } catch {
            throw .badQuantity(text)
        }
    }

    /// The 32 bytes, the highest first.
    public var bigEndian: [UInt8] {
        [high, low].flatMap { half in
            (0..<16).map { UInt8(truncatingIfNeeded: half >> (120 - 8 * $0)) }
        }
    }

    /// The text as JSON-RPC writes it: `0x` and digits without zeros in front.
    public var quantity: String {
        let digits = Hex.encode(bigEndian).drop { $0 == "0" }
        return "0x" + (digits.isEmpty ? "0" : digits)
    }

    /// The number if it has at most 64 bits.
    public var uint64: UInt64? { high == 0 ? UInt64(exactly: low) : nil }

    /// The number if it has at most 128 bits.
    public var uint128: UInt128? { high == 0 ? low : nil }

    /// Whether the first is the smaller one.
    public static func < (left: Self, right: Self) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension UInt256: CustomStringConvertible {
    /// The number in decimal digits.
    public var description: String {
        if high == 0 { return "\(low)" }
        var bytes = bigEndian
        var digits: [UInt8] = []
        while bytes.contains(where: { $0 != 0 }) {
            var rest = 0
            for index in bytes.indices {
                rest = rest << 8 | Int(bytes[index])
                bytes[index] = UInt8(rest / 10)
                rest %= 10
            }
            digits.append(UInt8(ascii: "0") + UInt8(rest))
        }
        return String(decoding: digits.reversed(), as: UTF8.self)
    }
}
