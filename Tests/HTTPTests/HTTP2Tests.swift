import HTTP
import Platform
import Testing

private typealias Client = HTTP2FrameClient

/// What a client may not send, and the code that it is told (RFC 9113 §7).
struct BadFrames: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var bytes: [UInt8]
    var code: UInt8

    init(_ name: String, code: UInt8, _ frames: [UInt8]...) {
        testDescription = name
        bytes = Array(frames.joined())
        self.code = code
    }

    private static func frame(
        _ kind: HTTP2FrameClient.Kind,
        _ flags: UInt8,
        _ stream: Int32,
        _ payload: [UInt8]
    ) -> [UInt8] {
        HTTP2FrameClient.frame(kind.rawValue, flags: flags, stream: stream, payload)
    }

    private static let get = HTTP2FrameClient.block(HTTP2FrameClient.get)

    /// Those after which nothing can be said any more.
    static let ofConnections = [
        BadFrames("data of no stream", code: 1, frame(.data, 1, 0, [1])),
        BadFrames("a head of no stream", code: 1, frame(.headers, 5, 0, get)),
        BadFrames("a request with an even number", code: 1, frame(.headers, 5, 2, get)),
        BadFrames("data of a stream that was never begun", code: 1, frame(.data, 0, 1, [1])),
        BadFrames("a reset of no stream", code: 1, frame(.reset, 0, 0, [0, 0, 0, 8])),
        BadFrames("a reset of a stream never begun", code: 1, frame(.reset, 0, 1, [0, 0, 0, 8])),
        BadFrames("a reset of three bytes", code: 6, frame(.reset, 0, 1, [0, 0, 8])),
        BadFrames("settings of a stream", code: 1, frame(.settings, 0, 1, [])),
        BadFrames("settings of five bytes", code: 6, frame(.settings, 0, 0, [0, 3, 0, 0, 0])),
        BadFrames(
            "an acknowledgement that says something",
            code: 6,
            frame(.settings, 1, 0, HTTP2FrameClient.setting(3, 1))
        ),
        BadFrames(
            "push that is neither on nor off",
            code: 1,
            frame(.settings, 0, 0, HTTP2FrameClient.setting(2, 2))
        ),
        BadFrames(
            "a window of more than 2^31 - 1",
            code: 3,
            frame(.settings, 0, 0, HTTP2FrameClient.setting(4, 0x8000_0000))
        ),
        BadFrames(
            "frames shorter than 16,384",
            code: 1,
            frame(.settings, 0, 0, HTTP2FrameClient.setting(5, 16_383))
        ),
        BadFrames("a ping of seven bytes", code: 6, frame(.ping, 0, 0, [1, 2, 3, 4, 5, 6, 7])),
        BadFrames("a ping of a stream", code: 1, frame(.ping, 0, 1, [1, 2, 3, 4, 5, 6, 7, 8])),
        BadFrames("no room", code: 1, frame(.windowUpdate, 0, 0, [0, 0, 0, 0])),
        BadFrames(
            "more room than there can be",
            code: 3,
            frame(.windowUpdate, 0, 0, [0x7f, 0xff, 0xff, 0xff])
        ),
        BadFrames("room of three bytes", code: 6, frame(.windowUpdate, 0, 0, [0, 0, 1])),
        BadFrames("a push by the client", code: 1, frame(.push, 4, 1, [0, 0, 0, 2] + get)),
        BadFrames("the rest of no head", code: 1, frame(.continuation, 4, 1, get)),
        BadFrames(
            "something inside a head",
            code: 1,
            frame(.headers, 1, 1, Array(get.prefix(10))),
            frame(.ping, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8])
        ),
        BadFrames("a field that is no field", code: 9, frame(.headers, 5, 1, [0x80])),
        BadFrames("a field of another table", code: 9, frame(.headers, 5, 1, [0xbf])),
        BadFrames(
            "a frame that is too long",
            code: 6,
            frame(.data, 0, 1, Array(repeating: 0, count: 16_385))
        ),
        BadFrames("padding longer than its frame", code: 1, frame(.headers, 13, 1, [200] + get)),
    ]

    /// Those after which one request is over.
    static let ofStreams = [
        BadFrames("a name in upper case", code: 1, head(get: [("Accept", "x")])),
        BadFrames("a field of the connection", code: 1, head(get: [("connection", "close")])),
        BadFrames("chunks", code: 1, head(get: [("transfer-encoding", "chunked")])),
        BadFrames("te that is not trailers", code: 1, head(get: [("te", "gzip")])),
        BadFrames(
            "a pseudo-field behind others",
            code: 1,
            head(get: [("a", "b"), (":path", "/")])
        ),
        BadFrames("a pseudo-field of answers", code: 1, head(get: [(":status", "200")])),
        BadFrames("two methods", code: 1, head(get: [(":method", "GET")])),
        BadFrames("a value with a line feed", code: 1, head(get: [("a", "b\nc: d")])),
        BadFrames(
            "no method",
            code: 1,
            head([(":authority", "a"), (":path", "/"), (":scheme", "http")])
        ),
        BadFrames(
            "no path",
            code: 1,
            head([(":authority", "a"), (":method", "GET"), (":scheme", "http")])
        ),
        BadFrames(
            "no scheme",
            code: 1,
            head([(":authority", "a"), (":method", "GET"), (":path", "/")])
        ),
        BadFrames(
            "an empty path",
            code: 1,
            head([(":authority", "a"), (":method", "GET"), (":path", ""), (":scheme", "http")])
        ),
        BadFrames("less than its length", code: 1, head(get: [("content-length", "5")])),
        BadFrames(
            "two lengths",
            code: 1,
            head(get: [("content-length", "0"), ("content-length", "0")])
        ),
        BadFrames(
            "more than its length",
            code: 1,
            frame(
                .headers,
                4,
                1,
                HTTP2FrameClient.block(HTTP2FrameClient.get + [("content-length", "1")])
            ),
            frame(.data, 1, 1, [1, 2])
        ),
    ]

    private static func head(get fields: [(String, String)]) -> [UInt8] {
        head(HTTP2FrameClient.get + fields)
    }

    private static func head(_ fields: [(String, String)]) -> [UInt8] {
        frame(.headers, 5, 1, HTTP2FrameClient.block(fields))
    }
}

