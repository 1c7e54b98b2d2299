import Access
import Encoding
import Platform
import Synchronization
import Testing
import TestSupport

@Suite("Refresh tokens") struct RefreshTests {
    @Test("a refresh token gives new tokens of the same session, once")
    func rotated() throws {
        let scene = try Scene()
        try scene.register()
        var tokens = try scene.signIn()
        for _ in 0..<5 {
            scene.clock.pass(seconds: 900)
            let next = try scene.access.refresh(tokens.refresh, from: Scene.address)
            #expect(next.refresh != tokens.refresh)
            #expect(next.principal == tokens.principal)
            #expect(try scene.access.authenticate(token: next.access) == next.principal)
            tokens = next
        }
    }

    @Test("a token that comes twice ends its session, with all its tokens, and no other one")
    func reused() throws {
        let scene = try Scene()
        try scene.register()
        let first = try scene.signIn()
        let other = try scene.signIn()
        let second = try scene.access.refresh(first.refresh, from: nil)
        let third = try scene.access.refresh(second.refresh, from: nil)
        #expect(throws: AccessError.refused(.refreshReused)) {
            try scene.access.refresh(first.refresh, from: nil)
        }
        #expect(scene.surroundings.records.last?.outcome == "refresh_reused")
        #expect(scene.surroundings.records.last?.number != nil)
        let later = try Scene(folder: try scene.crashed(), clock: scene.clock)
        for access in [scene.access, later.access] {
            for tokens in [first, second, third] {
                #expect(throws: AccessError.refused(.tokenRevoked)) {
                    try access.authenticate(token: tokens.access)
                }
                #expect(throws: AccessError.refused(.refreshInvalid)) {
                    try access.refresh(tokens.refresh, from: nil)
                }
            }
            _ = try access.authenticate(token: other.access)
        }
        _ = try scene.access.refresh(other.refresh, from: nil)
    }

    @Test("of two who use one token at the same time at most one goes on")
    func raced() throws {
        let scene = try Scene()
        try scene.register()
        let tokens = try scene.signIn()
        let outcomes = Mutex<[String]>([])
        let threads = try (0..<4).map { _ in
            try PlatformThread.start(name: "refresh") {
                let result = Result { try scene.access.refresh(tokens.refresh, from: nil) }
                let word = result.isSuccess ? "went on" : "refused"
                outcomes.withLock { $0.append(word) }
            }
        }
        for thread in threads { thread.join() }
        #expect(outcomes.withLock { $0 }.count { $0 == "went on" } == 1)
        // The others showed that the token was copied.
        #expect(throws: AccessError.refused(.tokenRevoked)) {
            try scene.access.authenticate(token: tokens.access)
        }
    }

    @Test("a session ends with its time, whatever the wall clock says")
    func expiry() throws {
        let scene = try Scene { $0.sessionSeconds = 3_600 }
        try scene.register()
        var tokens = try scene.signIn()
        scene.clock.pass(seconds: 3_500)
        tokens = try scene.access.refresh(tokens.refresh, from: nil)
        scene.clock.jump(seconds: -3_000)
        scene.clock.pass(seconds: 100)
        #expect(throws: AccessError.refused(.refreshInvalid)) {
            try scene.access.refresh(tokens.refresh, from: nil)
        }
    }

    @Test("a token that was not made here, or was changed, ends nothing")
    func tampered() throws {
        let scene = try Scene()
        try scene.register()
        let tokens = try scene.signIn()
        let bytes = try Base64.url.decode(tokens.refresh)
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            #expect(throws: AccessError.refused(.refreshInvalid), "byte \(index)") {
                try scene.access.refresh(Base64.url.encode(changed), from: nil)
            }
        }
        for text in [
            "", "A", tokens.refresh + "A", String(tokens.refresh.dropLast()), tokens.access,
        ] {
            #expect(throws: AccessError.refused(.refreshInvalid)) {
                try scene.access.refresh(text, from: nil)
            }
        }
        _ = try scene.access.refresh(tokens.refresh, from: nil)
    }

    @Test("neither tokens nor keys can be read in the database or the audit")
    func secrets() throws {
        let scene = try Scene()
        try scene.register()
        let tokens = try scene.signIn()
        let key = try scene.access.createAPIKey(
            APIKeyRequest(label: "bot", scopes: .read),
            for: tokens.principal,
            from: nil
        )
        let secret = try #require(key.secret)
        let bytes = try ["access.db", "access.db-wal"].flatMap { try scene.folder.bytes(of: $0) }
        let told = scene.surroundings.records.flatMap { record in record.json.canonical }
        let parts = tokens.access.split(separator: ".")
        for needle in [
            Array(parts[2].utf8), Array(tokens.refresh.utf8), try Base64.url.decode(tokens.refresh),
            Array(secret.utf8), try Base64.url.decode(String(secret.suffix(43))), Scene.secret,
        ] {
            #expect(bytes.firstRange(of: needle) == nil)
            #expect(told.firstRange(of: needle) == nil)
        }
    }
}
