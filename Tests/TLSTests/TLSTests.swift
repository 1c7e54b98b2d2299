import KeyStore
import TLS
import Testing

@Suite("TLS") struct TLSTests {
    @Test("an identity has the key of its seed")
    func identity() throws {
        let key = SigningKey.generate()
        let identity = try key.withSeed { seed throws(TLSError) in try TLSIdentity(seed: seed) }
        #expect(identity.publicKey == key.publicKey)
    }
}
