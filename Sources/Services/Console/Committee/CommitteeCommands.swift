import Attestation
import Committee
import Cryptography
import Encoding
import KeyCeremony
import Platform
import Primitives
import Statements

extension Console {
    static var committeeDataOption: OptionSyntax {
        OptionSyntax("--data", "DIR", "the directory of the running venue's journal")
    }

    static var committeeStatusSyntax: CommandSyntax {
        CommandSyntax(
            "committee status",
            summary: "show how the seats of a running venue's committee answer",
            options: [committeeDataOption, OptionSyntax("--json", "", "print one JSON object")],
            body: { arguments, terminal throws(ConsoleError) in
                let client = try ControlClient(data: arguments.requiredText("--data", "DIR"))
                let status = try client.get("/v1/status")
                if arguments.has("--json") {
                    terminal.line(text(of: status))
                } else {
                    for line in CommitteeTable(status).lines { terminal.line(line) }
                }
            }
        )
    }

    static var committeePendingSyntax: CommandSyntax {
        CommandSyntax(
            "committee pending",
            summary: "list what waits for a person: service contracts, and penalties that are due",
            options: [committeeDataOption, OptionSyntax("--json", "", "print one JSON object")],
            body: { arguments, terminal throws(ConsoleError) in
                let client = try ControlClient(data: arguments.requiredText("--data", "DIR"))
                let pending = try client.get("/v1/pending")
                if arguments.has("--json") { return terminal.line(text(of: pending)) }
                let contracts = pending.objects("contracts")
                if contracts.isEmpty { terminal.line("no service contract waits") }
                for contract in contracts { terminal.line(line(of: contract)) }
                for interval in pending.objects("intervals") {
                    terminal.line(CommitteeTable.line(ofWaiting: interval))
                }
                for due in pending.objects("due") {
                    for line in CommitteeTable.lines(of: due) { terminal.line(line) }
                }
            }
        )
    }

    static var committeeDecideSyntax: CommandSyntax {
        CommandSyntax(
            "committee decide",
            operands: "TRADE retry|wait|fail",
            count: 2...2,
            summary: "decide about a service contract or an interval that finds no quorum",
            details: """
                The decision is signed by the venue and becomes a leaf of its log. \
                retry asks the observers again at once, wait keeps the contract waiting after its window, and \
                fail gives both sides back what they locked.

                With interval:NUMBER instead of TRADE it is about an interval: retry, or acknowledge, which only \
                says that somebody knows. Nobody can attest by hand; both are audit statements in the log.
                """,
            options: [
                committeeDataOption,
                OptionSyntax("--by", "NAME", "who decides"),
                OptionSyntax("--reason", "TEXT", "why, in one line"),
            ],
            body: { arguments, terminal throws(ConsoleError) in
                let client = try ControlClient(data: arguments.requiredText("--data", "DIR"))
                var object = Encoding.JSONObject()
                let (matter, name) = (arguments.operands[0], "interval:")
                let isInterval = matter.hasPrefix(name)
                let number = isInterval ? String(matter.dropFirst(name.count)) : matter
                object[isInterval ? "interval" : "trade"] = .string(Text(number))
                object["decision"] = .string(Text(arguments.operands[1]))
                object["by"] = .string(Text(try arguments.requiredText("--by", "NAME")))
                object["reason"] = .string(Text(try arguments.requiredText("--reason", "TEXT")))
                _ = try client.post("/v1/decisions", object)
                terminal.line(
                    "filed: \(arguments.operands[1]) for \(isInterval ? "interval" : "trade") \(number)"
                )
            }
        )
    }

    static var committeeReportSyntax: CommandSyntax {
        CommandSyntax(
            "committee report",
            operands: "TRADE CLAIM FILE",
            count: 3...3,
            summary: "file a provider's report about a service contract",
            details:
                "FILE holds the figures of the claim as a JSON object; see docs/components.md.",
            options: [committeeDataOption],
            body: { arguments, terminal throws(ConsoleError) in
                let client = try ControlClient(data: arguments.requiredText("--data", "DIR"))
                let path = arguments.operands[2]
                let bytes = try platform { () throws(PlatformError) in try WholeFile.read(path) }
                var object = Encoding.JSONObject()
                object["trade"] = .string(Text(arguments.operands[0]))
                object["claim"] = .string(Text(arguments.operands[1]))
                do throws(JSONError) {
                    object["details"] = try JSONValue(decoding: bytes)
                } catch {
                    throw .malformed(file: path, line: 1, "\(error)")
                }
                let answer = try client.post("/v1/reports", object)
                terminal.line(
                    "filed: revision \(answer.count("revision")) about trade "
                        + arguments.operands[0]
                )
            }
        )
    }

