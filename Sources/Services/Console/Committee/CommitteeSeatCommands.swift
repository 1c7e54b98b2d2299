import Encoding
import KeyCeremony
import Platform

extension Console {
    static var committeePenaliseSyntax: CommandSyntax {
        CommandSyntax(
            "committee penalise",
            operands: "EVIDENCE",
            count: 1...1,
            summary: "let a running venue judge evidence and carry out what follows from it",
            details: """
                EVIDENCE is a file as docs/evidence.md describes it: what the venue kept in DIR/evidence when it saw \
                the fault, what somebody else handed in, or what `parallax evidence make` made. The venue judges it as \
                `parallax evidence verify` does, files the penalty, which becomes a leaf of its log, and takes \
                the fault's share of the account's bonds. Evidence counts once; with a penalty that is filed already \
                only the bonds are taken, if they were not.
                """,
            options: [
                committeeDataOption,
                OptionSyntax(
                    "--account",
                    "N",
                    "whose bonds answer for the seat (default: the one that posted them for it)"
                ),
            ],
            body: { arguments, terminal throws(ConsoleError) in
                let client = try ControlClient(data: arguments.requiredText("--data", "DIR"))
                var object = Encoding.JSONObject()
                let evidence = try wholeFile(arguments.operands[0])
                object["evidence"] = .string(Text(Base64.standard.encode(evidence)))
                if let account = arguments.text("--account") {
                    object["account"] = .string(Text(account))
                }
                let answer = try client.post("/v1/penalties", object)
                terminal.line(
                    "seat \(answer.count("seat")) is \(answer.text("status")) because of "
                        + "\(answer.text("fault")), and loses \(answer.count("rate").grouped) "
                        + "millionths of its bonds"
                )
            }
        )
    }

    static var committeeBondSyntax: CommandSyntax {
        CommandSyntax(
            "committee bond",
            operands: "ACCOUNT ASSET AMOUNT",
            count: 3...3,
            summary: "post a bond that answers for an observer's seat, or release it",
            details: """
                AMOUNT is in the asset's smallest units. What is posted stays the account's and is locked until it is \
                released, or lost to a penalty. With --seat the venue remembers that the account answers for the \
                observer of that seat, so that penalise needs no --account.
                """,
            options: [
                committeeDataOption,
                OptionSyntax("--release", "", "give back instead of posting"),
                OptionSyntax("--seat", "N", "the seat that the account answers for"),
            ],
            body: { arguments, terminal throws(ConsoleError) in
                let client = try ControlClient(data: arguments.requiredText("--data", "DIR"))
                var object = Encoding.JSONObject()
                object["account"] = .string(Text(arguments.operands[0]))
                object["asset"] = .string(Text(arguments.operands[1]))
                object["amount"] = .string(Text(arguments.operands[2]))
                object["release"] = .boolean(arguments.has("--release"))
                if let seat = arguments.text("--seat") { object["seat"] = .string(Text(seat)) }
                let answer = try client.post("/v1/bonds", object)
                terminal.line("the bond is \(answer.text("bond"))")
            }
        )
    }

    static var committeeRotateSyntax: CommandSyntax {
        CommandSyntax(
            "committee rotate",
            operands: "FILE",
            count: 1...1,
            summary:
                "hand the group's key on to another committee, or refresh the shares of this one",
            details: """
                FILE is the new committee, as `parallax committee enrol` makes it; the same seats refresh their \
                shares. The observers of both committees reshare the key among themselves: the group's key stays, \
                the old shares are removed. A tenth of the seats has to change hands in a quarter (rule D4): a \
                committee with fewer is refused after the first quarter, unless --override says why, such as a key \
                that has to be replaced at once; that becomes a leaf of the log.
                """,
            options: [
                committeeDataOption,
                OptionSyntax("--override", "REASON", "why too little rotation is accepted"),
                OptionSyntax("--by", "NAME", "who decides that"),
            ],
            body: { arguments, terminal throws(ConsoleError) in
                let client = try ControlClient(data: arguments.requiredText("--data", "DIR"))
                let path = arguments.operands[0]
                let bytes = try wholeFile(path)
                let file: Encoding.JSONObject
                do throws(JSONError) {
                    file = try JSONValue(decoding: bytes).object ?? Encoding.JSONObject()
                } catch {
                    throw .malformed(file: path, line: 1, "\(error)")
                }
                var order = file
                if let reason = arguments.text("--override") {
                    order = Encoding.JSONObject()
                    order["committee"] = .object(file)
                    order["override"] = .string(Text(reason))
                    order["by"] = .string(Text(try arguments.requiredText("--by", "NAME")))
                }
                let answer = try client.post("/v1/rotation", order)
                terminal.line(
                    "announced: \(answer.count("renewed")) seats change hands, a quarter needs "
                        + "\(answer.count("needed")); parallax committee status shows the new epoch"
                )
            }
        )
    }
}
