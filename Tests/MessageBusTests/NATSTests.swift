import Foundation
import LoopbackServers
import MessageBus
import Platform
import Testing
import TestSupport

/// What a participant over NATS does besides what every bus does.
@Suite("bus over NATS", .serialized) struct NATSTests {
    @Test("when the server was killed and started again, subscriptions are back")
    func restart() throws {
        let server = try NATSServer()
        let (first, second) = (try server.participant(), try server.participant())
        defer { for bus in [first, second] { bus.close() } }
        let heard = Heard()
        try second.subscribe("subject.*") { heard.add($0) }
        try second.subscribe("ask") { [weak second] message in
            _ = Result { try second?.publish(message.replyTo ?? "", [1]) }
        }
        try second.flush(timeoutMilliseconds: 5_000)
        for round in 1...3 {
            try first.publish("subject.a", [UInt8](repeating: UInt8(round), count: 200_000))
            #expect(heard.wait(count: round))
            #expect(try first.request("ask", [], timeoutMilliseconds: 5_000) == [1])
            server.kill()
            waitUntil { !first.isConnected && !second.isConnected }
            #expect(throws: BusError.disconnected) { try first.publish("subject.a", []) }
            #expect(throws: BusError.disconnected) {
                try first.request("ask", [], timeoutMilliseconds: 60_000)
            }
            try server.start()
            waitUntil { first.isConnected && second.isConnected }
            #expect(first.isConnected && second.isConnected)
            try second.flush(timeoutMilliseconds: 5_000)
        }
        #expect(heard.all.map { $0.payload.count } == [200_000, 200_000, 200_000])
        #expect(heard.all.map { $0.payload.first } == [1, 2, 3])
    }

    @Test("a server that stops answering without an end of the connection is given up")
    func frozenServer() throws {
        let server = try NATSServer()
        var limits = BusLimits()
        limits.pingMilliseconds = 100
        limits.silenceMilliseconds = 300
        let (first, second) = (
            try server.participant(limits: limits), try server.participant(limits: limits)
        )
        defer { for bus in [first, second] { bus.close() } }
        let heard = Heard()
        try second.subscribe("subject") { heard.add($0) }
        try second.flush(timeoutMilliseconds: 5_000)
        server.freeze()
        #expect(waitUntil { !first.isConnected && !second.isConnected })
        #expect(throws: BusError.disconnected) { try first.publish("subject", [1]) }
        server.thaw()
        #expect(waitUntil { first.isConnected && second.isConnected })
        try second.flush(timeoutMilliseconds: 5_000)
        try first.publish("subject", [2])
        #expect(heard.wait(count: 1))
        #expect(heard.payloads == [[2]])
    }

    @Test("a participant that starts before its server finds it later")
    func lateServer() throws {
        let server = try NATSServer()
        server.kill()
        let bus = try server.participant()
        defer { bus.close() }
        #expect(!bus.isConnected)
        let heard = Heard()
        try bus.subscribe("subject") { heard.add($0) }
        try server.start()
        waitUntil { bus.isConnected }
        try bus.publish("subject", [1])
        #expect(heard.wait(count: 1))
    }

    @Test("a certificate of another authority is refused by the server")
    func stranger() throws {
        let server = try NATSServer()
        let bus = try server.participant("stranger")
        defer { bus.close() }
        #expect(!bus.isConnected)
        #expect(throws: BusError.disconnected) { try bus.publish("subject", []) }
        let log = try String(contentsOfFile: server.folder + "/log", encoding: .utf8)
        #expect(log.contains("TLS handshake error"))
    }

    @Test("a server without the expected name is refused by the participant")
    func wrongServer() throws {
        let server = try NATSServer()
        let bus = try server.participant(serverName: "venue.example")
        defer { bus.close() }
        #expect(!bus.isConnected)
    }

    @Test("a participant that the server refused is let in when the server is set right")
    func refusedThenAdmitted() throws {
        let server = try NATSServer(users: "{ user: \"CN=nobody\" }")
        let bus = try server.participant()
        defer { bus.close() }
        let heard = Heard()
        try bus.subscribe("subject") { heard.add($0) }
        let log = server.folder + "/log"
        waitUntil {
            let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            return text.split(separator: "authentication error").count > 3
        }
        #expect(!bus.isConnected)
        server.kill()
        try server.start(users: NATSServer.users)
        waitUntil { bus.isConnected }
        try bus.publish("subject", [1])
        #expect(heard.wait(count: 1))
    }

    @Test("files that are not there are errors that name them")
    func files() throws {
        let security = NATSBus.Security(
            authorityFile: "/missing/authority.pem",
            certificateFile: "/missing/a.pem",
            keyFile: "/missing/a.key",
            serverName: "localhost"
        )
        do throws(BusError) {
            _ = try NATSBus(servers: ["nats://127.0.0.1:4222"], security: security)
            Issue.record("a participant without certificates")
        } catch {
            #expect(error.description.contains("/missing/authority.pem"))
        }
    }

    @Test("what the server's configuration does not let a participant do is counted")
    func permissions() throws {
        let server = try NATSServer()
        let (venue, observer) = (try server.participant(), try server.participant("observer"))
        defer { for bus in [venue, observer] { bus.close() } }
        let heard = Heard()
        try venue.subscribe(">") { heard.add($0) }
        try venue.flush(timeoutMilliseconds: 5_000)
        try observer.publish("attest.request.interval", [1])
        try observer.publish("attest.response.interval", [2])
        try observer.flush(timeoutMilliseconds: 5_000)
        #expect(heard.wait(count: 1))
        #expect(heard.payloads == [[2]])
        waitUntil { observer.statistics.refusedCount == 1 }
        #expect(observer.statistics.refusedCount == 1)
        #expect(observer.statistics.lastFailure != nil)
    }

    @Test(
        "parts that are missing, out of order or too many are dropped, and whole messages are not"
    )
    func parts() throws {
        let server = try NATSServer()
        let bus = try server.participant()
        defer { bus.close() }
        let heard = Heard()
        try bus.subscribe("subject") { heard.add($0) }
        try bus.flush(timeoutMilliseconds: 5_000)
        let foreign = try ForeignNATSClient(server)
        // A message that other software published.
        foreign.publish("subject", [], "plain")
        // The second part before the first; a part that is too long; a length that is too large; no number.
        foreign.part("subject", message: "a", number: "2", length: "4", "cd")
        foreign.part("subject", message: "b", number: "1", length: "4", "ab")
        foreign.part("subject", message: "b", number: "2", length: "4", "cde")
        foreign.part("subject", message: "c", number: "1", length: "9999999999", "ab")
        foreign.part("subject", message: "d", number: "x", length: "4", "ab")
        foreign.part("subject", message: "e", number: "1", length: "4", "ab")
        foreign.part("subject", message: "e", number: "3", length: "4", "cd")
        // Two whose parts are mixed are both whole.
        foreign.part("subject", message: "f", number: "1", length: "4", "ab")
        foreign.part("subject", message: "g", number: "1", length: "4", "cd")
        foreign.part("subject", message: "f", number: "2", length: "4", "ef")
        foreign.part("subject", message: "g", number: "2", length: "4", "gh")
        // One that is unfinished when sixteen others have begun after it.
        foreign.part("subject", message: "h", number: "1", length: "4", "ab")
        for number in 0..<16 {
            foreign.part("subject", message: "i\(number)", number: "1", length: "4", "ab")
        }
        foreign.part("subject", message: "h", number: "2", length: "4", "cd")
        foreign.part("subject", message: "i15", number: "2", length: "4", "yz")
        #expect(foreign.end())
        #expect(heard.wait(count: 4))
        let texts = heard.payloads.map { String(decoding: $0, as: UTF8.self) }
        #expect(texts == ["plain", "abef", "cdgh", "abyz"])
        #expect(bus.statistics.droppedMessageCount == 5)
    }

    @Test("participants that come and go leave no descriptor and no thread behind")
    func leaks() async {
        await #expect(processExitsWith: .success) {
            let server = try NATSServer()
            func count(_ folder: String) throws -> Int {
                try FileManager.default.contentsOfDirectory(atPath: folder).count
            }
            var (files, threads): ([Int], [Int]) = ([], [])
            for _ in 0..<5 {
                let buses = try (0..<3).map { _ in try server.participant() }
                for bus in buses {
                    try bus.subscribe("a") { _ in }
                    try bus.publish("a", [1])
                }
                for bus in buses { bus.close() }
                // The library ends its own threads a little later.
                if let first = threads.first {
                    waitUntil { (try? count("/proc/self/task")) ?? 0 <= first }
                }
                files.append(try count("/proc/self/fd"))
                threads.append(try count("/proc/self/task"))
            }
            #expect(files.dropFirst().allSatisfy { $0 <= files[0] })
            #expect(threads.dropFirst().allSatisfy { $0 <= threads[0] })
        }
    }
}

/// Another program that speaks the protocol of NATS over TLS.
final class ForeignNATSClient {
    private let process: ChildProcess

    init(_ server: NATSServer) throws {
        process = try startScript(
            "nats_client.py",
            [String(server.port), server.folder]
        )
    }

    /// Publishes one message with headers.
    func publish(_ subject: String, _ headers: [(String, String)], _ payload: String) {
        var line = subject + "\t" + payload
        for (name, value) in headers { line += "\t" + name + ": " + value }
        _ = Result { try process.write(Array((line + "\n").utf8)) }
    }

    func part(_ subject: String, message: String, number: String, length: String, _ payload: String)
    {
        publish(
            subject,
            [
                ("Parallax-Message", message), ("Parallax-Part", number),
                ("Parallax-Length", length),
            ],
            payload
        )
    }

    /// Waits until the server has everything; whether all went well.
    func end() -> Bool {
        process.closeInput()
        return process.wait() == .exited(0)
    }
}
