import Access
import Encoding
import Primitives
import Testing

/// Registers `alice` with a passkey.
func register(
    _ scene: Scene,
    _ authenticator: inout Authenticator,
    name: String = "alice"
) throws -> (user: User, tokens: Tokens) {
    let options = try scene.access.passkeyRegistrationOptions(userName: name)
    return try scene.access.registerPasskey(
        userName: name,
        credential: authenticator.create(options),
        label: "laptop",
        from: Scene.address
    )
}

/// Signs in with a passkey that the browser has found.
func signIn(_ scene: Scene, _ authenticator: inout Authenticator) throws -> Tokens {
    let options = try scene.access.passkeySignInOptions()
    return try scene.access.signInPasskey(
        credential: authenticator.get(options),
        from: Scene.address
    )
}

@Suite("Passkeys") struct PasskeyTests {
    @Test(
        "a user registers with a passkey and signs in with it",
        arguments: AuthenticatorKey.Algorithm.allCases
    )
    func whole(algorithm: AuthenticatorKey.Algorithm) throws {
        let scene = try Scene()
        var authenticator = Authenticator(algorithm)
        let (user, tokens) = try register(scene, &authenticator)
        #expect(authenticator.userHandle == user.id.bytes)
        #expect(user.account == AccountID(16))
        #expect(try scene.access.authenticate(token: tokens.access).user == user.id)
        let again = try signIn(scene, &authenticator)
        #expect(try scene.access.authenticate(token: again.access).account == user.account)
        let key = try #require(try scene.access.keys(of: again.principal).first)
        #expect(key.kind == .passkey)
        #expect(key.label == "laptop")
        #expect(key.usedWallNanoseconds != nil)
    }

