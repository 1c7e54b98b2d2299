import Console
import Foundation
import Platform
import Testing
import TestSupport

@Suite("the venue process", .serialized) struct VenueProcessTests {
    /// Where `make build` leaves the components.
    private static let components = Places.root.appending(path: ".build/components").path

    /// How often the venue is killed; `make check` asks for more.
    static let kills = max(8, effort)

    @Test("killed again and again, it loses nothing that it acknowledged") func killed() throws {
        let directory = try TemporaryDirectory()
        let session = KilledSession(seed: 99, count: Self.kills * 8_192)
        var acknowledged: UInt64 = 0
        var state: UInt64 = 1
        for _ in 0..<Self.kills {
            var client = try VenueClient(directory.path)
            #expect(client.recovered >= acknowledged)
            #expect(client.recoveredHash == session.stateHash(after: client.recovered))
            // How far it gets before the kill differs from round to round.
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let target = client.recovered + 1 + (state >> 33) % 6_000
            while client.acknowledged < target {
                let room = min(1_024, session.count - client.sent)
                if room > 0, client.sent < client.acknowledged + 2_048 {
                    try client.send(session, count: room)
                }
                try client.read(until: min(client.acknowledged + 1, session.count))
            }
            client.process.kill()
            try client.read(until: .max)
            #expect(client.acknowledged >= target)
            acknowledged = client.acknowledged
        }
        let client = try VenueClient(directory.path)
        #expect(client.recovered >= acknowledged)
        client.process.closeInput()
        #expect(client.process.wait() == .exited(0))
        let capture = Capture()
        #expect(capture.run(["journal", "verify", directory.path, "--json"]) == 0)
        #expect(try members(capture.output)["commands"] as? UInt64 == client.recovered)
    }

    @Test("asked to stop, it acknowledges everything that it carried out") func drained() throws {
        let directory = try TemporaryDirectory()
        let session = KilledSession(seed: 5, count: 10_000)
        var client = try VenueClient(directory.path)
        try client.send(session, count: 5_000)
        try client.read(until: 100)
        client.process.terminate()
        try client.read(until: .max)
        #expect(client.process.wait() == .exited(0))
        let second = try VenueClient(directory.path)
        #expect(second.recovered == client.acknowledged)
        #expect(second.recoveredHash == session.stateHash(after: client.acknowledged))
    }

    @Test("a second one on the same journal is refused") func second() throws {
        let directory = try TemporaryDirectory()
        let first = try VenueClient(directory.path)
        let second = try ChildProcess(
            Places.program(),
            ["serve", "--data", directory.path, "--stdio"]
        )
        #expect(second.wait() == .exited(3))
        first.process.closeInput()
        #expect(first.process.wait() == .exited(0))
    }

    @Test("nonsense on its input ends it in order, with code 2") func nonsense() throws {
        let directory = try TemporaryDirectory()
        let client = try VenueClient(directory.path)
        try client.process.write(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        #expect(client.process.wait() == .exited(2))
    }

    @Test(
        "the demonstration kills it, settles on evidence, and ends in the undisturbed state",
        .enabled(
            if: FileManager.default.fileExists(atPath: components + "/reexecute.wasm"),
            "the components are not built"
        )
    )
    func demo() throws {
        let directory = try TemporaryDirectory()
        let bundle = directory.path + "/bundle"
        let data = directory.path + "/demo"
        let words = ["demo", "--flow", Flows.sample, "--seconds", "1", "--headless"]
        let folders = ["--bundle", bundle, "--data", data]
        // It finds its components from wherever it is started.
        let start = ["--chdir=/", try Places.program()]
        let process = try ChildProcess("/usr/bin/env", start + words + folders)
        var output: [UInt8] = []
        while try process.output.read(appendingTo: &output) {}
        #expect(process.wait() == .exited(0))
        let text = String(decoding: output, as: UTF8.self)
        #expect(text.contains("killed the venue (SIGKILL)"))
        #expect(text.contains("every acknowledged command is there"))
        #expect(text.contains("\n  trades "))
        #expect(text.contains("Nothing acknowledged was lost.\n"))
        #expect(text.contains("VERIFIED: every check holds."))
        #expect(text.contains("FAILED"))
        #expect(text.contains("eight found the evidence good"))
        #expect(text.contains("so many dissented that the contract failed"))
        let trust = ["--trust", bundle + "/trust.json"]
        let good = Capture()
        #expect(good.run(["verify", bundle + "/bundle.cbor"] + trust) == 0, "\(good.errors)")
        #expect(Capture().run(["verify", bundle + "/forged.cbor"] + trust) == 1)
        let verify = Capture()
        #expect(verify.run(["journal", "verify", data + "/journal"]) == 0)
        let audit = Capture()
        #expect(audit.run(["log", "audit", data + "/log", "--json"]) == 0)
        #expect(try members(audit.output)["indexRecomputed"] as? Bool == true, "\(audit.errors)")
    }
}
