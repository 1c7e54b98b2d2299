import Cryptography
import Foundation
import HTTP
import TLS
import Testing
import TestSupport

/// Certificates with their keys, made by the program openssl.
struct TestCertificates {
    private static let openSSL = "/usr/bin/openssl"
    static var isAvailable: Bool {
        FileManager.default.isExecutableFile(atPath: openSSL) && CurlProgram.isAvailable
    }

    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    func path(_ name: String) -> String { directory.path(of: name) }

    /// Makes `name.pem` and `name.key`.
    func make(_ name: String, algorithm: String = "ed25519", password: String? = nil) throws {
        var words = [Self.openSSL, "req", "-x509", "-newkey", algorithm]
        if algorithm == "ec" { words += ["-pkeyopt", "ec_paramgen_curve:P-256"] }
        words += password.map { ["-passout", "pass:" + $0] } ?? ["-nodes"]
        words += ["-keyout", path(name + ".key"), "-out", path(name + ".pem")]
        words += ["-subj", "/CN=\(name)", "-addext", "subjectAltName=IP:127.0.0.1"]
        _ = try FinishedProgram.output(words)
    }

    /// The key of a certificate and its fingerprint, as the program openssl sees them, in hexadecimal.
    func names(_ name: String) throws -> (key: String, fingerprint: String) {
        let text = try FinishedProgram.output([
            Self.openSSL, "x509", "-in", path(name + ".pem"), "-noout", "-sha256", "-fingerprint",
            "-pubkey",
        ])
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        let fingerprint = lines[0].split(separator: "=")[1].filter { $0 != ":" }.lowercased()
        let encoded = lines.dropFirst().filter { !$0.contains("-----") }.joined()
        // The key stands at the end of its encoding (RFC 8410 §4).
        let key = Data(base64Encoded: encoded) ?? Data()
        return (Hex.encode(Array(key.suffix(32))), fingerprint)
    }
}

/// Says who asks.
private let whoAmI: HTTPServer.Handler = { request in
    let key = request.peer.key.map { Hex.encode($0) } ?? "-"
    let fingerprint = request.peer.fingerprint.map { Hex.encode($0) } ?? "-"
    let peer = "\(request.peerAddress) \(request.peer.isSecure)"
    return .text(200, "\(request.version.rawValue) \(peer) \(key) \(fingerprint)")
}

@Suite(
    "HTTP server with TLS",
    .enabled(if: TestCertificates.isAvailable, "curl or the openssl command is missing")
)
struct HTTPServerTLSTests {
    private let certificates: TestCertificates

    init() throws {
        certificates = try TestCertificates()
        try certificates.make("server", algorithm: "ec")
    }

    private func listener(
        _ clients: TLSListener.Clients = .anonymous,
        admits: @escaping @Sendable (TLSPeer) -> Bool = { _ in true }
    ) throws -> TLSListener {
        try TLSListener(
            certificatePath: certificates.path("server.pem"),
            keyPath: certificates.path("server.key"),
            clients: clients,
            admits: admits
        )
    }

    private func ask(_ server: HTTPServer, _ options: [String] = []) throws -> String {
        try CurlProgram.run(
            ["--cacert", certificates.path("server.pem")] + options
                + ["https://127.0.0.1:\(server.port)/"]
        )
    }

    private func identity(_ name: String) -> [String] {
        ["--cert", certificates.path(name + ".pem"), "--key", certificates.path(name + ".key")]
    }

    @Test("speaks HTTP/2 or HTTP/1.1, as the client prefers")
    func protocols() throws {
        let server = try HTTPServer(tls: listener(), handler: whoAmI)
        defer { server.stop() }
        #expect(try ask(server) == "HTTP/2 127.0.0.1 true - -\n")
        #expect(try ask(server, ["--http1.1"]) == "HTTP/1.1 127.0.0.1 true - -\n")
        #expect(try ask(server, ["--no-alpn"]) == "HTTP/1.1 127.0.0.1 true - -\n")
    }

    @Test("refuses older versions of TLS, and what is no TLS")
    func refusals() throws {
        let server = try HTTPServer(tls: listener(), handler: whoAmI)
        defer { server.stop() }
        #expect(throws: ProgramFailure.self) { try ask(server, ["--tls-max", "1.2"]) }
        let connection = try RawConnection(port: server.port)
        connection.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n")
        // An alert of TLS, and the end; no answer in the clear.
        #expect(try connection.countToEnd() < 16)
    }

    @Test("a client that does not finish its handshake is let go")
    func slowHandshakes() throws {
        let clock = ManualClock()
        let server = try HTTPServer(tls: listener(), clock: clock, handler: whoAmI)
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        connection.send([0x16, 0x03, 0x01])
        #expect(try ask(server).isEmpty == false)
        clock.advance(seconds: 11)
        #expect(try connection.isEnded())
    }

