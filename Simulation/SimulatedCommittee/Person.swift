package import Cryptography
import KeyStore
package import ThresholdKeys
package import SeededRandomness

/// Somebody who may have a seat: its keys, and the share that it holds.
///
/// A class, because shares cannot be copied and arrays hold only what can.
package final class Person {
    /// What the person is called in failures.
    package let name: Int
    /// The secret bytes of the key that decrypts shares.
    package let decryptionSecret: [UInt8]
    /// The share of the epoch that is in force.
    package var share: KeyShare?
    private let signingKey: SigningKey

    /// Draws a person's keys.
    package init(_ name: Int, from source: inout RandomSource) {
        self.name = name
        signingKey = SigningKey(seed: source.bytes(32))
        do throws(ThresholdKeysError) {
            decryptionSecret = try DecryptionKey(keyMaterial: source.bytes(32)).secretBytes
        } catch {
            preconditionFailure("32 bytes are enough")
        }
    }

    /// The key that verifies what the person signs.
    package var identityKey: Ed25519.PublicKey { signingKey.publicKey }

    /// Signs a bundle.
    package func sign(_ message: [UInt8]) -> [UInt8] { signingKey.sign(message) }

    /// The decryption key, made of its secret bytes.
    package var decryptionKey: DecryptionKey {
        do throws(ThresholdKeysError) {
            return try DecryptionKey(secretBytes: decryptionSecret)
        } catch {
            preconditionFailure("the bytes are those of a key")
        }
    }

    /// The seat of this person at an index.
    package func seat(_ index: UInt32) -> CeremonySeat {
        CeremonySeat(
            index: index,
            identityKey: identityKey,
            encryptionKey: decryptionKey.encryptionKey
        )
    }
}
