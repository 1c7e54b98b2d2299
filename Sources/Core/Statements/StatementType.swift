public import Cryptography
public import Encoding
public import Primitives

/// The kinds of what is logged or signed.
public enum StatementType: UInt8, Hashable, Sendable, CaseIterable {
    /// A novated trade.
    case trade
    /// The end of a service contract.
    case settlement
    /// A version of the rulebook.
    case rulebook
    /// A DID document.
    case did
    /// The end of a DID's validity.
    case revocation
    /// The certificate of a quorum.
    case attestation
    /// Who attests from some time on.
    case epoch
    /// The replacement of the log's key.
    case keyRotation
    /// The first leaf of a log.
    case genesis
    /// What a quorum signs; it is no leaf itself, but lies in the certificate.
    case interval
    /// What a quorum signs about a service; it is no leaf either.
    case claim
    /// What a provider says of a service that it rendered.
    case report
    /// An observer's refusal to attest.
    case dissent
    /// What followed from a seat's fault.
    case penalty
    /// What a person decided about a contract that no quorum settles.
    case decision
    /// What auditors want to see.
    case audit

    /// The value of the member `type`.
    public var name: Text {
        switch self {
        case .trade: "trade"
        case .settlement: "settlement"
        case .rulebook: "rulebook"
        case .did: "did"
        case .revocation: "revocation"
        case .attestation: "attestation"
        case .epoch: "epoch"
        case .keyRotation: "keyRotation"
        case .genesis: "genesis"
        case .interval: "interval"
        case .claim: "claim"
        case .report: "report"
        case .dissent: "dissent"
        case .penalty: "penalty"
        case .decision: "decision"
        case .audit: "audit"
        }
    }

    /// The content type of the signed statement: `application/vnd.parallax.<type>+json`.
    public var contentType: Text {
        Text(
            utf8: Array("application/vnd.parallax.".utf8) + name.utf8 + Array("+json".utf8)
        ) ?? ""
    }
}

/// The bounds of the values in statements.
public enum StatementLimits {
    /// The numbers of trades: twice each, plus one, is the number of a contract.
    public static var trades: ClosedRange<UInt64> { 1...UInt64.max / 2 }
    /// The numbers of trades about which something can be claimed.
    public static var claimedTrades: ClosedRange<UInt64> { 1...(1 << 54 - 1) }
    /// Most characters of the name of a claim.
    public static var claimNameMax: Int { 64 }
    /// Most bytes of a payload; an entry of the log has at most 65,535.
    public static var payloadMax: Int { 60_000 }
    /// Most characters of a name or a key in a payload.
    public static var textMax: Int { 512 }
    /// Most items in a list of a DID document.
    public static var documentItemsMax: Int { 32 }
    /// Most seats of a roster.
    public static var seatsMax: Int { 12 }
    /// How many seats must sign.
    public static var threshold: UInt32 { 8 }
}

/// What one kind of statement says.
///
/// A value has exactly one payload, and a payload that is accepted has exactly one value.
public protocol StatementContent: Equatable, Sendable {
    /// The kind of statement.
    static var type: StatementType { get }

    /// Reads a payload.
    ///
    /// - Throws: What is wrong and where.
    init(decoding payload: [UInt8]) throws(StatementError)

    /// The payload: canonical JSON with the member `type`.
    var encoded: [UInt8] { get }

    /// Whom or what it is about.
    var subject: OrbitDID { get }

    /// When it came to be; the statement's claim `iat` has its seconds.
    var time: Timestamp { get }
}

/// Which commands were attested together, and to which state they led.
public struct Interval: Hashable, Sendable {
    /// The number of the interval.
    public var number: UInt64
    /// The sequence number of its first command.
    public var firstSequence: UInt64
    /// The sequence number of its last command, not below the first one.
    public var lastSequence: UInt64
    /// The venue's state hash after its last command.
    public var stateHash: SHA256.Digest

    /// Makes an interval of its parts.
    public init(
        number: UInt64,
        firstSequence: UInt64,
        lastSequence: UInt64,
        stateHash: SHA256.Digest
    ) {
        precondition(firstSequence <= lastSequence)
        self.number = number
        self.firstSequence = firstSequence
        self.lastSequence = lastSequence
        self.stateHash = stateHash
    }

    /// Whether a command belongs to the interval.
    public func contains(_ sequence: UInt64) -> Bool {
        firstSequence <= sequence && sequence <= lastSequence
    }
}

extension CanonicalWriter {
    /// Writes the member `interval`.
    mutating func member(_ interval: Interval) {
        name("interval")
        beginObject()
        member("firstSequence", decimal: interval.firstSequence)
        member("lastSequence", decimal: interval.lastSequence)
        member("number", decimal: interval.number)
        member("stateHash", hexadecimal: interval.stateHash)
        endObject()
    }
}

extension ObjectReader {
    /// Reads the member `interval` and the member `sequence`, which must lie in it.
    mutating func interval(
        containing sequence: UInt64
    ) throws(StatementError) -> Interval {
        var object = try object("interval")
        let first = try object.decimal("firstSequence")
        let last = try object.decimal("lastSequence")
        guard first <= sequence, sequence <= last else {
            throw invalid("interval", "one that contains the sequence number")
        }
        let interval = Interval(
            number: try object.decimal("number"),
            firstSequence: first,
            lastSequence: last,
            stateHash: try object.digest("stateHash")
        )
        try object.requireEnd()
        return interval
    }
}