    static var committeeEnrolSyntax: CommandSyntax {
        CommandSyntax(
            "committee enrol",
            operands: "VENUE FILE…",
            count: 9...13,
            summary: "join the enrolments that observers sent into the committee's file",
            details: """
                Each FILE is what `parallax observe --init` printed for one observer. The result goes to standard \
                output, for `parallax serve --committee`. A set of seats that is not diverse is refused; with --log, \
                also one that lets too few seats of the venue's roster change hands in this quarter (D4), unless \
                --override says why. `committee rotate` asks for the same and files it.
                """,
            options: [
                OptionSyntax("--log", "DIR", "the venue's log, to compare with its rosters"),
                OptionSyntax("--override", "REASON", "why too little rotation is accepted"),
            ],
            body: { arguments, terminal throws(ConsoleError) in
                try enrol(arguments, terminal)
            }
        )
    }

    private static func enrol(
        _ arguments: Arguments,
        _ terminal: Terminal
    ) throws(ConsoleError) {
        var seats: [SeatEnrolment] = []
        for path in arguments.operands.dropFirst() {
            let bytes = try platform { () throws(PlatformError) in try WholeFile.read(path) }
            do {
                seats.append(try SeatEnrolment(JSONValue(decoding: bytes)))
            } catch {
                throw .malformed(file: path, line: 1, "\(error)")
            }
        }
        seats.sort { left, right in left.index < right.index }
        do {
            let venue = try VenueName(Text(arguments.operands[0]))
            let file = CommitteeFile(venue: venue, seats: seats)
            // What cannot be read again is no committee.
            let checked = try CommitteeFile(decoding: file.encoded)
            try checkDiversity(checked)
            try checkRotation(checked, arguments)
            terminal.line(String(decoding: checked.encoded, as: UTF8.self))
        } catch let error as ConsoleError {
            throw error
        } catch {
            throw .disagreement("\(error)")
        }
    }

    /// The rules that hold for every quorum hold for the committee as a whole, too.
    static func checkDiversity(_ file: CommitteeFile) throws {
        if let violation = DiversityRules.violations(of: try file.rosterSeats).first {
            throw ConsoleError.disagreement(violation.description)
        }
    }

    /// Compares a committee with the rosters of a log, if one is given.
    private static func checkRotation(
        _ file: CommitteeFile,
        _ arguments: Arguments
    ) throws {
        guard arguments.has("--log"), !arguments.has("--override"),
            let log = try EvidenceSources(arguments).log
        else { return }
        var history = RosterHistory()
        let beginning = try log.beginning()
        for roster in try log.rosters() {
            try history.append(roster.statement, filed: beginning)
        }
        guard var new = history.rosters.last else { return }
        new.seats = try file.rosterSeats
        let now = Timestamp(LinuxClock().wallNanoseconds())
        guard let rotation = history.rotation(to: new, at: now), !rotation.isEnough else { return }
        throw ConsoleError.disagreement(rotation.refusal(in: Quarter(containing: now)))
    }

    private static func text(of object: Encoding.JSONObject) -> String {
        String(decoding: JSONValue.object(object).canonical, as: UTF8.self)
    }

    private static func line(of contract: Encoding.JSONObject) -> String {
        var line = "trade \(contract.text("trade")): "
        let claim = contract.text("claim")
        line += claim.isEmpty ? "no report yet" : "\(claim), report \(contract.count("revision"))"
        let dissents = contract.numbers("dissents")
        if !dissents.isEmpty { line += ", seats \(dissents.joined(separator: ", ")) dissent" }
        if contract["isEscalated"] == .boolean(true) { line += "; somebody must decide" }
        let decision = contract.text("decision")
        return decision.isEmpty ? line : line + "; decided: \(decision)"
    }
}
