import BLS12381
import Cryptography
import KeyStore
import SimulatedCommittee
import Testing
import ThresholdKeys
import SeededRandomness

@Suite("Threshold keys: a committee in one process") struct GenerationTests {
    @Test("twelve members make a key of which any eight shares sign and seven do not")
    func generation() throws {
        var committee = OneProcessCommittee(seed: 1, count: 12)
        let transcript = try committee.generate(threshold: 8)
        let keySet = transcript.keySet
        #expect(committee.shares.indices == Array(1...12))
        #expect(keySet.qualified == Array(1...12))
        #expect(keySet.threshold == 8)
        let message: [UInt8] = Array("state hash".utf8)
        let partials = committee.sign(message)
        for partial in partials {
            let key = try #require(keySet.shareKey(of: partial.index))
            #expect(key.verifies(partial.signature, of: message))
        }
        var source = RandomSource(seed: 2)
        for _ in 0..<5 {
            let chosen = source.pick(8, of: partials)
            let signature = try Threshold.combine(chosen)
            #expect(keySet.groupKey.verifies(signature, of: message))
            let fewer = try Threshold.combine(Array(chosen.dropLast()))
            #expect(!keySet.groupKey.verifies(fewer, of: message))
        }
    }

    @Test("no text shows what a participant keeps secret") func hiddenSecrets() {
        let person = OneProcessCommittee(seed: 3, count: 1).persons[0]
        let participant = CommitteeSession.Participant(
            identityKey: person.identityKey,
            secret: [UInt8](repeating: 201, count: 32),
            decryptionSecret: person.decryptionSecret
        )
        var dumped = ""
        dump(participant, to: &dumped)
        for text in ["\(participant)", String(reflecting: participant), dumped] {
            #expect(!text.contains("201"))
            #expect(!text.contains("\(person.decryptionSecret[0]), "))
        }
    }
}

@Suite("Threshold keys: resharing in one process") struct ResharingTests {
    private let message: [UInt8] = Array("state hash".utf8)

    private func reshare(
        _ committee: inout OneProcessCommittee,
        _ old: KeySet,
        seats: [CeremonySeat],
        threshold: Int
    ) throws -> KeySet {
        try committee.run(
            CeremonyParameters(
                venue: old.venue,
                epoch: old.epoch + 1,
                seats: seats,
                threshold: threshold,
                previous: PreviousEpoch(
                    keySet: old,
                    seats: committee.seats,
                    threshold: old.threshold
                ),
                schedule: Schedule(start: 100 * old.epoch, phaseLength: 2, isFresh: false)
            )
        ).keySet
    }

    @Test("a refresh keeps the group key, and old and new shares do not sign together")
    func refresh() throws {
        var committee = OneProcessCommittee(seed: 51, count: 12)
        let old = try committee.generate(threshold: 8).keySet
        let before = committee.sign(message)
        let new = try reshare(&committee, old, seats: committee.seats, threshold: 8)
        let after = committee.sign(message)
        #expect(new.groupKey == old.groupKey)
        #expect(new.epoch == 2)
        #expect(zip(new.shareKeys, old.shareKeys).allSatisfy { $0 != $1 })
        let oldSignature = try PartialCombiner(old).combine(before, of: message).signature
        let newSignature = try PartialCombiner(new).combine(after, of: message).signature
        #expect(oldSignature == newSignature)
        for split in 1...7 {
            let mixed = Array(before[..<split]) + Array(after[split..<8])
            #expect(try Threshold.combine(mixed) != newSignature)
        }
    }

    @Test("seats join and leave and the threshold changes, and the group key stays")
    func changingCommittee() throws {
        var committee = OneProcessCommittee(seed: 52, count: 8)
        committee.seated = Array(0..<5)
        var keySet = try committee.generate(threshold: 3).keySet
        let groupKey = keySet.groupKey
        let expected = try PartialCombiner(keySet).combine(committee.sign(message), of: message)
        let plans: [(seated: [Int], threshold: Int)] = [
            ([0, 1, 2, 5, 6, 7], 5), ([5, 6, 7], 2), ([0, 1, 2, 3, 4, 5, 6, 7], 6), ([7], 1),
        ]
        for plan in plans {
            let seats = committee.seats(of: plan.seated)
            keySet = try reshare(&committee, keySet, seats: seats, threshold: plan.threshold)
            committee.seated = plan.seated
            #expect(keySet.groupKey == groupKey)
            #expect(keySet.threshold == plan.threshold)
            #expect(committee.shares.indices == seats.map { $0.index })
            let combination = try PartialCombiner(keySet).combine(
                committee.sign(message),
                of: message
            )
            #expect(combination.signature == expected.signature)
        }
    }

    @Test("a failed ceremony leaves the old shares") func failure() throws {
        var committee = OneProcessCommittee(seed: 53, count: 5)
        let old = try committee.generate(threshold: 3).keySet
        let before = committee.sign(message).map { $0.signature }
        // Three of five have lost their share, so too few can deal.
        var lost = KeyShares()
        for index in [1, 2] as [UInt32] {
            guard let share = committee.shares.take(index) else { continue }
            lost.insert(share)
        }
        swap(&committee.shares, &lost)
        #expect(
            throws: ThresholdKeysError.ceremonyFailed(.tooFewDealers(qualified: 2, needed: 3))
        ) {
            _ = try reshare(&committee, old, seats: committee.seats, threshold: 3)
        }
        #expect(committee.sign(message).map { $0.signature } == Array(before[..<2]))
    }
}
