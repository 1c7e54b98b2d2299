public import Primitives
public import Statements

/// An interval that has ended, and what it gives the log.
public struct ClosedInterval {
    /// The interval.
    public var interval: Interval
    /// When its last command was stamped.
    public var time: Timestamp
    /// What its leaves say, in the order of their commands.
    public var statements: [Statement]
    /// Whether anything happened that a quorum should attest to.
    ///
    /// The certificates of earlier intervals and refusals of them alone do not count: each would give the next
    /// interval something to attest to, without end.
    public var isWorthAttesting: Bool
}
