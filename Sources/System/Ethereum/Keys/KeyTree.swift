internal import CSecp256k1
internal import Cryptography

/// A tree of keys that grows from one seed (BIP-32).
public final class KeyTree: Sendable {
    /// A secret key and its chain code.
    private struct Node {
        var key: [UInt8]
        var chainCode: [UInt8]

        mutating func wipe() {
            SecretBytes.wipe(&key)
            SecretBytes.wipe(&chainCode)
        }
    }

    /// From where on indexes are hardened: a child's key then tells nothing about its siblings.
    public static let hardened: UInt32 = 0x8000_0000

    /// The node of Ethereum's accounts: m/44'/60'/0'/0 (BIP-44, SLIP-44 coin type 60).
    public static let accounts: [UInt32] = [44 + hardened, 60 + hardened, hardened, 0]

    private let root: Node

    /// Grows a tree from a seed of 16 to 64 bytes; another number is an error of the caller.
    ///
    /// - Throws: `badPrivateKey` for a seed that gives none, of which nobody knows one.
    public init(seed: [UInt8]) throws(EthereumError) {
        precondition((16...64).contains(seed.count), "BIP-32 has seeds of 128 to 512 bits")
        var code = HMAC.sha512(key: Array("Bitcoin seed".utf8), seed).bytes
        defer { SecretBytes.wipe(&code) }
        root = Node(key: Array(code[..<32]), chainCode: Array(code[32...]))
        _ = try EthereumKey(bytes: root.key)
    }

    /// The key at a path from the root, one index a level.
    ///
    /// - Throws: `noSuchKey`.
    public func key(path: [UInt32]) throws(EthereumError) -> EthereumKey {
        var node = try node(path: path)
        defer { node.wipe() }
        return try EthereumKey(bytes: node.key)
    }

    /// The key of Ethereum's account with a number: m/44'/60'/0'/0/n.
    ///
    /// - Throws: `noSuchKey`.
    public func account(_ index: UInt32) throws(EthereumError) -> EthereumKey {
        try key(path: Self.accounts + [index])
    }

    /// The secret key and the chain code at a path, for tests against the vectors of BIP-32.
    package func secrets(path: [UInt32]) throws(EthereumError) -> (key: [UInt8], code: [UInt8]) {
        let node = try node(path: path)
        return (node.key, node.chainCode)
    }

    private func node(path: [UInt32]) throws(EthereumError) -> Node {
        var node = root
        for index in path {
            var parent = node
            defer { parent.wipe() }
            node = try Self.child(of: parent, index)
        }
        return node
    }

    private static func child(of parent: Node, _ index: UInt32) throws(EthereumError) -> Node {
        var data: [UInt8]
        if index >= hardened {
            data = [0] + parent.key
        } else {
            data = try EthereumKey(bytes: parent.key).publicKey
        }
        for shift in [24, 16, 8, 0] { data.append(UInt8(truncatingIfNeeded: index >> shift)) }
        var code = HMAC.sha512(key: parent.chainCode, data).bytes
        var key = parent.key
        defer {
            SecretBytes.wipe(&data)
            SecretBytes.wipe(&code)
        }
        let isKey = unsafe secp256k1_ec_seckey_tweak_add(
            Secp256k1.shared.context,
            &key,
            Array(code[..<32])
        )
        guard isKey == 1 else { throw .noSuchKey(index: index) }
        return Node(key: key, chainCode: Array(code[32...]))
    }
}
