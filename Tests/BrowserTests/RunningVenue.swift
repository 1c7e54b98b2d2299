import Foundation
import HTTP
import Platform
import Testing
import TestSupport

/// A venue process with its gateway and its terminal, on a port of this machine.
final class RunningVenue {
    let folder: TemporaryDirectory
    private var process: ChildProcess?
    private var starts = 0
    /// The port, the same after a restart; a passkey belongs to it.
    let port: UInt16

    /// Where a person opens the terminal: passkeys need a name, not a number.
    var address: String { "http://localhost:\(port)/" }

    /// Starts it with an empty journal.
    init() throws {
        folder = try TemporaryDirectory()
        port = try Self.freePort()
        try FileManager.default.createDirectory(
            atPath: folder.path(of: "journal"),
            withIntermediateDirectories: false
        )
        try start()
    }

    deinit { process?.kill() }

    /// A port that is free now.
    static func freePort() throws -> UInt16 {
        let server = try HTTPServer(
            handlers: HTTPHandlers(request: { _, responder in
                responder.respond(HTTPResponse(status: 404))
            })
        )
        defer { server.stop() }
        return server.port
    }

    /// Starts it, and waits until it answers.
    func start() throws {
        let file = try folder.write(
            """
            [venue]
            data = "journal"

            [gateway]
            http = "127.0.0.1:\(port)"
            web = "\(TerminalPlaces.web)"
            libraries = "\(TerminalPlaces.libraries)"
            verifier = "\(TerminalPlaces.verifier)"
            test_funds = true
            """,
            to: "venue.toml"
        )
        process = try ChildProcess(
            Places.program(),
            ["serve", "--config", file],
            errors: folder.path(of: "messages")
        )
        starts += 1
        let isReady = waitUntil {
            messages.split(separator: "the gateway listens").count > starts
        }
        try #require(isReady, "\(messages)")
    }

    /// Ends it at once, as a failure of the machine would.
    func kill() {
        process?.kill()
        process = nil
    }

    /// What it said.
    var messages: String {
        let data = FileManager.default.contents(atPath: folder.path(of: "messages")) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }
}
