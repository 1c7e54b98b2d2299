import Glibc
import HTTP
import Platform
import Synchronization
import Testing

/// Time that passes only when a test says so.
final class ManualClock: Clock {
    private let now = Atomic<UInt64>(1_000_000_000_000)

    func wallNanoseconds() -> UInt64 { 784_111_777_000_000_000 }
    func monotonicNanoseconds() -> UInt64 { now.load(ordering: .sequentiallyConsistent) }
    func advance(seconds: UInt64) {
        now.add(seconds * 1_000_000_000, ordering: .sequentiallyConsistent)
    }
}

/// Answers with what it was asked.
let echo: HTTPServer.Handler = { request in
    var text = "\(request.method) \(request.path)"
    if let query = request.query { text += " ?\(query)" }
    if !request.body.isEmpty { text += " " + String(decoding: request.body, as: UTF8.self) }
    return .text(200, text)
}

@Suite("HTTP server") struct HTTPServerTests {
    private static let host = "host: localhost\r\n"

    @Test("answers GET, HEAD and POST, on its own thread or others", arguments: [false, true])
    func methods(isInline: Bool) throws {
        let server = try HTTPServer(execution: isInline ? .inline : .threads(2), handler: echo)
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        connection.send("GET /a/b?c=d HTTP/1.1\r\n\(Self.host)\r\n")
        let first = try #require(try connection.answer())
        #expect(first.status == 200)
        #expect(first.body == "GET /a/b ?c=d\n")
        #expect(first.head.hasPrefix("HTTP/1.1 200 OK\r\n"))
        connection.send("POST / HTTP/1.1\r\n\(Self.host)Content-Length: 5\r\n\r\nhello")
        #expect(try connection.answer()?.body == "POST / hello\n")
        connection.send("HEAD /x HTTP/1.1\r\n\(Self.host)\r\nGET /y HTTP/1.1\r\n\(Self.host)\r\n")
        let head = try #require(try connection.answer(hasBody: false))
        #expect(head.head.contains("content-length: 8"))
        #expect(try connection.answer()?.body == "GET /y\n")
    }

