/// The heights of the log at which the phases of a ceremony begin and end.
///
/// A phase takes what the log holds from the height where the one before ends up to, but not including, its
/// own end. Heights are what all readers of the log agree on; there is no clock.
public struct Schedule: Equatable, Sendable {
    /// The first height of the ceremony.
    public let start: UInt64
    /// Where dealers no longer commit; equal to `start` when keys are reshared.
    public let commitEnd: UInt64
    /// Where dealers no longer deal.
    public let dealEnd: UInt64
    /// Where receivers no longer complain.
    public let complaintEnd: UInt64
    /// Where dealers no longer justify themselves, and the result is fixed.
    public let justificationEnd: UInt64
    /// Where members no longer confirm.
    public let confirmationEnd: UInt64

    /// Takes the heights; whether they ascend is checked with the other parameters.
    public init(
        start: UInt64,
        commitEnd: UInt64,
        dealEnd: UInt64,
        complaintEnd: UInt64,
        justificationEnd: UInt64,
        confirmationEnd: UInt64
    ) {
        self.start = start
        self.commitEnd = commitEnd
        self.dealEnd = dealEnd
        self.complaintEnd = complaintEnd
        self.justificationEnd = justificationEnd
        self.confirmationEnd = confirmationEnd
    }

    /// Phases of equal length; there is no commit phase unless the keys are made anew.
    ///
    /// - Parameters:
    ///   - start: The first height, so low that all phases end below 2^64; a precondition.
    ///   - phaseLength: The heights of each phase: more than a bundle takes to get into the log and
    ///     be read by all, else honest members are treated as silent.
    ///   - isFresh: Whether the keys are made anew.
    public init(start: UInt64, phaseLength: UInt64, isFresh: Bool) {
        precondition(phaseLength > 0)
        let commitEnd = isFresh ? start + phaseLength : start
        self.init(
            start: start,
            commitEnd: commitEnd,
            dealEnd: commitEnd + phaseLength,
            complaintEnd: commitEnd + 2 * phaseLength,
            justificationEnd: commitEnd + 3 * phaseLength,
            confirmationEnd: commitEnd + 4 * phaseLength
        )
    }

    var heights: [UInt64] {
        [start, commitEnd, dealEnd, complaintEnd, justificationEnd, confirmationEnd]
    }

    func isValid(isFresh: Bool) -> Bool {
        guard isFresh ? start < commitEnd : start == commitEnd else { return false }
        let ends = heights.dropFirst()
        return zip(ends, ends.dropFirst()).allSatisfy { end, next in end < next }
    }
}

/// What the log is read for at a height.
public enum Phase: Int, Comparable, Sendable {
    /// The ceremony has not begun.
    case waiting
    /// Dealers publish the hash of what they will deal.
    case commit
    /// Dealers publish commitments and encrypted shares.
    case deal
    /// Receivers publish what is wrong with shares sent to them.
    case complaint
    /// Dealers publish the shares that were complained about without proof.
    case justification
    /// Members confirm the result and show that they can sign.
    case confirmation
    /// The keys are activated, or the attempt has failed.
    case concluded

    /// Whether a phase comes before another.
    public static func < (left: Phase, right: Phase) -> Bool { left.rawValue < right.rawValue }
}
