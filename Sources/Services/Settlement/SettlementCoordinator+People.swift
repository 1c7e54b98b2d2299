internal import Cryptography
public import Encoding
public import Primitives
public import Statements
internal import Venue

/// What people see of a contract that waits, and may decide.
public struct PendingSettlement: Equatable, Sendable {
    /// The trade.
    public var trade: TradeID
    /// The window.
    public var windowStart: Timestamp
    /// The end of the window.
    public var windowEnd: Timestamp
    /// The claim of the newest report; none before a report.
    public var claim: Text?
    /// The revision of that report.
    public var revision: UInt8
    /// When it was filed.
    public var reportTime: Timestamp
    /// The seats that dissent from it, ascending.
    public var dissents: [UInt32]
    /// Whether a person is to decide.
    public var isEscalated: Bool
    /// What a person decided last.
    public var decision: ContractDecision?
}

extension SettlementCoordinator {
    /// The contracts that wait, in the order of their trades.
    public var pending: [PendingSettlement] {
        withBook { book, waiting, escalated in
            waiting.sorted { $0.trade.rawValue < $1.trade.rawValue }.map { contract in
                let known = book.known(of: contract.trade)
                let report = known?.report
                let slot = report.map { AttestedSlot.claim(contract.trade, revision: $0.revision) }
                return PendingSettlement(
                    trade: contract.trade,
                    windowStart: contract.windowStart,
                    windowEnd: contract.windowEnd,
                    claim: report?.claim,
                    revision: report?.revision ?? 0,
                    reportTime: known?.reportTime ?? .zero,
                    dissents: known?.dissents.sorted() ?? [],
                    isEscalated: slot.map { escalated.contains($0.rawValue) } ?? false,
                    decision: known?.decision
                )
            }
        }
    }

    /// Files a provider's report about a contract that waits.
    ///
    /// - Parameters:
    ///   - trade: The trade.
    ///   - claim: What is claimed.
    ///   - details: The figures.
    ///   - time: When the provider reported.
    /// - Returns: The revision of the report.
    /// - Throws: `contractNotWaiting`, `claimUnknown`, `documentInvalid` or `filingRefused`.
    public func report(
        trade: TradeID,
        claim: Text,
        details: JSONObject,
        time: Timestamp
    ) throws(SettlementError) -> UInt8 {
        guard policyKnows(claim) else { throw .claimUnknown(claim.string) }
        let revision: UInt8? = try revision(for: trade)
        guard let revision else {
            throw .documentInvalid("there are 256 reports about the trade already")
        }
        let statement = ReportStatement(
            venue: venueName,
            trade: trade,
            revision: revision,
            claim: claim,
            details: details,
            time: time
        )
        try fileNow(.report, statement.encoded)
        return revision
    }

    /// Files what a person decided about a contract that waits.
    ///
    /// - Parameters:
    ///   - trade: The trade.
    ///   - decision: What to do.
    ///   - name: Who decided, one line.
    ///   - reason: Why, one line.
    /// - Throws: `contractNotWaiting`, `documentInvalid` or `filingRefused`.
    public func decide(
        trade: TradeID,
        _ decision: ContractDecision,
        by name: Text,
        reason: Text
    ) throws(SettlementError) {
        guard pending.contains(where: { $0.trade == trade }) else {
            throw .contractNotWaiting(trade: trade.rawValue)
        }
        let statement = DecisionStatement(
            venue: venueName,
            trade: trade,
            decision: decision,
            decidedBy: name,
            reason: reason,
            time: Timestamp(now())
        )
        try fileNow(.decision, statement.encoded)
        guard decision == .retry else { return }
        if let known = withBook({ book, _, _ in book.known(of: trade) }), let asked = known.asked {
            retry(asked.slot)
        }
    }

    private func revision(for trade: TradeID) throws(SettlementError) -> UInt8? {
        let found = withBook { book, waiting, _ -> (Bool, UInt8?) in
            (waiting.contains { $0.trade == trade }, book.nextRevision(of: trade))
        }
        guard found.0 else { throw .contractNotWaiting(trade: trade.rawValue) }
        return found.1
    }
}
