public import Cryptography
public import Primitives
public import Statements
public import Venue

/// What a piece of evidence shows when it is good.
public struct ProvenFault: Equatable, Sendable {
    /// What an order of an authority says.
    public enum Order: Equatable, Sendable {
        /// The seat must not sign until a time; `.zero` is without end.
        case suspend(until: Timestamp)
        /// An earlier order no longer holds.
        case lift
    }

    /// The venue.
    public var venue: VenueName
    /// The epoch of the roster in which the seat is.
    public var epoch: UInt64
    /// The seat.
    public var index: UInt32
    /// Who holds it.
    public var did: OrbitDID
    /// What it did.
    public var fault: SeatFault
    /// The SHA-256 of the evidence.
    public var evidence: SHA256.Digest
    /// From when on the evidence tells; `.zero` where it names no time.
    public var from: Timestamp
    /// The order of a sanction; none for other faults.
    public var order: Order?

    /// Makes a fault of its parts.
    public init(
        venue: VenueName,
        epoch: UInt64,
        index: UInt32,
        did: OrbitDID,
        fault: SeatFault,
        evidence: SHA256.Digest,
        from: Timestamp = .zero,
        order: Order? = nil
    ) {
        self.venue = venue
        self.epoch = epoch
        self.index = index
        self.did = did
        self.fault = fault
        self.evidence = evidence
        self.from = from
        self.order = order
    }
}

/// Why a proven fault brings no penalty, or a penalty in the log is none.
public enum PenaltyRefusal: Error, Equatable, Sendable {
    /// There is no roster of that epoch, or the seat is held by somebody else in it.
    case unknownSeat
    /// There was a penalty for this evidence before.
    case evidenceUsed
    /// The seat is removed already.
    case alreadyRemoved
    /// A penalty for the same fault is still being mended.
    case stillOpen
    /// The evidence tells of days for which the seat was penalised before.
    case sameDays
    /// What the evidence is about is no longer in force: another roster, or another key.
    case notInForce
    /// There is no order to lift.
    case nothingToLift
    /// The penalty is not the one that follows from the rules.
    case otherConsequence
}

extension PenaltyRefusal: CustomStringConvertible {
    /// One sentence without a full stop.
    public var description: String {
        switch self {
        case .unknownSeat: "no roster of that epoch has that seat"
        case .evidenceUsed: "there was a penalty for this evidence before"
        case .alreadyRemoved: "the seat is removed already"
        case .stillOpen: "a penalty for the same fault is still open"
        case .sameDays: "the seat was penalised for these days before"
        case .notInForce: "what the evidence is about is no longer in force"
        case .nothingToLift: "there is no order to lift"
        case .otherConsequence: "another penalty follows from the rules"
        }
    }
}
