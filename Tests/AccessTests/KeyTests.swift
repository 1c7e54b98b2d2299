import Access
import Cryptography
import Encoding
import KeyStore
import Testing

@Suite("Users' keys") struct KeyTests {
    @Test("a user who has lost a key signs in with another one, and revokes it")
    func recovery() throws {
        let scene = try Scene()
        try scene.register()
        let first = try scene.signIn()
        let second = try scene.access.addKey(
            Scene.key(2).publicKey.bytes,
            label: "in the safe",
            to: first.principal,
            from: Scene.address
        )
        // The first one is lost, and somebody else has found it.
        let thief = try scene.signIn()
        let recovered = try scene.signIn("alice", key: 2)
        let keys = try scene.access.keys(of: recovered.principal)
        #expect(keys.map(\.label) == ["", "in the safe"])
        #expect(keys[1].addedBy == keys[0].id)
        #expect(keys[1].id == second.id)
        try scene.access.revokeKey(keys[0].id, by: recovered.principal, from: nil)
        let later = try Scene(folder: try scene.crashed(), clock: scene.clock)
        for scene in [scene, later] {
            for tokens in [first, thief] {
                #expect(throws: AccessError.refused(.tokenRevoked)) {
                    try scene.access.authenticate(token: tokens.access)
                }
                #expect(throws: AccessError.refused(.refreshInvalid)) {
                    try scene.access.refresh(tokens.refresh, from: nil)
                }
            }
            #expect(throws: AccessError.refused(.signInFailed)) { try scene.signIn() }
            _ = try scene.access.authenticate(token: recovered.access)
            _ = try scene.signIn("alice", key: 2)
        }
    }

    @Test("the last key to sign in with cannot be revoked, also beside certificates' keys")
    func last() throws {
        let scene = try Scene()
        try scene.register()
        let principal = try scene.signIn().principal
        let certificate = try scene.access.addKey(
            Scene.key(3).publicKey.bytes,
            isCertificate: true,
            to: principal,
            from: nil
        )
        let first = try #require(try scene.access.keys(of: principal).first { $0.kind == .ed25519 })
        #expect(throws: AccessError.refused(.lastKey)) {
            try scene.access.revokeKey(first.id, by: principal, from: nil)
        }
        try scene.access.revokeKey(certificate.id, by: principal, from: nil)
        _ = try scene.signIn()
        // With a passkey beside it, it can.
        var authenticator = Authenticator()
        let options = try scene.access.passkeyAdditionOptions(for: principal)
        _ = try scene.access.addPasskey(
            credential: authenticator.create(options),
            to: principal,
            from: nil
        )
        try scene.access.revokeKey(first.id, by: principal, from: nil)
        #expect(throws: AccessError.refused(.signInFailed)) { try scene.signIn() }
        let tokens = try AccessTests.signIn(scene, &authenticator)
        let passkey = try #require(
            try scene.access.keys(of: tokens.principal).first { $0.kind == .passkey }
        )
        #expect(throws: AccessError.refused(.lastKey)) {
            try scene.access.revokeKey(passkey.id, by: tokens.principal, from: nil)
        }
    }

    @Test("a passkey that a user has already is not offered again, nor taken")
    func excluded() throws {
        let scene = try Scene()
        var authenticator = Authenticator()
        let principal = try AccessTests.register(scene, &authenticator).tokens.principal
        let options = try scene.access.passkeyAdditionOptions(for: principal)
        let excluded = options.object?["excludeCredentials"]?.array
        #expect(excluded?.count == 1)
        #expect(excluded?.first?.object?["id"] == Authenticator.text(authenticator.credentialID))
        #expect(throws: AccessError.refused(.keyExists)) {
            try scene.access.addPasskey(
                credential: authenticator.create(options),
                to: principal,
                from: nil
            )
        }
    }

    @Test("the options for one user's passkey do not add it to another one")
    func othersOptions() throws {
        let scene = try Scene()
        try scene.register()
        try scene.register("bob", key: 2)
        let (alice, bob) = (try scene.signIn().principal, try scene.signIn("bob", key: 2).principal)
        var authenticator = Authenticator()
        let answer = authenticator.create(try scene.access.passkeyAdditionOptions(for: alice))
        #expect(throws: AccessError.passkey(.wrongChallenge)) {
            try scene.access.addPasskey(credential: answer, to: bob, from: nil)
        }
        #expect(throws: AccessError.passkey(.wrongChallenge)) {
            try scene.access.registerPasskey(userName: "carol", credential: answer, from: nil)
        }
        _ = try scene.access.addPasskey(credential: answer, to: alice, from: nil)
    }

    @Test("a revoked key stays revoked, whoever brings it, and nobody revokes others' keys")
    func stays() throws {
        let scene = try Scene()
        try scene.register()
        try scene.register("bob", key: 2)
        let (alice, bob) = (try scene.signIn().principal, try scene.signIn("bob", key: 2).principal)
        let bytes = Scene.key(3).publicKey.bytes
        let key = try scene.access.addKey(bytes, isCertificate: true, to: alice, from: nil)
        #expect(throws: AccessError.refused(.unknownKey)) {
            try scene.access.revokeKey(key.id, by: bob, from: nil)
        }
        #expect(throws: AccessError.refused(.keyExists)) {
            try scene.access.addKey(bytes, isCertificate: true, to: bob, from: nil)
        }
        try scene.access.revokeKey(key.id, by: alice, from: nil)
        try scene.access.revokeKey(key.id, by: alice, from: nil)
        for principal in [alice, bob] {
            #expect(throws: AccessError.refused(.keyExists)) {
                try scene.access.addKey(bytes, isCertificate: true, to: principal, from: nil)
            }
        }
    }

    @Test("a user has at most sixteen keys, and no label is too long")
    func bounds() throws {
        let scene = try Scene()
        try scene.register()
        let principal = try scene.signIn().principal
        for number in 2...UInt8(AccessLimits.keysMax) {
            _ = try scene.access.addKey(
                Scene.key(number).publicKey.bytes,
                to: principal,
                from: nil
            )
        }
        #expect(throws: AccessError.refused(.tooManyKeys)) {
            try scene.access.addKey(Scene.key(99).publicKey.bytes, to: principal, from: nil)
        }
        for label in [String(repeating: "x", count: 65), "a\nb", "\u{0}"] {
            #expect(throws: AccessError.refused(.invalidRequest)) {
                try scene.access.addKey(
                    Scene.key(99).publicKey.bytes,
                    label: label,
                    to: principal,
                    from: nil
                )
            }
        }
    }

    @Test("a member's connection is known by its certificate's key")
    func certificates() throws {
        let scene = try Scene()
        let user = try scene.register()
        let principal = try scene.signIn().principal
        let bytes = Scene.key(3).publicKey.bytes
        let key = try scene.access.addKey(bytes, isCertificate: true, to: principal, from: nil)
        let later = try Scene(folder: try scene.crashed(), clock: scene.clock)
        for scene in [scene, later] {
            let known = try scene.access.authenticate(request(peerKey: bytes))
            #expect(known.user == user.id)
            #expect(known.method == .certificate(key.id))
            try known.require(.placeOrder)
            #expect(throws: AccessError.refused(.notAllowed)) { try known.require(.manageKeys) }
            // The key of a certificate is not one to sign in with, nor the other way round.
            #expect(throws: AccessError.refused(.signInFailed)) {
                try scene.signIn("alice", key: 3)
            }
            #expect(throws: AccessError.refused(.certificateUnknown)) {
                try scene.access.authenticate(request(peerKey: Scene.key(1).publicKey.bytes))
            }
        }
        try scene.access.revokeKey(key.id, by: principal, from: nil)
        #expect(throws: AccessError.refused(.certificateUnknown)) {
            try scene.access.authenticate(request(peerKey: bytes))
        }
    }

    @Test("who is locked out has nothing that works, until he is let in again")
    func disabled() throws {
        let scene = try Scene()
        let user = try scene.register()
        let tokens = try scene.signIn()
        let bytes = Scene.key(3).publicKey.bytes
        _ = try scene.access.addKey(bytes, isCertificate: true, to: tokens.principal, from: nil)
        let secret = try #require(
            try scene.access.createAPIKey(
                APIKeyRequest(label: "bot", scopes: .all),
                for: tokens.principal,
                from: nil
            ).secret
        )
        #expect(throws: AccessError.refused(.notAllowed)) {
            try scene.access.setDisabled(true, user.id, by: tokens.principal, from: nil)
        }
        try scene.access.setDisabled(true, user.id, by: nil, from: nil)
        let later = try Scene(folder: try scene.crashed(), clock: scene.clock)
        for scene in [scene, later] {
            #expect(throws: AccessError.refused(.tokenRevoked)) {
                try scene.access.authenticate(token: tokens.access)
            }
            #expect(throws: AccessError.refused(.refreshInvalid)) {
                try scene.access.refresh(tokens.refresh, from: nil)
            }
            #expect(throws: AccessError.refused(.userDisabled)) {
                try scene.access.authenticate(bearer: secret, from: nil)
            }
            #expect(throws: AccessError.refused(.userDisabled)) {
                try scene.access.authenticate(request(peerKey: bytes))
            }
            #expect(throws: AccessError.refused(.signInFailed)) { try scene.signIn() }
            #expect(try scene.access.user(user.id).isDisabled)
        }
        try scene.access.setDisabled(false, user.id, by: nil, from: nil)
        _ = try scene.signIn()
        _ = try scene.access.authenticate(bearer: secret, from: nil)
        _ = try scene.access.authenticate(request(peerKey: bytes))
        #expect(throws: AccessError.refused(.tokenRevoked)) {
            try scene.access.authenticate(token: tokens.access)
        }
    }
}

/// A request with nothing but what is given.
func request(
    _ headers: [(String, String)] = [],
    peerKey: [UInt8]? = nil,
    address: NetworkAddress? = Scene.address,
    method: String = "GET",
    target: String = "/api/user/profile",
    body: [UInt8] = []
) -> RequestCredentials {
    RequestCredentials(
        method: method,
        target: target,
        body: body,
        peerKey: peerKey.flatMap { bytes in
            Result { try Ed25519.PublicKey(bytes: bytes) }.value
        },
        address: address,
        header: { name in
            headers.filter { $0.0.lowercased() == name.lowercased() }.map(\.1)
        }
    )
}
