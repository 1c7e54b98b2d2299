internal import Attestation
package import Cryptography
package import Primitives
package import Statements
package import Venue

/// What is known of every service contract from the journal alone, and what is to be done next.
///
/// It reads no clock and does nothing itself. Everything that it knows was filed in the journal, so after a crash
/// at any moment it is built again and comes to the same answers; whatever was done already is refused by the
/// venue the second time and changes nothing.
package struct SettlementBook: Sendable {
    /// What is known about one trade.
    struct Case: Sendable {
        /// The newest report.
        var report: ReportStatement?
        /// Its bytes as they were filed.
        var reportBytes: [UInt8] = []
        /// When it was filed.
        var reportTime = Timestamp.zero
        /// The filed certificate of a claim: its revision, and the SHA-256 of the document.
        var certificate: (revision: UInt8, digest: SHA256.Digest)?
        /// The seats that dissent from the newest report.
        var dissents: Set<UInt32> = []
        /// What a person decided last, and when.
        var decision: ContractDecision?
        var decisionTime = Timestamp.zero
        /// What was asked for and not withdrawn.
        var asked: ClaimStatement?
        /// The command that was submitted to end the contract.
        var ending: Ending?
    }

    enum Ending: Sendable { case settle, fail, expire }

    private let venue: VenueName
    private let policy: SettlementPolicy
    private var cases: [TradeID: Case] = [:]
    private var roster: (epoch: UInt64, hash: SHA256.Digest)?

    /// Starts with an empty book; the journal is to be told from its first command on.
    package init(venue: VenueName, policy: SettlementPolicy) {
        self.venue = venue
        self.policy = policy
    }

    /// Takes the roster of a new epoch.
    package mutating func appoint(epoch: UInt64, hash: SHA256.Digest) { roster = (epoch, hash) }

    /// Takes a filed report: the newest revision counts, and of one revision what was filed first.
    package mutating func take(_ report: ReportStatement, _ bytes: [UInt8], at time: Timestamp) {
        var known = cases[report.trade] ?? Case()
        if let before = known.report, before.revision >= report.revision { return }
        known.report = report
        known.reportBytes = bytes
        known.reportTime = time
        known.dissents = []
        known.decision = nil
        cases[report.trade] = known
    }

    /// Takes the filed certificate of a claim.
    package mutating func take(_ claim: ClaimStatement, document: SHA256.Digest) {
        var known = cases[claim.trade] ?? Case()
        if known.certificate == nil { known.certificate = (claim.revision, document) }
        cases[claim.trade] = known
    }

    /// Takes a filed dissent.
    package mutating func take(_ dissent: DissentStatement) {
        guard case .claim(let trade, let revision) = dissent.slot else { return }
        guard cases[trade]?.report?.revision == revision else { return }
        cases[trade]?.dissents.insert(dissent.index)
    }

    /// Takes a filed decision.
    package mutating func take(_ decision: DecisionStatement, at time: Timestamp) {
        var known = cases[decision.trade] ?? Case()
        known.decision = decision.decision
        known.decisionTime = time
        cases[decision.trade] = known
    }

    /// What is to be done for the contracts that wait.
    ///
    /// - Parameters:
    ///   - waiting: All of them, in any order.
    ///   - now: The time.
    /// - Returns: What to do, in the order of the trades.
    package mutating func advance(_ waiting: [WaitingContract], at now: Timestamp)
        -> [SettlementAction]
    {
        var actions: [SettlementAction] = []
        for contract in waiting.sorted(by: { $0.trade.rawValue < $1.trade.rawValue }) {
            var known = cases[contract.trade] ?? Case()
            actions += next(contract, &known, now)
            cases[contract.trade] = known
        }
        return actions
    }

    /// Forgets the contracts that have ended.
    package mutating func keepOnly(_ waiting: [WaitingContract]) -> [SettlementAction] {
        let trades = Set(waiting.map(\.trade))
        var actions: [SettlementAction] = []
        for trade in cases.keys.sorted(by: { $0.rawValue < $1.rawValue })
        where !trades.contains(trade) {
            guard let known = cases[trade] else { continue }
            if let asked = known.asked { actions.append(.withdraw(asked.slot)) }
            cases[trade] = nil
        }
        return actions
    }

    private func next(
        _ contract: WaitingContract,
        _ known: inout Case,
        _ now: Timestamp
    ) -> [SettlementAction] {
        if let certificate = known.certificate {
            return end(contract, &known, .settle) { .settle($0, certificate.digest) }
        }
        if known.decision == .fail { return end(contract, &known, .fail) { .fail($0) } }
        if known.dissents.count >= Int(StatementLimits.threshold) {
            // As many as a quorum say that it is not so.
            return end(contract, &known, .fail) { .fail($0) }
        }
        guard known.report != nil else {
            return now < contract.windowEnd ? [] : end(contract, &known, .expire) { .expire($0) }
        }
        let graceEnd = contract.windowEnd.nanoseconds + policy.graceNanoseconds
        if known.decision != .wait, now.nanoseconds >= graceEnd {
            return end(contract, &known, .expire) { .expire($0) }
        }
        return request(contract, &known, now)
    }

    /// Ends a contract, and withdraws what was asked for it unless that is what settles it.
    private func end(
        _ contract: WaitingContract,
        _ known: inout Case,
        _ ending: Ending,
        _ action: (TradeID) -> SettlementAction
    ) -> [SettlementAction] {
        if known.ending == ending { return [] }
        known.ending = ending
        var actions: [SettlementAction] = []
        if ending != .settle, let asked = known.asked {
            actions.append(.withdraw(asked.slot))
            known.asked = nil
        }
        return actions + [action(contract.trade)]
    }

    private func request(
        _ contract: WaitingContract,
        _ known: inout Case,
        _ now: Timestamp
    ) -> [SettlementAction] {
        guard let report = known.report, let roster, now >= contract.windowStart,
            let component = policy.component(for: report.claim)
        else { return [] }
        let claim = ClaimStatement(
            venue: venue,
            epoch: roster.epoch,
            trade: contract.trade,
            revision: report.revision,
            claim: report.claim,
            component: component,
            report: SHA256.hash(of: known.reportBytes),
            time: known.reportTime,
            rosterHash: roster.hash
        )
        if known.asked == claim { return [] }
        var actions: [SettlementAction] = []
        if let asked = known.asked { actions.append(.withdraw(asked.slot)) }
        known.asked = claim
        actions.append(.request(claim, report: known.reportBytes))
        return actions
    }

    /// What a submission that the venue refused to take was about, so that it is tried again.
    package mutating func forgetEnding(of trade: TradeID) { cases[trade]?.ending = nil }

    /// The newest report about a trade, and what is known of it.
    func known(of trade: TradeID) -> Case? { cases[trade] }

    /// The revision that the next report about a trade must have; none after 256.
    func nextRevision(of trade: TradeID) -> UInt8? {
        guard let report = cases[trade]?.report else { return 0 }
        return report.revision == .max ? nil : report.revision + 1
    }
}
