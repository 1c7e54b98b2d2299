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

    /// Whether votes are enough and diverse.
    static func isDiverse(_ votes: [CountedVote], roster: EpochStatement) -> Bool {
        guard votes.count >= CommitteeKeys.threshold else { return false }
        let seats = votes.compactMap { counted in
            roster.seats.first { seat in seat.index == counted.vote.index }
        }
        return DiversityRules.violations(of: seats).isEmpty
    }

    /// The seats whose partial signatures are wrong.
    ///
    /// Of eight votes it is enough to combine them: if that gives the group's signature, all eight are right.
    static func invalid(
        _ votes: [CountedVote],
        about subject: AttestationSubject,
        keys: CommitteeKeys
    ) -> [UInt32] {
        let partials = votes.map(\.partial)
        let digest = subject.digest.bytes
        do throws(ThresholdKeysError) {
            if votes.count == CommitteeKeys.threshold {
                _ = try keys.combiner.combine(partials, of: digest)
                return []
            }
            let hash = G1Element.hash(digest, tag: .basicSignature)
            return try keys.combiner.invalid(partials, ofHashed: hash)
        } catch {
            guard case .tooFewPartials(_, _, let invalid) = error, !invalid.isEmpty else {
                preconditionFailure("votes are of distinct known seats: \(error)")
            }
            return invalid
        }
    }

    /// The certificate of votes that were found to be right.
    static func certificate(
        of votes: [CountedVote],
        about subject: AttestationSubject
    ) -> QuorumCertificate {
        do throws(AttestationError) {
            return try QuorumCertificate(
                attested: subject.attested,
                votes: votes.map(\.vote)
            )
        } catch {
            preconditionFailure("eight checked votes make a certificate: \(error)")
        }
    }
}
