import ComponentHost
import Cryptography
import Foundation
import Glibc
import LoopbackServers
import SeededRandomness
import Synchronization
import Testing
import TestSupport
import Triggers

/// Replays recorded lines over WebSockets, as a Jetstream does: from the cursor on, and only what is wanted.
private final class ReplayServer: Sendable {
    /// How it behaves.
    struct Manner: Sendable {
        /// Lines after which it hangs up; it does so once for each entry.
        var cuts: [Int] = []
        /// Whether it sends what was not asked for, too.
        var ignoresFilters = false
        /// Lines that are no events, sent before all others.
        var junk: [String] = []
    }

    private let server: LoopbackServer

    init(_ lines: [String], _ manner: Manner = Manner()) throws {
        let box = Shared(cuts: manner.cuts)
        shared = box
        server = try LoopbackServer { connection in
            guard let peer = LoopbackWebSocket(connection) else { return }
            box.resources.withLock { $0.append(peer.resource) }
            for line in manner.junk { peer.send(line) }
            var left = box.cuts.withLock { $0.isEmpty ? Int.max : $0.removeFirst() }
            for line in lines where Self.isWanted(line, peer, manner.ignoresFilters) {
                if left == 0 { return }
                left -= 1
                guard peer.send(line) else { return }
            }
            while peer.receive() != nil {}
        }
    }

    private final class Shared: Sendable {
        let cuts: Mutex<[Int]>
        let resources = Mutex<[String]>([])

        init(cuts: [Int]) { self.cuts = Mutex(cuts) }
    }

    private let shared: Shared

    var requests: [String] { shared.resources.withLock { $0 } }
    var endpoint: String { "ws://127.0.0.1:\(server.port)/subscribe" }

    func stop() { server.stop() }

    private static func isWanted(
        _ line: String,
        _ peer: LoopbackWebSocket,
        _ ignoresFilters: Bool
    ) -> Bool {
        guard let event = Event(line) else { return false }
        if let cursor = peer.query("cursor").first, event.time < Int(cursor) ?? 0 { return false }
        if ignoresFilters { return true }
        let collections = peer.query("wantedCollections")
        let repositories = peer.query("wantedDids")
        guard repositories.isEmpty || repositories.contains(event.repository) else { return false }
        guard let collection = event.collection, !collections.isEmpty else { return true }
        return collections.contains { wanted in
            wanted == collection
                || wanted.hasSuffix(".*") && collection.hasPrefix(wanted.dropLast())
        }
    }
}

/// A line as another reader of JSON sees it.
private struct Event: Hashable {
    let repository: String
    let time: Int
    let collection: String?
    let recordKey: String?
    let action: String?
    let cid: String?
    let revision: String?
    let record: NSDictionary?

    init?(_ line: String) {
        let value = try? JSONSerialization.jsonObject(with: Data(line.utf8))
        guard let object = value as? [String: Any], let repository = object["did"] as? String,
            let time = object["time_us"] as? Int
        else { return nil }
        let commit = object["commit"] as? [String: Any]
        self.repository = repository
        self.time = time
        collection = commit?["collection"] as? String
        recordKey = commit?["rkey"] as? String
        action = commit?["operation"] as? String
        cid = commit?["cid"] as? String
        revision = commit?["rev"] as? String
        record = commit?["record"] as? NSDictionary
    }

    init?(_ data: TriggerData) {
        guard case .atprotoEvent(let event) = data else { return nil }
        repository = event.repository
        time = Int(event.timestamp)
        collection = event.collection
        recordKey = event.recordKey
        action = event.action
        cid = event.cid
        revision = event.revision
        let value = event.record.flatMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8))
        }
        record = value as? NSDictionary
    }
}

/// A sink that writes what it takes to a file, and kills the process at some moment.
private final class KillingTriggerSink: TriggerSink {
    private struct State {
        var known: Set<String>
        var left: Int
    }

    private let file: Int32
    private let killsBeforeWriting: Bool
    private let state: Mutex<State>

