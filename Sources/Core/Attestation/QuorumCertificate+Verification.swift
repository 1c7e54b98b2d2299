public import BLS12381
public import Cryptography
import Encoding
public import Statements

extension QuorumCertificate {
    /// Checks everything that a certificate claims; see the four checks for what they throw.
    ///
    /// - Parameters:
    ///   - groupKey: The group's key that the caller trusts.
    ///   - roster: The roster of the epoch.
    ///   - verifier: Checks an Ed25519 signature.
    /// - Throws: The first thing that is wrong, the cheap checks first.
    public func check(
        groupKey: PublicKey,
        roster: Roster,
        verifier: Ed25519Verifier
    ) throws(AttestationError) {
        try roster.check(attested)
        guard roster.groupKey == groupKey else { throw .otherRoster(name: "group key") }
        try checkOrder()
        try checkDiversity(roster.statement)
        try checkVotes(roster, verifier: verifier)
        try checkGroupSignature(groupKey)
    }

    /// Checks that the group's key signed the digest.
    ///
    /// - Throws: `invalidGroupSignature` or `wrongGroupSignature`.
    public func checkGroupSignature(_ key: PublicKey) throws(AttestationError) {
        let group: Signature
        do throws(BLSError) {
            group = try Signature(compressed: signature)
        } catch {
            throw .invalidGroupSignature(error)
        }
        guard key.verifies(group, of: digest.bytes) else { throw .wrongGroupSignature }
    }

    /// Checks that the seats that vote are far enough from each other.
    ///
    /// - Throws: `unknownSeat`, or `notDiverse` with the first violation.
    public func checkDiversity(_ roster: EpochStatement) throws(AttestationError) {
        var seats: [EpochStatement.Seat] = []
        for vote in votes {
            let seat = roster.seats.first { seat in seat.index == vote.index }
            guard let seat else { throw .unknownSeat(vote.index) }
            // A seat that votes twice is another fault, and still one seat.
            if !seats.contains(seat) { seats.append(seat) }
        }
        if let violation = DiversityRules.violations(of: seats).first {
            throw .notDiverse(violation)
        }
    }

    /// Checks how many votes there are, their order, and the bitmap.
    ///
    /// - Throws: `tooFewVotes`, `repeatedSeat`, `unorderedVotes` or `wrongSigners`.
    public func checkOrder() throws(AttestationError) {
        guard votes.count >= Int(StatementLimits.threshold) else {
            throw .tooFewVotes(found: votes.count, needed: Int(StatementLimits.threshold))
        }
        for position in votes.indices.dropFirst() {
            let index = votes[position].index
            for earlier in votes[..<position] where earlier.index == index {
                throw .repeatedSeat(index)
            }
            guard votes[position - 1].index < index else { throw .unorderedVotes(index) }
        }
        let expected = Self.signers(of: votes)
        guard signers == expected else { throw .wrongSigners(found: signers, expected: expected) }
    }

    /// Checks every vote against the roster: what it is about, its identity signature, its partial signature, and
    /// that the partial signatures give the group's.
    ///
    /// - Throws: What `checkOrder`, `checkIdentities` and `checkPartials` throw.
    public func checkVotes(_ roster: Roster, verifier: Ed25519Verifier) throws(AttestationError) {
        try checkOrder()
        try checkIdentities(roster.statement, verifier: verifier)
        try checkPartials(roster)
    }

    /// Checks what every vote is about, and its identity signature.
    ///
    /// - Throws: `unknownSeat`, `invalidIdentityKey`, `otherVote`, `wrongKeyID` or `wrongIdentitySignature`.
    public func checkIdentities(
        _ roster: EpochStatement,
        verifier: Ed25519Verifier
    ) throws(AttestationError) {
        for vote in votes {
            let seat = roster.seats.first { seat in seat.index == vote.index }
            guard let seat else { throw .unknownSeat(vote.index) }
            try vote.check(
                for: attested,
                digest: digest,
                by: seat,
                identityKey: Seat.identityKey(of: seat),
                verifier: verifier
            )
        }
    }

    /// Checks that every partial signature is by its seat's share, and that together they give the group's.
    ///
    /// - Throws: `unknownSeat`, `invalidPartial`, `wrongPartial`, `notCombined` or `otherCombination`.
    public func checkPartials(_ roster: Roster) throws(AttestationError) {
        var seats: [Seat] = []
        for vote in votes {
            guard let seat = roster.seat(vote.index) else { throw .unknownSeat(vote.index) }
            seats.append(seat)
        }
        let parts = try Self.partials(of: votes)
        // The order of these two decides who is blamed: a wrong part is its seat's fault, a wrong sum the venue's.
        try checkPartials(parts, seats)
        guard try Self.combine(parts).compressed == signature else { throw .otherCombination }
    }

    private func checkPartials(
        _ parts: [Threshold.PartialSignature],
        _ seats: [Seat]
    ) throws(AttestationError) {
        let hash = G1Element.hash(digest.bytes, tag: .basicSignature)
        let randomisers = try randomisers(seats)
        var entries: [BatchEntry] = []
        for position in parts.indices {
            entries.append(
                BatchEntry(
                    key: seats[position].shareKey,
                    signature: parts[position].signature,
                    randomiser: randomisers[position]
                )
            )
        }
        if BatchVerification.verifies(entries, ofHashed: hash) { return }
        for entry in zip(parts, seats)
        where !entry.1.shareKey.verifies(entry.0.signature, ofHashed: hash) {
            throw .wrongPartial(seat: entry.0.index)
        }
    }

    /// One number of 128 bits for each vote, which depends on everything that is verified with them.
    ///
    /// Whoever makes the votes cannot choose them to cancel each other: any change of a vote or a key changes
    /// all the numbers (the transformation of Fiat and Shamir). So the verdict needs no randomness, and is the
    /// same everywhere.
    private func randomisers(_ seats: [Seat]) throws(AttestationError) -> [Randomiser] {
        var hasher = SHA256.Hasher()
        hasher.update(Array("parallax.votes/1".utf8))
        hasher.update(digest)
        for (vote, seat) in zip(votes, seats) {
            hasher.update([UInt8(vote.index)])
            hasher.update(seat.statement.shareKey)
            hasher.update(vote.partial)
        }
        let seed = hasher.finalize()
        var randomisers: [Randomiser] = []
        for vote in votes {
            var hasher = SHA256.Hasher()
            hasher.update(seed)
            hasher.update([UInt8(vote.index)])
            let words = hasher.finalize().words
            do throws(BLSError) {
                randomisers.append(try Randomiser(high: words.1, low: words.0))
            } catch {
                // A hash that begins with 16 zeros has never been seen.
                throw .notCombined(error)
            }
        }
        return randomisers
    }
}
