public import Cryptography
public import Encoding
public import Statements

/// What a service contract is settled on: the quorum's certificate for a claim, and the report that it is about.
///
/// A settlement names the digest of `attestation`; the certificate in it has the claim, and the claim names the
/// digest of the report. A value of this type has that chain checked, and no signature.
public struct ClaimEvidence: Equatable, Sendable {
    /// The payload of the attestation, as it was filed.
    public let attestation: [UInt8]
    /// The SHA-256 of that: what the command that settles names.
    public let digest: SHA256.Digest
    /// The certificate of the quorum.
    public let certificate: QuorumCertificate
    /// What is claimed.
    public let claim: ClaimStatement
    /// The report.
    public let report: ReportStatement

    /// Reads both documents and checks that they belong together.
    ///
    /// - Parameters:
    ///   - attestation: The payload of the attestation, as it was filed.
    ///   - report: The payload of the report, as it was filed.
    /// - Throws: `malformedAttestation`, what is wrong with the certificate, `otherAttestation`, or what
    ///   `ClaimStatement.check` throws.
    public init(attestation: [UInt8], report: [UInt8]) throws(AttestationError) {
        let statement: AttestationStatement
        do throws(StatementError) {
            statement = try AttestationStatement(decoding: attestation)
        } catch {
            throw .malformedAttestation(error)
        }
        certificate = try QuorumCertificate(decoding: statement.certificate)
        guard let claim = certificate.claim else { throw .otherAttestation(name: "type") }
        guard statement.venue == claim.venue else { throw .otherAttestation(name: "venue") }
        guard statement.slot == claim.slot else { throw .otherAttestation(name: "number") }
        guard statement.time == claim.time else { throw .otherAttestation(name: "time") }
        self.claim = claim
        self.attestation = attestation
        digest = SHA256.hash(of: attestation)
        self.report = try claim.check(report: report)
    }

    /// The map that a bundle has: `{"attestation", "report"}`, and `"roster"` if it is another one than the bundle's.
    ///
    /// - Parameter roster: The bytes of the roster that the claim was attested with; none if it is the bundle's.
    /// - Returns: The map.
    public func map(roster: [UInt8]?) -> CBORMap {
        var map = CBORMap()
        map["attestation"] = .bytes(attestation)
        map["report"] = .bytes(report.encoded)
        map["roster"] = roster.map { bytes in .bytes(bytes) }
        return map
    }
}

extension ClaimStatement {
    /// Checks that a report is the one that the claim is about.
    ///
    /// - Parameter bytes: The payload of the report, as it was filed.
    /// - Returns: What the report says.
    /// - Throws: `malformedReport`, or `otherReport` with what differs.
    public func check(report bytes: [UInt8]) throws(AttestationError) -> ReportStatement {
        guard report == SHA256.hash(of: bytes) else { throw .otherReport(name: "digest") }
        let statement: ReportStatement
        do throws(StatementError) {
            statement = try ReportStatement(decoding: bytes)
        } catch {
            throw .malformedReport(error)
        }
        guard statement.venue == venue else { throw .otherReport(name: "venue") }
        guard statement.trade == trade else { throw .otherReport(name: "trade") }
        guard statement.revision == revision else { throw .otherReport(name: "revision") }
        guard statement.claim == claim else { throw .otherReport(name: "claim") }
        return statement
    }
}

extension ClaimRequest {
    /// Checks that the report is the one that the claim is about.
    ///
    /// - Returns: What the report says.
    /// - Throws: `malformedReport`, or `otherReport` with what differs.
    public func check() throws(AttestationError) -> ReportStatement {
        try statement.check(report: report)
    }
}
