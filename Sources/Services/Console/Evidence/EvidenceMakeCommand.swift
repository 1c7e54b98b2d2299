import Attestation
import Committee
import Primitives
import Statements
import Verification

extension Console {
    static var evidenceMakeSyntax: CommandSyntax {
        CommandSyntax(
            "evidence make",
            operands: "FAULT FILES",
            count: 1...7,
            summary: "put evidence of an observer's fault together",
            details: """
                evidence make equivocation VOTE VOTE
                evidence make invalidShares VOTE PAYLOAD VOTE PAYLOAD VOTE PAYLOAD
                evidence make invalidShares --seat N --data DIR --log DIR
                evidence make attendance --seat N --log DIR [--carry]
                evidence make diversityBreach [NOTICE] --seat N --log DIR
                evidence make keyCompromise NOTICE
                evidence make sanction NOTICE
                evidence make badDeal --seat N --data DIR

                The votes may come in any order; a payload is what the vote before it is about. --data is the \
                directory of a venue's journal, where it keeps what it saw, --log its log, which is searched for \
                30 days in which the seat was absent. Notices come from "evidence notice". Nothing is judged \
                here: see "evidence verify".
                """,
            options: [
                OptionSyntax("--out", "FILE", "where to write the evidence"),
                OptionSyntax("--seat", "N", "whom it is against, 1 to 12"),
                OptionSyntax("--epoch", "N", "in which roster (default: the newest)"),
                OptionSyntax("--data", "DIR", "the directory of the venue's journal"),
                OptionSyntax("--carry", "", "put the leaves of the log into the file, if they fit"),
            ] + EvidenceSources.options,
            body: evidenceMake
        )
    }

    @Sendable private static func evidenceMake(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        let out = try arguments.requiredText("--out", "evidence.cbor")
        var files: [[UInt8]] = []
        for path in arguments.operands.dropFirst() { files.append(try wholeFile(path)) }
        let evidence: SeatEvidence
        do {
            evidence = try made(arguments, files)
        } catch let error as ConsoleError {
            throw error
        } catch {
            throw .disagreement("\(error)")
        }
        try writeFile(out, evidence.encoded)
        terminal.line("\(out): evidence of \(evidence.fault) against seat \(evidence.index)")
    }

    private static func made(_ arguments: Arguments, _ files: [[UInt8]]) throws -> SeatEvidence {
        switch (arguments.operands[0], files.count) {
        case ("equivocation", 2):
            return try SeatEvidence(
                equivocation: Vote(decoding: files[0]),
                Vote(decoding: files[1])
            )
        case ("invalidShares", 6): return try invalidShares(files)
        case ("invalidShares", 0): return try EvidenceSearch(arguments).invalidShares()
        case ("attendance", 0): return try EvidenceSearch(arguments).attendance()
        case ("badDeal", 0): return try EvidenceSearch.badDeal(arguments)
        case ("diversityBreach", 0): return try EvidenceSearch(arguments).diversityBreach(nil)
        case ("diversityBreach", 1):
            let notice = try CommitteeNotice(decoding: files[0])
            return try EvidenceSearch(arguments, notice.index).diversityBreach(notice)
        case ("keyCompromise", 1), ("sanction", 1):
            let notice = try CommitteeNotice(decoding: files[0])
            return SeatEvidence(
                venue: notice.venue,
                epoch: notice.epoch,
                index: notice.index,
                body: arguments.operands[0] == "sanction"
                    ? .sanction(notice: files[0]) : .keyCompromise(notice: files[0])
            )
        default:
            throw arguments.usage(
                "\(arguments.operands[0].quoted) with \(files.count) files is no evidence"
            )
        }
    }

    /// Three votes with their payloads, put into the order that evidence has.
    private static func invalidShares(_ files: [[UInt8]]) throws -> SeatEvidence {
        var votes: [(vote: Vote, time: Timestamp, cast: SeatEvidence.CastVote)] = []
        for position in stride(from: 0, to: files.count, by: 2) {
            votes.append(
                (
                    try Vote(decoding: files[position]),
                    try Attested(decoding: files[position + 1]).time,
                    SeatEvidence.CastVote(vote: files[position], payload: files[position + 1])
                )
            )
        }
        votes.sort { left, right in (left.time, left.vote.slot) < (right.time, right.vote.slot) }
        let last = votes[votes.count - 1].vote
        return SeatEvidence(
            venue: try VenueName(last.venue),
            epoch: last.epoch,
            index: last.index,
            body: .invalidShares(votes.map { entry in entry.cast })
        )
    }
}
