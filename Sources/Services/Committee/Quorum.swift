internal import Attestation
internal import BLS12381
internal import Cryptography
internal import Statements
internal import ThresholdKeys

/// A vote that passed every check but that of its share.
struct CountedVote: Sendable {
    var vote: Vote
    var partial: Threshold.PartialSignature
}

/// From good votes to a certificate.
enum Quorum {
    /// What became of eight votes.
    enum Outcome {
        /// They give the group's signature.
        case certificate(QuorumCertificate)
        /// They do not; these seats are to blame.
        case invalid([UInt32])
    }

    /// The first eight votes that are diverse, in the order in which they came; none if there are no eight.
    ///
    /// - Complexity: O(n) for a roster that is diverse as a whole, as every roster should be; otherwise every
    ///   choice of eight is tried, at most 495.
    static func choose(from votes: [CountedVote], roster: EpochStatement) -> [CountedVote]? {
        let needed = CommitteeKeys.threshold
        guard votes.count >= needed else { return nil }
        let seats = votes.compactMap { counted in
            roster.seats.first { seat in seat.index == counted.vote.index }
        }
        precondition(seats.count == votes.count, "votes of unknown seats were refused")
        var picked = Array(0..<needed)
        while true {
            if DiversityRules.violations(of: picked.map { seats[$0] }).isEmpty {
                return picked.map { votes[$0] }
            }
            // The next choice in lexicographic order.
            var place = needed - 1
            while place >= 0, picked[place] == votes.count - needed + place { place -= 1 }
            guard place >= 0 else { return nil }
            picked[place] += 1
            for later in (place + 1)..<max(needed, place + 1) {
                picked[later] = picked[later - 1] + 1
            }
        }
    }

    /// Combines eight votes; if that fails, finds out who is to blame.
    static func combine(
        _ votes: [CountedVote],
        about subject: AttestationSubject,
        keys: CommitteeKeys
    ) -> Outcome {
        do throws(ThresholdKeysError) {
            _ = try keys.combiner.combine(votes.map(\.partial), of: subject.digest.bytes)
        } catch {
            guard case .tooFewPartials(_, _, let invalid) = error, !invalid.isEmpty else {
                preconditionFailure("votes are of distinct known seats: \(error)")
            }
            return .invalid(invalid)
        }
        do throws(AttestationError) {
            return .certificate(
                try QuorumCertificate(
                    attested: subject.attested,
                    votes: votes.map(\.vote)
                )
            )
        } catch {
            preconditionFailure("eight checked votes make a certificate: \(error)")
        }
    }
}
