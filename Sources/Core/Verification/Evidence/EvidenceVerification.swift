public import Attestation
import BLS12381
public import Cryptography
import Encoding
import MerkleLog
import Primitives
import Statements
import Venue

/// Judges evidence: needs nothing but the file, rosters, and for some faults what the client trusts.
public struct EvidenceVerification {
    /// Within how many nanoseconds three wrong shares are a fault.
    public static var invalidSharesNanoseconds: UInt64 { 90 * 86_400 * 1_000_000_000 }

    let rosters: [Roster]
    let trust: Trust?
    let verifier: Ed25519Verifier
    let leaf: (_ index: UInt64, _ size: UInt64) -> ProvenLeaf?

    /// Prepares to judge.
    ///
    /// - Parameters:
    ///   - rosters: The rosters of the epochs that the evidence is about; they are believed, but must belong to
    ///     `trust` if there is one.
    ///   - trust: Keys of the venue, the log and the group; attendance cannot be judged without.
    ///   - verifier: Checks an Ed25519 signature.
    ///   - leaf: Gives a leaf of the log with its proof at a size, for evidence that does not carry the leaves.
    public init(
        rosters: [Roster],
        trust: Trust? = nil,
        verifier: @escaping Ed25519Verifier = Ed25519.verifies,
        leaf: @escaping (_ index: UInt64, _ size: UInt64) -> ProvenLeaf? = { _, _ in nil }
    ) {
        self.rosters = rosters
        self.trust = trust
        self.verifier = verifier
        self.leaf = leaf
    }

    /// Judges a file.
    ///
    /// - Parameter bytes: The bytes of the evidence.
    /// - Returns: What is proven.
    /// - Throws: Why nothing is.
    public func prove(_ bytes: [UInt8]) throws(EvidenceError) -> ProvenFault {
        let evidence = try SeatEvidence(decoding: bytes)
        let roster = try roster(evidence.epoch)
        guard roster.statement.venue == evidence.venue else {
            throw .untrustedRoster(epoch: evidence.epoch)
        }
        guard let seat = roster.seat(evidence.index) else { throw .unknownSeat(evidence.index) }
        var proven = ProvenFault(
            venue: evidence.venue,
            epoch: evidence.epoch,
            index: evidence.index,
            did: seat.statement.did,
            fault: evidence.fault,
            evidence: SHA256.hash(of: bytes)
        )
        switch evidence.body {
        case .equivocation(let first, let second):
            try checkEquivocation(first, second, evidence, seat)
        case .invalidShares(let votes):
            proven.from = try checkShares(votes, evidence, seat)
        case .attendance(let absence):
            proven.from = try checkAbsence(absence, evidence, seat)
        case .diversityBreach(let rule, let bytes):
            proven.from = try checkBreach(of: rule, bytes, evidence, roster)
        case .keyCompromise(let bytes):
            let notice = try notice(bytes, evidence)
            guard notice.content == .keyCompromise else { throw .otherNotice("type") }
            guard notice.isSigned(byOneOf: [seat.identityKey], verifier: verifier) else {
                throw .notAuthorised
            }
            proven.from = notice.time
        case .sanction(let bytes):
            let notice = try notice(bytes, evidence)
            guard case .sanction(let order, _) = notice.content else { throw .otherNotice("type") }
            let keys = authorities(roster, besides: evidence.index)
            guard notice.isSigned(byOneOf: keys, verifier: verifier) else { throw .notAuthorised }
            proven.from = notice.time
            proven.order = order
        case .badDeal(let ceremony, let proof):
            try checkDeal(ceremony, proof, evidence, seat)
        }
        return proven
    }

    /// The roster of an epoch, if it is given and belongs to what is trusted.
    func roster(_ epoch: UInt64) throws(EvidenceError) -> Roster {
        let found = rosters.first { roster in roster.statement.epoch == epoch }
        guard let found else { throw .missingRoster(epoch: epoch) }
        if let trust {
            guard found.groupKey == trust.groupKey, found.statement.venue == trust.venue else {
                throw .untrustedRoster(epoch: epoch)
            }
        }
        return found
    }

    // MARK: Votes

    private func checkEquivocation(
        _ firstBytes: [UInt8],
        _ secondBytes: [UInt8],
        _ evidence: SeatEvidence,
        _ seat: Seat
    ) throws(EvidenceError) {
        let first = try vote(firstBytes, position: 0)
        let second = try vote(secondBytes, position: 1)
        for vote in [first, second] {
            guard vote.venue == evidence.venue.text else { throw .otherVotes("venue") }
            guard vote.epoch == evidence.epoch else { throw .otherVotes("epoch") }
            guard vote.index == evidence.index else { throw .otherVotes("seat") }
        }
        guard first.slot == second.slot else { throw .otherVotes("slot") }
        guard first.digest != second.digest else { throw .sameDigest }
        precondition(first.contradicts(second))
        guard firstBytes.lexicographicallyPrecedes(secondBytes) else { throw .wrongOrder }
        try part { () throws(AttestationError) in
            try first.checkIdentity(seat.identityKey, verifier: verifier)
            try second.checkIdentity(seat.identityKey, verifier: verifier)
        }
    }

