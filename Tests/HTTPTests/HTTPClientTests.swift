import HTTP
import Platform
import Testing

@Suite("HTTP client") struct HTTPClientTests {
    @Test("gets and posts, and gives every status back")
    func requests() throws {
        let server = try HTTPServer { request in
            if request.path == "/conflict" {
                let headers = HTTPHeaders(["Content-Type": "text/x.tlog.size"])
                return HTTPResponse(status: 409, headers: headers, body: Array("7\n".utf8))
            }
            return echo(request)
        }
        defer { server.stop() }
        let client = try HTTPClient()
        let base = "http://127.0.0.1:\(server.port)"
        let first = try client.get(base + "/a?b")
        #expect(first.status == 200)
        #expect(first.contentType == "text/plain; charset=utf-8")
        #expect(first.body == Array("GET /a ?b\n".utf8))
        let body = [UInt8](repeating: 0x78, count: 100_000)
        let posted = try client.post(base + "/p", body: body, contentType: "text/plain")
        #expect(posted.body == Array("POST /p ".utf8) + body + [0x0a])
        #expect(try client.post(base + "/p", body: [], contentType: "x/y").body.count == 8)
        let conflict = try client.get(base + "/conflict")
        #expect(conflict.status == 409)
        #expect(conflict.contentType == "text/x.tlog.size")
        #expect(conflict.body == Array("7\n".utf8))
    }

    @Test("an answer that is too large is not taken")
    func tooLarge() throws {
        let server = try HTTPServer { _ in
            HTTPResponse(status: 200, body: [UInt8](repeating: 1, count: 1_001))
        }
        defer { server.stop() }
        var limits = HTTPClient.Limits()
        limits.bodyBytesMax = 1_000
        let url = "http://127.0.0.1:\(server.port)/"
        #expect(throws: HTTPError.tooLarge(url: url, limit: 1_000)) {
            try HTTPClient(limits: limits).get(url)
        }
        limits.bodyBytesMax = 1_001
        #expect(try HTTPClient(limits: limits).get(url).body.count == 1_001)
    }

    @Test("a server that does not answer costs no more than the time that is given")
    func timeOut() throws {
        let gate = Gate()
        let server = try HTTPServer { request in
            gate.pass()
            return echo(request)
        }
        defer { server.stop() }
        defer { gate.open() }
        var limits = HTTPClient.Limits()
        limits.totalMilliseconds = 50
        let url = "http://127.0.0.1:\(server.port)/"
        #expect(throws: HTTPError.timedOut(url: url)) { try HTTPClient(limits: limits).get(url) }
        gate.open()
    }

    @Test("a server that is not there, and a URL that is none, are errors")
    func failures() throws {
        let client = try HTTPClient()
        let server = try HTTPServer(handler: echo)
        let port = server.port
        server.stop()
        #expect(throws: HTTPError.self) { try client.get("http://127.0.0.1:\(port)/") }
        for url in ["file:///etc/passwd", "ftp://a/", "127.0.0.1/", "http://a b/", "http://a/\n"] {
            #expect(throws: HTTPError.invalidURL(url)) { try client.get(url) }
        }
    }

    @Test("a redirect is given back, not followed")
    func redirect() throws {
        let server = try HTTPServer { request in
            guard request.path == "/" else { return echo(request) }
            return .text(302, "elsewhere", ["Location": "/other"])
        }
        defer { server.stop() }
        #expect(try HTTPClient().get("http://127.0.0.1:\(server.port)/").status == 302)
    }
}
