internal import Attestation
public import Cryptography
internal import Primitives
public import Statements

/// What a quorum is asked to sign, with what observers need to judge it.
public struct AttestationSubject: Equatable, Sendable {
    /// An interval of commands, or a claim about a service contract.
    public let attested: Attested
    /// The provider's report behind a claim; none for an interval.
    public let report: [UInt8]?
    /// The SHA-256 of what is signed.
    public let digest: SHA256.Digest

    /// Asks about an interval.
    public init(_ interval: IntervalStatement) {
        attested = .interval(interval)
        report = nil
        digest = interval.digest
    }

    /// Asks about a claim.
    ///
    /// - Parameters:
    ///   - claim: The claim.
    ///   - report: The report whose hash the claim names.
    public init(_ claim: ClaimStatement, report: [UInt8]) {
        attested = .claim(claim)
        self.report = report
        digest = claim.digest
    }

    /// The slot: no seat signs two digests for one.
    public var slot: AttestedSlot { attested.slot }

    /// The subject on which observers are asked.
    var requestSubject: String {
        switch attested {
        case .interval: CommitteeSubjects.intervalRequest
        case .claim: CommitteeSubjects.claimRequest
        }
    }

    /// The subject on which the certificate is published.
    var settledSubject: String {
        switch attested {
        case .interval: CommitteeSubjects.settledInterval
        case .claim(let claim): CommitteeSubjects.settled(claim.trade.rawValue)
        }
    }

    /// The message that asks.
    var request: [UInt8] {
        switch attested {
        case .interval(let interval): IntervalRequest(statement: interval).encoded
        case .claim(let claim):
            ClaimRequest(statement: claim, report: report ?? []).encoded
        }
    }
}

/// The subjects of the network that attestation uses.
public enum CommitteeSubjects {
    /// The venue asks about an interval.
    public static let intervalRequest = "attest.request.interval"
    /// The venue asks about a claim.
    public static let claimRequest = "attest.request.claim"
    /// Votes, one subject for intervals and one for claims.
    public static let responses = "attest.response.*"
    /// Signed dissents.
    public static let dissent = "attest.dissent"
    /// Certificates of intervals.
    public static let settledInterval = "attest.settled.interval"
    /// The journal, interval by interval.
    public static let journalChunk = "journal.chunk"
    /// Asks for intervals that were missed.
    public static let journalFetch = "journal.fetch"

    /// Certificates of claims about a trade.
    public static func settled(_ trade: UInt64) -> String { "attest.settled.\(trade)" }
}
