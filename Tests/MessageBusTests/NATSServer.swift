import Foundation
import MessageBus
import Platform
import Testing
import TestSupport

/// A real NATS server on this machine that lets in only clients with certificates of its authority.
final class NATSServer {
    private let directory: TemporaryDirectory
    private(set) var port: Int
    private var process: ChildProcess?

    /// Where its files are.
    var folder: String { directory.path }

    /// Starts a script that lies beside the tests.
    static func python(_ name: String, _ arguments: [String]) throws -> ChildProcess {
        try .python(Places.tests().appending(path: "Scripts/\(name)"), arguments)
    }

    /// Who may do what.
    static let users = """
        { user: "CN=venue" }
        {
            user: "CN=observer"
            permissions: {
                publish: ["attest.response.>", "_inbox.>"]
                subscribe: ["attest.request.>", "_inbox.>"]
            }
        }
        """

    /// The files that a script makes once for all servers.
    private static let certificates = Result<[(String, [UInt8])], any Error> {
        let directory = try TemporaryDirectory()
        let maker = try python("certificates.py", [directory.path])
        #expect(maker.wait() == .exited(0))
        return try directory.names().map { name in (name, try directory.bytes(of: name)) }
    }

    init(users: String = users) throws {
        directory = try TemporaryDirectory()
        port = -1
        for (name, bytes) in try Self.certificates.get() {
            try directory.write(bytes, to: name)
        }
        try start(users: users)
    }

    deinit {
        // Before its folder goes.
        kill()
    }

    /// Starts it, the second time at the same port.
    func start(users: String = users) throws {
        let file = try directory.write(configuration(users), to: "server.conf")
        let started = try ChildProcess(
            Places.tool("nats-server"),
            ["-c", file, "-l", folder + "/log"]
        )
        process = started
        let ports = folder + "/nats-server_\(started.identifier).ports"
        let pattern = /tls:\/\/127\.0\.0\.1:([0-9]+)/
        var found: Int?
        waitUntil {
            let text = try? String(contentsOfFile: ports, encoding: .utf8)
            found = text?.firstMatch(of: pattern).flatMap { Int($0.output.1) }
            return found != nil
        }
        port = try #require(found, "the server did not start")
    }

    /// Ends it at once.
    func kill() {
        process?.kill()
        process = nil
    }

    private func configuration(_ users: String) -> String {
        """
        host: 127.0.0.1
        port: \(port)
        ports_file_dir: "\(folder)"
        max_payload: 131072
        tls {
            cert_file: "\(folder)/server.pem"
            key_file: "\(folder)/server.key"
            ca_file: "\(folder)/authority.pem"
            verify_and_map: true
        }
        authorization {
            users: [ \(users) ]
        }
        """
    }

    /// Takes part with one of the certificates.
    func participant(
        _ name: String = "venue",
        limits: BusLimits = BusLimits(),
        serverName: String = "localhost"
    ) throws -> NATSBus {
        try NATSBus(
            servers: ["nats://127.0.0.1:\(port)"],
            security: NATSBus.Security(
                authorityFile: folder + "/authority.pem",
                certificateFile: folder + "/\(name).pem",
                keyFile: folder + "/\(name).key",
                serverName: serverName
            ),
            limits: limits
        )
    }
}
