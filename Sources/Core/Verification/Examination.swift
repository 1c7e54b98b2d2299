import Attestation
import Cryptography
import Encoding
import MerkleLog
import Statements

/// One pass over a bundle: what was read from it so far, and what the checks found.
struct Examination {
    let trust: Trust
    let extent: Verification.Extent
    let verifier: Ed25519Verifier
    private var results: [CheckResult?] = Check.allCases.map { _ in nil }
    private var hasFailed = false

    /// The envelope; the other parts are read from it.
    private(set) var envelope: TransparentStatement?
    /// What the statement says.
    var statement: Statement?
    /// What is opened to the holder.
    var disclosure: Disclosure?
    /// The leaf's proof with the checkpoint.
    var logProof: TlogProof?
    /// The certificate of the quorum.
    var certificate: QuorumCertificate?
    /// The roster, its keys not yet parsed.
    var roster: EpochStatement?

    init(trust: Trust, extent: Verification.Extent, verifier: @escaping Ed25519Verifier) {
        self.trust = trust
        self.extent = extent
        self.verifier = verifier
    }

    /// What all checks found; those that were not made say so.
    var verdict: Verdict {
        Verdict(
            checks: Check.allCases.map { check in
                results[Int(check.rawValue)]
                    ?? CheckResult(check, .notChecked, "an earlier check failed")
            },
            statement: statement,
            disclosure: disclosure
        )
    }

    /// Makes all checks, those first that cost little.
    mutating func examine(_ bundle: [UInt8]) {
        do throws(COSEError) {
            let limits = DecodingLimits(bytesMax: Verification.bundleBytesMax, depthMax: 16)
            envelope = try TransparentStatement(decoding: bundle, limits: limits)
        } catch {
            fail(.envelope, "the envelope is malformed: \(error.explanation)")
            return
        }
        guard let envelope else { return }
        // What is read first is judged later: each part can be wrong on its own.
        make(.payload) { (e) throws(Finding) in try e.checkPayload(envelope) }
        make(.envelope) { (e) throws(Finding) in try e.checkEnvelope(envelope) }
        make(.disclosure) { (e) throws(Finding) in try e.checkDisclosure(envelope) }
        make(.anchors) { (_) throws(Finding) in try Self.checkAnchors(envelope) }
        make(.inclusion) { (e) throws(Finding) in try e.checkInclusion(envelope) }
        make(.checkpoint) { (e) throws(Finding) in try e.checkCheckpoint() }
        make(.witnesses) { (e) throws(Finding) in try e.checkWitnesses() }
        make(.coverage) { (e) throws(Finding) in try e.checkCoverage(envelope) }
        make(.consistency) { (e) throws(Finding) in try e.checkConsistency(envelope) }
        make(.roster) { (e) throws(Finding) in try e.checkRoster() }
        make(.claim) { (e) throws(Finding) in try e.checkClaim(envelope) }
        make(.diversity) { (e) throws(Finding) in try e.checkDiversity() }
        make(.votes) { (e) throws(Finding) in try e.checkVotes() }
        make(.quorum) { (e) throws(Finding) in try e.checkGroupSignature() }
    }

    /// Makes a check and keeps what it finds.
    private mutating func make(
        _ check: Check,
        _ body: (inout Examination) throws(Finding) -> String
    ) {
        if hasFailed, extent == .untilFailure { return }
        do throws(Finding) {
            let sentence = try body(&self)
            results[Int(check.rawValue)] = CheckResult(check, .passed, sentence)
        } catch {
            switch error {
            case .failed(let sentence): fail(check, sentence)
            case .notChecked(let sentence):
                results[Int(check.rawValue)] = CheckResult(check, .notChecked, sentence)
            }
        }
    }

    private mutating func fail(_ check: Check, _ sentence: String) {
        results[Int(check.rawValue)] = CheckResult(check, .failed, sentence)
        hasFailed = true
    }
}
