package import Cryptography
import Encoding

/// What a bundle is for; each member publishes at most one of each kind in a ceremony.
public enum BundleKind: UInt64, CaseIterable, Sendable {
    /// A dealer fixes what it will deal, by a hash.
    case commit = 1
    /// A dealer publishes commitments and encrypted shares.
    case deal = 2
    /// A receiver tells which shares are wrong.
    case complaint = 3
    /// A dealer publishes shares that were complained about without proof.
    case justification = 4
    /// A receiver confirms the result.
    case confirmation = 5

    /// Who publishes it.
    public var role: Role {
        switch self {
        case .commit, .deal, .justification: .dealer
        case .complaint, .confirmation: .receiver
        }
    }

    /// The phase in which it counts.
    var phase: Phase {
        switch self {
        case .commit: .commit
        case .deal: .deal
        case .complaint: .complaint
        case .justification: .justification
        case .confirmation: .confirmation
        }
    }
}

/// What a member does in a ceremony; the same seat may do both.
public enum Role: UInt8, Sendable {
    /// Deals shares: a seat of the old committee, or of the only one if keys are made anew.
    case dealer = 1
    /// Receives a share: a seat of the new committee.
    case receiver = 2
}

/// What is in a bundle besides its head.
package enum BundleBody: Equatable, Sendable {
    case commit(SHA256.Digest)
    case deal(Deal)
    case complaints([Complaint])
    case justifications([Justification])
    case confirmation(Confirmation)

    var kind: BundleKind {
        switch self {
        case .commit: .commit
        case .deal: .deal
        case .complaints: .complaint
        case .justifications: .justification
        case .confirmation: .confirmation
        }
    }
}

/// What is wrong with the content of a bundle that its sender signed for this ceremony.
public enum BundleFlaw: Equatable, Sendable {
    /// The body is not of the form of its kind, or holds a number, point or list that no member writes.
    case malformedBody
    /// The number of commitments is not the threshold.
    case commitmentCount
    /// The constant term is not the share that the dealer holds in the old epoch.
    case otherShareThanHeld
    /// The dealer did not prove to know the constant term.
    case constantTermProof
    /// The shares are not for the receivers of the ceremony.
    case receivers
    /// The dealer did not prove to know the secret of the key that a share is encrypted with.
    case ephemeralKeyProof
    /// More complaints without proof than dealers can be faulty.
    case unprovenComplaints
}

/// The content of a bundle, which its sender has yet to sign.
public struct UnsignedBundle: Equatable, Sendable {
    /// The index of the sender's seat in the committee of its role.
    public let sender: UInt32
    /// What the bundle is for.
    public let kind: BundleKind
    /// The bytes to sign: deterministic CBOR that begins with a text of its own, so that no other signed
    /// format can be taken for it.
    public let content: [UInt8]

    static var domain: Text { "parallax.key-ceremony/1" }

    package init(_ body: BundleBody, sender: UInt32, nonce: SHA256.Digest) {
        self.sender = sender
        kind = body.kind
        var encoder = CBOREncoder(capacity: 512)
        encoder.append(arrayCount: 5)
        encoder.append(text: Self.domain)
        encoder.append(unsigned: body.kind.rawValue)
        encoder.append(bytes: nonce.bytes)
        encoder.append(unsigned: UInt64(sender))
        switch body {
        case .commit(let digest): encoder.append(bytes: digest.bytes)
        case .deal(let deal): deal.encode(to: &encoder)
        case .complaints(let complaints):
            encoder.append(arrayCount: complaints.count)
            for complaint in complaints { complaint.encode(to: &encoder) }
        case .justifications(let justifications):
            encoder.append(arrayCount: justifications.count)
            for justification in justifications { justification.encode(to: &encoder) }
        case .confirmation(let confirmation): confirmation.encode(to: &encoder)
        }
        content = encoder.bytes
    }

    /// The bundle as it goes into the log.
    ///
    /// - Parameter sign: Signs bytes with the Ed25519 identity key of the sender.
    /// - Returns: The content and the signature, in deterministic CBOR.
    /// - Throws: What `sign` throws; the bundle can be signed again.
    public func signed<Failure: Error>(
        by sign: (_ message: [UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) -> [UInt8] {
        let signature = try sign(content)
        var encoder = CBOREncoder(capacity: content.count + 80)
        encoder.append(arrayCount: 2)
        encoder.append(bytes: content)
        encoder.append(bytes: signature)
        return encoder.bytes
    }
}
