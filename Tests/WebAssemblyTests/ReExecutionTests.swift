import Cryptography
import Foundation
import Primitives
import Projection
import ReferenceVenue
import Testing
import Venue

/// The core as WebAssembly must come to the state that the native core comes to.
///
/// One test after the other, because they share a folder for their files.
@Suite("the core in WebAssembly", .serialized) struct ReExecutionTests {
    /// What the component says about one file of commands.
    private struct Report: Decodable, Equatable {
        var imports: Int
        var status: Int
        var sequence: UInt64
        var trades: UInt64
        var hash: String
        var problem: String
    }

    /// Commands in the form that the component takes, and what the native venue made of them.
    private struct Session {
        var bytes: [UInt8]
        var native: Report

        /// Random commands of all kinds, decided by a seed.
        init(seed: UInt64, commands: UInt64) {
            var generator = CommandGenerator(seed: seed)
            let model = ReferenceVenue()
            var venue = Venue(ordersCapacity: 1 << 10)
            var events = EventBuffer()
            var writer = ByteWriter()
            for sequence in 1...commands {
                let (command, time) = generator.next(model)
                _ = model.apply(command, sequence: sequence, time: time)
                events.removeAll()
                venue.apply(command, sequence: sequence, time: time, into: &events)
                writer.append(record: command, time: time)
            }
            bytes = writer.bytes
            native = Report(
                imports: 0,
                status: 0,
                sequence: venue.sequence,
                trades: venue.tradeCount,
                hash: venue.stateHash().hex,
                problem: ""
            )
        }
    }

    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "parallax-wasm-\(ProcessInfo.processInfo.processIdentifier)")

    /// Builds the component if a source has changed, and has it apply each list of commands.
    private func apply(_ sessions: [[UInt8]]) throws -> [Report] {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        var files: [String] = []
        for (index, bytes) in sessions.enumerated() {
            let file = folder.appending(path: "\(index).commands")
            try Data(bytes).write(to: file)
            files.append(file.path)
        }
        _ = try run("bash", ["Tools/check-wasm"])
        let script = "Tests/WebAssemblyTests/apply.mjs"
        let output = try run("node", [script, ".build/wasm/ReExecution.wasm"] + files)
        return try output.split(separator: UInt8(ascii: "\n")).map { line in
            try JSONDecoder().decode(Report.self, from: line)
        }
    }

    @Test("comes to the native state hash, and asks its host for nothing") func parity() throws {
        let sessions = (0..<UInt64(GeneratorProfile.all.count)).map { seed in
            Session(seed: seed, commands: 1_500)
        }
        #expect(try apply(sessions.map(\.bytes)) == sessions.map(\.native))
        #expect(sessions.allSatisfy { session in session.native.trades > 0 })
        #expect(Set(sessions.map(\.native.hash)).count == sessions.count)
    }

    @Test("says what is wrong with its input") func badInput() throws {
        let good = Session(seed: 1, commands: 20)
        let unknownType = good.bytes + [0, 0, 0, 0, 0, 0, 0, 0, 0xfe, 0xff, 0, 0, 0, 0]
        let hash = good.bytes + [0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x80, 32, 0, 0, 0]
        let reports = try apply(
            [
                good.bytes + [1], good.bytes.dropLast(), unknownType,
                hash + [UInt8](repeating: 0, count: 32), [],
            ].map(Array.init)
        )
        #expect(reports.map(\.status) == [2, 2, 2, 1, 0])
        #expect(reports[2].problem == "what follows command 20 is no command")
        #expect(reports[3].problem.contains("but its commands lead to \(good.native.hash)"))
        #expect(reports[4].sequence == 0)
    }
}
