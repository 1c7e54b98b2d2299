import Foundation
import HTTP
import Platform
import Synchronization
import TestSupport
import Testing

/// Sends every message back, and remembers what happened.
final class EchoSession: WebSocketSession {
    private struct State {
        var peer: WebSocketPeer?
        var closed: [UInt16] = []
    }

    private let state = Mutex(State())

    /// Once the WebSocket is open.
    var peer: WebSocketPeer? { state.withLock { $0.peer } }
    var closed: [UInt16] { state.withLock { $0.closed } }

    func opened(_ peer: WebSocketPeer) { state.withLock { $0.peer = peer } }

    func received(_ message: WebSocketMessage) {
        switch message {
        case .text(let bytes): peer?.send(PreparedFrame(text: bytes))
        case .binary(let bytes): peer?.send(PreparedFrame(binary: bytes))
        }
    }

    func closed(_ code: UInt16) { state.withLock { $0.closed.append(code) } }

    /// The codes with which it was closed, once it is.
    func awaitClosed() -> [UInt16] {
        waitUntil { !self.closed.isEmpty }
        return closed
    }
}

/// Handlers whose WebSockets go to one session.
func webSocketHandlers(_ session: some WebSocketSession) -> HTTPHandlers {
    HTTPHandlers(
        request: { request, responder in responder.respond(echo(request)) },
        webSocket: { request in
            guard request.path == "/ws" else { return .refuse(.text(404, "nothing here")) }
            guard request.headers["origin"] != "http://evil.example" else {
                return .refuse(.text(403, "another origin"))
            }
            return .accept(protocol: "echo", session)
        }
    )
}

@Suite("server of WebSockets") struct WebSocketServerTests {
    private let session = EchoSession()

    @Test("sends messages of every length back, over a connection that spoke HTTP before")
    func echoes() throws {
        let server = try HTTPServer(handlers: webSocketHandlers(session))
        defer { server.stop() }
        let socket = try WebSocketConnection("ws://127.0.0.1:\(server.port)/ws")
        for count in [0, 1, 125, 126, 127, 4_095, 65_535, 65_536, 250_000] {
            let text = String(repeating: "ä", count: count / 2)
            try socket.send(text: text)
            #expect(try socket.receive(timeoutMilliseconds: 5_000) == .text(text))
        }
        try socket.close()
        #expect(session.awaitClosed() == [1000])
    }

    @Test("a request for another path or from another origin stays HTTP")
    func refusals() throws {
        let server = try HTTPServer(handlers: webSocketHandlers(session))
        defer { server.stop() }
        let upgrade =
            "host: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        let connection = try RawConnection(port: server.port)
        connection.send("GET /other HTTP/1.1\r\n\(upgrade)\r\n")
        #expect(try connection.answer()?.status == 404)
        connection.send("GET /ws HTTP/1.1\r\n\(upgrade)Origin: http://evil.example\r\n\r\n")
        #expect(try connection.answer()?.status == 403)
        connection.send("GET /plain HTTP/1.1\r\nhost: a\r\n\r\n")
        #expect(try connection.answer()?.body == "GET /plain\n")
        connection.send("GET /ws HTTP/1.1\r\n\(upgrade)\r\n")
        let head = try #require(try connection.answer()).head
        #expect(head.hasPrefix("HTTP/1.1 101 "))
        // The example of RFC 6455 §1.3.
        #expect(head.contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
        #expect(!head.contains("sec-websocket-protocol"))
    }

    @Test("a frame that is prepared once reaches every peer, from any thread")
    func fanOut() throws {
        let sessions = (0..<20).map { _ in EchoSession() }
        let next = Mutex(0)
        let handlers = HTTPHandlers(
            request: { request, responder in responder.respond(echo(request)) },
            webSocket: { _ in
                .accept(
                    protocol: nil,
                    sessions[
                        next.withLock {
                            $0 += 1; return $0 - 1
                        }
                    ]
                )
            }
        )
        let server = try HTTPServer(handlers: handlers)
        defer { server.stop() }
        let sockets = try sessions.map { _ in
            try WebSocketConnection("ws://127.0.0.1:\(server.port)/")
        }
        for number in 0..<100 {
            let frame = PreparedFrame(text: Array("message \(number)".utf8))
            for session in sessions { #expect(try #require(session.peer).send(frame)) }
        }
        for socket in sockets {
            for number in 0..<100 {
                #expect(
                    try socket.receive(timeoutMilliseconds: 5_000) == .text("message \(number)")
                )
            }
        }
    }

    @Test(
        "a client of another implementation talks to it",
        .enabled(if: Places.hasPython, "Python is missing")
    )
    func otherClient() throws {
        let server = try HTTPServer(handlers: webSocketHandlers(session))
        defer { server.stop() }
        let output = try FinishedProgram.output([
            Places.python, "-I",
            Places.tests().appending(path: "Scripts/websocket_client.py").path,
            "ws://127.0.0.1:\(server.port)/ws",
        ])
        #expect(output == Array("done\n".utf8))
    }
}
