public import Attestation
public import Cryptography
import Encoding
public import Primitives
public import Statements
import Venue

/// How a simulated claim is made; the defaults give a good one.
public struct ClaimPlan: Sendable {
    /// The service trade that is claimed about.
    public var trade: UInt64 = 4
    /// Counts the claims about the trade.
    public var revision: UInt8 = 0
    /// When the observers were asked.
    public var time = SimulatedVenueLog.time
    /// Which seats vote.
    public var signers: [UInt32] = Array(1...8)
    /// Changes what is claimed, after it was made.
    public var change: @Sendable (inout ClaimStatement) -> Void = { _ in }

    /// A plan for a good claim.
    public init() {}
}

extension SimulatedVenueLog {
    /// A provider's report, the claim about it, and the certificate for that.
    ///
    /// - Throws: When the plan is impossible.
    public func claim(_ plan: ClaimPlan = ClaimPlan()) throws -> ClaimEvidence {
        let (attestation, report) = try claimDocuments(plan)
        return try ClaimEvidence(attestation: attestation, report: report)
    }

    /// The same as documents, which need not belong together.
    ///
    /// - Throws: When the plan is impossible.
    public func claimDocuments(
        _ plan: ClaimPlan = ClaimPlan()
    ) throws -> (attestation: [UInt8], report: [UInt8]) {
        var details = JSONObject()
        details["bytes"] = .string("1072481320")
        let report = ReportStatement(
            venue: venue,
            trade: TradeID(plan.trade),
            revision: plan.revision,
            claim: "downlink_completed",
            details: details,
            time: plan.time
        ).encoded
        var claim = ClaimStatement(
            venue: venue,
            epoch: committee.roster.epoch,
            trade: TradeID(plan.trade),
            revision: plan.revision,
            claim: "downlink_completed",
            component: SHA256.hash(of: Array("component".utf8)),
            report: SHA256.hash(of: report),
            time: plan.time,
            rosterHash: SHA256.hash(of: committee.roster.encoded)
        )
        plan.change(&claim)
        let certificate = try committee.certificate(for: .claim(claim), signers: plan.signers)
        let attestation = AttestationStatement(
            venue: venue,
            number: claim.slot.rawValue,
            certificate: certificate.encoded,
            time: claim.time
        ).encoded
        return (attestation, report)
    }

    /// The settlement of a service trade on a certificate.
    public func settlement(of trade: TradeID, on certificate: SHA256.Digest) -> SettlementStatement
    {
        SettlementStatement(
            ended: ContractEnded(
                trade: trade,
                instrument: InstrumentID(1),
                outcome: .settled,
                buyer: AccountID(16),
                seller: AccountID(17),
                notional: 5,
                buyerFee: 0,
                sellerFee: 0,
                delivery: 60,
                certificate: certificate
            ),
            sequence: interval.firstSequence + 2,
            time: Self.time,
            interval: interval,
            venue: venue
        )
    }
}
