import BLS12381
import Cryptography
import SimulatedCommittee
import Testing
import ThresholdKeys
import SeededRandomness

@Suite("Threshold keys: combining partial signatures") struct CombinerTests {
    private let message: [UInt8] = Array("root".utf8)

    /// The keys of twelve shares of which eight sign, and all partial signatures of the message.
    private func partials() throws -> (KeySet, [Threshold.PartialSignature]) {
        var committee = OneProcessCommittee(seed: 31, count: 12)
        let keySet = try committee.generate(threshold: 8).keySet
        return (keySet, committee.sign(message))
    }

    @Test("the signature does not depend on who signed, and up to four wrong ones are named")
    func blame() throws {
        let (keySet, partials) = try partials()
        let combiner = PartialCombiner(keySet)
        let whole = try combiner.combine(partials, of: message)
        #expect(keySet.groupKey.verifies(whole.signature, of: message))
        #expect(whole.signers == Array(1...8))
        #expect(whole.invalid == [])
        var source = RandomSource(seed: 1)
        for count in 0...4 {
            for _ in 0..<4 {
                let wrong = source.pick(count, of: Array(0..<12)).sorted()
                var mixed = partials
                for position in wrong {
                    // Another member's right signature, or one of another message.
                    mixed[position].signature = partials[(position + 1) % 12].signature
                }
                let shuffled = source.pick(12, of: mixed)
                let combination = try combiner.combine(shuffled, of: message)
                #expect(combination.signature == whole.signature)
                let indices = wrong.map { UInt32($0) + 1 }
                // One that was not needed at first is looked at only if another one is wrong.
                let isOptimistic = wrong.allSatisfy { $0 >= 8 }
                #expect(combination.invalid == (isOptimistic ? [] : indices))
                #expect(!combination.signers.contains(where: indices.contains))
                let hash = G1Element.hash(message, tag: .basicSignature)
                #expect(try combiner.invalid(shuffled, ofHashed: hash) == indices)
            }
        }
    }

    @Test("with five wrong ones there is no signature, and they are named") func tooMany() throws {
        let (keySet, partials) = try partials()
        var mixed = partials
        for position in 2..<7 { mixed[position].signature = partials[0].signature }
        #expect(
            throws: ThresholdKeysError.tooFewPartials(
                valid: 7,
                needed: 8,
                invalid: [3, 4, 5, 6, 7]
            )
        ) { try PartialCombiner(keySet).combine(mixed, of: message) }
        #expect(throws: ThresholdKeysError.tooFewPartials(valid: 7, needed: 8, invalid: [])) {
            try PartialCombiner(keySet).combine(Array(partials.prefix(7)), of: message)
        }
    }

    @Test("wrong ones that cancel each other in a sum do not pass") func cancelling() throws {
        let (keySet, partials) = try partials()
        var mixed = partials
        let shift = G1Element.hash([9], tag: .basicSignature)
        mixed[0].signature = try Signature(partials[0].signature.element + shift)
        mixed[1].signature = try Signature(partials[1].signature.element + -shift)
        let combination = try PartialCombiner(keySet).combine(mixed, of: message)
        #expect(combination.invalid == [1, 2])
    }

    @Test("an index that occurs twice or has no seat is refused") func indices() throws {
        let (keySet, partials) = try partials()
        let combiner = PartialCombiner(keySet)
        #expect(throws: ThresholdKeysError.repeatedIndex(4)) {
            try combiner.combine(partials + [partials[3]], of: message)
        }
        var strange = partials
        for index in [0, 13] as [UInt32] {
            strange[0].index = index
            #expect(throws: ThresholdKeysError.unknownIndex(index)) {
                try combiner.combine(strange, of: message)
            }
        }
    }

    @Test("keys of a roster do the same as a key set") func roster() throws {
        let (keySet, partials) = try partials()
        let keys = zip(keySet.indices, keySet.shareKeys).map { (index: $0, key: $1) }
        let combiner = try PartialCombiner(
            threshold: 8,
            groupKey: keySet.groupKey,
            shareKeys: keys
        )
        let signature = try combiner.combine(partials, of: message).signature
        #expect(keySet.groupKey.verifies(signature, of: message))
        #expect(throws: ThresholdKeysError.invalidThreshold(threshold: 13, seats: 12)) {
            try PartialCombiner(threshold: 13, groupKey: keySet.groupKey, shareKeys: keys)
        }
        #expect(throws: ThresholdKeysError.invalidSeats) {
            try PartialCombiner(
                threshold: 8,
                groupKey: keySet.groupKey,
                shareKeys: keys.reversed()
            )
        }
    }
}
