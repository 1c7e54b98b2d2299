public import Cryptography
import Encoding

/// All that a member has to say at one height, also if that is nothing.
///
/// Deterministic CBOR of the map `{"nonce": 32 bytes, "height", "key": 32 bytes, "bundles": [bytes],
/// "signature": 64 bytes}`. The member signs the same map without the signature, behind the text
/// `parallax.key-ceremony-submission/1` and a zero byte; so nobody can end its phase for it.
public struct CeremonySubmission: Equatable, Sendable {
    /// The ceremony.
    public let nonce: SHA256.Digest
    /// The height.
    public let height: UInt64
    /// Who speaks.
    public let key: Ed25519.PublicKey
    /// The signed bundles: at most one as a dealer and one as a receiver.
    public let bundles: [[UInt8]]
    /// The member's signature, 64 bytes.
    public let signature: [UInt8]

    /// Most bundles of one member at one height.
    static let bundleCountMax = 2

    /// Signs what a member has to say.
    public init(
        nonce: SHA256.Digest,
        height: UInt64,
        key: Ed25519.PublicKey,
        bundles: [[UInt8]],
        sign: (_ message: [UInt8]) -> [UInt8]
    ) {
        self.nonce = nonce
        self.height = height
        self.key = key
        self.bundles = bundles
        signature = sign(Self.message(Self.map(nonce, height, key, bundles)))
    }

    /// Reads a submission and checks its signature.
    ///
    /// - Throws: `malformedDocument`, or `invalidDocument` with what is wrong.
    public init(
        decoding bytes: [UInt8],
        verifier: Ed25519Verifier
    ) throws(KeyCeremonyError) {
        var map = try CBORMap(ceremony: bytes)
        guard map.entries.count == 5 else { throw .invalidDocument(name: "set of members") }
        nonce = try map.digest("nonce")
        guard let height = map["height"]?.unsigned else { throw .invalidDocument(name: "height") }
        self.height = height
        do throws(Ed25519.KeyError) {
            key = try Ed25519.PublicKey(bytes: map["key"]?.bytes ?? [])
        } catch {
            throw .invalidDocument(name: "key")
        }
        guard let items = map["bundles"]?.array, items.count <= Self.bundleCountMax else {
            throw .invalidDocument(name: "bundles")
        }
        var bundles: [[UInt8]] = []
        for item in items {
            guard let bundle = item.bytes else { throw .invalidDocument(name: "bundles") }
            bundles.append(bundle)
        }
        self.bundles = bundles
        guard let signature = map["signature"]?.bytes, signature.count == 64 else {
            throw .invalidDocument(name: "signature")
        }
        self.signature = signature
        map["signature"] = nil
        guard verifier(signature, Self.message(map), key) else {
            throw .invalidDocument(name: "signature")
        }
    }

    /// The submission's bytes.
    public var encoded: [UInt8] {
        var map = Self.map(nonce, height, key, bundles)
        map["signature"] = .bytes(signature)
        return CBORValue.map(map).encoded
    }

    private static func map(
        _ nonce: SHA256.Digest,
        _ height: UInt64,
        _ key: Ed25519.PublicKey,
        _ bundles: [[UInt8]]
    ) -> CBORMap {
        var map = CBORMap()
        map["nonce"] = .bytes(nonce.bytes)
        map["height"] = .unsigned(height)
        map["key"] = .bytes(key.bytes)
        map["bundles"] = .array(bundles.map { bytes in .bytes(bytes) })
        return map
    }

    private static func message(_ map: CBORMap) -> [UInt8] {
        Array("parallax.key-ceremony-submission/1".utf8) + [0] + CBORValue.map(map).encoded
    }
}
