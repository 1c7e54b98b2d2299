import Console
import Synchronization
import TestSupport

/// Runs commands as a user does, but in this process, with a directory for their files.
struct CommandRun: Sendable {
    /// What a command wrote.
    private final class Capture: Sendable {
        private let texts = Mutex((output: "", errors: ""))

        var output: String { texts.withLock { texts in texts.output } }
        var errors: String { texts.withLock { texts in texts.errors } }

        var terminal: Terminal {
            Terminal(
                isInteractive: false,
                output: { [self] text in texts.withLock { texts in texts.output += text } },
                errors: { [self] text in texts.withLock { texts in texts.errors += text } }
            )
        }
    }

    let command: String
    let directory: TemporaryDirectory

    init(_ command: String) throws {
        self.command = command
        directory = try TemporaryDirectory()
    }

    func run(_ words: [String]) -> (code: Int32, output: String, errors: String) {
        let capture = Capture()
        let code = Console.run([command] + words, on: capture.terminal)
        return (code, capture.output, capture.errors)
    }
}
