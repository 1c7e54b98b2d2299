import Access
import Cryptography
import Encoding
import Testing
import TestSupport

/// The examples of the specification; see `Vectors/webauthn/PROVENANCE.md`.
@Suite("Examples of Web Authentication") struct WebAuthnVectorTests {
    struct Vector: CustomTestStringConvertible, Sendable {
        let name: String
        let parts: [[UInt8]]

        var testDescription: String { name }
    }

    static let vectors: [Vector] = {
        let lines = Result { try vectorLines("webauthn/vectors.txt") }.value ?? []
        return lines.map { line in
            Vector(
                name: line[0],
                parts: line.dropFirst().compactMap { text in Result { try Hex.decode(text) }.value }
            )
        }
    }()

    static let party: PasskeyParty = {
        var party = PasskeyParty(
            id: "example.org",
            name: "Example",
            origins: ["https://example.org"]
        )
        party.requiresUserVerification = false
        return party
    }()

    /// Those with an algorithm that is not asked for, and what is said about them.
    static let unsupported = ["packed-es384", "packed-es512", "packed-ed448"]
    /// Those whose page lies in a frame of another site.
    static let framed = ["none-es256-crossOrigin", "none-es256-topOrigin"]

    @Test("all examples are there") func count() { #expect(Self.vectors.count == 15) }

    @Test("each example is verified, or refused for the right reason", arguments: vectors)
    func verified(vector: Vector) throws {
        let parts = vector.parts
        try #require(parts.count == 7)
        for (client, ceremony) in [(parts[1], ClientData.Ceremony.create), (parts[4], .get)] {
            guard !Self.framed.contains(vector.name) else {
                #expect(throws: AccessError.passkey(.crossOrigin)) {
                    try ClientData(client, ceremony, Self.party)
                }
                continue
            }
            let data = try ClientData(client, ceremony, Self.party)
            #expect(data.challenge == (ceremony == .create ? parts[0] : parts[3]))
            #expect(data.hash == SHA256.hash(of: client).bytes)
        }
        let bytes = try AttestationObject.authenticatorData(parts[2])
        guard !Self.unsupported.contains(vector.name) else {
            #expect(throws: AccessError.passkey(.unsupportedKey)) { try AuthenticatorData(bytes) }
            return
        }
        let made = try AuthenticatorData(bytes)
        try made.check(Self.party)
        let key = try #require(made.credential).key
        #expect(PasskeyKey(encoded: key.encoded) == key)
        let used = try AuthenticatorData(parts[5])
        try used.check(Self.party)
        #expect(used.credential == nil)
        let signed = parts[5] + SHA256.hash(of: parts[4]).bytes
        #expect(key.verifies(parts[6], of: signed))
        for index in signed.indices {
            var changed = signed
            changed[index] ^= 0x80
            #expect(!key.verifies(parts[6], of: changed))
        }
        for index in parts[6].indices {
            var changed = parts[6]
            changed[index] ^= 1
            #expect(!key.verifies(changed, of: signed))
        }
    }
}
