import ComponentHost
import HTTP
import Synchronization
import Testing

@Suite("Requests of programs") struct ExchangeTests {
    @Test("any method, field and body arrives, and the answer comes with its fields")
    func exchange() throws {
        let server = try HTTPServer { request in
            let line = "\(request.method) \(request.path) \(request.headers["x-a"] ?? "-")"
            return HTTPResponse(
                status: 201,
                headers: HTTPHeaders(["X-B": "b", "X-C": ""]),
                body: Array(line.utf8) + request.body
            )
        }
        defer { server.stop() }
        let exchange = HTTPExchange(mayBePrivate: true, milliseconds: 5_000, bodyBytesMax: 100)
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH"] {
            var request = HTTPExchange.Request(
                method: method,
                url: "http://127.0.0.1:\(server.port)/a/../b?c"
            )
            request.fields = [("X-A", "1"), ("Content-Type", "text/x")]
            request.body = method == "GET" ? [] : [1, 2]
            let answer = try exchange.send(request)
            #expect(answer.status == 201)
            #expect(answer.fields.contains { $0 == ("x-b", "b") })
            #expect(answer.fields.contains { $0 == ("x-c", "") })
            #expect(answer.body == Array("\(method) /a/../b 1".utf8) + request.body)
        }
        var small = exchange
        small.bodyBytesMax = 5
        #expect(throws: HTTPExchange.Failure.tooLarge) {
            try small.send(.init(method: "GET", url: "http://127.0.0.1:\(server.port)/"))
        }
    }

    @Test("a redirect is an answer, and is not followed")
    func redirect() throws {
        let server = try HTTPServer { _ in
            HTTPResponse(status: 302, headers: HTTPHeaders(["Location": "http://127.0.0.1:1/"]))
        }
        defer { server.stop() }
        let answer = try HTTPExchange(mayBePrivate: true, milliseconds: 5_000, bodyBytesMax: 100)
            .send(.init(method: "GET", url: "http://127.0.0.1:\(server.port)/"))
        #expect(answer.status == 302)
    }

    @Test(
        "addresses that are not public are not asked, however they are written",
        arguments: [
            "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0.0.0.0", "localhost", "[::1]", "[::]",
            "[::ffff:127.0.0.1]", "[::127.0.0.1]", "10.1.2.3", "172.16.0.1", "172.31.255.255",
            "192.168.0.1", "169.254.169.254", "100.64.0.1", "[fe80::1]", "[fd00::1]",
            "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001:db8::1]", "224.0.0.1",
            "255.255.255.255",
        ]
    )
    func privateAddress(_ host: String) throws {
        let server = try HTTPServer { _ in .text(200, "reached") }
        defer { server.stop() }
        let exchange = HTTPExchange(mayBePrivate: false, milliseconds: 5_000, bodyBytesMax: 100)
        let failure = #expect(throws: HTTPExchange.Failure.self) {
            try exchange.send(.init(method: "GET", url: "http://\(host):\(server.port)/"))
        }
        #expect(failure == .privateAddress || failure == .invalid)
    }

    @Test(
        "what is no request is not sent",
        arguments: [
            ("G ET", "http://127.0.0.1/", "a", "b"), ("", "http://127.0.0.1/", "a", "b"),
            ("GET", "ftp://127.0.0.1/", "a", "b"), ("GET", "http://127.0.0.1/ x", "a", "b"),
            ("GET", "http://127.0.0.1/\r\nX: y", "a", "b"),
            ("GET", "http://127.0.0.1/", "a", "b\r\nc: d"),
            ("GET", "http://127.0.0.1/", "a\n", "b"), ("GET", "http://127.0.0.1/", "a:", "b"),
            ("GET", "http://127.0.0.1/", "", "b"), ("GET", "file:///etc/passwd", "a", "b"),
        ]
    )
    func invalid(_ method: String, _ url: String, _ name: String, _ value: String) throws {
        var request = HTTPExchange.Request(method: method, url: url)
        request.fields = [(name, value)]
        let exchange = HTTPExchange(mayBePrivate: true, milliseconds: 100, bodyBytesMax: 1)
        #expect(throws: HTTPExchange.Failure.invalid) { try exchange.send(request) }
    }

    /// Notes what it is asked, and answers.
    private final class Recorder: OutgoingHTTP {
        let asked = Mutex<[(authority: String, mayBePrivate: Bool)]>([])

        func send(
            _ request: OutgoingHTTPRequest,
            mayBePrivate: Bool,
            milliseconds: Int,
            bodyBytesMax: Int
        ) throws(OutgoingHTTPError) -> OutgoingHTTPAnswer {
            asked.withLock { $0.append((request.authority, mayBePrivate)) }
            return OutgoingHTTPAnswer(status: 200, headers: [], body: [])
        }
    }

    struct RuleRow: Sendable, CustomTestStringConvertible {
        var list: [String]
        var authority: String
        var isAsked: Bool

        init(_ list: [String], _ authority: String, _ isAsked: Bool) {
            self.list = list
            self.authority = authority
            self.isAsked = isAsked
        }

        var testDescription: String { "\(authority) of \(list)" }
    }

    @Test(
        "a host is asked if an entry of the list names it and its port",
        arguments: [
            RuleRow(["example.org"], "example.org", true),
            RuleRow(["EXAMPLE.org"], "example.ORG", true),
            RuleRow(["example.org"], "example.org:80", true),
            RuleRow(["example.org:80"], "example.org", true),
            RuleRow(["example.org."], "example.org", true),
            RuleRow(["http://example.org/path"], "example.org", true),
            RuleRow(["a.b", "[2001::1]:8080"], "[2001::1]:8080", true),
            RuleRow(["example.org"], "example.org:8080", false),
            RuleRow(["example.org:8080"], "example.org", false),
            RuleRow(["example.org"], "www.example.org", false),
            RuleRow(["example.org"], "example.org.evil.com", false),
            RuleRow(["example.org"], "example.org@evil.com", false),
            RuleRow(["example.org"], "user:example.org@evil.com", false),
            RuleRow(["example.org"], "example.org/../evil.com", false),
            RuleRow(["example.org"], "example.org#evil.com", false),
            RuleRow(["example.org"], "example.org\\evil.com", false),
            RuleRow(["*"], "example.org", false),
            RuleRow([""], "example.org", false),
            RuleRow([], "example.org", false),
            RuleRow(["example.org"], "", false),
        ]
    )
    func rules(_ row: RuleRow) throws {
        let recorder = Recorder()
        let permissions = Permissions(
            allowedHTTPHosts: .only(row.list),
            fileSystem: false,
            rawSockets: false,
            dnsResolution: false
        )
        let component = try Sandbox.component("hostile/forbidden-host")
        let responses = try component.run(
            Sandbox.action(Array(row.authority.utf8)),
            HostContext(permissions: permissions, http: recorder),
            Sandbox.limits
        )
        let answer = responses.map { String(decoding: $0.payload, as: UTF8.self) }
        #expect((answer == ["status 200"]) == row.isAsked)
        let asked = recorder.asked.withLock { $0 }
        #expect(asked.map(\.authority) == (row.isAsked ? [row.authority] : []))
        let arePrivate = asked.allSatisfy { $0.mayBePrivate }
        #expect(arePrivate)
    }
}
