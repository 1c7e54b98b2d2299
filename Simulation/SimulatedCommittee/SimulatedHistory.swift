import BLS12381
import Encoding
import ThresholdKeys
import SeededRandomness

/// Key generation and several resharings of one venue, with changing committees, under faults.
///
/// One seed decides everything: who has a seat, what members do wrong, when each entry arrives.
package struct SimulatedHistory {
    /// What happened, so that tests can tell that much of it does.
    package struct Summary {
        /// Ceremonies that ended with new keys.
        package var activated = 0
        /// Ceremonies that failed.
        package var failed = 0
        /// The faults that were found, each kind as text.
        package var faults: [String] = []
    }

    /// The size of committees.
    package enum Size: Sendable {
        /// Twelve seats, of which eight sign.
        case full
        /// Five to eight seats, so that many histories can be played.
        case small
    }

    private let seed: UInt64
    private let size: Size
    private let ceremonyCount: Int
    private var source: RandomSource
    private var persons: [Person] = []
    private var current: Epoch?
    private var earlier: [[UInt8]] = []
    private var height: UInt64 = 0
    private var summary = Summary()

    /// The keys in force, and who has the seats.
    private struct Epoch {
        var keySet: KeySet
        var seats: [CeremonySeat]
    }

    /// Makes a history that is not played yet.
    package init(seed: UInt64, size: Size, ceremonyCount: Int) {
        self.seed = seed
        self.size = size
        self.ceremonyCount = ceremonyCount
        source = RandomSource(seed: seed)
        for name in 0..<(size == .full ? 15 : 11) { persons.append(Person(name, from: &source)) }
    }

    /// Plays the history.
    ///
    /// - Throws: The first thing that does not hold.
    package mutating func play() throws(SimulationFailure) -> Summary {
        for number in 0..<ceremonyCount {
            if let reason = try playOne(number) {
                throw SimulationFailure(seed: seed, reason: "ceremony \(number): \(reason)")
            }
        }
        return summary
    }

    private mutating func playOne(_ number: Int) throws(SimulationFailure) -> String? {
        let parameters = try makeParameters(number)
        let members = makeMembers(parameters)
        let before = current.map { epoch in (epoch, partials(epoch, message(number))) }
        var run = SimulatedCeremony(
            parameters,
            members: members,
            earlier: earlier,
            source: &source
        )
        if let failure = run.run() ?? run.violation() { return failure }
        if source.chance(25), let failure = run.audit() { return failure }
        for fault in run.ceremony.faults { summary.faults.append("\(fault.kind)") }
        earlier += run.log.heights.joined().map { entry in entry.bytes }
        height = parameters.schedule.confirmationEnd + 2
        for member in members { member.end(after: run.ceremony) }
        switch run.ceremony.outcome {
        case .activated(let keySet, let confirmed):
            summary.activated += 1
            let present = confirmed.filter { index in
                !members.contains { $0.receiver == index && $0.has(.vanish) }
            }
            return activate(keySet, present, parameters, before?.1 ?? [], message(number))
        case .failed:
            summary.failed += 1
            guard let (epoch, partials) = before else { return nil }
            return failure(of: epoch, partials, message(number))
        case nil: return "there is no outcome"
        }
    }

    private func message(_ number: Int) -> [UInt8] { Array("message \(number)".utf8) }
}

// MARK: - Committees

