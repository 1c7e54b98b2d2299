import HTTP
import LoopbackServers
import Platform
import Synchronization
import Testing

@Suite("a WebSocket that is opened") struct WebSocketConnectionTests {
    private static func url(_ server: LoopbackServer, _ resource: String = "/feed?a=b") -> String {
        "ws://127.0.0.1:\(server.port)\(resource)"
    }

    @Test("shakes hands, and carries texts both ways") func talks() throws {
        let server = try LoopbackServer { connection in
            guard let peer = LoopbackWebSocket(connection) else { return }
            peer.send(peer.resource)
            peer.ping([7])
            var hasPong = false
            while let message = peer.receive() {
                if message == .pong([7]) { hasPong = true }
                if case .text(let text) = message { peer.send(hasPong ? text + "!" : "no pong") }
            }
        }
        defer { server.stop() }
        let socket = try WebSocketConnection(Self.url(server))
        #expect(try socket.receive(timeoutMilliseconds: 5_000) == .text("/feed?a=b"))
        // The pong leaves by itself, with what comes in front of the next message or while that is waited for.
        #expect(try socket.receive(timeoutMilliseconds: 20) == nil)
        let long = String(repeating: "ä", count: 40_000)
        try socket.send(text: long)
        #expect(try socket.receive(timeoutMilliseconds: 5_000) == .text(long + "!"))
    }

    @Test(
        "accepts only the answer to its own key",
        arguments: [
            "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n",
            "HTTP/1.1 101 x\r\n\r\n", "HTTP/1.0 101 x\r\n\r\n", "nonsense\r\n\r\n",
            "HTTP/1.1 101 x\r\nbad field\r\n\r\n", "",
        ]
    )
    func refusals(answer: String) throws {
        let server = try LoopbackServer { connection in
            _ = connection.read(through: "\r\n\r\n")
            connection.write(answer)
        }
        defer { server.stop() }
        let error = #expect(throws: WebSocketError.self) {
            _ = try WebSocketConnection(Self.url(server))
        }
        guard case .refused = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("the known key has the known answer (RFC 6455 §1.3)") func knownAnswer() {
        #expect(
            LoopbackWebSocket.accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        )
    }

    @Test("a head without end is bounded") func longHead() throws {
        let server = try LoopbackServer { connection in
            while connection.write([UInt8](repeating: 0x61, count: 4_096)) {}
        }
        defer { server.stop() }
        #expect(throws: WebSocketError.self) { _ = try WebSocketConnection(Self.url(server)) }
    }

    @Test("a server that says nothing is given up") func silence() throws {
        let server = try LoopbackServer { connection in _ = connection.read(through: "never") }
        defer { server.stop() }
        var limits = WebSocketConnection.Limits()
        limits.handshakeMilliseconds = 50
        let error = #expect(throws: WebSocketError.self) {
            _ = try WebSocketConnection(Self.url(server), limits: limits)
        }
        #expect(error == .timedOut(url: Self.url(server)))
    }

    @Test("a connection without a sign of life is lost") func deadPeer() throws {
        let server = try LoopbackServer { connection in
            guard LoopbackWebSocket(connection) != nil else { return }
            // The ping is read and not answered.
            while !connection.read().isEmpty {}
        }
        defer { server.stop() }
        var limits = WebSocketConnection.Limits()
        limits.silenceMilliseconds = 20
        limits.pongMilliseconds = 20
        let socket = try WebSocketConnection(Self.url(server), limits: limits)
        #expect(throws: WebSocketError.timedOut(url: Self.url(server))) {
            while try socket.receive(timeoutMilliseconds: 10_000) == nil {}
        }
    }

    @Test("a server that answers pings stays") func alivePeer() throws {
        let pings = Mutex(0)
        let server = try LoopbackServer { connection in
            guard let peer = LoopbackWebSocket(connection) else { return }
            // The codec answers; the first message comes only after some silence.
            while true {
                let bytes = connection.read()
                if bytes.isEmpty { return }
                let count = pings.withLock { count in
                    count += 1
                    return count
                }
                peer.send(raw: [0x8a, 0x00])
                if count == 3 { peer.send("still here") }
            }
        }
        defer { server.stop() }
        var limits = WebSocketConnection.Limits()
        limits.silenceMilliseconds = 20
        limits.pongMilliseconds = 5_000
        let socket = try WebSocketConnection(Self.url(server), limits: limits)
        #expect(try socket.receive(timeoutMilliseconds: 10_000) == .text("still here"))
    }

    @Test("tells why it ended: closed in order, cut, or broken") func endings() throws {
        let server = try LoopbackServer { connection in
            guard let peer = LoopbackWebSocket(connection) else { return }
            switch peer.resource {
            case "/close": peer.close(code: 1001)
            case "/broken": peer.send(raw: [0xff, 0xff, 0xff, 0xff])
            default: return
            }
            _ = peer.receive()
        }
        defer { server.stop() }
        func ending(_ resource: String) throws -> WebSocketError? {
            #expect(throws: WebSocketError.self) {
                let socket = try WebSocketConnection(Self.url(server, resource))
                _ = try socket.receive(timeoutMilliseconds: 5_000)
            }
        }
        let url = Self.url(server, "/close")
        #expect(try ending("/close") == .closed(url: url, code: 1001, reason: ""))
        guard case .lost = try ending("/cut") else {
            Issue.record("the end of the connection was not noticed")
            return
        }
        guard case .violated(_, let fault) = try ending("/broken") else {
            Issue.record("the broken frame was not noticed")
            return
        }
        #expect(fault.code == 1002)
    }

    @Test("another thread ends the wait") func interrupts() throws {
        let server = try LoopbackServer { connection in
            guard let peer = LoopbackWebSocket(connection) else { return }
            _ = peer.receive()
        }
        defer { server.stop() }
        let interrupt = try WebSocketInterrupt()
        let socket = try WebSocketConnection(Self.url(server), interrupt: interrupt)
        interrupt.interrupt()
        // Without the interrupt this would last longer than the test may.
        #expect(try socket.receive(timeoutMilliseconds: 3_600_000) == nil)
    }

    @Test(
        "URLs of other kinds are refused",
        arguments: [
            "http://localhost/", "ws://", "ws://user@host/", "ws://host/\u{7f}", "ws://host/a b",
            "ws://host/#part", "wss:/host",
        ]
    )
    func badURLs(url: String) {
        #expect(throws: WebSocketError.invalidURL(url)) { _ = try WebSocketConnection(url) }
    }

    @Test("nobody listens") func nobody() throws {
        let server = try LoopbackServer { _ in }
        server.stop()
        let error = #expect(throws: WebSocketError.self) {
            _ = try WebSocketConnection(Self.url(server))
        }
        guard case .cannotConnect = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
