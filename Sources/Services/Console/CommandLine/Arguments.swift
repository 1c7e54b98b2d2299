/// The words after a command's name, checked against its syntax.
struct Arguments: Sendable {
    /// The command's name, for errors.
    let command: String
    /// What is not an option, in order.
    private(set) var operands: [String] = []
    /// The value of each option that was given; empty for those without a value.
    private var values: [String: String] = [:]

    /// Reads the words that follow the command's name.
    ///
    /// - Throws: `usage` for the first word that does not fit.
    init(_ words: [String], for syntax: CommandSyntax) throws(ConsoleError) {
        command = syntax.name
        var rest = words[...]
        var onlyOperands = false
        while let word = rest.popFirst() {
            if onlyOperands || !word.hasPrefix("-") || word == "-" {
                operands.append(word)
            } else if word == "--" {
                onlyOperands = true
            } else {
                try readOption(word, &rest, syntax)
            }
        }
        try checkOperandCount(syntax)
    }

    /// Sets an option that was not given on the command line.
    mutating func complete(_ name: String, _ value: String) {
        if values[name] == nil { values[name] = value }
    }

    private mutating func readOption(
        _ word: String,
        _ rest: inout ArraySlice<String>,
        _ syntax: CommandSyntax
    ) throws(ConsoleError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let option = syntax.options.first(where: { $0.name == name }) else {
            let nearest = name.nearest(in: syntax.options.map(\.name) + ["--help"])
            throw usage("unknown option \(name.quoted)", hint: nearest)
        }
        if values[name] != nil { throw usage("option \(name) is given twice; give it once") }
        if option.value.isEmpty {
            if parts.count > 1 { throw usage("option \(name) takes no value; leave out \"=\"") }
            values[name] = ""
        } else if parts.count > 1 {
            values[name] = String(parts[1])
        } else if let value = rest.first, !value.hasPrefix("--") {
            values[name] = value
            rest.removeFirst()
        } else {
            throw usage("option \(name) needs a value; write \(name) \(option.value)")
        }
    }

    private func checkOperandCount(_ syntax: CommandSyntax) throws(ConsoleError) {
        if operands.count < syntax.operandCount.lowerBound {
            throw usage("\(syntax.operands) is missing; give it after \"\(command)\"")
        }
        if operands.count > syntax.operandCount.upperBound {
            let word = operands[syntax.operandCount.upperBound].quoted
            throw usage("\(word) is one argument too many; leave it out")
        }
    }

    /// Whether the option was given.
    func has(_ option: String) -> Bool { values[option] != nil }

    /// The option's text, if it was given.
    func text(_ option: String) -> String? { values[option] }

    /// The option's text.
    ///
    /// - Throws: `usage` when it was not given.
    func requiredText(_ option: String, _ example: String) throws(ConsoleError) -> String {
        guard let text = values[option], !text.isEmpty else {
            throw usage("option \(option) is missing; write \(option) \(example)")
        }
        return text
    }

    /// The option's whole number, or `standard` if it was not given.
    ///
    /// - Throws: `usage` when it is not a whole number in `range`.
    func number(
        _ option: String,
        in range: ClosedRange<Int>,
        standard: Int
    ) throws(ConsoleError) -> Int {
        guard let text = values[option] else { return standard }
        guard let number = Int(text), range.contains(number) else {
            throw usage(
                "option \(option) is \(text.quoted); give a whole number from "
                    + "\(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    /// Which of some words the option is; the first if it was not given.
    ///
    /// - Throws: `usage` when it is none of them.
    func choice(_ option: String, of words: [String]) throws(ConsoleError) -> String {
        guard let text = values[option] else { return words[0] }
        guard words.contains(text) else {
            let list = words.joined(separator: " or ")
            throw usage("option \(option) is \(text.quoted); give \(list)")
        }
        return text
    }

    /// An error about this command's arguments.
    func usage(_ what: String, hint: String? = nil) -> ConsoleError {
        .usage(hint.map { "\(what); did you mean \($0)?" } ?? what, command: command)
    }
}
