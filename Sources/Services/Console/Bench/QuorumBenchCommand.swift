import Encoding
import Platform

extension Console {
    static var benchQuorumSyntax: CommandSyntax {
        CommandSyntax(
            "bench quorum",
            summary: "measure how long quorums of real observer processes take",
            details: """
                A venue and its observers, each in a process of its own on this machine. First a moderate load: \
                from the request for an interval's votes to the eighth good one (formation), and from the first \
                moment of an interval to the log's checkpoint over its certificate (finality). Then 265,000 commands \
                a second, about 12,000 trades: how many intervals wait at its end, and how long they do. \
                Before all, calls of a small component in fresh instances.
                """,
            options: [
                OptionSyntax("--observers", "N", "how many observers, 8 to 12 (default: 12)"),
                OptionSyntax("--seconds", "S", "how long the moderate load is (default: 10)"),
                OptionSyntax("--load-seconds", "S", "how long the full load is (default: 2)"),
                OptionSyntax("--rate", "N", "commands a second at first (default: 2000)"),
                OptionSyntax("--load-rate", "N", "and at the full load (default: 265000)"),
                OptionSyntax("--seed", "N", "seed of the generated commands (default: 1)"),
                OptionSyntax(
                    "--components",
                    "DIR",
                    "the components (default: those beside the program)"
                ),
                OptionSyntax("--data", "DIR", "keep everything in DIR, which must be empty"),
                OptionSyntax("--keep", "", "keep everything and say where it is"),
                OptionSyntax("--json", "", "print one JSON object and nothing else"),
            ],
            body: benchQuorum
        )
    }

    @Sendable private static func benchQuorum(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let seconds = try arguments.number("--seconds", in: 1...3_600, standard: 10)
        let loadSeconds = try arguments.number("--load-seconds", in: 1...60, standard: 2)
        let seed = try arguments.number("--seed", in: 0...Int.max, standard: 1)
        let rate = try arguments.number(
            "--rate",
            in: 1...100_000,
            standard: QuorumBench.moderateRate
        )
        let loadRate = try arguments.number(
            "--load-rate",
            in: 1...1_000_000,
            standard: QuorumBench.fullRate
        )
        let count = seconds * rate + loadSeconds * loadRate
        let isQuiet = arguments.has("--json")
        try withFolder(arguments, terminal) { path throws(ConsoleError) in
            let network = try CommitteeNetwork(
                program: ownProgram(),
                path: path,
                components: try componentFolder(arguments),
                count: try arguments.number("--observers", in: 8...12, standard: 12)
            )
            let nowhere = Terminal(isInteractive: false, output: { _ in }, errors: { _ in })
            let demo = try Demo(
                DemoSession(FlowGenerator.commands(seed: UInt64(seed), count: count)),
                network: network,
                seconds: 1,
                stop: StopSignals(),
                screen: DemoScreen(nowhere, isDrawing: false)
            )
            defer { demo.end() }
            var result = try QuorumBench(
                demo: demo,
                network: network,
                seconds: seconds,
                rate: rate,
                loadRate: loadRate
            ) { text in
                if !isQuiet { terminal.progress(text) }
            }.run()
            if isQuiet {
                var json = result.json
                json.add("seed", seed)
                json.add("machine", Machine.description)
                if let commit = SourceRevision.present { json.add("commit", commit) }
                terminal.line(json.description)
            } else {
                terminal.endProgress()
                terminal.line("quorum, on \(Machine.description)")
                if let commit = SourceRevision.present { terminal.line("commit \(commit)") }
                for line in result.table.lines { terminal.line(line) }
            }
        }
    }
}

extension QuorumBench.Result {
    private func milliseconds(_ name: Text) -> Double { Double(status.count(name)) / 1e6 }

    var json: JSONObject {
        mutating get {
            var json = JSONObject()
            json.add("observers", observers)
            json.add("formationP50Milliseconds", milliseconds("formationP50Nanoseconds"))
            json.add("formationP99Milliseconds", milliseconds("formationP99Nanoseconds"))
            json.add("finalityP50Milliseconds", milliseconds("finalityP50Nanoseconds"))
            json.add("finalityP99Milliseconds", milliseconds("finalityP99Nanoseconds"))
            let call = Double(componentCalls.nanoseconds(perMille: 500)) / 1e3
            json.add("componentCallMicroseconds", call)
            json.add("commandsPerSecond", commandsPerSecond)
            json.add("certificates", certificates)
            json.add("loadCommands", loadCommands)
            json.add("loadSeconds", loadSeconds)
            json.add("intervalsBehind", intervalsBehind)
            json.add("catchUpSeconds", catchUpSeconds)
            return json
        }
    }

    var table: Table {
        mutating get {
            var table = Table()
            table.add("observers", "\(observers)")
            for (label, name) in [
                ("formation p50", "formationP50Nanoseconds"),
                ("formation p99", "formationP99Nanoseconds"),
                ("finality p50", "finalityP50Nanoseconds"),
                ("finality p99", "finalityP99Nanoseconds"),
            ] as [(String, Text)] {
                table.add(label, milliseconds(name).fixed(1) + " ms")
            }
            let call = Double(componentCalls.nanoseconds(perMille: 500)) / 1e3
            table.add("component call p50", call.fixed(1) + " µs")
            table.add("certificates", certificates.grouped)
            table.add("full load", "\(loadCommands.grouped) commands in \(loadSeconds.fixed(1)) s")
            table.add("intervals behind then", intervalsBehind.grouped)
            table.add("caught up after", catchUpSeconds.fixed(1) + " s")
            return table
        }
    }
}
