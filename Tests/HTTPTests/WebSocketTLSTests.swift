import Foundation
import HTTP
import Platform
import Testing

/// A server of another implementation, with a certificate of its own.
private final class TLSServer {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    private static let python = tests.deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: ".build/python/bin/python").path
    private static let openSSL = "/usr/bin/openssl"

    static var isAvailable: Bool {
        [python, openSSL].allSatisfy(FileManager.default.isExecutableFile)
    }

    let folder: String
    let port: String
    private let process: ChildProcess

    var certificate: String { folder + "/certificate.pem" }

    init() throws {
        folder = try TemporaryFolder.make()
        let maker = try ChildProcess(
            Self.openSSL,
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", folder + "/key.pem", "-out", folder + "/certificate.pem",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
            ]
        )
        #expect(maker.wait() == .exited(0))
        process = try ChildProcess(
            Self.python,
            [
                Self.tests.appending(path: "Scripts/tls_websocket.py").path,
                folder + "/certificate.pem", folder + "/key.pem",
            ]
        )
        var line: [UInt8] = []
        while line.last != UInt8(ascii: "\n"), try process.output.read(appendingTo: &line) {}
        port = String(decoding: line.dropLast(), as: UTF8.self)
    }

    deinit {
        process.kill()
        do { try TemporaryFolder.remove(folder) } catch { Issue.record("\(error)") }
    }
}

@Suite(
    "a WebSocket over TLS",
    .enabled(if: TLSServer.isAvailable, "Python or the openssl command is missing")
)
struct WebSocketTLSTests {
    @Test("talks to a server whose certificate it trusts, and to no other") func trust() throws {
        let server = try TLSServer()
        var limits = WebSocketConnection.Limits()
        limits.trustedRootsPath = server.certificate
        let url = "wss://127.0.0.1:\(server.port)/"
        let socket = try WebSocketConnection(url, limits: limits)
        #expect(try socket.receive(timeoutMilliseconds: 5_000) == .text("hello"))
        try socket.send(text: "once more")
        #expect(try socket.receive(timeoutMilliseconds: 5_000) == .text("once more"))

        // The system's roots do not know it, and it is not made for another name.
        for (other, roots) in [(url, nil), ("wss://localhost:\(server.port)/", server.certificate)]
        {
            limits.trustedRootsPath = roots
            let error = #expect(throws: WebSocketError.self) {
                _ = try WebSocketConnection(other, limits: limits)
            }
            guard case .cannotConnect = error else {
                Issue.record("\(other): \(String(describing: error))")
                continue
            }
        }
    }
}