extension SimulatedHistory {
    private mutating func makeParameters(
        _ number: Int
    ) throws(SimulationFailure) -> CeremonyParameters {
        let count = size == .full ? 12 : 5 + source.below(4)
        var chosen = source.pick(count, of: persons)
        if let current {
            // Most stay, so that there is something to continue.
            let staying = persons.filter { person in
                current.seats.contains { $0.identityKey == person.identityKey }
            }
            let kept = source.pick(max(1, min(count, staying.count) - source.below(3)), of: staying)
            let others = persons.filter { person in
                !kept.contains { $0.name == person.name }
            }
            chosen = kept + source.pick(count - kept.count, of: others)
        }
        let indices = source.pick(count, of: Array(1...12 as ClosedRange<UInt32>)).sorted()
        let threshold = size == .full ? 8 : count / 2 + 1 + source.below(count - count / 2 - 1)
        do throws(ThresholdKeysError) {
            return try CeremonyParameters(
                venue: "venue.simulated",
                epoch: (current?.keySet.epoch ?? 0) + 1,
                attempt: UInt32(number),
                seats: zip(indices, chosen).map { index, person in person.seat(index) },
                threshold: threshold,
                previous: current.map { epoch in
                    PreviousEpoch(
                        keySet: epoch.keySet,
                        seats: epoch.seats,
                        threshold: epoch.keySet.threshold
                    )
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

    /// The members, of whom some misbehave: mostly as many as the protocol bears, now and then more crash.
    private mutating func makeMembers(_ parameters: CeremonyParameters) -> [SimulatedMember] {
        let taking = persons.filter { person in
            (parameters.dealers + parameters.seats).contains {
                $0.identityKey == person.identityKey
            }
        }
        let bearable = min(
            parameters.faultyDealerCountMax,
            parameters.seats.count - parameters.threshold
        )
        let faulty = source.pick(source.below(bearable + 1), of: taking).map { $0.name }
        let extra = source.chance(15) ? source.pick(2, of: taking).map { $0.name } : []
        var members: [SimulatedMember] = []
        for person in taking {
            var misbehaviours: [Misbehaviour] = []
            if faulty.contains(person.name) {
                misbehaviours = source.pick(1 + source.below(3), of: Misbehaviour.all)
            } else if extra.contains(person.name) {
                misbehaviours = [source.pick([.crash, .restart])]
            }
            members.append(
                SimulatedMember(
                    person,
                    parameters,
                    misbehaviours: misbehaviours,
                    disclosesPoints: !source.chance(15),
                    source: &source
                )
            )
        }
        return members
    }
}

// MARK: - Keys

extension SimulatedHistory {
    /// The partial signatures of all who hold a share of an epoch.
    private func partials(
        _ epoch: Epoch,
        _ message: [UInt8]
    ) -> [Threshold.PartialSignature] {
        var partials: [Threshold.PartialSignature] = []
        for person in persons {
            switch person.share {
            case .some(let share):
                if share.epoch == epoch.keySet.epoch { partials.append(share.sign(message)) }
            case .none: break
            }
        }
        return partials.sorted { left, right in left.index < right.index }
    }

    /// Whether the old epoch still signs after a ceremony that failed.
    private func failure(
        of epoch: Epoch,
        _ before: [Threshold.PartialSignature],
        _ message: [UInt8]
    ) -> String? {
        let after = partials(epoch, message)
        guard after.map({ $0.index }) == before.map({ $0.index }) else {
            return "a share of the old epoch was lost"
        }
        return signs(epoch.keySet, after, message) ? nil : "the old epoch does not sign any more"
    }

    private func signs(
        _ keySet: KeySet,
        _ partials: [Threshold.PartialSignature],
        _ message: [UInt8]
    ) -> Bool {
        do throws(ThresholdKeysError) {
            let combination = try PartialCombiner(keySet).combine(partials, of: message)
            return combination.invalid.isEmpty
        } catch {
            return false
        }
    }

    /// Puts new keys in force and checks them.
    private mutating func activate(
        _ keySet: KeySet,
        _ confirmed: [UInt32],
        _ parameters: CeremonyParameters,
        _ old: [Threshold.PartialSignature],
        _ message: [UInt8]
    ) -> String? {
        if let current, current.keySet.groupKey != keySet.groupKey {
            return "the group key has changed"
        }
        let epoch = Epoch(keySet: keySet, seats: parameters.seats)
        current = epoch
        let new = partials(epoch, message)
        for index in confirmed where !new.contains(where: { $0.index == index }) {
            return "\(index) has confirmed, but has no share"
        }
        guard new.count >= keySet.threshold else { return "too few have a share" }
        let combiner = PartialCombiner(keySet)
        let hash = G1Element.hash(message, tag: .basicSignature)
        do {
            let invalid = try combiner.invalid(new, ofHashed: hash)
            guard invalid.isEmpty else { return "\(invalid) do not match their share keys" }
            for _ in 0..<2 {
                let chosen = source.pick(keySet.threshold, of: new)
                guard try keySet.groupKey.verifies(Threshold.combine(chosen), ofHashed: hash) else {
                    return "\(chosen.map { $0.index }) do not sign"
                }
            }
            let fewer = source.pick(keySet.threshold - 1, of: new)
            if !fewer.isEmpty,
                try keySet.groupKey.verifies(Threshold.combine(fewer), ofHashed: hash)
            {
                return "fewer than the threshold sign"
            }
            if let stale = old.first(where: { part in !fewer.contains { $0.index == part.index } }),
                try keySet.groupKey.verifies(Threshold.combine(fewer + [stale]), ofHashed: hash)
            {
                return "a share of the old epoch signs with shares of the new one"
            }
        } catch {
            return "\(error)"
        }
        return nil
    }
}
