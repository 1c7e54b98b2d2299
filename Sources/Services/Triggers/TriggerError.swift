public import Database

/// Why a source of triggers does not deliver.
public enum TriggerError: Error, Equatable, Sendable {
    /// The file with the cursors failed.
    case database(DatabaseError)
    /// Another computer did not answer, or not as its protocol says.
    case unreachable(source: String, reason: String)
    /// The endpoint of a chain belongs to another one.
    case otherChain(source: String, expected: String, found: String)
    /// A chain was reorganised deeper than blocks are remembered: some of its events may be missing.
    case reorganisedTooDeep(source: String, block: UInt64)
    /// The answers of a source contradict each other, such as while a chain is being reorganised.
    case inconsistent(source: String, reason: String)
    /// A feed's files are not what their own hashes say.
    case damaged(source: String, reason: String)
    /// A trigger or a source is not one that this node can follow.
    case invalid(what: String, reason: String)
    /// The dispatcher could not take what a source found.
    case notTaken(source: String, reason: String)
    /// There is no room in the dispatcher for an event of the venue now.
    case heldBack(source: String)
    /// A thread or a socket could not be made.
    case system(reason: String)
}

extension TriggerError: CustomStringConvertible {
    /// One line that says what failed, where, and what to do.
    public var description: String {
        switch self {
        case .database(let error): "\(error)"
        case .unreachable(let source, let reason): "\(source): \(reason)"
        case .otherChain(let source, let expected, let found):
            "\(source): the endpoint is of chain \(found), not \(expected); name another one"
        case .reorganisedTooDeep(let source, let block):
            "\(source): reorganised below block \(block), deeper than is remembered; "
                + "check what was done and remove the source's cursor"
        case .inconsistent(let source, let reason): "\(source): contradicts itself: \(reason)"
        case .damaged(let source, let reason): "\(source): damaged: \(reason)"
        case .invalid(let what, let reason): "\(what): \(reason)"
        case .notTaken(let source, let reason): "\(source): cannot be handed on: \(reason)"
        case .heldBack(let source): "\(source): no room now; try again later"
        case .system(let reason): reason
        }
    }
}
