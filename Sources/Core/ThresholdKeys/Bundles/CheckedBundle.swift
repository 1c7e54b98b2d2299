public import Cryptography
import Encoding

/// Why bytes in the log are none of a ceremony's bundles; nobody is to blame for them.
public enum BundleRefusal: Error, Equatable, Sendable {
    /// More than `Limits.bundleByteCountMax` bytes, or not a signed bundle.
    case notABundle
    /// The bundle is of another ceremony or attempt: anybody may have put it into the log again.
    case otherCeremony
    /// No seat of the sender's role has the index.
    case unknownSender
    /// The signature is not by the sender.
    case wrongSignature
}

extension BundleRefusal: CustomStringConvertible {
    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .notABundle: "the entry is no bundle of a key ceremony: skip it"
        case .otherCeremony: "the bundle is of another key ceremony: skip it"
        case .unknownSender: "the bundle's sender has no seat in this key ceremony: skip it"
        case .wrongSignature: "the bundle is not signed by the sender it names: skip it"
        }
    }
}

/// A bundle that its sender signed for a ceremony, and all that can be checked of it without the others.
///
/// The check takes nearly all the time of a ceremony and needs the parameters only, so several members in
/// one process can share it.
public struct CheckedBundle: Equatable, Sendable {
    /// The bundle as it is in the log.
    public let bytes: [UInt8]
    /// What the sender signed.
    public let content: [UInt8]
    /// The ceremony.
    public let nonce: SHA256.Digest
    /// What the bundle is for.
    public let kind: BundleKind
    /// The index of the sender's seat in the committee of its role.
    public let sender: UInt32
    /// What is wrong with it; then the sender is to blame.
    public let flaw: BundleFlaw?
    /// What is in it; none if it is flawed.
    package let body: BundleBody?

    /// Checks an entry of the log.
    ///
    /// - Parameters:
    ///   - bytes: The entry.
    ///   - parameters: The ceremony.
    ///   - verifier: Verifies signatures of identity keys.
    /// - Throws: The first refusal that applies.
    public init(
        checking bytes: [UInt8],
        in parameters: CeremonyParameters,
        verifier: Ed25519Verifier
    ) throws(BundleRefusal) {
        var reader: BundleReader
        let kind: BundleKind
        let sender: UInt32
        let nonce: SHA256.Digest
        let signature: [UInt8]
        do throws(ThresholdKeysError) {
            (content, signature) = try Self.open(bytes)
            reader = try BundleReader(content)
            (kind, nonce, sender) = try Self.readHead(&reader)
        } catch {
            throw .notABundle
        }
        guard nonce == parameters.nonce else { throw .otherCeremony }
        let seat = kind.role == .dealer ? parameters.dealer(sender) : parameters.receiver(sender)
        guard let seat else { throw .unknownSender }
        guard verifier(signature, content, seat.identityKey) else { throw .wrongSignature }
        self.bytes = bytes
        self.nonce = nonce
        self.kind = kind
        self.sender = sender
        do throws(ThresholdKeysError) {
            let body = try Self.readBody(kind, &reader)
            flaw = Self.flaw(body, sender: sender, in: parameters)
            self.body = flaw == nil ? body : nil
        } catch {
            flaw = .malformedBody
            body = nil
        }
    }

    private static func open(
        _ bytes: [UInt8]
    ) throws(ThresholdKeysError) -> (content: [UInt8], signature: [UInt8]) {
        var reader = try BundleReader(bytes)
        try reader.readArray(count: 2)
        let content = try reader.readBytes()
        let signature = try reader.readBytes(count: 64)
        try reader.requireEnd()
        return (content, signature)
    }

    private static func readHead(
        _ reader: inout BundleReader
    ) throws(ThresholdKeysError) -> (kind: BundleKind, nonce: SHA256.Digest, sender: UInt32) {
        try reader.readArray(count: 5)
        try reader.readText(UnsignedBundle.domain)
        guard let kind = BundleKind(rawValue: try reader.readUnsigned()) else {
            throw .unexpectedField
        }
        return (kind, try reader.readDigest(), try reader.readIndex())
    }

    private static func readBody(
        _ kind: BundleKind,
        _ reader: inout BundleReader
    ) throws(ThresholdKeysError) -> BundleBody {
        let body: BundleBody
        switch kind {
        case .commit: body = .commit(try reader.readDigest())
        case .deal: body = .deal(try Deal(from: &reader))
        case .complaint:
            var complaints: [Complaint] = []
            for _ in 0..<(try reader.readArray(upTo: Limits.seatCountMax)) {
                complaints.append(try Complaint(from: &reader))
            }
            body = .complaints(complaints)
        case .justification:
            var justifications: [Justification] = []
            for _ in 0..<(try reader.readArray(upTo: Limits.seatCountMax)) {
                justifications.append(try Justification(from: &reader))
            }
            body = .justifications(justifications)
        case .confirmation: body = .confirmation(try Confirmation(from: &reader))
        }
        try reader.requireEnd()
        return body
    }

    /// What is wrong with a body that has the right form.
    private static func flaw(
        _ body: BundleBody,
        sender: UInt32,
        in parameters: CeremonyParameters
    ) -> BundleFlaw? {
        switch body {
        case .commit:
            // Nobody commits to a share that it already holds.
            parameters.isFresh ? nil : .malformedBody
        case .confirmation: nil
        case .deal(let deal): deal.flaw(dealer: sender, in: parameters)
        case .complaints(let complaints):
            if !areAscending(complaints.map { $0.dealer }, among: parameters.dealers) {
                .malformedBody
            } else if complaints.count(where: { $0.disclosure == nil })
                > parameters.faultyDealerCountMax
            {
                .unprovenComplaints
            } else {
                nil
            }
        case .justifications(let justifications):
            areAscending(justifications.map { $0.receiver }, among: parameters.seats)
                ? nil : .malformedBody
        }
    }

    /// Whether there are indices, each greater than the one before, and all of them seats.
    private static func areAscending(_ indices: [UInt32], among seats: [CeremonySeat]) -> Bool {
        !indices.isEmpty && zip(indices, indices.dropFirst()).allSatisfy { $0 < $1 }
            && indices.allSatisfy { index in seats.contains { seat in seat.index == index } }
    }
}
