public import Cryptography
public import Encoding
public import Primitives
public import Venue

/// Whether a seat may sign.
public enum SeatStatus: UInt8, Hashable, Sendable, CaseIterable {
    /// It may.
    case active
    /// It may, and must mend something before the grace ends.
    case grace
    /// It may not for the time being.
    case suspended
    /// It may not, and does not come back.
    case removed

    /// The status as statements name it.
    public var name: Text {
        switch self {
        case .active: "active"
        case .grace: "grace"
        case .suspended: "suspended"
        case .removed: "removed"
        }
    }
}

/// What followed from the evidence of a seat's fault.
public struct PenaltyStatement: StatementContent {
    /// The kind of statement.
    public static var type: StatementType { .penalty }

    /// The venue that is observed.
    public var venue: VenueName
    /// The epoch of the roster.
    public var epoch: UInt64
    /// The seat, 1 … 12.
    public var index: UInt32
    /// The observer who held the seat.
    public var did: OrbitDID
    /// What it did.
    public var fault: SeatFault
    /// The SHA-256 of the evidence.
    public var evidence: SHA256.Digest
    /// How much of its bonds it loses, in millionths.
    public var rate: UInt32
    /// What the seat is from then on.
    public var status: SeatStatus
    /// When a grace or a suspension ends; `.zero` if it has no fixed end.
    public var until: Timestamp
    /// When the penalty was decided.
    public var time: Timestamp

    /// Makes a statement of its parts.
    public init(
        venue: VenueName,
        epoch: UInt64,
        index: UInt32,
        did: OrbitDID,
        fault: SeatFault,
        evidence: SHA256.Digest,
        rate: UInt32,
        status: SeatStatus,
        until: Timestamp,
        time: Timestamp
    ) {
        self.venue = venue
        self.epoch = epoch
        self.index = index
        self.did = did
        self.fault = fault
        self.evidence = evidence
        self.rate = rate
        self.status = status
        self.until = until
        self.time = time
    }

    /// Reads a payload.
    ///
    /// - Throws: What is wrong and where; a rate that is not the fault's is wrong.
    public init(decoding payload: [UInt8]) throws(StatementError) {
        var object = try ObjectReader(decoding: payload)
        try object.requireType(.penalty)
        venue = try object.venue()
        epoch = try object.decimal("epoch")
        index = try object.number("index", in: 1...UInt32(StatementLimits.seatsMax))
        did = try object.did("did")
        let faultName = try object.text("fault")
        guard let fault = SeatFault.allCases.first(where: { $0.text == faultName }) else {
            throw object.invalid("fault", "the name of a fault")
        }
        self.fault = fault
        evidence = try object.digest("evidence")
        rate = try object.number("rate", in: fault.penaltyRate...fault.penaltyRate)
        let statusName = try object.text("status")
        guard let status = SeatStatus.allCases.first(where: { $0.name == statusName }) else {
            throw object.invalid("status", "active, grace, suspended or removed")
        }
        self.status = status
        until = try object.time("until")
        time = try object.time()
        try object.requireEnd()
    }

    /// The payload: canonical JSON.
    public var encoded: [UInt8] {
        var writer = CanonicalWriter(capacity: 640)
        writer.beginObject()
        writer.member("did", did: did)
        writer.member("epoch", decimal: epoch)
        writer.member("evidence", hexadecimal: evidence)
        writer.member("fault", plain: fault.text)
        writer.member("index", number: index)
        writer.member("rate", number: rate)
        writer.member("status", plain: status.name)
        writer.member("time", decimal: time.nanoseconds)
        writer.type(.penalty)
        writer.member("until", decimal: until.nanoseconds)
        writer.member("venue", plain: venue.text)
        writer.endObject()
        return writer.bytes
    }

    /// The observer.
    public var subject: OrbitDID { did }
}

extension SeatFault {
    /// The fault as statements and evidence name it.
    public var text: Text {
        switch self {
        case .equivocation: "equivocation"
        case .invalidShares: "invalidShares"
        case .attendance: "attendance"
        case .diversityBreach: "diversityBreach"
        case .keyCompromise: "keyCompromise"
        case .sanction: "sanction"
        case .badDeal: "badDeal"
        }
    }
}
