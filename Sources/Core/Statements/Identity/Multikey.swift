public import Encoding

/// A public key as DID documents have it: its kind and its bytes in base 58 behind a `z` (W3C Multikey,
/// multicodec table, base58btc of multibase).
public enum Multikey: Equatable, Sendable {
    /// An Ed25519 key of 32 bytes; multicodec `ed25519-pub`.
    case ed25519([UInt8])
    /// A BLS12-381 key in G2 of 96 bytes; multicodec `bls12_381-g2-pub`.
    case bls12381G2([UInt8])

    /// Reads a key.
    ///
    /// - Throws: `invalidMultikey` when the text is none, or a key of another kind.
    public init(_ text: Text) throws(StatementError) {
        // 98 bytes have at most 134 digits in base 58.
        guard text.utf8.first == UInt8(ascii: "z"), text.utf8.count <= 136,
            let bytes = Base58.decode(text.utf8.dropFirst())
        else { throw .invalidMultikey(text) }
        switch (Array(bytes.prefix(2)), bytes.count) {
        case ([0xed, 0x01], 34): self = .ed25519(Array(bytes[2...]))
        case ([0xeb, 0x01], 98): self = .bls12381G2(Array(bytes[2...]))
        default: throw .invalidMultikey(text)
        }
    }

    /// The text of the key.
    public var text: Text {
        let bytes: [UInt8]
        switch self {
        case .ed25519(let key): bytes = [0xed, 0x01] + key
        case .bls12381G2(let key): bytes = [0xeb, 0x01] + key
        }
        return Text(utf8: [UInt8(ascii: "z")] + Base58.encode(bytes)) ?? ""
    }
}

/// Numbers in base 58 with the alphabet of Bitcoin (draft-msporny-base58-03): one text for each sequence of bytes.
enum Base58 {
    private static var alphabet: [UInt8] {
        Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)
    }

    /// - Complexity: O(n²).
    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        convert(bytes, from: 256, to: 58).map { digit in alphabet[Int(digit)] }
    }

    /// - Complexity: O(n²).
    static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let alphabet = alphabet
        var digits: [UInt8] = []
        for character in text {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            digits.append(UInt8(value))
        }
        return convert(digits, from: 58, to: 256)
    }

    /// Writes a number in another base; each zero in front stays a zero in front.
    private static func convert(_ digits: [UInt8], from: UInt32, to: UInt32) -> [UInt8] {
        // The lowest digit first.
        var result: [UInt8] = []
        for digit in digits {
            var carry = UInt32(digit)
            for index in result.indices {
                carry += UInt32(result[index]) * from
                result[index] = UInt8(carry % to)
                carry /= to
            }
            while carry > 0 {
                result.append(UInt8(carry % to))
                carry /= to
            }
        }
        let zeros = digits.prefix { digit in digit == 0 }.count
        return [UInt8](repeating: 0, count: zeros) + result.reversed()
    }
}
