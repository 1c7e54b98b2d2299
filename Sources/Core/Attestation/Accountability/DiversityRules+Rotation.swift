public import Statements

/// Which seats of a roster changed hands.
public struct SeatRotation: Equatable, Sendable {
    /// The indices of the seats whose observer and operator had no seat before, ascending.
    public let renewed: [UInt32]
    /// How many must change hands in a quarter.
    public let needed: Int

    /// Whether rule D4 holds between the two rosters.
    public var isEnough: Bool { renewed.count >= needed }
}

extension DiversityRules {
    /// How many of so many seats must rotate in a quarter: a tenth, rounded up (D4).
    public static func rotationMin(of seats: Int) -> Int { (seats + 9) / 10 }

    /// Which seats changed hands between two rosters.
    ///
    /// A seat rotates when it goes to an observer whose operator held no seat before: a swap of indices, or a new
    /// name for the same operator, is none.
    ///
    /// - Parameters:
    ///   - old: The roster at the end of a quarter.
    ///   - new: The roster at the end of the next one.
    /// - Returns: The seats of `new` that rotated, and how many had to.
    public static func rotation(from old: EpochStatement, to new: EpochStatement) -> SeatRotation {
        let renewed = new.seats.filter { seat in
            !old.seats.contains { other in
                other.did == seat.did || other.operator == seat.operator
            }
        }
        return SeatRotation(
            renewed: renewed.map { seat in seat.index },
            needed: rotationMin(of: new.seats.count)
        )
    }

    /// Why a roster must not come into force: the rules hold for all its seats together.
    ///
    /// If they do, they hold for every quorum of them too, so that votes which come late can be added to a
    /// certificate, and no choice of eight is refused.
    public static func onboarding(_ roster: EpochStatement) -> [DiversityViolation] {
        violations(of: roster.seats)
    }
}
