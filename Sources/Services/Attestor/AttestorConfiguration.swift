public import BLS12381
public import ComponentHost
public import Cryptography
public import Statements

/// Who votes: one seat's keys, which stay with whoever keeps them.
public struct SeatKeys: Sendable {
    /// The key that verifies the seat's votes.
    public var identityKey: Ed25519.PublicKey
    /// Signs bytes with the identity key.
    public var sign: @Sendable (_ message: [UInt8]) -> [UInt8]
    /// Signs bytes with the seat's share of an epoch; nothing if it has none.
    public var signWithShare: @Sendable (_ epoch: UInt64, _ message: [UInt8]) -> Signature?

    /// Joins the ways to sign.
    public init(
        identityKey: Ed25519.PublicKey,
        sign: @escaping @Sendable (_ message: [UInt8]) -> [UInt8],
        signWithShare: @escaping @Sendable (_ epoch: UInt64, _ message: [UInt8]) -> Signature?
    ) {
        self.identityKey = identityKey
        self.sign = sign
        self.signWithShare = signWithShare
    }
}

/// Faults that an observer commits when it is told to, for demonstrations and tests of what catches them.
public struct Misbehaviour: Equatable, Sendable {
    /// Signs a second, contradicting vote for every interval.
    public var equivocates = false
    /// Judges claims by the element set of another satellite.
    public var hasWrongEvidence = false
    /// Its partial signatures are not by its share.
    public var hasInvalidShare = false
    /// Answers so many milliseconds late.
    public var delayMilliseconds: UInt64 = 0

    /// Behaves well.
    public init() {}

    /// Whether it does anything that it should not.
    public var isAny: Bool { self != Misbehaviour() }
}

/// What an observer attests to, and with what.
public struct AttestorConfiguration: Sendable {
    /// The venue.
    public var venue: VenueName
    /// The key that signs its statements and the pieces of its journal.
    public var venueKey: Ed25519.PublicKey
    /// The folder of the snapshot and the votes; it exists, and only this observer uses it.
    public var directory: String
    /// The re-execution component.
    public var module: Module
    /// What the re-execution may use: its memory holds the venue's whole state.
    public var limits = CallLimits(
        fuel: .max,
        milliseconds: 60_000,
        memoryBytes: 1 << 30
    )
    /// After so many commands a snapshot is made, where the next interval ends.
    public var snapshotCommands: UInt64 = 1_000_000
    /// The evidence for claims.
    public var evidence: ClaimEvidenceSource
    /// What judges claims, each with its own programs.
    public var programs: [any EvidenceProgram] = []
    /// What it does wrong on purpose.
    public var misbehaviour = Misbehaviour()

    /// Makes a configuration with the usual limits.
    public init(
        venue: VenueName,
        venueKey: Ed25519.PublicKey,
        directory: String,
        module: Module,
        evidence: ClaimEvidenceSource
    ) {
        self.venue = venue
        self.venueKey = venueKey
        self.directory = directory
        self.module = module
        self.evidence = evidence
    }
}

/// Bounds of an observer's work.
public enum AttestorLimits {
    /// Most pieces of the journal that wait; beyond that they are fetched again.
    public static let chunksMax = 64
    /// Most bytes of those pieces together.
    public static let chunkBytesMax = 32 << 20
    /// Most requests for intervals that wait, and as many for claims; the venue asks again for what is refused.
    public static let requestsMax = 256
    /// After so long a request that could not be answered is dropped.
    public static let requestNanoseconds: UInt64 = 30_000_000_000
    /// How many intervals are remembered, to answer late requests.
    public static let intervalsMax = 4_096
    /// How long the venue may take to answer when pieces are fetched.
    public static let fetchMilliseconds = 5_000
    /// How often it asks whether something was missed.
    public static let pollNanoseconds: UInt64 = 1_000_000_000
    /// How often it asks while a request waits for commands that have not come.
    public static let impatientNanoseconds: UInt64 = 100_000_000
}
