import Cryptography
import Encoding
import Journal
import LogStore
import MerkleLog
import Platform
import Primitives
import Statements
import Transparency
import Venue
import Verification

extension Console {
    static var logBundleSyntax: CommandSyntax {
        CommandSyntax(
            "log bundle",
            operands: "JOURNAL LOG",
            count: 2...2,
            summary: "make the bundle that proves one side of a trade",
            details: """
                The bundle opens the commitment of the account on that side, and never that of the other. The
                trade's interval must have its quorum certificate in the log.
                """,
            options: KeyFolder.options + [
                OptionSyntax("--trade", "N", "the number of the trade"),
                OptionSyntax("--side", "SIDE", "buy or sell"),
                OptionSyntax("--out", "FILE", "where to write the bundle"),
                OptionSyntax(
                    "--since",
                    "SIZE",
                    "also prove consistency with a checkpoint of that size, seen before"
                ),
                OptionSyntax(
                    "--checkpoint",
                    "FILE",
                    "prove against this signed checkpoint, with its cosignatures"
                ),
            ],
            body: logBundle
        )
    }

    static var logTrustSyntax: CommandSyntax {
        CommandSyntax(
            "log trust",
            operands: "LOG",
            count: 1...1,
            summary: "print the trust.json with which a venue's bundles are verified",
            details: """
                It names the keys of the newest roster and of the venue. Hand it over on another way than the
                bundles: whoever can change both can forge both.
                """,
            options: KeyFolder.options + [
                OptionSyntax(
                    "--witnesses",
                    "FILE",
                    "lines of a witness policy (witness, group, quorum) to require"
                )
            ],
            body: logTrust
        )
    }

    @Sendable private static func logBundle(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let number = try arguments.number("--trade", in: 1...Int.max, standard: 0)
        let side: Side =
            try arguments.choice("--side", of: ["buy", "sell"]) == "buy" ? .buy : .sell
        let out = try arguments.requiredText("--out", "FILE")
        if number == 0 { throw arguments.usage("option --trade is missing; write --trade N") }
        let journal = try openJournal(arguments.operands[0])
        let log = try openDirectory(arguments.operands[1])
        let identity = try KeyFolder(arguments, terminal).identity()
        let trade = TradeID(UInt64(number))
        let account = try account(of: trade, side, in: journal, terminal)
        let checkpoint = try arguments.text("--checkpoint").map { file throws(ConsoleError) in
            try readFile(file)
        }
        let since = try arguments.number("--since", in: 0...Int.max, standard: 0)
        let bundle = try transparency { () throws(TransparencyError) in
            try BundleMaker(identity: identity, directory: log).bundle(
                trade: trade,
                side: side,
                account: account,
                seen: since > 0 ? UInt64(since) : nil,
                checkpoint: checkpoint
            )
        }
        try writeFile(out, bundle)
        terminal.line(
            "\(out): \(bundle.count.grouped) bytes, trade \(number.grouped), \(side) side"
        )
    }

    /// The account on a side of a trade, which only the journal knows.
    private static func account(
        of trade: TradeID,
        _ side: Side,
        in directory: LinuxDirectory,
        _ terminal: Terminal
    ) throws(ConsoleError) -> AccountID {
        var replay = try journal { () throws(JournalError) in
            try JournalReplay(directory: directory, usesSnapshots: false)
        }
        while let record = try journal({ () throws(JournalError) in try replay.next() }) {
            for index in 0..<replay.events.count {
                guard case .traded(let found) = replay.events[index], found.trade == trade else {
                    continue
                }
                terminal.endProgress()
                return side == .buy ? found.buyer : found.seller
            }
            if record.sequence.isMultiple(of: 1 << 20) {
                terminal.progress("looking for the trade: \(record.sequence.grouped) commands")
            }
        }
        throw .disagreement("the journal has no trade \(trade.rawValue)")
    }

    @Sendable private static func logTrust(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let log = try openDirectory(arguments.operands[0])
        let identity = try KeyFolder(arguments, terminal).identity()
        let lines = try arguments.text("--witnesses").map { file throws(ConsoleError) in
            String(decoding: try readFile(file), as: UTF8.self)
                .split(separator: "\n").map(String.init)
        }
        let roster = try transparency { () throws(TransparencyError) in
            try BundleMaker(identity: identity, directory: log).newestRoster()
        }
        let trust = try transparency { () throws(TransparencyError) in
            try identity.trust(roster: roster, witnesses: lines ?? [])
        }
        terminal.line(String(decoding: trust.encoded, as: UTF8.self))
    }
}
