import BLS12381
import Testing
import SeededRandomness

@Suite("BLS12-381: shares of a key") struct ThresholdTests {
    private let message: [UInt8] = [1, 1, 2, 3, 5]

    /// A polynomial with this many coefficients, and a signature by each of twelve shares of it.
    private func deal(
        _ count: Int,
        seed: UInt64
    ) throws -> (coefficients: [Scalar], parts: [Threshold.PartialSignature]) {
        var generator = RandomSource(seed: seed)
        let coefficients = try (0..<count).map { _ in try generator.scalar() }
        let parts = try (1...12 as ClosedRange<UInt32>).map { index in
            let share = try SecretKey(scalar: Threshold.share(of: coefficients, index: index))
            return Threshold.PartialSignature(index: index, signature: share.sign(message))
        }
        return (coefficients, parts)
    }

    @Test("any eight of twelve shares make the signature of the whole key, seven do not")
    func combination() throws {
        let (coefficients, parts) = try deal(8, seed: 12)
        let key = try SecretKey(scalar: coefficients[0])
        let expected = key.sign(message)
        var generator = RandomSource(seed: 13)
        for _ in 0..<20 {
            var chosen = parts
            while chosen.count > 8 {
                chosen.remove(at: Int(generator.next() % UInt64(chosen.count)))
            }
            chosen.swapAt(0, Int(generator.next() % 8))
            #expect(try Threshold.combine(chosen) == expected)
            #expect(try Threshold.combine(chosen.dropLast()) != expected)
        }
        #expect(try Threshold.combine(parts) == expected)
        let publicKey = key.publicKey
        #expect(try publicKey.verifies(Threshold.combine(Array(parts[4...])), of: message))
        #expect(try !publicKey.verifies(Threshold.combine(Array(parts[5...])), of: message))
    }

    @Test(
        "the combination is the sum of the parts times their coefficients, whatever the indices are"
    )
    func coefficients() throws {
        var generator = RandomSource(seed: 16)
        let rows: [[UInt32]] = [
            [1], [7], [2, 1], [1, 2, 3, 4, 5, 6, 7, 8], [12, 11, 10, 9, 8, 7, 6, 5],
            [1, 3, 4, 6, 7, 9, 10, 12], Array(1...12), Array(1...20), Array(1...40),
            [1, 1_000_003], [1, 2, UInt32.max], [UInt32.max, UInt32.max - 1, 5, 1 << 31],
        ]
        for indices in rows {
            let parts = try indices.map { index in
                let signature = try Signature(generator.g1())
                return Threshold.PartialSignature(index: index, signature: signature)
            }
            var sum = G1Element.identity
            for (factor, part) in zip(try Threshold.coefficients(of: indices), parts) {
                sum = sum + factor * part.signature.element
            }
            #expect(try Threshold.combine(parts).element == sum, "\(indices)")
        }
    }

    @Test("a wrong part makes a wrong signature, and its own key tells which it is")
    func wrongPart() throws {
        let (coefficients, parts) = try deal(8, seed: 14)
        let commitments = coefficients.map { coefficient in coefficient * G2Element.generator }
        var bad = Array(parts[..<8])
        bad[3].signature = bad[4].signature
        let groupKey = try PublicKey(commitments[0])
        #expect(try !groupKey.verifies(Threshold.combine(bad), of: message))
        for part in bad {
            let key = try Threshold.sharePublicKey(commitments: commitments, index: part.index)
            #expect(key.verifies(part.signature, of: message) == (part.index != 4))
        }
    }

    @Test("the key of a share follows from the commitments") func shareKeys() throws {
        for count in [1, 2, 8] {
            var generator = RandomSource(seed: UInt64(count))
            let coefficients = try (0..<count).map { _ in try generator.scalar() }
            let commitments = coefficients.map { coefficient in coefficient * G2Element.generator }
            for index in [1, 2, 12, 1000, UInt32.max] {
                let share = try SecretKey(scalar: Threshold.share(of: coefficients, index: index))
                let expected = share.publicKey
                let key = try Threshold.sharePublicKey(commitments: commitments, index: index)
                #expect(key == expected)
            }
        }
    }

    @Test("the coefficients of Lagrange give the value at zero of any polynomial of that degree")
    func lagrange() throws {
        let indices: [UInt32] = [3, 1, 7, 200, UInt32.max]
        let coefficients = try Threshold.coefficients(of: indices)
        for degree in 0..<5 {
            // x to the power of the degree is one at zero if the degree is zero, and zero otherwise.
            var sum = Scalar.zero
            for (coefficient, index) in zip(coefficients, indices) {
                sum =
                    (0..<degree).reduce(coefficient) { value, _ in value * Scalar(UInt64(index)) }
                    + sum
            }
            #expect(sum == (degree == 0 ? .one : .zero))
        }
    }

    @Test("index zero, repeated indices and empty lists are refused") func refusals() throws {
        let (coefficients, parts) = try deal(2, seed: 15)
        let commitments = coefficients.map { coefficient in coefficient * G2Element.generator }
        #expect(throws: BLSError.empty) { try Threshold.combine([]) }
        #expect(throws: BLSError.duplicateIndex) {
            try Threshold.combine([parts[0], parts[1], parts[0]])
        }
        let zero = Threshold.PartialSignature(index: 0, signature: parts[0].signature)
        #expect(throws: BLSError.zeroIndex) { try Threshold.combine([parts[0], zero]) }
        #expect(throws: BLSError.zeroIndex) { try Threshold.share(of: coefficients, index: 0) }
        #expect(throws: BLSError.empty) { try Threshold.share(of: [], index: 1) }
        #expect(throws: BLSError.zeroIndex) {
            try Threshold.sharePublicKey(commitments: commitments, index: 0)
        }
        #expect(throws: BLSError.empty) {
            try Threshold.sharePublicKey(commitments: [], index: 1)
        }
        // The polynomial 5 - 5·x is zero at 1: there is no key.
        let five = Scalar(5) * G2Element.generator
        #expect(throws: BLSError.identity) {
            try Threshold.sharePublicKey(commitments: [five, -five], index: 1)
        }
        // Equal parts with coefficients 2 and -1 do not cancel; opposite ones in that proportion do.
        let double = try Threshold.PartialSignature(
            index: 2,
            signature: Signature(Scalar(2) * parts[0].signature.element)
        )
        #expect(throws: BLSError.identity) { try Threshold.combine([parts[0], double]) }
    }
}
