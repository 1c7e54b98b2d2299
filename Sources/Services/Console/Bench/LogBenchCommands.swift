import LogStore
import Platform

extension Console {
    static var benchLogSyntax: CommandSyntax {
        CommandSyntax(
            "bench log",
            summary: "measure the time from an entry's moment to the checkpoint that covers it",
            details: """
                Open loop, through the group commit of this process, with Ed25519 signatures and syncs. \
                Before it, in the same run, bare syncs of as many bytes as come in 25 ms: into a \
                file that exists, and into a new file with its renaming and its directory.
                """,
            options: [
                OptionSyntax("--rate", "R", "entries a second (default: 10000)"),
                OptionSyntax("--seconds", "S", "how long (default: 10)"),
                OptionSyntax("--data", "DIR", "keep the log in DIR, which must be empty"),
                OptionSyntax("--keep", "", "keep the log and say where it is"),
                OptionSyntax("--json", "", "print one JSON object and nothing else"),
            ],
            body: benchLog
        )
    }

    @Sendable private static func benchLog(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let rate = try arguments.number("--rate", in: 1...1_000_000, standard: 10_000)
        let seconds = try arguments.number("--seconds", in: 1...3_600, standard: 10)
        try withFolder(arguments, terminal) { path throws(ConsoleError) in
            var result = try LogBench.run(rate: rate, seconds: seconds, path: path) {
                terminal.progress("bench log: " + $0)
            }
            terminal.endProgress()
            if arguments.has("--json") {
                terminal.line(result.json.description)
            } else {
                terminal.line(
                    "log, entries of \(result.entryBytes) bytes, on \(Machine.description)"
                )
                for line in result.table.lines { terminal.line(line) }
            }
        }
    }
}

extension LogBench.Result {
    var json: JSONObject {
        mutating get {
            func milliseconds(_ nanoseconds: UInt64) -> Double { Double(nanoseconds) / 1e6 }
            var json = JSONObject()
            json.add("entriesPerSecond", entriesPerSecond.rounded())
            json.add("p50Milliseconds", milliseconds(latencies.nanoseconds(perMille: 500)))
            json.add("p99Milliseconds", milliseconds(latencies.nanoseconds(perMille: 990)))
            json.add("p999Milliseconds", milliseconds(latencies.nanoseconds(perMille: 999)))
            json.add("maxMilliseconds", milliseconds(latencies.maximum()))
            json.add("bareSyncP50Milliseconds", milliseconds(bareSyncs.nanoseconds(perMille: 500)))
            json.add("bareSyncP99Milliseconds", milliseconds(bareSyncs.nanoseconds(perMille: 990)))
            json.add("bareFileP50Milliseconds", milliseconds(bareFiles.nanoseconds(perMille: 500)))
            json.add("bareFileP99Milliseconds", milliseconds(bareFiles.nanoseconds(perMille: 990)))
            json.add("commitMaxMilliseconds", milliseconds(counters.commitNanosecondsMax))
            json.add("entries", entries)
            json.add("entryBytes", entryBytes)
            json.add("commits", counters.commits)
            json.add("refusedBusy", counters.refusedBusy)
            json.add("queueHighWater", counters.queueHighWater)
            json.add("root", root)
            json.add("verifierKey", verifierKey)
            json.add("machine", Machine.description)
            return json
        }
    }

    var table: Table {
        mutating get {
            func text(_ nanoseconds: UInt64) -> String {
                (Double(nanoseconds) / 1e6).fixed(1) + " ms"
            }
            var table = Table()
            table.add("appended", Int(entriesPerSecond).grouped + " entries/s")
            table.add("latency p50", text(latencies.nanoseconds(perMille: 500)))
            table.add("latency p99", text(latencies.nanoseconds(perMille: 990)))
            table.add("latency p99.9", text(latencies.nanoseconds(perMille: 999)))
            table.add("bare sync p50", text(bareSyncs.nanoseconds(perMille: 500)))
            table.add("bare sync p99", text(bareSyncs.nanoseconds(perMille: 990)))
            table.add("bare new file p50", text(bareFiles.nanoseconds(perMille: 500)))
            table.add("bare new file p99", text(bareFiles.nanoseconds(perMille: 990)))
            table.add("commits", counters.commits.grouped)
            return table
        }
    }
}