    init(_ path: String, seed: UInt64?) throws {
        let text =
            FileManager.default.fileExists(atPath: path)
            ? try String(contentsOfFile: path, encoding: .utf8) : ""
        file = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        var random = RandomSource(seed: seed ?? 0)
        killsBeforeWriting = random.chance(50)
        let known = Set(text.split(separator: "\n").map(String.init))
        state = Mutex(State(known: known, left: seed == nil ? .max : 1 + random.below(25)))
    }

    func accept(_ occurrences: [TriggerOccurrence]) throws(SinkFault) -> Acceptance {
        state.withLock { state in
            for occurrence in occurrences {
                let name = Hex.encode(occurrence.identity)
                guard state.known.insert(name).inserted else { continue }
                state.left -= 1
                if state.left == 0, killsBeforeWriting { kill(getpid(), SIGKILL) }
                let line = Array((name + "\n").utf8)
                let count = unsafe write(file, line, line.count)
                precondition(count == line.count)
                if state.left == 0 { kill(getpid(), SIGKILL) }
            }
        }
        return .accepted
    }

    var isComplete: Int { state.withLock { $0.known.count } }
}

@Suite("a Jetstream of ATProto") struct JetstreamTests {
    private let place: TemporaryDirectory
    private let sink = CollectingSink()

    init() throws { place = try TemporaryDirectory() }

    private static let all = Trigger.atprotoEvent(
        collection: "app.bsky.*",
        repositoryDID: nil,
        action: nil
    )

    private func manager(
        _ server: ReplayServer,
        _ triggers: [Trigger] = [all],
        clock: HandClock? = nil
    ) throws -> TriggerManager {
        var settings = quickSettings()
        settings.jetstream = Jetstream(endpoint: server.endpoint)
        let manager = try TriggerManager(path: place.cursors, settings: settings, sink: sink)
        manager.watch(triggers)
        return manager
    }

    /// Lines of many accounts, a millisecond apart.
    private static func lines(_ count: Int) -> [String] {
        (1...count).map { number in
            #"{"did":"did:plc:\#(number % 5)","time_us":\#(1_000_000_000 + number * 1_000),"#
                + #""kind":"commit","commit":{"rev":"r\#(number)","operation":"create","#
                + #""collection":"app.bsky.feed.post","rkey":"k\#(number)","#
                + #""record":{"n":\#(number)},"cid":"c\#(number)"}}"#
        }
    }

    private func check(_ lines: [String], _ server: ReplayServer) throws {
        let expected = lines.compactMap(Event.init).filter { $0.collection != nil }
        let collections = Set(expected.compactMap(\.collection))
        let triggers = collections.sorted().map {
            Trigger.atprotoEvent(collection: $0, repositoryDID: nil, action: nil)
        }
        let manager = try manager(server, triggers)
        defer { manager.stop() }
        eventually("all changes are there") { sink.count == expected.count }
        #expect(sink.all.compactMap { Event($0.data) } == expected)
        #expect(Set(sink.all.map(\.identity)).count == expected.count)
    }

