public import Cryptography
public import Encoding
public import Statements

/// Who knows that an attestation waits for its quorum, and why that is accepted; it is a leaf of the log.
public struct Acknowledgement: Equatable, Sendable {
    /// What the audit statement says was done.
    public static let event: Text = "attestation.acknowledge"
    /// What the audit statement of a person who lets the observers be asked again says was done.
    public static let retryEvent: Text = "attestation.retry"

    /// Who.
    public let by: Text
    /// Why.
    public let reason: Text

    /// Makes an acknowledgement of its parts.
    public init(by: Text, reason: Text) {
        self.by = by
        self.reason = reason
    }

    /// What the audit statement has as its record: the SHA-256 of the slot in words, such as `interval 7`.
    public static func record(of slot: AttestedSlot) -> SHA256.Digest {
        SHA256.hash(of: Array(slot.description.utf8))
    }
}
