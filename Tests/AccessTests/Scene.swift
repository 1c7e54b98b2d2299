import Access
import Cryptography
import KeyStore
import Platform
import Primitives
import SeededRandomness
import Synchronization
import TestSupport

/// A clock that stands still until it is moved.
final class SimulatedClock: Clock {
    private let times: Mutex<(wall: UInt64, monotonic: UInt64)>

    /// 2026-01-01T00:00:00Z.
    static let start: UInt64 = 1_767_225_600_000_000_000

    init(wall: UInt64 = start, monotonic: UInt64 = 5_000_000_000) {
        times = Mutex((wall, monotonic))
    }

    func wallNanoseconds() -> UInt64 { times.withLock { $0.wall } }
    func monotonicNanoseconds() -> UInt64 { times.withLock { $0.monotonic } }

    /// Lets time pass.
    func pass(seconds: UInt64) { pass(nanoseconds: seconds * 1_000_000_000) }

    /// Lets time pass.
    func pass(nanoseconds: UInt64) {
        times.withLock { times in
            times.wall += nanoseconds
            times.monotonic += nanoseconds
        }
    }

    /// Sets the wall clock, forwards or backwards.
    func jump(seconds: Int64) {
        times.withLock { times in
            times.wall = UInt64(Int64(times.wall) + seconds * 1_000_000_000)
        }
    }

    var seconds: Int64 { Int64(wallNanoseconds() / 1_000_000_000) }
}

/// Something that a test lets fail.
struct Unavailable: Error {}

/// A venue that opens accounts, and an audit, both of which can fail.
final class Surroundings: Sendable {
    struct State {
        /// Accounts that are open, in the order in which they were opened.
        var accounts: [UInt32] = []
        /// Accounts that somebody else opens between the question and the wish.
        var snatched: Set<UInt32> = []
        var records: [AuditRecord] = []
        var refusesAccounts = false
        var refusesRecords = false
    }

    let state = Mutex(State())

    var accounts: [UInt32] { state.withLock { $0.accounts } }
    var records: [AuditRecord] { state.withLock { $0.records } }

    func isOpen(_ account: AccountID) -> Bool {
        state.withLock { state in state.accounts.contains(account.rawValue) }
    }

    func open(_ account: AccountID) throws -> AccountOpening {
        try state.withLock { state in
            if state.refusesAccounts { throw Unavailable() }
            let wasSnatched = state.snatched.remove(account.rawValue) != nil
            let wasOpen = state.accounts.contains(account.rawValue)
            if !wasOpen { state.accounts.append(account.rawValue) }
            return wasOpen || wasSnatched ? .wasOpen : .opened
        }
    }

    func keep(_ record: AuditRecord) throws {
        try state.withLock { state in
            if state.refusesRecords { throw Unavailable() }
            state.records.append(record)
        }
    }
}

/// `Access` in a folder of its own, with a simulated clock.
struct Scene {
    let folder: TemporaryDirectory
    let clock: SimulatedClock
    let surroundings: Surroundings
    let access: Access

    static let secret = [UInt8](1...32)
    static let address = NetworkAddress("192.0.2.7")
    static let passkeys = PasskeyParty(
        id: "localhost",
        name: "Test venue",
        origins: ["http://localhost:8080"]
    )

    init(
        folder: TemporaryDirectory? = nil,
        clock: SimulatedClock = SimulatedClock(),
        surroundings: Surroundings = Surroundings(),
        secret: [UInt8] = secret,
        _ change: (inout AccessConfiguration) -> Void = { _ in }
    ) throws {
        let folder = try folder ?? TemporaryDirectory("AccessTests/Scene")
        var configuration = AccessConfiguration(venue: "test.venue", passkeys: Self.passkeys)
        change(&configuration)
        self.folder = folder
        self.clock = clock
        self.surroundings = surroundings
        access = try Access(
            path: folder.path(of: "access.db"),
            secret: secret,
            configuration: configuration,
            clock: clock,
            accounts: VenueAccounts(
                isOpen: { account in surroundings.isOpen(account) },
                open: { account in try surroundings.open(account) }
            ),
            audit: { record in try surroundings.keep(record) }
        )
    }

    /// The key of a user of the tests.
    static func key(_ number: UInt8) -> SigningKey {
        SigningKey(seed: [UInt8](repeating: number, count: 32))
    }

    @discardableResult
    func register(_ name: String = "alice", key number: UInt8 = 1) throws -> User {
        try access.register(
            userName: name,
            publicKey: Self.key(number).publicKey.bytes,
            from: Self.address
        )
    }

    func signIn(_ name: String = "alice", key number: UInt8 = 1) throws -> Tokens {
        let challenge = try access.challenge(userName: name)
        return try signIn(name, key: number, challenge: challenge)
    }

    func signIn(_ name: String, key number: UInt8, challenge: String) throws -> Tokens {
        let timestamp = clock.seconds
        let message = SignInMessage.bytes(
            venue: "test.venue",
            userName: name,
            challenge: challenge,
            timestamp: timestamp
        )
        return try access.signIn(
            userName: name,
            challenge: challenge,
            signature: Self.key(number).sign(message),
            timestamp: timestamp,
            from: Self.address
        )
    }
}

extension Scene {
    /// A copy of the database as it is on the disk now, as after a crash.
    func crashed() throws -> TemporaryDirectory {
        let copy = try TemporaryDirectory("AccessTests/Scene")
        for name in ["access.db", "access.db-wal"] where try folder.names().contains(name) {
            try copy.write(try folder.bytes(of: name), to: name)
        }
        return copy
    }
}
