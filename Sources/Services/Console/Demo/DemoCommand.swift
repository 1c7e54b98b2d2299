import Encoding
import Platform
import Primitives

extension Console {
    static var demoSyntax: CommandSyntax {
        CommandSyntax(
            "demo",
            summary:
                "run a venue with twelve observers, kill it, settle on evidence, verify a bundle",
            details: """
                Starts a venue process (parallax serve) and twelve observer processes (parallax observe). The \
                observers generate a group key among themselves, follow the venue's journal, carry out \
                every command again in a sandbox, and attest to every interval.

                An order flow is played at an even pace; in the middle the venue is ended with SIGKILL, started again \
                on the same journal, and goes on where it left off. Then two downlinks of a satellite are sold: \
                one is reported as it was and settles when eight observers find the evidence good, one is not and \
                fails. In the end counterparties verify their bundles without the venue.

                On a terminal the venue is then left running for a browser, with the flow played again and again and \
                the observers attesting, until Control-C.

                With --cheat the venue's engine credits one unit more than it tells: no quorum forms, and the \
                observers' signed dissents say why.
                """,
            options: [
                OptionSyntax(
                    "--flow",
                    "FILE",
                    "what to play (default: 200,000 generated commands)"
                ),
                OptionSyntax("--seconds", "N", "how long to play (default: 12)"),
                OptionSyntax("--seed", "N", "seed of the generated commands (default: 1)"),
                OptionSyntax("--commands", "N", "how many commands to generate"),
                OptionSyntax("--observers", "N", "how many observers, 8 to 12 (default: 12)"),
                OptionSyntax("--cheat", "", "let the venue cheat by one unit"),
                OptionSyntax(
                    "--components",
                    "DIR",
                    "the components (default: those beside the program)"
                ),
                OptionSyntax(
                    "--headless",
                    "",
                    "plain lines instead of a picture, and end when all is shown"
                ),
                OptionSyntax(
                    "--http",
                    "ADDRESS:PORT",
                    "where the venue is left running (default: 127.0.0.1:8080 on a terminal)"
                ),
                OptionSyntax("--data", "DIR", "keep everything in DIR, which must be empty"),
                OptionSyntax("--keep", "", "keep everything and say where it is"),
                OptionSyntax(
                    "--bundle",
                    "DIR",
                    "leave the bundle and what verifies it in DIR (default: a folder named at the end)"
                ),
            ],
            body: demo
        )
    }

    @Sendable private static func demo(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let seconds = try arguments.number("--seconds", in: 1...3_600, standard: 12)
        let components = try componentFolder(arguments)
        let flow = try demoFlow(arguments)
        let stop = StopSignals()
        let screen = DemoScreen(
            terminal,
            isDrawing: terminal.isInteractive && !arguments.has("--headless")
        )
        try withFolder(arguments, terminal) { path throws(ConsoleError) in
            screen.step("making the keys of a venue and of its observers")
            let network = try CommitteeNetwork(
                program: ownProgram(),
                path: path,
                components: components,
                count: try arguments.number("--observers", in: 8...12, standard: 12)
            )
            let session = DemoSession(flow)
            let demo = try Demo(
                session,
                network: network,
                seconds: seconds,
                stop: stop,
                screen: screen
            )
            if arguments.has("--cheat") { return try DemoCheat(demo).run() }
            let outcome = try demo.run()
            guard let trade = outcome.survived.lastTrade else {
                throw .environment("there was no trade to hand over; play a longer flow")
            }
            let bundlePath = try bundleFolder(arguments)
            let handover = DemoHandover(network: network, bundlePath: bundlePath, screen: screen)
            let services = TradeID(outcome.status.tradeCount - 1)
            let bundleBytes = try handover.run(trade, settled: services)
            summarize(outcome, bundleBytes, flow.count, terminal)
            terminal.line("The bundles are in \(bundlePath); verify them again, anywhere:")
            terminal.line(
                "  parallax verify \(bundlePath)/bundle.cbor --trust \(bundlePath)/trust.json"
            )
            let isOpen = terminal.isInteractive && !arguments.has("--headless")
            if let address = arguments.text("--http") ?? (isOpen ? "127.0.0.1:8080" : nil) {
                try OpenVenue(demo: demo, flow: flow, address: address).run(terminal)
            }
        }
    }

    /// Where the components are that observers run: found as observers find theirs.
    static func componentFolder(_ arguments: Arguments) throws(ConsoleError) -> String {
        try ComponentFiles(folder: arguments.text("--components")).folder
    }

