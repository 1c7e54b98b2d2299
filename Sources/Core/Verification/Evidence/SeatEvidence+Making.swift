public import Attestation
import Cryptography
import Encoding
import Primitives
public import Statements
public import ThresholdKeys

// What somebody has seen, put into the one form that evidence has. Nothing is judged here.

extension SeatEvidence.CastVote {
    /// Most bytes of a vote with its payload.
    public static var bytesMax: Int { 1 << 17 }

    /// Reads a vote with its payload: an array of two byte strings in deterministic CBOR.
    ///
    /// - Throws: `malformed` when it is something else.
    public init(decoding bytes: [UInt8]) throws(EvidenceError) {
        let value: CBORValue?
        do throws(CBORError) {
            let limits = DecodingLimits(bytesMax: Self.bytesMax, depthMax: 2)
            value = try CBORValue(decoding: bytes, limits: limits)
        } catch {
            value = nil
        }
        guard let parts = value?.array, parts.count == 2, let vote = parts[0].bytes,
            let payload = parts[1].bytes
        else { throw .malformed(.invalidMessage(kind: "vote", name: "set")) }
        self.init(vote: vote, payload: payload)
    }

    /// The vote and its payload: an array of two byte strings in deterministic CBOR.
    public var encoded: [UInt8] { CBORValue.array([.bytes(vote), .bytes(payload)]).encoded }
}

extension SeatEvidence {
    private struct Cast {
        var vote: Vote
        var time: Timestamp
        var bytes: CastVote
    }

    /// Evidence of the newest three votes of one observer that can make it: for three slots, within 90 days; none if there
    /// are too few.
    ///
    /// - Parameters:
    ///   - votes: Votes with wrong shares, of any observers in any order.
    ///   - did: The observer.
    ///   - rosters: The rosters of the epochs of the votes; what is of another epoch is passed over.
    public init?(
        invalidShares votes: [CastVote],
        by did: OrbitDID,
        rosters: [EpochStatement]
    ) {
        var casts: [Cast] = []
        for bytes in votes {
            guard let cast = Self.cast(bytes),
                let roster = rosters.first(where: { roster in roster.epoch == cast.vote.epoch }),
                roster.seat(of: did)?.index == cast.vote.index,
                !casts.contains(where: { other in other.vote.slot == cast.vote.slot })
            else { continue }
            casts.append(cast)
        }
        casts.sort { left, right in (left.time, left.vote.slot) < (right.time, right.vote.slot) }
        let needed = Self.invalidShareCount
        guard casts.count >= needed else { return nil }
        for start in (0...casts.count - needed).reversed() {
            let chosen = casts[start..<start + needed]
            guard let first = chosen.first, let last = chosen.last,
                let roster = rosters.first(where: { roster in roster.epoch == last.vote.epoch }),
                last.time.nanoseconds - first.time.nanoseconds
                    <= EvidenceVerification.invalidSharesNanoseconds
            else { continue }
            self.init(
                venue: roster.venue,
                epoch: last.vote.epoch,
                index: last.vote.index,
                body: .invalidShares(chosen.map { cast in cast.bytes })
            )
            return
        }
        return nil
    }

    /// What can be read of a vote; one that cannot be read is no evidence of anything.
    private static func cast(_ bytes: CastVote) -> Cast? {
        let vote: Vote
        do throws(AttestationError) { vote = try Vote(decoding: bytes.vote) } catch { return nil }
        do throws(StatementError) {
            let time = try Attested(decoding: bytes.payload).time
            return Cast(vote: vote, time: time, bytes: bytes)
        } catch {
            return nil
        }
    }

    /// Evidence of each rule of diversity that a roster breaks and in whose breach a seat takes part.
    ///
    /// - Parameters:
    ///   - roster: The roster.
    ///   - index: The seat.
    ///   - notice: Where the seat belongs now; none if the roster says it.
    /// - Returns: A piece of evidence for each rule, in their order.
    public static func diversityBreaches(
        of roster: EpochStatement,
        by index: UInt32,
        notice: CommitteeNotice? = nil
    ) -> [SeatEvidence] {
        var seats = roster.seats
        if let notice, case .affiliation(let name, let group, let region) = notice.content {
            for position in seats.indices where seats[position].index == index {
                seats[position].operator = name
                seats[position].group = group
                seats[position].region = region
            }
        }
        let violations = DiversityRules.violations(of: seats)
        return DiversityViolation.Rule.allCases.compactMap { rule in
            let isBroken = violations.contains { violation in
                violation.rule == rule && violation.seats.contains(index)
            }
            guard isBroken else { return nil }
            return SeatEvidence(
                venue: roster.venue,
                epoch: roster.epoch,
                index: index,
                body: .diversityBreach(rule: rule, notice: notice?.encoded ?? [])
            )
        }
    }

    /// Evidence of what a member did wrong in a key ceremony; none if only the whole journal shows it.
    ///
    /// - Parameters:
    ///   - fault: What it did.
    ///   - parameters: The ceremony.
    public init?(badDeal fault: Fault, in parameters: CeremonyParameters) {
        guard let proof = fault.evidence else { return nil }
        let venue: VenueName
        do throws(StatementError) {
            venue = try VenueName(parameters.venue)
        } catch {
            return nil
        }
        let dealersEpoch = parameters.previous?.keySet.epoch ?? parameters.epoch
        self.init(
            venue: venue,
            epoch: fault.role == .dealer ? dealersEpoch : parameters.epoch,
            index: fault.index,
            body: .badDeal(ceremony: parameters.encoded, evidence: proof.encoded)
        )
    }

    /// Evidence, without leaves, of a range of the log in which a seat was absent; none if the observer has no seat in the
    /// roster.
    ///
    /// - Parameters:
    ///   - finding: The range.
    ///   - did: The observer.
    ///   - roster: The roster of the range's last epoch.
    ///   - checkpoint: The log's signed checkpoint.
    public init?(
        absence finding: AttendanceSearch.Finding,
        of did: OrbitDID,
        roster: EpochStatement,
        checkpoint: [UInt8]
    ) {
        guard roster.epoch == finding.epoch, let seat = roster.seat(of: did) else { return nil }
        self.init(
            venue: roster.venue,
            epoch: roster.epoch,
            index: seat.index,
            body: .attendance(
                Absence(
                    checkpoint: checkpoint,
                    first: finding.first,
                    count: finding.count,
                    certificates: finding.figures.certificates,
                    present: finding.figures.present
                )
            )
        )
    }
}
