import BLS12381
import Testing
import SeededRandomness

@Suite("BLS12-381: signatures") struct SignatureTests {
    private func scalar(_ seed: UInt64) throws -> Scalar {
        var generator = RandomSource(seed: seed)
        return try generator.scalar()
    }

    @Test("a signature verifies for its message, key and tag, and for nothing else")
    func signing() throws {
        let other = try SecretKey(scalar: scalar(100)).publicKey
        let tag = try DomainTag([1, 2, 3])
        for seed in 0..<5 as Range<UInt64> {
            var generator = RandomSource(seed: seed)
            let key = try SecretKey(scalar: generator.scalar())
            let message = generator.bytes(Int(seed) * 40)
            let signature = key.sign(message)
            let publicKey = key.publicKey
            let prepared = publicKey.prepared
            #expect(prepared.key == publicKey)
            #expect(publicKey.verifies(signature, of: message))
            #expect(prepared.verifies(signature, of: message))
            let wrong = try Signature(signature.element + .generator)
            for isPrepared in [false, true] {
                func verifies(
                    _ signature: Signature,
                    _ message: [UInt8],
                    _ tag: DomainTag = .basicSignature
                ) -> Bool {
                    isPrepared
                        ? prepared.verifies(signature, of: message, tag: tag)
                        : publicKey.verifies(signature, of: message, tag: tag)
                }
                #expect(!verifies(signature, message + [0]))
                #expect(!verifies(signature, message, tag))
                #expect(!verifies(wrong, message))
                #expect(try !verifies(Signature(-signature.element), message))
                #expect(verifies(key.sign(message, tag: tag), message, tag))
            }
            #expect(!other.verifies(signature, of: message))
            #expect(!other.prepared.verifies(signature, of: message))
        }
    }

    @Test("a decoded key and a decoded signature are as good as the first ones") func decoding()
        throws
    {
        let key = try SecretKey(scalar: scalar(1))
        let signature = key.sign([1, 2, 3])
        let publicKey = key.publicKey
        let keys = try [
            PublicKey(compressed: publicKey.compressed),
            PublicKey(uncompressed: publicKey.uncompressed),
        ]
        let signatures = try [
            Signature(compressed: signature.compressed),
            Signature(uncompressed: signature.uncompressed),
        ]
        for key in keys {
            #expect(key == publicKey)
            for decoded in signatures {
                #expect(decoded == signature)
                #expect(key.verifies(decoded, of: [1, 2, 3]))
            }
        }
    }

    @Test("with the identity in place of the hash, nothing verifies") func identityHash() throws {
        let key = try SecretKey(scalar: scalar(2))
        let publicKey = key.publicKey
        let unusable = key.sign(hashed: .identity)
        #expect(unusable.element.isIdentity)
        #expect(!publicKey.verifies(unusable, ofHashed: .identity))
        #expect(!publicKey.prepared.verifies(unusable, ofHashed: .identity))
        #expect(!publicKey.verifies(unusable, of: [1]))
        #expect(!publicKey.prepared.verifies(unusable, of: [1]))
        #expect(!publicKey.verifies(key.sign([1]), ofHashed: .identity))
        #expect(!publicKey.prepared.verifies(key.sign([1]), ofHashed: .identity))
    }

    @Test("keys come from scalars, bytes and material, and zero is none") func keys() throws {
        var generator = RandomSource(seed: 10)
        let material = generator.bytes(32)
        let first = try SecretKey(keyMaterial: material)
        let same = try SecretKey(keyMaterial: material)
        let other = try SecretKey(keyMaterial: material, info: [1])
        #expect(first.scalar == same.scalar)
        #expect(first.scalar != other.scalar)
        let read = try SecretKey(bytes: first.scalar.bytes)
        #expect(read.publicKey == first.publicKey)
        func make(_ build: () throws -> SecretKey) rethrows { _ = try build() }
        #expect(throws: BLSError.zeroKey) { try make { try SecretKey(scalar: .zero) } }
        #expect(throws: BLSError.zeroKey) {
            try make { try SecretKey(bytes: [UInt8](repeating: 0, count: 32)) }
        }
        #expect(throws: BLSError.scalarOutOfRange) {
            try make { try SecretKey(bytes: [UInt8](repeating: 255, count: 32)) }
        }
        #expect(throws: BLSError.wrongLength(expected: 32, actual: 33)) {
            try make { try SecretKey(bytes: [UInt8](repeating: 1, count: 33)) }
        }
        #expect(throws: BLSError.keyMaterialTooShort) {
            try make { try SecretKey(keyMaterial: Array(material.dropLast())) }
        }
    }

    @Test("the sum of signatures verifies with the sum of the keys") func aggregation() throws {
        let message: [UInt8] = [4, 5, 6]
        var keys: [PublicKey] = []
        var signatures: [Signature] = []
        for seed in 0..<4 as Range<UInt64> {
            let key = try SecretKey(scalar: scalar(seed))
            keys.append(key.publicKey)
            signatures.append(key.sign(message))
        }
        let sum = try Signature.aggregate(signatures)
        #expect(try PublicKey.aggregate(keys).verifies(sum, of: message))
        #expect(try !PublicKey.aggregate(keys.dropLast()).verifies(sum, of: message))
        #expect(throws: BLSError.empty) { try Signature.aggregate([]) }
        #expect(throws: BLSError.empty) { try PublicKey.aggregate([]) }
        let opposite = try Signature(-signatures[0].element)
        #expect(throws: BLSError.identity) { try Signature.aggregate([signatures[0], opposite]) }
        let oppositeKey = try PublicKey(-keys[0].element)
        #expect(throws: BLSError.identity) { try PublicKey.aggregate([keys[0], oppositeKey]) }
    }

    @Test("a batch verifies only if every signature in it does") func batches() throws {
        var generator = RandomSource(seed: 11)
        let message: [UInt8] = [7, 8]
        var good: [BatchEntry] = []
        for _ in 0..<12 {
            let key = try SecretKey(scalar: generator.scalar())
            good.append(
                try BatchEntry(
                    key: key.publicKey,
                    signature: key.sign(message),
                    randomiser: generator.randomiser()
                )
            )
        }
        #expect(BatchVerification.verifies(good, of: message))
        #expect(BatchVerification.verifies([], of: message))
        #expect(!BatchVerification.verifies(good, of: message + [0]))
        #expect(try !BatchVerification.verifies(good, of: message, tag: DomainTag([9])))
        for position in good.indices {
            var bad = good
            let wrong = try Signature(bad[position].signature.element + .generator)
            bad[position] = try BatchEntry(
                key: bad[position].key,
                signature: wrong,
                randomiser: generator.randomiser()
            )
            #expect(!BatchVerification.verifies(bad, of: message))
        }
        // Two errors that cancel each other in a plain sum do not cancel with randomisers.
        var swapped = good
        swapped[0] = try BatchEntry(
            key: good[0].key,
            signature: good[1].signature,
            randomiser: generator.randomiser()
        )
        swapped[1] = try BatchEntry(
            key: good[1].key,
            signature: good[0].signature,
            randomiser: generator.randomiser()
        )
        #expect(!BatchVerification.verifies(swapped, of: message))
        #expect(throws: BLSError.zeroRandomiser) { try Randomiser(high: 0, low: 0) }
    }
}