    private static func bundleFolder(_ arguments: Arguments) throws(ConsoleError) -> String {
        if let path = arguments.text("--bundle") {
            _ = try makeDirectory(path)
            return path
        }
        do { return try TemporaryFolder.make() } catch {
            throw .environment("\(error); name another with --bundle")
        }
    }

    static func ownProgram() throws(ConsoleError) -> String {
        do { return try ChildProcess.ownProgram() } catch { throw .environment("\(error)") }
    }

    private static func demoFlow(_ arguments: Arguments) throws(ConsoleError) -> [FlowCommand] {
        let seed = try arguments.number("--seed", in: 0...Int.max, standard: 1)
        let count = try arguments.number("--commands", in: 100...20_000_000, standard: 200_000)
        guard let file = arguments.text("--flow") else {
            return FlowGenerator.commands(seed: UInt64(seed), count: count)
        }
        if arguments.has("--seed") || arguments.has("--commands") {
            throw arguments.usage("--flow and generated commands exclude each other; give one")
        }
        let flow = try readFlow(file)
        if flow.count < 2 {
            throw .malformed(file: file, line: 2, "there is nothing to play; give a longer flow")
        }
        return flow
    }

    /// Runs something with a directory for a journal: the one that was named, or one that is removed after.
    static func withFolder(
        _ arguments: Arguments,
        _ terminal: Terminal,
        _ body: (String) throws(ConsoleError) -> Void
    ) throws(ConsoleError) {
        if let path = arguments.text("--data") {
            return try body(path)
        }
        let path: String
        do { path = try TemporaryFolder.make() } catch {
            throw .environment("\(error); name another with --data")
        }
        var failure: ConsoleError?
        do { try body(path) } catch { failure = error }
        if arguments.has("--keep") {
            terminal.note("the journal is in \(path)")
        } else {
            do { try TemporaryFolder.remove(path) } catch {
                terminal.note("parallax: \(error); remove it by hand")
            }
        }
        if let failure { throw failure }
    }

    private static func summarize(
        _ outcome: Demo.Outcome,
        _ bundleBytes: Int,
        _ commands: Int,
        _ terminal: Terminal
    ) {
        let tally = outcome.undisturbed.tally
        var latencies = outcome.latencies
        var table = Table()
        table.add("commands", commands.grouped)
        table.add("refused", tally.refused.grouped)
        table.add("trades", tally.trades.grouped)
        table.add("volume", tally.volume.grouped)
        table.add("notional", tally.notional.grouped)
        table.add("fees", tally.fees.grouped)
        table.add("contracts with the clearing house", (tally.trades * 2).grouped)
        table.add("trial balance", outcome.status.isTrialBalanceZero ? "0" : "not 0")
        table.add("resting orders", outcome.status.liveOrderCount.grouped)
        table.add("latency to durable p50", latencies.microseconds(perMille: 500))
        table.add("latency to durable p99", latencies.microseconds(perMille: 990))
        table.add("latency to durable p99.9", latencies.microseconds(perMille: 999))
        let recovery = Double(outcome.recovered.recoveryNanoseconds) / 1e6
        table.add("recovery", recovery.fixed(1) + " ms")
        table.add("acknowledged before the kill", outcome.answeredAtKill.grouped)
        table.add("lost", "0")
        let seconds = Double(outcome.keyGenerationNanoseconds) / 1e9
        table.add("key generation, 8 of 12", seconds.fixed(2) + " s")
        table.add("leaves in the log", outcome.committee.count("logSize").grouped)
        table.add("certificates", outcome.committee.count("certificates").grouped)
        let p50 = Double(outcome.committee.count("formationP50Nanoseconds")) / 1e6
        let p99 = Double(outcome.committee.count("formationP99Nanoseconds")) / 1e6
        table.add("quorum formation p50", p50.fixed(1) + " ms")
        table.add("quorum formation p99", p99.fixed(1) + " ms")
        table.add("bundle", "\(bundleBytes.grouped) bytes")
        terminal.line("")
        for line in table.lines { terminal.line(line) }
        terminal.line("")
        terminal.line("The trades are the same as without the kill. Nothing acknowledged was lost.")
    }
}

extension Durations {
    mutating func microseconds(perMille: Int) -> String {
        DemoScreen.microseconds(nanoseconds(perMille: perMille))
    }

    /// Adds all durations of another collection.
    mutating func add(_ other: Durations) { for sample in other.samples { add(sample) } }
}
