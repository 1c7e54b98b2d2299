import Cryptography
import ThresholdKeys
import SeededRandomness

/// A bundle on its way into the log.
struct Posting {
    /// The height at which it arrives.
    var height: UInt64
    var bytes: [UInt8]
}

/// A person in one simulated ceremony: the real member, what it does wrong, and when it is away.
final class SimulatedMember {
    let person: Person
    let parameters: CeremonyParameters
    let misbehaviours: [Misbehaviour]
    /// How many heights the member reads behind the log.
    let lag: UInt64
    /// When the member is away.
    let absence: Range<UInt64>?
    /// What the member sends; honest ones do not change it.
    var source: RandomSource
    private(set) var member: CeremonyMember?
    let secret: [UInt8]
    var hasComplained = false
    private let disclosesPoints: Bool

    init(
        _ person: Person,
        _ parameters: CeremonyParameters,
        misbehaviours: [Misbehaviour],
        disclosesPoints: Bool,
        source: inout RandomSource
    ) {
        self.person = person
        self.parameters = parameters
        self.misbehaviours = misbehaviours
        lag = UInt64(source.below(2))
        secret = source.bytes(32)
        self.disclosesPoints = disclosesPoints
        self.source = RandomSource(seed: source.next())
        absence = Self.absence(misbehaviours, parameters.schedule, &source)
        member = makeMember(secret)
    }

    private static func absence(
        _ misbehaviours: [Misbehaviour],
        _ schedule: Schedule,
        _ source: inout RandomSource
    ) -> Range<UInt64>? {
        let span = Int(schedule.confirmationEnd - schedule.start)
        let height = schedule.start + UInt64(source.below(span))
        for misbehaviour in misbehaviours {
            switch misbehaviour {
            case .vanish, .crash: return height..<UInt64.max
            case .restart: return height..<(height + 1 + UInt64(source.below(span)))
            case .crashIn(let phase): return schedule.begin(of: phase)..<UInt64.max
            case .restartIn(let phase):
                let begin = schedule.begin(of: phase)
                return begin..<(begin + SimulatedCeremony.phaseLength)
            default: continue
            }
        }
        return nil
    }

    /// Whether the member follows the protocol all the time.
    var isCorrect: Bool { misbehaviours.isEmpty }

    /// Whether something can be proved against the member.
    var isByzantine: Bool {
        !misbehaviours.allSatisfy { misbehaviour in misbehaviour.isBenign }
    }

    /// The seat that deals, if the person has the share to deal.
    var dealer: UInt32? {
        guard !parameters.isFresh else { return receiver }
        guard person.share != nil else { return nil }
        return parameters.dealers.first { $0.identityKey == person.identityKey }?.index
    }

    /// The seat that receives.
    var receiver: UInt32? {
        parameters.seats.first { $0.identityKey == person.identityKey }?.index
    }

    func has(_ misbehaviour: Misbehaviour) -> Bool { misbehaviours.contains(misbehaviour) }

    func isAway(at height: UInt64) -> Bool { absence?.contains(height) ?? false }

    /// Makes the real member from a secret; none for a leaving person who has lost its share.
    func makeMember(_ secret: [UInt8]) -> CeremonyMember? {
        do throws(ThresholdKeysError) {
            switch person.share {
            case .some(let share):
                return try CeremonyMember(
                    parameters,
                    identityKey: person.identityKey,
                    secret: secret,
                    decryptionKey: person.decryptionKey,
                    resharing: share,
                    disclosesPoints: disclosesPoints
                )
            case .none:
                return try CeremonyMember(
                    parameters,
                    identityKey: person.identityKey,
                    secret: secret,
                    decryptionKey: person.decryptionKey,
                    disclosesPoints: disclosesPoints
                )
            }
        } catch {
            precondition(error == .notAMember, "\(error)")
            return nil
        }
    }

    /// Forgets everything but what is in sealed storage, as a restart does.
    func restart() { member = makeMember(secret) }

    /// What the real member says.
    func act(on ceremony: Ceremony) -> [UnsignedBundle] { member?.act(on: ceremony) ?? [] }

    /// Ends the ceremony: the person has the new share or keeps the old one.
    ///
    /// Who was away then makes the member again and reads the log, unless it has lost its storage.
    func end(after ceremony: Ceremony) {
        if has(.vanish) {
            person.share = nil
            return
        }
        if isAway(at: parameters.schedule.confirmationEnd + 1) { restart() }
        var member: CeremonyMember? = nil
        swap(&member, &self.member)
        var share: KeyShare? = nil
        swap(&share, &person.share)
        guard let member else {
            if case .activated = ceremony.outcome { return }
            person.share = share
            return
        }
        switch member.succeed(share, after: ceremony) {
        case .activated(let new): person.share = new
        case .kept(let old): person.share = old
        }
    }

    func sign(_ bundle: UnsignedBundle) -> [UInt8] {
        bundle.signed { message in person.sign(message) }
    }

    func sign(_ body: BundleBody, as index: UInt32) -> [UInt8] {
        sign(UnsignedBundle(body, sender: index, nonce: parameters.nonce))
    }
}

extension Schedule {
    /// The height at which a phase begins.
    func begin(of phase: Phase) -> UInt64 {
        switch phase {
        case .waiting, .commit: start
        case .deal: commitEnd
        case .complaint: dealEnd
        case .justification: complaintEnd
        case .confirmation: justificationEnd
        case .concluded: confirmationEnd
        }
    }
}
