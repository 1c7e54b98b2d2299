public import Cryptography

/// What a filed document is.
public enum FilingKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// A DID document.
    case document = 1
    /// The end of a DID's validity.
    case revocation = 2
    /// The roster of an epoch.
    case epoch = 3
    /// A quorum's certificate for an interval or a claim.
    case attestation = 4
    /// The replacement of a log key.
    case keyRotation = 5
    /// A message of a key ceremony; the log has no leaf of it.
    case ceremony = 6
    /// A provider's report of a service.
    case report = 7
    /// An observer's signed refusal to attest.
    case dissent = 8
    /// What followed from a seat's fault.
    case penalty = 9
    /// What a person decided about a contract that no quorum settles.
    case decision = 10
    /// That somebody read what is of others, or did something else that auditors want to see.
    case audit = 11
}

/// A document that is filed in the journal, by its hash.
///
/// The state machine orders documents and never reads them: who may file, and what a document says, is
/// checked before it is submitted. The journal keeps the document itself beside the command.
public struct Filing: Equatable, BitwiseCopyable, Sendable {
    /// Most bytes of a document: what a leaf of the log holds, less room for its envelope.
    @inlinable public static var bytesMax: Int { 60_000 }

    /// What it is.
    public var kind: FilingKind
    /// SHA-256 of the document.
    public var digest: SHA256.Digest

    /// Names a document by its hash.
    public init(kind: FilingKind, digest: SHA256.Digest) {
        self.kind = kind
        self.digest = digest
    }

    /// Names a document.
    public init(kind: FilingKind, content: [UInt8]) {
        self.init(kind: kind, digest: SHA256.hash(of: content))
    }
}
