public import Cryptography
import Encoding
public import Primitives

/// What a quorum of observers signs.
public enum Attested: Equatable, Sendable {
    /// The venue's state and its log after an interval of commands.
    case interval(IntervalStatement)
    /// That the evidence for a service is good.
    case claim(ClaimStatement)

    /// Reads a payload of the kind that its member `type` names.
    ///
    /// - Throws: What is wrong and where; `wrongType` for a type that is not attested.
    public init(decoding payload: [UInt8]) throws(StatementError) {
        guard payload.count <= StatementLimits.payloadMax else {
            throw .notCanonicalJSON(.tooLarge(position: StatementLimits.payloadMax))
        }
        var object = try ObjectReader(decoding: payload)
        let name = try object.text("type")
        if name == StatementType.interval.name {
            self = .interval(try IntervalStatement(decoding: payload))
        } else if name == StatementType.claim.name {
            self = .claim(try ClaimStatement(decoding: payload))
        } else {
            throw .wrongType(found: name)
        }
    }

    /// The payload: canonical JSON.
    public var encoded: [UInt8] {
        switch self {
        case .interval(let content): content.encoded
        case .claim(let content): content.encoded
        }
    }

    /// The SHA-256 of the payload: what votes and the group's signature are about.
    public var digest: SHA256.Digest { SHA256.hash(of: encoded) }

    /// The venue that is attested.
    public var venue: VenueName {
        switch self {
        case .interval(let content): content.venue
        case .claim(let content): content.venue
        }
    }

    /// The epoch of the roster.
    public var epoch: UInt64 {
        switch self {
        case .interval(let content): content.epoch
        case .claim(let content): content.epoch
        }
    }

    /// When it was attested.
    public var time: Timestamp {
        switch self {
        case .interval(let content): content.time
        case .claim(let content): content.time
        }
    }

    /// The SHA-256 of the roster's bytes.
    public var rosterHash: SHA256.Digest {
        switch self {
        case .interval(let content): content.rosterHash
        case .claim(let content): content.rosterHash
        }
    }

    /// The slot that an observer's vote takes.
    public var slot: AttestedSlot {
        switch self {
        case .interval(let content): .interval(content.interval.number)
        case .claim(let content): content.slot
        }
    }

    /// The sequence number of an interval's last command; 0 for a claim.
    public var height: UInt64 {
        switch self {
        case .interval(let content): content.interval.lastSequence
        case .claim: 0
        }
    }
}
