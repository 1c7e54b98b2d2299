import Console
import Foundation
import Testing
import TestSupport

/// A log that the benchmark wrote, small enough to be looked at.
private final class SmallLog {
    let directory: TemporaryDirectory
    let key: String
    let root: String
    var path: String { directory.path }

    init() throws {
        directory = try TemporaryDirectory()
        let words = ["bench", "log", "--rate", "600", "--seconds", "1", "--json", "--data"]
        let capture = Capture()
        #expect(capture.run(words + [directory.path]) == 0)
        let object = try members(capture.output)
        #expect(object["entries"] as? Int == 600)
        for name in ["entriesPerSecond", "p50Milliseconds", "p99Milliseconds"] {
            #expect(object[name] is NSNumber)
        }
        key = try #require(object["verifierKey"] as? String)
        root = try #require(object["root"] as? String)
    }

    func object(_ words: [String]) throws -> [String: Any] {
        let capture = Capture()
        #expect(capture.run(words) == 0, "\(words): \(capture.errors)")
        return try members(capture.output)
    }
}

@Suite("parallax log", .serialized) struct LogCommandTests {
    @Test("what it prints is the log's, and damage ends it with code 1") func commands() throws {
        let log = try SmallLog()
        let checkpoint = Capture()
        #expect(checkpoint.run(["log", "checkpoint", log.path, "--key", log.key]) == 0)
        #expect(checkpoint.output.hasPrefix("example.com/bench\n600\n"))

        let audit = try log.object(["log", "audit", log.path, "--key", log.key, "--json"])
        #expect(audit["size"] as? Int == 600)
        #expect(audit["root"] as? String == log.root)
        #expect(audit["numbers"] as? Int == 600)
        #expect(audit["subjects"] as? Int == 600)
        #expect(audit["signatureChecked"] as? Bool == true)

        let proof = Capture()
        #expect(proof.run(["log", "prove", log.path, "--index", "599"]) == 0)
        #expect(proof.output.hasPrefix("c2sp.org/tlog-proof@v1\nindex 599\n"))
        #expect(proof.output.hasSuffix(checkpoint.output))
        let byTrade = Capture()
        #expect(byTrade.run(["log", "prove", log.path, "--trade", "600"]) == 0)
        #expect(byTrade.output == proof.output)
        let byContract = Capture()
        #expect(byContract.run(["log", "prove", log.path, "--contract", "1201"]) == 0)
        #expect(byContract.output == proof.output)
        let words = ["log", "prove", log.path, "--index", "3", "--size", "5", "--json"]
        #expect((try log.object(words)["path"] as? [String])?.count == 3)

        let consistency = Capture()
        #expect(consistency.run(["log", "consistency", log.path, "512", "600"]) == 0)
        #expect(consistency.output.split(separator: "\n").count == 1)
        let same = try log.object(["log", "consistency", log.path, "600", "600", "--json"])
        #expect(same["oldRoot"] as? String == log.root)

        let folder = try TemporaryDirectory()
        let older = folder.path + "/older"
        try checkpoint.output.write(toFile: older, atomically: true, encoding: .utf8)
        let against = try log.object(["log", "audit", log.path, "--against", older, "--json"])
        #expect(against["continuesSize"] as? Int == 600)

        let tile = URL(filePath: log.path + "/tile/entries/001")
        var bytes = try Data(contentsOf: tile)
        bytes[1_000] ^= 1
        try bytes.write(to: tile)
        let damaged = Capture()
        #expect(damaged.run(["log", "audit", log.path]) == 1)
        #expect(damaged.errors.contains("tile/entries/001: damaged: entry 257"))
    }

    @Test("what makes no sense is refused with the right code") func refusals() throws {
        let log = try SmallLog()
        let other = try SmallLog()
        let nothing = try TemporaryDirectory()
        let cases: [([String], Int32)] = [
            (["log", "audit", nothing.path], 3),
            (["log", "checkpoint", log.path, "--key", "nonsense"], 2),
            (["log", "checkpoint", log.path, "--key", other.key], 1),
            (["log", "prove", log.path], 2),
            (["log", "prove", log.path, "--index", "1", "--trade", "1"], 2),
            (["log", "prove", log.path, "--index", "-1"], 2),
            (["log", "prove", log.path, "--index", "600"], 1),
            (["log", "prove", log.path, "--trade", "601"], 1),
            (["log", "prove", log.path, "--index", "1", "--size", "5"], 2),
            (["log", "consistency", log.path, "600", "601"], 1),
            (["log", "consistency", log.path, "6", "5"], 1),
            (["log", "consistency", log.path, "six", "7"], 2),
            (
                [
                    "log", "audit", log.path, "--key", log.key, "--against",
                    other.path + "/checkpoint",
                ], 1
            ),
        ]
        for (words, code) in cases { #expect(Capture().run(words) == code, "\(words)") }
    }
}
