package import BLS12381
package import Cryptography
import Encoding

/// A share on its way from a dealer to a receiver, in the open log.
///
/// The dealer draws a key for this one share, and both sides know the common point S. A pad and the key of an
/// authentication code are made of S with HKDF-SHA256; the share is encrypted with the pad. The dealer proves
/// to know the secret of its key: otherwise it could repeat the key of somebody else's share, make the
/// receiver complain, and decrypt that share with the point that the complaint reveals.
package struct EncryptedShare: Equatable, Sendable {
    static let tagByteCount = 32

    /// The index of the seat that it is for.
    package var receiver: UInt32
    /// The dealer's key for this share.
    package var ephemeralKey: G1Element
    /// That the dealer knows the secret of that key.
    package var proof: KnowledgeProof
    /// The 32 bytes of the share, each added to one of the pad modulo 2.
    package var ciphertext: [UInt8]
    /// The authentication code of the ciphertext.
    package var tag: [UInt8]

    init(
        receiver: UInt32,
        ephemeralKey: G1Element,
        proof: KnowledgeProof,
        ciphertext: [UInt8],
        tag: [UInt8]
    ) {
        self.receiver = receiver
        self.ephemeralKey = ephemeralKey
        self.proof = proof
        self.ciphertext = ciphertext
        self.tag = tag
    }

    /// Which share of which ceremony is meant; part of everything that is proved or derived.
    package struct Route {
        package var nonce: SHA256.Digest
        package var dealer: UInt32
        package var receiver: CeremonySeat

        package init(nonce: SHA256.Digest, dealer: UInt32, receiver: CeremonySeat) {
            self.nonce = nonce
            self.dealer = dealer
            self.receiver = receiver
        }

        var context: [[UInt8]] {
            [
                nonce.bytes,
                [UInt8(truncatingIfNeeded: dealer), UInt8(truncatingIfNeeded: receiver.index)],
            ]
        }
    }

    /// Encrypts a share.
    ///
    /// - Parameters:
    ///   - share: The share.
    ///   - route: From whom to whom it goes.
    ///   - source: Where the dealer's random numbers are drawn from.
    package init(_ share: Scalar, route: Route, source: borrowing SecretSource) {
        let secret = source.scalar(.ephemeralKey, route.receiver.index)
        let ephemeralKey = secret * G1Element.generator
        let point = secret * route.receiver.encryptionKey.element
        var keys = Keys(point, ephemeralKey, route)
        var plaintext = share.bytes
        let ciphertext = keys.applyPad(to: plaintext)
        self.init(
            receiver: route.receiver.index,
            ephemeralKey: ephemeralKey,
            proof: KnowledgeProof(
                ephemeralKey: secret,
                element: ephemeralKey,
                context: route.context,
                source: source
            ),
            ciphertext: ciphertext,
            tag: keys.tag(of: ciphertext)
        )
        SecretBytes.wipe(&plaintext)
        keys.wipe()
    }

    /// Whether the dealer knows the secret of its key.
    func isProven(route: Route) -> Bool {
        proof.holds(ephemeralKey: ephemeralKey, context: route.context)
    }

    /// Decrypts the share with the common point; none if the code is wrong or the number out of range.
    func share(point: G1Element, route: Route) -> Scalar? {
        var keys = Keys(point, ephemeralKey, route)
        defer { keys.wipe() }
        guard keys.hasTag(tag, of: ciphertext) else { return nil }
        var plaintext = keys.applyPad(to: ciphertext)
        defer { SecretBytes.wipe(&plaintext) }
        do throws(BLSError) {
            return try Scalar(bytes: plaintext)
        } catch {
            return nil
        }
    }

    /// The pad and the key of the authentication code.
    private struct Keys {
        private var pad: [UInt8]
        private var tagKey: [UInt8]

        init(_ point: G1Element, _ ephemeralKey: G1Element, _ route: Route) {
            var material = point.compressed
            var key = HKDF.extract(salt: route.nonce.bytes, material: material).bytes
            var encoder = CBOREncoder()
            encoder.append(text: "parallax.keys/1 share")
            for part in route.context { encoder.append(bytes: part) }
            encoder.append(bytes: ephemeralKey.compressed)
            encoder.append(bytes: route.receiver.encryptionKey.compressed)
            var output = HKDF.expand(key: key, info: encoder.bytes, count: 64)
            pad = [UInt8](output[..<32])
            tagKey = [UInt8](output[32...])
            SecretBytes.wipe(&material)
            SecretBytes.wipe(&key)
            SecretBytes.wipe(&output)
        }

        func applyPad(to bytes: [UInt8]) -> [UInt8] {
            precondition(bytes.count == pad.count)
            var result = bytes
            for index in result.indices { result[index] ^= pad[index] }
            return result
        }

        func tag(of ciphertext: [UInt8]) -> [UInt8] {
            HMAC.sha256(key: tagKey, ciphertext).bytes
        }

        /// Compares in a time that does not depend on where the codes differ.
        func hasTag(_ tag: [UInt8], of ciphertext: [UInt8]) -> Bool {
            precondition(tag.count == EncryptedShare.tagByteCount)
            let expected = self.tag(of: ciphertext)
            return zip(tag, expected).reduce(UInt8(0)) { bits, pair in bits | pair.0 ^ pair.1 } == 0
        }

        mutating func wipe() {
            SecretBytes.wipe(&pad)
            SecretBytes.wipe(&tagKey)
        }
    }
}
