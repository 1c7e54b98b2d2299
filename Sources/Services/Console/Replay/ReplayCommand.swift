import Cryptography
import Journal
import Platform

extension Console {
    static var replaySyntax: CommandSyntax {
        CommandSyntax(
            "replay",
            operands: "FILE…",
            count: 1...1024,
            summary: "run order flows through the core and print what came out",
            details: """
                A flow is a CSV file with the columns \(FlowFormat.header). Its orders belong to
                64 accounts that can pay for everything: order id modulo 64. A journal is a directory;
                of its commands those of members' orders are counted. Each is a run of its own, on
                a new venue.
                """,
            options: [
                OptionSyntax(
                    "--format",
                    "flow|journal",
                    "what they are: files or directories (default: flow)"
                ),
                OptionSyntax("--json", "", "print one JSON object a run and nothing else"),
            ],
            body: replay
        )
    }

    @Sendable private static func replay(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let format = try arguments.choice("--format", of: ["flow", "journal"])
        for file in arguments.operands {
            let summary =
                format == "journal"
                ? try replayJournal(file, terminal) : try replayFlow(file, terminal)
            terminal.endProgress()
            if arguments.has("--json") {
                terminal.line(summary.json.description)
            } else {
                terminal.line(file)
                for line in summary.table.lines { terminal.line(line) }
            }
        }
    }

    private static func replayFlow(
        _ file: String,
        _ terminal: Terminal
    ) throws(ConsoleError) -> Replay.Summary {
        let flow = try readFlow(file)
        return Replay.run(flow) { done in
            terminal.progress("\(file): \(done.grouped) of \(flow.count.grouped) commands")
        }
    }

    private static func replayJournal(
        _ path: String,
        _ terminal: Terminal
    ) throws(ConsoleError) -> Replay.Summary {
        let directory = try openJournal(path)
        return try journal { () throws(JournalError) in
            try Replay.run(directory) { done in
                terminal.progress("\(path): \(done.grouped) commands")
            }
        }
    }

    /// The commands of a flow file.
    ///
    /// - Throws: `environment` when it cannot be read, `malformed` when it is no flow.
    static func readFlow(_ file: String) throws(ConsoleError) -> [FlowCommand] {
        try FlowFormat.parse(try readFile(file), file: file)
    }

    static func readFile(_ file: String) throws(ConsoleError) -> [UInt8] {
        do {
            return try WholeFile.read(file)
        } catch {
            let advice = error.isNotFound ? "check the path" : "name a file that can be read"
            throw .environment("\(error); \(advice)")
        }
    }
}

extension Replay.Summary {
    var table: Table {
        var table = Table()
        table.add("commands", commands.grouped)
        table.add("accepted", accepted.grouped)
        table.add("rejected", rejected.grouped)
        table.add("trades", trades.grouped)
        table.add("volume", volume.grouped)
        table.add("notional", notional.grouped)
        table.add("resting orders", resting.grouped)
        table.add("SHA-256 of trades", tradesHash.hex)
        table.add("state hash", stateHash.hex)
        table.add("elapsed", (Double(elapsedNanoseconds) / 1e6).fixed(3) + " ms")
        table.add("commands a second", Int(commandsPerSecond).grouped)
        return table
    }
}
