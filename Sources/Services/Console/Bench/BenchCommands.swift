import Platform

extension Console {
    static var benchMatchingSyntax: CommandSyntax {
        CommandSyntax(
            "bench matching",
            summary: "measure matching: the bare order book, and the whole core",
            details: """
                One thread, no journal. Each run works off the flow once to warm up and once to be
                measured; rates are the medians of all runs, latencies are those of single commands
                in the whole core, without the cost of taking the time.
                """,
            options: [
                OptionSyntax(
                    "--flow",
                    "FILE",
                    "what to match (default: 200,000 generated commands)"
                ),
                OptionSyntax("--runs", "N", "how many runs (default: 15)"),
                OptionSyntax(
                    "--resting",
                    "N",
                    "orders in the book for memoryBytes (default: 1000000)"
                ),
                OptionSyntax("--json", "", "print one JSON object and nothing else"),
            ],
            body: benchMatching
        )
    }

    @Sendable private static func benchMatching(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let runs = try arguments.number("--runs", in: 1...10_000, standard: 15)
        let resting = try arguments.number("--resting", in: 1...4_000_000, standard: 1_000_000)
        let (flow, name) = try benchFlow(arguments, count: 200_000)
        var result = try MatchingBench.run(flow, runs: runs, resting: resting) { what in
            terminal.progress("bench matching: " + what)
        }
        terminal.endProgress()
        if arguments.has("--json") {
            terminal.line(result.json(flow: name, runs: runs, resting: resting).description)
        } else {
            terminal.line("matching, \(name), on \(Machine.description)")
            for line in result.table(resting: resting).lines { terminal.line(line) }
        }
    }

    /// The flow that was asked for, or a generated one, and what to call it.
    static func benchFlow(
        _ arguments: Arguments,
        count: Int
    ) throws(ConsoleError) -> (flow: [FlowCommand], name: String) {
        guard let file = arguments.text("--flow") else {
            let seed: UInt64 = 1
            return (FlowGenerator.commands(seed: seed, count: count), "generated with seed \(seed)")
        }
        let flow = try readFlow(file)
        if flow.isEmpty {
            throw .malformed(file: file, line: 2, "there are no commands; give a flow with some")
        }
        let name = file.split(separator: "/").last.map(String.init) ?? file
        return (flow, name)
    }
}

extension MatchingBench.Result {
    mutating func json(flow: String, runs: Int, resting: Int) -> JSONObject {
        var json = JSONObject()
        json.add("bareMessagesPerSecond", bareMessagesPerSecond.rounded())
        json.add("fullCommandsPerSecond", fullCommandsPerSecond.rounded())
        json.add("p50Nanoseconds", latencies.nanoseconds(perMille: 500))
        json.add("p99Nanoseconds", latencies.nanoseconds(perMille: 990))
        json.add("p999Nanoseconds", latencies.nanoseconds(perMille: 999))
        json.add("clockNanosecondsSubtracted", clockNanoseconds)
        json.add("memoryBytes", memoryBytes)
        json.add("restingOrders", resting)
        json.add("stateHashNanoseconds", stateHashNanoseconds)
        json.add("flow", flow)
        json.add("commands", commands)
        json.add("trades", trades)
        json.add("runs", runs)
        json.add("stateHash", stateHash)
        json.add("machine", Machine.description)
        return json
    }

    mutating func table(resting: Int) -> Table {
        var table = Table()
        table.add("bare order book", Int(bareMessagesPerSecond).grouped + " messages/s")
        table.add("whole core", Int(fullCommandsPerSecond).grouped + " commands/s")
        table.add("latency p50", "\(latencies.nanoseconds(perMille: 500)) ns")
        table.add("latency p99", "\(latencies.nanoseconds(perMille: 990)) ns")
        table.add("latency p99.9", "\(latencies.nanoseconds(perMille: 999)) ns")
        table.add("\(resting.grouped) resting orders", memoryBytes.grouped + " bytes")
        table.add("state hash after 250 ms", "\(stateHashNanoseconds / 1_000) µs")
        table.add("commands", commands.grouped)
        table.add("trades", trades.grouped)
        table.add("state hash", stateHash)
        return table
    }
}
