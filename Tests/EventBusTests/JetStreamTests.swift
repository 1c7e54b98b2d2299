import EventBus
import LoopbackServers
import Platform
import Synchronization
import Testing
import TestSupport

@Suite("JetStream", .serialized) struct JetStreamTests {
    static func configuration(_ servers: JetStreamServers) -> JetStreamConfiguration {
        var configuration = JetStreamConfiguration(
            servers: servers.addresses,
            source: "venue:test",
            streams: [
                JetStreamStream(name: "clearing", subjects: ["clearing.>"]),
                JetStreamStream(name: "audit", subjects: ["audit.>"]),
            ]
        )
        configuration.acknowledgementMilliseconds = 500
        configuration.windowCount = 64
        return configuration
    }

    /// One message for each command; every tenth is for the other stream.
    static func messages(_ sequences: ClosedRange<UInt64>) -> [EventMessage] {
        sequences.map { sequence in
            EventMessage(
                identifier: .init(sequence: sequence, index: 0),
                subject: sequence % 10 == 0 ? "audit.read" : "clearing.novated.\(sequence)",
                key: "BTC-USD",
                payload: Array("{\"sequence\":\(sequence)}".utf8)
            )
        }
    }

    /// What a stream must have after all of them.
    static func names(_ sequences: ClosedRange<UInt64>, audit: Bool = false) -> [String] {
        sequences.filter { ($0 % 10 == 0) == audit }.map { "venue:test/\($0)-0" }
    }

    @Test("messages come once and in order, also when a new process begins too early")
    func inOrder() throws {
        let servers = try JetStreamServers()
        let configuration = Self.configuration(servers)
        let bus = JetStreamBus(configuration, journalEnd: 0)
        try bus.publish(Self.messages(1...500))
        try bus.publish([])
        try bus.publish(Self.messages(501...900))
        bus.close()
        // After a crash the cursor may be older than what was published.
        let next = JetStreamBus(configuration, journalEnd: 1_000)
        try next.publish(Self.messages(300...1_000))
        next.close()
        let clearing = try servers.messages(of: "clearing")
        #expect(clearing.map(\.name) == Self.names(1...1_000))
        #expect(clearing.first?.subject == "clearing.novated.1")
        #expect(clearing.first?.payload == Array("{\"sequence\":1}".utf8))
        let audit = try servers.messages(of: "audit")
        #expect(audit.map(\.name) == Self.names(1...1_000, audit: true))
    }

    @Test("a server that is killed in the middle, twice, loses and doubles nothing")
    func killed() throws {
        let servers = try JetStreamServers()
        var configuration = Self.configuration(servers)
        configuration.patienceMilliseconds = 200
        let bus = JetStreamBus(configuration, journalEnd: 0)
        let published = Atomic<UInt64>(0)
        let failureCount = Atomic<Int>(0)
        let publisher = try PlatformThread.start(name: "publisher") {
            for batch in 0..<40 as Range<UInt64> {
                let messages = Self.messages((batch * 50 + 1)...(batch * 50 + 50))
                while Result(catching: { try bus.publish(messages) }).isFailure {
                    failureCount.wrappingAdd(1, ordering: .relaxed)
                }
                published.store(batch + 1, ordering: .releasing)
            }
        }
        for round in 1...2 as ClosedRange<UInt64> {
            eventually("it got on") { published.load(ordering: .acquiring) >= 10 * round }
            servers.kill()
            let before = failureCount.load(ordering: .relaxed)
            eventually("publishing failed") { failureCount.load(ordering: .relaxed) > before }
            try servers.start()
        }
        publisher.join()
        bus.close()
        #expect(try servers.messages(of: "clearing").map(\.name) == Self.names(1...2_000))
        #expect(try servers.messages(of: "audit").map(\.name) == Self.names(1...2_000, audit: true))
    }

    @Test("the leader of a cluster's stream is killed, and nothing is lost or doubled")
    func leaderKilled() throws {
        let servers = try JetStreamServers(count: 3)
        var configuration = Self.configuration(servers)
        configuration.replicaCount = 3
        let bus = JetStreamBus(configuration, journalEnd: 0)
        try bus.publish(Self.messages(1...100))
        let published = Atomic<Bool>(false)
        let publisher = try PlatformThread.start(name: "publisher") {
            for batch in 2..<30 as Range<UInt64> {
                let messages = Self.messages((batch * 50 + 1)...(batch * 50 + 50))
                while Result(catching: { try bus.publish(messages) }).isFailure {}
            }
            published.store(true, ordering: .releasing)
        }
        let leader = try servers.leader(of: "clearing")
        servers.kill(leader)
        publisher.join()
        bus.close()
        let isPublished = published.load(ordering: .acquiring)
        #expect(isPublished)
        #expect(
            try servers.messages(of: "clearing").map(\.name)
                == Self.names(1...100) + Self.names(101...1_500)
        )
    }

    @Test("a stream with messages of others, or of another journal, is refused")
    func foreign() throws {
        let servers = try JetStreamServers()
        let configuration = Self.configuration(servers)
        let bus = JetStreamBus(configuration, journalEnd: 0)
        try bus.publish(Self.messages(1...20))
        bus.close()
        var other = configuration
        other.source = "venue:other"
        #expect(throws: EventBusError.self) {
            try JetStreamBus(other, journalEnd: 100).publish(Self.messages(21...22))
        }
        // A journal that was begun anew, while the stream was kept.
        let error = #expect(throws: EventBusError.self) {
            try JetStreamBus(configuration, journalEnd: 5).publish(Self.messages(1...3))
        }
        #expect(error?.description.contains("another journal") == true)
        guard case .failed = error else {
            Issue.record("it must not be tried again: \(String(describing: error))")
            return
        }
        #expect(try servers.messages(of: "clearing").count == 18)
    }

    @Test("a subject of no stream, and a stream that keeps other subjects, are refused")
    func subjects() throws {
        let servers = try JetStreamServers()
        let configuration = Self.configuration(servers)
        let bus = JetStreamBus(configuration, journalEnd: 0)
        var message = Self.messages(1...1)
        message[0].subject = "registry.did"
        #expect(
            throws: EventBusError.failed("no stream is configured for the subject registry.did")
        ) { try bus.publish(message) }
        try bus.publish(Self.messages(1...1))
        bus.close()
        var renamed = configuration
        renamed.streams[0].subjects = ["clearing.>", "settled.>"]
        let error = #expect(throws: EventBusError.self) {
            try JetStreamBus(renamed, journalEnd: 1).publish(Self.messages(2...2))
        }
        #expect(error?.description.contains("does not keep settled.>") == true)
    }

    @Test("without a server publishing fails for the moment, after its patience")
    func unavailable() throws {
        let servers = try JetStreamServers()
        servers.kill()
        var configuration = Self.configuration(servers)
        configuration.patienceMilliseconds = 50
        let bus = JetStreamBus(configuration, journalEnd: 0)
        let error = #expect(throws: EventBusError.self) { try bus.publish(Self.messages(1...1)) }
        guard case .unavailable = error else {
            Issue.record("it must be tried again: \(String(describing: error))")
            return
        }
        try servers.start()
        try servers.awaitReady()
        try bus.publish(Self.messages(1...1))
        #expect(try servers.messages(of: "clearing").map(\.name) == ["venue:test/1-0"])
    }
}

extension Result {
    fileprivate var isFailure: Bool {
        if case .failure = self { true } else { false }
    }
}
