package import ThresholdKeys

/// One way in which a member of a simulated ceremony does not follow the protocol.
package enum Misbehaviour: Hashable, Sendable {
    /// Stops at some height and never comes back, with all it had in storage.
    case vanish
    /// Stops at some height and comes back when the ceremony has ended.
    case crash
    /// Stops at some height, and comes back later with nothing but its secret, its keys and the log.
    case restart
    /// Stops in a phase and comes back when the ceremony has ended.
    case crashIn(Phase)
    /// Stops in a phase, and comes back when the next one has begun.
    case restartIn(Phase)
    /// Never publishes a bundle of this kind.
    case silent(BundleKind)
    /// Publishes the bundle of this kind after its phase.
    case late(BundleKind)
    /// Publishes two different bundles of this kind.
    case equivocate(BundleKind)
    /// Sends shares that can be decrypted and do not match the commitments.
    case wrongShares
    /// Sends shares that cannot be decrypted.
    case damagedShares
    /// Publishes one commitment too many or too few.
    case commitmentCount
    /// Deals to receivers in another order or leaves one out.
    case receivers
    /// Deals something else than it committed to.
    case otherCommit
    /// Deals a constant term that it does not hold.
    case otherConstant
    /// Sends the encrypted shares of another dealer as its own.
    case stolenShares
    /// Complains about a right share, and discloses it truthfully.
    case falseComplaint
    /// Complains with a wrong proof.
    case forgedComplaint
    /// Complains about a dealer without proof.
    case unprovenComplaint
    /// Complains about all dealers without proof.
    case manyUnprovenComplaints
    /// Answers a complaint with another share.
    case wrongJustification
    /// Confirms with a partial signature that is not by its share.
    case wrongPartial
    /// Confirms another result.
    case otherResult
    /// Floods the log with random bytes.
    case garbage
    /// Floods the log with damaged copies of bundles.
    case damagedCopies
    /// Floods the log with copies of bundles of this and earlier ceremonies.
    case replay
    /// Signs bundles in the name of others.
    case impersonation

    /// All of them.
    package static var all: [Misbehaviour] {
        let kinds = BundleKind.allCases
        return [
            .vanish, .crash, .restart, .wrongShares, .damagedShares, .commitmentCount, .receivers,
            .otherCommit,
            .otherConstant, .stolenShares, .falseComplaint, .forgedComplaint, .unprovenComplaint,
            .manyUnprovenComplaints, .wrongJustification, .wrongPartial, .otherResult, .garbage,
            .damagedCopies, .replay, .impersonation,
        ] + kinds.map { .silent($0) } + kinds.map { .late($0) } + kinds.map { .equivocate($0) }
    }

    /// Whether the member follows the protocol while it runs, so that nothing can be proved against it.
    var isBenign: Bool {
        switch self {
        case .vanish, .crash, .restart, .crashIn, .restartIn, .silent, .late: true
        default: false
        }
    }

    /// Whether what the member deals is changed.
    var changesDeal: Bool {
        switch self {
        case .wrongShares, .damagedShares, .commitmentCount, .receivers, .otherConstant: true
        default: false
        }
    }
}
