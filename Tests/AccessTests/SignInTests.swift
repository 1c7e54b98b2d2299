import Access
import Cryptography
import Encoding
import KeyStore
import Primitives
import Synchronization
import Testing

@Suite("Signing in") struct SignInTests {
    @Test("a user registers, signs a challenge, and is known by the token")
    func whole() throws {
        let scene = try Scene()
        let user = try scene.register()
        #expect(user.account.rawValue == 16)
        #expect(user.roles == .trader)
        #expect(scene.surroundings.accounts == [16])
        let tokens = try scene.signIn()
        #expect(tokens.expiresInSeconds == 900)
        let principal = try scene.access.authenticate(token: tokens.access)
        #expect(principal == tokens.principal)
        #expect(principal.user == user.id)
        #expect(principal.account == user.account)
        #expect(principal.roles == .trader)
        let actions = scene.surroundings.records.map(\.action)
        #expect(actions == [.rotateTokenKey, .reserveUser, .activateUser, .signIn])
        #expect(scene.surroundings.records.compactMap(\.number) == [1, 2, 3, 4])
    }

    @Test("a challenge is good once")
    func once() throws {
        let scene = try Scene()
        try scene.register()
        let challenge = try scene.access.challenge(userName: "alice")
        _ = try scene.signIn("alice", key: 1, challenge: challenge)
        #expect(throws: AccessError.refused(.signInFailed)) {
            try scene.signIn("alice", key: 1, challenge: challenge)
        }
    }

    @Test("a challenge is good for five minutes, whatever the wall clock does")
    func expiry() throws {
        let scene = try Scene()
        try scene.register()
        let challenges = try (0..<3).map { _ in try scene.access.challenge(userName: "alice") }
        scene.clock.pass(seconds: 299)
        _ = try scene.signIn("alice", key: 1, challenge: challenges[0])
        scene.clock.pass(seconds: 1)
        #expect(throws: AccessError.refused(.signInFailed)) {
            try scene.signIn("alice", key: 1, challenge: challenges[1])
        }
        scene.clock.jump(seconds: -300)
        #expect(throws: AccessError.refused(.signInFailed)) {
            try scene.signIn("alice", key: 1, challenge: challenges[2])
        }
    }

    @Test("the timestamp may be two minutes away, and no more")
    func skew() throws {
        let scene = try Scene()
        try scene.register()
        for (offset, isGood) in [(0, true), (120, true), (-120, true), (121, false), (-121, false)]
        {
            let result = Result {
                try attempt(scene) { attempt in attempt.timestamp += Int64(offset) }
            }
            #expect(result.isSuccess == isGood, "\(offset)")
        }
        for extreme in [Int64.min, .max] {
            #expect(throws: AccessError.refused(.timestampOutOfRange)) {
                try attempt(scene) { $0.timestamp = extreme }
            }
        }
    }

    /// What a client signs and sends, which a test may change.
    struct Attempt {
        var venue = "test.venue"
        var name = "alice"
        var challenge: String
        var timestamp: Int64
        /// What is signed instead of the message.
        var message: [UInt8]?
        var key: UInt8 = 1
        var changeSignature: ([UInt8]) -> [UInt8] = { $0 }
    }

    /// Signs in; `signed` is changed before it is signed, `sent` afterwards.
    @discardableResult
    func attempt(
        _ scene: Scene,
        signed: (inout Attempt) -> Void = { _ in },
        sent: (inout Attempt) -> Void = { _ in }
    ) throws -> Tokens {
        var attempt = Attempt(
            challenge: try scene.access.challenge(userName: "alice"),
            timestamp: scene.clock.seconds
        )
        signed(&attempt)
        let message =
            attempt.message
            ?? SignInMessage.bytes(
                venue: attempt.venue,
                userName: attempt.name,
                challenge: attempt.challenge,
                timestamp: attempt.timestamp
            )
        let signature = attempt.changeSignature(Scene.key(attempt.key).sign(message))
        sent(&attempt)
        return try scene.access.signIn(
            userName: attempt.name,
            challenge: attempt.challenge,
            signature: signature,
            timestamp: attempt.timestamp,
            from: Scene.address
        )
    }

    @Test("the signature covers venue, name, challenge and timestamp, and nothing weaker is taken")
    func covered() throws {
        let scene = try Scene()
        try scene.register()
        try scene.register("bob", key: 2)
        try attempt(scene)
        let other = try scene.access.challenge(userName: "alice")
        let wrong: [(String, (inout Attempt) -> Void, (inout Attempt) -> Void)] = [
            ("another venue", { $0.venue = "other.venue" }, { _ in }),
            ("another name signed", { $0.name = "bob" }, { $0.name = "alice" }),
            ("another user's name sent", { _ in }, { $0.name = "bob" }),
            ("the name in another case than signed", { _ in }, { $0.name = "ALICE" }),
            ("another challenge sent", { _ in }, { $0.challenge = other }),
            ("another timestamp sent", { _ in }, { $0.timestamp += 1 }),
            ("another user's key", { $0.key = 2 }, { _ in }),
            (
                "FastEx's bare challenge",
                { attempt in
                    let challenge = attempt.challenge
                    attempt.message = Result { try Base64.standard.decode(challenge) }.value
                }, { _ in }
            ),
            ("the challenge as text", { $0.message = Array($0.challenge.utf8) }, { _ in }),
            ("nothing", { $0.message = [] }, { _ in }),
            ("an empty signature", { $0.changeSignature = { _ in [] } }, { _ in }),
            ("a longer signature", { $0.changeSignature = { $0 + [0] } }, { _ in }),
        ]
        for (what, signed, sent) in wrong {
            #expect(throws: AccessError.refused(.signInFailed), "\(what)") {
                try attempt(scene, signed: signed, sent: sent)
            }
        }
        try attempt(scene)
    }

    @Test("no bit of the signature and no character of the challenge may change")
    func tampered() throws {
        let scene = try Scene()
        try scene.register()
        for bit in 0..<512 {
            #expect(throws: AccessError.refused(.signInFailed), "bit \(bit)") {
                try attempt(scene) { attempt in
                    attempt.changeSignature = { signature in
                        var signature = signature
                        signature[bit / 8] ^= 1 << (bit % 8)
                        return signature
                    }
                }
            }
        }
        let length = try scene.access.challenge(userName: "alice").utf8.count
        for index in 0..<length {
            #expect(throws: AccessError.refused(.signInFailed), "character \(index)") {
                // It is changed before it is signed, so that the signature is good.
                try attempt(scene) { attempt in
                    var characters = Array(attempt.challenge.utf8)
                    characters[index] =
                        characters[index] == UInt8(ascii: "A")
                        ? UInt8(ascii: "B") : UInt8(ascii: "A")
                    attempt.challenge = String(decoding: characters, as: UTF8.self)
                }
            }
        }
    }

    @Test("a challenge is another user's, another purpose's or another process's in vain")
    func bound() throws {
        let scene = try Scene()
        try scene.register()
        try scene.register("bob", key: 2)
        let others = try scene.access.challenge(userName: "bob")
        #expect(throws: AccessError.refused(.signInFailed)) {
            try scene.signIn("alice", key: 1, challenge: others)
        }
        let options = try scene.access.passkeySignInOptions(userName: "alice")
        let text = try #require(options.object?["challenge"]?.string?.string)
        let passkeys = Base64.standard.encode(try Base64.url.decode(text))
        #expect(throws: AccessError.refused(.signInFailed)) {
            try scene.signIn("alice", key: 1, challenge: passkeys)
        }
        // Made for the registration of a name that is then registered otherwise.
        let creation = try scene.access.passkeyRegistrationOptions(userName: "carol")
        try scene.register("carol", key: 4)
        let bytes = try Base64.url.decode(creation.object?["challenge"]?.string?.string ?? "")
        #expect(bytes.count == ChallengeBook.byteCount)
        #expect(throws: AccessError.refused(.signInFailed)) {
            try scene.signIn("carol", key: 4, challenge: Base64.standard.encode(bytes))
        }
        let before = try scene.access.challenge(userName: "alice")
        let later = try Scene(folder: try scene.crashed(), clock: scene.clock)
        #expect(throws: AccessError.refused(.signInFailed)) {
            try later.signIn("alice", key: 1, challenge: before)
        }
    }

    @Test("whether a user exists is told at most where the settings say so")
    func unknown() throws {
        for tells in [true, false] {
            let scene = try Scene { $0.tellsUnknownUsers = tells }
            if tells {
                #expect(throws: AccessError.refused(.unknownUser)) { try scene.signIn() }
            } else {
                let challenge = try scene.access.challenge(userName: "alice")
                #expect(try scene.access.challenge(userName: "alice") != challenge)
                #expect(throws: AccessError.refused(.signInFailed)) {
                    try scene.signIn("alice", key: 1, challenge: challenge)
                }
            }
            #expect(throws: AccessError.refused(.signInFailed)) {
                try scene.signIn("alice", key: 1, challenge: "AAAA")
            }
        }
    }

    @Test(
        "a sign-in that failed is in the audit, and one whose record cannot be kept does not happen"
    )
    func audited() throws {
        let scene = try Scene()
        try scene.register()
        #expect(throws: AccessError.refused(.signInFailed)) { try attempt(scene) { $0.key = 3 } }
        let record = try #require(scene.surroundings.records.last)
        #expect(record.action == .signIn)
        #expect(record.outcome == "sign_in_failed")
        #expect(record.subject == "alice")
        #expect(record.address == "192.0.2.7")
        #expect(record.number == nil)
        scene.surroundings.state.withLock { $0.refusesRecords = true }
        #expect(throws: AccessError.audit("Unavailable()")) { try attempt(scene) }
        scene.surroundings.state.withLock { $0.refusesRecords = false }
        let tokens = try attempt(scene)
        // What was done while the audit was away, it has now, and all numbers are there.
        let numbers = scene.surroundings.records.compactMap(\.number)
        #expect(numbers == Array(1...UInt64(numbers.count)))
        #expect(try scene.access.sessions(of: tokens.principal).count == numbers.count - 3)
    }

    @Test("what was used is remembered up to a bound, and forgotten when it has expired")
    func bounded() throws {
        let book = ChallengeBook()
        func challenge(_ number: Int) -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: ChallengeBook.byteCount)
            for index in 0..<8 {
                bytes[25 + index] = UInt8(truncatingIfNeeded: number >> (8 * index))
            }
            return bytes
        }
        for number in 0..<AccessLimits.usedChallengesMax {
            guard try book.use(challenge(number), monotonic: 1) else {
                Issue.record("\(number) was not used before")
                return
            }
        }
        #expect(throws: AccessError.refused(.busy)) { try book.use(challenge(-1), monotonic: 1) }
        #expect(try !book.use(challenge(7), monotonic: 299_000_000_000))
        // All have expired when the period after theirs has begun.
        #expect(throws: AccessError.refused(.busy)) {
            try book.use(challenge(-1), monotonic: 300_000_000_001)
        }
        #expect(try book.use(challenge(-1), monotonic: 600_000_000_001))
    }
}

extension Result {
    /// Whether it is a success.
    var isSuccess: Bool { if case .success = self { true } else { false } }
    /// What succeeded.
    var value: Success? { if case .success(let value) = self { value } else { nil } }
}
