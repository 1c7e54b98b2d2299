internal import Attestation
internal import Cryptography
internal import Encoding
internal import LogStore
public import Primitives
internal import Statements
internal import Verification

extension BundleMaker {
    /// The bundle of the end of a service contract: of a settled one with the claim's certificate and its report.
    ///
    /// - Parameters:
    ///   - trade: The service trade.
    ///   - seen: The size of a checkpoint that the counterparty saw before.
    ///   - checkpoint: The signed checkpoint to prove against, with its cosignatures; the published one if nil.
    /// - Returns: The encoded Transparent Statement.
    /// - Throws: `tradeUnknown` if its contract has not ended, `notAttested`, or what is wrong with the log.
    public func bundle(
        settlementOf trade: TradeID,
        seen: UInt64? = nil,
        checkpoint: [UInt8]? = nil
    ) throws(TransparencyError) -> [UInt8] {
        guard let index = try leaf(.number(.settlements, trade.rawValue)) else {
            throw .tradeUnknown(trade.rawValue)
        }
        let (signed, statement) = try statement(at: index)
        guard case .settlement(let ended) = statement, ended.trade == trade else {
            throw .leafInvalid(index: index, "it is not the settlement of trade \(trade.rawValue)")
        }
        let proofs = try prove(index, signed.subject, ended.interval.number, seen, checkpoint)
        var claim: CBORMap?
        if let digest = ended.certificate {
            let evidence = try evidence(for: trade, digest, settledBy: index)
            let roster = try roster(evidence.claim.rosterHash, of: index)
            claim = evidence.map(roster: roster == proofs.attested.roster ? nil : roster)
        }
        return TransparentStatement(
            bundling: signed,
            inclusion: proofs.inclusion,
            consistency: proofs.consistency,
            logProof: proofs.logProof,
            certificate: proofs.attested.certificate,
            roster: proofs.attested.roster,
            disclosure: nil,
            claim: claim
        ).encoded
    }

    /// The certificate that a settlement names, and the report that the certificate is about.
    private func evidence(
        for trade: TradeID,
        _ digest: SHA256.Digest,
        settledBy index: UInt64
    ) throws(TransparencyError) -> ClaimEvidence {
        let subject = LogSubject.claims(about: trade, at: identity.venue)
        guard let attestation = try payload(digest, among: subject) else {
            throw .leafInvalid(index: index, "the certificate that it names is not in the log")
        }
        let claim = try Self.claim(attestation, settledBy: index)
        let reports = LogSubject.reports(of: trade, at: identity.venue)
        guard let report = try payload(claim.report, among: reports) else {
            throw .leafInvalid(index: index, "the report that its claim names is not in the log")
        }
        do throws(AttestationError) {
            return try ClaimEvidence(attestation: attestation, report: report)
        } catch {
            throw .leafInvalid(index: index, "its claim: \(error)")
        }
    }

    private static func claim(
        _ attestation: [UInt8],
        settledBy index: UInt64
    ) throws(TransparencyError) -> ClaimStatement {
        let certificate: QuorumCertificate
        do {
            let statement = try AttestationStatement(decoding: attestation)
            certificate = try QuorumCertificate(decoding: statement.certificate)
        } catch {
            throw .leafInvalid(index: index, "the certificate that it names: \(error)")
        }
        guard let claim = certificate.claim else {
            throw .leafInvalid(index: index, "the certificate that it names is not about a claim")
        }
        return claim
    }
}
