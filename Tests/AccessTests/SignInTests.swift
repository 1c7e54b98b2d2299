import Access
import Cryptography
import Encoding
import KeyStore
import Primitives
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
}
