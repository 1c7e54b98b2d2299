import HTTP
import Platform
import SeededRandomness
import Testing

private typealias Client = HTTP2FrameClient

@Suite("HTTP/2 under bad clients") struct HTTP2EnduranceTests {
    private static let eightBytes = [UInt8](repeating: 0, count: 8)

    @Test(
        "a client that goes on with frames which cost it nothing is told to calm down",
        arguments: [
            HTTP2FrameClient.Kind.reset, .ping, .settings, .priority, .data, .windowUpdate,
        ]
    )
    func floods(kind: HTTP2FrameClient.Kind) throws {
        let server = try HTTPServer(execution: .inline, clock: ManualClock(), handler: echo)
        defer { server.stop() }
        let client = try Client(port: server.port)
        let block = Client.block(Client.get)
        if kind == .data { client.request(1, ends: false) }
        var bytes: [UInt8] = []
        for number in 0..<1_100 {
            let stream = Int32(number * 2 + 1)
            switch kind {
            case .reset:
                bytes += Client.frame(1, flags: 5, stream: stream, block)
                bytes += Client.frame(3, flags: 0, stream: stream, [0, 0, 0, 8])
            case .windowUpdate:
                // More room than there can be is an error, for which the server resets the stream.
                bytes += Client.frame(1, flags: 5, stream: stream, block)
                bytes += Client.frame(8, flags: 0, stream: stream, [0x7f, 0xff, 0xff, 0xff])
            case .ping: bytes += Client.frame(6, flags: 0, stream: 0, Self.eightBytes)
            case .settings: bytes += Client.frame(4, flags: 0, stream: 0, [])
            case .priority: bytes += Client.frame(2, flags: 0, stream: 1, [0, 0, 0, 0, 1])
            default: bytes += Client.frame(0, flags: 0, stream: 1, [])
            }
        }
        client.connection.send(bytes)
        let end = try #require(try client.next(.goAway))
        #expect(end.code == 11)
        // Somebody else is served meanwhile.
        let other = try Client(port: server.port)
        other.request(1)
        #expect(try other.answer(1)?.status == "200")
    }

    @Test("a head whose parts never end is given up")
    func endlessHeads() throws {
        let server = try HTTPServer(handler: echo)
        defer { server.stop() }
        let client = try Client(port: server.port)
        client.send(.headers, flags: 1, stream: 1, payload: Client.block(Client.get))
        let part = Client.block([("x", String(repeating: "y", count: 10_000))])
        for _ in 0..<100 { client.send(.continuation, stream: 1, payload: part) }
        _ = try client.connection.countToEnd()
    }

    @Test("a client that connects and says nothing, or half of what it must, is let go")
    func silence() throws {
        let clock = ManualClock()
        let server = try HTTPServer(clock: clock, handler: echo)
        defer { server.stop() }
        let half = try Client(port: server.port, settings: nil)
        half.connection.send(Array(Client.preface.prefix(20)))
        let only = try Client(port: server.port, settings: nil)
        only.connection.send(Client.preface)
        // Its settings show that the server knows what is spoken.
        #expect(try only.next(.settings) != nil)
        let other = try Client(port: server.port)
        other.request(1)
        #expect(try other.answer(1)?.status == "200")
        clock.advance(seconds: 11)
        #expect(try half.connection.isEnded())
        _ = try only.connection.countToEnd()
    }

    @Test("a request that does not come to its end is answered with 408, and others go on")
    func slowSenders() throws {
        let clock = ManualClock()
        let server = try HTTPServer(clock: clock, handler: echo)
        defer { server.stop() }
        let client = try Client(port: server.port)
        client.request(1, Client.head("POST", "/"), ends: false)
        client.send(.data, stream: 1, payload: [1])
        client.request(3)
        #expect(try client.answer(3)?.status == "200")
        // Nothing else is late: a ping keeps the connection alive.
        clock.advance(seconds: 41)
        #expect(try client.answer(1)?.status == "408")
        client.request(5)
        #expect(try client.answer(5)?.status == "200")
    }

