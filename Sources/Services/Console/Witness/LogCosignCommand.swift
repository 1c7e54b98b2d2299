import Cryptography
import Encoding
import HTTP
import KeyStore
import LogStore
import MerkleLog
import Platform
import Witness

extension Console {
    static var logCosignSyntax: CommandSyntax {
        CommandSyntax(
            "log cosign",
            operands: "DIR",
            count: 1...1,
            summary: "have the newest checkpoint of a log cosigned by its witnesses",
            details: """
                Asks every witness of the policy that has a URL, at the same time, and waits until each has
                answered or its time is over. If the policy holds then, the checkpoint with all cosignatures
                is kept in the log's directory, where `log serve` finds it; otherwise the exit code is 1.
                """,
            options: [
                OptionSyntax(
                    "--policy",
                    "FILE",
                    "the log, its witnesses and the quorum (C2SP tlog-policy)"
                ),
                OptionSyntax(
                    "--timeout",
                    "SECONDS",
                    "how long to wait for a witness (standard 10)"
                ),
                OptionSyntax("--json", "", "print one JSON object and nothing else"),
            ],
            body: logCosign
        )
    }

    @Sendable private static func logCosign(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let path = arguments.operands[0]
        let policy = try witnessPolicy(arguments)
        let directory = try openLogDirectory(path)
        let (checkpoint, reader) = try openWitnessedLog(directory, policy)
        var limits = HTTPClient.Limits()
        let seconds = try arguments.number("--timeout", in: 1...600, standard: 10)
        limits.totalMilliseconds = 1_000 * seconds
        let result: WitnessRound.Result
        do {
            result = try WitnessRound.run(
                checkpoint,
                peers: WitnessPeer.peers(of: policy),
                policy: policy,
                limits: limits,
                verifier: NativeEd25519.verifier
            ) { oldSize, newSize in try reader.consistencyProof(from: oldSize, to: newSize).path }
        } catch {
            throw .environment("\(error)")
        }
        for failure in result.failures { terminal.note("parallax: \(failure)") }
        if result.verdict.isSatisfied {
            do throws(PlatformError) {
                try PublishedLog.writeCosigned(result.checkpoint, in: directory)
            } catch {
                throw .environment(error.description)
            }
        }
        show(result, policy, asJSON: arguments.has("--json"), terminal)
        if let first = result.verdict.shortfalls.first {
            throw .disagreement("the policy does not hold: \(first)")
        }
    }

    private static func show(
        _ result: WitnessRound.Result,
        _ policy: WitnessPolicy,
        asJSON: Bool,
        _ terminal: Terminal
    ) {
        let checkpoint = result.checkpoint.checkpoint
        let names = result.verdict.cosigned.map { cosigned in
            String(decoding: policy.witnesses[cosigned.witness].name, as: UTF8.self)
        }
        if asJSON {
            var json = JSONObject()
            json.add("origin", checkpoint.origin.string)
            json.add("size", checkpoint.size.description)
            json.add("root", checkpoint.root.hex)
            json.add("satisfied", result.verdict.isSatisfied)
            json.add("cosigned", names.joined(separator: " "))
            let missing = result.verdict.shortfalls.map(\.description).joined(separator: "; ")
            json.add("missing", missing)
            terminal.line(json.description)
        } else {
            terminal.line("\(checkpoint.origin.string): \(checkpoint.size) leaves")
            terminal.line("cosigned by \(names.isEmpty ? "nobody" : names.joined(separator: ", "))")
            for shortfall in result.verdict.shortfalls { terminal.line("missing: \(shortfall)") }
        }
    }

    private static func witnessPolicy(_ arguments: Arguments) throws(ConsoleError) -> WitnessPolicy
    {
        let path = try arguments.requiredText("--policy", "FILE")
        let bytes = try contents(path)
        do throws(PolicyError) {
            return try WitnessPolicy(parsing: bytes)
        } catch {
            throw .usage("\(path): \(error)", command: arguments.command)
        }
    }

    /// The newest checkpoint of a log, which one of the policy's logs must have signed, and its tree.
    private static func openWitnessedLog(
        _ directory: LinuxDirectory,
        _ policy: WitnessPolicy
    ) throws(ConsoleError) -> (SignedCheckpoint, LogReader) {
        let reader: LogReader
        do throws(LogStoreError) {
            reader = try LogReader(directory: directory) { bytes throws(LogStoreError) in
                do throws(NoteError) {
                    let signed = try SignedCheckpoint(parsing: bytes)
                    let origin = signed.checkpoint.origin
                    let isSigned = policy.logs.contains { log in
                        log.key.name == origin
                            && signed.note.isSigned(by: log.key, verifier: NativeEd25519.verifier)
                    }
                    if isSigned {
                        return TreeHead(size: signed.checkpoint.size, root: signed.checkpoint.root)
                    }
                } catch {
                    throw .foreignCheckpoint(reason: error.description)
                }
                throw .foreignCheckpoint(reason: "no log of the policy has signed it")
            }
        } catch {
            throw .disagreement(error.description)
        }
        do throws(NoteError) {
            return (try SignedCheckpoint(parsing: reader.checkpoint), reader)
        } catch {
            throw .disagreement(error.description)
        }
    }
}
