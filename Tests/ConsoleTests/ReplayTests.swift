import Console
import Foundation
import Testing

@Suite("replay") struct ReplayTests {
    /// What the first eight members of a run's JSON must be.
    static let compared = [
        "commands", "accepted", "rejected", "trades", "volume", "notional", "resting",
        "tradesSHA256",
    ]

    private func replay(_ file: String) throws -> [String: Any] {
        let capture = Capture()
        #expect(capture.run(["replay", file, "--json"]) == 0)
        #expect(capture.errors == "")
        #expect(capture.output.hasSuffix("}\n"))
        return try members(capture.output)
    }

    private func expectSame(_ run: [String: Any], _ expected: [String: Any]) throws {
        for key in Self.compared {
            let value = try #require(run[key] as? NSObject)
            #expect(value == expected[key] as? NSObject, "\(key)")
        }
    }

    @Test("the sample gives what a naive matcher gave") func sample() throws {
        let text = try String(contentsOfFile: Flows.sample + ".expected.json", encoding: .utf8)
        try expectSame(try replay(Flows.sample), try members(text))
    }

    @Test("recorded sessions give what an independent matcher gave", arguments: Flows.sessions)
    func sessions(file: String) throws {
        let url = URL(filePath: file)
        let list = try String(
            contentsOf: url.deletingLastPathComponent().appending(path: "EXPECTED.jsonl"),
            encoding: .utf8
        )
        let expected = try list.split(separator: "\n").map { try members(String($0)) }
            .first { $0["file"] as? String == url.lastPathComponent }
        try expectSame(try replay(file), try #require(expected))
    }

    @Test("two runs end in the same state") func deterministic() throws {
        let first = try replay(Flows.sample)
        let second = try replay(Flows.sample)
        let hash = try #require(first["stateHash"] as? String)
        #expect(hash.count == 64)
        #expect(hash == second["stateHash"] as? String)
    }

    @Test("the JSON has the members that scripts rely on, and no others") func shape() throws {
        let run = try replay(Flows.sample)
        let others = ["stateHash", "elapsedSeconds", "commandsPerSecond"]
        #expect(Set(run.keys) == Set(Self.compared + others))
    }

    @Test("several files are several runs, each on a new venue") func several() throws {
        let capture = Capture()
        #expect(capture.run(["replay", "--json", Flows.sample, Flows.sample]) == 0)
        let lines = capture.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 2)
        let hashes = try lines.map { try members($0)["stateHash"] as? String }
        #expect(hashes[0] == hashes[1])
    }

    @Test("without --json there is a table for people") func table() {
        let capture = Capture()
        #expect(capture.run(["replay", Flows.sample]) == 0)
        #expect(capture.output.contains("\n  commands "))
        #expect(capture.output.contains(" 2,000\n"))
    }
}