    /// Checks that no share is good; returns the time of the first vote.
    private func checkShares(
        _ votes: [SeatEvidence.CastVote],
        _ evidence: SeatEvidence,
        _ seat: Seat
    ) throws(EvidenceError) -> Timestamp {
        var cast: [(time: Timestamp, slot: UInt64)] = []
        for (position, entry) in votes.enumerated() {
            let vote = try vote(entry.vote, position: position)
            let attested: Attested
            do throws(StatementError) {
                attested = try Attested(decoding: entry.payload)
            } catch {
                throw .invalidPart(.malformedPayload(error))
            }
            let roster = try roster(vote.epoch)
            guard let holder = roster.seat(vote.index),
                holder.statement.did == seat.statement.did,
                roster.statement.venue == evidence.venue
            else { throw .otherVotes("seat") }
            try part { () throws(AttestationError) in
                try roster.check(attested)
                try vote.check(
                    for: attested,
                    digest: SHA256.hash(of: entry.payload),
                    by: holder.statement,
                    identityKey: holder.identityKey,
                    verifier: verifier
                )
            }
            guard !Self.isGood(vote, holder) else { throw .goodShare(position: position) }
            for earlier in cast where earlier.slot == vote.slot { throw .sameSlot }
            if let last = cast.last, (attested.time, vote.slot) <= last { throw .wrongOrder }
            cast.append((attested.time, vote.slot))
            let isLast = position == votes.count - 1
            if isLast, vote.epoch != evidence.epoch { throw .otherVotes("epoch") }
        }
        let first = cast[0].time.nanoseconds
        guard cast[cast.count - 1].time.nanoseconds - first <= Self.invalidSharesNanoseconds else {
            throw .tooFarApart
        }
        return cast[0].time
    }

    /// Whether the partial signature of a vote is by the seat's share; one that is no signature is not.
    private static func isGood(_ vote: Vote, _ seat: Seat) -> Bool {
        do throws(BLSError) {
            let partial = try Signature(compressed: vote.partial)
            return seat.shareKey.verifies(partial, of: vote.digest.bytes)
        } catch {
            return false
        }
    }

    private func vote(_ bytes: [UInt8], position: Int) throws(EvidenceError) -> Vote {
        try part { () throws(AttestationError) in
            try Vote(decoding: bytes, position: position)
        }
    }

    // MARK: Notices

    private func notice(
        _ bytes: [UInt8],
        _ evidence: SeatEvidence
    ) throws(EvidenceError) -> CommitteeNotice {
        let notice = try part { () throws(AttestationError) in
            try CommitteeNotice(decoding: bytes)
        }
        guard notice.venue == evidence.venue else { throw .otherNotice("venue") }
        guard notice.epoch == evidence.epoch else { throw .otherNotice("epoch") }
        guard notice.index == evidence.index else { throw .otherNotice("seat") }
        return notice
    }

    /// Who may order and report: the venue, and the regulators of the roster but for the seat itself.
    private func authorities(_ roster: Roster, besides index: UInt32) -> [Ed25519.PublicKey] {
        let regulators = roster.seats.filter { seat in
            seat.statement.category == .regulator && seat.index != index
        }
        return (trust?.issuerKeys ?? []) + regulators.map { seat in seat.identityKey }
    }

    /// Checks that a seat takes part in a violation, if need be after a change of its affiliation.
    private func checkBreach(
        of rule: DiversityViolation.Rule,
        _ bytes: [UInt8],
        _ evidence: SeatEvidence,
        _ roster: Roster
    ) throws(EvidenceError) -> Timestamp {
        var seats = roster.statement.seats
        var time = roster.statement.validFrom
        if !bytes.isEmpty {
            let notice = try notice(bytes, evidence)
            guard case .affiliation(let name, let group, let region) = notice.content else {
                throw .otherNotice("type")
            }
            var keys = authorities(roster, besides: evidence.index)
            if let seat = roster.seat(evidence.index) { keys.append(seat.identityKey) }
            guard notice.isSigned(byOneOf: keys, verifier: verifier) else { throw .notAuthorised }
            for position in seats.indices where seats[position].index == evidence.index {
                seats[position].operator = name
                seats[position].group = group
                seats[position].region = region
            }
            time = notice.time
        }
        let isBroken = DiversityRules.violations(of: seats).contains { violation in
            violation.rule == rule && violation.seats.contains(evidence.index)
        }
        guard isBroken else { throw .ruleHolds(rule) }
        return time
    }

    /// Turns what is wrong with a part into what is wrong with the evidence.
    func part<Result>(
        _ body: () throws(AttestationError) -> Result
    ) throws(EvidenceError) -> Result {
        do throws(AttestationError) { return try body() } catch { throw .invalidPart(error) }
    }
}
