import Access
import Cryptography
import Encoding
import KeyStore
import Primitives
import Testing

@Suite("Tokens") struct TokenTests {
    /// The key that signs the first tokens, made as `TokenKey` does.
    static let signer = SigningKey(
        seed: HKDF.expand(
            key: Scene.secret,
            info: Array("parallax.token-key/1 1".utf8),
            count: 32
        )
    )

    static func decoded(_ part: Substring) throws -> [UInt8] {
        try Base64.url.decode(String(part))
    }

    /// A token of any header and payload, rightly signed.
    static func forged(_ header: [UInt8], _ payload: [UInt8], signed: Bool = true) -> String {
        let head = Base64.url.encode(header) + "." + Base64.url.encode(payload)
        let signature = signed ? signer.sign(Array(head.utf8)) : []
        return head + "." + Base64.url.encode(signature)
    }

    @Test("a token has exactly the header and the claims that are documented")
    func form() throws {
        let scene = try Scene()
        let user = try scene.register()
        let parts = try scene.signIn().access.split(separator: ".")
        #expect(parts.count == 3)
        let header = try JSONValue(decodingCanonical: Self.decoded(parts[0]))
        let kid = try #require(header.object?["kid"])
        #expect(header.object?.members.map(\.name) == ["alg", "kid", "typ"])
        #expect(header.object?["alg"] == .string("EdDSA"))
        #expect(header.object?["typ"] == .string("JWT"))
        let claims = try #require(
            try JSONValue(decodingCanonical: Self.decoded(parts[1])).object
        )
        #expect(
            claims.members.map(\.name)
                == ["account", "aud", "exp", "iat", "iss", "jti", "roles", "sub"]
        )
        #expect(claims["account"]?.number?.integer == 16)
        #expect(claims["aud"] == .string("test.venue"))
        #expect(claims["iss"] == .string("test.venue"))
        #expect(claims["sub"] == .string(Text("\(user.id)")))
        #expect(claims["roles"] == .array([.string("trader")]))
        #expect(claims["iat"]?.number?.integer == scene.clock.seconds)
        #expect(claims["exp"]?.number?.integer == scene.clock.seconds + 900)
        let key = try #require(scene.access.tokenVerificationKeys.first)
        #expect(kid == .string(Text(key.identifier)))
        #expect(key.publicKey == Self.signer.publicKey.bytes)
        let jwk = try #require(try JSONValue(decodingCanonical: Array(key.json.utf8)).object)
        #expect(jwk["x"] == .string(Text(Base64.url.encode(key.publicKey))))
    }

    @Test("a token whose header is another one is refused, also rightly signed")
    func headers() throws {
        let scene = try Scene()
        try scene.register()
        let parts = try scene.signIn().access.split(separator: ".")
        let payload = try Self.decoded(parts[1])
        let kid = scene.access.tokenVerificationKeys[0].identifier
        let good = "{\"alg\":\"EdDSA\",\"kid\":\"\(kid)\",\"typ\":\"JWT\"}"
        _ = try scene.access.authenticate(token: Self.forged(Array(good.utf8), payload))
        let headers = [
            "{\"alg\":\"none\"}", "{\"alg\":\"none\",\"kid\":\"\(kid)\",\"typ\":\"JWT\"}",
            "{\"alg\":\"HS256\",\"kid\":\"\(kid)\",\"typ\":\"JWT\"}",
            "{\"alg\":\"ES256\",\"kid\":\"\(kid)\",\"typ\":\"JWT\"}",
            "{\"alg\":\"eddsa\",\"kid\":\"\(kid)\",\"typ\":\"JWT\"}",
            "{\"alg\":\"EdDSA\",\"typ\":\"JWT\"}", "{\"alg\":\"EdDSA\",\"kid\":\"\(kid)\"}",
            "{\"alg\":\"EdDSA\",\"kid\":\"other\",\"typ\":\"JWT\"}", good + " ", " " + good, "{}",
            "",
            "{\"alg\":\"EdDSA\",\"crit\":[],\"kid\":\"\(kid)\",\"typ\":\"JWT\"}",
            "{\"alg\":\"EdDSA\",\"jwk\":{},\"kid\":\"\(kid)\",\"typ\":\"JWT\"}",
        ]
        for header in headers {
            for signed in [true, false] {
                let token = Self.forged(Array(header.utf8), payload, signed: signed)
                #expect(throws: AccessError.refused(.tokenInvalid), "\(header)") {
                    try scene.access.authenticate(token: token)
                }
            }
        }
        // HMAC with the public key as its secret, the old mistake.
        let head = "\(Base64.url.encode(Array(headers[2].utf8))).\(parts[1])"
        let code = HMAC.sha256(key: Self.signer.publicKey.bytes, Array(head.utf8)).bytes
        #expect(throws: AccessError.refused(.tokenInvalid)) {
            try scene.access.authenticate(token: "\(head).\(Base64.url.encode(code))")
        }
    }

    @Test("a token whose claims are not exactly as they should be is refused, also rightly signed")
    func claims() throws {
        let scene = try Scene()
        try scene.register()
        let parts = try scene.signIn().access.split(separator: ".")
        let header = try Self.decoded(parts[0])
        let good = try #require(
            try JSONValue(decodingCanonical: Self.decoded(parts[1])).object
        )
        func refused(_ payload: [UInt8], _ error: AccessRefusal, _ what: Comment) {
            #expect(throws: AccessError.refused(error), what) {
                try scene.access.authenticate(token: Self.forged(header, payload))
            }
        }
        _ = try scene.access.authenticate(
            token: Self.forged(header, JSONValue.object(good).canonical)
        )
        for member in good.members {
            var missing = good
            missing[member.name] = nil
            refused(JSONValue.object(missing).canonical, .tokenInvalid, "no \(member.name)")
            for value in [JSONValue.null, .boolean(true), .string(""), .string("x"), .array([])] {
                // No roles at all are a form of their own, which may do nothing.
                if member.name == "roles", value == .array([]) { continue }
                var changed = good
                changed[member.name] = value
                refused(
                    JSONValue.object(changed).canonical,
                    .tokenInvalid,
                    "\(member.name): \(value)"
                )
            }
        }
        var more = good
        more["nbf"] = good["iat"]
        refused(JSONValue.object(more).canonical, .tokenInvalid, "one more")
        var issuer = good
        issuer["iss"] = .string("other.venue")
        refused(JSONValue.object(issuer).canonical, .tokenInvalid, "issuer")
        var audience = good
        audience["aud"] = .string("other.venue")
        refused(JSONValue.object(audience).canonical, .tokenInvalid, "audience")
        refused(JSONValue.object(good).canonical + [0x20], .tokenInvalid, "a blank behind it")
        refused(
            Array("{\"sub\":1,".utf8) + JSONValue.object(good).canonical.dropFirst(),
            .tokenInvalid,
            "a member twice"
        )
        var roles = good
        roles["roles"] = .array([.string("trader"), .string("root")])
        refused(JSONValue.object(roles).canonical, .tokenInvalid, "unknown role")
    }

    @Test("no character of a token may change, nor may it be longer or shorter")
    func tampered() throws {
        let scene = try Scene()
        try scene.register()
        let token = try scene.signIn().access
        let characters = Array(token.utf8)
        _ = try scene.access.authenticate(token: token)
        for index in characters.indices {
            var changed = characters
            changed[index] =
                changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "Q") : UInt8(ascii: "A")
            let other = String(decoding: changed, as: UTF8.self)
            #expect(throws: AccessError.refused(.tokenInvalid), "character \(index)") {
                try scene.access.authenticate(token: other)
            }
        }
        let parts = token.split(separator: ".")
        for other in [
            "", ".", "..", "...", token + "A", token + ".", "." + token, token + "=",
            String(token.dropLast()), "\(parts[0]).\(parts[1])", "\(parts[0]).\(parts[1]).",
            "\(parts[0])..\(parts[2])", token + " ", String(repeating: "a", count: 100_000),
        ] {
            #expect(throws: AccessError.refused(.tokenInvalid)) {
                try scene.access.authenticate(token: other)
            }
        }
    }

    @Test("a token of another venue, or of one with another secret, is refused")
    func otherVenue() throws {
        let scene = try Scene()
        try scene.register()
        let token = try scene.signIn().access
        let named = try Scene { $0.venue = "other.venue" }
        let secret = try Scene(secret: [UInt8](2...33))
        for other in [named, secret] {
            #expect(throws: AccessError.refused(.tokenInvalid)) {
                try other.access.authenticate(token: token)
            }
        }
    }

    @Test("a token lives 15 minutes")
    func expiry() throws {
        let scene = try Scene()
        try scene.register()
        let token = try scene.signIn().access
        scene.clock.pass(seconds: 899)
        _ = try scene.access.authenticate(token: token)
        scene.clock.pass(seconds: 1)
        #expect(throws: AccessError.refused(.tokenExpired)) {
            try scene.access.authenticate(token: token)
        }
    }

    @Test("setting the wall clock never lets a token live longer")
    func clockJumps() throws {
        for jump in [-1, -600, -86_400, Int64(600), 3_600] {
            let scene = try Scene()
            try scene.register()
            let token = try scene.signIn().access
            scene.clock.pass(seconds: 300)
            scene.clock.jump(seconds: jump)
            let result = Result { try scene.access.authenticate(token: token) }
            #expect(result.isSuccess == (jump < 600), "\(jump)")
            scene.clock.pass(seconds: 600)
            #expect(throws: AccessError.refused(.tokenExpired), "\(jump)") {
                try scene.access.authenticate(token: token)
            }
            // New ones work at once, whatever the time is said to be.
            let new = try scene.signIn()
            _ = try scene.access.authenticate(token: new.access)
        }
    }

    @Test("a token outlives a restart, but not a clock that was set back in between")
    func restart() throws {
        let scene = try Scene()
        try scene.register()
        let token = try scene.signIn().access
        scene.clock.pass(seconds: 100)
        for (back, isGood) in [(0, true), (50, true), (101, false), (86_400, false)] {
            let clock = SimulatedClock(
                wall: scene.clock.wallNanoseconds() - UInt64(back) * 1_000_000_000,
                monotonic: 1
            )
            let later = try Scene(folder: try scene.crashed(), clock: clock)
            let result = Result { try later.access.authenticate(token: token) }
            #expect(result.isSuccess == isGood, "\(back)")
            // After the restart time only passes, whatever the wall clock says.
            clock.pass(seconds: 800 + UInt64(back))
            clock.jump(seconds: -500)
            #expect(throws: AccessError.self, "\(back)") {
                try later.access.authenticate(token: token)
            }
            if !isGood {
                let new = try later.signIn()
                _ = try later.access.authenticate(token: new.access)
            }
        }
    }

    @Test("after a start with a clock that was years ahead an operator can begin anew")
    func wrongClock() throws {
        let right = SimulatedClock.start
        let wrong = SimulatedClock(wall: right + 3_000_000_000_000_000_000)
        let scene = try Scene(clock: wrong)
        let user = try scene.register()
        let tokens = try scene.signIn()
        let secret = try #require(
            try scene.access.createAPIKey(
                APIKeyRequest(label: "", scopes: .all),
                for: tokens.principal,
                from: nil
            ).secret
        )
        for anew in [false, true] {
            let clock = SimulatedClock(wall: right)
            let folder = try scene.crashed()
            let later = try Scene(folder: folder, clock: clock) { $0.startsClockAnew = anew }
            #expect(throws: AccessError.self) {
                try later.access.authenticate(token: tokens.access)
            }
            let result = Result { try later.access.refresh(tokens.refresh, from: nil) }
            #expect(result.isSuccess == !anew)
            let new = try later.signIn()
            #expect(try later.access.authenticate(token: new.access).user == user.id)
            _ = try later.access.authenticate(bearer: secret, from: nil)
            // What ends by the time of the wrong clock has ended, and goes on where it began anew.
            var asked = APIKeyRequest(label: "", scopes: .all)
            asked.lifetimeSeconds = 3_600
            let short = try #require(
                try later.access.createAPIKey(asked, for: new.principal, from: nil).secret
            )
            let again = try Scene(folder: try later.crashed(), clock: clock)
            _ = try again.access.authenticate(bearer: short, from: nil)
            let sessions = try again.access.sessions(of: new.principal)
            #expect(sessions.count == (anew ? 1 : 2))
            let ends = sessions.map(\.expiresWallNanoseconds).max() ?? 0
            #expect((ends < right + 31 * 86_400_000_000_000) == anew)
        }
    }

    @Test("a session that was ended has no good token, also after a restart")
    func ended() throws {
        let scene = try Scene()
        try scene.register()
        let tokens = try scene.signIn()
        let refreshed = try scene.access.refresh(tokens.refresh, from: nil)
        let other = try scene.signIn()
        try scene.access.endSession(by: refreshed.principal, from: nil)
        let later = try Scene(folder: try scene.crashed(), clock: scene.clock)
        for access in [scene.access, later.access] {
            for token in [tokens.access, refreshed.access] {
                #expect(throws: AccessError.refused(.tokenRevoked)) {
                    try access.authenticate(token: token)
                }
            }
            #expect(throws: AccessError.refused(.refreshInvalid)) {
                try access.refresh(refreshed.refresh, from: nil)
            }
            _ = try access.authenticate(token: other.access)
        }
    }

    @Test("a user can end his other sessions, and nobody else's")
    func others() throws {
        let scene = try Scene()
        try scene.register()
        try scene.register("bob", key: 2)
        let (one, two) = (try scene.signIn(), try scene.signIn())
        let stranger = try scene.signIn("bob", key: 2)
        let sessions = try scene.access.sessions(of: one.principal)
        #expect(sessions.count == 2)
        for session in sessions {
            #expect(throws: AccessError.refused(.unknownKey)) {
                try scene.access.endSession(session.id, by: stranger.principal, from: nil)
            }
        }
        guard case .session(let id) = two.principal.method else { throw Unavailable() }
        try scene.access.endSession(id, by: one.principal, from: nil)
        #expect(throws: AccessError.refused(.tokenRevoked)) {
            try scene.access.authenticate(token: two.access)
        }
        _ = try scene.access.authenticate(token: one.access)
        #expect(try scene.access.sessions(of: one.principal).count == 1)
    }

    @Test("the oldest of too many sessions is ended")
    func tooMany() throws {
        let scene = try Scene()
        try scene.register()
        var all: [Tokens] = []
        for _ in 0...AccessLimits.sessionsMax {
            scene.clock.pass(seconds: 1)
            all.append(try scene.signIn())
        }
        #expect(throws: AccessError.refused(.tokenRevoked)) {
            try scene.access.authenticate(token: all[0].access)
        }
        for tokens in all.dropFirst() {
            _ = try scene.access.authenticate(token: tokens.access)
        }
        let sessions = try scene.access.sessions(of: all[1].principal)
        #expect(sessions.count == AccessLimits.sessionsMax)
    }

    @Test("keys are replaced while tokens of the one before stay good for their time")
    func rotation() throws {
        let scene = try Scene { $0.tokenKeySeconds = 3_600 }
        let user = try scene.register()
        let first = try scene.signIn()
        #expect(throws: AccessError.refused(.notAllowed)) {
            try scene.access.rotateTokenKey(by: first.principal, from: nil)
        }
        scene.clock.pass(seconds: 3_000)
        let before = try scene.signIn()
        scene.clock.pass(seconds: 600)
        let after = try scene.signIn()
        #expect(scene.access.tokenVerificationKeys.count == 2)
        let heads = [before, after].map { $0.access.split(separator: ".")[0] }
        #expect(heads[0] != heads[1])
        let later = try Scene(folder: try scene.crashed(), clock: scene.clock)
        for access in [scene.access, later.access] {
            #expect(access.tokenVerificationKeys.count == 2)
            _ = try access.authenticate(token: before.access)
            _ = try access.authenticate(token: after.access)
        }
        scene.clock.pass(seconds: 900)
        for access in [scene.access, later.access] {
            #expect(access.tokenVerificationKeys.count == 1)
        }
        try scene.access.setRoles(.operator, of: user.id, by: nil, from: nil)
        let chief = try scene.signIn()
        try scene.access.rotateTokenKey(by: chief.principal, from: nil)
        #expect(scene.access.tokenVerificationKeys.count == 2)
        _ = try scene.access.authenticate(token: chief.access)
    }

    @Test("when more sessions end than can be remembered, all tokens until then are refused")
    func overflow() throws {
        let revocations = Revocations(refusesEarlierProcesses: false)
        func session(_ number: Int) throws -> SessionID {
            var bytes = [UInt8](repeating: 0, count: 16)
            for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
            return try #require(SessionID(text: Base64.url.encode(bytes)))
        }
        let other = try session(-1)
        for number in 0..<AccessLimits.revocationsMax {
            revocations.add(try session(number), monotonic: 5)
        }
        #expect(!revocations.contain(other, made: 4))
        #expect(!revocations.contain(other, made: nil))
        #expect(revocations.contain(try session(0), made: 4))
        revocations.add(try session(-2), monotonic: 6)
        // The list began anew, and nothing that was on it became good.
        #expect(revocations.contain(try session(0), made: 4))
        #expect(revocations.contain(other, made: 6))
        #expect(revocations.contain(other, made: nil))
        #expect(!revocations.contain(other, made: 7))
        #expect(revocations.contain(try session(-2), made: 7))
    }

    @Test("an ended session is remembered for as long as its tokens could be good")
    func remembered() throws {
        let revocations = Revocations(refusesEarlierProcesses: false)
        let first = try #require(SessionID(text: "AAAAAAAAAAAAAAAAAAAAAA"))
        let other = try #require(SessionID(text: "AAAAAAAAAAAAAAAAAAAAAQ"))
        let second: UInt64 = 1_000_000_000
        revocations.add(first, monotonic: 899 * second)
        revocations.add(other, monotonic: 901 * second)
        #expect(revocations.contain(first, made: 899 * second))
        revocations.add(other, monotonic: 1_790 * second)
        #expect(revocations.contain(first, made: 899 * second))
        #expect(Revocations(refusesEarlierProcesses: true).contain(first, made: nil))
        #expect(!Revocations(refusesEarlierProcesses: true).contain(first, made: 0))
    }
}
