import Platform
import Sequencer

extension Console {
    private static var folderOptions: [OptionSyntax] {
        [
            OptionSyntax("--data", "DIR", "keep the journal in DIR, which must be empty"),
            OptionSyntax("--keep", "", "keep the journal and say where it is"),
            OptionSyntax("--json", "", "print one JSON object and nothing else"),
        ]
    }

    static var benchJournalSyntax: CommandSyntax {
        CommandSyntax(
            "bench journal",
            summary: "measure the time from a command's moment to its durable acknowledgement",
            details: """
                Open loop, through the sequencer and the journal of this process. Before it, in the same run,
                bare pwrite and fdatasync of as many bytes as gather at that rate.
                """,
            options: [
                OptionSyntax("--rate", "R", "commands a second (default: 265000)"),
                OptionSyntax("--seconds", "S", "how long (default: 10)"),
                OptionSyntax("--flow", "FILE", "what to submit (default: generated commands)"),
            ] + folderOptions,
            body: benchJournal
        )
    }

    static var benchRecoverySyntax: CommandSyntax {
        CommandSyntax(
            "bench recovery",
            summary: "measure a restart: replaying everything, and from a snapshot",
            details: """
                Writes a journal of generated commands. The snapshot covers nine tenths of them; the
                restart loads it and replays the rest.
                """,
            options: [
                OptionSyntax("--commands", "N", "how many commands (default: 10000000)")
            ] + folderOptions,
            body: benchRecovery
        )
    }

    @Sendable private static func benchJournal(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let rate = try arguments.number("--rate", in: 1...10_000_000, standard: 265_000)
        let seconds = try arguments.number("--seconds", in: 1...3_600, standard: 10)
        let (flow, name) = try benchFlow(arguments, count: min(rate * seconds, 4_000_000))
        try withFolder(arguments, terminal) { path throws(ConsoleError) in
            var result = try JournalBench.run(flow, rate: rate, seconds: seconds, path: path) {
                terminal.progress("bench journal: " + $0)
            }
            terminal.endProgress()
            if arguments.has("--json") {
                terminal.line(result.json(flow: name).description)
            } else {
                terminal.line("journal, \(name), on \(Machine.description)")
                for warning in result.warnings { terminal.note("parallax: \(warning)") }
                for line in result.table.lines { terminal.line(line) }
            }
        }
    }

    @Sendable private static func benchRecovery(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let count = try arguments.number("--commands", in: 1...1_000_000_000, standard: 10_000_000)
        try withFolder(arguments, terminal) { path throws(ConsoleError) in
            let result = try RecoveryBench.run(count, path: path) {
                terminal.progress("bench recovery: " + $0)
            }
            terminal.endProgress()
            if arguments.has("--json") {
                terminal.line(result.json.description)
            } else {
                terminal.line("recovery, generated with seed 1, on \(Machine.description)")
                for line in result.table.lines { terminal.line(line) }
            }
        }
    }

    /// Runs something that uses the operating system.
    static func platform<Result: ~Copyable>(
        _ body: () throws(PlatformError) -> Result
    ) throws(ConsoleError) -> Result {
        do throws(PlatformError) { return try body() } catch {
            throw .environment(error.description)
        }
    }
}

extension JournalBench.Result {
    mutating func json(flow: String) -> JSONObject {
        var json = JSONObject()
        json.add("offeredPerSecond", offeredPerSecond.rounded())
        json.add("acknowledgedPerSecond", acknowledgedPerSecond.rounded())
        json.add("p50Microseconds", Double(latencies.nanoseconds(perMille: 500)) / 1e3)
        json.add("p99Microseconds", Double(latencies.nanoseconds(perMille: 990)) / 1e3)
        json.add("p999Microseconds", Double(latencies.nanoseconds(perMille: 999)) / 1e3)
        json.add("maxMicroseconds", Double(latencies.maximum()) / 1e3)
        json.add("bareSyncP50Microseconds", Double(bareSyncs.nanoseconds(perMille: 500)) / 1e3)
        json.add("bareSyncP99Microseconds", Double(bareSyncs.nanoseconds(perMille: 990)) / 1e3)
        json.add("submitterGapMaxMicroseconds", Double(submitterGapMax) / 1e3)
        json.add("acknowledgementGapMaxMicroseconds", Double(acknowledgementGapMax) / 1e3)
        json.add("commands", commands)
        json.add("syncs", counters?.syncs ?? 0)
        json.add("journalBytes", counters?.bytes ?? 0)
        json.add("refusedBusy", counters?.refusedBusy ?? 0)
        json.add("queueHighWater", counters?.queueHighWater ?? 0)
        json.add("hasRealTimePriority", warnings.isEmpty)
        json.add("flow", flow)
        json.add("stateHash", stateHash)
        json.add("machine", Machine.description)
        return json
    }

    var table: Table {
        mutating get {
            var table = Table()
            table.add("offered", Int(offeredPerSecond).grouped + " commands/s")
            table.add("acknowledged", Int(acknowledgedPerSecond).grouped + " commands/s")
            table.add("latency p50", latencies.microseconds(perMille: 500))
            table.add("latency p99", latencies.microseconds(perMille: 990))
            table.add("latency p99.9", latencies.microseconds(perMille: 999))
            table.add("bare sync p50", bareSyncs.microseconds(perMille: 500))
            table.add("bare sync p99", bareSyncs.microseconds(perMille: 990))
            table.add("commands", commands.grouped)
            table.add("syncs", (counters?.syncs ?? 0).grouped)
            return table
        }
    }
}

extension RecoveryBench.Result {
    var json: JSONObject {
        var json = JSONObject()
        json.add("replaySeconds", Double(replayNanoseconds) / 1e9)
        json.add("snapshotRestartSeconds", Double(snapshotNanoseconds) / 1e9)
        json.add("commands", commands)
        json.add("snapshotSequence", snapshotSequence)
        json.add("journalBytes", journalBytes)
        json.add("seed", 1)
        json.add("stateHash", stateHash)
        json.add("machine", Machine.description)
        return json
    }

    var table: Table {
        var table = Table()
        table.add("commands", commands.grouped)
        table.add("journal", journalBytes.grouped + " bytes")
        table.add("replay of everything", (Double(replayNanoseconds) / 1e9).fixed(3) + " s")
        table.add("restart from a snapshot", (Double(snapshotNanoseconds) / 1e9).fixed(3) + " s")
        table.add("snapshot of command", snapshotSequence.grouped)
        return table
    }
}