    @Test("a client is the key that it holds")
    func identities() throws {
        try certificates.make("member")
        try certificates.make("corporate", algorithm: "ec")
        let member = try certificates.names("member")
        let corporate = try certificates.names("corporate")
        let server = try HTTPServer(tls: listener(.mayIdentify), handler: whoAmI)
        defer { server.stop() }
        #expect(
            try ask(server, identity("member"))
                == "HTTP/2 127.0.0.1 true \(member.key) \(member.fingerprint)\n"
        )
        #expect(
            try ask(server, identity("corporate") + ["--http1.1"])
                == "HTTP/1.1 127.0.0.1 true - \(corporate.fingerprint)\n"
        )
        #expect(try ask(server) == "HTTP/2 127.0.0.1 true - -\n")
    }

    @Test("a client without a certificate, or with one that is not admitted, is refused")
    func admission() throws {
        try certificates.make("member")
        try certificates.make("stranger")
        let member = try certificates.names("member")
        let tls = try listener(.mustIdentify) { peer in
            peer.key.map { Hex.encode($0) } == member.key
        }
        let server = try HTTPServer(tls: tls, handler: whoAmI)
        defer { server.stop() }
        #expect(try ask(server, identity("member")).contains(member.key))
        #expect(throws: ProgramFailure.self) { try ask(server, identity("stranger")) }
        #expect(throws: ProgramFailure.self) { try ask(server) }
    }

    @Test("the key of a node is enough to be known by")
    func nodeIdentity() throws {
        let seed = [UInt8](repeating: 7, count: 32)
        let tls = try TLSListener(identity: TLSIdentity(seed: seed.span))
        let server = try HTTPServer(tls: tls, handler: whoAmI)
        defer { server.stop() }
        let url = "https://127.0.0.1:\(server.port)/"
        #expect(try CurlProgram.run(["--insecure", url]) == "HTTP/2 127.0.0.1 true - -\n")
    }

    @Test("a new certificate is shown from the next connection on")
    func reload() throws {
        let tls = try listener()
        let server = try HTTPServer(tls: tls, handler: whoAmI)
        defer { server.stop() }
        try certificates.make("renewed", algorithm: "ec")
        #expect(throws: TLSError.self) {
            try tls.reload(
                certificatePath: certificates.path("renewed.pem"),
                keyPath: certificates.path("server.key")
            )
        }
        #expect(try ask(server).isEmpty == false)
        try tls.reload(
            certificatePath: certificates.path("renewed.pem"),
            keyPath: certificates.path("renewed.key")
        )
        #expect(throws: ProgramFailure.self) { try ask(server) }
        let url = "https://127.0.0.1:\(server.port)/"
        let answer = try CurlProgram.run(["--cacert", certificates.path("renewed.pem"), url])
        #expect(answer == "HTTP/2 127.0.0.1 true - -\n")
    }

    @Test("files that are missing, belong to others or have a password are refused by their paths")
    func badFiles() throws {
        try certificates.make("secret", algorithm: "ec", password: "a password")
        for (certificate, key, bad) in [
            ("none.pem", "server.key", "none.pem"), ("server.pem", "none.key", "none.key"),
            ("server.key", "server.key", "server.key"),
            ("server.pem", "secret.key", "secret.key"),
            ("secret.pem", "secret.key", "secret.key"),
        ] {
            let error = #expect(throws: TLSError.self) {
                try TLSListener(
                    certificatePath: certificates.path(certificate),
                    keyPath: certificates.path(key)
                )
            }
            guard case .cannotLoad(let path, _) = error else {
                Issue.record("\(certificate) \(key): \(String(describing: error))")
                continue
            }
            #expect(path == certificates.path(bad))
        }
    }

    @Test("long answers and WebSockets go through TLS as well")
    func longAnswers() throws {
        let size = 3 << 20
        let session = EchoSession()
        var handlers = webSocketHandlers(session)
        handlers.request = { _, responder in
            responder.respond(
                HTTPResponse(status: 200, body: [UInt8](repeating: UInt8(ascii: "x"), count: size))
            )
        }
        let server = try HTTPServer(tls: listener(), handlers: handlers)
        defer { server.stop() }
        #expect(try ask(server).count == size)
        #expect(try ask(server, ["--http1.1"]).count == size)
        var limits = WebSocketConnection.Limits()
        limits.trustedRootsPath = certificates.path("server.pem")
        let socket = try WebSocketConnection("wss://127.0.0.1:\(server.port)/ws", limits: limits)
        let text = String(repeating: "long ", count: 40_000)
        try socket.send(text: text)
        #expect(try socket.receive(timeoutMilliseconds: 5_000) == .text(text))
    }
}
