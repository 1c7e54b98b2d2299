internal import COpenSSL
internal import Cryptography

/// The words that a person writes down to keep keys (BIP-39, the English list).
///
/// Nothing prints them but `words`, which is for making a new mnemonic only; they are overwritten when their life
/// ends, as far as the library's own copies go.
public final class Mnemonic: Sendable {
    /// The words with one space between them.
    private let phrase: [UInt8]

    /// Reads words in any case with any white space between them.
    ///
    /// - Throws: `mnemonicWordCount`, `unknownWord`, `mnemonicChecksum`.
    public convenience init(_ text: String) throws(EthereumError) {
        let words = text.lowercased().split(whereSeparator: \.isWhitespace)
        guard [12, 15, 18, 21, 24].contains(words.count) else {
            throw .mnemonicWordCount(words.count)
        }
        var bits: [Bool] = []
        for (index, word) in words.enumerated() {
            guard let number = Self.index(of: word) else {
                throw .unknownWord(position: index + 1)
            }
            for bit in (0..<11).reversed() { bits.append(number >> bit & 1 == 1) }
        }
        let entropyBitCount = bits.count * 32 / 33
        let entropy = Self.bytes(bits[..<entropyBitCount])
        guard Self.bits(of: entropy)[entropyBitCount...] == bits[entropyBitCount...] else {
            throw .mnemonicChecksum
        }
        self.init(phrase: Array(words.joined(separator: " ").utf8))
    }

    /// Makes words of randomness.
    ///
    /// - Parameter entropy: 16, 20, 24, 28 or 32 bytes; another number is an error of the caller.
    public convenience init(entropy: [UInt8]) {
        precondition([16, 20, 24, 28, 32].contains(entropy.count), "BIP-39 has these lengths")
        let bits = Self.bits(of: entropy)
        let words = stride(from: 0, to: bits.count, by: 11).map { start in
            let number = bits[start..<start + 11].reduce(0) { number, bit in
                number << 1 | (bit ? 1 : 0)
            }
            return MnemonicWords.all[number]
        }
        self.init(phrase: Array(words.joined(separator: " ").utf8))
    }

    private init(phrase: [UInt8]) { self.phrase = phrase }

    /// Reads a file that its owner alone may use and that holds nothing but the words.
    ///
    /// - Throws: `unreadableFile`, `exposedFile`, and as `init(_:)`.
    public static func read(path: String) throws(EthereumError) -> Mnemonic {
        var bytes = try SecretFile.read(path)
        defer { SecretBytes.wipe(&bytes) }
        return try Mnemonic(String(decoding: bytes, as: UTF8.self))
    }

    /// The words, to be written down.
    public var words: String { String(decoding: phrase, as: UTF8.self) }

    /// The seed of a tree of keys: PBKDF2 with HMAC-SHA512, 2,048 rounds.
    ///
    /// - Parameter passphrase: What a person adds to the words, normalized as NFKD; usually nothing.
    /// - Returns: 64 bytes, which the caller wipes.
    public func seed(passphrase: String = "") -> [UInt8] {
        let salt = Array(("mnemonic" + passphrase).utf8)
        var seed = [UInt8](repeating: 0, count: 64)
        let result = unsafe phrase.withUnsafeBytes { phrase in
            unsafe PKCS5_PBKDF2_HMAC(
                phrase.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(phrase.count),
                salt,
                Int32(salt.count),
                2_048,
                EVP_sha512(),
                Int32(seed.count),
                &seed
            )
        }
        precondition(result == 1, "SHA-512 is always there")
        return seed
    }

    /// The number of a word; the list ascends.
    private static func index(of word: Substring) -> Int? {
        var range = 0..<MnemonicWords.all.count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if MnemonicWords.all[middle] == word { return middle }
            range =
                MnemonicWords.all[middle] < word
                ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }

    /// The bits of the entropy and of its checksum.
    private static func bits(of entropy: [UInt8]) -> [Bool] {
        let checked: [UInt8] = entropy + SHA256.hash(of: entropy).bytes
        let bitCount = entropy.count * 33 / 4
        return (0..<bitCount).map { index in
            let byte: UInt8 = checked[index / 8]
            return byte >> UInt8(7 - index % 8) & 1 == 1
        }
    }

    private static func bytes(_ bits: ArraySlice<Bool>) -> [UInt8] {
        stride(from: 0, to: bits.count, by: 8).map { start in
            bits[start..<start + 8].reduce(0) { byte, bit in byte << 1 | (bit ? 1 : 0) }
        }
    }
}
