import Journal
import Platform
import Sequencer

extension Console {
    static var serveSyntax: CommandSyntax {
        CommandSyntax(
            "serve",
            summary: "run a venue on a journal, commanded through standard input",
            details: """
                Recovers the venue from the journal in DIR, which is made if it is missing, and then takes
                commands from one client: binary frames, described in docs/protocol-stdio.md. An answer
                leaves only when its command is durable. The end of the input and SIGTERM end the
                venue after everything that was accepted is durable and answered.

                With --log, every trade, settlement, rule and filed document is a leaf of the log in DIR about a
                quarter of a second after it, and what is missing at a start is made up for. The log never holds the
                venue up: if it fails, that is said, and the venue goes on.
                """,
            options: [
                OptionSyntax("--data", "DIR", "the directory of the journal"),
                OptionSyntax(
                    "--stdio",
                    "",
                    "take commands from standard input (the only way so far)"
                ),
                OptionSyntax(
                    "--snapshot",
                    "SECONDS",
                    "how often to write a snapshot (default: 30)"
                ),
                OptionSyntax(
                    "--snapshot-commands",
                    "N",
                    "also write one after so many commands (default: 0, never)"
                ),
                OptionSyntax(
                    "--log",
                    "DIR",
                    "also keep the venue's transparency log in DIR, with the keys of --keys"
                ),
                OptionSyntax(
                    "--interval-commands",
                    "N",
                    "record the hash of the state after so many commands (default: 4096)"
                ),
            ] + KeyFolder.options,
            body: serve
        )
    }

    @Sendable private static func serve(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let path = try arguments.requiredText("--data", "DIR")
        if !arguments.has("--stdio") {
            throw arguments.usage("option --stdio is missing; write it, there is no other way yet")
        }
        let seconds = try arguments.number("--snapshot", in: 1...86_400, standard: 30)
        let commands = try arguments.number(
            "--snapshot-commands",
            in: 0...1_000_000_000_000,
            standard: 0
        )
        let interval = try arguments.number(
            "--interval-commands",
            in: 1...1_000_000,
            standard: 4_096
        )
        var configuration = SequencerConfiguration(
            snapshotIntervalNanoseconds: UInt64(seconds) * 1_000_000_000,
            snapshotCommands: UInt64(commands),
            stateHashCommands: UInt64(interval)
        )
        var log: VenueLog?
        if let logPath = arguments.text("--log") {
            configuration.stateHashNanoseconds = VenueLog.intervalNanoseconds
            log = VenueLog(path: logPath, identity: try KeyFolder(arguments, terminal).identity())
        }
        try VenueServer().run(path, configuration: configuration, log: log, terminal)
    }
}
