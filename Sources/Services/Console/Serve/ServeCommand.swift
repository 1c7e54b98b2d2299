import Committee
import Cryptography
import Encoding
import Gateway
import HTTP
import KeyCeremony
import Platform
import Sequencer
import Settlement
import Statements
import Transparency

extension Console {
    static var serveSyntax: CommandSyntax {
        CommandSyntax(
            "serve",
            summary: "run a venue on a journal, with its log and its committee of observers",
            details: """
                Recovers the venue from the journal in DIR, which is made if it is missing. With --stdio it takes
                commands from one client: binary frames, described in docs/protocol-stdio.md. An answer
                leaves only when its command is durable. The end of that input and SIGTERM end the
                venue after everything that was accepted is durable and answered.

                With --log, every trade, settlement, rule and filed document is a leaf of the log in DIR about a
                quarter of a second after it, and what is missing at a start is made up for. The log never holds the
                venue up: if it fails, that is said, and the venue goes on.

                With --committee, the observers that FILE enrols connect at --listen (mutual TLS), generate the
                group's key among themselves, attest to every interval, and judge the reports of service contracts.
                With --http, members trade over HTTP, WebSocket and gRPC (docs/api.md); the venue's file says
                what is listed, and gateway.json in the directory of the journal where it listens.

                serve.json in DIR says where they and the control surface listen; `parallax committee` uses the
                latter.

                With --config, what the command line leaves out is read from FILE: [venue] with data, log, keys,
                passphrase_file, snapshot_seconds, snapshot_commands, interval_commands; [committee] with file, listen,
                control, components, automatic_penalties; [nats] as in observer.toml, to meet the observers over NATS instead of --listen; and
                [jetstream] and [kafka], to publish events (docs/events.md).
                """,
            options: [
                OptionSyntax("--config", "FILE", "read options from a file (TOML)"),
                OptionSyntax("--data", "DIR", "the directory of the journal"),
                OptionSyntax("--stdio", "", "take commands from standard input"),
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
                OptionSyntax("--committee", "FILE", "the enrolled observers, as JSON"),
                OptionSyntax(
                    "--listen",
                    "ADDRESS:PORT",
                    "where observers connect (default: 127.0.0.1, a free port)"
                ),
                OptionSyntax(
                    "--control",
                    "ADDRESS:PORT",
                    "where the control surface listens (default: 127.0.0.1, a free port)"
                ),
                OptionSyntax(
                    "--components",
                    "DIR",
                    "the components that judge claims, named CLAIM.wasm or downlink.wasm"
                ),
                OptionSyntax(
                    "--http",
                    "ADDRESS:PORT",
                    "serve members over HTTP, WebSocket and gRPC; PORT in the environment wins"
                ),
                OptionSyntax("--web", "DIR", "also serve the terminal in DIR"),
                OptionSyntax("--test-funds", "", "let members give themselves test funds"),
                OptionSyntax("--tls-certificate", "FILE", "speak TLS with this certificate (PEM)"),
                OptionSyntax("--tls-key", "FILE", "its secret key (PEM)"),
                OptionSyntax(
                    "--client-certificates",
                    "KIND",
                    "none, requested or required of members' connections (default: none)"
                ),
                OptionSyntax(
                    "--automatic-penalties",
                    "",
                    "file the penalties that follow from what the venue itself has seen, unasked"
                ),
                OptionSyntax(
                    "--cheat",
                    "",
                    "tell the observers of one unit less than was credited; for demonstrations"
                ),
            ] + KeyFolder.options,
            body: serve
        )
    }

    @Sendable private static func serve(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        var arguments = arguments
        var settings = ServeConfiguration()
        if let file = arguments.text("--config") {
            settings = try ServeConfiguration(completing: &arguments, from: file)
        }
        try settings.gateway.complete(arguments)
        let path = try arguments.requiredText("--data", "DIR")
        let hasGateway = settings.gateway.address != nil
        if !arguments.has("--stdio"), !arguments.has("--committee"), !hasGateway {
            throw arguments.usage(
                "nobody could reach this venue; write --stdio, --committee FILE, --http ADDRESS, "
                    + "or several of them"
            )
        }
        var configuration = try sequencerConfiguration(arguments)
        if settings.nats != nil, !arguments.has("--committee") {
            throw arguments.usage(
                "[nats] is for the observers of a committee; name its file, or leave [nats] out"
            )
        }
        if settings.nats != nil, arguments.has("--listen") {
            throw arguments.usage("--listen and [nats] exclude each other; leave one out")
        }
        var companion: (any VenueCompanionPlan)?
        var venueLog: VenueLog?
        if let logPath = arguments.text("--log") {
            configuration.stateHashNanoseconds = VenueLog.intervalNanoseconds
            let log = VenueLog(
                path: logPath,
                identity: try KeyFolder(arguments, terminal).identity()
            )
            companion = log
            venueLog = log
            if arguments.has("--committee") {
                companion = try committeePlan(arguments, log, path, settings.nats)
            }
        } else if arguments.has("--committee") {
            throw arguments.usage("a committee attests to the log; give its directory with --log")
        }
        let plan = try gatewayPlan(settings.gateway, arguments, path, venueLog, terminal)
        try VenueServer(hasGateway: plan != nil).run(
            path,
            configuration: configuration,
            companion: companion,
            gateway: plan,
            outboxes: try outboxPlan(settings, path, venueLog),
            readsInput: arguments.has("--stdio"),
            terminal
        )
    }

