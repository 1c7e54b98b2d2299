/// Why the committee cannot work.
public enum CommitteeError: Error, Equatable, Sendable {
    /// The roster makes no committee.
    case rosterUnusable(String)
    /// What must be remembered cannot be written or read.
    case store(String)
    /// The venue's log cannot be read, or holds what it must not.
    case log(String)
    /// A file of the evidence folder proves nothing.
    case evidence(name: String, String)
    /// There is no thread or no network to be had.
    case platform(String)
    /// Nothing waits for a decision under that slot.
    case nothingToDecide(slot: UInt64)
    /// The decision cannot be filed now.
    case filingRefused(String)
}

extension CommitteeError: CustomStringConvertible {
    /// One line: what is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .rosterUnusable(let what):
            "the roster makes no committee: \(what); file another one"
        case .store(let what): "the committee's memory: \(what)"
        case .log(let what): "the venue's log: \(what)"
        case .evidence(let name, let what):
            "evidence/\(name) proves nothing: \(what); remove the file if it is not yours"
        case .platform(let what): "the committee: \(what)"
        case .nothingToDecide(let slot):
            "nothing waits for a decision under slot \(slot); see what does with "
                + "`parallax committee pending`"
        case .filingRefused(let what): "the decision was not filed: \(what); try again"
        }
    }
}
