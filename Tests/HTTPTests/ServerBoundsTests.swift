import HTTP
import Platform
import TestSupport
import Testing

@Suite("bounds of a whole server") struct ServerBoundsTests {
    @Test("one address has no more connections than it may, and gets room again")
    func addresses() throws {
        var limits = HTTPLimits()
        limits.connectionsPerAddressMax = 2
        let server = try HTTPServer(limits: limits, handler: echo)
        defer { server.stop() }
        let request = "GET /a HTTP/1.1\r\nhost: a\r\n\r\n"
        let first = try RawConnection(port: server.port)
        do {
            let second = try RawConnection(port: server.port)
            for connection in [first, second] {
                connection.send(request)
                #expect(try connection.answer()?.status == 200)
            }
            #expect(try RawConnection(port: server.port).isEnded())
            #expect(server.statistics.refusedCount == 1)
            #expect(server.statistics.connectionCount == 2)
        }
        waitUntil { server.statistics.connectionCount == 1 }
        let third = try RawConnection(port: server.port)
        third.send(request)
        #expect(try third.answer()?.status == 200)
        #expect(server.statistics.acceptedCount == 3)
        #expect(server.statistics.requestCount == 3)
    }

    @Test(
        "bodies on their way are bounded together, and room is given back",
        arguments: [false, true]
    )
    func bodies(byHTTP2: Bool) throws {
        var limits = HTTPLimits()
        limits.bodyBytesMax = 10_000
        limits.incompleteBytesTotalMax = 25_000
        let server = try HTTPServer(limits: limits) { request in
            .text(200, "\(request.body.count)")
        }
        defer { server.stop() }
        for _ in 0..<3 {
            if byHTTP2 {
                try fillStreams(server)
            } else {
                try fillConnections(server)
            }
            // Whoever held bytes is gone.
            waitUntil { server.statistics.connectionCount == 0 }
        }
    }

    private func fillStreams(_ server: HTTPServer) throws {
        let client = try HTTP2FrameClient(port: server.port)
        for stream in [1, 3, 5] as [Int32] {
            client.request(stream, HTTP2FrameClient.head("POST", "/"), ends: false)
            client.send(.data, stream: stream, payload: [UInt8](repeating: 0, count: 9_000))
        }
        #expect(try client.answer(5)?.status == "503")
        client.send(.data, flags: 1, stream: 1)
        #expect(try client.answer(1)?.text == "9000\n")
        client.request(7, HTTP2FrameClient.head("POST", "/"), ends: false)
        client.send(.data, stream: 7, payload: [UInt8](repeating: 0, count: 9_000))
        client.send(.data, flags: 1, stream: 7)
        #expect(try client.answer(7)?.text == "9000\n")
    }

    private func fillConnections(_ server: HTTPServer) throws {
        let head = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9001\r\n"
        let connections = try (0..<4).map { _ in try RawConnection(port: server.port) }
        for connection in connections[..<2] {
            // The word to go on shows that the head was read.
            connection.send(head + "expect: 100-continue\r\n\r\n")
            #expect(try connection.answer()?.status == 100)
            connection.send([UInt8](repeating: 0, count: 9_000))
        }
        let third = connections[2]
        third.send(head + "\r\n")
        third.send([UInt8](repeating: 0, count: 9_000))
        // One of the three finds no room; which one depends on whose bytes are read last.
        let refused = try #require(RawConnection.firstReadable(Array(connections[..<3])))
        #expect(try connections[refused].answer()?.status == 503)
        for index in 0..<3 where index != refused {
            connections[index].send([1])
            #expect(try connections[index].answer()?.body == "9001\n")
        }
    }

    @Test("messages that are not complete count, over WebSockets and in calls")
    func messages() throws {
        var limits = HTTPLimits()
        limits.incompleteBytesTotalMax = 100_000
        var handlers = webSocketHandlers(EchoSession())
        handlers.webSocket = { _ in .accept(protocol: nil, EchoSession()) }
        handlers.grpc = grpcMethods
        let server = try HTTPServer(limits: limits, handlers: handlers)
        defer { server.stop() }
        let piece = [UInt8](repeating: 0, count: 60_000)
        let socket = try RawWebSocket(port: server.port)
        socket.send(0x02, piece)
        socket.send(0x89)
        #expect(try socket.next()?.first == 0x8a)
        let other = try RawWebSocket(port: server.port)
        other.send(0x02, piece)
        #expect(try other.next()?.code == 1013)
        let client = try HTTP2FrameClient(port: server.port)
        let head = HTTP2FrameClient.head("POST", "/test.Test/Echo")
        client.request(1, head + [("content-type", "application/grpc")], ends: false)
        client.send(.data, stream: 1, payload: [0, 0, 1, 0, 0] + piece.prefix(16_000))
        client.send(.data, stream: 1, payload: Array(piece.prefix(16_000)))
        client.send(.data, stream: 1, payload: Array(piece.prefix(16_000)))
        #expect(try client.answer(1)?.fields["grpc-status"] == "8")
        // Once the first message is complete there is room again.
        socket.send(0x80, [1])
        #expect(try socket.next()?.payload.count == 60_001)
        client.request(3)
        #expect(try client.answer(3)?.status == "200")
    }

    @Test("streams count too: those that would be too many are refused")
    func streams() throws {
        var limits = HTTPLimits()
        limits.incompleteBytesTotalMax = 10_000
        let server = try HTTPServer(limits: limits, handler: echo)
        defer { server.stop() }
        let client = try HTTP2FrameClient(port: server.port)
        for number in 0..<20 { client.request(Int32(number * 2 + 1), ends: false) }
        let reset = try #require(try client.next(.reset))
        #expect(reset.code == 7)
        client.send(.data, flags: 1, stream: 1)
        #expect(try client.answer(1)?.status == "200")
    }

    @Test("WebSockets are counted while they are open")
    func webSockets() throws {
        let session = EchoSession()
        let server = try HTTPServer(handlers: webSocketHandlers(session))
        defer { server.stop() }
        let socket = try RawWebSocket(port: server.port)
        #expect(server.statistics.webSocketCount == 1)
        socket.send(0x88)
        #expect(try socket.next()?.code == 1000)
        #expect(session.awaitClosed() == [1005])
        waitUntil { server.statistics.webSocketCount == 0 }
        #expect(server.statistics.webSocketCount == 0)
        #expect(server.statistics.cutOffCount == 0)
    }
}
