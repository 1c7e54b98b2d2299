import HTTP
import Platform
import SeededRandomness
import Synchronization
import TestSupport
import Testing

@Suite("handlers that answer when they like") struct HTTPHandlersTests {
    private static let request = "GET /a HTTP/1.1\r\nhost: a\r\n\r\n"

    /// Requests that nobody has answered.
    private final class Waiting: Sendable {
        private let state = Mutex<[(HTTPRequest, HTTPResponder)]>([])

        var handlers: HTTPHandlers {
            HTTPHandlers { request, responder in
                self.state.withLock { $0.append((request, responder)) }
            }
        }

        /// The oldest one, once there is one.
        func take() throws -> (HTTPRequest, HTTPResponder) {
            waitUntil { !state.withLock(\.isEmpty) }
            let first = state.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            return try #require(first)
        }
    }

    @Test("a request is answered later by another thread, and only once", arguments: [false, true])
    func later(isInline: Bool) throws {
        let waiting = Waiting()
        let server = try HTTPServer(
            execution: isInline ? .inline : .threads(1),
            handlers: waiting.handlers
        )
        defer { server.stop() }
        let connections = try (0..<3).map { _ in try RawConnection(port: server.port) }
        for connection in connections { connection.send(Self.request) }
        var responders = try (0..<3).map { _ in try waiting.take().1 }
        // In any order, while the others wait.
        responders.reverse()
        for responder in responders {
            #expect(responder.respond(.text(200, "done")))
            #expect(!responder.respond(.text(200, "again")))
        }
        for connection in connections {
            #expect(try connection.answer()?.body == "done\n")
            connection.send(Self.request)
            #expect(try waiting.take().1.respond(.text(200, "more")))
            #expect(try connection.answer()?.body == "more\n")
        }
    }

    @Test("a handler that forgets to answer answers with 500")
    func forgotten() throws {
        let server = try HTTPServer(handlers: HTTPHandlers { _, _ in })
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        connection.send(Self.request)
        #expect(try connection.answer()?.status == 500)
    }

    @Test("an answer for a client that is gone reaches nobody, whoever has its place")
    func gone() throws {
        let waiting = Waiting()
        let server = try HTTPServer(handlers: waiting.handlers)
        defer { server.stop() }
        var forgotten: HTTPResponder?
        do {
            let connection = try RawConnection(port: server.port)
            connection.send("GET /old HTTP/1.1\r\nhost: a\r\n\r\n")
            forgotten = try waiting.take().1
            connection.reset()
        }
        let (other, connection) = try takePlace(server, waiting)
        #expect(forgotten?.respond(.text(200, "old")) == true)
        #expect(other.respond(.text(200, "new")))
        #expect(try connection.answer()?.body == "new\n")
    }

    private func takePlace(
        _ server: HTTPServer,
        _ waiting: Waiting
    ) throws -> (HTTPResponder, RawConnection) {
        let connection = try RawConnection(port: server.port)
        connection.send("GET /new HTTP/1.1\r\nhost: a\r\n\r\n")
        return (try waiting.take().1, connection)
    }

    @Test("a request says by what and from where it came")
    func peers() throws {
        let waiting = Waiting()
        let server = try HTTPServer(handlers: waiting.handlers)
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        connection.send("GET /a HTTP/1.0\r\n\r\n")
        let (old, responder) = try waiting.take()
        #expect(old.version == .http10)
        #expect(old.peer == HTTPPeer(address: "127.0.0.1"))
        #expect(responder.respond(.text(200, "")))
        let client = try HTTP2FrameClient(port: server.port)
        client.request(1)
        let (new, _) = try waiting.take()
        #expect(new.version == .http2)
        #expect(new.peerAddress == "127.0.0.1")
        #expect(new.headers["host"] == "localhost")
    }

    @Test("any bytes leave the server alive", arguments: 0..<20 as Range<UInt64>)
    func fuzz(seed: UInt64) throws {
        var random = RandomSource(seed: seed)
        let server = try HTTPServer(execution: .inline, handler: echo)
        defer { server.stop() }
        let words = [
            "GET ", "POST ", "/", "/a?b=c", " HTTP/1.1", " HTTP/1.0", "\r\n", "\r\n\r\n", "\n",
            "\r",
            "host: a\r\n", "content-length: 3\r\n", "content-length: -1\r\n", "abc", "0\r\n\r\n",
            "transfer-encoding: chunked\r\n", "3\r\nabc\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "upgrade: websocket\r\n", "connection: upgrade\r\n", "expect: 100-continue\r\n", ":",
            " ", "\t", "\u{0}", "\u{e9}", "GET / HTTP/1.1\r\nhost: a\r\n\r\n",
        ]
        for _ in 0..<20 {
            let connection = try RawConnection(port: server.port)
            var bytes = (0..<random.below(30)).flatMap { _ in Array(random.pick(words).utf8) }
            if !bytes.isEmpty, random.chance(30) {
                bytes[random.below(bytes.count)] = UInt8(random.below(256))
            }
            connection.send(bytes)
            connection.endOutput()
            _ = try connection.countToEnd()
        }
        let connection = try RawConnection(port: server.port)
        connection.send(Self.request)
        #expect(try connection.answer()?.body == "GET /a\n")
    }
}
