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
        limits.bodyBytesTotalMax = 25_000
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
