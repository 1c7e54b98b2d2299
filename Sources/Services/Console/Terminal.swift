import Platform

/// Where a command writes: what was asked for, what the user should know besides, and progress.
public struct Terminal: Sendable {
    /// Whether somebody watches the errors, so that progress is worth drawing.
    public let isInteractive: Bool
    private let writeOutput: @Sendable (String) -> Void
    private let writeErrors: @Sendable (String) -> Void

    /// Makes a terminal from two functions that take text.
    ///
    /// - Parameters:
    ///   - isInteractive: Whether to draw progress.
    ///   - output: Receives what was asked for.
    ///   - errors: Receives errors and progress.
    public init(
        isInteractive: Bool,
        output: @escaping @Sendable (String) -> Void,
        errors: @escaping @Sendable (String) -> Void
    ) {
        self.isInteractive = isInteractive
        writeOutput = output
        writeErrors = errors
    }

    /// The standard streams of this process.
    public static var standard: Terminal {
        Terminal(
            isInteractive: StandardStream.errors.isTerminal,
            output: { text in StandardStream.output.write(text) },
            errors: { text in StandardStream.errors.write(text) }
        )
    }

    /// Writes a line of what was asked for.
    func line(_ text: String) { writeOutput(text + "\n") }

    /// Writes a part of what was asked for.
    func write(_ text: String) { writeOutput(text) }

    /// Writes a line that tells the user something besides.
    func note(_ text: String) { writeErrors(text + "\n") }

    /// Draws; nothing where nobody watches.
    func draw(_ text: String) {
        if isInteractive { writeErrors(text) }
    }

    /// Draws over the line where the last progress was drawn; nothing where nobody watches.
    func progress(_ text: String) {
        if isInteractive { writeErrors("\r\u{1B}[2K" + text) }
    }

    /// Removes the progress.
    func endProgress() { progress("") }
}
