import Cryptography
import Encoding
import Journal
import LogStore
import MerkleLog
import Platform
import Primitives
import Statements
import Transparency
import Venue

extension Console {
    static var logBuildSyntax: CommandSyntax {
        CommandSyntax(
            "log build",
            operands: "JOURNAL LOG",
            count: 2...2,
            summary: "make a venue's log from its journal, or bring it up to date",
            details: """
                The log is a projection of the journal: deleted and built again with the same keys, it has the
                same bytes. An old checkpoint, given with --against, is then a check: the log must contain the
                tree that it signs. The venue must not be running; parallax serve --log keeps its log itself.
                """,
            options: KeyFolder.options + [
                OptionSyntax("--against", "FILE", "a checkpoint of the log as it was before"),
                OptionSyntax("--json", "", "print one JSON object and nothing else"),
            ],
            body: logBuild
        )
    }

    static var logRotateSyntax: CommandSyntax {
        CommandSyntax(
            "log rotate",
            operands: "JOURNAL LOG",
            count: 2...2,
            summary: "file in the journal that the newest log key replaces the one before",
            details: """
                Make the new key first: parallax keys rotate KEYS/log.key --out KEYS/log-2.key. The statement is
                signed by both keys and becomes a leaf. Build the log with --overlap as long as readers may know
                only the old key (90 days are usual), then without. The venue must not be running.
                """,
            options: Array(KeyFolder.options.prefix(2)),
            body: logRotate
        )
    }

    @Sendable private static func logBuild(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let journal = try openJournal(arguments.operands[0])
        // What a running venue has written may not be durable yet, and must not be signed before it is.
        let lock = try Self.journal { () throws(JournalError) in try JournalLock(journal) }
        defer { withExtendedLifetime(lock) {} }
        let identity = try KeyFolder(arguments, terminal).identity()
        let log = try makeDirectory(arguments.operands[1])
        var builder = try transparency { () throws(TransparencyError) in
            try LogBuilder.open(journal: journal, log: log, identity: identity)
        }
        while try transparency({ () throws(TransparencyError) in try builder.advance() }) {
            terminal.progress("\(builder.publishedSize.grouped) leaves")
        }
        terminal.endProgress()
        noteRefused(builder.refusedDocuments, terminal)
        let reader = try Self.log { () throws(LogStoreError) in
            try LogReader(directory: log, reading: identity.checkpointFormat.read)
        }
        if let file = arguments.text("--against") { try compare(reader, with: file, identity) }
        if arguments.has("--json") {
            var json = JSONObject()
            json.add("size", reader.head.size)
            json.add("root", reader.head.root.hex)
            json.add("sequence", builder.loggedSequence)
            json.add("unattestedIntervals", builder.unattested.count)
            terminal.line(json.description)
        } else {
            terminal.write(String(decoding: reader.checkpoint, as: UTF8.self))
        }
    }

    /// Names the first documents that are not logged, and says how many there are.
    private static func noteRefused(_ refused: [TransparencyError], _ terminal: Terminal) {
        let shown = 3
        for error in refused.prefix(shown) { terminal.note("parallax: not logged: \(error)") }
        if refused.count > shown {
            terminal.note("parallax: not logged: \(refused.count - shown) more documents")
        }
    }

    /// An old checkpoint must be of this log, and its tree the beginning of the present one.
    private static func compare(
        _ reader: LogReader,
        with file: String,
        _ identity: VenueIdentity
    ) throws(ConsoleError) {
        let bytes = try readFile(file)
        let old = try Self.log { () throws(LogStoreError) in
            try identity.checkpointFormat.read(bytes)
        }
        guard old.size <= reader.size else {
            throw .disagreement(
                "\(file) is of a log of \(old.size) leaves, this one has \(reader.size): the journal "
                    + "is shorter than it was"
            )
        }
        let root = try Self.log { () throws(LogStoreError) in try reader.root(at: old.size) }
        if root != old.root {
            throw .disagreement(
                "\(file) signs the root \(old.root.hex) for \(old.size) leaves, here it is \(root.hex): "
                    + "this is another log"
            )
        }
    }

    @Sendable private static func logRotate(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let journal = try openJournal(arguments.operands[0])
        let identity = try KeyFolder(arguments, terminal, overlaps: true).identity()
        let log = try openDirectory(arguments.operands[1])
        let reader = try Self.log { () throws(LogStoreError) in
            try LogReader(directory: log, reading: identity.checkpointFormat.read)
        }
        let time = Timestamp(LinuxClock().wallNanoseconds())
        guard let rotation = identity.rotation(from: reader.size, time: time) else {
            throw .environment("there is no new log key; make one with parallax keys rotate")
        }
        let document = rotation.encoded
        let sequence = try OfflineFiling.file(.keyRotation, document, time, in: journal)
        terminal.line("filed the rotation of the log key as command \(sequence)")
        terminal.line("old \(rotation.oldKey.string)")
        terminal.line("new \(rotation.newKey.string)")
    }

    static func transparency<Result: ~Copyable>(
        _ body: () throws(TransparencyError) -> Result
    ) throws(ConsoleError) -> Result {
        do throws(TransparencyError) {
            return try body()
        } catch {
            switch error {
            case .journal(.platform(let fault)), .log(.platform(let fault)):
                throw .environment(fault.description)
            default: throw .disagreement(error.description)
            }
        }
    }
}
