/// What is wrong with a key, a text or bytes of Ethereum; no case holds anything secret.
public enum EthereumError: Error, Equatable, Sendable {
    /// The bytes are no private key: not 32 of them, zero, or not below the order of the group.
    case badPrivateKey
    /// A derivation gave no key, which happens with a probability of 2^-127; use the next index.
    case noSuchKey(index: UInt32)
    /// The signature is not 65 bytes `r ‖ s ‖ v`, has a high `s`, or is of no key.
    case badSignature
    /// The text is no address: `0x` and 40 hexadecimal digits, in mixed case only with the checksum of EIP-55.
    case badAddress(String)
    /// The mnemonic has another number of words than 12, 15, 18, 21 or 24.
    case mnemonicWordCount(Int)
    /// The word at `position`, counted from 1, is not in the list of BIP-39.
    case unknownWord(position: Int)
    /// The mnemonic's checksum is wrong: a word is another one, or two have changed places.
    case mnemonicChecksum
    /// The file with the mnemonic cannot be read; `code` is the system's number.
    case unreadableFile(path: String, code: Int32)
    /// Others than the owner may use the file with the mnemonic.
    case exposedFile(path: String)
    /// The bytes are not the ABI encoding of `type`.
    case badEncoding(type: String)
    /// The text is no number of at most 256 bits with the prefix `0x`.
    case badQuantity(String)
}

extension EthereumError: CustomStringConvertible {
    /// One line: what is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .badPrivateKey: "the bytes are no private key of secp256k1; give 32 other ones"
        case .noSuchKey(let index): "there is no key with the index \(index); use the next one"
        case .badSignature: "the bytes are no signature r, s, v with a low s; sign again"
        case .badAddress(let text):
            "\(text): no address; write 0x and 40 hexadecimal digits, as EIP-55 says"
        case .mnemonicWordCount(let count):
            "a mnemonic has 12, 15, 18, 21 or 24 words, not \(count)"
        case .unknownWord(let position):
            "word \(position) of the mnemonic is not in the English list of BIP-39; check it"
        case .mnemonicChecksum:
            "the mnemonic's checksum is wrong; check each word and their order"
        case .unreadableFile(let path, let code):
            "\(path): cannot be read (error \(code)); name a file with a mnemonic"
        case .exposedFile(let path): "\(path): others may use it; run chmod 600 on it"
        case .badEncoding(let type): "the bytes are no ABI encoding of \(type)"
        case .badQuantity(let text): "\(text): no number as Ethereum writes it, such as 0x1f"
        }
    }
}
