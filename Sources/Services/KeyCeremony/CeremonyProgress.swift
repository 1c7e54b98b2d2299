public import ThresholdKeys

/// What happens in a ceremony, for whoever looks on.
public enum CeremonyProgress: Equatable, Sendable {
    /// A phase began.
    case phase(Phase, CeremonyAnnouncement)
    /// So many of the members have spoken in this phase.
    case heard(Int, of: Int)
    /// The keys are made; the roster is about to be filed.
    case concluded(KeySet, CeremonyAnnouncement, [Fault])
    /// The roster of the epoch is filed, and these seats confirmed their shares.
    case activated(epoch: UInt64, confirmed: [UInt32])
    /// The attempt failed; there will be another one.
    case failed(CeremonyFailure, CeremonyAnnouncement, [Fault])
    /// There were as many attempts as are made.
    case abandoned(CeremonyAnnouncement)
    /// Something was not taken.
    case skipped(KeyCeremonyError)
}

extension CeremonyProgress: CustomStringConvertible {
    /// One line without a full stop.
    public var description: String {
        switch self {
        case .phase(let phase, let announcement):
            "keys of epoch \(announcement.epoch), attempt \(announcement.attempt + 1): \(phase)"
        case .heard(let count, let all): "\(count) of \(all) members have spoken"
        case .concluded(let keySet, _, let faults):
            "keys of epoch \(keySet.epoch) are made by \(keySet.qualified.count) dealers"
                + (faults.isEmpty ? "" : ", \(faults.count) faults were found")
        case .activated(let epoch, let confirmed):
            "epoch \(epoch) is in force, \(confirmed.count) members confirmed their shares"
        case .failed(let failure, let announcement, _):
            "attempt \(announcement.attempt + 1) for epoch \(announcement.epoch) failed: \(failure)"
        case .abandoned(let announcement):
            "the ceremony for epoch \(announcement.epoch) failed too often; begin it again by hand"
        case .skipped(let error): error.description
        }
    }
}

/// How long the venue waits for members.
public struct CeremonyLimits: Equatable, Sendable {
    /// For all members to be there and say the first thing; with eight it goes on then.
    public var gatherNanoseconds: UInt64 = 30_000_000_000
    /// For what they say in each of the other phases.
    public var phaseNanoseconds: UInt64 = 10_000_000_000
    /// From a failed attempt to the next one.
    public var retryNanoseconds: UInt64 = 2_000_000_000
    /// How many attempts there are at most.
    public var attemptsMax: UInt32 = 10

    /// The standard limits.
    public init() {}
}
