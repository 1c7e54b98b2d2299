import Cryptography
import MessageBus
import Platform
import SeededRandomness
import Synchronization
import TestSupport
import TLS
import Testing

/// Time that passes only when a test says so.
final class ManualClock: Clock {
    private let now = Atomic<UInt64>(1_000_000_000_000)

    func wallNanoseconds() -> UInt64 { monotonicNanoseconds() }
    func monotonicNanoseconds() -> UInt64 { now.load(ordering: .sequentiallyConsistent) }
    func advance(milliseconds: Int) {
        now.add(UInt64(milliseconds) * 1_000_000, ordering: .sequentiallyConsistent)
    }
}

/// Peers that do what they must not: the hub ends their connections and goes on.
@Suite("bus hostile peers", .serialized) struct HostilePeerTests {
    private static let hello = Frame.message(Frame.Head(subject: "hello"), payload: [1])

    private static func bytes(_ frames: Frame...) -> [UInt8] {
        var bytes: [UInt8] = []
        for frame in frames { frame.append(to: &bytes) }
        return bytes
    }

    /// That the hub still serves those who behave.
    private func expectAlive(_ hub: Hub, _ number: UInt64 = 20) throws {
        let client = try hub.connected(number)
        defer { client.close() }
        let heard = Heard()
        let subscription = try hub.hub.subscribe("alive") { heard.add($0) }
        try client.publish("alive", [1])
        #expect(heard.wait(count: 1))
        subscription.cancel()
    }

