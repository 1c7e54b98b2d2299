import Console
import Encoding
import Foundation
import Platform
import Testing
import TestSupport

/// Twelve real observer processes and a real venue process, each with its keys, over TLS on this machine.
@Suite("Twelve observer processes", .serialized, .timeLimit(.minutes(5)))
struct ObserverProcessTests {
    /// Where `make build` leaves the components.
    private static let components = Places.root.appending(path: ".build/components").path
    static let hasComponents = FileManager.default.fileExists(
        atPath: components + "/reexecute.wasm"
    )

    func trial(
        _ folder: TemporaryDirectory,
        _ places: CommitteePlaces = CommitteePlaces()
    ) throws -> CommitteeTrial {
        try CommitteeTrial(
            program: Places.program(),
            path: folder.path,
            components: Self.components,
            places: places
        )
    }

    private func isRemoved(_ seat: UInt64, _ status: Encoding.JSONObject) -> Bool {
        status.objects("seats").contains { line in
            line.count("index") == seat && line.text("standing") == "removed"
        }
    }

    @Test(
        "four killed, a quorum forms; five killed, it waits until one is back; all restart and go on",
        .enabled(if: hasComponents, "the components are not built")
    )
    func liveness() throws {
        let folder = try TemporaryDirectory()
        let trial = try trial(folder)
        try trial.start()
        try trial.trade(400)
        try trial.awaitAttested()
        for seat in UInt32(1)...4 { trial.killObserver(seat) }
        try trial.trade(200)
        try trial.awaitAttested()
        trial.killObserver(5)
        try trial.trade(200)
        try trial.awaitStatus("an attestation without a quorum") { status in
            status.objects("waiting").contains { $0.text("phase") == "pending" }
        }
        try trial.startObserver(3)
        try trial.awaitAttested()
        // Everybody at once, the venue twice.
        for seat in UInt32(1)...12 { trial.killObserver(seat) }
        try trial.restartVenue()
        for seat in UInt32(1)...12 { try trial.startObserver(seat) }
        try trial.trade(200)
        try trial.restartVenue()
        try trial.trade(200)
        try trial.awaitAttested()
        try trial.finish()
    }

    @Test(
        "an equivocator is caught and removed, wrong evidence dissents, a slow one is late; contracts settle",
        .enabled(if: hasComponents, "the components are not built")
    )
    func misbehaviour() throws {
        let folder = try TemporaryDirectory()
        let trial = try trial(folder)
        try trial.start([2: "equivocate", 3: "wrong-evidence", 4: "slow=400"])
        try trial.trade(300)
        try trial.awaitAttested()
        try trial.awaitStatus("the refusal of the equivocator") { status in
            status.objects("seats").contains { seat in
                seat.count("index") == 2 && seat.count("refused") > 0
            }
        }
        var file = ""
        try trial.awaitStatus("the penalty that is due") { status in
            let due = status.objects("due").filter { due in due.text("fault") == "equivocation" }
            file = due.first?.text("file") ?? ""
            return due.first?.count("seat") == 2
                && due.first?.text("command").contains("committee penalise \(file)") == true
        }
        let program = try Places.program()
        let verified = try FinishedProgram.run([
            program, "evidence", "verify", file, "--log", trial.logPath,
        ])
        #expect(verified.ending == .exited(0), "\(verified.errors)")
        let penalised = try FinishedProgram.run([
            program, "committee", "penalise", file, "--data", trial.journalPath,
        ])
        #expect(penalised.ending == .exited(0), "\(penalised.errors)")
        try trial.awaitStatus("the removal of the equivocator") { status in
            status.objects("due").isEmpty && isRemoved(2, status)
        }
        // A venue that is told to penalises what it has seen itself, unasked.
        try trial.restartVenue(["--automatic-penalties"])
        trial.killObserver(5)
        try trial.startObserver(5, "invalid-share")
        try trial.awaitStatus("the removal of whoever signs with a wrong share") { status in
            do { try trial.trade(20) } catch { Issue.record("\(error)") }
            return isRemoved(5, status)
        }
        try trial.sell()
        try trial.settle()
        try trial.awaitStatus("the dissent of wrong evidence, and a late answer") { status in
            let seats = status.objects("seats")
            return seats.contains { $0.count("index") == 3 && $0.count("dissents") > 0 }
                && seats.contains { $0.count("index") == 4 && $0.count("late") > 0 }
        }
        try trial.finish()
    }

    @Test(
        "the benchmark of quorums measures with real processes, and says what it measured",
        .enabled(if: hasComponents, "the components are not built")
    )
    func benchmark() throws {
        let measured = try FinishedProgram.run([
            Places.program(), "bench", "quorum", "--observers", "8", "--seconds", "1", "--rate",
            "200", "--load-seconds", "1", "--load-rate", "500", "--components", Self.components,
            "--json",
        ])
        #expect(measured.ending == .exited(0), "\(measured.errors)")
        let json = try #require(JSONValue(decoding: measured.output.filter { $0 != 0x0a }).object)
        #expect(json.count("observers") == 8)
        #expect(json.count("commandsPerSecond") == 200)
        // The session's opening comes on top.
        #expect((500..<1_000).contains(json.count("loadCommands")))
        #expect(json.count("certificates") > 0)
        #expect(json.count("seed") == 1)
        for name in [
            "formationP50Milliseconds", "formationP99Milliseconds", "finalityP99Milliseconds",
            "componentCallMicroseconds", "catchUpSeconds", "intervalsBehind",
        ] as [Text] {
            #expect(json[name]?.number != nil, "\(name)")
        }
        #expect(json.text("machine").contains("processors"))
        let commit = json.text("commit")
        #expect(commit.isEmpty || commit.count == 40)
    }
}

extension CommitteeTrial {
    /// The files of evidence that the venue has.
    func evidence() throws -> [String] {
        let folder = journalPath + "/evidence"
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }
}
