import Foundation
import Platform
import Testing
import TestSupport

@Suite("journals on the command line") struct JournalCommandTests {
    /// A journal that the sample flow was written to.
    private static func recorded() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        let session = try KilledSession(flow: Flows.sample)
        var venue = try VenueClient(directory.path)
        // In two parts, so that the last batch is not the only one.
        try venue.send(session, count: 1_000)
        try venue.read(until: 1_000)
        try venue.send(session, count: session.count - 1_000)
        try venue.read(until: session.count)
        venue.process.closeInput()
        #expect(venue.process.wait() == .exited(0))
        return directory
    }

    @Test("a journal gives the summary of the flow that was written to it") func replay() throws {
        let directory = try Self.recorded()
        let journal = Capture()
        #expect(journal.run(["replay", directory.path, "--format", "journal", "--json"]) == 0)
        let flow = Capture()
        #expect(flow.run(["replay", Flows.sample, "--json"]) == 0)
        let found = try members(journal.output)
        let expected = try members(flow.output)
        for key in ReplayTests.compared {
            #expect(found[key] as? NSObject == expected[key] as? NSObject, "\(key)")
        }
        let hash = Capture()
        #expect(hash.run(["journal", "state-hash", directory.path]) == 0)
        #expect(hash.output.hasPrefix(try #require(found["stateHash"] as? String)))
    }

    @Test("an export has one JSON object a command, in order") func export() throws {
        let directory = try Self.recorded()
        let capture = Capture()
        #expect(capture.run(["journal", "export", directory.path]) == 0)
        let lines = capture.output.split(separator: "\n")
        #expect(lines.count == 2_196)
        for (index, line) in lines.enumerated() {
            let record = try members(String(line))
            #expect(record["sequence"] as? Int == index + 1)
            #expect(record["type"] is String)
        }
        #expect(lines.last?.contains("\"type\": ") == true)
    }

    @Test("damage is found, named with its file and offset, and no success") func damage() throws {
        let directory = try Self.recorded()
        let name = try #require(
            try FileManager.default.contentsOfDirectory(atPath: directory.path)
                .filter { $0.hasPrefix("segment-") }.min()
        )
        let url = URL(filePath: directory.path).appending(path: name)
        var bytes = try Data(contentsOf: url)
        bytes[6_000] ^= 1
        try bytes.write(to: url)
        for command in [["verify"], ["state-hash", "--replay"], ["export"]] {
            let capture = Capture()
            #expect(capture.run(["journal"] + command + [directory.path]) == 1)
            #expect(capture.errors.contains("damaged at offset"), "\(capture.errors)")
            #expect(capture.errors.contains(name))
        }
    }
}
