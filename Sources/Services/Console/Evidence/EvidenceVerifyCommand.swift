import Attestation
import Committee
import Cryptography
import Encoding
import KeyStore
import Statements
import Venue
import Verification

extension Console {
    static var evidenceVerifySyntax: CommandSyntax {
        CommandSyntax(
            "evidence verify",
            operands: "FILE",
            count: 1...1,
            summary: "judge evidence of an observer's fault: no network, no venue",
            details: """
                Exit code 0 means that the fault is proven. The rosters of the epochs that the evidence is \
                about come from files or from the log; with --trust they must be the trusted group's, and \
                attendance can be judged only with it. docs/evidence.md describes the file.
                """,
            options: EvidenceSources.options + [
                OptionSyntax("--json", "", "print one JSON object and nothing else")
            ],
            body: evidenceVerify
        )
    }

    @Sendable private static func evidenceVerify(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let path = arguments.operands[0]
        let sources = try EvidenceSources(arguments)
        let bytes = try wholeFile(path)
        let judge = EvidenceVerification(
            rosters: sources.rosters,
            trust: sources.trust,
            verifier: NativeEd25519.verifier,
            leaf: { index, size in sources.log?.provenLeaf(index, size) }
        )
        do throws(EvidenceError) {
            let proven = try judge.prove(bytes)
            report(proven, arguments.has("--json"), terminal)
        } catch {
            if arguments.has("--json") {
                var json = JSONObject()
                json.add("verified", false)
                json.add("reason", error.description)
                terminal.line(json.description)
            }
            throw .disagreement("\(path): \(error.description)")
        }
    }

    private static func report(_ proven: ProvenFault, _ isJSON: Bool, _ terminal: Terminal) {
        let rate = proven.fault.penaltyRate
        guard isJSON else {
            var table = Table()
            table.add("fault", proven.fault.text.string)
            table.add("seat", "\(proven.index) of epoch \(proven.epoch) at \(proven.venue)")
            table.add("observer", proven.did.description)
            table.add("loses", "\(rate) millionths of its bonds")
            table.add("evidence", proven.evidence.hex)
            for line in table.lines { terminal.line(line) }
            terminal.line("PROVEN: the evidence is good.")
            return
        }
        var json = JSONObject()
        json.add("verified", true)
        json.add("fault", proven.fault.text.string)
        json.add("venue", proven.venue.description)
        json.add("epoch", proven.epoch)
        json.add("seat", proven.index)
        json.add("did", proven.did.description)
        json.add("rate", rate)
        json.add("evidence", proven.evidence.hex)
        terminal.line(json.description)
    }
}
