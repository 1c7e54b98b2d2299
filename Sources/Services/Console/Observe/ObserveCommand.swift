import Attestor
import Encoding
import KeyCeremony
import Platform

extension Console {
    static var observeSyntax: CommandSyntax {
        CommandSyntax(
            "observe",
            summary: "run an observer: re-execute a venue's journal, and attest to it",
            details: """
                With --init it makes a folder with sealed keys and a commented observer.toml, and prints the
                enrolment for the venue's committee file, one line of JSON. With --config it runs until SIGTERM
                or Control-C. What it must remember survives any end.

                --misbehave is for demonstrations of what catches faults; never use it where bonds are at stake.
                """,
            options: runOptions + initOptions,
            body: observe
        )
    }

    private static var runOptions: [OptionSyntax] {
        [
            OptionSyntax("--config", "FILE", "run with this configuration"),
            OptionSyntax(
                "--misbehave",
                "FAULT",
                "equivocate, wrong-evidence, invalid-share or slow=MILLISECONDS"
            ),
        ]
    }

    private static var initOptions: [OptionSyntax] {
        [
            OptionSyntax("--init", "DIR", "make this folder, with keys and a configuration"),
            OptionSyntax("--venue", "NAME", "the venue to observe"),
            OptionSyntax("--venue-key", "HEX", "its public key, 64 digits"),
            OptionSyntax("--bus", "ADDRESS", "where it talks to observers, such as 127.0.0.1:9400"),
            OptionSyntax("--index", "N", "the seat, 1 to 12"),
            OptionSyntax("--id", "ID", "the last part of the observer's DID"),
            OptionSyntax("--operator", "TEXT", "who runs the observer"),
            OptionSyntax("--group", "TEXT", "the group of companies of the operator"),
            OptionSyntax("--region", "TEXT", "where the observer is"),
            OptionSyntax("--category", "WORD", "what kind of organisation, such as groundStation"),
            OptionSyntax(
                "--passphrase-file",
                "FILE",
                "what seals the keys; 0600, at least 8 bytes"
            ),
            OptionSyntax("--quick-keys", "", "seal them weakly and fast, for demonstrations"),
        ]
    }

    @Sendable private static func observe(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        switch (arguments.text("--init"), arguments.text("--config")) {
        case (let folder?, nil):
            let enrolment = try ObserverFolder(folder, arguments).make()
            terminal.line(enrolment.json.canonicalText)
        case (nil, let path?):
            let stop = StopSignals()
            let configuration = try ObserverConfiguration(file: path)
            let misbehaviour = try misbehaviour(arguments)
            try Observer(configuration, misbehaviour, terminal).run(until: stop)
        default:
            throw arguments.usage("give either --config FILE, or --init DIR with what it needs")
        }
    }

    /// The faults that were asked for.
    private static func misbehaviour(_ arguments: Arguments) throws(ConsoleError) -> Misbehaviour {
        var misbehaviour = Misbehaviour()
        guard let text = arguments.text("--misbehave") else { return misbehaviour }
        switch text {
        case "equivocate": misbehaviour.equivocates = true
        case "wrong-evidence": misbehaviour.hasWrongEvidence = true
        case "invalid-share": misbehaviour.hasInvalidShare = true
        default:
            let parts = text.split(separator: "=").map(String.init)
            guard parts.count == 2, parts[0] == "slow", let milliseconds = UInt64(parts[1]),
                (1...600_000).contains(milliseconds)
            else {
                throw arguments.usage(
                    "option --misbehave is \(text.quoted); give equivocate, wrong-evidence, "
                        + "invalid-share or slow=MILLISECONDS"
                )
            }
            misbehaviour.delayMilliseconds = milliseconds
        }
        return misbehaviour
    }
}

extension JSONValue {
    /// The canonical form as text.
    var canonicalText: String { String(decoding: canonical, as: UTF8.self) }
}
