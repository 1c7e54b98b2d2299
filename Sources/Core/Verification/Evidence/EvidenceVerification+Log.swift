import Attestation
import Encoding
import MerkleLog
import Primitives
import Statements

// Absence is shown by a range of the log, every leaf of it.

extension EvidenceVerification {
    /// Checks that a range of the log gives the figures, and that they are a breach.
    ///
    /// - Returns: When the first certificate of the range was attested.
    func checkAbsence(
        _ absence: SeatEvidence.Absence,
        _ evidence: SeatEvidence,
        _ seat: Seat
    ) throws(EvidenceError) -> Timestamp {
        let head = try checkpoint(absence.checkpoint)
        let (end, overflows) = absence.first.addingReportingOverflow(absence.count)
        guard absence.count >= 2, !overflows, end <= head.size,
            absence.leaves.isEmpty || UInt64(absence.leaves.count) == absence.count
        else { throw .invalidRange }
        var tally = AttendanceTally(of: seat.statement.did, rosters: rosters)
        for index in absence.first..<end {
            let statement = try statement(at: index, absence, head)
            if index == absence.first || index == end - 1 {
                guard case .attestation = statement else { throw .invalidRange }
            }
            try part { () throws(AttestationError) in try tally.take(statement) }
        }
        guard let span = tally.span else { throw .invalidRange }
        guard tally.lastEpoch == evidence.epoch else { throw .otherVotes("epoch") }
        let length = span.upperBound.nanoseconds - span.lowerBound.nanoseconds
        guard length >= AttendanceTally.nanosecondsMin, length <= AttendanceTally.nanosecondsMax
        else { throw .wrongSpan(nanoseconds: length) }
        let count = tally.count
        guard count.certificates == absence.certificates, count.present == absence.present else {
            throw .otherCount(count)
        }
        guard count.isBreach else { throw .noBreach(count) }
        return span.lowerBound
    }

    private func checkpoint(_ bytes: [UInt8]) throws(EvidenceError) -> Checkpoint {
        guard let trust else { throw .missingTrust }
        let signed: SignedCheckpoint
        do throws(NoteError) {
            signed = try SignedCheckpoint(parsing: bytes)
        } catch {
            throw .invalidCheckpoint(error)
        }
        let verdict = trust.policy.evaluate(signed, verifier: verifier)
        for shortfall in verdict.shortfalls {
            switch shortfall {
            case .log, .invalidSignature: throw .untrustedCheckpoint
            case .witness, .group: break
            }
        }
        // A line that nobody can check could be changed, and there would be two forms of one evidence.
        guard !verdict.logs.isEmpty, verdict.unverified.isEmpty else { throw .untrustedCheckpoint }
        return signed.checkpoint
    }

    private func statement(
        at index: UInt64,
        _ absence: SeatEvidence.Absence,
        _ head: Checkpoint
    ) throws(EvidenceError) -> Statement {
        let isCarried = !absence.leaves.isEmpty
        guard
            let leaf = isCarried
                ? absence.leaves[Int(index - absence.first)] : leaf(index, head.size)
        else { throw .missingLeaf(index: index) }
        let proof = InclusionProof(index: index, size: head.size, path: leaf.path)
        guard proof.verifies(leafHash: MerkleTree.leafHash(leaf.bytes), root: head.root) else {
            throw .unprovenLeaf(index: index)
        }
        let signed: SignedStatement
        do throws(COSEError) {
            signed = try SignedStatement(decoding: leaf.bytes)
        } catch {
            throw .invalidLeaf(index: index, .invalidEnvelope(error))
        }
        do throws(StatementError) {
            return try Statement(decoding: signed.payload)
        } catch {
            throw .invalidLeaf(index: index, error)
        }
    }
}
