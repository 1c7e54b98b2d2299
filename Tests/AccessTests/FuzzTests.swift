import Access
import Cryptography
import Encoding
import SeededRandomness
import Testing

/// Parsers get changed, cut, joined and random bytes; a failure names the seed that repeats it.
@Suite("Fuzzed parsers") struct FuzzTests {
    /// Bytes made of good ones by a few changes, or random ones.
    static func changed(_ bytes: [UInt8], _ random: inout RandomSource) -> [UInt8] {
        var bytes = bytes
        for _ in 0...random.below(4) {
            guard !bytes.isEmpty else { return random.bytes(random.below(50)) }
            let index = random.below(bytes.count)
            switch random.below(8) {
            case 0: bytes[index] ^= 1 << UInt8(random.below(8))
            case 1: bytes[index] = UInt8(random.below(256))
            case 2: bytes.remove(at: index)
            case 3: bytes.insert(UInt8(random.below(256)), at: index)
            case 4: bytes.removeLast(random.below(bytes.count))
            case 5:
                bytes.insert(contentsOf: bytes[index...].prefix(20), at: random.below(bytes.count))
            case 6:
                bytes[index] = [0, 0x7f, 0x80, 0xff, 0x5f, 0x9f, 0xbf, 0x1b, 0x22][random.below(9)]
            default: bytes += random.bytes(random.below(10))
            }
        }
        return bytes
    }

    @Test("what authenticators and browsers write is read or refused", arguments: UInt64(1)...8)
    func webAuthn(seed: UInt64) throws {
        var random = RandomSource(seed: seed)
        let party = WebAuthnVectorTests.party
        for vector in WebAuthnVectorTests.vectors {
            let parts = vector.parts
            let data = Result { try AttestationObject.authenticatorData(parts[2]) }.value ?? []
            for _ in 0..<100 {
                let client = Self.changed(parts[1], &random)
                if let read = Result(catching: { try ClientData(client, .create, party) }).value {
                    #expect(read.hash == SHA256.hash(of: client).bytes)
                }
                let object = Self.changed(parts[2], &random)
                if let data = Result(catching: { try AttestationObject.authenticatorData(object) })
                    .value
                {
                    _ = Result { try AuthenticatorData(data) }
                }
                let bytes = Self.changed(data, &random)
                if let read = Result(catching: { try AuthenticatorData(bytes) }).value {
                    // Whatever is read is what stands there.
                    #expect(read.partyHash == Array(bytes[..<32]))
                    if let credential = read.credential {
                        #expect(bytes.firstRange(of: credential.id) != nil)
                        #expect(PasskeyKey(encoded: credential.key.encoded) == credential.key)
                    }
                }
            }
        }
    }