@Suite("HTTP/2, frame by frame") struct HTTP2Tests {
    @Test("requests at once are answered as their handlers finish", arguments: [false, true])
    func streams(isInline: Bool) throws {
        let server = try HTTPServer(execution: isInline ? .inline : .threads(2), handler: echo)
        defer { server.stop() }
        let client = try Client(port: server.port)
        let streams = (0..<100).map { Int32($0 * 2 + 1) }
        for stream in streams {
            client.request(
                stream,
                Client.head("POST", "/a?\(stream)"),
                ends: false
            )
        }
        for stream in streams {
            client.send(.data, stream: stream, payload: Array("body ".utf8))
            client.send(.data, flags: 1, stream: stream, payload: Array("\(stream)".utf8))
        }
        let answers = try client.answers(streams)
        for stream in streams {
            let answer = try #require(answers[stream])
            #expect(answer.status == "200")
            #expect(answer.text == "POST /a ?\(stream) body \(stream)\n")
            #expect(answer.fields["content-length"] == "\(answer.body.count)")
            #expect(answer.fields["date"] != nil)
        }
    }

    @Test("a ping comes back, and unknown frames are ignored")
    func pings() throws {
        let server = try HTTPServer(handler: echo)
        defer { server.stop() }
        let client = try Client(port: server.port)
        client.connection.send(HTTP2FrameClient.frame(200, flags: 255, stream: 7, [1, 2, 3]))
        client.send(.ping, payload: [1, 2, 3, 4, 5, 6, 7, 8])
        let pong = try #require(try client.next(.ping))
        #expect(pong.flags == 1)
        #expect(pong.payload == [1, 2, 3, 4, 5, 6, 7, 8])
    }

    @Test("a head may come in parts, padded, with a priority")
    func heads() throws {
        let server = try HTTPServer(handler: echo)
        defer { server.stop() }
        let client = try Client(port: server.port)
        let block = Client.block(Client.get)
        let padded = [3, 0x80, 0, 0, 0, 200] + block.prefix(7) + [0, 0, 0]
        client.send(.headers, flags: 0x29, stream: 1, payload: padded)
        client.send(.continuation, stream: 1, payload: Array(block[7..<20]))
        client.send(.continuation, flags: 4, stream: 1, payload: Array(block[20...]))
        #expect(try client.answer(1)?.text == "GET /\n")
    }

    @Test(
        "frames that are not allowed end the connection with the right code",
        arguments: BadFrames.ofConnections
    )
    func connectionErrors(bad: BadFrames) throws {
        let server = try HTTPServer(handler: echo)
        defer { server.stop() }
        let client = try Client(port: server.port)
        client.connection.send(bad.bytes)
        let end = try #require(try client.next(.goAway))
        #expect(end.code == bad.code)
        #expect(try client.next(.goAway) == nil)
    }

    @Test(
        "requests that are not allowed are reset, and others go on",
        arguments: BadFrames.ofStreams
    )
    func streamErrors(bad: BadFrames) throws {
        let server = try HTTPServer(handler: echo)
        defer { server.stop() }
        let client = try Client(port: server.port)
        client.connection.send(bad.bytes)
        let reset = try #require(try client.next(.reset))
        #expect(reset.stream == 1)
        #expect(reset.code == bad.code)
        client.request(3)
        #expect(try client.answer(3)?.text == "GET /\n")
    }

