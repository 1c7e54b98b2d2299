import Platform

extension Console {
    static var benchGatewaySyntax: CommandSyntax {
        CommandSyntax(
            "bench gateway",
            summary: "measure orders and market data over WebSockets",
            details: """
                A venue in a process of its own and a load generator in this one, over loopback. First 10,000 orders a \
                second whatever comes back, from the moment when each was due to its durable acknowledgement; then \
                as many as are answered; then a book that many subscribers follow.
                """,
            options: [
                OptionSyntax("--seconds", "S", "how long each part is (default: 5)"),
                OptionSyntax("--subscribers", "N", "how many follow the book (default: 500)"),
                OptionSyntax("--data", "DIR", "keep everything in DIR, which must be empty"),
                OptionSyntax("--keep", "", "keep everything and say where it is"),
                OptionSyntax("--json", "", "print one JSON object and nothing else"),
            ],
            body: benchGateway
        )
    }

    @Sendable private static func benchGateway(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let seconds = try arguments.number("--seconds", in: 1...600, standard: 5)
        let subscribers = try arguments.number("--subscribers", in: 1...4_000, standard: 500)
        let isQuiet = arguments.has("--json")
        try withFolder(arguments, terminal) { path throws(ConsoleError) in
            let venue = try GatewayBenchVenue(path)
            defer { venue.stop() }
            var result = try GatewayBench(
                venue: venue,
                seconds: seconds,
                subscriberCount: subscribers
            ) { text in
                if !isQuiet { terminal.progress(text) }
            }.run()
            if isQuiet {
                terminal.line(result.json.description)
            } else {
                terminal.endProgress()
                for line in result.table.lines { terminal.line(line) }
            }
        }
    }
}

extension GatewayBench.Result {
    private var p50: Double { mutating get { Double(latencies.nanoseconds(perMille: 500)) / 1e3 } }
    private var p99: Double { mutating get { Double(latencies.nanoseconds(perMille: 990)) / 1e3 } }

    var json: JSONObject {
        mutating get {
            var json = JSONObject()
            json.add("ordersPerSecond", ordersPerSecond)
            json.add("ackP50Microseconds", p50)
            json.add("ackP99Microseconds", p99)
            json.add("ackOrdersPerSecond", steadyPerSecond)
            json.add("webSocketDeliveriesPerSecond", deliveriesPerSecond)
            json.add("subscribers", subscribers)
            json.add("machine", Machine.description)
            return json
        }
    }

    var table: Table {
        mutating get {
            var table = Table()
            table.add("durable acknowledgements a second", Int(ordersPerSecond).grouped)
            table.add("at a steady rate of", Int(steadyPerSecond).grouped)
            table.add("acknowledgement p50", p50.fixed(0) + " µs")
            table.add("acknowledgement p99", p99.fixed(0) + " µs")
            table.add(
                "deliveries to \(subscribers) subscribers a second",
                Int(deliveriesPerSecond).grouped
            )
            return table
        }
    }
}
