public import Primitives
public import Statements

/// Why a roster does not continue those before it.
public enum RosterFault: Error, Equatable, Sendable {
    /// It is of another venue.
    case otherVenue
    /// Its epoch is not above the one before.
    case epochNotLater(found: UInt64, last: UInt64)
    /// It is to hold from a time that is not after the one before's.
    case timeNotLater
    /// The group's key changed: resharing keeps it, and clients know no other.
    case otherGroupKey
    /// Its seats break a rule of diversity.
    case notDiverse(DiversityViolation)
}

extension RosterFault: CustomStringConvertible {
    /// One sentence without a full stop.
    public var description: String {
        switch self {
        case .otherVenue: "the roster is of another venue"
        case .epochNotLater(let found, let last): "epoch \(found) does not come after \(last)"
        case .timeNotLater: "the roster would not hold later than the one before"
        case .otherGroupKey: "the group key changed, and resharing keeps it"
        case .notDiverse(let violation): violation.description
        }
    }
}

/// A quarter in which too few seats changed hands.
public struct RotationShortfall: Equatable, Sendable {
    /// The quarter.
    public let quarter: Quarter
    /// What rotated, and what had to.
    public let rotation: SeatRotation
}

/// The rosters of a venue, from the first on.
public struct RosterHistory: Sendable {
    /// The rosters, their epochs and times ascending.
    public private(set) var rosters: [EpochStatement] = []
    /// When the first roster came to be; none if nobody knows.
    ///
    /// The first roster of a venue holds for everything before it too, so its own time may say nothing.
    private var beginning: Timestamp?

    /// Makes a history without a roster.
    public init() {}

    /// Adds a roster if it continues those before it and is diverse as a whole.
    ///
    /// - Parameters:
    ///   - roster: The roster.
    ///   - filed: When it was filed, if that is known; it counts for the first roster only.
    /// - Throws: The first thing that is wrong.
    public mutating func append(
        _ roster: EpochStatement,
        filed: Timestamp? = nil
    ) throws(RosterFault) {
        if let last = rosters.last {
            guard roster.venue == last.venue else { throw .otherVenue }
            guard roster.epoch > last.epoch else {
                throw .epochNotLater(found: roster.epoch, last: last.epoch)
            }
            guard roster.validFrom > last.validFrom else { throw .timeNotLater }
            guard roster.groupKey == last.groupKey else { throw .otherGroupKey }
        }
        if let violation = DiversityRules.onboarding(roster).first { throw .notDiverse(violation) }
        if beginning == nil {
            let isDated = roster.validFrom.nanoseconds > 1
            beginning = filed ?? (isDated ? roster.validFrom : nil)
        }
        rosters.append(roster)
    }

    /// What would have rotated in the quarter of a time if a roster held at its end: it is compared with the one at the
    /// end of the quarter before.
    ///
    /// - Parameters:
    ///   - roster: The roster, whether it is in force already or not.
    ///   - time: The time.
    /// - Returns: What rotated and what has to; none in the quarter of the first roster, to which D4 does not apply.
    public func rotation(to roster: EpochStatement, at time: Timestamp) -> SeatRotation? {
        let quarter = Quarter(containing: time)
        guard let beginning, Quarter(containing: beginning) < quarter,
            let old = self.roster(at: Timestamp(quarter.start.nanoseconds - 1))
        else { return nil }
        return DiversityRules.rotation(from: old, to: roster)
    }

    /// The roster that holds at a time; none before the first.
    public func roster(at time: Timestamp) -> EpochStatement? {
        rosters.last { roster in roster.validFrom <= time }
    }

    /// The roster of an epoch.
    public func roster(ofEpoch epoch: UInt64) -> EpochStatement? {
        rosters.first { roster in roster.epoch == epoch }
    }

    /// The quarters, ended by some time, in which fewer seats rotated than D4 asks.
    ///
    /// The rosters at the ends of two quarters are compared. The quarter in which the first roster came into force
    /// is not looked at.
    ///
    /// - Complexity: O(quarters).
    public func shortfalls(endedBy time: Timestamp) -> [RotationShortfall] {
        guard let beginning else { return [] }
        var found: [RotationShortfall] = []
        var quarter = Quarter(containing: beginning).next
        while quarter.next.start <= time {
            // What holds at the end of a quarter holds just before the next one begins.
            let end = Timestamp(quarter.next.start.nanoseconds - 1)
            let before = Timestamp(quarter.start.nanoseconds - 1)
            if let old = roster(at: before), let new = roster(at: end) {
                let rotation = DiversityRules.rotation(from: old, to: new)
                if !rotation.isEnough {
                    found.append(RotationShortfall(quarter: quarter, rotation: rotation))
                }
            }
            quarter = quarter.next
        }
        return found
    }
}
