import Cryptography
import Journal
import Platform
import Primitives
import Venue

extension Console {
    static var journalVerifySyntax: CommandSyntax {
        CommandSyntax(
            "journal verify",
            operands: "DIR",
            count: 1...1,
            summary: "check every checksum, the hash chain and every recorded state",
            details: """
                Reads the whole journal, the archive included, and executes it again. Exit code 0 means
                that nothing is damaged; an unfinished batch at the very end is reported and harmless.
                """,
            options: [OptionSyntax("--json", "", "print one JSON object and nothing else")],
            body: journalVerify
        )
    }

    static var journalExportSyntax: CommandSyntax {
        CommandSyntax(
            "journal export",
            operands: "DIR",
            count: 1...1,
            summary: "print every command as JSON, one object a line",
            body: journalExport
        )
    }

    static var journalStateHashSyntax: CommandSyntax {
        CommandSyntax(
            "journal state-hash",
            operands: "DIR",
            count: 1...1,
            summary: "print the hash over the state after the last command",
            options: [
                OptionSyntax("--replay", "", "execute everything again; use no snapshot"),
                OptionSyntax("--json", "", "print one JSON object and nothing else"),
            ],
            body: journalStateHash
        )
    }

    @Sendable private static func journalVerify(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let path = arguments.operands[0]
        let directory = try openJournal(path)
        var replay = try journal { () throws(JournalError) in
            try JournalReplay(directory: directory, usesSnapshots: false)
        }
        let snapshot = try replayAll(&replay, directory, terminal)
        var table = Table()
        table.add("commands", replay.venue.sequence.grouped)
        table.add("batches", replay.reader.batchCount.grouped)
        table.add("bytes", replay.reader.byteCount.grouped)
        table.add("newest snapshot", "command " + snapshot.grouped)
        let hash = replay.venue.stateHash().hex
        table.add("state hash", hash)
        let tail = replay.reader.tail.map(describe) ?? "clean"
        table.add("end", tail)
        if arguments.has("--json") {
            var json = JSONObject()
            json.add("commands", replay.venue.sequence)
            json.add("batches", replay.reader.batchCount)
            json.add("bytes", replay.reader.byteCount)
            json.add("snapshotSequence", snapshot)
            json.add("stateHash", hash)
            json.add("end", tail)
            terminal.line(json.description)
        } else {
            terminal.line("\(path): intact")
            for line in table.lines { terminal.line(line) }
        }
    }

    /// Executes the whole journal and compares it with the newest snapshot; returns its last command.
    private static func replayAll(
        _ replay: inout JournalReplay,
        _ directory: LinuxDirectory,
        _ terminal: Terminal
    ) throws(ConsoleError) -> UInt64 {
        while true {
            let before = replay.commandCount
            try journal { () throws(JournalError) in try replay.advance(commandsMax: 1 << 18) }
            if replay.commandCount == before { break }
            terminal.progress("\(replay.commandCount.grouped) commands")
        }
        terminal.endProgress()
        var restart = try journal { () throws(JournalError) in
            try JournalReplay(directory: directory)
        }
        for warning in restart.warnings { throw .disagreement(warning.description) }
        try journal { () throws(JournalError) in try restart.advance() }
        if restart.venue.stateHash() != replay.venue.stateHash() {
            throw .disagreement(
                "the snapshot of command \(restart.snapshotSequence) leads to another state "
                    + "than the commands; remove that snapshot and start from an older one"
            )
        }
        return restart.snapshotSequence
    }

    private static func describe(_ tail: JournalTail) -> String {
        switch tail {
        case .clean: "clean"
        case .torn(let file, let offset): "unfinished batch in \(file) at offset \(offset)"
        }
    }

    @Sendable private static func journalExport(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let directory = try openJournal(arguments.operands[0])
        var reader = try journal { () throws(JournalError) in
            try JournalReader(directory: directory, includingArchive: true)
        }
        var text = ""
        while let record = try journal({ () throws(JournalError) in try reader.next() }) {
            text += record.json.description + "\n"
            if text.utf8.count > 1 << 16 {
                terminal.write(text)
                text = ""
            }
        }
        terminal.write(text)
    }

    @Sendable private static func journalStateHash(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let directory = try openJournal(arguments.operands[0])
        let usesSnapshots = !arguments.has("--replay")
        var replay = try journal { () throws(JournalError) in
            try JournalReplay(directory: directory, usesSnapshots: usesSnapshots)
        }
        for warning in replay.warnings { terminal.note("parallax: \(warning)") }
        try journal { () throws(JournalError) in try replay.advance() }
        let hash = replay.venue.stateHash().hex
        if arguments.has("--json") {
            var json = JSONObject()
            json.add("sequence", replay.venue.sequence)
            json.add("snapshotSequence", replay.snapshotSequence)
            json.add("stateHash", hash)
            terminal.line(json.description)
        } else {
            terminal.line("\(hash) after command \(replay.venue.sequence)")
        }
    }

    /// Opens a directory that must have a journal in it.
    static func openJournal(_ path: String) throws(ConsoleError) -> LinuxDirectory {
        do throws(PlatformError) {
            let directory = try LinuxDirectory.open(path)
            let names = try directory.list()
            if names.contains(where: { $0.hasPrefix("segment-") }) { return directory }
        } catch {
            throw .environment("\(error); name the directory of a journal")
        }
        throw .environment("\(path): there is no journal in it; name the directory of a journal")
    }

    /// Runs something that uses a journal: damage is a bad journal, everything else the environment.
    static func journal<Result: ~Copyable>(
        _ body: () throws(JournalError) -> Result
    ) throws(ConsoleError) -> Result {
        do throws(JournalError) {
            return try body()
        } catch {
            switch error {
            case .platform(let fault): throw .environment(fault.description)
            case .stopped(.platform(let fault)): throw .environment(fault.description)
            default: throw .disagreement(error.description)
            }
        }
    }
}
