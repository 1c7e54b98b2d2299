import Cryptography

/// HMAC and HKDF with SHA-256, as far as the generation of keys needs them (RFC 2104, RFC 5869).
enum KeyDerivation {
    /// The scalar that `KeyGen` makes of secret bytes; never zero
    /// (draft-irtf-cfrg-bls-signature-05 §2.3, the same as `hkdf_mod_r` of ERC-2333).
    static func scalar(material: [UInt8], info: [UInt8]) throws(BLSError) -> Scalar {
        guard material.count >= 32 else { throw .keyMaterialTooShort }
        var salt = Array("BLS-SIG-KEYGEN-SALT-".utf8)
        var scalar = Scalar.zero
        repeat {
            salt = SHA256.hash(of: salt).bytes
            var key = authenticate(material + [0], key: salt)
            var output = expand(key, info: info + [0, 48], count: 48)
            scalar = try Scalar(reducing: output)
            wipe(&key)
            wipe(&output)
        } while scalar.isZero
        return scalar
    }

    /// HKDF-Expand.
    private static func expand(_ key: [UInt8], info: [UInt8], count: Int) -> [UInt8] {
        var output: [UInt8] = []
        var block: [UInt8] = []
        var counter: UInt8 = 1
        while output.count < count {
            block = authenticate(block + info + [counter], key: key)
            output += block
            counter += 1
        }
        output.removeLast(output.count - count)
        return output
    }

    /// HMAC-SHA256 with a key of at most one block.
    private static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        precondition(key.count <= 64)
        let padded = key + [UInt8](repeating: 0, count: 64 - key.count)
        let inner = SHA256.hash(of: padded.map { byte in byte ^ 0x36 } + message).bytes
        return SHA256.hash(of: padded.map { byte in byte ^ 0x5c } + inner).bytes
    }

    /// Overwrites secret bytes, as far as their storage is not shared.
    @inline(never) @_optimize(none) private static func wipe(_ bytes: inout [UInt8]) {
        for index in bytes.indices { bytes[index] = 0 }
    }
}
