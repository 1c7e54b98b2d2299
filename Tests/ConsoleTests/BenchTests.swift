import Foundation
import Testing
import TestSupport

/// Benchmarks run tiny here, so that they cannot rot; how fast they are is nobody's concern.
@Suite("benchmarks") struct BenchTests {
    @Test("matching measures the same session that replay sees") func matching() throws {
        let capture = Capture()
        let words = [
            "bench", "matching", "--flow", Flows.sample, "--runs", "2", "--resting", "500",
        ]
        #expect(capture.run(words + ["--json"]) == 0)
        #expect(capture.errors == "")
        let result = try members(capture.output)
        #expect(result["commands"] as? Int == 2_000)
        #expect(result["trades"] as? Int == 73)
        #expect(result["restingOrders"] as? Int == 500)
        for key in ["bareMessagesPerSecond", "fullCommandsPerSecond"] {
            #expect(try #require(result[key] as? Double) > 0, "\(key)")
        }
        for key in [
            "p50Nanoseconds", "p99Nanoseconds", "p999Nanoseconds", "memoryBytes",
            "stateHashNanoseconds",
        ] {
            #expect(result[key] is Int, "\(key)")
        }
        #expect((result["stateHash"] as? String)?.count == 64)
        #expect((result["machine"] as? String)?.contains("processors") == true)
        #expect(result["flow"] as? String == "generated.csv")
    }

    @Test("without --json there is a table for people") func table() {
        let capture = Capture()
        let words = ["bench", "matching", "--flow", Flows.sample, "--runs", "1", "--resting", "5"]
        #expect(capture.run(words) == 0)
        #expect(capture.output.contains("\n  whole core "))
    }

    @Test("the journal acknowledges everything that it is offered") func journal() throws {
        let directory = try TemporaryDirectory()
        let words = [
            "bench", "journal", "--rate", "5000", "--seconds", "1", "--flow", Flows.sample,
            "--data", directory.path, "--json",
        ]
        let capture = Capture()
        #expect(capture.run(words) == 0, "\(capture.errors)")
        let result = try members(capture.output)
        #expect(result["commands"] as? Int == 5_000)
        let keys = [
            "offeredPerSecond", "acknowledgedPerSecond", "p50Microseconds", "p99Microseconds",
            "p999Microseconds", "bareSyncP99Microseconds",
        ]
        for key in keys { #expect(try #require(result[key] as? Double) > 0, "\(key)") }
        let hash = Capture()
        #expect(hash.run(["journal", "state-hash", directory.path, "--json"]) == 0)
        let state = try members(hash.output)
        #expect(state["stateHash"] as? String == result["stateHash"] as? String)
    }

    @Test("a recovery from a snapshot and one from all commands give the same state")
    func recovery() throws {
        let directory = try TemporaryDirectory()
        let words = ["bench", "recovery", "--commands", "20000", "--data", directory.path]
        let capture = Capture()
        #expect(capture.run(words + ["--json"]) == 0, "\(capture.errors)")
        let result = try members(capture.output)
        for key in ["replaySeconds", "snapshotRestartSeconds"] {
            #expect(try #require(result[key] as? Double) > 0, "\(key)")
        }
        #expect(try #require(result["commands"] as? Int) > 20_000)
        #expect(try #require(result["snapshotSequence"] as? Int) > 0)
    }

    @Test("signatures give the same results in every run, and the times are there") func bls()
        throws
    {
        var hashes: [String] = []
        for seed in ["1", "1", "2"] {
            let capture = Capture()
            let words = ["bench", "bls", "--runs", "1", "--repetitions", "2", "--seed", seed]
            #expect(capture.run(words + ["--json"]) == 0, "\(capture.errors)")
            let result = try members(capture.output)
            for key in [
                "signMicroseconds", "verifyMicroseconds", "verifyPreparedMicroseconds",
                "hashToCurveMicroseconds", "combineMicroseconds", "batchVerify12Microseconds",
            ] {
                #expect(try #require(result[key] as? Double) > 0, "\(key)")
            }
            #expect((result["machine"] as? String)?.contains("processors") == true)
            try hashes.append(#require(result["resultHash"] as? String))
        }
        #expect(hashes[0] == hashes[1])
        #expect(hashes[0] != hashes[2])
        let capture = Capture()
        #expect(capture.run(["bench", "bls", "--runs", "1", "--repetitions", "1"]) == 0)
        #expect(capture.output.contains("\n  combine 8 of 12 "))
    }
}
