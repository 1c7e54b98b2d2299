import Attestation
import BLS12381
import Cryptography
import Encoding
import MerkleLog
import Statements

// That enough observers saw the same, and that what they saw contains the statement.

extension Examination {
    mutating func checkCoverage(_ envelope: TransparentStatement) throws(Finding) -> String {
        guard let map = envelope.quorum else { throw .failed("the bundle has no quorum") }
        let certificate: QuorumCertificate
        do throws(AttestationError) {
            certificate = try QuorumCertificate(map)
        } catch {
            throw .failed(error.description)
        }
        self.certificate = certificate
        guard let attested = certificate.interval else {
            throw .failed("the quorum attests to a claim, not to an interval")
        }
        guard attested.venue == trust.venue else {
            throw .failed("the quorum attests to the venue \(attested.venue.description)")
        }
        if let interval = statement?.interval {
            guard interval.number == attested.interval.number else {
                throw .failed(
                    "the quorum attests to interval \(attested.interval.number), the statement"
                        + " belongs to \(interval.number)"
                )
            }
            guard interval.firstSequence == attested.interval.firstSequence,
                interval.lastSequence == attested.interval.lastSequence
            else { throw .failed("the quorum attests to another range of sequence numbers") }
            guard interval.stateHash == attested.interval.stateHash else {
                throw .failed("the quorum attests to another state hash")
            }
        }
        guard let proof = logProof else {
            throw .notChecked("the tlog-proof has no readable checkpoint")
        }
        guard proof.index < attested.log.size else {
            throw .failed(
                "the statement is leaf \(proof.index), the quorum attests to a log of"
                    + " \(attested.log.size)"
            )
        }
        let current = proof.checkpoint.checkpoint
        let head = LogHead(origin: current.origin, size: current.size, root: current.root)
        guard attested.log.origin == head.origin else {
            throw .failed("the quorum attests to the log \(attested.log.origin.string)")
        }
        guard attested.log.size <= head.size else {
            throw .failed("the quorum attests to a larger log than the checkpoint")
        }
        try checkContinuation(
            from: attested.log,
            to: head,
            envelope.receipts,
            name: "the log that the quorum attests to"
        )
        return "interval \(attested.interval.number), commands"
            + " \(attested.interval.firstSequence) to \(attested.interval.lastSequence),"
            + " log size \(attested.log.size)"
    }

    mutating func checkRoster() throws(Finding) -> String {
        guard let bytes = envelope?.roster else { throw .failed("the bundle has no roster") }
        let statement: EpochStatement
        do throws(StatementError) {
            statement = try EpochStatement(decoding: bytes)
        } catch {
            throw .failed("the roster is malformed: \(error.description)")
        }
        roster = statement
        let certificate = try requireCertificate()
        do throws(AttestationError) {
            try Roster.check(statement, hash: SHA256.hash(of: bytes), certificate.attested)
        } catch {
            throw .failed(error.description)
        }
        guard statement.groupKey == trust.groupKey.compressed else {
            throw .failed("the roster has another group key than the trusted one")
        }
        return "epoch \(statement.epoch), \(statement.seats.count) seats"
    }

    func checkDiversity() throws(Finding) -> String {
        let certificate = try requireCertificate()
        let roster = try requireRoster()
        do throws(AttestationError) {
            try certificate.checkDiversity(roster)
        } catch {
            throw .failed(error.description)
        }
        return "groups, regions and categories are spread as D1, D2 and D3 ask"
    }

    func checkVotes() throws(Finding) -> String {
        let certificate = try requireCertificate()
        let roster = try requireRoster()
        do throws(AttestationError) {
            try certificate.checkOrder()
            try certificate.checkIdentities(roster, verifier: verifier)
            try certificate.checkPartials(Roster(roster))
        } catch {
            throw .failed(error.description)
        }
        return "\(certificate.votes.count) signed votes, \(StatementLimits.threshold) are needed"
    }

    func checkGroupSignature() throws(Finding) -> String {
        let certificate = try requireCertificate()
        do throws(AttestationError) {
            try certificate.checkGroupSignature(trust.groupKey)
        } catch {
            throw .failed(error.description)
        }
        return "signed by the trusted group key"
    }

    private func requireCertificate() throws(Finding) -> QuorumCertificate {
        guard let certificate else { throw .notChecked("the quorum is not readable") }
        return certificate
    }

    private func requireRoster() throws(Finding) -> EpochStatement {
        guard let roster else { throw .notChecked("the roster is not readable") }
        return roster
    }
}

extension Statement {
    /// The interval that the statement says it belongs to; only trades and settlements do.
    fileprivate var interval: Interval? {
        switch self {
        case .trade(let content): content.interval
        case .settlement(let content): content.interval
        case .rulebook, .did, .revocation, .attestation, .epoch, .keyRotation, .genesis, .report,
            .dissent, .penalty, .decision, .audit:
            nil
        }
    }
}
