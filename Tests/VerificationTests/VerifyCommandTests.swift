import Console
import Encoding
import Foundation
import MerkleLog
import SimulatedBundles
import Synchronization
import Testing
import Verification

/// `parallax verify` as a user runs it, but in this process.
@Suite("parallax verify") struct VerifyCommandTests {
    private let log: SimulatedVenueLog
    private let folder: URL

    init() throws {
        log = try SimulatedVenueLog()
        folder = try FileManager.default.url(
            for: .itemReplacementDirectory,
            in: .userDomainMask,
            appropriateFor: FileManager.default.temporaryDirectory,
            create: true
        )
    }

    /// What a command wrote.
    private final class Capture: Sendable {
        private let texts = Mutex((output: "", errors: ""))

        var output: String { texts.withLock { texts in texts.output } }
        var errors: String { texts.withLock { texts in texts.errors } }

        var terminal: Terminal {
            Terminal(
                isInteractive: false,
                output: { [self] text in texts.withLock { texts in texts.output += text } },
                errors: { [self] text in texts.withLock { texts in texts.errors += text } }
            )
        }
    }

    private func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let url = folder.appending(path: name)
        try Data(bytes).write(to: url)
        return url.path
    }

    private func run(_ words: String...) -> (code: Int32, output: String, errors: String) {
        let capture = Capture()
        let code = Console.run(["verify"] + words, on: capture.terminal)
        return (code, capture.output, capture.errors)
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
        #expect(run(bundle, "--trust", folder.appending(path: "none").path).code == 3)
        #expect(run(folder.appending(path: "none").path, "--trust", trust).code == 3)
    }
}
