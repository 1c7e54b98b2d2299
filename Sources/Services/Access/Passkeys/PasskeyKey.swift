internal import Cryptography
package import Encoding
internal import KeyStore

/// The public key of a passkey (RFC 9053 §7, RFC 8230 §4; Web Authentication, Level 2, §5.8.5).
package enum PasskeyKey: Equatable, Sendable {
    /// Algorithm −8 with Ed25519: 32 bytes.
    case ed25519([UInt8])
    /// Algorithm −7 with P-256: two coordinates of 32 bytes.
    case p256(x: [UInt8], y: [UInt8])
    /// Algorithm −257 with SHA-256: modulus and exponent.
    case rsa(modulus: [UInt8], exponent: [UInt8])

    /// The algorithms in the order in which they are asked for (IANA, COSE Algorithms).
    static let algorithms: [Int64] = [-8, -7, -257]

    /// Takes the parameters of a COSE key, which has these and no others.
    ///
    /// - Throws: `malformed` when it is no such key; `unsupportedKey` when it is one of another kind, or is not
    ///   a good one of its kind.
    package init(cose value: CBORValue) throws(AccessError) {
        guard let map = value.map, let type = map[1]?.integer, let algorithm = map[3]?.integer
        else { throw .passkey(.malformed) }
        switch (type, algorithm, map.entries.count) {
        case (1, -8, 4):
            guard map[-1]?.integer == 6, let x = map[-2]?.bytes else {
                throw .passkey(.unsupportedKey)
            }
            self = .ed25519(x)
        case (2, -7, 5):
            guard map[-1]?.integer == 1, let x = map[-2]?.bytes, let y = map[-3]?.bytes else {
                throw .passkey(.unsupportedKey)
            }
            self = .p256(x: x, y: y)
        case (3, -257, 4):
            guard let modulus = map[-1]?.bytes, let exponent = map[-2]?.bytes else {
                throw .passkey(.unsupportedKey)
            }
            self = .rsa(modulus: modulus, exponent: exponent)
        default: throw .passkey(.unsupportedKey)
        }
        guard isGood else { throw .passkey(.unsupportedKey) }
    }

    /// Reads what `encoded` wrote; none if it is something else.
    package init?(encoded: [UInt8]) {
        do {
            var decoder = try CBORDecoder(encoded)
            let value = try decoder.readValue()
            try decoder.requireEnd()
            try self.init(cose: value)
        } catch {
            return nil
        }
    }

    /// The COSE key in deterministic encoding.
    package var encoded: [UInt8] {
        let entries: [(Int64, CBORValue)] =
            switch self {
            case .ed25519(let x):
                [(1, .integer(1)), (3, .integer(-8)), (-1, .integer(6)), (-2, .bytes(x))]
            case .p256(let x, let y):
                [
                    (1, .integer(2)), (3, .integer(-7)), (-1, .integer(1)), (-2, .bytes(x)),
                    (-3, .bytes(y)),
                ]
            case .rsa(let modulus, let exponent):
                [
                    (1, .integer(3)), (3, .integer(-257)), (-1, .bytes(modulus)),
                    (-2, .bytes(exponent)),
                ]
            }
        let map = CBORMap(entries.map { key, value in CBORMap.Entry(.integer(key), value) })
        guard let map else { preconditionFailure("the keys are all different") }
        return CBORValue.map(map).encoded
    }

    /// Whether it can verify anything.
    private var isGood: Bool {
        switch self {
        case .ed25519(let bytes):
            do throws(Ed25519.KeyError) {
                _ = try Ed25519.PublicKey(bytes: bytes)
                return true
            } catch {
                return false
            }
        case .p256(let x, let y): return NativePublicKey.p256(x: x, y: y) != nil
        case .rsa(let modulus, let exponent):
            return NativePublicKey.rsa(modulus: modulus, exponent: exponent) != nil
        }
    }

    /// Whether a signature is that of a message.
    package func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        switch self {
        case .ed25519(let bytes): return Access.verifies(signature, message, bytes)
        case .p256(let x, let y):
            guard let key = NativePublicKey.p256(x: x, y: y) else { return false }
            return key.verifies(signature, of: message)
        case .rsa(let modulus, let exponent):
            guard let key = NativePublicKey.rsa(modulus: modulus, exponent: exponent) else {
                return false
            }
            return key.verifies(signature, of: message)
        }
    }
}
