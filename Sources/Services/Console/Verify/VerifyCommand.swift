import Encoding
import KeyStore
import Platform
import Verification

extension Console {
    static var verifySyntax: CommandSyntax {
        CommandSyntax(
            "verify",
            operands: "BUNDLE",
            count: 1...1,
            summary: "check a bundle alone: no network, no venue",
            details: """
                Prints one line for each check. Exit code 0 means that every check holds that can be made;
                what is not there to be checked is said. docs/bundle.md describes both files.
                """,
            options: [
                OptionSyntax("--trust", "FILE", "what you rely on: keys, log, witnesses (JSON)"),
                OptionSyntax("--checkpoint", "FILE", "a checkpoint of the log that you saw before"),
                OptionSyntax("--json", "", "print one JSON object and nothing else"),
            ],
            body: verify
        )
    }

    @Sendable private static func verify(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let bundlePath = arguments.operands[0]
        let trustPath = try arguments.requiredText("--trust", "trust.json")
        let bundle = try readWhole(bundlePath)
        let trustBytes = try readWhole(trustPath)
        var trust: Trust
        do throws(VerificationError) {
            trust = try Trust(decoding: trustBytes)
        } catch {
            throw .malformed(file: trustPath, line: 1, error.description)
        }
        if let path = arguments.text("--checkpoint") {
            let bytes = try readWhole(path)
            do throws(VerificationError) {
                try trust.setCheckpoint(bytes)
            } catch {
                throw .malformed(file: path, line: 1, error.description)
            }
        }
        let verdict = Verification.verdict(
            on: bundle,
            trust: trust,
            verifier: NativeEd25519.verifies
        )
        if arguments.has("--json") {
            terminal.line(String(decoding: verdict.json, as: UTF8.self))
        } else {
            for line in verdict.lines { terminal.line(line.string) }
        }
        if verdict.holds { return }
        let failure = verdict.firstFailure.map { result in
            "\(result.check.name.string): \(result.sentence.string)"
        }
        throw .disagreement("\(bundlePath): \(failure ?? "a check could not be made")")
    }

    /// The bytes of a file that must be there.
    private static func readWhole(_ path: String) throws(ConsoleError) -> [UInt8] {
        do throws(PlatformError) {
            return try WholeFile.read(path)
        } catch {
            throw .environment(error.description)
        }
    }
}
