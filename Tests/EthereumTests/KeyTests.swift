import Cryptography
import Ethereum
import Foundation
import Testing
import TestSupport

/// A row of the vectors of BIP-39.
struct MnemonicVector: Sendable, CustomTestStringConvertible {
    let entropy: String
    let words: String
    let seed: String
    let root: String

    var testDescription: String { words }

    static let all: [MnemonicVector] = {
        let file = Places.tests().appending(path: "Vectors/bip39/english.json")
        guard let data = try? Data(contentsOf: file),
            let rows = try? JSONDecoder().decode([String: [[String]]].self, from: data)["english"]
        else { return [] }
        return rows.map { row in
            MnemonicVector(entropy: row[0], words: row[1], seed: row[2], root: row[3])
        }
    }()
}

@Suite("Keys of Ethereum") struct KeyTests {
    @Test("all vectors of BIP-39 are there") func vectorCount() {
        #expect(MnemonicVector.all.count == 24)
    }

    @Test("words, seed and root key are those of BIP-39 and BIP-32", arguments: MnemonicVector.all)
    func mnemonics(vector: MnemonicVector) throws {
        let mnemonic = Mnemonic(entropy: try Hex.decode(vector.entropy))
        #expect(mnemonic.words == vector.words)
        let read = try Mnemonic("\n" + vector.words.uppercased() + "  \n")
        #expect(read.words == vector.words)
        let seed = read.seed(passphrase: "TREZOR")
        #expect(Hex.encode(seed) == vector.seed)
        let root = try #require(ExtendedKey(vector.root))
        let secrets = try KeyTree(seed: seed).secrets(path: [])
        #expect(secrets.key == root.key)
        #expect(secrets.code == root.chainCode)
    }

    @Test(
        "the word list has the bytes of the standard",
        arguments: ["2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"]
    )
    func wordList(digest: String) {
        // Each word is the first one of a mnemonic whose first eleven bits are its number.
        var lines = ""
        for number in 0..<2_048 {
            let entropy =
                [UInt8(number >> 3), UInt8(number & 7) << 5] + [UInt8](repeating: 0, count: 14)
            lines += (Mnemonic(entropy: entropy).words.split(separator: " ").first ?? "") + "\n"
        }
        #expect(SHA256.hash(of: Array(lines.utf8)).hex == digest)
    }

    @Test(
        "wrong words are refused, and the place is named",
        arguments: [
            ("abandon abandon about", EthereumError.mnemonicWordCount(3)),
            (
                "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon "
                    + "abandon abandon", .mnemonicChecksum
            ),
            (
                "abandon abandon abondon abandon abandon abandon abandon abandon abandon abandon "
                    + "abandon about", .unknownWord(position: 3)
            ),
        ]
    )
    func wrongWords(words: String, error: EthereumError) {
        #expect(throws: error) { try Mnemonic(words) }
        #expect(!error.description.contains("abandon"))
    }

