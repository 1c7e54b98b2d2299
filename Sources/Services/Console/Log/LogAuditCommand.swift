import Cryptography
import Encoding
import LogStore
import MerkleLog
import Platform

extension Console {
    static var logAuditSyntax: CommandSyntax {
        CommandSyntax(
            "log audit",
            operands: "DIR",
            count: 1...1,
            summary: "recompute the log from its entries, and name the first thing that is wrong",
            details: """
                Recomputes every leaf hash, every tile, the root, and the index. A copy of what is published \
                has no index and is audited without it; of a log that is not a venue's it is not known what \
                the index must say, only that it fits the log.
                """,
            options: [
                keyOption,
                OptionSyntax(
                    "--against",
                    "FILE",
                    "check that the log continues this older checkpoint"
                ),
                OptionSyntax("--json", "", "print one JSON object and nothing else"),
            ],
            body: logAudit
        )
    }

    @Sendable private static func logAudit(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let path = arguments.operands[0]
        let reader = try openLog(arguments, terminal)
        let names = try platform { () throws(PlatformError) in
            try LinuxDirectory.open(path).list()
        }
        let hasIndex = names.contains("index") && names.contains("cursor")
        let (summary, keysKnown) = try log { () throws(LogStoreError) in
            var keysKnown = false
            if hasIndex { keysKnown = try LeafKeys.areKnown(for: reader) }
            let keys: LogAudit.Keys? = keysKnown ? { entry in LeafKeys.keys(of: entry) } : nil
            let summary = try LogAudit.run(reader, keys: keys, hasIndex: hasIndex) { entries in
                terminal.progress("\(entries.grouped) of \(reader.size.grouped) entries")
            }
            return (summary, keysKnown)
        }
        terminal.endProgress()
        let older = try arguments.text("--against").map { file throws(ConsoleError) in
            try compare(reader, with: file, arguments)
        }
        if arguments.has("--json") {
            var json = JSONObject()
            json.add("size", reader.size)
            json.add("root", reader.head.root.hex)
            json.add("entryBytes", summary.entryBytes)
            json.add("tiles", summary.tiles)
            json.add("indexChecked", hasIndex)
            json.add("indexRecomputed", keysKnown)
            json.add("numbers", summary.numbers)
            json.add("subjects", summary.subjects)
            json.add("signatureChecked", arguments.has("--key"))
            if let older { json.add("continuesSize", older) }
            terminal.line(json.description)
            return
        }
        var table = Table()
        table.add("entries", summary.entries.grouped)
        table.add("bytes of entries", summary.entryBytes.grouped)
        table.add("tiles recomputed", summary.tiles.grouped)
        let kind = keysKnown ? "recomputed" : "fits the log"
        table.add("index", hasIndex ? kind : "none here")
        table.add("numbers in it", summary.numbers.grouped)
        table.add("subjects in it", summary.subjects.grouped)
        table.add("root", reader.head.root.hex)
        table.add("signature", arguments.has("--key") ? "good" : "not checked: no --key")
        if let older { table.add("continues", "the checkpoint of size \(older.grouped)") }
        terminal.line("\(path): intact")
        for line in table.lines { terminal.line(line) }
    }

    /// Checks that a log continues the checkpoint in a file; the size of that one.
    private static func compare(
        _ reader: LogReader,
        with file: String,
        _ arguments: Arguments
    ) throws(ConsoleError) -> UInt64 {
        let bytes = try platform { () throws(PlatformError) in try WholeFile.read(file) }
        let reading = try checkpointReading(arguments)
        let older = try log { () throws(LogStoreError) in try reading(bytes) }
        try requireSameOrigin(reader.checkpoint, bytes, file)
        if older.size > reader.size {
            throw .disagreement(
                "the checkpoint in \(file) has \(older.size) entries and the log \(reader.size): "
                    + "entries were lost, or this is another log"
            )
        }
        let root = try log { () throws(LogStoreError) in try reader.root(at: older.size) }
        guard root == older.root else {
            throw .disagreement(
                "the log does not continue the checkpoint in \(file): at size \(older.size) its root is "
                    + "\(root), and the checkpoint says \(older.root)"
            )
        }
        return older.size
    }

    private static func requireSameOrigin(
        _ published: [UInt8],
        _ older: [UInt8],
        _ file: String
    ) throws(ConsoleError) {
        let origins: (published: Text, older: Text)
        do throws(NoteError) {
            origins = (
                try SignedCheckpoint(parsing: published).checkpoint.origin,
                try SignedCheckpoint(parsing: older).checkpoint.origin
            )
        } catch {
            throw .disagreement("\(file): \(error)")
        }
        guard origins.published == origins.older else {
            throw .disagreement(
                "\(file): is about the log \(origins.older.string.quoted), "
                    + "not \(origins.published.string.quoted)"
            )
        }
    }
}
