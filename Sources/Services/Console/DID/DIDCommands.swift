import Cryptography
import Encoding
import Journal
import LogStore
import Platform
import Primitives
import Registry
import Sequencer
import Statements
import Transparency
import Venue

extension Console {
    static var didResolveSyntax: CommandSyntax {
        CommandSyntax(
            "did resolve",
            operands: "DID",
            count: 1...1,
            summary: "say what a DID stands for, from a log, with the proof",
            details: """
                Finds the newest statement about DID in the log in DIR and prints the document with a
                proof that the log has it: the leaf, its inclusion, and the signed checkpoint. The DID of a
                contract (did:orbit:contract:VENUE:NUMBER) resolves to its trade. Exit 1 if the log has
                nothing about DID.
                """,
            options: [
                OptionSyntax("--log", "DIR", "the log"),
                OptionSyntax("--json", "", "print one JSON object, as a DID resolver answers"),
            ],
            body: didResolve
        )
    }

    static var didRegisterSyntax: CommandSyntax {
        CommandSyntax(
            "did register",
            operands: "DIR FILE",
            count: 2...2,
            summary: "file a DID document in a journal",
            details: """
                Checks the document in FILE, a JSON object, and files it in the journal in DIR, whose venue
                must not be running. The venue's log has it when its interval has ended.
                """,
            body: didRegister
        )
    }

    static var didRevokeSyntax: CommandSyntax {
        CommandSyntax(
            "did revoke",
            operands: "DIR DID",
            count: 2...2,
            summary: "file the end of a DID's validity in a journal",
            details: """
                Files in the journal in DIR, whose venue must not be running, that DID is not valid any more. This
                cannot be undone.
                """,
            options: [OptionSyntax("--reason", "TEXT", "why, one line; it becomes public")],
            body: didRevoke
        )
    }

    @Sendable private static func didResolve(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let did = try parseDID(arguments.operands[0], arguments)
        let log = try openDirectory(arguments.requiredText("--log", "DIR"))
        let resolution = try registry { () throws(RegistryError) in
            try DIDResolver(log: log, venue: did.registrar).resolve(did)
        }
        if arguments.has("--json") {
            terminal.line(resolution.json(did))
        } else {
            for line in resolution.lines(did) { terminal.line(line) }
        }
    }

    @Sendable private static func didRegister(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let json = try readFile(arguments.operands[1])
        try file(arguments.operands[0], terminal) { filings, time throws(RegistryError) in
            let registry = try Registry(venue: Registry.registrar(of: json), filings: filings)
            let statement = try registry.statement(registering: json, time: time)
            return (
                .document, statement.encoded, "\(statement.subject) version \(statement.version)"
            )
        }
    }

    @Sendable private static func didRevoke(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let did = try parseDID(arguments.operands[1], arguments)
        let reason = try arguments.requiredText("--reason", "TEXT")
        try file(arguments.operands[0], terminal) { filings, time throws(RegistryError) in
            let registry = try Registry(venue: did.registrar, filings: filings)
            let statement = try registry.statement(
                revoking: did,
                reason: Text(reason),
                time: time
            )
            return (.revocation, statement.encoded, "the revocation of \(did)")
        }
    }

    /// Files a document in the journal of a venue that is not running.
    private static func file(
        _ path: String,
        _ terminal: Terminal,
        _ make: ([Statement], Timestamp) throws(RegistryError)
            -> (kind: FilingKind, document: [UInt8], name: String)
    ) throws(ConsoleError) {
        let directory = try openJournal(path)
        let filings = try filings(in: directory)
        let time = Timestamp(LinuxClock().wallNanoseconds())
        let filing = try registry { () throws(RegistryError) in try make(filings, time) }
        let sequence = try OfflineFiling.file(filing.kind, filing.document, time, in: directory)
        terminal.line("filed \(filing.name) as command \(sequence)")
    }

    /// What was filed in a journal, in its order.
    private static func filings(in directory: LinuxDirectory) throws(ConsoleError) -> [Statement] {
        var reader = try journal { () throws(JournalError) in
            try JournalReader(directory: directory, includingArchive: true)
        }
        var statements: [Statement] = []
        while let record = try journal({ () throws(JournalError) in try reader.next() }) {
            guard case .filed(_, let document) = record.content else { continue }
            do throws(StatementError) {
                statements.append(try Statement(decoding: document))
            } catch {
                throw .disagreement("command \(record.sequence) files no statement: \(error)")
            }
        }
        return statements
    }

    private static func parseDID(
        _ text: String,
        _ arguments: Arguments
    ) throws(ConsoleError) -> OrbitDID {
        do throws(StatementError) {
            return try OrbitDID(parsing: Text(text))
        } catch {
            throw arguments.usage("\(error)")
        }
    }

    private static func registry<Result>(
        _ body: () throws(RegistryError) -> Result
    ) throws(ConsoleError) -> Result {
        do throws(RegistryError) { return try body() } catch { throw .disagreement("\(error)") }
    }
}
