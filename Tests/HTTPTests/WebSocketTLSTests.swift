import Foundation
import HTTP
import Platform
import Testing
import TestSupport

/// A server of another implementation, with a certificate of its own.
private final class TLSServer {
    private static let openSSL = "/usr/bin/openssl"

    static var isAvailable: Bool {
        Places.hasPython && FileManager.default.isExecutableFile(atPath: openSSL)
    }

    private let directory: TemporaryDirectory
    let port: String
    private let process: ChildProcess

    let certificate: String

    init() throws {
        directory = try TemporaryDirectory()
        certificate = directory.path(of: "certificate.pem")
        let key = directory.path(of: "key.pem")
        _ = try FinishedProgram.output(
            [
                Self.openSSL, "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", key, "-out", certificate,
                "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
            ]
        )
        process = try .python(
            Places.tests().appending(path: "Scripts/tls_websocket.py"),
            [certificate, key]
        )
        port = try process.firstLine()
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
