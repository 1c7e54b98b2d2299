import BLS12381
public import Cryptography

/// Signed bundles that show a member's fault to anybody who knows the ceremony's parameters.
public enum Evidence: Equatable, Sendable {
    /// Two different bundles of one kind by one member.
    case equivocation(first: [UInt8], second: [UInt8])
    /// A bundle that is wrong in itself.
    case flawedBundle([UInt8])
    /// A dealer's commit, and a deal that does not match it.
    case unmatchedCommit(commit: [UInt8], deal: [UInt8])
    /// A deal, and a complaint that discloses a wrong share in it.
    case wrongShare(deal: [UInt8], complaint: [UInt8])
    /// A deal, and a complaint about a right share in it, or with a wrong proof.
    case falseComplaint(deal: [UInt8], complaint: [UInt8])
    /// A deal, and a published share that does not match it.
    case wrongJustification(deal: [UInt8], justification: [UInt8])
    /// A confirmation whose partial signature is wrong, and the key set that it confirms by its hash.
    case wrongPartial(confirmation: [UInt8], keySet: [UInt8])

    /// Whether the evidence holds against a member.
    ///
    /// Nothing but the parameters of the ceremony is trusted.
    ///
    /// - Parameters:
    ///   - role: What the member did in the ceremony.
    ///   - index: The index of its seat in the committee of that role.
    ///   - parameters: The ceremony.
    ///   - verifier: Verifies signatures of identity keys.
    /// - Returns: Whether the member did what the case of the evidence says.
    public func verify(
        against role: Role,
        _ index: UInt32,
        in parameters: CeremonyParameters,
        verifier: @escaping Ed25519Verifier
    ) -> Bool {
        guard isAgainst(role) else { return false }
        let reader = EvidenceReader(parameters: parameters, verifier: verifier)
        do throws(BundleRefusal) {
            return switch self {
            case .equivocation(let first, let second):
                try reader.isEquivocation(first, second, by: role, index)
            case .flawedBundle(let bytes):
                try reader.isFlawed(bytes, by: role, index)
            case .unmatchedCommit(let commit, let deal):
                try reader.isUnmatched(commit, deal, by: index)
            case .wrongShare(let deal, let complaint):
                try reader.verdict(complaint, deal, dealer: index) == .wrongShare
            case .falseComplaint(let deal, let complaint):
                try reader.verdict(complaint, deal, complainer: index) == .falseComplaint
            case .wrongJustification(let deal, let justification):
                try reader.isWrongJustification(justification, deal, by: index)
            case .wrongPartial(let confirmation, let keySet):
                try reader.isWrongPartial(confirmation, keySet, by: index)
            }
        } catch {
            return false
        }
    }

    /// Whether members of a role can be at fault in this way.
    private func isAgainst(_ role: Role) -> Bool {
        switch self {
        case .equivocation, .flawedBundle: true
        case .unmatchedCommit, .wrongShare, .wrongJustification: role == .dealer
        case .falseComplaint, .wrongPartial: role == .receiver
        }
    }
}

/// What a disclosed share turns out to be.
enum ComplaintVerdict: Equatable {
    /// The share is not the one that the dealer committed to.
    case wrongShare
    /// The share is right, or the point was not proved to be the common one.
    case falseComplaint
}

extension Complaint.Disclosure {
    /// Judges a complaint about a deal, the same for everybody.
    func verdict(
        complainer: CeremonySeat,
        dealer: UInt32,
        deal: Deal,
        nonce: SHA256.Digest
    ) -> ComplaintVerdict {
        let route = EncryptedShare.Route(nonce: nonce, dealer: dealer, receiver: complainer)
        guard let sent = deal.share(for: complainer.index) else { return .wrongShare }
        guard holds(sent, route: route) else { return .falseComplaint }
        guard let share = sent.share(point: point, route: route) else { return .wrongShare }
        return deal.matches(share, receiver: complainer.index) ? .falseComplaint : .wrongShare
    }
}

/// Opens and judges the bundles of an evidence.
private struct EvidenceReader {
    var parameters: CeremonyParameters
    var verifier: Ed25519Verifier

    func open(_ bytes: [UInt8]) throws(BundleRefusal) -> CheckedBundle {
        try CheckedBundle(checking: bytes, in: parameters, verifier: verifier)
    }

    func isEquivocation(
        _ first: [UInt8],
        _ second: [UInt8],
        by role: Role,
        _ index: UInt32
    ) throws(BundleRefusal) -> Bool {
        let first = try open(first)
        let second = try open(second)
        guard first.kind == second.kind, first.kind.role == role else { return false }
        guard first.sender == index, second.sender == index else { return false }
        return first.content != second.content
    }

    func isFlawed(
        _ bytes: [UInt8],
        by role: Role,
        _ index: UInt32
    ) throws(BundleRefusal) -> Bool {
        let bundle = try open(bytes)
        guard bundle.kind.role == role, bundle.sender == index else { return false }
        return bundle.flaw != nil
    }

    func isUnmatched(
        _ commit: [UInt8],
        _ deal: [UInt8],
        by index: UInt32
    ) throws(BundleRefusal) -> Bool {
        let commit = try open(commit)
        let deal = try open(deal)
        guard commit.sender == index, deal.sender == index else { return false }
        guard case .commit(let digest) = commit.body, case .deal(let content) = deal.body else {
            return false
        }
        return content.commitDigest(dealer: index, nonce: parameters.nonce) != digest
    }

    /// The verdict on the complaint about the dealer of a deal.
    func verdict(
        _ complaint: [UInt8],
        _ deal: [UInt8],
        dealer: UInt32? = nil,
        complainer: UInt32? = nil
    ) throws(BundleRefusal) -> ComplaintVerdict? {
        let complaint = try open(complaint)
        let deal = try open(deal)
        if let dealer, deal.sender != dealer { return nil }
        if let complainer, complaint.sender != complainer { return nil }
        guard case .complaints(let complaints) = complaint.body,
            case .deal(let content) = deal.body,
            let seat = parameters.receiver(complaint.sender)
        else { return nil }
        for item in complaints where item.dealer == deal.sender {
            return item.disclosure?.verdict(
                complainer: seat,
                dealer: deal.sender,
                deal: content,
                nonce: parameters.nonce
            )
        }
        return nil
    }

    func isWrongJustification(
        _ justification: [UInt8],
        _ deal: [UInt8],
        by index: UInt32
    ) throws(BundleRefusal) -> Bool {
        let justification = try open(justification)
        let deal = try open(deal)
        guard justification.sender == index, deal.sender == index else { return false }
        guard case .justifications(let items) = justification.body,
            case .deal(let content) = deal.body
        else { return false }
        return items.contains { item in !content.matches(item.share, receiver: item.receiver) }
    }

    func isWrongPartial(
        _ confirmation: [UInt8],
        _ keySet: [UInt8],
        by index: UInt32
    ) throws(BundleRefusal) -> Bool {
        let bundle = try open(confirmation)
        guard bundle.sender == index, case .confirmation(let content) = bundle.body else {
            return false
        }
        let keys: KeySet
        do throws(ThresholdKeysError) {
            keys = try KeySet(decoding: keySet)
        } catch {
            return false
        }
        // The member itself signed the hash, so the key set need not be trusted.
        guard content.keySetHash == keys.hash, keys.nonce == parameters.nonce,
            let key = keys.shareKey(of: index)
        else { return false }
        return !key.verifies(content.partial, of: keys.testMessage)
    }
}
