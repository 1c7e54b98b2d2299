import Console
import Foundation
import Platform
import Synchronization

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

/// A directory of its own that is gone with its owner.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        let name = "parallax-" + ProcessInfo.processInfo.globallyUniqueString
        path = FileManager.default.temporaryDirectory.appending(path: name).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and returns where it is.
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        let file = path + "/" + name
        try Data(bytes).write(to: URL(filePath: file))
        return file
    }
}

/// Where the tests find files.
enum Places {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The flow that is kept with the tests.
    static let sample = root.appending(path: "Tests/ConsoleTests/Samples/generated.csv").path

    /// The program itself, which is built beside the tests.
    static func program() throws -> String {
        let tests = try ChildProcess.ownProgram()
        return URL(filePath: tests).deletingLastPathComponent().appending(path: "parallax").path
    }

    /// The recorded sessions, where they are present beside the repository.
    static let sessions: [String] = ["AAPL", "MSFT", "AMZN"]
        .map { name in root.appending(path: "../shared/data/flow/\(name).csv").standardized.path }
        .filter { path in FileManager.default.fileExists(atPath: path) }
}

/// The members of a JSON object.
func members(_ json: String) throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(json.utf8))
    guard let object = value as? [String: Any] else { throw CocoaError(.coderReadCorrupt) }
    return object
}
