import Cryptography
import Encoding
import KeyStore
import LogStore
import MerkleLog
import Platform

extension Console {
    static var keyOption: OptionSyntax {
        OptionSyntax("--key", "VKEY", "the log's verifier key; without it no signature is checked")
    }

    static var logCheckpointSyntax: CommandSyntax {
        CommandSyntax(
            "log checkpoint",
            operands: "DIR",
            count: 1...1,
            summary: "print the newest checkpoint after checking it against the tiles",
            options: [keyOption, OptionSyntax("--json", "", "print one JSON object instead")],
            body: logCheckpoint
        )
    }

    static var logProveSyntax: CommandSyntax {
        CommandSyntax(
            "log prove",
            operands: "DIR",
            count: 1...1,
            summary: "print the proof that an entry is in the log",
            details: """
                The proof is a text of c2sp.org/tlog-proof with the newest checkpoint. For an older size, \
                whose checkpoint is not kept, there is only the path, with --json.
                """,
            options: [
                OptionSyntax("--index", "N", "the entry at index N, counted from 0"),
                OptionSyntax("--trade", "N", "the entry of trade N"),
                OptionSyntax("--contract", "N", "the entry of the trade that made contract N"),
                OptionSyntax("--size", "S", "the tree of the first S entries"),
                keyOption,
                OptionSyntax("--json", "", "print one JSON object instead"),
            ],
            body: logProve
        )
    }

    static var logConsistencySyntax: CommandSyntax {
        CommandSyntax(
            "log consistency",
            operands: "DIR OLD NEW",
            count: 3...3,
            summary: "print the proof that the tree of size NEW continues that of size OLD",
            details: "One hash a line, in base64, as witnesses are sent it.",
            options: [keyOption, OptionSyntax("--json", "", "print one JSON object instead")],
            body: logConsistency
        )
    }

    @Sendable private static func logCheckpoint(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let reader = try openLog(arguments, terminal)
        try log { () throws(LogStoreError) in
            // Reading the last entry leads from its bytes to the root through the edge of the tree.
            if reader.size > 0 { _ = try reader.entry(at: reader.size - 1) }
        }
        if arguments.has("--json") {
            var json = JSONObject()
            json.add("size", reader.head.size)
            json.add("root", reader.head.root.hex)
            json.add("signatureChecked", arguments.has("--key"))
            json.add("checkpoint", String(decoding: reader.checkpoint, as: UTF8.self))
            terminal.line(json.description)
        } else {
            terminal.write(String(decoding: reader.checkpoint, as: UTF8.self))
        }
    }

    @Sendable private static func logProve(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let reader = try openLog(arguments, terminal)
        let size = try wholeNumber(arguments, arguments.text("--size"), "--size") ?? reader.size
        let index = try index(arguments, reader)
        let proof = try log { () throws(LogStoreError) in
            try reader.inclusionProof(of: index, treeSize: size)
        }
        if arguments.has("--json") {
            let hashes = try log { () throws(LogStoreError) in
                (leaf: try reader.leafHash(at: index), root: try reader.root(at: size))
            }
            var json = JSONObject()
            json.add("index", index)
            json.add("size", size)
            json.add("leafHash", hashes.leaf.hex)
            json.add("root", hashes.root.hex)
            json.add("path", proof.path.map(\.hex))
            terminal.line(json.description)
            return
        }
        guard size == reader.size else {
            throw arguments.usage(
                "there is no checkpoint of size \(size) to put into the proof; "
                    + "leave --size out, or add --json for the path alone"
            )
        }
        do throws(NoteError) {
            let text = try TlogProof(
                index: index,
                path: proof.path,
                checkpoint: SignedCheckpoint(parsing: reader.checkpoint)
            )
            terminal.write(String(decoding: text.encoded, as: UTF8.self))
        } catch {
            throw .disagreement(error.description)
        }
    }

    /// The entry that the options name.
    private static func index(
        _ arguments: Arguments,
        _ reader: LogReader
    ) throws(ConsoleError) -> UInt64 {
        let names = ["--index", "--trade", "--contract"].filter { arguments.has($0) }
        guard names.count == 1, let name = names.first,
            let number = try wholeNumber(arguments, arguments.text(name), name)
        else { throw arguments.usage("give one of --index N, --trade N or --contract N") }
        if name == "--index" { return number }
        // The contracts of trade n are 2n, the buyer's, and 2n + 1, the seller's.
        let trade = name == "--trade" ? number : number / 2
        let leaf = try log { () throws(LogStoreError) in
            try reader.leaf(of: .number(.trades, trade))
        }
        guard let leaf else {
            throw .disagreement("trade \(trade) is not in the log of \(reader.size) entries")
        }
        return leaf
    }

    @Sendable private static func logConsistency(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let sizes = arguments.operands
        guard let old = try wholeNumber(arguments, sizes[1], "OLD"),
            let new = try wholeNumber(arguments, sizes[2], "NEW")
        else { throw arguments.usage("give two sizes") }
        let reader = try openLog(arguments, terminal)
        let (proof, oldRoot, newRoot) = try log { () throws(LogStoreError) in
            (
                try reader.consistencyProof(from: old, to: new), try reader.root(at: old),
                try reader.root(at: new)
            )
        }
        if arguments.has("--json") {
            var json = JSONObject()
            json.add("oldSize", old)
            json.add("newSize", new)
            json.add("oldRoot", oldRoot.hex)
            json.add("newRoot", newRoot.hex)
            json.add("path", proof.path.map(\.hex))
            terminal.line(json.description)
        } else {
            for hash in proof.path { terminal.line(Base64.standard.encode(hash.bytes)) }
        }
    }

    /// The whole number that a text is; none if there is no text.
    private static func wholeNumber(
        _ arguments: Arguments,
        _ text: String?,
        _ name: String
    ) throws(ConsoleError) -> UInt64? {
        guard let text else { return nil }
        guard let number = UInt64(text) else {
            throw arguments.usage("\(name) is \(text.quoted); give a whole number")
        }
        return number
    }
}
