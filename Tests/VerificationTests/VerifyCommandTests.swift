import Encoding
import MerkleLog
import SimulatedBundles
import Testing
import TestSupport
import Verification

/// `parallax verify` as a user runs it, but in this process.
@Suite("parallax verify") struct VerifyCommandTests {
    private let log: SimulatedVenueLog
    private let command: CommandRun

    init() throws {
        log = try SimulatedVenueLog()
        command = try CommandRun("verify")
    }

    private func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        try command.directory.write(bytes, to: name)
    }

    private func run(_ words: String...) -> (code: Int32, output: String, errors: String) {
        command.run(words)
    }

    @Test("exits with 0 for a good bundle, and prints every check and the trade") func good() throws
    {
        let bundle = try file("bundle", try log.bundle().encoded)
        let trust = try file("trust.json", try log.trust().encoded)
        let plain = run(bundle, "--trust", trust)
        #expect(plain.code == 0)
        #expect(plain.errors == "")
        for check in Check.allCases {
            #expect(plain.output.contains("\n" + check.name.string) || check == .envelope)
        }
        #expect(plain.output.contains("trade 5 at orbit-1.example"))
        #expect(plain.output.hasSuffix("VERIFIED: every check holds.\n"))
        let json = run(bundle, "--trust", trust, "--json")
        #expect(json.code == 0)
        let expected = Verification.verify(
            bundle: try log.bundle().encoded,
            trust: try log.trust().encoded
        )
        #expect(json.output == String(decoding: expected, as: UTF8.self) + "\n")
    }

    @Test("exits with 1 for a bad bundle, and names the check on standard error") func bad() throws
    {
        var plan = BundlePlan()
        plan.witnessCount = 1
        let bundle = try file("bundle", try log.bundle(plan).encoded)
        let trust = try file("trust.json", try log.trust().encoded)
        let result = run(bundle, "--trust", trust)
        #expect(result.code == 1)
        #expect(result.output.contains("witnesses   FAILED"))
        #expect(result.errors.contains("witnesses: 1 of 2 in group most"))
        let json = run(bundle, "--trust", trust, "--json")
        #expect(json.code == 1)
        #expect(json.output.hasSuffix("\"verified\":false}\n"))
    }

    @Test("compares with a checkpoint that is given") func checkpoint() throws {
        var plan = BundlePlan()
        plan.earlierSize = 12
        let bundle = try file("bundle", try log.bundle(plan).encoded)
        let trust = try file("trust.json", try log.trust().encoded)
        let seen = try file("seen", try log.checkpoint(12).encoded)
        #expect(run(bundle, "--trust", trust, "--checkpoint", seen).code == 0)
        let other = try file("other", try log.checkpoint(13).encoded)
        let result = run(bundle, "--trust", trust, "--checkpoint", other)
        #expect(result.code == 1)
        #expect(result.output.contains("consistency FAILED"))
    }

    @Test("exits with 2 or 3 when it cannot check") func unusable() throws {
        let bundle = try file("bundle", try log.bundle().encoded)
        let trust = try file("trust.json", try log.trust().encoded)
        #expect(run(bundle).code == 2)
        #expect(run("--trust", trust).code == 2)
        #expect(run(bundle, "--trust", bundle).code == 2)
        #expect(run(bundle, "--trust", trust, "--checkpoint", bundle).code == 2)
        #expect(run(bundle, "--trust", command.directory.path(of: "none")).code == 3)
        #expect(run(command.directory.path(of: "none"), "--trust", trust).code == 3)
    }
}
