import BLS12381
import Cryptography

extension Ceremony {
    /// Blames the sender of a bundle.
    mutating func blame(_ bundle: CheckedBundle, _ kind: Fault.Kind, _ evidence: Evidence?) {
        blame(bundle.kind.role, bundle.sender, kind, evidence)
    }

    /// Blames a member: a dealer is evicted while the result is open, a receiver does not confirm any more.
    mutating func blame(_ role: Role, _ index: UInt32, _ kind: Fault.Kind, _ evidence: Evidence?) {
        let fault = Fault(role: role, index: index, kind: kind, evidence: evidence)
        // The third of three different bundles proves nothing new.
        let isKnown = faults.contains { known in
            known.role == role && known.index == index && known.kind == kind
        }
        if !isKnown { faults.append(fault) }
        switch role {
        case .dealer:
            for position in dealers.indices where dealers[position].seat.index == index {
                if phase < .confirmation { dealers[position].isEvicted = true }
            }
        case .receiver:
            for position in receivers.indices where receivers[position].seat.index == index {
                receivers[position].isMarked = true
                receivers[position].confirmation = nil
                receivers[position].isConfirmed = false
            }
        }
    }

    mutating func take(_ deal: Deal, from bundle: CheckedBundle) {
        guard let position = dealers.firstIndex(where: { $0.seat.index == bundle.sender }) else {
            return
        }
        if parameters.isFresh {
            // Without a commit in time the deal could have been chosen to suit the others'.
            guard let commit = dealers[position].bundles.counted(.commit),
                case .commit(let digest) = commit.body
            else { return }
            guard deal.commitDigest(dealer: bundle.sender, nonce: parameters.nonce) == digest else {
                blame(
                    bundle,
                    .unmatchedCommit,
                    .unmatchedCommit(commit: commit.bytes, deal: bundle.bytes)
                )
                return
            }
        }
        dealers[position].deal = deal
    }

    mutating func take(_ complaints: [Complaint], from bundle: CheckedBundle) {
        guard let complainer = parameters.receiver(bundle.sender) else { return }
        for complaint in complaints {
            guard let position = dealers.firstIndex(where: { $0.seat.index == complaint.dealer }),
                let deal = dealers[position].deal,
                let dealt = dealers[position].bundles.counted(.deal)
            else { continue }
            guard let disclosure = complaint.disclosure else {
                dealers[position].asked.append(complainer.index)
                continue
            }
            let verdict = disclosure.verdict(
                complainer: complainer,
                dealer: complaint.dealer,
                deal: deal,
                nonce: parameters.nonce
            )
            switch verdict {
            case .wrongShare:
                blame(
                    .dealer,
                    complaint.dealer,
                    .wrongShare,
                    .wrongShare(deal: dealt.bytes, complaint: bundle.bytes)
                )
            case .falseComplaint:
                blame(
                    bundle,
                    .falseComplaint,
                    .falseComplaint(deal: dealt.bytes, complaint: bundle.bytes)
                )
            }
        }
    }

    mutating func take(_ justifications: [Justification], from bundle: CheckedBundle) {
        guard let position = dealers.firstIndex(where: { $0.seat.index == bundle.sender }),
            let deal = dealers[position].deal,
            let dealt = dealers[position].bundles.counted(.deal)
        else { return }
        for justification in justifications {
            guard deal.matches(justification.share, receiver: justification.receiver) else {
                blame(
                    bundle,
                    .wrongJustification,
                    .wrongJustification(deal: dealt.bytes, justification: bundle.bytes)
                )
                return
            }
            dealers[position].published.append(justification)
        }
    }

    mutating func take(_ confirmation: Confirmation, from bundle: CheckedBundle) {
        guard let candidate,
            let position = receivers.firstIndex(where: { $0.seat.index == bundle.sender })
        else { return }
        guard confirmation.keySetHash == candidate.hash else {
            blame(bundle, .otherResult, nil)
            return
        }
        guard !receivers[position].isMarked else { return }
        receivers[position].confirmation = confirmation.partial
    }

    /// Evicts the dealers that left a complaint without an answer.
    mutating func evictUnjustified() {
        for dealer in dealers where dealer.isQualified && !dealer.unanswered.isEmpty {
            blame(.dealer, dealer.seat.index, .missingJustification, nil)
        }
    }

    /// The commitments of the group's polynomial: the sum of the qualified dealers', each times its
    /// Lagrange coefficient if they reshare the old key.
    func groupCommitments() -> [G2Element] {
        let factors = factors(of: qualified)
        let deals = dealers.filter { $0.isQualified }.compactMap { $0.deal }
        return (0..<parameters.threshold).map { power in
            let terms = deals.map { deal in deal.commitments[power] }
            guard let factors else { return terms.reduce(.identity, +) }
            return G2Element.linearCombination(
                zip(factors, terms).map { factor, term in (scalar: factor, element: term) }
            )
        }
    }

    /// What each dealer's polynomial counts; none if they are added up as they are.
    func factors(of dealers: [UInt32]) -> [Scalar]? {
        guard !parameters.isFresh else { return nil }
        do throws(BLSError) {
            return try Threshold.coefficients(of: dealers)
        } catch {
            preconditionFailure("the indices of seats are distinct and not zero")
        }
    }

    /// Verifies the confirmations that are not verified yet, at once if all are right.
    mutating func countConfirmations() {
        guard let candidate else { return }
        var entries: [PartialVerification.Entry] = []
        for receiver in receivers where !receiver.isConfirmed {
            guard let partial = receiver.confirmation,
                let key = candidate.shareKey(of: receiver.seat.index)
            else { continue }
            entries.append(.init(index: receiver.seat.index, key: key, signature: partial))
        }
        let hash = G1Element.hash(candidate.testMessage, tag: .basicSignature)
        let invalid = PartialVerification.invalid(entries, ofHashed: hash)
        for entry in entries {
            guard !invalid.contains(entry.index) else {
                blameConfirmation(of: entry.index, candidate)
                continue
            }
            for position in receivers.indices where receivers[position].seat.index == entry.index {
                receivers[position].isConfirmed = true
            }
        }
    }

    private mutating func blameConfirmation(of index: UInt32, _ candidate: KeySet) {
        for receiver in receivers where receiver.seat.index == index {
            guard let bundle = receiver.bundles.counted(.confirmation) else { continue }
            blame(
                bundle,
                .wrongPartial,
                .wrongPartial(confirmation: bundle.bytes, keySet: candidate.encoded)
            )
        }
    }
}
