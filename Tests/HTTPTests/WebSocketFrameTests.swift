import HTTP
import Platform
import SeededRandomness
import Synchronization
import TestSupport
import Testing

@Suite("server of WebSockets, frame by frame") struct WebSocketFrameTests {
    private let session = EchoSession()
    private let clock = ManualClock()

    private func server(_ limits: HTTPLimits = HTTPLimits()) throws -> HTTPServer {
        var limits = limits
        limits.webSocketMessageBytesMax = 2_000
        return try HTTPServer(limits: limits, clock: clock, handlers: webSocketHandlers(session))
    }

    @Test("extensions are not agreed to, and a protocol is if it was offered")
    func handshake() throws {
        let server = try server()
        defer { server.stop() }
        let plain = try RawWebSocket(
            port: server.port,
            fields: "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
        )
        #expect(!plain.head.contains("sec-websocket-extensions"))
        #expect(!plain.head.contains("sec-websocket-protocol"))
        let chosen = try RawWebSocket(
            port: server.port,
            fields: "Sec-WebSocket-Protocol: other, echo\r\n"
        )
        #expect(chosen.head.contains("sec-websocket-protocol: echo"))
    }

    @Test(
        "a handshake that is not as it must be is refused",
        arguments: [
            ("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8", 426),
            ("Sec-WebSocket-Version: 13", "X: y", 426),
            ("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=", 400),
            ("dGhlIHNhbXBsZSBub25jZQ==", "AAAA", 400),
            ("Sec-WebSocket-Key", "X", 400),
            ("Connection: Upgrade", "Connection: keep-alive", 200),
            ("Upgrade: websocket", "Upgrade: other", 200),
        ]
    )
    func refusals(word: String, other: String, status: Int) throws {
        let server = try server()
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        let fields = RawWebSocket.handshake.split(separator: word, omittingEmptySubsequences: false)
        connection.send("GET /ws HTTP/1.1\r\n\(fields.joined(separator: other))\r\n")
        let answer = try #require(try connection.answer())
        #expect(answer.status == status)
        if status == 426 { #expect(answer.head.contains("sec-websocket-version: 13")) }
    }

    @Test("messages come back whole, however they are divided, with pings in between")
    func messages() throws {
        let server = try server()
        defer { server.stop() }
        let socket = try RawWebSocket(port: server.port)
        for byte in RawWebSocket.frame(0x81, Array("h\u{e9}llo".utf8)) {
            socket.connection.send([byte])
        }
        #expect(try socket.next() == .init(first: 0x81, payload: Array("h\u{e9}llo".utf8)))
        // The two bytes of one character are in two parts.
        socket.send(0x01, [0x61, 0xc3])
        socket.send(0x89, [1, 2])
        socket.send(0x00)
        socket.send(0x8a, [9])
        socket.send(0x80, [0xa9])
        #expect(try socket.next() == .init(first: 0x8a, payload: [1, 2]))
        #expect(try socket.next() == .init(first: 0x81, payload: [0x61, 0xc3, 0xa9]))
        for count in [0, 125, 126, 1_000, 2_000] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            socket.send(0x82, bytes)
            #expect(try socket.next() == .init(first: 0x82, payload: bytes))
        }
        // Many at once, in one piece of the stream.
        let many = (0..<200).flatMap { RawWebSocket.frame(0x81, Array("\($0)".utf8)) }
        socket.connection.send(many)
        for number in 0..<200 {
            #expect(try socket.next()?.payload == Array("\(number)".utf8))
        }
    }

    @Test("frames that are not allowed end it with the right code", arguments: BadMessages.all)
    func violations(bad: BadMessages) throws {
        let server = try server()
        defer { server.stop() }
        let socket = try RawWebSocket(port: server.port)
        // What came before in the same piece of the stream counts.
        socket.connection.send(RawWebSocket.frame(0x81, [0x62]) + bad.bytes)
        #expect(try socket.next()?.payload == [0x62])
        #expect(try socket.next()?.code == bad.code)
        #expect(try socket.next() == nil)
        #expect(session.awaitClosed() == [bad.code])
    }

    @Test(
        "a closing is answered with its code",
        arguments: [1000, 1001, 1003, 1007, 1011, 1012, 1013, 1014, 3000, 4999] as [UInt16]
    )
    func closing(code: UInt16) throws {
        let server = try server()
        defer { server.stop() }
        let socket = try RawWebSocket(port: server.port)
        let payload = [UInt8(code >> 8), UInt8(code & 255)]
        socket.connection.send(
            RawWebSocket.frame(0x88, payload + Array("bye".utf8))
                + RawWebSocket.frame(0x81, [0x61])
        )
        #expect(try socket.next() == .init(first: 0x88, payload: payload))
        #expect(try socket.next() == nil)
        #expect(session.awaitClosed() == [code])
        #expect(session.peer?.isOpen == false)
        #expect(session.peer?.send(PreparedFrame(text: [])) == false)
    }

    @Test("a closing without code, and a client that hangs up, are told apart")
    func endings() throws {
        let server = try server()
        defer { server.stop() }
        let socket = try RawWebSocket(port: server.port)
        socket.send(0x88)
        #expect(try socket.next()?.code == 1000)
        #expect(session.awaitClosed() == [1005])
        do { _ = try RawWebSocket(port: server.port) }
        waitUntil { session.closed.count == 2 }
        #expect(session.closed == [1005, 1006])
    }

