import Foundation
import MessageBus
import Platform
import Testing

/// A real NATS server on this machine that lets in only clients with certificates of its authority.
final class NATSServer {
    let folder: String
    private(set) var port: Int
    private var process: ChildProcess?

    private static let tools = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: ".build/python/bin")
    /// The interpreter with the wheels of dependencies.txt.
    static let python = tools.appending(path: "python").path

    /// A script beside the tests.
    static func script(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Scripts/\(name)").path
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
        let folder = try TemporaryFolder.make()
        defer { _ = Result { try TemporaryFolder.remove(folder) } }
        let maker = try ChildProcess(python, ["-I", script("certificates.py"), folder])
        #expect(maker.wait() == .exited(0))
        return try LinuxDirectory.open(folder).list().map { name in
            (name, try WholeFile.read(folder + "/" + name))
        }
    }

    init(users: String = users) throws {
        folder = try TemporaryFolder.make()
        port = -1
        for (name, bytes) in try Self.certificates.get() {
            try WholeFile.write(bytes, to: folder + "/" + name)
        }
        try start(users: users)
    }

    deinit {
        process?.kill()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Starts it, the second time at the same port.
    func start(users: String = users) throws {
        let file = folder + "/server.conf"
        try WholeFile.write(Array(configuration(users).utf8), to: file)
        let started = try ChildProcess(
            Self.tools.appending(path: "nats-server").path,
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
