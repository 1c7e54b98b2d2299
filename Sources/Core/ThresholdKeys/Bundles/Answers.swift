package import BLS12381
package import Cryptography
import Encoding

/// That a receiver got no right share from a dealer.
package struct Complaint: Equatable, Sendable {
    /// The dealer complained about.
    package var dealer: UInt32
    /// What lets anybody decrypt the share; none asks the dealer to publish it instead.
    package var disclosure: Disclosure?

    /// The common point of the share that was sent, and the proof that it is that point.
    package struct Disclosure: Equatable, Sendable {
        package var point: G1Element
        package var proof: EqualityProof
    }

    package init(dealer: UInt32, disclosure: Disclosure?) {
        self.dealer = dealer
        self.disclosure = disclosure
    }
}

extension Complaint.Disclosure {
    /// Discloses the common point of a share with the receiver's secret.
    package init(
        _ share: EncryptedShare,
        route: EncryptedShare.Route,
        key: borrowing DecryptionKey,
        source: borrowing SecretSource
    ) {
        point = key.secret.scalar * share.ephemeralKey
        let statement = Self.statement(share, point: point, route: route)
        proof = EqualityProof(statement, secret: key.secret.scalar, source: source)
    }

    private static func statement(
        _ share: EncryptedShare,
        point: G1Element,
        route: EncryptedShare.Route
    ) -> EqualityProof.Statement {
        EqualityProof.Statement(
            key: route.receiver.encryptionKey.element,
            base: share.ephemeralKey,
            point: point,
            context: route.context
        )
    }

    /// Whether the point is the common one of a share and the receiver's key.
    func holds(_ share: EncryptedShare, route: EncryptedShare.Route) -> Bool {
        proof.holds(Self.statement(share, point: point, route: route))
    }
}

/// A share that a dealer publishes because its receiver complained without proof.
package struct Justification: Equatable, Sendable {
    /// The receiver of the share.
    package var receiver: UInt32
    /// The share, which is no secret any more.
    package var share: Scalar

    package init(receiver: UInt32, share: Scalar) {
        self.receiver = receiver
        self.share = share
    }
}

/// That a member got the same result, and can sign with its share of it.
package struct Confirmation: Equatable, Sendable {
    /// The hash of the key set.
    package var keySetHash: SHA256.Digest
    /// The partial signature of `KeySet.testMessage`.
    package var partial: Signature

    package init(keySetHash: SHA256.Digest, partial: Signature) {
        self.keySetHash = keySetHash
        self.partial = partial
    }
}

// MARK: - Encoding

extension Complaint {
    func encode(to encoder: inout CBOREncoder) {
        encoder.append(arrayCount: disclosure == nil ? 1 : 3)
        encoder.append(unsigned: UInt64(dealer))
        if let disclosure {
            encoder.append(bytes: disclosure.point.compressed)
            encoder.append(bytes: disclosure.proof.bytes)
        }
    }

    init(from reader: inout BundleReader) throws(ThresholdKeysError) {
        let count = try reader.readArray(upTo: 3)
        guard count == 1 || count == 3 else { throw .unexpectedField }
        dealer = try reader.readIndex()
        if count == 3 {
            disclosure = Disclosure(
                point: try reader.readG1(),
                proof: try EqualityProof(bytes: reader.readBytes())
            )
        }
    }
}

extension Justification {
    func encode(to encoder: inout CBOREncoder) {
        encoder.append(arrayCount: 2)
        encoder.append(unsigned: UInt64(receiver))
        encoder.append(bytes: share.bytes)
    }

    init(from reader: inout BundleReader) throws(ThresholdKeysError) {
        try reader.readArray(count: 2)
        receiver = try reader.readIndex()
        share = try reader.readScalar()
    }
}

extension Confirmation {
    func encode(to encoder: inout CBOREncoder) {
        encoder.append(arrayCount: 2)
        encoder.append(bytes: keySetHash.bytes)
        encoder.append(bytes: partial.compressed)
    }

    init(from reader: inout BundleReader) throws(ThresholdKeysError) {
        try reader.readArray(count: 2)
        keySetHash = try reader.readDigest()
        let element = try reader.readG1()
        do throws(BLSError) {
            partial = try Signature(element)
        } catch {
            throw .invalidElement(error)
        }
    }
}
