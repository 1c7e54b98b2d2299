import Platform

/// The command line: what `parallax` does with its arguments.
///
/// Exit codes: 0 good; 1 the checked thing is bad; 2 the command line or a file's contents make no
/// sense; 3 something that is needed is not there.
public enum Console {
    /// The version that `--version` prints.
    public static let version = "0.1.0"

    /// Runs the command that this process was started with, and ends the process.
    public static func main() -> Never {
        ProcessControl.exit(run(ProcessControl.arguments, on: .standard))
    }

    /// Runs one command.
    ///
    /// - Parameters:
    ///   - words: The command line without the program's name.
    ///   - terminal: Where to write.
    /// - Returns: The exit code.
    public static func run(_ words: [String], on terminal: Terminal) -> Int32 {
        do {
            try dispatch(words, terminal)
            return 0
        } catch {
            if terminal.isInteractive { terminal.endProgress() }
            for line in error.lines { terminal.note(line) }
            return error.exitCode
        }
    }

    private static func dispatch(_ words: [String], _ terminal: Terminal) throws(ConsoleError) {
        guard let first = words.first else {
            throw .usage("say what to do: \(Self.firstWords.joined(separator: ", "))", command: "")
        }
        switch first {
        case "help", "--help", "-h":
            try help(Array(words.dropFirst()), terminal)
        case "--version", "version":
            terminal.line("parallax \(version)")
        default:
            let (syntax, rest) = try find(words)
            if rest.prefix(while: { $0 != "--" }).contains(where: { $0 == "--help" || $0 == "-h" })
            {
                terminal.line(syntax.help)
            } else {
                try syntax.body(Arguments(rest, for: syntax), terminal)
            }
        }
    }

    private static func help(_ words: [String], _ terminal: Terminal) throws(ConsoleError) {
        if words.isEmpty {
            terminal.line(overview)
        } else if words.count == 1, let group = group(words[0]) {
            terminal.line(group)
        } else {
            terminal.line(try find(words).syntax.help)
        }
    }

    /// The command that the words name, and the words after its name.
    private static func find(
        _ words: [String]
    ) throws(ConsoleError) -> (syntax: CommandSyntax, rest: [String]) {
        for syntax in commands {
            let name = syntax.name.split(separator: " ").map(String.init)
            if words.starts(with: name) { return (syntax, Array(words.dropFirst(name.count))) }
        }
        let seconds = secondWords(of: words[0])
        if seconds.isEmpty { throw unknown("command", words[0], among: firstWords, command: "") }
        guard words.count > 1, words[1] != "--help", words[1] != "-h" else {
            let list = seconds.joined(separator: ", ")
            throw .usage("say what to do: \(list)", command: words[0])
        }
        throw unknown("command", words[1], among: seconds, command: words[0])
    }

    private static func unknown(
        _ kind: String,
        _ word: String,
        among words: [String],
        command: String
    ) -> ConsoleError {
        let hint = word.nearest(in: words).map { "did you mean \($0)?" }
        let list = "there are " + words.joined(separator: ", ")
        return .usage("unknown \(kind) \(word.quoted); \(hint ?? list)", command: command)
    }

    private static var firstWords: [String] {
        var words: [String] = []
        for syntax in commands {
            let word = String(syntax.name.prefix { $0 != " " })
            if !words.contains(word) { words.append(word) }
        }
        return words + ["help"]
    }

    private static func secondWords(of first: String) -> [String] {
        commands.compactMap { syntax in
            let name = syntax.name.split(separator: " ")
            return name.count == 2 && name[0] == first ? String(name[1]) : nil
        }
    }

    private static func group(_ first: String) -> String? {
        let members = commands.filter { $0.name.hasPrefix(first + " ") }
        if members.isEmpty { return nil }
        return "usage: parallax \(first) COMMAND\n\ncommands:\n" + list(members)
    }

    private static var overview: String {
        """
        parallax: a clearing exchange. Orders match deterministically, every trade is cleared, \
        and everything is in a journal.

        usage: parallax COMMAND [options]

        commands:
        \(list(commands))
        Try: parallax demo
             parallax COMMAND --help
        """
    }

    private static func list(_ commands: [CommandSyntax]) -> String {
        let width = commands.map(\.name.count).max() ?? 0
        return commands.map { "  " + $0.name.padded(to: width) + "  " + $0.summary + "\n" }
            .joined()
    }

    /// Every command, in the order in which the help lists them.
    static var commands: [CommandSyntax] {
        [
            demoSyntax, serveSyntax, observeSyntax,
            committeeStatusSyntax, committeePendingSyntax,
            committeeDecideSyntax, committeeReportSyntax, committeeEnrolSyntax,
            committeePenaliseSyntax, committeeBondSyntax, committeeRotateSyntax, verifySyntax,
            replaySyntax, journalVerifySyntax,
            journalExportSyntax, journalStateHashSyntax,
            ledgerShowSyntax, ledgerReconcileSyntax, ledgerRebuildSyntax,
            logBuildSyntax, logRotateSyntax, logBundleSyntax, logTrustSyntax,
            logCheckpointSyntax, logProveSyntax, logConsistencySyntax, logAuditSyntax,
            logServeSyntax, logCosignSyntax, witnessServeSyntax,
            evidenceVerifySyntax, evidenceMakeSyntax, evidenceNoticeSyntax,
            didResolveSyntax, didRegisterSyntax, didRevokeSyntax,
            keysGenerateSyntax, keysShowSyntax, keysRotateSyntax, keysResealSyntax,
            benchMatchingSyntax, benchJournalSyntax, benchRecoverySyntax, benchBLSSyntax,
            benchLogSyntax, benchQuorumSyntax, benchLedgerSyntax, benchGatewaySyntax,
        ] + tradeCommands
    }
}
