import Access
import Cryptography
import KeyStore
import Platform
import Primitives
import Synchronization
import Testing
import TestSupport

@Suite("Registering") struct RegistrationTests {
    @Test(
        "a name of up to 32 letters, digits, dots, hyphens and underscores is taken",
        arguments: ["a", "Alice", "0", "a.b-c_d", String(repeating: "x", count: 32)]
    )
    func goodNames(name: String) throws {
        let scene = try Scene()
        #expect(try scene.register(name).name == name)
    }

    @Test(
        "any other name is refused",
        arguments: [
            "", ".a", "-a", "_a", "a b", "a\n", "ä", "а", "a/b", "a@b", "a\u{0}",
            String(repeating: "x", count: 33),
        ]
    )
    func badNames(name: String) throws {
        let scene = try Scene()
        #expect(throws: AccessError.refused(.invalidUserName)) { try scene.register(name) }
        #expect(throws: AccessError.refused(.invalidUserName)) {
            try scene.access.challenge(userName: name)
        }
        #expect(scene.surroundings.accounts.isEmpty)
    }

    @Test("a name is taken in upper and lower case, and by nobody else")
    func taken() throws {
        let scene = try Scene()
        try scene.register("Alice", key: 1)
        for (name, key) in [("alice", UInt8(2)), ("ALICE", 1), ("Alice", 1)] {
            #expect(throws: AccessError.refused(.userExists)) {
                try scene.register(name, key: key)
            }
        }
        #expect(scene.surroundings.accounts == [16])
        #expect(try scene.access.user(named: "aLICE")?.name == "Alice")
    }

    @Test(
        "bytes that are no good key are refused",
        arguments: [
            [], [UInt8](repeating: 1, count: 31), [UInt8](repeating: 0, count: 32),
            [UInt8](repeating: 255, count: 32), [1] + [UInt8](repeating: 0, count: 31),
        ]
    )
    func badKeys(key: [UInt8]) throws {
        let scene = try Scene()
        #expect(throws: AccessError.refused(.invalidKey)) {
            try scene.access.register(userName: "alice", publicKey: key, from: nil)
        }
    }

    @Test("each user gets an account of his own, and never one that is open")
    func accounts() throws {
        let scene = try Scene()
        scene.surroundings.state.withLock { $0.accounts = [16, 17, 19] }
        let users = try ["a", "b", "c"].map { name in try scene.register(name) }
        #expect(users.map(\.account.rawValue) == [18, 20, 21])
    }

    @Test("an account that somebody else opens at the last moment is not given to the user")
    func snatched() throws {
        let scene = try Scene()
        scene.surroundings.state.withLock { $0.snatched = [16, 17] }
        let user = try scene.register()
        #expect(user.account.rawValue == 18)
        #expect(try scene.signIn().principal.account.rawValue == 18)
        #expect(try scene.register("bob", key: 2).account.rawValue == 19)
        let moves = scene.surroundings.records.filter { $0.outcome == "moved" }
        #expect(moves.count == 2)
    }

    @Test("a user whose account could not be opened gets the same one when he asks again")
    func retried() throws {
        let scene = try Scene()
        scene.surroundings.state.withLock { $0.refusesAccounts = true }
        #expect(throws: AccessError.account("Unavailable()")) { try scene.register() }
        #expect(throws: AccessError.refused(.unknownUser)) { try scene.signIn() }
        scene.surroundings.state.withLock { $0.refusesAccounts = false }
        // The name is his who began, and the number is not given to anybody else.
        #expect(throws: AccessError.refused(.userExists)) { try scene.register(key: 2) }
        #expect(try scene.register("bob", key: 2).account.rawValue == 17)
        #expect(try scene.register().account.rawValue == 16)
        #expect(try scene.signIn().principal.account.rawValue == 16)
        #expect(scene.surroundings.accounts == [17, 16])
    }

    @Test("a restart completes what was interrupted, with the same account, opened or not")
    func completed() throws {
        for wasOpened in [false, true] {
            let scene = try Scene()
            let surroundings = scene.surroundings
            surroundings.state.withLock { $0.refusesAccounts = true }
            #expect(throws: AccessError.self) { try scene.register() }
            surroundings.state.withLock { state in
                state.refusesAccounts = false
                if wasOpened { state.accounts = [16] }
            }
            let path = try scene.crashed()
            let later = try Scene(folder: path, surroundings: surroundings)
            #expect(try later.access.completeRegistrations() == 1)
            #expect(try later.access.completeRegistrations() == 0)
            #expect(surroundings.accounts == [16])
            #expect(try later.signIn().principal.account.rawValue == 16)
        }
    }

    @Test("many threads register many users, and no account is given twice")
    func concurrent() throws {
        let scene = try Scene()
        let threads = try (0..<4).map { thread in
            try PlatformThread.start(name: "register") {
                for number in 0..<5 {
                    do {
                        try scene.register("u\(thread)-\(number)")
                        // The same names by all threads: one of them gets each.
                        _ = Result {
                            try scene.register("shared\(number)", key: UInt8(thread + 1))
                        }
                    } catch {
                        Issue.record(error)
                    }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(scene.surroundings.accounts.sorted() == (16..<41).map { UInt32($0) })
    }

    @Test("there are as many users as the venue has accounts, and no more")
    func full() throws {
        let scene = try Scene { $0.firstAccount = AccountID(Limits.accountsMax - 2) }
        try scene.register("a")
        try scene.register("b")
        #expect(throws: AccessError.refused(.busy)) { try scene.register("c") }
    }
}