    @Test("a client that does not begin as HTTP/2 does gets no HTTP/2")
    func prefaces() throws {
        let server = try HTTPServer(handler: echo)
        defer { server.stop() }
        for bytes in [
            Array("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n".utf8),
            Client.preface + Client.frame(6, flags: 0, stream: 0, [0, 0, 0, 0, 0, 0, 0, 0]),
        ] {
            let client = try Client(port: server.port, settings: nil)
            client.connection.send(bytes)
            _ = try client.connection.countToEnd()
        }
    }

    @Test("paths, heads and bodies that HTTP/1.1 refuses are refused here too")
    func refusals() throws {
        var limits = HTTPLimits()
        limits.bodyBytesMax = 1_000
        let server = try HTTPServer(limits: limits, handler: echo)
        defer { server.stop() }
        let client = try Client(port: server.port)
        var stream: Int32 = 1
        func status(_ path: String, _ fields: [(String, String)] = []) throws -> String? {
            defer { stream += 2 }
            client.request(
                stream,
                Client.head("GET", path) + fields
            )
            return try client.answer(stream)?.status
        }
        #expect(try status("/a#b") == "400")
        #expect(try status("/" + String(repeating: "x", count: 4_096)) == "414")
        #expect(try status("/", [("x", String(repeating: "y", count: 16_200))]) == "431")
        #expect(try status("/", (0..<65).map { ("x\($0)", "y") }) == "431")
        #expect(try status("/", (0..<64).map { ("x\($0)", "y") }) == "200")
        client.request(stream, Client.head("POST", "/"), ends: false)
        client.send(.data, stream: stream, payload: [UInt8](repeating: 0, count: 1_001))
        #expect(try client.answer(stream)?.status == "413")
        // The rest is not wanted.
        #expect(try client.next(.reset)?.code == 0)
    }

    @Test("the server sends no more than the client has room for")
    func flowControl() throws {
        let size = 200_000
        let server = try HTTPServer { _ in
            HTTPResponse(status: 200, body: [UInt8](repeating: 7, count: size))
        }
        defer { server.stop() }
        let client = try Client(port: server.port, settings: Client.setting(4, 1_000))
        client.request(1)
        var received = 0
        func take(until count: Int) throws {
            while received < count {
                let frame = try #require(try client.next(.data))
                received += frame.payload.count
            }
            #expect(received == count)
            // The answer to a ping shows that nothing more came before it.
            client.send(.ping, payload: [0, 0, 0, 0, 0, 0, 0, 0])
            while let frame = try client.next(), frame.kind != 6 { #expect(frame.kind != 0) }
        }
        try take(until: 1_000)
        client.giveRoom(1, 100_000)
        try take(until: 65_535)
        client.giveRoom(0, 200_000)
        try take(until: 101_000)
        client.giveRoom(1, 200_000)
        while let frame = try client.next(.data) {
            received += frame.payload.count
            if frame.endsStream { break }
        }
        #expect(received == size)
    }

    @Test("long bodies come through, because the server gives room again")
    func uploads() throws {
        let server = try HTTPServer { request in .text(200, "\(request.body.count)") }
        defer { server.stop() }
        let client = try Client(port: server.port)
        client.request(1, Client.head("PUT", "/"), ends: false)
        let piece = [UInt8](repeating: 1, count: 10_000)
        var room = 0
        // The initial windows are the smaller of what the protocol and the server begin with.
        var (sent, allowed) = (0, 65_535)
        while sent < 1_000_000 {
            while sent + piece.count <= allowed, sent < 1_000_000 {
                client.send(.data, flags: sent == 990_000 ? 1 : 0, stream: 1, payload: piece)
                sent += piece.count
            }
            if sent == 1_000_000 { break }
            let update = try #require(try client.next(.windowUpdate))
            if update.stream == 0 {
                room += update.payload.reduce(0) { $0 << 8 | Int($1) }
                allowed = 65_535 + room
            }
        }
        #expect(try client.answer(1)?.text == "1000000\n")
    }

    @Test("no more streams than allowed are taken at once")
    func streamCount() throws {
        let gate = Gate()
        var limits = HTTPLimits()
        limits.streamCountMax = 3
        let server = try HTTPServer(limits: limits, execution: .threads(4)) { request in
            gate.pass()
            return echo(request)
        }
        defer { server.stop() }
        defer { gate.open() }
        let client = try Client(port: server.port)
        // Before it has acknowledged the settings a client may not know the limit, so it is only one stream's fault.
        for stream in [1, 3, 5, 7] as [Int32] { client.request(stream) }
        let reset = try #require(try client.next(.reset))
        #expect(reset.stream == 7)
        #expect(reset.code == 7)
        gate.open()
        #expect(try client.answers([1, 3, 5]).count == 3)
    }
}
