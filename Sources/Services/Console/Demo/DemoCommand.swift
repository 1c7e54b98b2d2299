import Cryptography
import Platform
import Primitives

extension Console {
    static var demoSyntax: CommandSyntax {
        CommandSyntax(
            "demo",
            summary:
                "play a session, survive a kill, and hand a counterparty a bundle it verifies alone",
            details: """
                Starts a venue process (parallax serve), sends it an order flow at an even pace, ends it with
                SIGKILL in the middle, starts it again on the same journal, goes on where it left
                off, and compares the final state with that of an undisturbed run.

                Then twelve observers generate a group key, the session goes into a transparency log, the
                observers attest to every interval of it, and the buyer of the last trade gets a bundle, which
                parallax verify checks without the venue; the same bundle with one bit flipped is refused.
                """,
            options: [
                OptionSyntax(
                    "--flow",
                    "FILE",
                    "what to play (default: 1,000,000 generated commands)"
                ),
                OptionSyntax("--seconds", "N", "how long to play (default: 12)"),
                OptionSyntax("--seed", "N", "seed of the generated commands (default: 1)"),
                OptionSyntax("--commands", "N", "how many commands to generate"),
                OptionSyntax("--headless", "", "plain lines instead of a picture"),
                OptionSyntax("--data", "DIR", "keep the journal in DIR, which must be empty"),
                OptionSyntax("--keep", "", "keep the journal and say where it is"),
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
        let flow = try demoFlow(arguments)
        let stop = StopSignals()
        let screen = DemoScreen(
            terminal,
            isDrawing: terminal.isInteractive && !arguments.has("--headless")
        )
        try withFolder(arguments, terminal) { path throws(ConsoleError) in
            let program = try ownProgram()
            let demo = Demo(
                DemoSession(flow),
                program: program,
                path: path,
                seconds: seconds,
                stop: stop,
                screen: screen
            )
            let outcome = try demo.run()
            let trust = DemoTrust(
                program: program,
                path: path,
                bundlePath: try bundleFolder(arguments),
                stop: stop,
                screen: screen
            )
            let proven = try trust.run()
            summarize(outcome, proven, flow.count, terminal)
            terminal.line("The bundle is in \(trust.bundlePath); verify it again, anywhere:")
            terminal.line(
                "  parallax verify \(trust.bundlePath)/bundle.cbor --trust "
                    + "\(trust.bundlePath)/trust.json"
            )
        }
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

    private static func ownProgram() throws(ConsoleError) -> String {
        do { return try ChildProcess.ownProgram() } catch { throw .environment("\(error)") }
    }

    private static func demoFlow(_ arguments: Arguments) throws(ConsoleError) -> [FlowCommand] {
        let seed = try arguments.number("--seed", in: 0...Int.max, standard: 1)
        let count = try arguments.number("--commands", in: 100...20_000_000, standard: 1_000_000)
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
        _ proven: DemoTrust.Outcome,
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
        table.add("state hash", outcome.status.stateHash.hex)
        let seconds = Double(proven.keyGenerationNanoseconds) / 1e9
        table.add("key generation, 8 of 12", seconds.fixed(2) + " s")
        table.add("leaves in the log", proven.logSize.grouped)
        table.add("intervals attested", proven.intervals.grouped)
        table.add("bundle of trade \(proven.trade.rawValue)", "\(proven.bundleBytes.grouped) bytes")
        terminal.line("")
        for line in table.lines { terminal.line(line) }
        terminal.line("")
        terminal.line("The state is the same as without the kill. Nothing acknowledged was lost.")
    }
}

extension Durations {
    mutating func microseconds(perMille: Int) -> String {
        DemoScreen.microseconds(nanoseconds(perMille: perMille))
    }

    /// Adds all durations of another collection.
    mutating func add(_ other: Durations) { for sample in other.samples { add(sample) } }
}