    @Test("the options are what browsers take, and the challenge is new each time")
    func options() throws {
        let scene = try Scene()
        let options = try #require(
            try scene.access.passkeyRegistrationOptions(userName: "alice").object
        )
        #expect(
            options.members.map(\.name) == [
                "attestation", "authenticatorSelection", "challenge", "excludeCredentials",
                "pubKeyCredParams", "rp", "timeout", "user",
            ]
        )
        #expect(options["rp"]?.object?["id"] == .string("localhost"))
        #expect(options["attestation"] == .string("none"))
        let algorithms = options["pubKeyCredParams"]?.array?.map {
            $0.object?["alg"]?.number?.integer
        }
        #expect(algorithms == [-8, -7, -257])
        #expect(options["user"]?.object?["name"] == .string("alice"))
        let selection = options["authenticatorSelection"]?.object
        #expect(selection?["userVerification"] == .string("required"))
        #expect(selection?["residentKey"] == .string("preferred"))
        let other = try scene.access.passkeyRegistrationOptions(userName: "alice").object
        #expect(other?["challenge"] != options["challenge"])
        #expect(other?["user"]?.object?["id"] != options["user"]?.object?["id"])
        let request = try #require(try scene.access.passkeySignInOptions().object)
        #expect(
            request.members.map(\.name)
                == ["allowCredentials", "challenge", "rpId", "timeout", "userVerification"]
        )
        #expect(request["allowCredentials"] == .array([]))
        #expect(request["rpId"] == .string("localhost"))
    }

    /// A registration in which one thing is wrong.
    static let wrongRegistrations: [Wrong] = [
        Wrong("an assertion's type", .wrongType) { $0.type = "webauthn.get" },
        Wrong("no type", .malformed) { $0.clientMembers = [("type", .null)] },
        Wrong("another site's page", .wrongOrigin) { $0.origin = "http://evil.localhost:8080" },
        Wrong("another port", .wrongOrigin) { $0.origin = "http://localhost:8081" },
        Wrong("another scheme", .wrongOrigin) { $0.origin = "https://localhost:8080" },
        Wrong("an origin in upper case", .wrongOrigin) { $0.origin = "http://LOCALHOST:8080" },
        Wrong("in a frame", .crossOrigin) {
            $0.clientMembers = [("crossOrigin", .boolean(true))]
        },
        Wrong("a top origin", .crossOrigin) {
            $0.clientMembers = [("topOrigin", .string("http://localhost:8080"))]
        },
        Wrong("crossOrigin is no boolean", .malformed) {
            $0.clientMembers = [("crossOrigin", .string("false"))]
        },
        Wrong("another challenge", .wrongChallenge) {
            $0.clientMembers = [("challenge", .string("AAAA"))]
        },
        Wrong("a challenge in other base64", .wrongChallenge) {
            $0.clientMembers = [("challenge", .string("+///"))]
        },
        Wrong("no challenge", .malformed) { $0.clientMembers = [("challenge", .null)] },
        Wrong("client data that is no JSON", .malformed) { $0.changeClientData = { $0 + [0x7d] } },
        Wrong("a member twice", .malformed) {
            $0.changeClientData = { Array("{\"type\":\"webauthn.create\",".utf8) + $0.dropFirst() }
        },
        Wrong("no client data", .malformed) { $0.changeClientData = { _ in [] } },
        Wrong("too much client data", .malformed) {
            $0.clientMembers = [("x", .string(Text(String(repeating: "x", count: 9_000))))]
        },
        Wrong("another party", .wrongParty) { $0.domain = "example.org" },
        Wrong("nobody there", .userNotPresent) { $0.flags = 0x04 },
        Wrong("not verified", .userNotVerified) { $0.flags = 0x01 },
        Wrong("backed up, yet not eligible", .backupFlags) { $0.flags = 0x15 },
        Wrong("bytes behind the data", .malformed) { $0.changeData = { $0 + [0] } },
        Wrong("data that ends early", .malformed) { $0.changeData = { Array($0.dropLast()) } },
        Wrong("no credential", .credentialData) { authenticator in
            authenticator.changeData = { data in
                var head = Array(data[..<37])
                head[32] &= ~0x40
                return head
            }
        },
        Wrong("extensions that are not there", .malformed) { authenticator in
            authenticator.changeData = { data in
                var data = data
                data[32] |= 0x80
                return data
            }
        },
        Wrong("extensions that are no map", .malformed) { $0.extensions = [0x01] },
        Wrong("an attestation object with bytes behind it", .malformed) {
            $0.changeAttestation = { $0 + [0] }
        },
        Wrong("an attestation object that ends early", .malformed) {
            $0.changeAttestation = { Array($0.dropLast()) }
        },
        Wrong("no attestation object", .malformed) { $0.changeAttestation = { _ in [] } },
        Wrong("a statement where there is none", .malformed) {
            $0.statement = CBORMap([CBORMap.Entry(.text("x"), .null)]) ?? CBORMap()
        },
        Wrong("a fourth member", .malformed) { authenticator in
            authenticator.changeAttestation = { bytes in
                [0xa4] + bytes.dropFirst() + [0x78, 0x24] + [UInt8](repeating: 0x7a, count: 36) + [
                    0xf6
                ]
            }
        },
        Wrong("another key type", .unsupportedKey) { $0.replace(0x01, 0x01, with: 0x04) },
        Wrong("another algorithm", .unsupportedKey) { $0.replace(0x03, 0x27, with: 0x26) },
        Wrong("another curve", .unsupportedKey) { $0.replace(0x20, 0x06, with: 0x01) },
    ]

    @Test("a registration in which anything is wrong is refused", arguments: wrongRegistrations)
    func wrongRegistration(wrong: Wrong) throws {
        let scene = try Scene()
        var authenticator = Authenticator()
        wrong.change(&authenticator)
        #expect(throws: AccessError.passkey(wrong.fault)) {
            try register(scene, &authenticator)
        }
        #expect(scene.surroundings.accounts.isEmpty)
        #expect(try scene.access.user(named: "alice") == nil)
        // A good one goes through.
        var good = Authenticator()
        _ = try register(scene, &good)
    }

    /// A sign-in in which one thing is wrong.
    static let wrongSignIns: [Wrong] =
        wrongRegistrations.filter { wrong in
            ["malformed", "wrong", "user", "cross"].contains { wrong.fault.rawValue.hasPrefix($0) }
                && !["an assertion's type", "data that ends early", "an attestation"]
                    .contains(where: wrong.what.hasPrefix)
                && !["no attestation object", "a statement where there is none", "a fourth member"]
                    .contains(wrong.what)
        } + [
            Wrong("a registration's type", .wrongType) { $0.type = "webauthn.create" },
            Wrong("backed up, yet not eligible", .backupFlags) { $0.flags = 0x15 },
            Wrong("suddenly eligible", .backupFlags) { $0.flags = 0x0d },
            Wrong("a signature that is too short", .wrongSignature) {
                $0.changeSignature = { Array($0.dropLast()) }
            },
            Wrong("a signature that is too long", .wrongSignature) {
                $0.changeSignature = { $0 + [0] }
            },
            Wrong("no signature", .malformed) { $0.changeSignature = { _ in [] } },
            Wrong("another key", .wrongSignature) {
                $0.key = AuthenticatorKey(.ed25519, seed: [UInt8](repeating: 9, count: 32))
            },
            Wrong("another credential", .unknownCredential) { $0.credentialID[0] ^= 1 },
            Wrong("another user's handle", .unknownCredential) { $0.userHandle?[0] ^= 1 },
            Wrong("no user's handle", .unknownCredential) { $0.userHandle = nil },
            Wrong("an empty handle", .malformed) { $0.userHandle = [] },
            Wrong("a long handle", .malformed) { $0.userHandle = [UInt8](repeating: 1, count: 65) },
            Wrong("a credential in it", .malformed) { authenticator in
                authenticator.changeData = { data in
                    var data = data
                    data[32] |= 0x40
                    return data
                }
            },
        ]

    @Test("a sign-in in which anything is wrong is refused", arguments: wrongSignIns)
    func wrongSignIn(wrong: Wrong) throws {
        let scene = try Scene()
        var authenticator = Authenticator()
        _ = try register(scene, &authenticator)
        var changed = authenticator
        wrong.change(&changed)
        #expect(throws: AccessError.passkey(wrong.fault)) { try signIn(scene, &changed) }
        #expect(scene.surroundings.records.last?.outcome == "passkey_\(wrong.fault.rawValue)")
        _ = try signIn(scene, &authenticator)
    }

    @Test(
        "no bit of data or signature may change after signing",
        arguments: AuthenticatorKey.Algorithm.allCases
    )
    func flipped(algorithm: AuthenticatorKey.Algorithm) throws {
        let scene = try Scene()
        var authenticator = Authenticator(algorithm)
        _ = try register(scene, &authenticator)
        let answer = authenticator.get(try scene.access.passkeySignInOptions())
        for member in ["authenticatorData", "signature", "clientDataJSON"] as [Text] {
            let response = try #require(answer.object?["response"]?.object)
            let bytes = try Base64.url.decode(try #require(response[member]?.string?.string))
            for index in bytes.indices {
                var changed = bytes
                changed[index] ^= 1 << UInt8(index % 8)
                var other = response
                other[member] = Authenticator.text(changed)
                var credential = try #require(answer.object)
                credential["response"] = .object(other)
                #expect(throws: AccessError.self, "\(member.string) \(index)") {
                    try scene.access.signInPasskey(credential: .object(credential), from: nil)
                }
            }
        }
        // The challenge was not used up by that, and is by this.
        _ = try scene.access.signInPasskey(credential: answer, from: nil)
        #expect(throws: AccessError.passkey(.wrongChallenge)) {
            try scene.access.signInPasskey(credential: answer, from: nil)
        }
    }

    @Test("a registration cannot be replayed, nor its challenge be used for another name")
    func replayed() throws {
        let scene = try Scene()
        var authenticator = Authenticator()
        let options = try scene.access.passkeyRegistrationOptions(userName: "alice")
        let answer = authenticator.create(options)
        #expect(throws: AccessError.passkey(.wrongChallenge)) {
            try scene.access.registerPasskey(userName: "bob", credential: answer, from: nil)
        }
        _ = try scene.access.registerPasskey(userName: "alice", credential: answer, from: nil)
        for name in ["alice", "bob"] {
            #expect(throws: AccessError.passkey(.wrongChallenge)) {
                try scene.access.registerPasskey(userName: name, credential: answer, from: nil)
            }
        }
        var other = Authenticator()
        #expect(throws: AccessError.refused(.keyExists)) {
            try register(scene, &other, name: "bob")
        }
    }

    @Test("the challenges of passkeys expire after five minutes")
    func expiry() throws {
        let scene = try Scene()
        var authenticator = Authenticator()
        let options = try scene.access.passkeyRegistrationOptions(userName: "alice")
        scene.clock.pass(seconds: 300)
        scene.clock.jump(seconds: -300)
        #expect(throws: AccessError.passkey(.wrongChallenge)) {
            try scene.access.registerPasskey(
                userName: "alice",
                credential: authenticator.create(options),
                from: nil
            )
        }
    }

    @Test("a counter that does not go up is refused and reported; one that stays 0 is none")
    func counters() throws {
        let scene = try Scene()
        var authenticator = Authenticator()
        authenticator.counter = 10
        _ = try register(scene, &authenticator)
        for (counter, isGood) in [
            (10, false), (11, true), (11, false), (5, false), (0, false), (12, true),
        ] {
            authenticator.counter = UInt32(counter)
            let result = Result { try signIn(scene, &authenticator) }
            #expect(result.isSuccess == isGood, "\(counter)")
            if !isGood {
                #expect(scene.surroundings.records.last?.outcome == "counter_regressed")
            }
        }
        authenticator.counter = .max
        _ = try signIn(scene, &authenticator)
        var without = Authenticator(id: 2)
        _ = try register(scene, &without, name: "bob")
        for _ in 0..<3 { _ = try signIn(scene, &without) }
    }

    @Test("the flags of a backup are remembered")
    func backup() throws {
        let scene = try Scene()
        var authenticator = Authenticator()
        authenticator.flags = 0x0d
        let tokens = try register(scene, &authenticator).tokens
        var key = try #require(try scene.access.keys(of: tokens.principal).first)
        #expect(key.isBackupEligible)
        #expect(!key.isBackedUp)
        authenticator.flags = 0x1d
        _ = try signIn(scene, &authenticator)
        key = try #require(try scene.access.keys(of: tokens.principal).first)
        #expect(key.isBackedUp)
    }

    @Test("a user who is named gets his own credentials offered, and only they are taken")
    func named() throws {
        let scene = try Scene()
        var alices = Authenticator()
        var bobs = Authenticator(id: 2)
        _ = try register(scene, &alices)
        _ = try register(scene, &bobs, name: "bob")
        let options = try scene.access.passkeySignInOptions(userName: "alice")
        let offered = try #require(options.object?["allowCredentials"]?.array)
        #expect(offered.count == 1)
        #expect(offered[0].object?["id"] == Authenticator.text(alices.credentialID))
        #expect(
            offered[0].object?["transports"] == .array([.string("internal"), .string("hybrid")])
        )
        #expect(throws: AccessError.passkey(.unknownCredential)) {
            try scene.access.signInPasskey(credential: bobs.get(options), from: nil)
        }
        alices.userHandle = nil
        _ = try scene.access.signInPasskey(credential: alices.get(options), from: nil)
        #expect(throws: AccessError.refused(.unknownUser)) {
            try scene.access.passkeySignInOptions(userName: "carol")
        }
    }

    @Test("a name that nobody has gets a credential that nobody has, always the same")
    func decoys() throws {
        let scene = try Scene { $0.tellsUnknownUsers = false }
        let offers = try ["carol", "carol", "dave"].map { name in
            try scene.access.passkeySignInOptions(userName: name).object?["allowCredentials"]
        }
        #expect(offers[0] == offers[1])
        #expect(offers[0] != offers[2])
        #expect(offers[0]?.array?.count == 1)
    }

    @Test("extensions and others' statements are ignored, and so are members that browsers add")
    func ignored() throws {
        let scene = try Scene()
        var authenticator = Authenticator()
        authenticator.extensions = [0xa1, 0x63, 0x61, 0x62, 0x63, 0xf5]
        authenticator.format = "packed"
        authenticator.statement =
            CBORMap([
                CBORMap.Entry(.text("alg"), .integer(-7)), CBORMap.Entry(.text("sig"), .bytes([1])),
            ]) ?? CBORMap()
        authenticator.clientMembers = [("other_keys_can_be_added_here", .string("x"))]
        _ = try register(scene, &authenticator)
        _ = try signIn(scene, &authenticator)
    }

    @Test("without a party there are no passkeys, and a party must make sense")
    func parties() throws {
        let scene = try Scene { $0.passkeys = nil }
        #expect(throws: AccessError.self) { try scene.access.passkeySignInOptions() }
        for (id, origins) in [
            ("localhost", []), ("localhost", ["http://example.org"]), ("", ["https://a"]),
            ("example.org", ["http://example.org"]), ("example.org", ["https://badexample.org"]),
            ("Example.org", ["https://example.org"]), ("example.org", ["https://example.org/x"]),
        ] as [(String, [String])] {
            #expect(throws: AccessError.self, "\(id) \(origins)") {
                try Scene { $0.passkeys = PasskeyParty(id: id, name: "x", origins: origins) }
            }
        }
        for origin in ["https://example.org", "https://a.example.org:444"] {
            _ = try Scene {
                $0.passkeys = PasskeyParty(id: "example.org", name: "x", origins: [origin])
            }
        }
    }
}

/// A browser or authenticator that does one thing wrong.
struct Wrong: CustomTestStringConvertible, Sendable {
    let what: String
    let fault: PasskeyFault
    let change: @Sendable (inout Authenticator) -> Void

    init(
        _ what: String,
        _ fault: PasskeyFault,
        _ change: @escaping @Sendable (inout Authenticator) -> Void
    ) {
        self.what = what
        self.fault = fault
        self.change = change
    }

    var testDescription: String { what }
}

extension Authenticator {
    /// Replaces the value behind a byte of the COSE key, whose items have a byte each.
    mutating func replace(_ key: UInt8, _ value: UInt8, with other: UInt8) {
        let start = 37 + 18 + credentialID.count
        changeData = { data in
            var data = data
            for index in start..<data.count - 1 where data[index] == key && data[index + 1] == value
            {
                data[index + 1] = other
                break
            }
            return data
        }
    }
}
