/// What a member did wrong, as everybody who reads the log finds it.
public struct Fault: Equatable, Sendable {
    /// Whether it did so as a dealer, which evicts it, or as a receiver, which voids its confirmation.
    public let role: Role
    /// The index of its seat in the committee of that role.
    public let index: UInt32
    /// What it did.
    public let kind: Kind
    /// What shows it to somebody who has not read the log; none for what was left out, and for what
    /// only the whole log shows.
    public let evidence: Evidence?

    /// The ways to be at fault.
    public enum Kind: Equatable, Sendable {
        /// Signed two different bundles of one kind.
        case equivocation
        /// Signed a bundle that no honest member writes.
        case flawedBundle(BundleFlaw)
        /// Dealt something else than it had committed to.
        case unmatchedCommit
        /// Sent a share that its commitments do not match, or nothing that can be decrypted.
        case wrongShare
        /// Published a share that its commitments do not match.
        case wrongJustification
        /// Did not publish the share that was asked for.
        case missingJustification
        /// Complained about a share that is right, or with a wrong proof.
        case falseComplaint
        /// Confirmed another result than follows from the log.
        case otherResult
        /// Confirmed with a partial signature that its share key does not verify.
        case wrongPartial
    }
}

/// Why an attempt has failed; the old epoch, if there is one, goes on, and one tries again.
public enum CeremonyFailure: Equatable, Sendable {
    /// Too few dealers qualified for the result to be secret or to continue the old key.
    case tooFewDealers(qualified: Int, needed: Int)
    /// The dealers' polynomials add up to one that has a zero where a key should be: they conspired.
    case degenerateKey
    /// Too few members confirmed the result in time.
    case tooFewConfirmations(confirmed: Int, needed: Int)
}

extension CeremonyFailure: CustomStringConvertible {
    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .tooFewDealers(let qualified, let needed):
            "\(qualified) dealers qualified and \(needed) are needed: start another attempt"
        case .degenerateKey: "the dealers conspired to make a key of zero: replace them"
        case .tooFewConfirmations(let confirmed, let needed):
            "\(confirmed) members confirmed and \(needed) are needed: start another attempt"
        }
    }
}