    @Test("who speaks without TLS, or another protocol, is refused")
    func plaintext() throws {
        let hub = try Hub()
        let texts = ["GET / HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}\u{0}\u{5}hello", "CONNECT {}\r\n"]
        for text in texts {
            let peer = try RawPeer(port: hub.hub.port)
            try peer.send(Array(text.utf8))
            #expect(peer.isEnded())
        }
        let plain = try RawPeer(port: hub.hub.port)
        try plain.send(Self.bytes(Self.hello))
        #expect(plain.isEnded())
        #expect(throws: TLSError.self) {
            try RawPeer(port: hub.hub.port).secure(1, hubKey: hub.hubKey, protocolName: "h2")
        }
        waitUntil { hub.hub.statistics.failedHandshakeCount == 5 }
        #expect(hub.hub.statistics.failedHandshakeCount == 5)
        try expectAlive(hub)
    }

    @Test("who proves a key that is not admitted hears nothing")
    func stranger() throws {
        let hub = try Hub(admitted: [1])
        let peer = try RawPeer(port: hub.hub.port)
        // The client's part of the handshake ends before the hub has seen its key.
        try peer.secure(2, hubKey: hub.hubKey)
        #expect(throws: (any Error).self) { try peer.frames() }
        #expect(hub.hub.peers.isEmpty)
    }

    @Test(
        "a foreign TLS library is let in with a certificate as a node makes it, and with no other",
        arguments: [
            ("proper", "accepted"), ("signed", "refused"), ("ecdsa", "refused"),
            ("chain", "refused"), ("none", "refused"), ("old", "refused"),
        ]
    )
    func certificates(_ kind: String, _ outcome: String) throws {
        let hub = try Hub(admitted: [1])
        let directory = try TemporaryDirectory()
        let client = try startScript(
            "tls_client.py",
            [String(hub.hub.port), kind, Hex.encode(Node.seed(1)), directory.path]
        )
        var output: [UInt8] = []
        while try client.output.read(appendingTo: &output) {}
        #expect(client.wait() == .exited(0))
        #expect(String(decoding: output, as: UTF8.self) == outcome + "\n")
    }

    @Test("a client that behaves is told that it was let in")
    func raw() throws {
        let hub = try Hub()
        let peer = try RawPeer(port: hub.hub.port)
        try peer.secure(1, hubKey: hub.hubKey)
        #expect(try peer.frames() == [.ping(0)])
        try peer.send(Self.bytes(.ping(7)))
        #expect(try peer.frames() == [.pong(7)])
    }

    @Test(
        "frames that only a hub may send, or that break the order of parts, end the connection",
        arguments: [
            [Frame.unanswered(.refused, Frame.Head(subject: "a"))],
            [.denied(number: 1)],
            [.part([1])],
            [
                .begin(Frame.Head(subject: "a"), count: 20_000),
                .begin(Frame.Head(subject: "a"), count: 20_000),
            ],
            [.begin(Frame.Head(subject: "a"), count: 1)],
            [.begin(Frame.Head(subject: "a"), count: 8 << 20 | 1)],
            [
                .begin(Frame.Head(subject: "a"), count: 16_385),
                .part([UInt8](repeating: 0, count: 16_384)), .part([1, 2]),
            ],
            [.message(Frame.Head(subject: "a", sender: try? Node(3).key), payload: [])],
            [.subscribe(number: 1, pattern: "a..b")],
        ]
    )
    func misuse(_ frames: [Frame]) throws {
        let hub = try Hub()
        let peer = try RawPeer(port: hub.hub.port)
        try peer.secure(1, hubKey: hub.hubKey)
        for frame in frames { try peer.send(Self.bytes(frame)) }
        #expect(peer.isEnded())
        try expectAlive(hub)
    }

    @Test("nobody can hear or ask for the answers to another's requests")
    func inboxes() throws {
        let hub = try Hub()
        let peer = try RawPeer(port: hub.hub.port)
        try peer.secure(1, hubKey: hub.hubKey)
        _ = try peer.frames()
        let other = "_inbox." + Hex.encode(try Node(2).key.bytes)
        for pattern in ["_inbox.>", other + ".>", "_inbox.*.*.*"] {
            try peer.send(Self.bytes(.subscribe(number: 3, pattern: pattern)))
            #expect(try peer.frames() == [.denied(number: 3)])
        }
        let head = Frame.Head(subject: "a", replyTo: other + ".1")
        try peer.send(Self.bytes(.message(head, payload: [])))
        let answer = try peer.frames()
        guard case .unanswered(.refused, let refused) = answer[0] else {
            Issue.record("\(answer)")
            return
        }
        #expect(refused.subject == "a")
        #expect(hub.hub.statistics.refusedSubscriptionCount == 3)
        #expect(hub.hub.statistics.refusedMessageCount == 1)
    }

    @Test("garbage, and frames that were cut or changed, end only their own connections")
    func garbage() throws {
        let hub = try Hub()
        var random = RandomSource(seed: 11)
        for _ in 0..<60 {
            let peer = try RawPeer(port: hub.hub.port)
            try peer.secure(1, hubKey: hub.hubKey)
            var bytes = Self.bytes(
                .subscribe(number: 1, pattern: "a.>"),
                Self.hello,
                .begin(Frame.Head(subject: "a.b"), count: 30_000),
                .part(random.bytes(16_384)),
                .ping(9),
                .part(random.bytes(13_616)),
                .unsubscribe(number: 1)
            )
            random.mutate(&bytes)
            bytes.removeLast(random.below(bytes.count / 2))
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + 1 + random.below(9_000))
                try peer.send(Array(bytes[start..<end]))
                start = end
            }
        }
        try expectAlive(hub)
    }

    @Test("who connects and says nothing, or stops in the handshake, is dropped in time")
    func halfOpen() throws {
        let clock = ManualClock()
        let hub = try clocked(clock)
        defer { hub.close() }
        let silent = try RawPeer(port: hub.port)
        let stopping = try RawPeer(port: hub.port)
        try stopping.send([0x16, 3, 1])
        let proper = try RawPeer(port: hub.port)
        try proper.secure(1, hubKey: try Node(0).key)
        _ = try proper.frames()
        clock.advance(milliseconds: 5_100)
        #expect(silent.isEnded())
        #expect(stopping.isEnded())
        waitUntil { hub.statistics.failedHandshakeCount == 2 }
        #expect(hub.statistics.failedHandshakeCount == 2)
        #expect(hub.peers == [try Node(1).key])
    }

    @Test("a client that is silent is asked, and given up when it does not answer")
    func silentClient() throws {
        let clock = ManualClock()
        let hub = try clocked(clock)
        defer { hub.close() }
        let peer = try RawPeer(port: hub.port)
        try peer.secure(1, hubKey: try Node(0).key)
        #expect(try peer.frames() == [.ping(0)])
        clock.advance(milliseconds: 2_100)
        #expect(try peer.frames() == [.ping(0)])
        try peer.send(Self.bytes(.pong(0)))
        // Its answer counts from now on.
        try peer.send(Self.bytes(.ping(5)))
        #expect(try peer.frames() == [.pong(5)])
        clock.advance(milliseconds: 4_100)
        #expect(try peer.frames() == [.ping(0)])
        #expect(hub.peers.count == 1)
        clock.advance(milliseconds: 2_100)
        #expect(peer.isEnded())
        waitUntil { hub.peers.isEmpty && hub.statistics.lastFailure != nil }
        #expect(hub.peers.isEmpty)
        #expect(hub.statistics.lastFailure == "the other side is silent")
    }

    @Test("a hub that is silent is given up by its client")
    func silentHub() throws {
        let clock = ManualClock()
        let hub = try Hub()
        let client = try BusClient(
            address: "127.0.0.1:\(hub.hub.port)",
            hubKey: hub.hubKey,
            identity: try Node(1).identity,
            clock: clock
        )
        defer { client.close() }
        #expect(client.waitUntilConnected(timeoutMilliseconds: 10_000))
        // Ten silences in which the hub answers the client's pings.
        for _ in 0..<10 {
            clock.advance(milliseconds: 2_100)
            try client.flush(timeoutMilliseconds: 5_000)
        }
        #expect(client.isConnected)
        // At once more than any answer can bridge.
        clock.advance(milliseconds: 6_100)
        waitUntil { client.lastFailure != nil }
        #expect(client.lastFailure == "the other side is silent")
    }

    private func clocked(_ clock: ManualClock) throws -> BusHub {
        let key = try Node(1).key
        return try BusHub(
            identity: try Node(0).identity,
            rules: try BusRules(publish: [">"], subscribe: [">"]) { $0 == key },
            clock: clock
        )
    }
}
