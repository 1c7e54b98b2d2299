import Console
import Foundation
import Synchronization
import TestSupport

/// A terminal that keeps what is written to it.
final class Capture: Sendable {
    private let texts = Mutex((output: "", errors: ""))

    var output: String { texts.withLock { texts in texts.output } }
    var errors: String { texts.withLock { texts in texts.errors } }

    /// Runs a command on this terminal and returns its exit code.
    func run(_ words: [String], isInteractive: Bool = false) -> Int32 {
        let terminal = Terminal(
            isInteractive: isInteractive,
            output: { text in self.texts.withLock { texts in texts.output += text } },
            errors: { text in self.texts.withLock { texts in texts.errors += text } }
        )
        return Console.run(words, on: terminal)
    }
}

/// Orders that tests run.
enum Flows {
    /// The flow that is kept with the tests.
    static let sample = Places.tests().appending(path: "Samples/generated.csv").path

    /// The recorded sessions, where they are present beside the repository.
    static let sessions = ["AAPL", "MSFT", "AMZN"].map { name in "flow/\(name).csv" }
        .filter(SharedFiles.data.has).map { path in SharedFiles.data.url(path).path }
}

/// The members of a JSON object.
func members(_ json: String) throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(json.utf8))
    guard let object = value as? [String: Any] else { throw CocoaError(.coderReadCorrupt) }
    return object
}
