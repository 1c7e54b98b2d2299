/// How a source is.
public struct SourceHealth: Equatable, Sendable {
    /// What a source is doing.
    public enum Condition: String, Equatable, Sendable {
        /// It waits for the first list of triggers.
        case idle
        /// It follows.
        case following
        /// The dispatcher has no room; nothing is lost meanwhile.
        case heldBack
        /// It failed and tries again.
        case failing
        /// It was stopped.
        case stopped
    }

    /// The source's name, such as `evm:31337`.
    public let name: String
    /// What it is doing.
    public internal(set) var condition = Condition.idle
    /// How far it has come, for people.
    public internal(set) var position = ""
    /// Occurrences handed over since the process started.
    public internal(set) var handedOver = 0
    /// Failures since it last worked.
    public internal(set) var failures = 0
    /// The last failure; it stays after the source works again.
    public internal(set) var lastError: String?
    /// When the source worked last: nanoseconds since 1970, 0 if never.
    public internal(set) var workedNanoseconds: UInt64 = 0

    init(name: String) { self.name = name }
}
