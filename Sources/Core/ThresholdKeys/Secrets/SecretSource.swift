import BLS12381
package import Cryptography
import Encoding

/// All random numbers of one member in one ceremony, drawn from 32 secret bytes and the ceremony's nonce.
///
/// The same secret gives the same numbers, so a member that restarts and reads the log again says the very
/// same things again, and never two different ones. Every number is bound to the nonce and to what it is
/// for; the random number of a proof is bound to the whole statement as well, so it never serves two.
package struct SecretSource: ~Copyable, Sendable {
    private let key: SecretOctets

    /// What a number is drawn for.
    enum Purpose: UInt64 {
        /// A coefficient of a dealer's polynomial.
        case coefficient = 1
        /// The key that one share is encrypted with.
        case ephemeralKey
        /// The mask in a proof of knowledge of a constant term.
        case constantTermProof
        /// The mask in a proof of knowledge of an ephemeral key.
        case ephemeralKeyProof
        /// The mask in a proof about a common point.
        case commonPointProof
    }

    /// Takes the secret of a ceremony.
    ///
    /// - Throws: `wrongSecretLength`.
    package init(secret: [UInt8], nonce: SHA256.Digest) throws(ThresholdKeysError) {
        guard secret.count == Limits.secretByteCount else {
            throw .wrongSecretLength(secret.count)
        }
        var extracted = HKDF.extract(salt: nonce.bytes, material: secret).bytes
        key = SecretOctets(extracted)
        SecretBytes.wipe(&extracted)
    }

    /// The secret scalar for a purpose.
    func scalar(_ purpose: Purpose, _ context: [[UInt8]]) -> Scalar {
        var encoder = CBOREncoder()
        encoder.append(unsigned: purpose.rawValue)
        for part in context { encoder.append(bytes: part) }
        var key = self.key.copy()
        var bytes = HKDF.expand(key: key, info: encoder.bytes, count: 48)
        defer {
            SecretBytes.wipe(&key)
            SecretBytes.wipe(&bytes)
        }
        do throws(BLSError) {
            return try Scalar(reducing: bytes)
        } catch {
            preconditionFailure("48 bytes reduce to a scalar")
        }
    }

    /// The secret scalar for a purpose and a small number.
    func scalar(_ purpose: Purpose, _ number: UInt32) -> Scalar {
        let bytes = [UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number)]
        return scalar(purpose, [bytes])
    }
}
