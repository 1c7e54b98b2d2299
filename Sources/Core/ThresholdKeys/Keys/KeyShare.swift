public import BLS12381
import Cryptography
public import Encoding

/// One seat's share of the group's key in one epoch, wiped when its life ends.
///
/// A new epoch takes the old share away (`CeremonyMember.succeed`): eight old shares that were not deleted
/// could sign for ever, because the group key stays.
public struct KeyShare: ~Copyable, Sendable {
    /// The venue that the share belongs to.
    public let venue: Text
    /// The epoch in which it signs.
    public let epoch: UInt64
    /// The index of the seat.
    public let index: UInt32
    /// The key that verifies what the share signs.
    public let publicKey: PublicKey
    /// The share itself, to seal it in a key file; treat it as a secret.
    public let secret: SecretKey

    /// Makes a share of what a key file holds.
    ///
    /// - Parameters:
    ///   - venue: The venue that the share belongs to.
    ///   - epoch: The epoch in which it signs.
    ///   - index: The index of the seat, from 1 to 12.
    ///   - secret: The share itself.
    /// - Throws: `unexpectedField` for another index.
    public init(
        venue: Text,
        epoch: UInt64,
        index: UInt32,
        secret: consuming SecretKey
    ) throws(ThresholdKeysError) {
        guard index >= 1, index <= UInt32(Limits.seatCountMax) else { throw .unexpectedField }
        let publicKey = secret.publicKey
        self.init(venue: venue, epoch: epoch, index: index, publicKey: publicKey, secret: secret)
    }

    init(
        venue: Text,
        epoch: UInt64,
        index: UInt32,
        publicKey: PublicKey,
        secret: consuming SecretKey
    ) {
        self.venue = venue
        self.epoch = epoch
        self.index = index
        self.publicKey = publicKey
        self.secret = secret
    }

    /// Signs a message with the share.
    ///
    /// - Complexity: O(n) in the length of the message.
    public func sign(_ message: [UInt8]) -> Threshold.PartialSignature {
        Threshold.PartialSignature(index: index, signature: secret.sign(message))
    }

    /// Signs a message that is hashed already.
    public func sign(hashed element: G1Element) -> Threshold.PartialSignature {
        Threshold.PartialSignature(index: index, signature: secret.sign(hashed: element))
    }

    private static var domain: Text { "parallax.share/1" }

    /// The share in deterministic CBOR, for sealed storage only.
    ///
    /// The bytes are secret: wipe them after use. This is a method and not a property, so that no dump of a value contains it.
    public func encodedSecret() -> [UInt8] {
        var encoder = CBOREncoder(capacity: 192)
        encoder.append(arrayCount: 5)
        encoder.append(text: Self.domain)
        encoder.append(text: venue)
        encoder.append(unsigned: epoch)
        encoder.append(unsigned: UInt64(index))
        var scalar = secret.scalar.bytes
        encoder.append(bytes: scalar)
        SecretBytes.wipe(&scalar)
        return encoder.bytes
    }

    /// Reads a share from what `encodedSecret` gave.
    ///
    /// - Throws: `malformed`, `unexpectedField` or `invalidElement`.
    public init(decodingSecret bytes: [UInt8]) throws(ThresholdKeysError) {
        var reader = try BundleReader(bytes)
        try reader.readArray(count: 5)
        try reader.readText(Self.domain)
        let venue = try reader.readText()
        let epoch = try reader.readUnsigned()
        let index = try reader.readIndex()
        var scalar = try reader.readBytes(count: Scalar.byteCount)
        defer { SecretBytes.wipe(&scalar) }
        try reader.requireEnd()
        let secret: SecretKey
        do throws(BLSError) {
            secret = try SecretKey(bytes: scalar)
        } catch {
            throw .invalidElement(error)
        }
        try self.init(venue: venue, epoch: epoch, index: index, secret: secret)
    }
}