    @Test("requests in a row are answered in their order, however long each one takes")
    func pipelining() throws {
        let server = try HTTPServer { request in
            if request.path.hasSuffix("0") { PlatformThread.nap(nanoseconds: 1_000_000) }
            return echo(request)
        }
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        let paths = (0..<50).map { "/\($0)" }
        connection.send(paths.map { "GET \($0) HTTP/1.1\r\n\(Self.host)\r\n" }.joined())
        for path in paths { #expect(try connection.answer()?.body == "GET \(path)\n") }
    }

    @Test("a request may come byte by byte")
    func slowly() throws {
        let server = try HTTPServer(handler: echo)
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        let request =
            "\r\nPOST /p HTTP/1.1\r\n\(Self.host)Transfer-Encoding: chunked\r\n\r\n"
            + "3;x=y\r\nabc\r\n02\r\nde\r\n0\r\nTrailer: x\r\n\r\n"
        for byte in request.utf8 { connection.send([byte]) }
        #expect(try connection.answer()?.body == "POST /p abcde\n")
        connection.send("GET /q HTTP/1.1\r\n\(Self.host)\r\n")
        #expect(try connection.answer()?.body == "GET /q\n")
    }

    @Test("a client that asks first is told to go on")
    func continues() throws {
        let server = try HTTPServer(handler: echo)
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        connection.send(
            "POST / HTTP/1.1\r\n\(Self.host)Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        )
        #expect(try connection.answer()?.status == 100)
        connection.send("ab")
        #expect(try connection.answer()?.body == "POST / ab\n")
    }

    @Test(
        "the connection stays open or not as the client asks",
        arguments: [
            ("HTTP/1.1", "", false), ("HTTP/1.1", "Connection: close\r\n", true),
            ("HTTP/1.0", "", true), ("HTTP/1.0", "Connection: keep-alive\r\n", true),
        ]
    )
    func keepAlive(version: String, field: String, ends: Bool) throws {
        let server = try HTTPServer(handler: echo)
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        connection.send("GET / \(version)\r\n\(Self.host)\(field)\r\n")
        let answer = try #require(try connection.answer())
        #expect(answer.head.contains("connection: close") == ends)
        if ends {
            #expect(try connection.isEnded())
        } else {
            connection.send("GET /2 \(version)\r\n\(Self.host)\(field)\r\n")
            #expect(try connection.answer()?.body == "GET /2\n")
        }
    }

    @Test(
        "what leaves open where a request ends, or is no HTTP/1.1, is refused and ends the connection",
        arguments: [
            ("GET / HTTP/1.1\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
            ("GET / HTTP/1.1\nHost: a\n\n\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\n X: folded\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: \u{0}\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a\r\nX Y: z\r\n\r\n", 400),
            ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
            (" GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("GET /\u{e8} HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("NOSUCH / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
            ("GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505),
            ("GET / http/1.1\r\nHost: a\r\n\r\n", 400),
            ("GET /\r\nHost: a\r\n\r\n", 400),
            ("\u{16}\u{3}\u{1}\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nExpect: more\r\n\r\n", 417),
            (
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                400
            ),
            (
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
                400
            ),
            (
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
                400
            ),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\nabc", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3 3\r\n\r\nabc", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551616\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n", 413),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n", 400),
            (
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
                400
            ),
            ("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ] as [(String, Int)]
    )
    func refusals(request: String, status: Int) throws {
        var limits = HTTPLimits()
        limits.bodyBytesMax = 1_000
        let server = try HTTPServer(limits: limits, handler: echo)
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        connection.send(request + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
        let answer = try #require(try connection.answer())
        #expect(answer.status == status)
        #expect(try connection.isEnded())
    }

    @Test(
        "chunks that are not exactly as they must be are refused",
        arguments: [
            ("\r\n", 400), ("G\r\n", 400), ("0x1\r\na\r\n", 400), ("-1\r\n", 400),
            (" 1\r\na\r\n", 400), ("1 \r\na\r\n", 400), ("1\na\r\n", 400), ("1\r\nab\r\n", 400),
            ("1\r\na\n", 400), ("1;\u{1}\r\na\r\n", 400), (";x\r\n", 400), ("1\r\r\na", 400),
            ("0000000000000001\r\na\r\n", 400), ("ffffffffffffffff\r\n", 400), ("3e9\r\n", 413),
            ("3e8\r\n" + String(repeating: "x", count: 1_000) + "\r\n1\r\n", 413),
            ("0\r\nbad trailer\r\n\r\n", 400), ("0\r\n x: y\r\n\r\n", 400),
            ("0;" + String(repeating: "x", count: 20_000), 431),
        ] as [(String, Int)]
    )
    func chunks(body: String, status: Int) throws {
        var limits = HTTPLimits()
        limits.bodyBytesMax = 1_000
        let server = try HTTPServer(limits: limits, handler: echo)
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        connection.send("POST / HTTP/1.1\r\n\(Self.host)Transfer-Encoding: chunked\r\n\r\n" + body)
        #expect(try connection.answer()?.status == status)
        #expect(try connection.isEnded())
    }

    @Test("a head that is too large in any way is refused before it ends")
    func largeHeads() throws {
        let server = try HTTPServer(handler: echo)
        defer { server.stop() }
        let long = String(repeating: "x", count: 20_000)
        let many = (0..<65).map { "x\($0): y\r\n" }.joined()
        for (request, status) in [
            ("GET / HTTP/1.1\r\nX: \(long)", 431), ("GET /\(long)", 431),
            ("GET / HTTP/1.1\r\n\(Self.host)\(many)\r\n", 431),
            ("GET /\(String(repeating: "x", count: 4_097)) HTTP/1.1\r\n\(Self.host)\r\n", 414),
        ] {
            let connection = try RawConnection(port: server.port)
            connection.send(request)
            #expect(try connection.answer()?.status == status)
            #expect(try connection.isEnded())
        }
    }
}

@Suite("HTTP server under bad clients") struct HTTPServerEnduranceTests {
    private static let host = "host: localhost\r\n"

    @Test(
        "a request that does not come to its end is answered with 408",
        arguments: ["GET / HT", "POST / HTTP/1.1\r\nhost: a\r\nContent-Length: 5\r\n\r\nab"]
    )
    func slowSenders(part: String) throws {
        let clock = ManualClock()
        let server = try HTTPServer(clock: clock, handler: echo)
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        let other = try RawConnection(port: server.port)
        connection.send(part)
        // The answer to another request shows that the server has seen the first part.
        other.send("GET /seen HTTP/1.1\r\n\(Self.host)\r\n")
        #expect(try other.answer()?.status == 200)
        clock.advance(seconds: 40)
        #expect(try connection.answer()?.status == 408)
        #expect(try connection.isEnded())
    }

    @Test("a connection without a request is closed after a while, without a word")
    func idle() throws {
        let clock = ManualClock()
        let server = try HTTPServer(clock: clock, handler: echo)
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        connection.send("GET / HTTP/1.1\r\n\(Self.host)\r\n")
        #expect(try connection.answer()?.status == 200)
        clock.advance(seconds: 61)
        #expect(try connection.isEnded())
    }

    @Test("a client that does not read its answer is cut off")
    func slowReaders() throws {
        let clock = ManualClock()
        let size = 32 << 20
        let server = try HTTPServer(clock: clock) { _ in
            HTTPResponse(status: 200, body: [UInt8](repeating: 7, count: size))
        }
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        connection.send("GET / HTTP/1.1\r\n\(Self.host)\r\n")
        let other = try RawConnection(port: server.port)
        other.send("GET / HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n")
        #expect(try other.countToEnd() > size)
        // The rate that the limits ask for gives 32 MiB 2,048 seconds, and ten more.
        clock.advance(seconds: 2_100)
        #expect(try connection.countToEnd() < size)
    }

    @Test("more connections than allowed are closed at once, and room is given again")
    func connectionCount() throws {
        var limits = HTTPLimits()
        limits.connectionCountMax = 2
        let server = try HTTPServer(limits: limits, handler: echo)
        defer { server.stop() }
        let request = "GET / HTTP/1.1\r\n\(Self.host)\r\n"
        let first = try RawConnection(port: server.port)
        first.send(request)
        #expect(try first.answer()?.status == 200)
        do {
            let second = try RawConnection(port: server.port)
            second.send(request)
            #expect(try second.answer()?.status == 200)
            let third = try RawConnection(port: server.port)
            #expect(try third.isEnded())
        }
        // The end of the second is seen before the next connection is taken, or the next one is closed and
        // tried again.
        var statuses: [Int] = []
        while statuses.isEmpty {
            let fourth = try RawConnection(port: server.port)
            fourth.send(request)
            if let answer = try fourth.answer() { statuses.append(answer.status) }
        }
        #expect(statuses == [200])
    }

    @Test("more requests than may wait are answered with 503")
    func busy() throws {
        let gate = Gate()
        var limits = HTTPLimits()
        limits.waitingCountMax = 1
        let server = try HTTPServer(limits: limits, execution: .threads(1)) { request in
            gate.pass()
            return echo(request)
        }
        defer { server.stop() }
        defer { gate.open() }
        let connections = try (0..<3).map { _ in try RawConnection(port: server.port) }
        connections[0].send("GET /0 HTTP/1.1\r\n\(Self.host)\r\n")
        gate.awaitArrival()
        connections[1].send("GET /1 HTTP/1.1\r\n\(Self.host)\r\n")
        connections[2].send("GET /2 HTTP/1.1\r\n\(Self.host)\r\n")
        // One of the two waits in the queue, and the other one is refused before anything moves.
        let refused = try #require(RawConnection.firstReadable([connections[1], connections[2]]))
        #expect(try connections[1 + refused].answer()?.status == 503)
        gate.open()
        #expect(try connections[0].answer()?.status == 200)
        #expect(try connections[2 - refused].answer()?.status == 200)
    }

    @Test("a server that stops answers what is in work and takes nothing more")
    func drain() throws {
        let gate = Gate()
        let server = try HTTPServer { request in
            gate.pass()
            return echo(request)
        }
        defer { server.stop() }
        defer { gate.open() }
        let port = server.port
        let working = try RawConnection(port: port)
        let idle = try RawConnection(port: port)
        working.send("GET /work HTTP/1.1\r\n\(Self.host)\r\n")
        gate.awaitArrival()
        let stopper = try PlatformThread.start(name: "stopper") { server.stop() }
        #expect(try idle.isEnded())
        gate.open()
        let answer = try #require(try working.answer())
        #expect(answer.body == "GET /work\n")
        #expect(answer.head.contains("connection: close"))
        #expect(try working.isEnded())
        stopper.join()
        #expect(server.failure == nil)
        #expect(throws: RawConnection.Refused.self) { try RawConnection(port: port) }
    }

    @Test("the date is written as HTTP does")
    func date() throws {
        let server = try HTTPServer(clock: ManualClock(), handler: echo)
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        connection.send("GET / HTTP/1.1\r\n\(Self.host)\r\n")
        let head = try #require(try connection.answer()).head
        // The example of RFC 9110 §5.6.7.
        #expect(head.contains("date: Sun, 06 Nov 1994 08:49:37 GMT"))
    }

    @Test("an address that is taken, or none, is refused")
    func addresses() throws {
        let server = try HTTPServer(handler: echo)
        defer { server.stop() }
        let taken = "127.0.0.1:\(server.port)"
        #expect(throws: HTTPError.system(.failed(.listen, path: taken, code: EADDRINUSE))) {
            try HTTPServer(address: SocketAddress(taken), handler: echo)
        }
        for text in [
            "", "127.0.0.1", "localhost:80", "127.0.0.1:65536", "::1:80", "[::1]", "[x]:1",
        ] {
            #expect(throws: HTTPError.invalidAddress(text)) { try SocketAddress(text) }
        }
        #expect(try SocketAddress("[::1]:80").isLoopback)
        #expect(try !SocketAddress("0.0.0.0:80").isLoopback)
    }
}

/// Holds handlers until a test lets them go.
final class Gate: Sendable {
    private let state = Mutex((arrivals: 0, isOpen: false))

    func pass() {
        state.withLock { $0.arrivals += 1 }
        while !state.withLock({ $0.isOpen }) { PlatformThread.nap(nanoseconds: 100_000) }
    }

    func awaitArrival() {
        // A bound, so that a test that fails does not hang.
        for _ in 0..<100_000 where state.withLock({ $0.arrivals }) == 0 {
            PlatformThread.nap(nanoseconds: 100_000)
        }
    }

    func open() { state.withLock { $0.isOpen = true } }
}