    @Test("a file with words is read only if nobody else may use it") func files() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path(of: "words")
        #expect(throws: EthereumError.unreadableFile(path: path, code: 2)) {
            try Mnemonic.read(path: path)
        }
        try directory.write(junk + "\n", to: "words", mode: 0o640)
        #expect(throws: EthereumError.exposedFile(path: path)) { try Mnemonic.read(path: path) }
        try directory.setMode(0o600, of: "words")
        #expect(try Mnemonic.read(path: path).words == junk)
    }

    /// What every development node of Ethereum starts with.
    let junk = "test test test test test test test test test test test junk"

    @Test(
        "the accounts of a mnemonic are those that wallets show",
        arguments: [
            (0, "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"),
            (1, "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"),
            (2, "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"),
        ] as [(UInt32, String)]
    )
    func accounts(index: UInt32, address: String) throws {
        let tree = try KeyTree(seed: try Mnemonic(junk).seed())
        #expect(try tree.account(index).address.description == address)
    }

    @Test(
        "children of keys are those of BIP-32",
        arguments: [
            (
                "000102030405060708090a0b0c0d0e0f", [],
                "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi"
            ),
            (
                "000102030405060708090a0b0c0d0e0f", [hardened],
                "xprv9uHRZZhk6KAJC1avXpDAp4MDc3sQKNxDiPvvkX8Br5ngLNv1TxvUxt4cV1rGL5hj6KCesnDYUhd7oWgT11eZG7XnxHrnYeSvkzY7d2bhkJ7"
            ),
            (
                "000102030405060708090a0b0c0d0e0f", [hardened, 1],
                "xprv9wTYmMFdV23N2TdNG573QoEsfRrWKQgWeibmLntzniatZvR9BmLnvSxqu53Kw1UmYPxLgboyZQaXwTCg8MSY3H2EU4pWcQDnRnrVA1xe8fs"
            ),
            (
                "000102030405060708090a0b0c0d0e0f", [hardened, 1, hardened + 2, 2, 1_000_000_000],
                "xprvA41z7zogVVwxVSgdKUHDy1SKmdb533PjDz7J6N6mV6uS3ze1ai8FHa8kmHScGpWmj4WggLyQjgPie1rFSruoUihUZREPSL39UNdE3BBDu76"
            ),
            // A key with zeros in front, which early libraries lost.
            (
                "3ddd5602285899a946114506157c7997e5444528f3003f6134712147db19b678", [hardened],
                "xprv9vB7xEWwNp9kh1wQRfCCQMnZUEG21LpbR9NPCNN1dwhiZkjjeGRnaALmPXCX7SgjFTiCTT6bXes17boXtjq3xLpcDjzEuGLQBM5ohqkao9G"
            ),
        ] as [(String, [UInt32], String)]
    )
    func children(seed: String, path: [UInt32], text: String) throws {
        let expected = try #require(ExtendedKey(text))
        let secrets = try KeyTree(seed: try Hex.decode(seed)).secrets(path: path)
        #expect(secrets.key == expected.key)
        #expect(secrets.code == expected.chainCode)
    }

    static let hardened = KeyTree.hardened

    @Test(
        "addresses are written with the checksum of EIP-55, and read only with it or in one case",
        arguments: [
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
            "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
            "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
            "0x52908400098527886E0F7030069857D2E4169EE7",
            "0xde709f2102306220921060314715629080e2fb77",
        ]
    )
    func addresses(text: String) throws {
        #expect(try EthereumAddress(text).description == text)
        #expect(try EthereumAddress(text.lowercased()).description == text)
        let swapped = text.replacingOccurrences(of: "a", with: "A")
            .replacingOccurrences(of: "e", with: "E")
        if swapped != text, swapped.dropFirst(2) != swapped.dropFirst(2).uppercased() {
            #expect(throws: EthereumError.badAddress(swapped)) { try EthereumAddress(swapped) }
        }
    }

    @Test(
        "texts that are no addresses are refused",
        arguments: [
            "", "0x", "0x12", "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0xg2908400098527886E0F7030069857D2E4169EE7",
        ]
    )
    func noAddresses(text: String) {
        #expect(throws: EthereumError.badAddress(text)) { try EthereumAddress(text) }
    }

    @Test("a personal message is signed as wallets do (the example of web3's documentation)")
    func personalMessage() throws {
        let key = try EthereumKey(
            bytes: try Hex.decode(
                "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"
            )
        )
        #expect(key.address.description == "0x2c7536E3605D9C16a7a3D7b1898e529396a65c23")
        let digest = PersonalMessage.digest(of: Array("Some data".utf8))
        #expect(
            Hex.encode(digest) == "1da44b586eb0729ff70a73c326926f6ed5a25f5b056e7f47fbc6e58d86871655"
        )
        let signature = key.sign(digest)
        #expect(
            Hex.encode(signature.bytes)
                == "b91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd"
                + "6007e74cd82e037b800186422fc2da167c747ef045e5d18a5f5d4300f8e1a0291c"
        )
        #expect(try signature.signer(of: digest) == key.address)
        #expect(try EthereumSignature(bytes: signature.bytes) == signature)
    }

    @Test("the other form of a signature, with a high s, is refused") func highS() throws {
        let key = try EthereumKey(bytes: [UInt8](repeating: 7, count: 32))
        var bytes = key.sign([UInt8](repeating: 1, count: 32)).bytes
        // s becomes the order of the group minus s: the same signature to a careless verifier.
        let order = try Hex.decode(
            "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
        )
        var borrow = 0
        for index in (0..<32).reversed() {
            let difference = Int(order[index]) - Int(bytes[32 + index]) - borrow
            bytes[32 + index] = UInt8(difference & 255)
            borrow = difference < 0 ? 1 : 0
        }
        bytes[64] ^= 1
        #expect(throws: EthereumError.badSignature) { try EthereumSignature(bytes: bytes) }
    }

    @Test(
        "what is no key is refused",
        arguments: [
            [UInt8](repeating: 0, count: 32), [UInt8](repeating: 255, count: 32), [1, 2, 3],
        ]
    )
    func noKeys(bytes: [UInt8]) {
        #expect(throws: EthereumError.badPrivateKey) { try EthereumKey(bytes: bytes) }
    }

    @Test("a key does not show itself") func secrecy() throws {
        let key = try EthereumKey(bytes: [UInt8](repeating: 0x5a, count: 32))
        let mnemonic = try Mnemonic(junk)
        for text in [
            "\(key)", String(reflecting: key), "\(mnemonic)", String(reflecting: mnemonic),
        ] {
            #expect(!text.contains("5a5a"))
            #expect(!text.contains("junk"))
        }
    }

    @Test(
        "RIPEMD-160 gives the digests of its authors",
        arguments: [
            ("", "9c1185a5c5e9fc54612808977ee8f548b2258d31"),
            ("abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"),
            ("message digest", "5d0689ef49d2fae572b881b123a85ffa21595f36"),
        ]
    )
    func ripemd(text: String, digest: String) {
        #expect(Hex.encode(RIPEMD160.hash(of: Array(text.utf8))) == digest)
    }
}
