import Cryptography

/// How secret bytes become a scalar.
enum KeyDerivation {
    /// The scalar that `KeyGen` makes of secret bytes; never zero
    /// (draft-irtf-cfrg-bls-signature-05 §2.3, the same as `hkdf_mod_r` of ERC-2333).
    static func scalar(material: [UInt8], info: [UInt8]) throws(BLSError) -> Scalar {
        guard material.count >= 32 else { throw .keyMaterialTooShort }
        var salt = Array("BLS-SIG-KEYGEN-SALT-".utf8)
        var scalar = Scalar.zero
        repeat {
            salt = SHA256.hash(of: salt).bytes
            var key = HKDF.extract(salt: salt, material: material + [0]).bytes
            var output = HKDF.expand(key: key, info: info + [0, 48], count: 48)
            scalar = try Scalar(reducing: output)
            SecretBytes.wipe(&key)
            SecretBytes.wipe(&output)
        } while scalar.isZero
        return scalar
    }
}
