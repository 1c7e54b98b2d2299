import Foundation
import HTTP
import Platform
import Testing
import TestSupport

@Suite("files over HTTP") struct ContentTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func write(_ name: String, _ bytes: [UInt8]) throws {
        let url = URL(filePath: directory.path(of: name))
        let folder = url.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    private func get(_ path: String, _ fields: KeyValuePairs<String, String> = [:]) -> HTTPRequest {
        HTTPRequest(method: "GET", path: path, headers: HTTPHeaders(fields))
    }

    @Test(
        "an answer may be a file of any length, and the connection goes on behind it",
        arguments: [0, 1, 65_535, 65_536, 65_537, 1_000_000]
    )
    func files(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 >> 8) }
        try write("file", bytes)
        let folder = try LinuxDirectory.open(directory.path(of: ""))
        let server = try HTTPServer { request in
            if request.path != "/file" { return echo(request) }
            do {
                return HTTPResponse(status: 200, file: try HTTPFile("file", in: folder))
            } catch {
                return .text(500, "\(error)")
            }
        }
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        let request = "GET /file HTTP/1.1\r\nhost: a\r\n\r\n"
        connection.send(request + "GET /next HTTP/1.1\r\nhost: a\r\n\r\n" + request)
        #expect(try connection.bytes() == bytes)
        #expect(try connection.answer()?.body == "GET /next\n")
        #expect(try connection.bytes() == bytes)
        connection.send("HEAD /file HTTP/1.1\r\nhost: a\r\n\r\n")
        let head = try #require(try connection.answer(hasBody: false)).head
        #expect(head.contains("content-length: \(count)"))
        guard CurlProgram.isAvailable else { return }
        let url = "http://127.0.0.1:\(server.port)/file"
        let target = directory.path(of: "copy")
        _ = try CurlProgram.run(["--http2-prior-knowledge", "--output", target, url])
        #expect(try Array(Data(contentsOf: URL(filePath: target))) == bytes)
    }

    @Test("a file that became shorter ends the connection, so that nobody takes the part for all")
    func truncated() throws {
        try write("file", [UInt8](repeating: 1, count: 1_000_000))
        let folder = try LinuxDirectory.open(directory.path(of: ""))
        let file = try HTTPFile("file", in: folder)
        try write("file", [UInt8](repeating: 1, count: 100_000))
        // The path may lead to a new file; the opening is what was cut.
        try folder.open("file", readOnly: false).truncate(to: 100_000)
        let server = try HTTPServer { _ in HTTPResponse(status: 200, file: file) }
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        connection.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n")
        #expect(try connection.countToEnd() < 200_000)
    }

    @Test("files of a folder are served by their paths, and nothing else is")
    func folders() throws {
        try write("index.html", Array("<!doctype html>".utf8))
        try write("app/main.js", Array("export {}".utf8))
        try write("app/.secret.js", Array("secret".utf8))
        try write("app/key.pem", Array("secret".utf8))
        try FileManager.default.createSymbolicLink(
            atPath: directory.path(of: "app/link.js"),
            withDestinationPath: "/etc/passwd"
        )
        var files = StaticFiles(headers: HTTPHeaders(["Content-Security-Policy": "x"]))
        try files.add("/", file: directory.path(of: "index.html"))
        try files.add(folder: directory.path(of: "app"), under: "/app/")
        #expect(files.paths == ["/", "/app/main.js"])
        let page = try #require(files.answer(get("/")))
        #expect(page.status == 200)
        #expect(page.body == Array("<!doctype html>".utf8))
        #expect(page.headers["content-type"] == "text/html; charset=utf-8")
        #expect(page.headers["content-security-policy"] == "x")
        #expect(page.headers["x-content-type-options"] == "nosniff")
        for path in [
            "/app", "/app/", "/app/.secret.js", "/app/link.js", "/app/key.pem",
            "/app/../index.html", "/app/%2e%2e/index.html", "/app/main.js/", "//app/main.js",
            "/APP/main.js", "/app/main%2ejs",
        ] {
            #expect(files.answer(get(path)) == nil, "\(path)")
        }
        let post = HTTPRequest(method: "POST", path: "/app/main.js")
        #expect(files.answer(post)?.status == 405)
    }

    @Test("a client that has a file does not get it again")
    func tags() throws {
        var files = StaticFiles()
        try files.add("/a", content: Array("one".utf8), type: "text/plain")
        let tag = try #require(files.answer(get("/a"))?.headers["etag"])
        for value in [tag, "W/" + tag, "\"x\", \(tag)", "*"] {
            let answer = try #require(files.answer(get("/a", ["If-None-Match": value])))
            #expect(answer.status == 304)
            #expect(answer.headers["etag"] == tag)
        }
        for value in ["\"x\"", "", tag + "x"] {
            #expect(files.answer(get("/a", ["If-None-Match": value]))?.status == 200)
        }
        try files.add("/a", content: Array("two".utf8), type: "text/plain")
        let answer = try #require(files.answer(get("/a", ["If-None-Match": tag])))
        #expect(answer.body == Array("two".utf8))
    }

    @Test(
        "a client gets the compressed form if it takes that, with a tag of its own",
        arguments: [
            ("gzip", true), ("deflate, gzip;q=1.0, br", true), ("*", true), ("GZIP", true),
            ("", false), ("identity", false), ("gzip;q=0", false), ("gzip; q=0.000, *", false),
            ("*;q=0", false), ("br", false), ("gzip;q=0.5", true),
        ]
    )
    func compression(value: String, isCompressed: Bool) throws {
        var files = StaticFiles()
        let content = Array(String(repeating: "export const a = 1;\n", count: 500).utf8)
        try files.add("/a.js", content: content, type: "text/javascript; charset=utf-8")
        let plain = try #require(files.answer(get("/a.js")))
        let answer = try #require(files.answer(get("/a.js", ["Accept-Encoding": value])))
        #expect(answer.headers["vary"] == "Accept-Encoding")
        #expect((answer.headers["content-encoding"] == "gzip") == isCompressed)
        #expect((answer.headers["etag"] != plain.headers["etag"]) == isCompressed)
        #expect((answer.body == content) != isCompressed)
    }

    @Test(
        "what is compressed can be read by another program, and what cannot shrink stays as it is"
    )
    func gzip() throws {
        let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 100) }
        let unpacked = try FinishedProgram.output(
            ["/bin/gzip", "-d", "-c"],
            input: Gzip.compress(content)
        )
        #expect(unpacked == content)
        var files = StaticFiles()
        let noise = (0..<10_000).map { _ in SystemRandom.bytes(1)[0] }
        try files.add("/a.wasm", content: noise, type: "application/wasm")
        let answer = try #require(files.answer(get("/a.wasm", ["Accept-Encoding": "gzip"])))
        #expect(answer.headers["content-encoding"] == nil)
    }

    @Test("files that are unknown, missing or too many are refused")
    func refusals() throws {
        try write("a.exe", [1])
        var files = StaticFiles(totalBytesMax: 100)
        let unknown = directory.path(of: "a.exe")
        #expect(throws: HTTPError.unknownContent(unknown)) { try files.add("/a", file: unknown) }
        #expect(throws: HTTPError.self) {
            try files.add("/a", file: directory.path(of: "none.html"))
        }
        #expect(throws: HTTPError.self) {
            try files.add(folder: directory.path(of: "none"), under: "/")
        }
        #expect(throws: HTTPError.tooManyFiles(limit: 100)) {
            try files.add("/a", content: [UInt8](repeating: 0, count: 101), type: "image/png")
        }
    }
}

