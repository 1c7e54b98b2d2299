import Attestation
import Cryptography
import Encoding
import KeyStore
import LogStore
import MerkleLog
import Platform
import Statements
import Transparency
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
            options: [
                OptionSyntax("--roster", "FILES", "rosters, separated by commas"),
                OptionSyntax("--trust", "FILE", "what you rely on: keys, log, group (JSON)"),
                OptionSyntax("--log", "DIR", "a log, for rosters and for leaves"),
                OptionSyntax("--json", "", "print one JSON object and nothing else"),
            ],
            body: evidenceVerify
        )
    }

    @Sendable private static func evidenceVerify(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let path = arguments.operands[0]
        guard arguments.has("--roster") || arguments.has("--log") else {
            throw arguments.usage("no roster is given; write --roster FILE or --log DIR")
        }
        let bytes = try wholeFile(path)
        let trust = try evidenceTrust(arguments)
        let reader = try evidenceLog(arguments, trust)
        let rosters = try evidenceRosters(arguments, bytes, reader)
        let judge = EvidenceVerification(
            rosters: rosters,
            trust: trust,
            verifier: NativeEd25519.verifies,
            leaf: { index, size in provenLeaf(reader, index, size) }
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

    // MARK: What is relied on

    private static func evidenceTrust(_ arguments: Arguments) throws(ConsoleError) -> Trust? {
        guard let path = arguments.text("--trust") else { return nil }
        let bytes = try wholeFile(path)
        do throws(VerificationError) {
            return try Trust(decoding: bytes)
        } catch {
            throw .malformed(file: path, line: 1, error.description)
        }
    }

    /// The log of `--log`, its checkpoint checked with the trusted keys if there are any.
    private static func evidenceLog(
        _ arguments: Arguments,
        _ trust: Trust?
    ) throws(ConsoleError) -> LogReader? {
        guard let path = arguments.text("--log") else { return nil }
        let directory = try openDirectory(path)
        var reading = CheckpointFormat.readingUnverified
        if let trust {
            reading = CheckpointFormat.reading(
                origin: nil,
                keys: trust.policy.logs.map { log in log.key },
                verifier: NativeEd25519.verifies
            )
        }
        return try log { () throws(LogStoreError) in
            try LogReader(directory: directory, reading: reading)
        }
    }

    private static func evidenceRosters(
        _ arguments: Arguments,
        _ evidence: [UInt8],
        _ reader: LogReader?
    ) throws(ConsoleError) -> [Roster] {
        var rosters: [Roster] = []
        for path in (arguments.text("--roster") ?? "").split(separator: ",").map(String.init) {
            let bytes = try wholeFile(path)
            do throws(AttestationError) {
                rosters.append(try Roster(decoding: bytes))
            } catch {
                throw .malformed(file: path, line: 1, error.description)
            }
        }
        guard let reader else { return rosters }
        // Evidence that cannot be read names no venue; it is refused when it is judged.
        let venue: VenueName
        do throws(EvidenceError) {
            venue = try SeatEvidence(decoding: evidence).venue
        } catch {
            return rosters
        }
        let entries = try log { () throws(LogStoreError) in
            var entries: [[UInt8]] = []
            for index in try reader.leaves(of: LogSubject.epochs(of: venue)) {
                entries.append(try reader.entry(at: index))
            }
            return entries
        }
        for entry in entries {
            do {
                let payload = try SignedStatement(decoding: entry).payload
                rosters.append(try Roster(decoding: payload))
            } catch {
                throw .disagreement("a roster in the log is malformed: \(error)")
            }
        }
        return rosters
    }

    static func provenLeaf(
        _ reader: LogReader?,
        _ index: UInt64,
        _ size: UInt64
    ) -> ProvenLeaf? {
        guard let reader, size <= reader.size, index < size else { return nil }
        do throws(LogStoreError) {
            return ProvenLeaf(
                bytes: try reader.entry(at: index),
                path: try reader.inclusionProof(of: index, treeSize: size).path
            )
        } catch {
            // The judge says which leaf is missing.
            return nil
        }
    }

    /// The bytes of a file that must be there.
    static func wholeFile(_ path: String) throws(ConsoleError) -> [UInt8] {
        do throws(PlatformError) {
            return try WholeFile.read(path)
        } catch {
            throw .environment(error.description)
        }
    }
}
