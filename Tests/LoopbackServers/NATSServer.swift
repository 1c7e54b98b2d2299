import Foundation
import Platform
import TestSupport

/// A real NATS server on this machine that lets in only clients with certificates of its authority.
public final class NATSServer {
    /// The server did not come up, or its certificates could not be made.
    public struct Failure: Error {
        /// What happened.
        public let what: String
    }

    private let directory: TemporaryDirectory
    private var process: ChildProcess?
    /// Where it listens; the same after every start.
    public private(set) var port: Int

    /// Where its files are: `authority.pem`, and `venue`, `observer` and `stranger`, each with `.pem` and `.key`.
    public var folder: String { directory.path }

    /// The name that its certificate has.
    public static let name = "localhost"

    /// Who may do what, as docs/observers.md has it.
    public static let users = """
        { user: "CN=venue" }
        {
            user: "CN=observer"
            permissions: {
                publish: [
                    "attest.response.*", "attest.dissent", "journal.fetch", "committee.>", "_inbox.>"
                ]
                subscribe: [
                    "attest.request.*", "attest.settled.*", "journal.chunk", "committee.>", "_inbox.>"
                ]
            }
        }
        """

    /// The files that a script makes once for all servers.
    private static let certificates = Result<[(String, [UInt8])], any Error> {
        let directory = try TemporaryDirectory()
        let script = Places.tests("MessageBusTests").appending(path: "Scripts/certificates.py")
        let maker = try ChildProcess.python(script, [directory.path])
        guard maker.wait() == .exited(0) else {
            throw Failure(what: "the certificates were not made")
        }
        return try directory.names().map { name in (name, try directory.bytes(of: name)) }
    }

    /// Starts a server at a free port.
    public init(users: String = users) throws {
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
    public func start(users: String = users) throws {
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
        guard let found else { throw Failure(what: "the server did not start") }
        port = found
    }

    /// Ends it at once.
    public func kill() {
        process?.kill()
        process = nil
    }

    /// Lets it do nothing more, without an end of its connections, until it is continued.
    public func freeze() { signal(SIGSTOP) }

    /// Lets it go on.
    public func thaw() { signal(SIGCONT) }

    private func signal(_ number: Int32) {
        if let process { _ = Foundation.kill(process.identifier, number) }
    }

    private func configuration(_ users: String) -> String {
        """
        host: 127.0.0.1
        port: \(port)
        ports_file_dir: "\(folder)"
        max_payload: 131072
        ping_interval: "2s"
        ping_max: 3
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
}
