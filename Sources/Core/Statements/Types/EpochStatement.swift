public import Encoding
public import Primitives

/// What kind of organisation holds a seat.
public enum SeatCategory: UInt8, Hashable, Sendable, CaseIterable {
    /// Runs ground stations.
    case groundStation
    /// Observes objects in space.
    case ssaProvider
    /// Runs satellites.
    case fleetOperator
    /// A university or institute.
    case academic
    /// A public authority.
    case regulator
    /// None of the others.
    case independent

    /// The category as rosters name it.
    public var name: Text {
        switch self {
        case .groundStation: "groundStation"
        case .ssaProvider: "ssaProvider"
        case .fleetOperator: "fleetOperator"
        case .academic: "academic"
        case .regulator: "regulator"
        case .independent: "independent"
        }
    }
}

/// The roster of an epoch: who may attest, with which keys.
///
/// Its payload is the roster itself, the bytes that a bundle carries and a quorum's payload names by their hash.
public struct EpochStatement: StatementContent {
    /// One observer.
    public struct Seat: Equatable, Sendable {
        /// The index of its share of the group's key, 1 … 12.
        public var index: UInt32
        /// The observer.
        public var did: OrbitDID
        /// Who runs the observer.
        public var `operator`: Text
        /// The group of companies to which the operator belongs.
        public var group: Text
        /// Where the observer is.
        public var region: Text
        /// What kind of organisation the operator is.
        public var category: SeatCategory
        /// The Ed25519 key that signs its votes, 32 bytes.
        public var identityKey: [UInt8]
        /// The public key of its share, 96 bytes.
        public var shareKey: [UInt8]

        /// Makes a seat of its parts.
        public init(
            index: UInt32,
            did: OrbitDID,
            operator: Text,
            group: Text,
            region: Text,
            category: SeatCategory,
            identityKey: [UInt8],
            shareKey: [UInt8]
        ) {
            precondition(identityKey.count == 32)
            precondition(shareKey.count == 96)
            self.index = index
            self.did = did
            self.operator = `operator`
            self.group = group
            self.region = region
            self.category = category
            self.identityKey = identityKey
            self.shareKey = shareKey
        }
    }

    /// The kind of statement.
    public static var type: StatementType { .epoch }

    /// The venue that is observed.
    public var venue: VenueName
    /// The number of the epoch.
    public var epoch: UInt64
    /// How many seats must sign; it is 8.
    public var threshold: UInt32
    /// The group's key, 96 bytes.
    public var groupKey: [UInt8]
    /// From when on the roster holds.
    public var validFrom: Timestamp
    /// The seats, their indices ascending; from 8 to 12.
    public var seats: [Seat]

    /// Makes a roster of its parts.
    public init(
        venue: VenueName,
        epoch: UInt64,
        groupKey: [UInt8],
        validFrom: Timestamp,
        seats: [Seat]
    ) {
        precondition(groupKey.count == 96)
        self.venue = venue
        self.epoch = epoch
        threshold = StatementLimits.threshold
        self.groupKey = groupKey
        self.validFrom = validFrom
        self.seats = seats
    }

    /// Reads a payload.
    ///
    /// - Throws: What is wrong and where; indices that do not ascend and keys or DIDs that occur twice are wrong.
    public init(decoding payload: [UInt8]) throws(StatementError) {
        var object = try ObjectReader(decoding: payload)
        try object.requireType(.epoch)
        venue = try object.venue()
        epoch = try object.decimal("epoch")
        let required = StatementLimits.threshold
        threshold = try object.number("threshold", in: required...required)
        groupKey = try object.hexadecimal("groupKey", count: 96)
        validFrom = try object.time("validFrom")
        let count = Int(required)...StatementLimits.seatsMax
        seats = []
        for item in try object.array("seats", count: count) {
            var seatObject = try ObjectReader(item.value, path: item.path)
            let seat = try seatObject.seat()
            guard seat.index > seats.last?.index ?? 0 else {
                throw seatObject.invalid("index", "greater than the one before")
            }
            for other in seats {
                guard other.did != seat.did, other.identityKey != seat.identityKey,
                    other.shareKey != seat.shareKey
                else {
                    throw .invalidMember(
                        path: ObjectReader.text(item.path),
                        expected: "a seat with a DID and keys of its own"
                    )
                }
            }
            seats.append(seat)
        }
        try object.requireEnd()
    }

    /// The payload: canonical JSON.
    public var encoded: [UInt8] {
        var writer = CanonicalWriter(capacity: 8192)
        writer.beginObject()
        writer.member("epoch", decimal: epoch)
        writer.member("groupKey", hexadecimal: groupKey)
        writer.name("seats")
        writer.beginArray()
        for seat in seats { writer.seat(seat) }
        writer.endArray()
        writer.member("threshold", number: threshold)
        writer.type(.epoch)
        writer.member("validFrom", decimal: validFrom.nanoseconds)
        writer.member("venue", plain: venue.text)
        writer.endObject()
        return writer.bytes
    }

    /// The venue.
    public var subject: OrbitDID { venue.did }

    /// From when on the roster holds.
    public var time: Timestamp { validFrom }
}

extension CanonicalWriter {
    fileprivate mutating func seat(_ seat: EpochStatement.Seat) {
        beginObject()
        member("category", plain: seat.category.name)
        member("did", did: seat.did)
        member("group", text: seat.group)
        member("identityKey", hexadecimal: seat.identityKey)
        member("index", number: seat.index)
        member("operator", text: seat.operator)
        member("region", text: seat.region)
        member("shareKey", hexadecimal: seat.shareKey)
        endObject()
    }
}

extension ObjectReader {
    fileprivate mutating func seat() throws(StatementError) -> EpochStatement.Seat {
        let seat = EpochStatement.Seat(
            index: try number("index", in: 1...UInt32(StatementLimits.seatsMax)),
            did: try did("did"),
            operator: try line("operator"),
            group: try line("group"),
            region: try line("region"),
            category: try category(),
            identityKey: try hexadecimal("identityKey", count: 32),
            shareKey: try hexadecimal("shareKey", count: 96)
        )
        try requireEnd()
        return seat
    }

    private mutating func category() throws(StatementError) -> SeatCategory {
        let text = try text("category")
        for category in SeatCategory.allCases where category.name == text { return category }
        throw invalid("category", "a category of seats")
    }
}
