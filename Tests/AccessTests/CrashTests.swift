import Access
import Cryptography
import Encoding
import Foundation
import KeyStore
import Platform
import Primitives
import SeededRandomness
import Synchronization
import Testing
import TestSupport

/// What remains when the process ends at any moment.
@Suite("Crashes", .serialized) struct CrashTests {
    /// Copies of the database as it was at each moment at which others were asked or told.
    final class Copies: Sendable {
        private let state = Mutex<[(moment: String, folder: TemporaryDirectory)]>([])

        func take(_ moment: String, of folder: TemporaryDirectory) throws {
            let copy = try TemporaryDirectory("AccessTests/Copies")
            for name in ["access.db", "access.db-wal"] where try folder.names().contains(name) {
                try copy.write(try folder.bytes(of: name), to: name)
            }
            state.withLock { $0.append((moment, copy)) }
        }

        var all: [(moment: String, folder: TemporaryDirectory)] { state.withLock { $0 } }
    }

    @Test("a crash between any two steps loses no number of the audit and doubles no account")
    func everyStep() throws {
        let folder = try TemporaryDirectory("AccessTests/Crash")
        let (copies, venue, clock) = (Copies(), Surroundings(), SimulatedClock())
        func open(
            _ folder: TemporaryDirectory,
            _ venue: Surroundings,
            _ copies: Copies? = nil
        ) throws -> Access {
            try Access(
                path: folder.path(of: "access.db"),
                secret: Scene.secret,
                configuration: AccessConfiguration(venue: "test.venue"),
                clock: clock,
                accounts: VenueAccounts(
                    isOpen: { account in venue.isOpen(account) },
                    open: { account in
                        try copies?.take("before the account", of: folder)
                        let opening = try venue.open(account)
                        try copies?.take("after the account", of: folder)
                        return opening
                    }
                ),
                audit: { record in
                    try copies?.take("before record \(record.number ?? 0)", of: folder)
                    try venue.keep(record)
                    try copies?.take("after record \(record.number ?? 0)", of: folder)
                }
            )
        }
        let access = try open(folder, venue, copies)
        for number in UInt8(1)...3 {
            let key = Scene.key(number).publicKey.bytes
            _ = try access.register(userName: "user\(number)", publicKey: key, from: nil)
        }
        #expect(copies.all.count == 20)
        for (moment, copy) in copies.all {
            // The venue remembers what it has opened; the audit may be told of something again.
            let later = Surroundings()
            later.state.withLock { $0.accounts = venue.accounts }
            let again = try open(copy, later)
            try again.completeRegistrations()
            #expect(later.accounts == venue.accounts, "\(moment)")
            var accounts: Set<UInt32> = []
            for number in 1...3 {
                guard let user = try again.user(named: "user\(number)") else { continue }
                #expect(accounts.insert(user.account.rawValue).inserted, "\(moment)")
                #expect(user.account.rawValue == 15 + UInt32(number), "\(moment)")
            }
            // Every record was told before, or is told now, without a gap.
            let before = venue.records.compactMap(\.number)
            let now = later.records.compactMap(\.number)
            #expect(now == Array((now.first ?? 1)..<(now.first ?? 1) + UInt64(now.count)))
            if let first = now.first { #expect(before.contains(first) || first == 1, "\(moment)") }
            // What the audit has had is told again at most until the next change.
            #expect(now.count <= 4, "\(moment): \(now)")
        }
    }

    @Test("SIGKILL at any moment loses nothing that was answered")
    func killed() async throws {
        let folder = try TemporaryDirectory()
        for round in 1...4 {
            let (path, seed) = (folder.path, UInt64(round))
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = path as String, seed = seed as UInt64] in
                try Self.work(in: TemporaryDirectory(path: path), seed: seed)
            }
            try Self.check(folder)
        }
    }

    /// Registers, signs in, refreshes and signs out until it is killed, and writes down what was answered.
    private static func work(in folder: TemporaryDirectory, seed: UInt64) throws {
        let opened = try Answers(folder.path(of: "accounts"))
        let told = try Answers(folder.path(of: "audit"))
        let answers = try Answers(folder.path(of: "answers"))
        let access = try access(folder, opened: opened, told: told)
        try access.completeRegistrations()
        var random = RandomSource(seed: seed)
        let go = Signal()
        let last = 5 + random.below(10)
        _ = try PlatformThread.start(name: "killer") {
            go.wait()
            kill(getpid(), SIGKILL)
        }
        for step in 0..<100_000 {
            let name = "u\(seed)-\(step)"
            let key = SigningKey(seed: HKDF.expand(key: [1], info: Array(name.utf8), count: 32))
            let user = try access.register(
                userName: name,
                publicKey: key.publicKey.bytes,
                from: nil
            )
            answers.add("user \(name) \(user.account.rawValue)")
            let tokens = try signIn(access, name, key)
            answers.add("session \(tokens.refresh)")
            let next = try access.refresh(tokens.refresh, from: nil)
            answers.add("used \(tokens.refresh)")
            if random.below(2) == 0 {
                try access.endSession(by: next.principal, from: nil)
                answers.add("ended \(next.access)")
            }
            if step == last { go.notify() }
        }
    }

    /// Lines of a file, each written at once.
    final class Answers: Sendable {
        private let descriptor: Int32

        init(_ path: String) throws {
            descriptor = unsafe Foundation.open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            try #require(descriptor >= 0)
        }

        func add(_ line: String) {
            let bytes = Array("\(line)\n".utf8)
            _ = unsafe write(descriptor, bytes, bytes.count)
        }

        deinit { close(descriptor) }
    }

    private static func lines(_ folder: TemporaryDirectory, _ name: String) throws -> [[String]] {
        let text = String(decoding: try folder.bytes(of: name), as: UTF8.self)
        return text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    }

    private static func access(
        _ folder: TemporaryDirectory,
        opened: Answers,
        told: Answers
    ) throws -> Access {
        let path = folder.path(of: "accounts")
        @Sendable func isOpen(_ account: AccountID) throws -> Bool {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            return text.split(separator: "\n").contains("\(account.rawValue)")
        }
        return try Access(
            path: folder.path(of: "access.db"),
            secret: Scene.secret,
            configuration: AccessConfiguration(venue: "test.venue"),
            clock: LinuxClock(),
            accounts: VenueAccounts(
                isOpen: isOpen,
                open: { account in
                    if try isOpen(account) { return .wasOpen }
                    opened.add("\(account.rawValue)")
                    return .opened
                }
            ),
            audit: { record in told.add("\(record.number ?? 0) \(record.action.rawValue)") }
        )
    }

    private static func signIn(
        _ access: Access,
        _ name: String,
        _ key: borrowing SigningKey
    ) throws -> Tokens {
        let challenge = try access.challenge(userName: name)
        let timestamp = Int64(LinuxClock().wallNanoseconds() / 1_000_000_000)
        let message = SignInMessage.bytes(
            venue: "test.venue",
            userName: name,
            challenge: challenge,
            timestamp: timestamp
        )
        return try access.signIn(
            userName: name,
            challenge: challenge,
            signature: key.sign(message),
            timestamp: timestamp,
            from: nil
        )
    }

    private static func check(_ folder: TemporaryDirectory) throws {
        let access = try access(
            folder,
            opened: try Answers(folder.path(of: "accounts")),
            told: try Answers(folder.path(of: "audit"))
        )
        try access.completeRegistrations()
        let answers = try lines(folder, "answers")
        #expect(answers.count > 20)
        var users: [String: UInt32] = [:]
        for answer in answers where answer[0] == "user" {
            users[answer[1]] = UInt32(answer[2])
            let user = try #require(try access.user(named: answer[1]))
            #expect(user.account.rawValue == UInt32(answer[2]))
        }
        // No account was opened twice or for two users, and at most the last one for nobody yet answered.
        let accounts = try lines(folder, "accounts").map { UInt32($0[0]) }
        #expect(Set(accounts).count == accounts.count)
        #expect(Set(users.values).count == users.count)
        for answer in answers where answer[0] == "ended" {
            #expect(throws: AccessError.refused(.tokenRevoked)) {
                try access.authenticate(token: answer[1])
            }
        }
        // What was exchanged is never good again.
        for answer in answers where answer[0] == "used" {
            #expect(throws: AccessError.self) { try access.refresh(answer[1], from: nil) }
        }
        let numbers = Set(try lines(folder, "audit").compactMap { UInt64($0[0]) }).subtracting([0])
        #expect(numbers == Set(1...UInt64(numbers.count)))
    }

    @Test("a second process cannot use the same database")
    func locked() async throws {
        let folder = try TemporaryDirectory()
        let scene = try Scene(folder: folder)
        let path = folder.path
        await #expect(processExitsWith: .exitCode(3)) { [path = path as String] in
            do {
                _ = try Scene(folder: TemporaryDirectory(path: path))
            } catch AccessError.storage {
                exit(3)
            }
        }
        try scene.register()
    }

    @Test("on a full disk nothing is answered as done, and what was done stays")
    func full() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path
        await #expect(processExitsWith: .exitCode(3)) { [path = path as String] in
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 2_000_000, rlim_max: .max)
            _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let scene = try Scene(folder: TemporaryDirectory(path: path))
            var count = 0
            do {
                while true {
                    try scene.register("u\(count)")
                    count += 1
                }
            } catch AccessError.storage {
                guard count > 5, try scene.access.user(named: "u\(count - 1)") != nil,
                    count < 5_000
                else { exit(4) }
                limit.rlim_cur = .max
                _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
                try scene.register("after")
                _ = try scene.signIn("u0")
                exit(3)
            }
        }
        let scene = try Scene(folder: folder)
        #expect(try scene.access.user(named: "after") != nil)
        #expect(try scene.access.user(named: "u0") != nil)
    }
}