@Suite("policies for browsers") struct PolicyTests {
    private let listed = "https://trade.example"
    private var handlers: HTTPHandlers {
        webSocketHandlers(EchoSession())
            .applying(SecurityHeaders(), CORSPolicy(origins: [listed]))
    }

    private func ask(
        _ method: String,
        _ fields: KeyValuePairs<String, String>,
        isSecure: Bool = false
    ) async -> HTTPResponse {
        let request = HTTPRequest(
            method: method,
            path: "/a",
            headers: HTTPHeaders(fields),
            peer: HTTPPeer(isSecure: isSecure)
        )
        return await withCheckedContinuation { continuation in
            handlers.request(request, HTTPResponder { continuation.resume(returning: $0) })
        }
    }

    @Test("every answer tells browsers to be strict")
    func security() async {
        let answer = await ask("GET", [:])
        #expect(answer.body == Array("GET /a\n".utf8))
        for (name, value) in [
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
        ] {
            #expect(answer.headers[name] == value)
        }
        #expect(answer.headers["strict-transport-security"] == nil)
        let secure = await ask("GET", [:], isSecure: true)
        #expect(secure.headers["strict-transport-security"] == "max-age=31536000")
    }

    @Test("pages of listed origins may read answers, and no others")
    func origins() async {
        let allowed = await ask("GET", ["Origin": listed])
        #expect(allowed.headers["access-control-allow-origin"] == listed)
        #expect(allowed.headers.values("vary") == ["Origin"])
        #expect(allowed.headers["access-control-allow-credentials"] == nil)
        for other in ["https://evil.example", "null", "https://trade.example.evil", "*"] {
            let refused = await ask("GET", ["Origin": other])
            #expect(refused.headers["access-control-allow-origin"] == nil)
            #expect(refused.headers["vary"] == "Origin")
        }
    }

    @Test("a browser that asks beforehand is answered without the handler")
    func preflight() async {
        let question = "Access-Control-Request-Method"
        let allowed = await ask("OPTIONS", ["Origin": listed, question: "DELETE"])
        #expect(allowed.status == 204)
        #expect(allowed.headers["access-control-allow-methods"]?.contains("DELETE") == true)
        let refused = await ask("OPTIONS", ["Origin": "https://evil.example", question: "PUT"])
        #expect(refused.status == 403)
        let plain = await ask("OPTIONS", ["Origin": listed])
        #expect(plain.body == Array("OPTIONS /a\n".utf8))
    }

    @Test(
        "a WebSocket is opened by programs, by pages of the server and by listed ones",
        arguments: [
            (nil, true), ("http://venue.example:8080", true), ("https://trade.example", true),
            ("https://venue.example:8080", false), ("http://venue.example", false),
            ("https://evil.example", false), ("null", false),
        ]
    )
    func webSockets(origin: String?, isAdmitted: Bool) {
        var headers = HTTPHeaders(["Host": "venue.example:8080"])
        if let origin { headers.add("Origin", origin) }
        let request = HTTPRequest(method: "GET", path: "/ws", headers: headers)
        guard let answer = handlers.webSocket?(request) else {
            Issue.record("WebSockets are gone")
            return
        }
        var isAccepted = false
        if case .accept = answer { isAccepted = true }
        #expect(isAccepted == isAdmitted)
    }
}
