import Encoding
import KeyStore
package import ThresholdKeys
import SeededRandomness

/// One simulated ceremony whose faults are chosen instead of drawn.
package struct ScriptedCeremony {
    /// The members' seats are 1, 2 … up to this number.
    package let count: Int
    /// How many shares sign.
    package let threshold: Int
    private var source: RandomSource
    private let seed: UInt64
    private var persons: [Person] = []
    private var current: KeySet?
    private var height: UInt64 = 3
    /// The entries of the last ceremony's log in their order.
    package private(set) var entries: [[UInt8]] = []

    /// Draws the members' keys.
    package init(seed: UInt64, count: Int, threshold: Int) {
        self.seed = seed
        self.count = count
        self.threshold = threshold
        source = RandomSource(seed: seed)
        for name in 0..<count { persons.append(Person(name, from: &source)) }
    }

    /// Plays a ceremony: the first one makes keys, the others reshare them.
    ///
    /// - Parameters:
    ///   - faults: What the member of each seat does wrong.
    ///   - disclosesPoints: Whether members complain with proof.
    /// - Returns: What the log says at the end.
    /// - Throws: What does not hold of what must hold after every ceremony.
    package mutating func play(
        _ faults: [UInt32: [Misbehaviour]] = [:],
        disclosesPoints: Bool = true
    ) throws(SimulationFailure) -> Ceremony {
        let parameters = try makeParameters()
        var members: [SimulatedMember] = []
        for (position, person) in persons.enumerated() {
            members.append(
                SimulatedMember(
                    person,
                    parameters,
                    misbehaviours: faults[UInt32(position) + 1] ?? [],
                    disclosesPoints: disclosesPoints,
                    source: &source
                )
            )
        }
        var run = SimulatedCeremony(
            parameters,
            members: members,
            earlier: entries,
            source: &source
        )
        if let reason = run.run() ?? run.violation() ?? run.audit() {
            throw SimulationFailure(seed: seed, reason: reason)
        }
        for member in members { member.end(after: run.ceremony) }
        if case .activated(let keySet, _) = run.ceremony.outcome { current = keySet }
        height = parameters.schedule.confirmationEnd + 2
        entries = run.log.heights.joined().map { entry in entry.bytes }
        return run.ceremony
    }

    /// The indices of those who hold a share of an epoch, ascending.
    package func holders(of epoch: UInt64) -> [UInt32] {
        var indices: [UInt32] = []
        for person in persons {
            switch person.share {
            case .some(let share): if share.epoch == epoch { indices.append(share.index) }
            case .none: break
            }
        }
        return indices
    }

    private func makeParameters() throws(SimulationFailure) -> CeremonyParameters {
        let seats = persons.enumerated().map { position, person in
            person.seat(UInt32(position) + 1)
        }
        do throws(ThresholdKeysError) {
            return try CeremonyParameters(
                venue: "venue.scripted",
                epoch: (current?.epoch ?? 0) + 1,
                seats: seats,
                threshold: threshold,
                previous: current.map { keySet in
                    PreviousEpoch(keySet: keySet, seats: seats, threshold: keySet.threshold)
                },
                schedule: Schedule(
                    start: height,
                    phaseLength: SimulatedCeremony.phaseLength,
                    isFresh: current == nil
                )
            )
        } catch {
            throw SimulationFailure(seed: seed, reason: "parameters: \(error)")
        }
    }
}
