import KeyStore
import Testing

@Suite("a lent seed") struct LentSeedTests {
    @Test("is the one that the key was made of")
    func lent() {
        let bytes = (0..<SigningKey.seedByteCount).map { UInt8($0) }
        let lent = SigningKey(seed: bytes).withSeed { seed in seed.indices.map { seed[$0] } }
        #expect(lent == bytes)
    }

    @Test("makes the same key again")
    func again() {
        let key = SigningKey.generate()
        let other = key.withSeed { seed in SigningKey(seed: seed.indices.map { seed[$0] }) }
        #expect(other.publicKey == key.publicKey)
    }
}
