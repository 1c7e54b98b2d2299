/// Why a command ended without doing what it was asked to; each kind has its exit code.
public enum ConsoleError: Error, Equatable, Sendable {
    /// The command line makes no sense; `command` names the part whose help to show.
    case usage(String, command: String)
    /// A file does not have the form it should have, at a line counted from 1.
    case malformed(file: String, line: Int, String)
    /// Something that is needed is not there: a file, a directory, a process.
    case environment(String)
    /// What was checked turned out to be wrong.
    case disagreement(String)

    /// The exit code of the process.
    public var exitCode: Int32 {
        switch self {
        case .disagreement: 1
        case .usage, .malformed: 2
        case .environment: 3
        }
    }

    /// The lines for the user; the first says what is wrong, where, and what to do.
    var lines: [String] {
        switch self {
        case .usage(let what, let command):
            let name = command.isEmpty ? "parallax" : "parallax " + command
            return ["\(name): \(what)", "Try: \(name) --help"]
        case .malformed(let file, let line, let what): return ["\(file):\(line): \(what)"]
        case .environment(let what), .disagreement(let what): return ["parallax: " + what]
        }
    }
}
