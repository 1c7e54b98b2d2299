/// An option of a command.
struct OptionSyntax: Sendable {
    /// Its name with the dashes.
    let name: String
    /// What stands for its value in the help; empty for an option without a value.
    let value: String
    /// What it does, in a few words.
    let summary: String

    init(_ name: String, _ value: String = "", _ summary: String) {
        self.name = name
        self.value = value
        self.summary = summary
    }
}

/// A command: how it is written, what the help says, and what runs it.
struct CommandSyntax: Sendable {
    typealias Body = @Sendable (Arguments, Terminal) throws(ConsoleError) -> Void

    /// The words that name it, such as `bench matching`.
    let name: String
    /// What the operands are called in the help; empty where there are none.
    let operands: String
    /// How many operands it takes.
    let operandCount: ClosedRange<Int>
    /// What it does, in one line.
    let summary: String
    /// What else the help says.
    let details: String
    let options: [OptionSyntax]
    let body: Body

    init(
        _ name: String,
        operands: String = "",
        count: ClosedRange<Int> = 0...0,
        summary: String,
        details: String = "",
        options: [OptionSyntax] = [],
        body: @escaping Body
    ) {
        self.name = name
        self.operands = operands
        operandCount = count
        self.summary = summary
        self.details = details
        self.options = options
        self.body = body
    }

    /// The text of `parallax NAME --help`.
    var help: String {
        var text = "usage: parallax " + name
        if !operands.isEmpty { text += " " + operands }
        if !options.isEmpty { text += " [options]" }
        text += "\n\n" + summary + "\n"
        if !details.isEmpty { text += "\n" + details + "\n" }
        let rows = options + [OptionSyntax("--help", "", "print this")]
        text += "\noptions:\n"
        let width = rows.map { $0.name.count + $0.value.count + 1 }.max() ?? 0
        for row in rows {
            let left = row.value.isEmpty ? row.name : row.name + " " + row.value
            text += "  " + left.padded(to: width) + "  " + row.summary + "\n"
        }
        return text
    }
}