    @Test("deep and long CBOR neither crashes nor takes memory")
    func hostile() {
        let head =
            [UInt8](repeating: 7, count: 32) + [0xc5, 0, 0, 0, 0]
            + [UInt8](repeating: 0, count: 16) + [0, 1, 1]
        let hostile: [[UInt8]] = [
            [UInt8](repeating: 0x81, count: 10_000), [UInt8](repeating: 0xa1, count: 10_000),
            [0x9b] + [UInt8](repeating: 0xff, count: 8),
            [0x5b] + [UInt8](repeating: 0xff, count: 8),
            [0xbb] + [UInt8](repeating: 0xff, count: 8), [0x5f], [0x9f], [0xbf], [0xff],
            [UInt8](repeating: 0xc1, count: 10_000), [0xa1, 0x01],
        ]
        for bytes in hostile {
            #expect(throws: AccessError.passkey(.malformed)) { try AuthenticatorData(head + bytes) }
            #expect(throws: AccessError.passkey(.malformed)) {
                try AttestationObject.authenticatorData(bytes)
            }
        }
        for json in ["{", "[", String(repeating: "[", count: 8_000), "null", "\"\\ud800\""] {
            #expect(throws: AccessError.passkey(.malformed)) {
                try ClientData(Array(json.utf8), .get, WebAuthnVectorTests.party)
            }
        }
    }

    @Test("nothing but what was made here is taken", arguments: UInt64(1)...4)
    func tokens(seed: UInt64) throws {
        let scene = try Scene()
        try scene.register()
        let tokens = try scene.signIn()
        let secret = try scene.access.createAPIKey(
            APIKeyRequest(label: "", scopes: .read),
            for: tokens.principal,
            from: nil
        ).secret
        var random = RandomSource(seed: seed)
        for good in [tokens.access, tokens.refresh, secret ?? ""] {
            for _ in 0..<300 {
                let bytes = Self.changed(Array(good.utf8), &random)
                let text = String(decoding: bytes, as: UTF8.self)
                if text == good { continue }
                #expect(throws: AccessError.self) {
                    try scene.access.authenticate(bearer: text, from: nil)
                }
                #expect(throws: AccessError.self) { try scene.access.refresh(text, from: nil) }
            }
        }
        _ = try scene.access.refresh(tokens.refresh, from: nil)
    }

    @Test("claims that are rightly signed and strange are refused", arguments: UInt64(1)...4)
    func claims(seed: UInt64) throws {
        let scene = try Scene()
        try scene.register()
        let parts = try scene.signIn().access.split(separator: ".")
        let header = try Base64.url.decode(String(parts[0]))
        let payload = try Base64.url.decode(String(parts[1]))
        var random = RandomSource(seed: seed)
        for _ in 0..<500 {
            let changed = Self.changed(payload, &random)
            if changed == payload { continue }
            let token = TokenTests.forged(header, changed)
            // What is still a set of claims must be in the one form that it has.
            if Result(catching: { try scene.access.authenticate(token: token) }).isSuccess {
                let value = try JSONValue(decodingCanonical: changed)
                #expect(value.object?.members.count == 8)
            }
        }
    }

    @Test("whatever a page sends as a credential is read or refused", arguments: UInt64(1)...4)
    func credentials(seed: UInt64) throws {
        let scene = try Scene()
        var authenticator = Authenticator()
        _ = try register(scene, &authenticator)
        let good = authenticator.get(try scene.access.passkeySignInOptions()).canonical
        var random = RandomSource(seed: seed)
        for _ in 0..<500 {
            let bytes = Self.changed(good, &random)
            guard let value = Result(catching: { try JSONValue(decoding: bytes) }).value else {
                continue
            }
            let result = Result {
                try scene.access.signInPasskey(credential: value, from: nil)
            }
            guard result.isSuccess else { continue }
            // Only what is not looked at may differ.
            let object = try #require(value.object)
            let before = try #require(try JSONValue(decoding: good).object)
            #expect(object["rawId"] == before["rawId"])
            #expect(
                object["response"]?.object?["signature"] == before["response"]?.object?["signature"]
            )
            break
        }
    }

    @Test("texts of addresses, names and identifiers never crash", arguments: UInt64(1)...4)
    func texts(seed: UInt64) {
        var random = RandomSource(seed: seed)
        let seeds = [
            "192.0.2.1/24", "2001:db8::1/64", "::ffff:1.2.3.4", "[::1]",
            "01234567-89ab-4def-8123-456789abcdef", "AAAAAAAAAAAAAAAAAAAAAA", "alice.b-c_d",
        ]
        for _ in 0..<3_000 {
            let good = seeds[random.below(seeds.count)]
            let text = String(decoding: Self.changed(Array(good.utf8), &random), as: UTF8.self)
            if let address = NetworkAddress(text) {
                #expect(NetworkAddress(address.description) == address, "\(text)")
            }
            if let range = AddressRange(text) {
                #expect(AddressRange(range.description) == range, "\(text)")
            }
            if let user = UserID(text) { #expect(user.description == text) }
            if let session = SessionID(text: text) { #expect(session.text == text) }
            if let name = UserName(text) { #expect((1...32).contains(name.folded.utf8.count)) }
        }
    }
}