    @Test("an answer for which the client gives no room is given up")
    func slowReaders() throws {
        let clock = ManualClock()
        let server = try HTTPServer(clock: clock) { _ in
            HTTPResponse(status: 200, body: [UInt8](repeating: 7, count: 100_000))
        }
        defer { server.stop() }
        let client = try Client(port: server.port, settings: Client.setting(4, 10))
        client.request(1)
        #expect(try client.next(.data)?.payload.count == 10)
        clock.advance(seconds: 20)
        let reset = try #require(try client.next(.reset))
        #expect(reset.code == 8)
    }

    @Test("a connection without streams is told to go, and one that does not answer a ping is cut")
    func idle() throws {
        let clock = ManualClock()
        let server = try HTTPServer(clock: clock, handler: echo)
        defer { server.stop() }
        let client = try Client(port: server.port)
        client.request(1)
        #expect(try client.answer(1)?.status == "200")
        clock.advance(seconds: 61)
        #expect(try client.next(.goAway)?.code == 0)
        #expect(try client.next() == nil)
    }

    @Test("a server that stops says so, answers what is in work and takes nothing more")
    func drain() throws {
        let gate = Gate()
        let server = try HTTPServer { request in
            gate.pass()
            return echo(request)
        }
        defer { server.stop() }
        defer { gate.open() }
        let client = try Client(port: server.port)
        client.request(1)
        gate.awaitArrival()
        let stopper = try PlatformThread.start(name: "stopper") { server.stop() }
        let end = try #require(try client.next(.goAway))
        #expect(end.payload == [0, 0, 0, 1, 0, 0, 0, 0])
        client.request(3)
        gate.open()
        let answers = try client.answers([1, 3])
        #expect(answers[1]?.text == "GET /\n")
        #expect(answers[3] == nil)
        stopper.join()
        #expect(server.failure == nil)
    }

    @Test("without TLS, HTTP/2 is spoken on this machine's own address alone")
    func clearText() throws {
        let server = try HTTPServer(address: SocketAddress("0.0.0.0:0"), handler: echo)
        defer { server.stop() }
        let client = try Client(port: server.port)
        let answer = try #require(try client.connection.answer())
        #expect(answer.head.hasPrefix("HTTP/1.1 505 "))
    }

    @Test("any frames leave the server alive", arguments: 0..<20 as Range<UInt64>)
    func fuzz(seed: UInt64) throws {
        var random = RandomSource(seed: seed)
        let handlers = HTTPHandlers(
            request: { request, responder in responder.respond(echo(request)) },
            grpc: grpcMethods
        )
        let server = try HTTPServer(execution: .inline, handlers: handlers)
        defer { server.stop() }
        let grpc = Client.head("POST", "/test.Test/Echo") + [("content-type", "application/grpc")]
        for _ in 0..<10 {
            let client = try Client(port: server.port)
            var bytes: [UInt8] = []
            for _ in 0..<random.below(30) {
                let kind = UInt8(random.below(11))
                var payload = random.bytes(random.below(40))
                if kind == 1, random.chance(70) {
                    payload = Client.block(random.chance(50) ? Client.get : grpc)
                } else if kind == 0, random.chance(50) {
                    payload = [0, 0, 0, 0, UInt8(random.below(8))] + payload.prefix(7)
                }
                let flags = UInt8(random.chance(50) ? random.below(256) : 4)
                let stream = Int32(random.below(6))
                bytes += Client.frame(kind, flags: flags, stream: stream, payload)
            }
            if !bytes.isEmpty {
                for _ in 0..<random.below(3) {
                    bytes[random.below(bytes.count)] = UInt8(random.below(256))
                }
            }
            client.connection.send(bytes)
            client.connection.endOutput()
            _ = try client.connection.countToEnd()
        }
        let client = try Client(port: server.port)
        client.request(1)
        #expect(try client.answer(1)?.text == "GET /\n")
    }
}