    /// What the gateway is started with; none if the venue has none.
    private static func gatewayPlan(
        _ settings: GatewaySettings,
        _ arguments: Arguments,
        _ path: String,
        _ log: VenueLog?,
        _ terminal: Terminal
    ) throws(ConsoleError) -> GatewayPlan? {
        guard settings.address != nil else { return nil }
        _ = try makeDirectory(path)
        var secret: [UInt8]?
        if arguments.has("--keys") {
            secret = try KeyFolder(arguments, terminal).accessSecret()
        }
        return GatewayPlan(
            settings: settings,
            venue: log?.identity.venue.text.string ?? "parallax",
            dataPath: path,
            secret: secret,
            log: log
        )
    }

    /// Where events are published; none if nowhere.
    private static func outboxPlan(
        _ settings: ServeConfiguration,
        _ path: String,
        _ log: VenueLog?
    ) throws(ConsoleError) -> OutboxPlan? {
        guard !settings.outboxes.isEmpty else { return nil }
        return OutboxPlan(
            settings: settings.outboxes,
            source: log?.identity.venue.text.string ?? "parallax",
            listing: try settings.gateway.listed(),
            dataPath: path
        )
    }

    private static func sequencerConfiguration(
        _ arguments: Arguments
    ) throws(ConsoleError) -> SequencerConfiguration {
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
        return SequencerConfiguration(
            snapshotIntervalNanoseconds: UInt64(seconds) * 1_000_000_000,
            snapshotCommands: UInt64(commands),
            stateHashCommands: UInt64(interval)
        )
    }

    private static func committeePlan(
        _ arguments: Arguments,
        _ log: VenueLog,
        _ path: String,
        _ servers: NATSSettings?
    ) throws(ConsoleError) -> CommitteePlan {
        let file = try arguments.requiredText("--committee", "FILE")
        _ = try makeDirectory(path)
        return CommitteePlan(
            log: log,
            committee: try committeeFile(file, log),
            listen: arguments.text("--listen") ?? "127.0.0.1:0",
            servers: servers,
            control: try controlAddress(arguments),
            dataPath: path,
            policy: try settlementPolicy(arguments),
            penalisesUnasked: arguments.has("--automatic-penalties"),
            cheats: arguments.has("--cheat")
        )
    }

    private static func committeeFile(
        _ path: String,
        _ log: VenueLog
    ) throws(ConsoleError) -> CommitteeFile {
        let bytes = try platform { () throws(PlatformError) in try WholeFile.read(path) }
        let file: CommitteeFile
        do throws(KeyCeremonyError) { file = try CommitteeFile(decoding: bytes) } catch {
            throw .malformed(file: path, line: 1, error.description)
        }
        guard file.venue == log.identity.venue else {
            throw .malformed(
                file: path,
                line: 1,
                "it is the committee of \(file.venue.text.string), the keys are those of "
                    + log.identity.venue.text.string
            )
        }
        return file
    }

    private static func controlAddress(
        _ arguments: Arguments
    ) throws(ConsoleError) -> SocketAddress {
        guard let text = arguments.text("--control") else { return .loopback }
        do throws(HTTPError) { return try SocketAddress(text) } catch {
            throw arguments.usage("option --control: \(error)")
        }
    }

    /// Which components judge claims, from the files that are there.
    private static func settlementPolicy(
        _ arguments: Arguments
    ) throws(ConsoleError) -> SettlementPolicy {
        guard let path = arguments.text("--components") else { return SettlementPolicy() }
        let bytes = try platform { () throws(PlatformError) in
            try WholeFile.read(path + "/downlink.wasm")
        }
        return SettlementPolicy(
            components: [("downlink_completed", SHA256.hash(of: bytes))]
        )
    }

    /// Runs something of the committee: what goes wrong there is the environment.
    static func committee<Result>(
        _ body: () throws(CommitteeError) -> Result
    ) throws(ConsoleError) -> Result {
        do throws(CommitteeError) { return try body() } catch {
            throw .environment(error.description)
        }
    }

    /// Runs something of the settlement: what goes wrong there is the environment.
    static func settlement<Result>(
        _ body: () throws(SettlementError) -> Result
    ) throws(ConsoleError) -> Result {
        do throws(SettlementError) { return try body() } catch {
            throw .environment(error.description)
        }
    }
}
