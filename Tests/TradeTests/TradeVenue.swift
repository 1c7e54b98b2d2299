import Foundation
import HTTP
import KeyStore
import Platform
import Testing
import TestSupport

/// A venue process on a port of this machine, and what `parallax trade` needs besides.
final class TradeVenue {
    let folder: TemporaryDirectory
    private var process: ChildProcess?
    private var starts = 0
    /// The port, the same after a restart.
    let port: UInt16

    var url: String { "http://127.0.0.1:\(port)" }

    /// Starts a venue with an empty journal.
    init() throws {
        folder = try TemporaryDirectory()
        try folder.write("correct horse battery staple", to: "passphrase")
        port = try Self.freePort()
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

    /// Starts it, and waits until it listens.
    func start() throws {
        let words = ["--data", folder.path(of: "journal"), "--http", "127.0.0.1:\(port)"]
        process = try ChildProcess(
            Places.program(),
            ["serve", "--test-funds"] + words,
            errors: folder.path(of: "messages")
        )
        starts += 1
        let isReady = waitUntil {
            messages.components(separatedBy: "the gateway listens").count > starts
        }
        try #require(isReady, "\(messages)")
    }

    /// Ends it at once, as a failure of the machine would.
    func kill() {
        process?.kill()
        process = nil
    }

    /// Asks it to end, as whoever runs it would, and says how it did.
    func stop() throws -> ChildProcess.Ending {
        let running = try #require(process)
        running.terminate()
        process = nil
        return running.wait()
    }

    private var messages: String {
        let data = FileManager.default.contents(atPath: folder.path(of: "messages")) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }

    // MARK: Members

    /// The words that say where, and who.
    func words(_ name: String) -> [String] {
        ["--venue", url] + TradeKeys.words(name, in: folder)
    }

    /// Makes somebody who is registered.
    func register(_ name: String) throws {
        if !FileManager.default.fileExists(atPath: folder.path(of: name)) {
            try TradeKeys.make(name, in: folder)
        }
        try trade(["register"] + words(name))
    }

    /// Makes somebody who is registered and has funds.
    func fund(_ name: String, _ asset: String, _ amount: String) throws {
        try register(name)
        try trade(["fund", "--asset", asset, "--amount", amount] + words(name))
    }

    /// Runs a command that must succeed, and gives what it printed.
    @discardableResult
    func trade(
        _ words: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let program = try FinishedProgram.trade(words)
        #expect(
            program.ending == .exited(0),
            "\(words[0]): \(program.errors)",
            sourceLocation: sourceLocation
        )
        return program.text
    }

    /// Runs a command that must succeed, and gives the object that it printed.
    func object(
        _ words: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> [String: Any] {
        let text = try trade(words + ["--json"], sourceLocation: sourceLocation)
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return try #require(value as? [String: Any], sourceLocation: sourceLocation)
    }
}

/// Keys of members, all with the passphrase of the file `passphrase`.
enum TradeKeys {
    /// Makes a key; sealed with little work, because a test's key guards nothing.
    static func make(_ name: String, in folder: TemporaryDirectory) throws {
        let passphrase = try Passphrase(file: folder.path(of: "passphrase"))
        let key = try StoredKey.generate(.identity, name: name)
        try key.seal(to: folder.path(of: name), passphrase, cost: .least)
    }

    /// Makes a key as people do.
    static func makeByCommand(_ name: String, in folder: TemporaryDirectory) throws {
        _ = try FinishedProgram.output(
            [Places.program(), "keys", "generate", "--kind", "identity", "--name", name]
                + ["--out", folder.path(of: name), "--passphrase-file"]
                + [folder.path(of: "passphrase")]
        )
    }

    static func words(_ name: String, in folder: TemporaryDirectory) -> [String] {
        ["--key", folder.path(of: name), "--passphrase-file", folder.path(of: "passphrase")]
    }
}

extension FinishedProgram {
    /// Runs `parallax trade` to its end.
    static func trade(_ words: [String]) throws -> FinishedProgram {
        try run([Places.program(), "trade"] + words)
    }
}