    @Test("the server closes behind what it sent, and waits for the answer")
    func serverCloses() throws {
        let server = try server()
        defer { server.stop() }
        let socket = try RawWebSocket(port: server.port)
        let peer = try #require(session.peer)
        #expect(peer.send(PreparedFrame(text: Array("last".utf8))))
        peer.close(code: 4_001, reason: String(repeating: "\u{e4}", count: 100))
        peer.close(code: 4_002)
        #expect(!peer.send(PreparedFrame(text: [])))
        #expect(try socket.next()?.payload == Array("last".utf8))
        let close = try #require(try socket.next())
        #expect(close.code == 4_001)
        #expect(close.payload.count == 2 + 122)
        #expect(session.closed.isEmpty)
        // What comes after the closing is for nobody.
        socket.send(0x81, [0x61])
        socket.send(0x88, [UInt8(4_001 >> 8), UInt8(4_001 & 255)])
        #expect(try socket.next() == nil)
        #expect(session.awaitClosed() == [4_001])
    }

    @Test("a client that does not answer a closing is dropped")
    func unansweredClosing() throws {
        let server = try server()
        defer { server.stop() }
        let socket = try RawWebSocket(port: server.port)
        try #require(session.peer).close(code: 1000)
        #expect(try socket.next()?.code == 1000)
        clock.advance(seconds: 6)
        #expect(try socket.next() == nil)
        #expect(session.awaitClosed() == [1006])
    }

    @Test("a silent client is asked for a sign of life, and dropped without one")
    func silence() throws {
        let server = try server()
        defer { server.stop() }
        let socket = try RawWebSocket(port: server.port)
        for _ in 0..<3 {
            clock.advance(seconds: 31)
            #expect(try socket.next() == .init(first: 0x89, payload: []))
            socket.send(0x8a)
            // The answer to a message shows that the sign of life was seen.
            socket.send(0x81, [0x61])
            #expect(try socket.next()?.payload == [0x61])
        }
        clock.advance(seconds: 31)
        #expect(try socket.next()?.first == 0x89)
        clock.advance(seconds: 11)
        #expect(try socket.next() == nil)
        #expect(session.awaitClosed() == [1006])
    }

    @Test("a server that stops closes its WebSockets")
    func drain() throws {
        let server = try server()
        defer { server.stop() }
        let socket = try RawWebSocket(port: server.port)
        let stopper = try PlatformThread.start(name: "stopper") { server.stop() }
        #expect(try socket.next()?.code == 1001)
        socket.send(0x88, [3, 0xe9])
        #expect(try socket.next() == nil)
        #expect(session.awaitClosed() == [1001])
        clock.advance(seconds: 10)
        stopper.join()
    }

    @Test("a client that does not read is cut off, and costs the others nothing")
    func slowReaders() throws {
        var limits = HTTPLimits()
        limits.waitingBytesMax = 100_000
        let others = EchoSession()
        var handlers = webSocketHandlers(session)
        handlers.webSocket = { [session] request in
            .accept(protocol: nil, request.path == "/slow" ? session : others)
        }
        let server = try HTTPServer(limits: limits, clock: clock, handlers: handlers)
        defer { server.stop() }
        let slow = try RawWebSocket(port: server.port, path: "/slow")
        let quick = try RawWebSocket(port: server.port)
        let frame = PreparedFrame(binary: [UInt8](repeating: 1, count: 10_000))
        let (slowPeer, quickPeer) = (try #require(session.peer), try #require(others.peer))
        var sentCount = 0
        while slowPeer.send(frame) {
            sentCount += 1
            #expect(slowPeer.waitingBytes <= 100_000)
            #expect(quickPeer.send(frame))
            #expect(try quick.next()?.payload.count == 10_000)
        }
        #expect(sentCount > 10)
        #expect(!slowPeer.isOpen)
        #expect(session.awaitClosed() == [1013])
        #expect(quickPeer.isOpen)
        // As far as it listens, it is told why.
        var received = 0
        while let frame = try slow.next() {
            if frame.first == 0x88 {
                #expect(frame.code == 1013)
                break
            }
            received += 1
        }
        #expect(received <= sentCount)
        slow.send(0x88, [3, 0xf5])
        #expect(try slow.next() == nil)
    }

    @Test("any bytes leave the server alive", arguments: 0..<20 as Range<UInt64>)
    func fuzz(seed: UInt64) throws {
        var random = RandomSource(seed: seed)
        let server = try server()
        defer { server.stop() }
        for _ in 0..<10 {
            let socket = try RawWebSocket(port: server.port)
            var bytes: [UInt8] = []
            for _ in 0..<random.below(20) {
                let first = UInt8(random.below(256)) & (random.chance(70) ? 0x8f : 0xff)
                bytes += RawWebSocket.frame(first, random.bytes(random.below(300)))
            }
            if !bytes.isEmpty, random.chance(50) {
                bytes[random.below(bytes.count)] = UInt8(random.below(256))
            }
            socket.connection.send(bytes)
            socket.connection.endOutput()
            _ = try socket.connection.countToEnd()
        }
        let socket = try RawWebSocket(port: server.port)
        socket.send(0x81, [0x61])
        #expect(try socket.next()?.payload == [0x61])
    }
}
