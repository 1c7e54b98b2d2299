import Cryptography
import Foundation
import MessageBus
import Platform
import SeededRandomness
import Synchronization
import TestSupport
import TLS
import Testing

/// What the hub does besides what every bus does.
@Suite("bus hub and client", .serialized) struct HubTests {
    @Test("the hub tells who sent a message, and so do its clients")
    func senders() throws {
        let hub = try Hub()
        let (first, second) = (try hub.connected(1), try hub.connected(2))
        let (atHub, atSecond) = (Heard(), Heard())
        try hub.hub.subscribe("subject") { atHub.add($0) }
        try second.subscribe("subject") { atSecond.add($0) }
        try second.flush(timeoutMilliseconds: 5_000)
        try first.publish("subject", [1])
        try hub.hub.publish("subject", [2])
        #expect(atHub.wait(count: 2))
        #expect(atSecond.wait(count: 2))
        for heard in [atHub, atSecond] {
            let senders = heard.all.sorted { $0.payload[0] < $1.payload[0] }.map(\.sender)
            #expect(senders == [try Node(1).key, hub.hubKey])
        }
        #expect(Set(hub.hub.peers) == [try Node(1).key, try Node(2).key])
    }

    @Test("a key that is not admitted is refused, and the client goes on trying")
    func unknownKey() throws {
        let hub = try Hub(admitted: [1])
        let stranger = try hub.client(2)
        defer { stranger.close() }
        waitUntil { hub.hub.statistics.failedHandshakeCount > 1 }
        #expect(!stranger.isConnected)
        #expect(stranger.lastFailure != nil)
        #expect(throws: BusError.disconnected) { try stranger.publish("subject", []) }
        #expect(throws: BusError.disconnected) {
            try stranger.request("subject", [], timeoutMilliseconds: 60_000)
        }
        #expect(hub.hub.peers.isEmpty)
        _ = try hub.connected(1)
    }

    @Test("a hub with another key than expected is refused by the client")
    func wrongHub() throws {
        let hub = try Hub()
        let client = try hub.client(1, hubKey: try Node(99).key)
        defer { client.close() }
        waitUntil { hub.hub.statistics.failedHandshakeCount > 1 }
        #expect(!client.isConnected)
        #expect(client.lastFailure?.contains("secure connection") == true)
        #expect(hub.hub.peers.isEmpty)
    }

    @Test(
        "the rules decide who may publish and hear what, and what they refuse is counted and told"
    )
    func rules() throws {
        let hub = try Hub(publish: ["attest.response.*"], subscribe: ["attest.request.>"])
        let (observer, other) = (try hub.connected(1), try hub.connected(2))
        let (atHub, atOther) = (Heard(), Heard())
        try hub.hub.subscribe(">") { atHub.add($0) }
        try other.subscribe("attest.request.interval") { atOther.add($0) }
        for pattern in [">", "attest.*", "attest.response.>", "attest.*.interval"] {
            try other.subscribe(pattern) { atOther.add($0) }
        }
        try other.flush(timeoutMilliseconds: 5_000)
        #expect(
            other.refusedPatterns == [">", "attest.*", "attest.response.>", "attest.*.interval"]
        )
        try observer.publish("attest.request.interval", [1])
        try observer.publish("attest.settled.1", [2])
        #expect(throws: BusError.refused(subject: "journal.fetch")) {
            try observer.request("journal.fetch", [], timeoutMilliseconds: 60_000)
        }
        try observer.publish("attest.response.claim", [3])
        #expect(atHub.wait(count: 1))
        #expect(atHub.payloads == [[3]])
        try hub.hub.publish("attest.request.interval", [4])
        #expect(atOther.wait(count: 1))
        #expect(atOther.payloads == [[4]])
        #expect(hub.hub.statistics.refusedMessageCount == 3)
        #expect(hub.hub.statistics.refusedSubscriptionCount == 4)
    }

    @Test("a client that lost its hub comes back, subscribes again, and tells of both")
    func reconnect() throws {
        let changes = Mutex<[Bool]>([])
        let heard = Heard()
        var hub: Hub? = try Hub()
        let port = try #require(hub?.hub.port)
        let client = try BusClient(
            address: "127.0.0.1:\(port)",
            hubKey: try Node(0).key,
            identity: try Node(1).identity,
            connectionChanged: { isConnected in changes.withLock { $0.append(isConnected) } }
        )
        defer { client.close() }
        // Before it is connected.
        try client.subscribe("first") { heard.add($0) }
        for round in 1...5 {
            #expect(client.waitUntilConnected(timeoutMilliseconds: 10_000))
            if round == 2 { try client.subscribe("second") { heard.add($0) } }
            try client.flush(timeoutMilliseconds: 5_000)
            for subject in ["first", "second"] {
                try hub?.hub.publish(subject, [UInt8(round)])
            }
            #expect(heard.wait(count: round == 1 ? 1 : 2 * round - 1))
            hub = nil
            waitUntil { !client.isConnected }
            #expect(throws: BusError.disconnected) { try client.publish("subject", []) }
            hub = try Hub(address: "127.0.0.1:\(port)")
        }
        #expect(client.waitUntilConnected(timeoutMilliseconds: 10_000))
        waitUntil { changes.withLock { $0.count } == 11 }
        #expect(changes.withLock { $0 } == (0..<11).map { $0 % 2 == 0 })
    }

    @Test("a request under way fails at once when the connection is lost")
    func lostRequest() throws {
        var hub: Hub? = try Hub()
        let client = try #require(try hub?.connected(1))
        defer { client.close() }
        let heard = Heard()
        try hub?.hub.subscribe("wait") { heard.add($0) }
        let result = Mutex<BusError?>(nil)
        let asker = try PlatformThread.start(name: "asker") {
            do throws(BusError) {
                _ = try client.request("wait", [], timeoutMilliseconds: 60_000)
            } catch {
                result.withLock { $0 = error }
            }
        }
        #expect(heard.wait(count: 1))
        hub = nil
        asker.join()
        #expect(result.withLock { $0 } == .disconnected)
    }

    @Test("a subscriber that takes nothing is cut off and counted, and the others do not notice")
    func slowSubscriber() throws {
        var limits = BusLimits()
        limits.queueBytesMax = 12 << 20
        let hub = try Hub(limits)
        var small = limits
        small.deliveryBytesMax = 2 << 20
        let slow = try hub.connected(1, limits: small)
        let quick = try hub.connected(2)
        defer { for client in [slow, quick] { client.close() } }
        let (gate, heard) = (Gate(), Heard())
        defer { gate.open() }
        try slow.subscribe("chunk") { _ in gate.pass() }
        try quick.subscribe("chunk") { heard.add($0) }
        for client in [slow, quick] { try client.flush(timeoutMilliseconds: 5_000) }
        let payload = [UInt8](repeating: 3, count: 500_000)
        var count = 0
        while hub.hub.statistics.cutOffCount == 0, count < 200 {
            try hub.hub.publish("chunk", payload)
            count += 1
            #expect(heard.wait(count: count))
        }
        #expect(hub.hub.statistics.cutOffCount == 1)
        waitUntil { hub.hub.statistics.lastFailure != nil }
        #expect(hub.hub.statistics.lastFailure == "it does not take its messages")
        #expect(heard.all.allSatisfy { $0.payload == payload })
        gate.open()
        // It may come back when it has caught up.
        #expect(slow.waitUntilConnected(timeoutMilliseconds: 10_000))
    }

    @Test("small messages overtake the parts of large ones")
    func overtaking() throws {
        let hub = try Hub()
        var small = hub.limits
        small.deliveryBytesMax = 10 << 20
        let client = try hub.connected(1, limits: small)
        defer { client.close() }
        let (gate, heard) = (Gate(), Heard())
        defer { gate.open() }
        try client.subscribe("large") { message in
            gate.pass()
            heard.add(message)
        }
        try client.subscribe("small") { heard.add($0) }
        try client.flush(timeoutMilliseconds: 5_000)
        // The client stops reading after the first; what follows is more than the kernel takes.
        let payload = [UInt8](repeating: 1, count: 8 << 20)
        for _ in 0..<5 { try hub.hub.publish("large", payload) }
        try hub.hub.publish("small", [2])
        gate.open()
        #expect(heard.wait(count: 6))
        let place = try #require(heard.all.firstIndex { $0.subject == "small" })
        #expect(place < 5)
    }

    @Test("a slow owner loses messages that are counted, and its clients do not notice")
    func slowOwner() throws {
        var limits = BusLimits()
        limits.deliveryMessageCountMax = 10
        let hub = try Hub(limits)
        let gate = Gate()
        defer { gate.open() }
        try hub.hub.subscribe("flood") { _ in gate.pass() }
        let client = try hub.connected(1, limits: BusLimits())
        defer { client.close() }
        let heard = Heard()
        try client.subscribe("flood") { heard.add($0) }
        for number in 0..<100 { try client.publish("flood", [UInt8(number)]) }
        #expect(heard.wait(count: 100))
        // One is with the handler, ten wait.
        #expect(89...90 ~= hub.hub.statistics.droppedMessageCount)
    }

    @Test("a full queue refuses a publisher instead of making it wait")
    func fullQueue() throws {
        var limits = BusLimits()
        limits.queueBytesMax = 1 << 20
        let hub = try Hub()
        let client = try hub.connected(1, limits: limits)
        defer { client.close() }
        #expect(throws: BusError.full) {
            try client.publish("subject", [UInt8](repeating: 0, count: 2 << 20))
        }
        try client.publish("subject", [UInt8](repeating: 0, count: 1 << 19))
    }

    @Test("the newest connections of a key stay when there are too many")
    func connectionsPerKey() throws {
        var limits = BusLimits()
        limits.connectionsPerKeyMax = 2
        limits.reconnectMillisecondsMin = 60_000
        limits.reconnectMillisecondsMax = 60_000
        let hub = try Hub(limits)
        let first = try hub.connected(1)
        let others = [try hub.connected(1), try hub.connected(1)]
        defer { for client in others + [first] { client.close() } }
        waitUntil { !first.isConnected }
        #expect(others.map(\.isConnected) == [true, true])
        #expect(hub.hub.peers == [try Node(1).key])
    }

    @Test("subscriptions have a bound")
    func subscriptionCount() throws {
        var limits = BusLimits()
        limits.subscriptionCountMax = 3
        let hub = try Hub(limits)
        let client = try hub.connected(1)
        defer { client.close() }
        let subscriptions = try (0..<3).map { try client.subscribe("a.\($0)") { _ in } }
        #expect(throws: BusError.tooManySubscriptions(limit: 3)) {
            try client.subscribe("b") { _ in }
        }
        subscriptions[0].cancel()
        try client.subscribe("b") { _ in }
        try client.flush(timeoutMilliseconds: 5_000)
        #expect(client.refusedPatterns.isEmpty)
    }

    @Test("addresses that are none, or are taken, are errors")
    func addresses() throws {
        for address in ["", "localhost:1", "127.0.0.1", "127.0.0.1:65536", "1.2.3:4"] {
            #expect(throws: BusError.invalidAddress(address)) { try Hub(address: address) }
        }
        let hub = try Hub()
        do throws(BusError) {
            _ = try BusHub(
                address: "127.0.0.1:\(hub.hub.port)",
                identity: try identity(),
                rules: try BusRules(publish: [], subscribe: []) { _ in true }
            )
            Issue.record("two hubs listen at one port")
        } catch {
            guard case .system(let reason) = error else { throw error }
            #expect(reason.contains("127.0.0.1:\(hub.hub.port)"))
        }
        let sixth = try Hub(address: "[::1]:0")
        #expect(sixth.hub.port > 0)
    }

    private func identity() throws(BusError) -> TLSIdentity {
        do {
            return try Node(5).identity
        } catch {
            throw .closed
        }
    }

    @Test("many connections leave no descriptor behind")
    func descriptors() async {
        await #expect(processExitsWith: .success) {
            var counts: [Int] = []
            for _ in 0..<6 {
                let hub = try Hub()
                let clients = try (1...8).map { try hub.connected($0) }
                let stranger = try hub.client(99)
                for client in clients { try client.publish("subject", [1]) }
                waitUntil { stranger.lastFailure != nil }
                stranger.close()
                for client in clients.dropFirst(4) { client.close() }
                hub.hub.close()
                for client in clients { client.close() }
                counts.append(
                    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
                )
            }
            // The first round may have opened what the process keeps.
            #expect(counts.dropFirst().allSatisfy { $0 == counts[0] })
        }
    }
}
