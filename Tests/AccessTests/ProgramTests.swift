import Access
import Cryptography
import Encoding
import KeyStore
import Testing

@Suite("Programs") struct ProgramTests {
    private func user(_ scene: Scene) throws -> Principal {
        try scene.register()
        return try scene.signIn().principal
    }

    private func make(
        _ scene: Scene,
        _ principal: Principal,
        _ change: (inout APIKeyRequest) -> Void = { _ in }
    ) throws -> (key: APIKey, secret: String?) {
        var asked = APIKeyRequest(label: "bot", scopes: [.read, .trade])
        change(&asked)
        return try scene.access.createAPIKey(asked, for: principal, from: Scene.address)
    }

    @Test("an API key proves its user with its scopes, also after a restart")
    func whole() throws {
        let scene = try Scene()
        let principal = try user(scene)
        let made = try make(scene, principal)
        let secret = try #require(made.secret)
        #expect(secret.utf8.count == 64)
        let later = try Scene(folder: try scene.crashed(), clock: scene.clock)
        for access in [scene.access, later.access] {
            let known = try access.authenticate(request([("Authorization", "Bearer \(secret)")]))
            #expect(known.user == principal.user)
            #expect(known.account == principal.account)
            #expect(known.scopes == [.read, .trade])
            #expect(known.method == .apiKey(made.key.id))
            try known.require(.placeOrder)
            try known.require(.readOwn)
            #expect(throws: AccessError.refused(.insufficientScope)) {
                try known.require(.requestWithdrawal)
            }
            // A program makes no keys for others.
            #expect(throws: AccessError.refused(.insufficientScope)) {
                try access.createAPIKey(
                    APIKeyRequest(label: "", scopes: .all),
                    for: known,
                    from: nil
                )
            }
        }
    }

    @Test("no character of a secret may change")
    func tampered() throws {
        let scene = try Scene()
        let secret = try #require(try make(scene, try user(scene)).secret)
        let characters = Array(secret.utf8)
        for index in characters.indices {
            var changed = characters
            changed[index] =
                changed[index] == UInt8(ascii: "a") ? UInt8(ascii: "e") : UInt8(ascii: "a")
            let other = String(decoding: changed, as: UTF8.self)
            #expect(throws: AccessError.self, "character \(index)") {
                try scene.access.authenticate(bearer: other, from: Scene.address)
            }
        }
        for other in ["plx_", secret + "A", String(secret.dropLast()), "plx__", "plx_a_b"] {
            #expect(throws: AccessError.refused(.apiKeyInvalid)) {
                try scene.access.authenticate(bearer: other, from: nil)
            }
        }
    }

    @Test("a key with ranges of addresses is good from there alone")
    func addresses() throws {
        let scene = try Scene()
        let ranges = ["192.0.2.0/24", "2001:db8::/32"].compactMap { AddressRange($0) }
        let secret = try #require(
            try make(scene, try user(scene)) { $0.addresses = ranges }.secret
        )
        for (text, isGood) in [
            ("192.0.2.255", true), ("::ffff:192.0.2.1", true), ("2001:db8:1::1", true),
            ("192.0.3.0", false), ("2001:db9::1", false), ("::1", false),
        ] {
            let address = NetworkAddress(text)
            let result = Result { try scene.access.authenticate(bearer: secret, from: address) }
            #expect(result.isSuccess == isGood, "\(text)")
        }
        #expect(throws: AccessError.refused(.addressNotAllowed)) {
            try scene.access.authenticate(bearer: secret, from: nil)
        }
    }

    @Test("a key ends with its time, whatever the wall clock says")
    func expiry() throws {
        let scene = try Scene()
        let secret = try #require(
            try make(scene, try user(scene)) { $0.lifetimeSeconds = 3_600 }.secret
        )
        scene.clock.pass(seconds: 3_599)
        _ = try scene.access.authenticate(bearer: secret, from: nil)
        scene.clock.jump(seconds: -3_000)
        scene.clock.pass(seconds: 1)
        #expect(throws: AccessError.refused(.apiKeyExpired)) {
            try scene.access.authenticate(bearer: secret, from: nil)
        }
    }

    @Test("a revoked key is good for nothing, and nobody revokes others' keys")
    func revoked() throws {
        let scene = try Scene()
        let principal = try user(scene)
        try scene.register("bob", key: 2)
        let bob = try scene.signIn("bob", key: 2).principal
        let made = try make(scene, principal)
        let secret = try #require(made.secret)
        for id in [made.key.id, "0000000000000000"] {
            #expect(throws: AccessError.refused(.unknownKey)) {
                try scene.access.revokeAPIKey(id, by: bob, from: nil)
            }
        }
        let count = scene.surroundings.records.count
        #expect(throws: AccessError.refused(.unknownKey)) {
            try scene.access.revokeAPIKey("' OR 1=1", by: bob, from: nil)
        }
        // What somebody sends as a name is not for the audit.
        #expect(scene.surroundings.records.count == count)
        _ = try scene.access.authenticate(bearer: secret, from: nil)
        try scene.access.revokeAPIKey(made.key.id, by: principal, from: nil)
        let later = try Scene(folder: try scene.crashed(), clock: scene.clock)
        for access in [scene.access, later.access] {
            #expect(throws: AccessError.refused(.apiKeyInvalid)) {
                try access.authenticate(bearer: secret, from: nil)
            }
            #expect(
                try access.apiKeys(of: principal).map { $0.revokedWallNanoseconds != nil } == [true]
            )
            #expect(try access.apiKeys(of: bob).isEmpty)
        }
    }

    @Test("with the key of a session its API keys are revoked")
    func cascade() throws {
        let scene = try Scene()
        let principal = try user(scene)
        _ = try scene.access.addKey(Scene.key(2).publicKey.bytes, to: principal, from: nil)
        let lost = try #require(try make(scene, principal).secret)
        let second = try scene.signIn("alice", key: 2).principal
        let kept = try #require(try make(scene, second).secret)
        let first = try scene.access.keys(of: second)[0]
        try scene.access.revokeKey(first.id, by: second, from: nil)
        #expect(throws: AccessError.refused(.apiKeyInvalid)) {
            try scene.access.authenticate(bearer: lost, from: nil)
        }
        _ = try scene.access.authenticate(bearer: kept, from: nil)
    }

    @Test("the last use is remembered")
    func lastUse() throws {
        let scene = try Scene()
        let principal = try user(scene)
        let secret = try #require(try make(scene, principal).secret)
        #expect(try scene.access.apiKeys(of: principal)[0].usedWallNanoseconds == nil)
        scene.clock.pass(seconds: 5)
        _ = try scene.access.authenticate(bearer: secret, from: nil)
        let used = scene.clock.wallNanoseconds()
        #expect(try scene.access.apiKeys(of: principal)[0].usedWallNanoseconds == used)
        try scene.access.rememberUses()
        let later = try Scene(folder: try scene.crashed(), clock: scene.clock)
        #expect(try later.access.apiKeys(of: principal)[0].usedWallNanoseconds == used)
    }

    @Test("what makes no sense is not made")
    func bounds() throws {
        let scene = try Scene()
        let principal = try user(scene)
        let range = try #require(AddressRange("10.0.0.0/8"))
        let wrong: [(inout APIKeyRequest) -> Void] = [
            { $0.scopes = [] }, { $0.scopes = Scopes(rawValue: 255) },
            { $0.label = String(repeating: "x", count: 65) }, { $0.lifetimeSeconds = 0 },
            { $0.lifetimeSeconds = .max }, { $0.addresses = Array(repeating: range, count: 17) },
        ]
        for change in wrong {
            #expect(throws: AccessError.refused(.invalidRequest)) {
                try make(scene, principal, change)
            }
        }
        #expect(throws: AccessError.refused(.invalidKey)) {
            try make(scene, principal) { $0.publicKey = [1, 2, 3] }
        }
        for _ in 0..<AccessLimits.apiKeysMax { _ = try make(scene, principal) }
        #expect(throws: AccessError.refused(.tooManyKeys)) { try make(scene, principal) }
    }

    @Test("roles that are taken away are taken away from API keys too")
    func roles() throws {
        let scene = try Scene()
        let principal = try user(scene)
        let secret = try #require(try make(scene, principal).secret)
        try scene.access.setRoles(.regulator, of: principal.user, by: nil, from: nil)
        let known = try scene.access.authenticate(bearer: secret, from: nil)
        #expect(known.roles == .regulator)
        #expect(throws: AccessError.refused(.notAllowed)) { try known.require(.placeOrder) }
        try known.require(.readCrossTenant)
    }

    @Test(
        "a request that proves itself in no way, or in two, is refused",
        arguments: [
            ([], .unauthenticated), ([("Authorization", "")], .invalidRequest),
            ([("Authorization", "Bearer")], .invalidRequest),
            ([("Authorization", "Basic YWxpY2U6")], .invalidRequest),
            ([("Authorization", "Bearer a b")], .invalidRequest),
            ([("Authorization", "Bearer a"), ("authorization", "Bearer a")], .invalidRequest),
            ([("Authorization", "Bearer a")], .tokenInvalid),
            ([("authorization", "bearer plx_a")], .apiKeyInvalid),
            ([("X-Parallax-Key", "0123456789abcdef")], .invalidRequest),
        ] as [([(String, String)], AccessRefusal)]
    )
    func unproved(headers: [(String, String)], refusal: AccessRefusal) throws {
        let scene = try Scene()
        #expect(throws: AccessError.refused(refusal)) {
            try scene.access.authenticate(request(headers))
        }
    }
}
