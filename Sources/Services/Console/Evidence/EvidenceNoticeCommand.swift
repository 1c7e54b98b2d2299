import Attestation
import Cryptography
import Encoding
import KeyStore
import Platform
import Primitives
import Statements
import Verification

extension Console {
    static var evidenceNoticeSyntax: CommandSyntax {
        CommandSyntax(
            "evidence notice",
            operands: "TYPE",
            count: 1...1,
            summary: "sign a notice about a seat, for evidence of what cannot be seen in its votes",
            details: """
                evidence notice keyCompromise --seat N --key SEAT/identity.key
                evidence notice affiliation --seat N --operator NAME --group NAME --region NAME --key KEY
                evidence notice suspend --seat N --reason TEXT [--days N] --key KEY
                evidence notice lift --seat N --reason TEXT --key KEY

                A key that has become known signs its own notice. The others are signed with the venue's key, with \
                that of a regulator's seat, and affiliations also with the seat's own. docs/evidence.md says what \
                counts.
                """,
            options: [
                OptionSyntax("--key", "FILE", "the key that signs: a venue's or an identity key"),
                OptionSyntax("--passphrase-file", "FILE", "its passphrase (default: ask for it)"),
                OptionSyntax("--out", "FILE", "where to write the notice"),
                OptionSyntax("--seat", "N", "whom it is about, 1 to 12"),
                OptionSyntax("--epoch", "N", "in which roster (default: the newest)"),
                OptionSyntax("--operator", "NAME", "who runs it now (default: as in the roster)"),
                OptionSyntax("--group", "NAME", "to whom that belongs (default: likewise)"),
                OptionSyntax("--region", "NAME", "where it is (default: likewise)"),
                OptionSyntax("--reason", "TEXT", "why, in one line"),
                OptionSyntax("--days", "N", "how long it lasts (default: until lifted)"),
            ] + EvidenceSources.options,
            body: evidenceNotice
        )
    }

    @Sendable private static func evidenceNotice(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let out = try arguments.requiredText("--out", "notice.cose")
        let index = try EvidenceSearch.seat(arguments)
        let now = Timestamp(LinuxClock().wallNanoseconds())
        let roster = try EvidenceSources(arguments).roster(with: index, arguments)
        guard let seat = roster.seats.first(where: { seat in seat.index == index }) else {
            throw .disagreement("the roster of epoch \(roster.epoch) has no seat \(index)")
        }
        let content = try noticeContent(arguments, seat, now)
        let path = try arguments.requiredText("--key", "FILE")
        let passphrase = try PassphraseSource(arguments, terminal).passphrase(for: path)
        let key = try arguments.keyStore { () throws(KeyStoreError) in
            try StoredKey(opening: path, nil, passphrase).signingKey()
        }
        let notice = CommitteeNotice(
            content,
            venue: roster.venue,
            epoch: roster.epoch,
            index: index,
            time: now,
            key: key.publicKey.bytes,
            signer: { message in key.sign(message) }
        )
        try writeFile(out, notice.encoded)
        terminal.line("\(out): \(arguments.operands[0]) of seat \(index) in epoch \(roster.epoch)")
    }

    private static func noticeContent(
        _ arguments: Arguments,
        _ seat: EpochStatement.Seat,
        _ now: Timestamp
    ) throws(ConsoleError) -> CommitteeNotice.Content {
        switch arguments.operands[0] {
        case "keyCompromise": return .keyCompromise
        case "affiliation":
            return .affiliation(
                operator: try line("--operator", arguments) ?? seat.operator,
                group: try line("--group", arguments) ?? seat.group,
                region: try line("--region", arguments) ?? seat.region
            )
        case "suspend":
            let days = try arguments.number("--days", in: 1...3_650, standard: 0)
            let end = now.nanoseconds + UInt64(days) * 86_400 * 1_000_000_000
            return .sanction(
                .suspend(until: days == 0 ? .zero : Timestamp(end)),
                reason: try requiredLine("--reason", arguments)
            )
        case "lift": return .sanction(.lift, reason: try requiredLine("--reason", arguments))
        default:
            throw arguments.usage(
                "\(arguments.operands[0].quoted) is no notice; give keyCompromise, affiliation, "
                    + "suspend or lift"
            )
        }
    }

    private static func requiredLine(
        _ option: String,
        _ arguments: Arguments
    ) throws(ConsoleError) -> Text {
        guard let text = try line(option, arguments) else {
            throw arguments.usage("option \(option) is missing; write \(option) TEXT")
        }
        return text
    }

    /// A text that statements take for a line.
    private static func line(
        _ option: String,
        _ arguments: Arguments
    ) throws(ConsoleError) -> Text? {
        guard let text = arguments.text(option).map({ text in Text(text) }) else { return nil }
        guard ControlServer.isLine(text) else {
            throw arguments.usage("option \(option) must be one line of 1 to 512 bytes")
        }
        return text
    }
}
