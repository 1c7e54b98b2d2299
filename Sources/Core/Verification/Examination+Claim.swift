import Attestation
import Cryptography
import Encoding
import Statements

// What a service contract was settled on.

extension Examination {
    /// Checks the chain from a settlement over the certificate and the claim to the report.
    func checkClaim(_ envelope: TransparentStatement) throws(Finding) -> String {
        guard let statement else { throw .notChecked("the payload is not readable") }
        guard case .settlement(let settlement) = statement, let digest = settlement.certificate
        else {
            guard envelope.claim == nil else {
                throw .failed("a claim is attached, and the statement settles no contract")
            }
            throw .notChecked("the statement settles no contract")
        }
        guard let map = envelope.claim else {
            throw .failed("the contract was settled on a claim, and the bundle has none")
        }
        guard let attestation = map["attestation"]?.bytes, let report = map["report"]?.bytes,
            map.entries.count == (map["roster"] == nil ? 2 : 3)
        else { throw .failed("the claim has wrong members") }
        guard SHA256.hash(of: attestation) == digest else {
            throw .failed("the settlement names another certificate")
        }
        let roster = try rosterOfClaim(map, envelope)
        do throws(AttestationError) {
            let evidence = try ClaimEvidence(attestation: attestation, report: report)
            let claim = evidence.claim
            guard claim.venue == trust.venue, claim.trade == settlement.trade else {
                throw AttestationError.otherAttestation(name: "trade")
            }
            guard claim.time <= settlement.time else {
                throw AttestationError.otherAttestation(name: "time")
            }
            try evidence.certificate.check(
                groupKey: trust.groupKey,
                roster: Roster(decoding: roster),
                verifier: verifier
            )
            let count = evidence.certificate.votes.count
            return "\(claim.claim.string) attested with \(count) signed votes"
        } catch {
            throw .failed(error.description)
        }
    }

    /// The bytes of the roster that the claim was attested with.
    private func rosterOfClaim(
        _ map: CBORMap,
        _ envelope: TransparentStatement
    ) throws(Finding) -> [UInt8] {
        guard let own = map["roster"] else {
            guard let roster = envelope.roster else { throw .failed("the bundle has no roster") }
            return roster
        }
        // Were the same bytes allowed twice, there would be two forms of one bundle.
        guard let bytes = own.bytes, bytes != envelope.roster else {
            throw .failed("the claim has a wrong member roster")
        }
        return bytes
    }
}
