import Foundation
import HTTP
import Testing
import TestSupport

@Suite(
    "HTTP/2 with another implementation",
    .enabled(if: CurlProgram.isAvailable, "curl with HTTP/2 is missing")
)
struct HTTP2CurlTests {
    @Test("answers GET, HEAD and POST over a connection that begins with HTTP/2")
    func methods() throws {
        let server = try HTTPServer(execution: .inline, handler: echo)
        defer { server.stop() }
        let url = "http://127.0.0.1:\(server.port)"
        #expect(
            try CurlProgram.run(["--http2-prior-knowledge", "\(url)/a?b=c"]) == "GET /a ?b=c\n"
        )
        let body = String(repeating: "x", count: 300_000)
        let file = try TemporaryDirectory()
        try Data(body.utf8).write(to: URL(filePath: file.path(of: "body")))
        #expect(
            try CurlProgram.run([
                "--http2-prior-knowledge", "--data-binary", "@\(file.path(of: "body"))", url + "/",
            ]) == "POST / \(body)\n"
        )
        let head = try CurlProgram.run(["--http2-prior-knowledge", "--head", url + "/e"])
        #expect(head.hasPrefix("HTTP/2 200"))
        #expect(head.contains("content-length: 8"))
    }

    @Test("a wish to change to HTTP/2 on the way is not granted, and the request is answered")
    func upgrade() throws {
        let server = try HTTPServer(execution: .inline, handler: echo)
        defer { server.stop() }
        let answer = try CurlProgram.run([
            "--http2", "--include", "http://127.0.0.1:\(server.port)/a",
        ])
        #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
        #expect(answer.hasSuffix("\r\n\r\nGET /a\n"))
    }
}

/// The program curl.
enum CurlProgram {
    private static let path = "/usr/bin/curl"

    static var isAvailable: Bool { FileManager.default.isExecutableFile(atPath: path) }

    static func run(_ arguments: [String]) throws -> String {
        let words = [path, "--silent", "--max-time", "20"] + arguments
        return String(decoding: try FinishedProgram.output(words), as: UTF8.self)
    }
}
