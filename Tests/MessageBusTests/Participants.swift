import Cryptography
import Foundation
import KeyStore
import LoopbackServers
import MessageBus
import Platform
import SeededRandomness
import Synchronization
import TestSupport
import TLS
import Testing

/// A key with its identity, made of a number.
struct Node {
    let identity: TLSIdentity
    var key: Ed25519.PublicKey { identity.publicKey }

    /// The seed of the key of a number.
    static func seed(_ number: UInt64) -> [UInt8] {
        var random = RandomSource(seed: number)
        return random.bytes(SigningKey.seedByteCount)
    }

    init(_ number: UInt64) throws {
        let key = SigningKey(seed: Self.seed(number))
        identity = try key.withSeed { seed throws(TLSError) in try TLSIdentity(seed: seed) }
    }
}

/// What handlers have heard, and a way to wait for it.
final class Heard: Sendable {
    private let messages = Mutex<[BusMessage]>([])
    private let signal = Signal()

    var all: [BusMessage] { messages.withLock { $0 } }
    var payloads: [[UInt8]] { all.map(\.payload) }

    func add(_ message: BusMessage) {
        messages.withLock { $0.append(message) }
        signal.notify()
    }

    /// Waits for so many messages, at most ten seconds; one thread may wait.
    @discardableResult
    func wait(count: Int) -> Bool {
        waitUntil(signal) { all.count >= count }
    }
}

/// Waits for a condition that is looked at whenever a signal is given, and every ten milliseconds, at most ten
/// seconds.
@discardableResult
func waitUntil(_ signal: Signal = Signal(), _ condition: () -> Bool) -> Bool {
    let clock = LinuxClock()
    let deadline = clock.monotonicNanoseconds() + 10_000_000_000
    while !condition() {
        if clock.monotonicNanoseconds() > deadline { return false }
        signal.wait(timeoutNanoseconds: 10_000_000)
    }
    return true
}

/// A hub, and clients of it with the keys of their numbers.
final class Hub: Sendable {
    let hub: BusHub
    let hubKey: Ed25519.PublicKey
    let limits: BusLimits

    init(
        _ limits: BusLimits = BusLimits(),
        address: String = "127.0.0.1:0",
        publish: [String] = [">"],
        subscribe: [String] = [">"],
        admitted: Set<UInt64> = Set(1...20)
    ) throws {
        let node = try Node(0)
        let keys = try Set(admitted.map { try Node($0).key })
        hubKey = node.key
        self.limits = limits
        hub = try BusHub(
            address: address,
            identity: node.identity,
            rules: BusRules(publish: publish, subscribe: subscribe) { keys.contains($0) },
            limits: limits
        )
    }

    deinit { hub.close() }

    func client(
        _ number: UInt64,
        hubKey: Ed25519.PublicKey? = nil,
        limits: BusLimits? = nil
    ) throws -> BusClient {
        try BusClient(
            address: "127.0.0.1:\(hub.port)",
            hubKey: hubKey ?? self.hubKey,
            identity: Node(number).identity,
            limits: limits ?? self.limits
        )
    }

    /// A client that was let in.
    func connected(_ number: UInt64, limits: BusLimits? = nil) throws -> BusClient {
        let client = try client(number, limits: limits)
        try #require(client.waitUntilConnected(timeoutMilliseconds: 10_000))
        return client
    }
}

/// Starts a script that lies beside the tests.
func startScript(_ name: String, _ arguments: [String]) throws -> ChildProcess {
    try .python(Places.tests().appending(path: "Scripts/\(name)"), arguments)
}

extension NATSServer {
    /// Takes part with one of the certificates.
    func participant(
        _ name: String = "venue",
        limits: BusLimits = BusLimits(),
        serverName: String = NATSServer.name
    ) throws -> NATSBus {
        try NATSBus(
            servers: ["nats://127.0.0.1:\(port)"],
            security: NATSBus.Security(
                authorityFile: folder + "/authority.pem",
                certificateFile: folder + "/\(name).pem",
                keyFile: folder + "/\(name).key",
                serverName: serverName
            ),
            limits: limits
        )
    }
}
