public import Attestation
internal import BLS12381
public import Cryptography
internal import Encoding
internal import Statements

extension AttestationRound {
    /// Takes a vote.
    ///
    /// - Parameters:
    ///   - vote: The vote; it is for this round's slot.
    ///   - sender: Who the network says sent it; none where the network does not know.
    ///   - now: The time.
    /// - Returns: What is to be done.
    public mutating func receive(
        _ vote: Vote,
        from sender: Ed25519.PublicKey?,
        at now: UInt64
    ) -> [AttestationAction] {
        let seat: Seat
        switch check(vote, sender) {
        case .failure(let refusal):
            return [.refuse(refusal.reason, seat: refusal.seat)]
        case .success(let found): seat = found
        }
        // From here on the seat itself said so.
        if equivocators.contains(seat.index) {
            return [.refuse(.equivocation, seat: seat.index)]
        }
        if let before = firstWords[seat.index] {
            if before.contradicts(vote) {
                // Whoever signs two digests has no word: the first does not count either.
                equivocators.insert(seat.index)
                if phase != .certified { votes.removeAll { $0.vote.index == seat.index } }
                return [
                    .keep(.equivocation(before, vote)), .refuse(.equivocation, seat: seat.index),
                ]
            }
        } else {
            firstWords[seat.index] = vote
        }
        guard vote.digest == subject.digest else {
            return [.refuse(.otherDigest, seat: seat.index)]
        }
        guard vote.height == subject.attested.height else {
            return [.refuse(.otherHeight, seat: seat.index)]
        }
        return count(vote, of: seat, at: now)
    }

    /// Takes a dissent.
    ///
    /// - Parameters: As for a vote.
    /// - Returns: What is to be done.
    public mutating func receive(
        _ dissent: Dissent,
        from sender: Ed25519.PublicKey?,
        at now: UInt64
    ) -> [AttestationAction] {
        let statement = dissent.statement
        guard let seat = keys.roster.seat(statement.index) else {
            return [.refuse(.unknownSeat, seat: nil)]
        }
        if let reason = refusal(of: seat, sender) ?? mismatch(of: statement, seat) {
            return [.refuse(reason, seat: seat.index)]
        }
        do throws(AttestationError) {
            try dissent.check(by: keys.roster, verifier: keys.verifier)
        } catch {
            return [.refuse(.wrongSignature, seat: seat.index)]
        }
        if let before = dissents[seat.index], before.statement.reason == statement.reason {
            return [.refuse(.duplicate, seat: seat.index)]
        }
        attend(seat.index, at: now)
        attendance.dissenting |= 1 << UInt64(seat.index - 1)
        // Whoever voted keeps its vote: a dissent afterwards is recorded and takes nothing back.
        let hasVoted = votes.contains { counted in counted.vote.index == seat.index }
        if !hasVoted { dissents[seat.index] = dissent }
        return [.file(dissent)] + tryToReject()
    }

    /// In what a dissent is not about what is asked; nil if it is.
    private func mismatch(of statement: DissentStatement, _ seat: Seat) -> AttestationRefusal? {
        let attested = subject.attested
        if statement.venue != attested.venue { return .otherVenue }
        if statement.epoch != attested.epoch { return .otherEpoch }
        if statement.slot != attested.slot { return .otherSlot }
        if statement.digest != subject.digest { return .otherDigest }
        let keyID = StatementIssuer.keyID(of: seat.identityKey.bytes)
        return statement.keyID == keyID ? nil : .otherKey
    }

    private struct Refused: Error {
        var reason: AttestationRefusal
        var seat: UInt32?
    }

    /// Checks who votes and for what, the cheap checks first.
    private func check(_ vote: Vote, _ sender: Ed25519.PublicKey?) -> Result<Seat, Refused> {
        guard let seat = keys.roster.seat(vote.index) else {
            return .failure(Refused(reason: .unknownSeat, seat: nil))
        }
        func refuse(_ reason: AttestationRefusal) -> Result<Seat, Refused> {
            .failure(Refused(reason: reason, seat: seat.index))
        }
        if let reason = refusal(of: seat, sender) { return refuse(reason) }
        guard vote.venue == subject.attested.venue.text else { return refuse(.otherVenue) }
        guard vote.epoch == subject.attested.epoch else { return refuse(.otherEpoch) }
        guard vote.slot == subject.slot.rawValue else { return refuse(.otherSlot) }
        let keyID = StatementIssuer.keyID(of: seat.identityKey.bytes)
        guard vote.message.protected.keyID == keyID else { return refuse(.otherKey) }
        let isSigned = vote.message.isValid { message, signature in
            keys.verifier(signature, message, seat.identityKey)
        }
        guard isSigned else { return refuse(.wrongSignature) }
        return .success(seat)
    }

    /// Why nothing that a seat says counts; nil if it does.
    private func refusal(of seat: Seat, _ sender: Ed25519.PublicKey?) -> AttestationRefusal? {
        if let sender, sender != seat.identityKey { return .otherSender }
        switch keys.standing(of: seat.index) {
        case .active: return nil
        case .suspended: return .suspendedSeat
        case .removed: return .removedSeat
        }
    }

    private mutating func count(
        _ vote: Vote,
        of seat: Seat,
        at now: UInt64
    ) -> [AttestationAction] {
        let bit = UInt64(1) << UInt64(seat.index - 1)
        guard phase == .asking || phase == .pending || phase == .formed else {
            if (attendance.timely | attendance.late) & bit != 0 {
                return [.refuse(.duplicate, seat: seat.index)]
            }
            attend(seat.index, at: now)
            return []
        }
        if votes.contains(where: { $0.vote.index == seat.index }) {
            return [.refuse(.duplicate, seat: seat.index)]
        }
        let partial: Signature
        do throws(BLSError) {
            partial = try Signature(compressed: vote.partial)
        } catch {
            return blame(vote, .invalidPoint)
        }
        attend(seat.index, at: now)
        dissents[seat.index] = nil
        attendance.dissenting &= ~bit
        votes.append(
            CountedVote(vote: vote, partial: .init(index: seat.index, signature: partial))
        )
        return tryToCertify(at: now)
    }
}