    @Test("recorded lines become what they say") func ownSample() throws {
        let text = try Recordings.text(Recordings.own, "jetstream/golden.jsonl")
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.count == 5)
        let server = try ReplayServer(lines)
        defer { server.stop() }
        try check(lines, server)
        #expect(sink.count == 3)
    }

    @Test(
        "the large recordings become what they say",
        Recordings.needsShared,
        arguments: [("subscribe-golden_v1.jsonl", 10), ("corpus-expected_v1.jsonl", 152)]
    )
    func recorded(name: String, lineCount: Int) throws {
        let text = try Recordings.text(Recordings.shared, "jetstream/" + name)
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.count == lineCount)
        let server = try ReplayServer(lines)
        defer { server.stop() }
        try check(lines, server)
        #expect(sink.count > lineCount / 2)
    }

    @Test("a connection that breaks goes on where it was, and nothing comes twice")
    func reconnects() throws {
        let lines = Self.lines(200)
        let server = try ReplayServer(lines, .init(cuts: [3, 40, 0, 41, 90, 7]))
        defer { server.stop() }
        let manager = try manager(server)
        defer { manager.stop() }
        eventually("all are there") { sink.count == 200 }
        #expect(sink.all.compactMap { Event($0.data) } == lines.compactMap(Event.init))
        let requests = server.requests
        #expect(!requests[0].contains("cursor"))
        // A little is asked for again, in case events came out of order.
        #expect(requests[1].contains("cursor=995003000"))
        #expect(manager.health[1].lastError != nil)
        eventually("it follows again") { manager.health[1].condition == .following }
    }

    @Test("a new process goes on at the cursor on the disk") func restarts() throws {
        let lines = Self.lines(100)
        let server = try ReplayServer(lines, .init(cuts: [30]))
        defer { server.stop() }
        do {
            let first = try manager(server)
            eventually("some are there") { sink.count >= 30 }
            first.stop()
        }
        let second = try manager(server)
        defer { second.stop() }
        eventually("all are there") { sink.count == 100 }
        #expect(server.requests.count > 1)
        #expect(server.requests.dropFirst().allSatisfy { $0.contains("cursor=") })
    }

    @Test("only what was asked for is delivered, whatever the server sends") func filters() throws {
        var lines = Self.lines(40)
        lines.append(lines[0].replacing("app.bsky.feed.post", with: "app.bsky.feed.postgate"))
        lines.append(lines[1].replacing(#""create""#, with: #""delete""#))
        let server = try ReplayServer(lines, .init(ignoresFilters: true))
        defer { server.stop() }
        let one = Trigger.atprotoEvent(
            collection: "app.bsky.feed.post",
            repositoryDID: "did:plc:1",
            action: "create"
        )
        let removals = Trigger.atprotoEvent(
            collection: "app.bsky.feed.post",
            repositoryDID: "did:plc:2",
            action: "delete"
        )
        let manager = try manager(server, [one, removals])
        defer { manager.stop() }
        eventually("both kinds are there") { sink.count == 9 }
        let found = sink.all.filter { $0.audience == .watchers(of: one) }
            .compactMap { Event($0.data) }
        #expect(found.count == 8)
        #expect(found.allSatisfy { $0.repository == "did:plc:1" && $0.action == "create" })
        let request = try #require(server.requests.first)
        #expect(request.contains("wantedCollections=app.bsky.feed.post"))
        #expect(request.contains("wantedDids=did%3Aplc%3A1"))
        // What came compressed could not be read.
        #expect(!request.contains("compress"))
        // Other triggers mean another question.
        manager.watch([Self.all])
        eventually("it is asked") { server.requests.last?.contains("app.bsky.%2A") == true }
    }

    @Test("lines that are no events are passed over and counted") func junk() throws {
        let lines = Self.lines(3)
        let server = try ReplayServer(
            lines,
            .init(junk: ["", "nonsense", "{}", "[1]", #"{"did":1}"#, lines[0] + "x"])
        )
        defer { server.stop() }
        let manager = try manager(server)
        defer { manager.stop() }
        eventually("the others are there") { sink.count == 3 }
        eventually("they are counted") { manager.health[1].position.contains("6 unreadable") }
    }

    /// What the process does that is killed.
    static func live(_ path: String, endpoint: String, seed: UInt64?) throws {
        let sink = try KillingTriggerSink(path + "/taken", seed: seed)
        var settings = quickSettings()
        settings.jetstream = Jetstream(endpoint: endpoint)
        let manager = try TriggerManager(
            path: path + "/cursors.db",
            settings: settings,
            sink: sink
        )
        manager.watch([all])
        eventually("all are taken") { sink.isComplete == 150 }
        manager.stop()
    }

    @Test("a process that is killed in the middle loses and doubles nothing") func killed()
        async throws
    {
        let server = try ReplayServer(Self.lines(150))
        defer { server.stop() }
        for seed in 1...5 as ClosedRange<UInt64> {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [
                    path = place.path as String, endpoint = server.endpoint as String,
                    seed = seed as UInt64
                ] in
                try JetstreamTests.live(path, endpoint: endpoint, seed: seed)
            }
        }
        try Self.live(place.path, endpoint: server.endpoint, seed: nil)
        let text = try String(contentsOfFile: place.path + "/taken", encoding: .utf8)
        let names = text.split(separator: "\n")
        #expect(names.count == 150)
        #expect(Set(names).count == 150)
    }
}
