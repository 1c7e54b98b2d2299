public import Journal

/// Why a report or a decision is not taken, or the coordinator does not work.
public enum SettlementError: Error, Equatable, Sendable {
    /// The journal cannot be read.
    case journal(JournalError)
    /// A thread cannot be had.
    case platform(String)
    /// No contract of that trade waits.
    case contractNotWaiting(trade: UInt64)
    /// No component judges such a claim.
    case claimUnknown(String)
    /// What was handed in is no report or no decision.
    case documentInvalid(String)
    /// The venue takes nothing now.
    case filingRefused(String)
}

extension SettlementError: CustomStringConvertible {
    /// One line: what is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .journal(let error): "\(error)"
        case .platform(let what): "the settlement coordinator: \(what)"
        case .contractNotWaiting(let trade):
            "no service contract of trade \(trade) waits for its settlement"
        case .claimUnknown(let claim):
            "no component judges the claim \"\(claim)\"; the venue's rules name those that are judged"
        case .documentInvalid(let what): "it cannot be filed: \(what)"
        case .filingRefused(let what): "it was not filed: \(what)"
        }
    }
}
