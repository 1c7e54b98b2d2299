import Console
import Foundation
import KeyStore
import Platform
import Testing
import TestSupport

/// A venue process that keeps its own log, and the commands about such a log.
@Suite("the log of a venue process")
struct VenueLogTests {
    private let directory: TemporaryDirectory
    private var journal: String { directory.path + "/journal" }
    private var log: String { directory.path + "/log" }

    /// Keys that are sealed as weakly as possible: what they cost is not tested here.
    init() throws {
        directory = try TemporaryDirectory()
        let keys = directory.path + "/keys"
        try FileManager.default.createDirectory(
            atPath: keys,
            withIntermediateDirectories: true
        )
        let secret = "a passphrase for tests"
        try directory.write(secret, to: "passphrase")
        let passphrase = try Passphrase(bytes: Array(secret.utf8))
        for (kind, name) in [
            (KeyKind.venue, "test.venue"), (.log, "test.venue/log"), (.salt, "test.venue"),
        ] {
            let key = try StoredKey.generate(kind, name: name)
            try key.seal(to: "\(keys)/\(kind).key", passphrase, cost: .least)
        }
    }

    private var keyOptions: [String] {
        ["--keys", directory.path + "/keys", "--passphrase-file", directory.path + "/passphrase"]
    }

    private func run(_ words: [String], _ code: Int32 = 0) -> Capture {
        let capture = Capture()
        #expect(capture.run(words) == code, "\(capture.errors)")
        return capture
    }

    @Test("is complete when it ends, and is built again from the journal with the same bytes")
    func complete() throws {
        let session = KilledSession(seed: 3, count: 3_000)
        var client = try VenueClient(journal, options: ["--log", log] + keyOptions)
        try client.send(session, count: session.count)
        #expect(try client.end() == .exited(0))
        let checkpoint = run(["log", "checkpoint", log]).output
        #expect(checkpoint.hasPrefix("test.venue/log\n"))
        _ = run(["log", "audit", log])

        let again = directory.path + "/again"
        let old = log + "/checkpoint"
        let build = ["log", "build", journal, again, "--against", old] + keyOptions
        #expect(run(build).output == checkpoint)
        let names = try FileManager.default.subpathsOfDirectory(atPath: log + "/tile").sorted()
        #expect(
            try FileManager.default.subpathsOfDirectory(atPath: again + "/tile").sorted() == names
        )
        #expect(names.count > 3)
        for name in names {
            let paths = [log, again].map { folder in folder + "/tile/" + name }
            #expect(FileManager.default.contentsEqual(atPath: paths[0], andPath: paths[1]))
        }
        let trade = run(["log", "prove", log, "--trade", "1"]).output
        #expect(trade.hasPrefix("c2sp.org/tlog-proof@v1\n"))
        let resolved = run(["did", "resolve", "did:orbit:contract:test.venue:3", "--log", log])
        #expect(resolved.output.contains("did:orbit:operator:test.venue:venue"))
        let bundle = ["log", "bundle", journal, log, "--trade", "1", "--side", "buy"]
        let refused = run(bundle + ["--out", directory.path + "/b"] + keyOptions, 1)
        #expect(refused.errors.contains("has no quorum certificate in the log yet"))
    }

    @Test("cannot be built beside it, nor from another venue's journal")
    func excludes() throws {
        let client = try VenueClient(journal)
        let build = ["log", "build", journal, log] + keyOptions
        #expect(run(build, 3).errors.contains("another process"))
        #expect(try client.end() == .exited(0))
        _ = run(build)
    }

    @Test("changes its key with a statement that both keys sign, and goes on")
    func rotation() throws {
        let session = KilledSession(seed: 4, count: 5_000)
        var client = try VenueClient(journal, options: ["--log", log] + keyOptions)
        try client.send(session, count: session.count)
        #expect(try client.end() == .exited(0))
        let old = run(["log", "checkpoint", log]).output
        _ = try directory.write(Array(old.utf8), to: "old")
        let rotate = ["log", "rotate", journal, log] + keyOptions
        #expect(run(rotate, 2).errors.contains("log-2.key"))
        let keys = directory.path + "/keys"
        _ = run(
            ["keys", "rotate", keys + "/log.key", "--out", keys + "/log-2.key"]
                + keyOptions.suffix(2)
        )
        #expect(run(rotate).output.contains("filed the rotation of the log key as command"))
        let build = ["log", "build", journal, log, "--against", directory.path + "/old"]
        let both = run(build + ["--overlap"] + keyOptions).output
        #expect(both.split(separator: "\n").count { $0.hasPrefix("— ") } == 2)
        let again = ["log", "build", journal, directory.path + "/again"]
        let new = run(again + keyOptions).output
        #expect(new.split(separator: "\n").count { $0.hasPrefix("— ") } == 1)
        #expect(new.split(separator: "\n")[1] == both.split(separator: "\n")[1])
        #expect(new.split(separator: "\n")[2] == both.split(separator: "\n")[2])
    }
}
