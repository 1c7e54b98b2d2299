/// What an observer can be penalised for, from evidence only.
///
/// The numbers are stable: they are never reused and never change their meaning.
public enum SeatFault: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// It signed two different digests for one slot.
    case equivocation = 1
    /// It signed three votes within 90 days whose partial signatures are not by its share.
    case invalidShares = 2
    /// It took part in less than 80% of the certificates of 30 days.
    case attendance = 3
    /// It is in a roster that breaks a diversity rule, or in one that did not rotate as it must.
    case diversityBreach = 4
    /// Its identity key is in the hands of somebody else.
    case keyCompromise = 5
    /// An authority ordered that it must not sign.
    case sanction = 6
    /// It dealt shares that do not fit its commitments when the group's key was made.
    case badDeal = 7

    /// How much of its bonds it loses, in millionths.
    public var penaltyRate: UInt32 {
        switch self {
        case .equivocation: 1_000_000
        case .invalidShares: 250_000
        case .attendance: 100_000
        case .diversityBreach, .keyCompromise, .sanction, .badDeal: 0
        }
    }
}
