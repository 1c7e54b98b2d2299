internal import LogStore
internal import Primitives
internal import Statements

/// A leaf that is not signed yet.
struct LeafDraft {
    var statement: Statement
    /// Under which names the log's index finds it.
    var keys: [LogKey]
}

/// An interval that has ended, and what it gives the log.
struct ClosedInterval {
    var interval: Interval
    /// When its last command was stamped.
    var time: Timestamp
    /// The leaves in the order of their commands.
    var drafts: [LeafDraft]
    /// Whether anything happened that a quorum should attest to.
    ///
    /// The certificates of earlier intervals alone do not count: each would give the next interval
    /// something to attest to, without end.
    var isWorthAttesting: Bool
}
